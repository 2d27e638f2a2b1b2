"""Survival at landmarks: patients, events and median of each group, then survival and those at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.present.keys import result, tie
from tieout.present.labels import estimate_facet
from tieout.present.table import Cell, Column, Content, Spanner, Table, column, group, row
from tieout.values.navigate import Branch
from tieout.values.result import Estimate
from tieout.values.tie import Tie


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalGroup:
    """One group: its heading, and the key of its median; landmarks stand beside it under `KEY_at`."""

    heading: Cell
    key: str


def landmark_table(
    r: Branch,
    name: str,
    groups: Sequence[SurvivalGroup],
    times: Sequence[int],
    *,
    unit: str = "month",
    events: str = "Deaths",
    outcome: str = "Overall survival",
    notes: Sequence[Cell] = (),
) -> Table:
    """Make a table of survival at `times`, whole numbers of `unit`s.

    Each group has two columns: numbers (patients, events, those at risk just before the time) and estimates
    (the median, survival) with their confidence intervals.
    """
    columns: list[Column] = []
    for one in groups:
        spanner = Spanner(one.heading)
        columns += [column("No.", spanner=spanner), column("Estimate (95% CI)", spanner=spanner)]

    rows = [
        row("Patients", *(content for one in groups for content in (tie(r, one.key, "n"), ""))),
        row(events, *(content for one in groups for content in (tie(r, one.key, "events"), ""))),
        row(
            f"Median, {_SHORT.get(unit, unit)}",
            *(content for one in groups for content in ("", tie(r, one.key, "median_interval"))),
        ),
        group(f"{outcome}, and No. at risk"),
    ]
    for time in times:
        cells: list[Content] = []
        for one in groups:
            key = f"{unit}_{time}"
            cells += [
                tie(r, f"{one.key}_at_risk.{key}", "n"),
                _survival(r, f"{one.key}_at.{key}"),
            ]
        rows.append(row(f"At {time} {unit}s", *cells, level=1))
    return Table(name, column("", "left"), tuple(columns), tuple(rows), {}, tuple(notes))


def _survival(r: Branch, key: str) -> Tie:
    found = result(r, key)
    if not isinstance(found, Estimate):
        raise TypeError(f"{key} is not an estimate: a landmark has survival with its interval")
    return tie(r, key, estimate_facet(found))


_SHORT = {"month": "mo", "year": "y", "day": "d"}

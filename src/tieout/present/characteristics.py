"""Table 1: characteristics of one group or several, with the number unknown always printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.present.keys import branch, members, result, tie
from tieout.present.labels import summary_label
from tieout.present.table import (
    Cell,
    Column,
    Content,
    Emphasis,
    Row,
    Spanner,
    Table,
    cell,
    column,
    group,
    row,
)
from tieout.values.navigate import Branch
from tieout.values.result import Count, Result, Summary
from tieout.values.tie import Tie

_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Characteristic:
    """One variable of Table 1, by the key where it stands below each group's.

    Parameters
    ----------
    key : of a summary (one row), of a count (one row), or of a branch of counts (a row each, indented below
        `label`); a count named `unknown` in a branch is the number unknown, not a level.
    label : what the stub says; by default the label of the result.
    facet : how a summary prints.
    """

    key: str
    label: str = ""
    facet: str = "median_range_bare"


@dataclass(frozen=True, slots=True, eq=False)
class ComparedGroup:
    """One group: its heading, which may hold ties, and the key below which its results stand."""

    heading: Cell
    prefix: str


def characteristics_table(
    r: Branch,
    name: str,
    groups: Sequence[ComparedGroup],
    sections: Mapping[str, Sequence[Characteristic]],
    *,
    compared: Mapping[str, Tie] | None = None,
    compared_label: Content = "",
    notes: Sequence[Cell] = (),
) -> Table:
    """Make a table of characteristics.

    Parameters
    ----------
    groups : in the order of the columns; each has a column for the statistic and one for the number unknown.
    sections : headings of groups of rows; "" has none.
    compared : a tie by characteristic's key, printed in a last column: a P value, a standardised difference.
    compared_label : the heading of that column.

    Notes
    -----
    Percentages are those of the counts themselves: whether the unknown are in the denominator is said by each
    result's method, and the table's notes should say it.
    """
    columns: list[Column] = []
    for one in groups:
        spanner = Spanner(one.heading)
        columns += [column("No. (%)", spanner=spanner), column("Unknown, No.", spanner=spanner)]
    if compared:
        columns.append(column(compared_label or cell(Emphasis("P"), " value")))
    rows: list[Row] = []
    for heading, variables in sections.items():
        rows += [group(heading)] if heading else []
        for variable in variables:
            rows += _rows(r, variable, groups, compared or {})
    return Table(name, column("Characteristic", "left"), tuple(columns), tuple(rows), {}, tuple(notes))


def _rows(
    r: Branch, variable: Characteristic, groups: Sequence[ComparedGroup], compared: Mapping[str, Tie]
) -> list[Row]:
    keys = [f"{one.prefix}.{variable.key}" for one in groups]
    test: list[Content] = [compared.get(variable.key, "")] if compared else []
    found = result(r, keys[0])
    if isinstance(found, Summary):
        label = summary_label(found, variable.facet, variable.label)
        cells = [content for key in keys for content in (tie(r, key, variable.facet), tie(r, key, "missing"))]
        return [row(label, *cells, *test)]
    if isinstance(found, Count):
        cells = [content for key in keys for content in (tie(r, key, "n_percent"), tie(r, key, "missing"))]
        return [row(variable.label or found.meaning.label, *cells, *test)]
    branch(r, keys[0])  # fails with the nearest names where nothing stands
    return _level_rows(r, variable.label, keys, test)


def _level_rows(r: Branch, label: str, keys: Sequence[str], test: Sequence[Content]) -> list[Row]:
    levels = [key for key, found in members(r, keys[0]) if isinstance(found, Count)]
    names = [key.rpartition(".")[2] for key in levels]
    is_whole = _UNKNOWN in names  # the unknown are of the whole variable, not of each level
    unknown = [
        content for key in keys for content in ("", tie(r, f"{key}.{_UNKNOWN}", "n") if is_whole else "")
    ]
    rows = [row(label, *unknown, *test)]
    for name in names:
        if name == _UNKNOWN:
            continue
        cells: list[Content] = []
        for key in keys:
            cells += [
                tie(r, f"{key}.{name}", "n_percent"),
                "" if is_whole else tie(r, f"{key}.{name}", "missing"),
            ]
        rows.append(row(_label(result(r, f"{keys[0]}.{name}"), name), *cells, *[""] * len(test), level=1))
    return rows


def _label(found: Result | None, name: str) -> str:
    return found.meaning.label if found is not None else name

"""The rows behind a result: the registry is derived again, and whoever makes the result is watched.

Results hold no rows, so that nothing can print them by mistake. Here the calls that count and summarise are
seen from outside while they return, and only for the one result that was asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from tieout.cli._study import load, read_study_protocol
from tieout.cli._update import chosen_cutoff
from tieout.values.project import Project
from tieout.values.result import Count, Result, Results
from tieout.values.store import Store

if TYPE_CHECKING:
    import pandas as pd

_FLOW, _COUNT, _LEVELS, _SUMMARIZE = (
    ("tieout.derive.cohort_flow", "flow"),
    ("tieout.derive.counts", "count"),
    ("tieout.derive.counts", "levels"),
    ("tieout.derive.summaries", "summarize"),
)


def rows_behind(key: str, project: Project, store: Store) -> pd.DataFrame | None:
    """Return the rows that a result counts or summarises, or None where they cannot be told.

    They can be for counts of a mask over a table, parts of a flow, levels of a characteristic, and summaries.
    """
    from tieout.sources import read_registry  # noqa: PLC0415  (the data branch loads pandas)

    tables = read_registry(load(project.registry, "registry"), project.data)
    protocol = read_study_protocol(project, chosen_cutoff(store))
    derive = load(project.derive, "derive")
    found: list[tuple[Result | Results, Any]] = []
    results = _watched(lambda: derive(tables, protocol), found)
    wanted = dict(results.flat()).get(key)
    return next((_as_table(rows) for result, rows in reversed(found) if result is wanted), None)


def _watched(derive: Callable[[], Results], found: list[tuple[Result | Results, Any]]) -> Results:
    def watch(frame: FrameType, event: str, value: Any) -> None:
        if event != "return" or value is None:
            return
        where = (str(frame.f_globals.get("__name__")), frame.f_code.co_name)
        if where == _COUNT and isinstance(value, Count):
            _keep_count(frame.f_locals, value, found)
        elif where == _FLOW:
            found.extend((value.results[name], rows) for name, rows in value.members.items())
        elif where == _LEVELS:
            _keep_levels(frame.f_locals, value, found)
        elif where == _SUMMARIZE:
            found.append((value, frame.f_locals.get("values")))

    sys.setprofile(watch)
    try:
        return derive()
    finally:
        sys.setprofile(None)


def _keep_count(named: Mapping[str, Any], value: Count, found: list[tuple[Result | Results, Any]]) -> None:
    mask: Any = named.get("counted")
    whole: Any = named.get("of")
    if not hasattr(mask, "fillna"):
        return  # a number: whoever made it is watched instead
    true = mask.fillna(value=False).astype(bool)
    of_rows = hasattr(whole, "loc") and hasattr(whole, "columns") and len(whole) == len(true)
    found.append((value, whole[true.to_numpy()] if of_rows else true[true]))


def _keep_levels(named: Mapping[str, Any], made: Results, found: list[tuple[Result | Results, Any]]) -> None:
    values: Any = named.get("values")
    known: Any = named.get("known")
    for name, (level, _) in dict(named.get("levels") or {}).items():
        found.append((made[name], known[known == level]))
    found.append((made["unknown"], values[values.isna()]))


def _as_table(rows: Any) -> pd.DataFrame:
    table: pd.DataFrame = rows.to_frame(rows.name or "value") if hasattr(rows, "to_frame") else rows
    return table

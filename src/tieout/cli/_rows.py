"""The rows behind a result: the registry is derived again, and whoever makes the result tells of which rows.

Results hold no rows, so that nothing can print them by mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.cli._study import load, read_study_protocol
from tieout.cli._update import chosen_cutoff
from tieout.values.project import Project
from tieout.values.result import Result
from tieout.values.store import Store

if TYPE_CHECKING:
    import pandas as pd


def rows_behind(key: str, project: Project, store: Store) -> pd.DataFrame | None:
    """Return the rows that a result counts or summarises, or None where they cannot be told.

    They can be for counts of a mask or of a set of patients, parts of a flow, levels of a characteristic,
    grades, responses, summaries, and times to an event.
    """
    from tieout.derive.rows import Rows, watching  # noqa: PLC0415  (the data branch loads pandas)
    from tieout.sources import read_registry  # noqa: PLC0415  (as above)

    tables = read_registry(load(project.registry, "registry"), project.data)
    protocol = read_study_protocol(project, chosen_cutoff(store))
    told: list[tuple[Result, Rows]] = []
    with watching(lambda made, rows: told.append((made, rows))):
        results = load(project.derive, "derive")(tables, protocol)
    wanted = dict(results.flat()).get(key)
    return next((_as_table(rows()) for made, rows in reversed(told) if made is wanted), None)


def _as_table(rows: Any) -> pd.DataFrame:
    table: pd.DataFrame = rows.to_frame(rows.name or "value") if hasattr(rows, "to_frame") else rows
    return table

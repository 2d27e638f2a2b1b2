"""This study: what it derives, from which rows, by which definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tieout.derive import Protocol
    from tieout.values.result import Results


def derive(tables: Mapping[str, pd.DataFrame], protocol: Protocol) -> Results:
    """Return all results of the study, from the rows that the registry held at the cutoff."""
    from analysis.baseline import baseline  # noqa: PLC0415  (naming this package needs no pandas)
    from analysis.cohort import courses, follow, quarantined, seen_by  # noqa: PLC0415
    from analysis.definitions import definitions  # noqa: PLC0415
    from analysis.outcomes import outcomes  # noqa: PLC0415
    from analysis.safety import safety  # noqa: PLC0415
    from tieout.values.result import Results  # noqa: PLC0415

    seen = seen_by(tables, protocol.cutoff)
    flow = follow(courses(seen), protocol)
    treated = flow["treated"]
    return Results(
        study=definitions(protocol),
        registry=quarantined(tables),
        flow=flow.results,
        baseline=baseline(treated),
        outcomes=outcomes(treated, protocol),
        safety=safety(treated, seen["adverse_events"]),
    )

"""This study: what it derives, from which rows, by which definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tieout.derive import Protocol
    from tieout.values.result import Results


def derive(tables: Mapping[str, pd.DataFrame], protocol: Protocol) -> Results:
    """Return the first results of the study: who is in the registry, and their characteristics."""
    from analysis.baseline import baseline  # noqa: PLC0415  (naming this package needs no pandas)
    from analysis.cohort import definitions, follow, patients_of, quarantined  # noqa: PLC0415
    from tieout.values.result import Results  # noqa: PLC0415

    flow = follow(patients_of(tables))
    return Results(
        study=definitions(protocol),
        registry=quarantined(tables),
        flow=flow.results,
        baseline=baseline(flow["included"]),
    )

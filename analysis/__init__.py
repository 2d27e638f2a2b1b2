"""This study: mCRPC after LuPSMA. What it derives, from which rows, by which definitions."""

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
    from analysis.cohort import courses, follow, seen_by  # noqa: PLC0415
    from analysis.definitions import definitions  # noqa: PLC0415
    from analysis.response import response  # noqa: PLC0415
    from analysis.survival import survival  # noqa: PLC0415
    from analysis.therapy import lines_of, therapy, treatment  # noqa: PLC0415
    from analysis.toxicity import toxicity  # noqa: PLC0415
    from tieout.values.result import Results  # noqa: PLC0415

    seen = seen_by(tables, protocol.cutoff)
    flow = follow(courses(seen), protocol)
    treated, next_line = flow["treated"], flow["next_line"]
    lines = lines_of(next_line, seen, protocol)
    return Results(
        study=definitions(protocol),
        flow=flow.results,
        baseline=baseline(treated, seen["labs"], protocol),
        treatment=treatment(treated, seen["cycles"]),
        survival=survival(treated, protocol),
        therapy=therapy(next_line, lines, seen, protocol),
        response=response(lines, seen["labs"], protocol),
        toxicity=toxicity(next_line, lines, seen, protocol),
    )


def data_set(tables: Mapping[str, pd.DataFrame], protocol: Protocol) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row a patient of the registry with what was derived of each, and what the columns mean."""
    from analysis.cohort import courses, follow, seen_by  # noqa: PLC0415  (as above)
    from analysis.response import best_of, changes_of  # noqa: PLC0415
    from analysis.survival import times_of  # noqa: PLC0415
    from analysis.therapy import lines_of  # noqa: PLC0415
    from analysis.toxicity import windows_of, worst_of  # noqa: PLC0415
    from tieout.derive import PsaRule, analysis_data  # noqa: PLC0415

    seen = seen_by(tables, protocol.cutoff)
    patients = courses(seen)
    flow = follow(patients, protocol)
    lines = lines_of(flow["next_line"], seen, protocol)
    rule = PsaRule(baseline_days=protocol.rules["psa_baseline_days"])
    dates = patients[["first_cycle", "died_on", "last_contact", "cycles", "birth_year"]]
    return analysis_data(
        dates.assign(cutoff=protocol.cutoff.isoformat()),
        populations=flow,
        endpoints={"os": times_of(flow["treated"], protocol)},
        grades=worst_of(windows_of(lines, protocol), seen, protocol),
        columns={"psa_best_change": best_of(changes_of(lines, seen["labs"], rule))["best_change"]},
    )

"""The analysis data of this repository's study, as its R script reads it: `python
tests/reference/study_data.py FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tieout.derive import Protocol

ROOT = Path(__file__).resolve().parents[2]


def data_set(tables: Mapping[str, pd.DataFrame], protocol: Protocol) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row a patient of the registry, and what its columns mean."""
    import pandas as pd

    from analysis.cohort import courses, follow, seen_by
    from analysis.response import best_of, changes_of
    from analysis.survival import times_of
    from analysis.therapy import lines_of
    from analysis.toxicity import windows_of
    from tieout.derive import PsaRule, analysis_data, grade, worst_grades

    seen = seen_by(tables, protocol.cutoff)
    patients = courses(seen)
    populations = follow(patients, protocol)
    lines = lines_of(populations["next_line"], seen, protocol)
    windows = windows_of(lines, protocol)
    grades = {}
    for name, term, test in (
        ("anemia", "anemia", "hemoglobin"),
        ("thrombocytopenia", "platelet_count_decreased", "platelets"),
        ("neutropenia", "neutrophil_count_decreased", "neutrophils"),
    ):
        samples = seen["labs"][seen["labs"].test == test].rename(columns={"collected_on": "date"})
        graded = samples.join(grade(samples, term, version=protocol.ctcae_version))
        grades[name] = worst_grades(graded, windows)
    rule = PsaRule(baseline_days=protocol.rules["psa_baseline_days"])
    best = best_of(changes_of(lines, seen["labs"], rule))
    best = best.set_index("patient_id") if "patient_id" in best else best
    dates = patients[["first_cycle", "died_on", "last_contact", "cycles", "birth_year"]]
    return analysis_data(
        dates.assign(cutoff=pd.Timestamp(protocol.cutoff)),
        populations=populations,
        endpoints={"os": times_of(populations["treated"], protocol)},
        grades=grades,
        columns={"psa_best_change": best["best_change"]},
    )


def main(folder: Path) -> None:
    """Write the data set of the registry as it stands."""
    sys.path.insert(0, str(ROOT))
    from analysis.registry import REGISTRY
    from tieout.derive import read_protocol, write_analysis_data
    from tieout.sources import read_registry

    tables = read_registry(REGISTRY, ROOT / "data")
    write_analysis_data(*data_set(tables, read_protocol(ROOT / "analysis" / "protocol.toml")), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

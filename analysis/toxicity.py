"""Blood counts, transfusions and growth factors during chemotherapy after LuPSMA."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pandas as pd

from analysis.therapy import CHEMOTHERAPY, NEXT_LINE
from tieout.derive import Protocol, count
from tieout.derive.labs import worst_grades_of
from tieout.derive.worst import grade_counts, with_transfusion
from tieout.values.result import Count, Results

_POPULATION = "patients who had chemotherapy after LuPSMA"
# key: CTCAE's term, the laboratory test, the label
_TERMS = {
    "anemia": ("anemia", "hemoglobin", "Anemia"),
    "thrombocytopenia": ("platelet_count_decreased", "platelets", "Platelet count decreased"),
    "neutropenia": ("neutrophil_count_decreased", "neutrophils", "Neutrophil count decreased"),
}
NEEDED = {
    "red_cells": ("red cells", "Red-cell transfusion"),
    "platelets": ("platelets", "Platelet transfusion"),
    "platelet_growth_factor": ("platelet growth factor", "Platelet growth factor"),
}


def windows_of(lines: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Return the days of chemotherapy, one row a patient: its first day to some days after its last dose."""
    given = lines[lines.group.isin(CHEMOTHERAPY)].groupby("patient_id")
    last = given.last_dose.max() + timedelta(days=protocol.rules["toxicity_days"])
    return pd.DataFrame({"first": given.started_on.min(), "last": last})


def toxicity(
    next_line: pd.DataFrame, lines: pd.DataFrame, tables: Mapping[str, pd.DataFrame], protocol: Protocol
) -> Results:
    """Return worst grades by laboratory criteria, and the support that was needed."""
    windows = windows_of(lines, protocol)
    support = _with_windows(tables["support"], windows)
    support = support.join(next_line.next_line_on, on="patient_id")
    grades = {
        name: _grades(name, worst, protocol) for name, worst in worst_of(windows, tables, protocol).items()
    }
    return Results(grades) | _support(next_line, windows, support, _during(support))


def worst_of(
    windows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], protocol: Protocol
) -> dict[str, pd.DataFrame]:
    """Return each term's worst grades in the days of chemotherapy, one row a patient."""
    support = _with_windows(tables["support"], windows)
    transfused = support.patient_id[_during(support) & (support.kind == "red cells")]
    tests = {term: test for term, test, _ in _TERMS.values()}
    version = protocol.ctcae_version
    worst = worst_grades_of(tables["labs"], windows, tests, version=version, date="collected_on")
    made = {name: worst[term] for name, (term, *_) in _TERMS.items()}
    if protocol.transfusion_clause:
        counts = pd.Series(windows.index.isin(transfused), windows.index)
        made["anemia"] = with_transfusion(made["anemia"], counts)
    return made


def _with_windows(support: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    return support.join(windows, on="patient_id")


def _during(support: pd.DataFrame) -> pd.Series[bool]:
    return support.given_on.between(support["first"], support["last"])


def _grades(name: str, worst: pd.DataFrame, protocol: Protocol) -> Results:
    """Count patients by their worst grade of one term."""
    method = f"CTCAE v{protocol.ctcae_version}, laboratory criteria"
    if name == "anemia":
        counts = "counts" if protocol.transfusion_clause else "does not count"
        subject = "red-cell transfusion" if protocol.transfusion_clause else "transfusion"
        method = f"{method}; {subject} {counts} as grade 3"
    return grade_counts(worst, label=_TERMS[name][2], population=_POPULATION, method=method)


def _support(
    next_line: pd.DataFrame, windows: pd.DataFrame, support: pd.DataFrame, during: pd.Series[bool]
) -> Results:
    """Count who needed transfusion or platelet growth factor; G-CSF is counted by itself."""
    needed = support.kind.isin([kind for kind, _ in NEEDED.values()])
    later = support.given_on >= support.next_line_on

    def on_chemotherapy(rows: pd.Series[bool], label: str, *, overlaps: bool = False) -> Count:
        patients = set(support.patient_id[rows & during])
        return count(patients, windows, label=label, population=_POPULATION, overlaps=overlaps)

    def on_any(rows: pd.Series[bool], label: str) -> Count:
        patients = set(support.patient_id[rows & later])
        return count(patients, next_line, label=label, population=NEXT_LINE)

    return Results(
        support=on_chemotherapy(needed, "Transfusion or platelet growth factor"),
        support_any_therapy=on_any(needed, "Transfusion or platelet growth factor"),
        support_outside=on_any(
            needed & ~during, "Transfusion or platelet growth factor outside chemotherapy"
        ),
        kinds=Results(
            {
                name: on_chemotherapy(support.kind == kind, label, overlaps=True)
                for name, (kind, label) in NEEDED.items()
            }
        ),
        gcsf=on_chemotherapy(support.kind == "G-CSF", "Granulocyte colony-stimulating factor"),
    )

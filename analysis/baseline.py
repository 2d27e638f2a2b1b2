"""Patients' characteristics before cycle 1."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tieout.derive import Protocol, count, levels, summarize
from tieout.derive.units import convert
from tieout.values.result import Results, Summary

_POPULATION = "patients who began LuPSMA"
_SITES = {"bone": "Bone", "lymph_node": "Lymph node", "lung": "Lung", "liver": "Liver"}
_PRIOR = {
    "docetaxel": "Docetaxel",
    "cabazitaxel": "Cabazitaxel",
    "androgen_receptor_inhibitor": "Androgen-receptor pathway inhibitor",
}
# test: label, unit, decimals; the outside laboratory's units are converted
_LABS = {
    "psa": ("PSA", "ng/mL", 1),
    "hemoglobin": ("Hemoglobin", "g/dL", 1),
    "alkaline_phosphatase": ("Alkaline phosphatase", "U/L", 0),
    "lactate_dehydrogenase": ("Lactate dehydrogenase", "U/L", 0),
    "albumin": ("Albumin", "g/dL", 1),
}


def baseline(treated: pd.DataFrame, labs: pd.DataFrame, protocol: Protocol) -> Results:
    """Return age, performance status, metastatic sites, prior therapy and laboratory values."""
    return Results(
        age=summarize(
            treated.first_cycle.dt.year - treated.birth_year,
            label="Age",
            population=_POPULATION,
            method="year of cycle 1 less year of birth",
            unit="years",
        ),
        ecog=levels(
            treated.ecog,
            levels={name: (code, code) for name, code in _ECOG.items()},
            population=_POPULATION,
            denominator="known",
        ),
        sites=_yes(treated, {name: name for name in _SITES}, _SITES),
        prior=_yes(treated, {name: f"prior_{name}" for name in _PRIOR}, _PRIOR),
        labs=Results({test: lab_summary(test, treated, labs, protocol) for test in _LABS}),
    )


_ECOG = {"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4"}


def _yes(treated: pd.DataFrame, columns: dict[str, str], labels: dict[str, str]) -> Results:
    """Count who has each of several things, of those in whom it is known."""
    return Results(
        {
            name: count(
                treated[column].dropna().astype(bool),
                treated[column].dropna(),
                label=labels[name],
                population=_POPULATION,
                method="denominator: those known",
                missing=int(treated[column].isna().sum()),
                overlaps=True,
            )
            for name, column in columns.items()
        }
    )


def lab_summary(test: str, treated: pd.DataFrame, labs: pd.DataFrame, protocol: Protocol) -> Summary:
    """Summarize the last value of a test within the days before cycle 1 that the protocol allows."""
    label, unit, decimals = _LABS[test]
    days = protocol.rules["baseline_days"]
    own = labs[labs.test == test].merge(treated.first_cycle, left_on="patient_id", right_index=True)
    before = own[(own.first_cycle - own.collected_on).dt.days.between(0, days)]
    last = before.sort_values("collected_on", kind="stable").groupby("patient_id").tail(1)
    last = last.set_index("patient_id")
    stated = last.unit.to_numpy(dtype=object)
    values = last.value.to_numpy(dtype=np.float64)
    if (stated != unit).any():
        values = convert(test, values, stated, unit)
    return summarize(
        pd.Series(values, index=last.index).reindex(treated.index),
        label=label,
        population=_POPULATION,
        method=f"last value within {days} days before cycle 1",
        unit=unit,
        decimals=decimals,
    )

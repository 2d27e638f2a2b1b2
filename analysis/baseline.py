"""Patients' characteristics before cycle 1."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from tieout.derive import Protocol, count, levels, summarize
from tieout.derive.labs import last_values
from tieout.values.result import Results

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
        labs=_labs(treated, labs, protocol),
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


def _labs(treated: pd.DataFrame, labs: pd.DataFrame, protocol: Protocol) -> Results:
    """Summarize the last value of each test within the days before cycle 1 that the protocol allows."""
    days = protocol.rules["baseline_days"]
    last = treated.first_cycle
    windows = pd.DataFrame({"first": last - timedelta(days=days), "last": last})
    units = {test: unit for test, (_, unit, _) in _LABS.items()}
    values = last_values(labs, windows, units, date="collected_on")
    return Results(
        {
            test: summarize(
                values[test],
                label=label,
                population=_POPULATION,
                method=f"last value within {days} days before cycle 1",
                unit=unit,
                decimals=decimals,
            )
            for test, (label, unit, decimals) in _LABS.items()
        }
    )

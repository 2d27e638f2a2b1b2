"""Patients' characteristics before treatment, by group."""

from __future__ import annotations

import pandas as pd

from analysis.cohort import treatment
from tieout.derive import (
    levels,
    standardized_difference,
    standardized_difference_of_levels,
    summarize,
)
from tieout.values.result import Results

SEX = {"female": ("female", "Female"), "male": ("male", "Male")}
SEVERITY = {"mild": ("mild", "Mild"), "moderate": ("moderate", "Moderate"), "severe": ("severe", "Severe")}


def age_of(patients: pd.DataFrame) -> pd.Series[int]:
    """Return the calendar year of the first day of treatment less the year of birth."""
    return patients["started_on"].dt.year - patients["birth_year"]


def baseline(treated: pd.DataFrame) -> Results:
    """Return the characteristics of all patients and of each group, and how far the groups differ."""
    made = Results(all=_of(treated, "all patients"))
    groups = treatment(treated)
    for name, (value, label) in groups.levels.items():
        made |= Results({name: _of(treated[treated["treatment"] == value], label)})
    words = {"population": "patients who began treatment"}
    return made | Results(
        differences=Results(
            age=standardized_difference(age_of(treated), groups, label="Age", **words),
            sex=standardized_difference_of_levels(treated["sex"], SEX, groups, label="Sex", **words),
            severity=standardized_difference_of_levels(
                treated["severity"], SEVERITY, groups, label="Severity", **words
            ),
            marker=standardized_difference(treated["marker"], groups, label="Marker", **words),
        )
    )


def _of(patients: pd.DataFrame, population: str) -> Results:
    method = "year of the first day of treatment less year of birth"
    return Results(
        age=summarize(age_of(patients), label="Age", population=population, unit="years", method=method),
        sex=levels(patients["sex"], levels=SEX, population=population, denominator="known"),
        severity=levels(patients["severity"], levels=SEVERITY, population=population, denominator="known"),
        marker=summarize(patients["marker"], label="Marker", population=population, unit="mg/L", decimals=1),
    )

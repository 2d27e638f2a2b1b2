"""Adverse events by worst grade, by group."""

from __future__ import annotations

import pandas as pd

from analysis.cohort import treatment
from tieout.derive import reported_grades, toxicity
from tieout.values.result import Results

TERMS = {"fatigue": "Fatigue", "nausea": "Nausea", "infection": "Infection", "rash": "Rash"}


def safety(treated: pd.DataFrame, reports: pd.DataFrame) -> Results:
    """Count the worst grade of each term in each patient; a patient without a report had none."""
    worst = {term: reported_grades(reports[reports["term"] == term], treated.index) for term in TERMS}
    return toxicity(worst, TERMS, population="patients who began treatment", by=treatment(treated))

"""Registries beyond memory: the row-level rules run by DuckDB, the estimators from counts a day.

Example
-------
    with open_engine(memory="4GB") as engine:
        labs = Rows(Path("data/labs.parquet"), {"patient": "patient_id", "date": "collected_on"})
        worst = worst_grades_at_scale(engine, labs, windows, {"anemia": "hemoglobin"})
    grade_counts(worst["anemia"], label="Anemia", population="treated")
"""

from __future__ import annotations

from tieout.derive.scale.counts import (
    Counts,
    count_days,
    count_times,
    counts_of_table,
    incidence_of,
    log_rank_of,
    p_value,
    risk_table_of,
)
from tieout.derive.scale.psa_rules import psa_changes_at_scale
from tieout.derive.scale.rules import (
    count_days_at_scale,
    grades_at_scale,
    worst_grades_at_scale,
)
from tieout.sources.engine import Engine, Progress, Rows, open_engine, show_progress

__all__ = [
    "Counts",
    "Engine",
    "Progress",
    "Rows",
    "count_days",
    "count_days_at_scale",
    "count_times",
    "counts_of_table",
    "grades_at_scale",
    "incidence_of",
    "log_rank_of",
    "open_engine",
    "p_value",
    "psa_changes_at_scale",
    "risk_table_of",
    "show_progress",
    "worst_grades_at_scale",
]

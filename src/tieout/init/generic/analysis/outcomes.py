"""Relapse-free survival by group, regression, and relapse with death as its competing risk."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.baseline import SEVERITY, SEX, age_of
from analysis.cohort import treatment
from tieout.derive import (
    Covariate,
    Grouping,
    Protocol,
    count,
    cox,
    earliest,
    gray,
    grouping,
    incidence,
    kaplan_meier_by,
    log_rank,
    reverse_kaplan_meier,
    time_to_event,
    time_to_first,
)
from tieout.values.result import Results

_POPULATION = "patients who began treatment"
_LABEL = "Relapse-free survival"
_CAUSES = {"relapse": ("relapse", "Relapse"), "death": ("death", "Death without relapse")}


def outcomes(treated: pd.DataFrame, protocol: Protocol) -> Results:
    """Return relapse-free survival, its regressions, and cumulative incidences, all by treatment."""
    group = treatment(treated)
    times = time_to_event(
        treated["started_on"],
        earliest(treated["relapsed_on"], treated["died_on"]),
        treated["last_contact"],
        protocol.cutoff,
        day_count=protocol.day_count,
        days_per_month=protocol.days_per_month,
    )
    rules: Any = protocol.rules
    curves = kaplan_meier_by(
        times,
        group,
        label=_LABEL,
        population=_POPULATION,
        method=f"from {protocol.time_zero} to relapse or death of any cause",
        conf_type=protocol.conf_type,
        at=sorted({*rules["landmark_months"], *rules["risk_table_months"]}),
    )
    follow_up = reverse_kaplan_meier(
        times, "follow_up", label="Follow-up", population=_POPULATION, conf_type=protocol.conf_type
    )
    return follow_up | Results(
        relapsed_or_died=count(times["is_event"], times, label="Relapses and deaths", population=_POPULATION),
        survival=curves,
        log_rank=log_rank(times, group, label=f"{_LABEL} by treatment", population=_POPULATION),
        crude=cox(times, [("treatment", group)], population=_POPULATION),
        adjusted=cox(times, _terms(treated, group), population=_POPULATION),
        incidence=_incidence(treated, group, protocol),
    )


def _terms(treated: pd.DataFrame, group: Grouping) -> list[Any]:
    sex = grouping(treated["sex"], levels=SEX, label="Sex", known_at=0)
    severity = grouping(treated["severity"], levels=SEVERITY, label="Severity", known_at=0)
    age = Covariate("age", age_of(treated), "Age, per 10 years", per=10)
    return [("treatment", group), age, ("sex", sex), ("severity", severity)]


def _incidence(treated: pd.DataFrame, group: Grouping, protocol: Protocol) -> Results:
    """Return the cumulative incidence of relapse in each group, death without relapse competing."""
    times = time_to_first(
        treated["started_on"],
        {"relapse": treated["relapsed_on"], "death": treated["died_on"]},
        treated["last_contact"],
        protocol.cutoff,
        day_count=protocol.day_count,
        days_per_month=protocol.days_per_month,
    )
    months = protocol.rules["landmark_months"]
    made = Results(gray=gray(times, _CAUSES, group, population=_POPULATION))
    for name, (value, label) in group.levels.items():
        own = times[treated["treatment"] == value]
        made |= Results({name: incidence(own, _CAUSES, population=label, at=months)})
    return made

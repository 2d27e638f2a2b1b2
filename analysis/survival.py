"""Overall survival and follow-up, both from cycle 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from tieout.derive import (
    Protocol,
    completeness,
    count,
    kaplan_meier,
    reverse_kaplan_meier,
    summarize,
    time_to_event,
)
from tieout.values.result import Results

_POPULATION = "patients who began LuPSMA"


def times_of(treated: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Return time from cycle 1 to death, or to the earlier of last contact and cutoff."""
    return time_to_event(
        treated.first_cycle,
        treated.died_on,
        treated.last_contact,
        protocol.cutoff,
        day_count=protocol.day_count,
        days_per_month=protocol.days_per_month,
    )


def survival(treated: pd.DataFrame, protocol: Protocol) -> Results:
    """Return overall survival, its landmarks and numbers at risk, and follow-up in two ways."""
    times = times_of(treated, protocol)
    rules: Any = protocol.rules
    overall = kaplan_meier(
        times,
        "os",
        label="Overall survival",
        population=_POPULATION,
        method=f"from {protocol.time_zero} to death of any cause",
        conf_type=protocol.conf_type,
        at=sorted({*rules["landmark_months"], *rules["risk_table_months"]}),
    )
    follow_up = reverse_kaplan_meier(
        times,
        "follow_up",
        label="Follow-up",
        population=_POPULATION,
        conf_type=protocol.conf_type,
    )
    return (
        overall
        | follow_up
        | Results(
            observed=summarize(
                times.time_months,
                label="Time observed",
                population=_POPULATION,
                method="from cycle 1 to death or censoring, whichever came first",
                unit="months",
                decimals=1,
            ),
            completeness=replace(
                completeness(times, label="Completeness of follow-up", population=_POPULATION), decimals=1
            ),
            deaths=count(times.is_event, times, label="Deaths", population=_POPULATION),
            censored_early=count(
                times.censoring == "last contact",
                times,
                label="Censored at a last contact before the cutoff",
                population=_POPULATION,
            ),
        )
    )

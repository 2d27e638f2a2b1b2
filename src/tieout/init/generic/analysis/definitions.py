"""The protocol's definitions as results, so that Methods print what the code used."""

from __future__ import annotations

from datetime import date

from tieout.derive import Protocol, meaning
from tieout.values.result import Fact, Results


def definitions(protocol: Protocol) -> Results:
    """Return every date, period and rule that the protocol declares."""
    rules = protocol.rules
    first, second = rules["landmark_months"]

    def fact(value: str | float | date, label: str, unit: str = "", decimals: int | None = None) -> Fact:
        return Fact(value, meaning(label, "the protocol"), unit, decimals)

    return Results(
        cutoff=fact(protocol.cutoff, "Data cutoff"),
        enrolment_start=fact(rules["enrolment_start"], "First day of enrolment"),
        enrolment_end=fact(rules["enrolment_end"], "Last day of enrolment"),
        time_zero=fact(protocol.time_zero, "Time zero"),
        month_days=fact(protocol.days_per_month, "Length of a month", "days", 4),
        survival_scale=fact(protocol.conf_type, "Scale of confidence intervals of survival"),
        ctcae_version=fact(protocol.ctcae_version, "Version of CTCAE"),
        landmark_first=fact(first, "First landmark", "months"),
        landmark_second=fact(second, "Second landmark", "months"),
    )

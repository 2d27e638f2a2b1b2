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
        enrolment_start=fact(rules["enrolment_start"], "First day of enrollment"),
        enrolment_end=fact(rules["enrolment_end"], "Last day of enrollment"),
        setting=fact(rules["setting"], "Setting of treatment"),
        planned_cycles=fact(rules["planned_cycles"], "Planned cycles of LuPSMA"),
        cycle_weeks=fact(rules["cycle_weeks"], "Planned interval between cycles", "weeks"),
        overdue_days=fact(rules["overdue_days"], "Longest time on treatment after a cycle", "days"),
        baseline_days=fact(rules["baseline_days"], "Oldest baseline laboratory value", "days"),
        month_days=fact(protocol.days_per_month, "Length of a month", "days", 4),
        psa_baseline_days=fact(rules["psa_baseline_days"], "Oldest baseline PSA of a later line", "days"),
        psa_fall=fact(rules["psa_fall_percent"], "Fall of PSA that counts as a response, in percent"),
        toxicity_days=fact(rules["toxicity_days"], "End of chemotherapy after its last dose", "days"),
        ctcae_version=fact(protocol.ctcae_version, "Version of CTCAE"),
        transfusion_clause=fact(
            "counted as grade 3" if protocol.transfusion_clause else "did not count as grade 3",
            "Anemia for which red cells were transfused, whatever the hemoglobin",
        ),
        landmark_first=fact(first, "First landmark of survival", "months"),
        landmark_second=fact(second, "Second landmark of survival", "months"),
        survival_scale=fact(
            {"log": "log", "log-log": "log-log", "plain": "untransformed"}[protocol.conf_type],
            "Scale of confidence intervals of survival",
        ),
        time_zero=fact(protocol.time_zero, "Time zero"),
    )

"""Who is in the study, and what became of each patient by the cutoff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from tieout.derive import Disposition, Flow, Grouping, Population, Protocol, Reason, count, flow, grouping
from tieout.values.result import Results

Tables = Mapping[str, pd.DataFrame]

_DATED = {"patients": "assigned_on", "events": "event_on", "adverse_events": "reported_on"}


def seen_by(tables: Tables, cutoff: date) -> dict[str, pd.DataFrame]:
    """Return the registry as it stood on the evening of the cutoff: what is dated later is unseen."""
    last = pd.Timestamp(cutoff)
    seen = {name: tables[name][tables[name][day] <= last] for name, day in _DATED.items()}
    started = seen["patients"]["started_on"]
    seen["patients"] = seen["patients"].assign(started_on=started.where(started <= last))
    return seen


def quarantined(tables: Tables) -> Results:
    """Count the rows that the registry's checks set aside: none is dropped in silence."""
    aside = tables["quarantine"]
    label = "Rows set aside because they could not be used"
    return Results(set_aside=count(len(aside), None, label=label, population="all tables"))


def courses(tables: Tables) -> pd.DataFrame:
    """Return one row a patient with the dates of what followed, from rows seen by the cutoff.

    Nobody is assumed to be alive beyond the last day on which the registry has something of them.
    """
    events = tables["events"]

    def first(event: str) -> pd.Series[Any]:
        return events[events["event"] == event].groupby("patient_id")["event_on"].min()

    patients = tables["patients"].set_index("patient_id")
    days = pd.concat(
        [
            patients["started_on"].dropna(),
            events.set_index("patient_id")["event_on"],
            tables["adverse_events"].set_index("patient_id")["reported_on"],
        ]
    )
    return patients.assign(
        relapsed_on=first("relapse"),
        died_on=first("death"),
        last_contact=days.groupby(level="patient_id").max(),
    )


def treatment(patients: pd.DataFrame) -> Grouping:
    """Return the compared groups: the treatment is chosen before it begins, so it is known at time zero."""
    return grouping(
        patients["treatment"],
        levels={"a": ("A", "Treatment A"), "b": ("B", "Treatment B")},
        label="Treatment",
        known_at=0,
    )


def follow(patients: pd.DataFrame, protocol: Protocol) -> Flow:
    """Follow the registry's patients into the study and to what became of them."""
    rules = protocol.rules
    start, end = pd.Timestamp(rules["enrolment_start"]), pd.Timestamp(rules["enrolment_end"])
    return flow(
        patients,
        [
            Population("registered", "In the registry"),
            Population(
                "treated",
                "Began treatment in the enrolment period",
                [
                    Reason("untreated", "Never began treatment", lambda t: t["started_on"].isna()),
                    Reason("too_early", "Began before the period", lambda t: t["started_on"] < start),
                    Reason("too_late", "Began after the period", lambda t: t["started_on"] > end),
                ],
                keep=lambda t: t["started_on"].between(start, end),
            ),
        ],
        [
            Disposition("died", "Died", lambda t: t["died_on"].notna()),
            Disposition(
                "relapsed",
                "Alive after a relapse",
                lambda t: t["died_on"].isna() & t["relapsed_on"].notna(),
            ),
            Disposition(
                "well",
                "Alive without a relapse",
                lambda t: t["died_on"].isna() & t["relapsed_on"].isna(),
            ),
        ],
    )

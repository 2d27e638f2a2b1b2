"""Who is in the study, and what became of each patient by the cutoff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

import pandas as pd

from tieout.derive import Disposition, Flow, Population, Protocol, Reason, flow
from tieout.derive.labs import latest_days, seen_until

Tables = Mapping[str, pd.DataFrame]  # labs of a large registry stay on disk: `tieout.derive.labs`

_DATED = {
    "patients": "referred_on",
    "cycles": "given_on",
    "events": "event_on",
    "therapies": "started_on",
    "administrations": "given_on",
    "support": "given_on",
    "labs": "collected_on",
}


def seen_by(tables: Tables, cutoff: date) -> dict[str, pd.DataFrame]:
    """Return the registry as it stood on the evening of the cutoff: what is dated later is unseen."""
    last = pd.Timestamp(cutoff)
    seen = {name: seen_until(tables[name], cutoff, date=day) for name, day in _DATED.items()}
    ended = seen["therapies"].ended_on <= last
    seen["therapies"] = seen["therapies"].assign(
        ended_on=seen["therapies"].ended_on.where(ended),
        stop_reason=seen["therapies"].stop_reason.where(ended),
    )
    return seen


def courses(tables: Tables) -> pd.DataFrame:
    """Return one row a patient: cycles, and the dates of what followed, all from rows seen by the cutoff.

    Nobody is assumed to be alive beyond the last day on which the registry has something of them.
    """
    patients, cycles, events = tables["patients"], tables["cycles"], tables["events"]

    def first(event: str) -> pd.Series[Any]:
        return events[events.event == event].groupby("patient_id").event_on.min()

    stop = events[events.event == "stop"].set_index("patient_id")
    days = pd.concat(
        latest_days(tables[name], date=_DATED[name])
        for name in ("cycles", "events", "therapies", "administrations", "support", "labs")
    )
    given = cycles.groupby("patient_id").given_on
    return (
        patients.set_index("patient_id")
        .assign(
            first_cycle=given.min(),
            last_cycle=given.max(),
            cycles=given.size(),
            stopped_on=stop.event_on,
            stop_reason=stop.detail,
            hospice_on=first("hospice"),
            break_on=first("treatment break"),
            next_line_on=tables["therapies"].groupby("patient_id").started_on.min(),
            died_on=first("death"),
            last_contact=days.groupby(level="patient_id").max(),
        )
        .assign(cycles=lambda table: table.cycles.fillna(0).astype(int))
        .pipe(_with_first_event_after_stop)
    )


def _with_first_event_after_stop(table: pd.DataFrame) -> pd.DataFrame:
    """Add which of hospice, a further line and a treatment break came first, from the day of the decision to
    stop; on one day, in this order.
    """
    follow = table[["hospice_on", "next_line_on", "break_on"]]
    follow = follow.where(follow.ge(table.stopped_on, axis=0))
    earliest = follow.min(axis=1)
    first = pd.Series("", index=table.index)
    for column, what in (("break_on", "break"), ("next_line_on", "next line"), ("hospice_on", "hospice")):
        first = first.mask((follow[column] == earliest) & earliest.notna(), what)
    return table.assign(after_stop=first)


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
                "Began standard-of-care LuPSMA in the enrollment period",
                [
                    Reason("untreated", "No cycle given", lambda t: t.cycles == 0),
                    Reason(
                        "other_setting", "Trial or expanded access", lambda t: t.setting != rules["setting"]
                    ),
                    Reason(
                        "too_early", "Began before the enrollment period", lambda t: t.first_cycle < start
                    ),
                    Reason("too_late", "Began after the enrollment period", lambda t: t.first_cycle > end),
                ],
                keep=lambda t: (t.setting == rules["setting"]) & t.first_cycle.between(start, end),
            ),
        ],
        _dispositions(protocol),
    )


def _dispositions(protocol: Protocol) -> list[Disposition]:
    """What became of the treated: completion first, then a decision to stop, then death, then time."""
    planned = protocol.rules["planned_cycles"]
    oldest = pd.Timestamp(protocol.cutoff - timedelta(days=protocol.rules["overdue_days"]))
    of = partial(_disposition, planned=planned, oldest=oldest)
    return [
        Disposition(
            "completed",
            "Completed all cycles",
            of("completed"),
            [
                Disposition("completed_next_line", "Began a next line", lambda t: t.next_line_on.notna()),
                Disposition("completed_no_line", "No next line", lambda t: t.next_line_on.isna()),
            ],
        ),
        Disposition("stopped", "Stopped for progression", of("progression"), _after_stop()),
        Disposition("stopped_toxicity", "Stopped for toxicity", of("toxicity")),
        Disposition("stopped_other", "Stopped for another reason", of("other")),
        Disposition("died", "Died during treatment", of("died")),
        Disposition("on_treatment", "Still on treatment", of("on treatment")),
        Disposition("overdue", "Overdue for the next cycle", of("overdue")),
    ]


def _disposition(name: str, *, planned: int, oldest: pd.Timestamp) -> Any:
    def holds(patients: pd.DataFrame) -> pd.Series[bool]:
        what = pd.Series("on treatment", index=patients.index)
        what = what.mask(patients.last_cycle < oldest, "overdue")
        what = what.mask(patients.died_on.notna(), "died")
        reason = patients.stop_reason.astype(object)
        what = what.mask(reason.notna(), reason.where(reason.isin(["progression", "toxicity"]), "other"))
        what = what.mask(patients.cycles >= planned, "completed")
        return what == name

    return holds


def _after_stop() -> list[Disposition]:
    """What came first after stopping for progression; nobody without a record is left unnamed."""

    def none(patients: pd.DataFrame) -> pd.Series[bool]:
        return patients.after_stop == ""

    return [
        Disposition("hospice", "Entered hospice", lambda t: t.after_stop == "hospice"),
        Disposition("next_line", "Began a next line", lambda t: t.after_stop == "next line"),
        Disposition("treatment_break", "Treatment break", lambda t: t.after_stop == "break"),
        Disposition("died_after_stop", "Died without any of these", lambda t: none(t) & t.died_on.notna()),
        Disposition("no_record", "No further record", lambda t: none(t) & t.died_on.isna()),
    ]

"""The one place that turns dates into time: what is an event, when a patient is censored, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tieout.derive.protocol import DAYS_PER_MONTH, DayCount
from tieout.derive.provenance import meaning, refuse
from tieout.derive.rows import made_of
from tieout.values.finding import Finding, FindingsError
from tieout.values.result import Estimate

Dates = Any  # a pandas Series of datetime64; pandas-stubs has no name for it that a caller's column satisfies


def time_to_event(
    start: Dates,
    event_date: Dates,
    last_contact: Dates,
    cutoff: date,
    *,
    day_count: DayCount = "difference",
    days_per_month: float = DAYS_PER_MONTH,
) -> pd.DataFrame:
    """Turn dates into time to event, one row a patient.

    A patient has the event when its date is known and not after the cutoff; an event after the cutoff is
    unseen. Everyone else is censored at the earlier of last contact and cutoff, never assumed to be alive
    after it.

    Parameters
    ----------
    start, event_date, last_contact : dates, shape (n_patients,), on the same index. `start` is never missing;
        `event_date` is missing without an event; `last_contact` may be missing where the event is seen.
    cutoff : the last day of which anything is known.
    day_count : "difference" (start to event on the same day is 0) or "inclusive" (1, as ADaM counts).
    days_per_month : the length of a month.

    Returns
    -------
    DataFrame, on the index of `start`
        `time_days` (whole days), `time_months`, `is_event`, `censoring` ("", "last contact" or "cutoff"), and
        `potential_days`: the time to the event, or to the cutoff. `attrs["definition"]` says the rule in
        words.

    Raises
    ------
    FindingsError
        when a start is missing or after the cutoff, an event or a last contact precedes the start, or a
        patient without a seen event has no last contact; each with its number of rows.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> times = time_to_event(
    ...     pd.Series(day(["2023-01-01", "2023-01-01"])), pd.Series(day(["2023-01-31", None])),
    ...     pd.Series(day(["2023-01-31", "2023-12-01"])), date(2023, 9, 30))
    >>> times[["time_days", "is_event", "censoring"]].values.tolist()
    [[30, True, ''], [272, False, 'cutoff']]
    """
    first, event, contact = (_days(dates) for dates in (start, event_date, last_contact))
    last = np.datetime64(cutoff, "D")
    is_event = ~np.isnat(event) & (event <= last)
    _require_dates(first, event, contact, last, is_event)
    at_cutoff = ~is_event & (contact >= last)
    end = np.where(is_event, event, np.where(at_cutoff, last, contact))
    extra = 1 if day_count == "inclusive" else 0
    days = (end - first).astype("int64") + extra
    potential = np.where(is_event, days, (last - first).astype("int64") + extra)
    times = pd.DataFrame(
        {
            "time_days": days,
            "time_months": days / days_per_month,
            "is_event": is_event,
            "censoring": np.where(is_event, "", np.where(at_cutoff, "cutoff", "last contact")),
            "potential_days": potential,
        },
        index=start.index,
    )
    times.attrs |= {
        "definition": time_words(cutoff, day_count, days_per_month),
        "days_per_month": days_per_month,
    }
    return times


def time_words(
    cutoff: date, day_count: DayCount, days_per_month: float, *, censored_at: str = "last contact"
) -> str:
    """Return the definition of time in words, as Methods prints it."""
    counting = {
        "difference": "an event on the first day is at 0",
        "inclusive": "the first day is day 1",
    }
    return (
        f"censored at the earlier of {censored_at} and {cutoff.isoformat()}; {counting[day_count]}; "
        f"a month is {days_per_month:g} days"
    )


def completeness(times: pd.DataFrame, *, label: str, population: str, decimals: int = 0) -> Estimate:
    """Return how complete follow-up is: time observed, of the time that could have been (Clark's C).

    Parameters
    ----------
    times : from `time_to_event`; a patient with the event could have been observed until then.
    label, population : the words of the result.
    decimals : of the printed percentage.

    Notes
    -----
    Clark, Altman and De Stavola (2002), Lancet 359:1309.

    Examples
    --------
    >>> times = pd.DataFrame({"time_days": [50, 100], "potential_days": [100, 100]})
    >>> completeness(times, label="Completeness", population="all").value
    0.75
    """
    potential = int(times["potential_days"].sum())
    value = int(times["time_days"].sum()) / potential if potential else None
    words = meaning(label, population, "observed of potential follow-up time (Clark's C)")
    made = Estimate(value, None, None, words, scale="proportion", decimals=decimals, n=len(times))
    return made_of(made, lambda: times)


def _days(dates: Dates) -> Any:
    if not isinstance(dates, pd.Series):
        raise refuse("dates", "dates come as pandas Series on one index", have=type(dates).__name__)
    return pd.to_datetime(dates).to_numpy().astype("datetime64[D]")


def _require_dates(first: Any, event: Any, contact: Any, last: Any, is_event: Any) -> None:
    if not len(first) == len(event) == len(contact):
        raise refuse(
            "dates", "columns of dates differ in length", have=f"{len(first)}, {len(event)}, {len(contact)}"
        )
    checks = {
        "start-missing": ("patients have no start date", np.isnat(first)),
        "start-after-cutoff": ("patients start after the cutoff", first > last),
        "event-before-start": ("events precede the start", event < first),
        "contact-missing": (
            "patients have neither an event by the cutoff nor a last contact",
            ~is_event & np.isnat(contact),
        ),
        "contact-before-start": (
            "censored patients' last contact precedes the start",
            ~is_event & (contact < first),
        ),
    }
    found = [
        Finding(
            f"derive/{code}",
            f"{int(rows.sum())} {words}",
            facts={"rows": str(int(rows.sum())), "of": str(len(first))},
            remedy="correct the dates in the registry, or leave these patients out by a reason of the flow",
        )
        for code, (words, rows) in checks.items()
        if rows.any()
    ]
    if found:
        raise FindingsError(found)

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tieout.derive import completeness, time_to_event, time_to_first
from tieout.values.finding import FindingsError

CUTOFF = date(2023, 9, 30)


def days(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


def one(start, event, contact, **options):
    times = time_to_event(days(start), days(event), days(contact), CUTOFF, **options)
    return times["time_days"].iloc[0], bool(times["is_event"].iloc[0]), times["censoring"].iloc[0]


@pytest.mark.parametrize(
    ("start", "event", "contact", "want"),
    [
        ("2023-01-01", "2023-01-31", "2023-01-31", (30, True, "")),
        ("2023-01-01", "2023-09-30", None, (272, True, "")),  # on the cutoff day it is seen
        ("2023-01-01", "2023-10-01", "2023-10-01", (272, False, "cutoff")),  # a day later it is not
        ("2023-01-01", None, "2023-06-01", (151, False, "last contact")),
        ("2023-01-01", None, "2023-12-01", (272, False, "cutoff")),
        ("2023-01-01", None, "2023-09-30", (272, False, "cutoff")),
        (
            "2023-01-01",
            "2023-12-01",
            "2023-06-01",
            (151, False, "last contact"),
        ),  # not assumed alive to the cutoff
        (
            "2023-01-01",
            "2023-06-01",
            "2023-05-01",
            (151, True, ""),
        ),  # a death learned of after the last contact
        ("2023-01-01", "2023-01-01", "2023-01-01", (0, True, "")),
    ],
)
def test_a_patient_has_the_event_or_is_censored_at_the_earlier_of_last_contact_and_cutoff(
    start, event, contact, want
):
    assert one(start, event, contact) == want


def test_the_inclusive_day_count_adds_one_to_events_and_censorings():
    assert one("2023-01-01", "2023-01-01", None, day_count="inclusive") == (1, True, "")
    assert one("2023-01-01", None, "2023-01-11", day_count="inclusive") == (11, False, "last contact")


def test_a_month_has_the_length_that_was_declared():
    times = time_to_event(days("2023-01-01"), days("2023-03-02"), days(None), CUTOFF, days_per_month=30)
    assert times["time_months"].tolist() == [2.0]
    assert "a month is 30 days" in times.attrs["definition"]


@pytest.mark.parametrize(
    ("start", "event", "contact", "code"),
    [
        (None, None, "2023-06-01", "derive/start-missing"),
        ("2023-10-01", None, "2023-12-01", "derive/start-after-cutoff"),
        ("2023-02-01", "2023-01-31", None, "derive/event-before-start"),
        ("2023-02-01", None, None, "derive/contact-missing"),
        ("2023-02-01", "2023-12-01", None, "derive/contact-missing"),
        ("2023-02-01", None, "2023-01-31", "derive/contact-before-start"),
    ],
)
def test_dates_that_cannot_be_are_refused_with_their_number(start, event, contact, code):
    with pytest.raises(FindingsError) as caught:
        time_to_event(days(start, "2023-01-01"), days(event, None), days(contact, "2023-02-01"), CUTOFF)
    assert [finding.code for finding in caught.value.findings] == [code]
    assert caught.value.findings[0].facts == {"rows": "1", "of": "2"}


def test_swapping_events_and_censorings_changes_the_answer():
    event, contact = days("2023-03-01", None), days("2023-05-01", "2023-04-01")
    right = time_to_event(days("2023-01-01", "2023-01-01"), event, contact, CUTOFF)
    wrong = time_to_event(days("2023-01-01", "2023-01-01"), contact, event.fillna(contact), CUTOFF)
    assert right["time_days"].tolist() == [59, 90]
    assert right["is_event"].tolist() == [True, False]
    assert wrong["is_event"].tolist() != right["is_event"].tolist()


def test_a_later_cut_sees_what_an_earlier_one_did_not():
    start, event, contact = days("2023-01-01"), days("2023-08-01"), days("2023-08-01")
    early = time_to_event(start, event, contact, date(2023, 6, 30))
    assert (early["is_event"].tolist(), early["time_days"].tolist()) == ([False], [180])
    assert time_to_event(start, event, contact, CUTOFF)["is_event"].tolist() == [True]


def test_completeness_is_observed_of_potential_time_and_death_completes_it():
    times = time_to_event(
        days("2023-09-20", "2023-09-20"), days(None, "2023-09-22"), days("2023-09-25", None), CUTOFF
    )
    made = completeness(times, label="Completeness", population="all")
    assert made.value == pytest.approx(7 / 12)


def test_the_first_of_several_dates_names_the_cause_and_on_one_day_the_first_named():
    causes = {
        "therapy": days("2023-02-01", "2023-02-01", None),
        "death": days("2023-02-01", "2023-01-15", None),
    }
    times = time_to_first(days(*["2023-01-01"] * 3), causes, days(*["2023-05-01"] * 3), CUTOFF)
    assert times["cause"].tolist() == ["therapy", "death", ""]

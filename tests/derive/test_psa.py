from __future__ import annotations

import pandas as pd
import pytest

from tieout.derive import (
    ProgressionRule,
    PsaRule,
    earliest,
    psa_change_at,
    psa_changes,
    psa_progression,
    psa_response,
    time_to_event,
)
from tieout.values.finding import FindingsError

START = pd.Timestamp("2023-01-01")
THERAPY = pd.DataFrame({"first": START, "last": pd.NaT}, index=["a", "b", "c"]).astype("datetime64[ns]")


def psa(**values):
    rows = [
        (who, START + pd.Timedelta(days=day), value) for who, pairs in values.items() for day, value in pairs
    ]
    return pd.DataFrame(rows, columns=["patient_id", "date", "psa"]).astype(
        {"date": "datetime64[ns]", "psa": float}
    )


def test_the_baseline_is_the_last_value_up_to_the_first_day_and_not_older_than_allowed():
    table = psa(
        a=[(-40, 99.0), (-10, 20.0), (0, 10.0), (30, 6.0)],
        b=[(-29, 10.0), (5, 1.0)],
        c=[(-28, 10.0), (5, 9.0)],
    )
    changes = psa_changes(table, THERAPY)
    assert changes["baseline"].fillna(-1).tolist() == [10.0, -1.0, 10.0]
    assert changes["evaluable"].tolist() == [True, False, True]
    assert changes["best_change"].round(6).fillna(9).tolist() == [-0.4, 9, -0.1]


def test_a_value_on_the_first_day_is_the_baseline_and_not_on_therapy():
    changes = psa_changes(psa(a=[(0, 10.0)]), THERAPY)
    assert (changes.loc["a", "baseline"], changes.loc["a", "values"], changes.loc["a", "evaluable"]) == (
        10.0,
        0,
        False,
    )


def test_a_fall_of_exactly_one_half_is_a_response_and_the_denominator_is_named():
    table = psa(a=[(0, 10.0), (30, 5.0)], b=[(0, 10.0), (30, 5.01)])
    changes = psa_changes(table, THERAPY)
    evaluable = psa_response(changes, population="treated", declines=[50, 90])
    treated = psa_response(changes, population="treated", declines=[50], denominator="treated")
    assert (evaluable["psa50"].n, evaluable["psa50"].of, evaluable["psa50"].missing) == (1, 2, 1)
    assert (treated["psa50"].n, treated["psa50"].of) == (1, 3)
    assert "no response" in treated["psa50"].meaning.method
    assert evaluable["psa90"].n == 0
    assert evaluable["psa50"].low is not None


@pytest.mark.parametrize(
    ("second", "day", "confirmed"), [(5.0, 51, True), (5.0, 50, False), (6.0, 51, False)]
)
def test_a_confirmed_response_needs_a_second_value_three_weeks_later(second, day, confirmed):
    table = psa(a=[(0, 10.0), (30, 4.0), (day, second)])
    changes = psa_changes(table, THERAPY, PsaRule(confirmed=True))
    made = psa_response(changes, population="treated", rule=PsaRule(confirmed=True), declines=[50])
    assert (made["psa50"].n, made["psa50"].of) == (int(confirmed), 1)


def test_the_first_value_late_enough_decides_the_confirmation():
    table = psa(a=[(0, 10.0), (30, 4.0), (55, 9.0), (80, 4.0)])
    assert psa_changes(table, THERAPY, PsaRule(confirmed=True)).loc["a", "best_change"] == pytest.approx(-0.1)


def test_values_after_the_end_of_therapy_do_not_count():
    therapy = THERAPY.assign(last=START + pd.Timedelta(days=30))
    changes = psa_changes(psa(a=[(0, 10.0), (30, 8.0), (31, 1.0)]), therapy)
    assert changes.loc["a", "nadir"] == 8.0


def test_the_change_at_a_time_takes_the_nearest_value_and_of_two_the_earlier():
    table = psa(a=[(0, 10.0), (80, 5.0), (88, 2.0)], b=[(0, 10.0), (70, 1.0)], c=[(0, 0.0), (84, 1.0)])
    change = psa_change_at(table, THERAPY, day=84, within=7)
    assert change.fillna(9).tolist() == [-0.5, 9, 9]


def test_two_values_on_one_day_and_negative_values_are_refused():
    with pytest.raises(FindingsError, match="two PSA values on one day"):
        psa_changes(psa(a=[(0, 1.0), (0, 2.0)]), THERAPY)
    with pytest.raises(FindingsError, match="negative"):
        psa_changes(psa(a=[(0, -1.0)]), THERAPY)


def test_without_any_values_nobody_is_evaluable():
    changes = psa_changes(psa(a=[]), THERAPY)
    assert not changes["evaluable"].any()
    assert psa_progression(psa(a=[]), THERAPY)["progressed_on"].isna().all()


def progressed(*pairs, rule=None):
    made = psa_progression(psa(a=list(pairs)), THERAPY, rule)["progressed_on"].iloc[0]
    return None if pd.isna(made) else (made - START).days


@pytest.mark.parametrize(
    ("pairs", "day"),
    [
        ([(0, 20.0), (30, 10.0), (60, 12.5), (90, 13.0)], 60),  # exactly 25 % and 2.5 ng/mL, confirmed
        ([(0, 20.0), (30, 10.0), (60, 12.4), (90, 12.4)], None),  # 24 %
        ([(0, 8.0), (30, 4.0), (60, 5.9), (90, 5.9)], None),  # 48 %, but 1.9 ng/mL
        ([(0, 8.0), (30, 4.0), (60, 6.0), (90, 6.0)], 60),  # 2.0 ng/mL
        ([(0, 20.0), (30, 10.0), (60, 15.0), (80, 16.0)], None),  # a second value only 20 days later
        ([(0, 20.0), (30, 10.0), (60, 15.0), (81, 15.0)], 60),  # 21 days
        (
            [(0, 20.0), (30, 10.0), (60, 15.0), (90, 11.0), (120, 15.0), (150, 15.0)],
            120,
        ),  # the first did not hold
        ([(0, 20.0), (30, 10.0), (60, 15.0)], None),  # nothing later
        ([(0, 20.0), (30, 26.0), (60, 27.0)], None),  # no decline, before week 12
        ([(0, 20.0), (30, 26.0), (84, 27.0)], 84),  # no decline: after 12 weeks, unconfirmed
        ([(0, 20.0), (84, 24.0)], None),  # 20 % above baseline
        (
            [(0, 20.0), (20, 30.0), (40, 10.0), (100, 14.0), (130, 14.0)],
            100,
        ),  # a flare does not count, then a nadir
        ([(30, 10.0), (60, 20.0), (90, 20.0)], None),  # no baseline
    ],
)
def test_progression_follows_the_working_group_s_words(pairs, day):
    assert progressed(*pairs) == day


def test_each_part_of_the_rule_is_a_parameter_that_its_words_print():
    pairs = [(0, 20.0), (30, 10.0), (60, 13.0)]
    assert progressed(*pairs, rule=ProgressionRule(confirmed=False)) == 60
    assert progressed(*pairs, rule=ProgressionRule(confirmed=False, rise=0.5)) is None
    assert progressed(*pairs, rule=ProgressionRule(confirmed=False, rise_ng_ml=5)) is None
    rise = [(0, 20.0), (84, 26.0)]
    assert progressed(*rise) == 84
    assert progressed(*rise, rule=ProgressionRule(confirm_without_decline=True)) is None
    assert progressed(*rise, rule=ProgressionRule(no_decline_days=85)) is None
    words = ProgressionRule(rise=0.5, rise_ng_ml=5, confirm_days=28).words
    assert all(part in words for part in ("50%", "5 ng/mL", "28 days", "day 84"))


def test_progression_free_survival_ends_at_the_first_of_progression_and_death():
    found = psa_progression(
        psa(a=[(0, 20.0), (30, 10.0), (60, 15.0), (90, 15.0)], b=[(0, 9.0), (30, 5.0)]), THERAPY
    )
    death = pd.Series(
        [pd.NaT, START + pd.Timedelta(days=200), pd.NaT], index=THERAPY.index, dtype="datetime64[ns]"
    )
    last = found["last_psa"].fillna(START)
    times = time_to_event(
        THERAPY["first"], earliest(found["progressed_on"], death), last, pd.Timestamp("2023-09-30").date()
    )
    assert times["time_days"].tolist() == [60, 200, 0]
    assert times["is_event"].tolist() == [True, True, False]

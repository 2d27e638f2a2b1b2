from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tieout.derive import (
    ProgressionRule,
    PsaRule,
    kaplan_meier,
    psa_change_at,
    psa_changes,
    psa_progression,
    psa_progression_free_survival,
    psa_response,
)
from tieout.derive.progression import _DEATH_WORDS
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


LINES = pd.DataFrame(
    {
        "first": START + pd.to_timedelta([0, 40, 10, 40], "D"),
        "last": [START + pd.Timedelta(days=39)] + [pd.NaT] * 3,
    },
    index=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1), ("a", 3)], names=["who", "line"]),
).astype("datetime64[ns]")


@pytest.mark.parametrize("rule", [PsaRule(), PsaRule(confirmed=True)])
def test_each_line_of_therapy_has_the_changes_that_it_has_alone(rule):
    table = psa(
        a=[(0, 10.0), (30, 4.0), (39, 6.0), (60, 3.0), (90, 9.0)], b=[(5, 8.0), (20, 2.0)], c=[(0, 1.0)]
    )
    changes = psa_changes(table, LINES, rule)
    assert changes.index.equals(LINES.index)
    for number in (1, 2, 3):
        alone = psa_changes(table, LINES.xs(number, level="line"), rule)
        pd.testing.assert_frame_equal(changes.xs(number, level="line"), alone)
    assert changes["best_change"].loc[[("a", 1), ("a", 2)]].tolist() != [changes["best_change"].iloc[0]] * 2


def test_two_rows_of_one_line_are_refused():
    with pytest.raises(FindingsError, match="several rows of therapy"):
        psa_changes(psa(a=[(0, 1.0)]), pd.concat([LINES, LINES.iloc[:1]]))


def test_the_smallest_baseline_that_there_is_gives_a_change_without_a_warning():
    changes = psa_changes(psa(a=[(0, 2.2250738585072014e-308), (1, 3.0)]), THERAPY)
    assert changes["best_change"].loc["a"] == float("inf")


def test_an_index_by_line_and_patient_is_refused():
    swapped = LINES.rename_axis(["patient_id", "line"]).swaplevel()
    with pytest.raises(FindingsError, match="not the first level"):
        psa_changes(psa(a=[(0, 1.0)]), swapped)


def test_progression_is_told_line_by_line_but_a_time_to_event_is_of_one_line():
    table = psa(a=[(0, 10.0), (30, 4.0), (39, 9.0), (60, 3.0), (90, 2.0)])
    found = psa_progression(table, LINES, ProgressionRule(confirmed=False))
    assert found["progressed_on"].notna().tolist() == [True, False, False, False]
    died_on = pd.Series(START + pd.Timedelta(days=150), index=["a", "b"])
    with pytest.raises(FindingsError, match="one line a patient"):
        psa_progression_free_survival(table, LINES, died_on, date(2024, 1, 1))


def test_without_any_line_there_are_no_changes():
    assert len(psa_changes(psa(a=[(0, 1.0)]), LINES.iloc[:0])) == 0


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
    assert all(part in words for part in ("50%", "5 ng/mL", "28 days later", "day 84", "within 28 days up"))


CUTOFF = date(2023, 9, 30)
NEVER = pd.Series(pd.NaT, index=THERAPY.index, dtype="datetime64[ns]")


def dated(**days):
    """Return a date a patient, so many days after the start."""
    return NEVER.copy().fillna({who: START + pd.Timedelta(days=day) for who, day in days.items()})


def free_of_progression(values, died_on=NEVER, therapy=THERAPY, cutoff=CUTOFF, **options):
    times = psa_progression_free_survival(values, therapy, died_on, cutoff, **options)
    return list(zip(times["time_days"], times["cause"], times["censoring"], strict=True)), times


RISE = [(0, 20.0), (30, 10.0), (60, 15.0), (90, 15.0)]


def test_progression_free_survival_ends_at_the_first_of_progression_and_death():
    made, times = free_of_progression(psa(a=RISE, b=[(0, 9.0), (30, 5.0)]), dated(a=75, b=200))
    assert made == [(60, "PSA progression", ""), (200, "death", ""), (0, "", "last PSA")]
    assert times["evaluable"].tolist() == [True, True, False]
    made, _ = free_of_progression(psa(a=RISE), dated(a=45))
    assert made[0] == (45, "death", "")
    made, _ = free_of_progression(psa(a=RISE), dated(a=60))
    assert made[0] == (60, "PSA progression", "")  # on one day, progression


def test_without_an_event_a_patient_leaves_at_the_last_psa_or_at_the_first_day_if_not_evaluable():
    values = psa(a=[(0, 20.0), (30, 10.0), (170, 11.0)], b=[(30, 5.0), (60, 9.0)], c=[(0, 5.0)])
    made, _ = free_of_progression(values)
    assert made == [(170, "", "last PSA"), (0, "", "last PSA"), (0, "", "last PSA")]
    contacts = dated(a=200, b=100, c=500)
    made, times = free_of_progression(values, censored_at="last contact", last_contact=contacts)
    assert made == [(200, "", "last contact"), (100, "", "last contact"), (272, "", "cutoff")]
    assert "earlier of last contact and 2023-09-30" in times.attrs["definition"]


def test_a_confirmation_after_the_cutoff_is_unseen():
    made, _ = free_of_progression(psa(a=RISE), cutoff=(START + pd.Timedelta(days=89)).date())
    assert made[0] == (60, "", "last PSA")
    made, _ = free_of_progression(psa(a=RISE), cutoff=(START + pd.Timedelta(days=90)).date())
    assert made[0] == (60, "PSA progression", "")
    made, _ = free_of_progression(psa(), dated(a=90), cutoff=(START + pd.Timedelta(days=89)).date())
    assert made[0] == (0, "", "last PSA")


def test_which_deaths_count_is_a_parameter_that_methods_print():
    therapy = THERAPY.assign(last=dated(a=100, b=100))
    died_on = dated(a=100, b=101, c=150)
    values = psa(a=[(0, 9.0), (30, 5.0)], b=[(0, 9.0), (30, 5.0)], c=[(0, 9.0), (30, 5.0)])
    for deaths, days in (("any", [100, 101, 150]), ("on therapy", [100, 30, 150]), ("none", [30, 30, 30])):
        made, times = free_of_progression(values, died_on, therapy, deaths=deaths)
        assert [day for day, _, _ in made] == days
        assert _DEATH_WORDS[deaths] in times.attrs["definition"]


def test_methods_print_the_rules_of_progression_free_survival():
    rule = ProgressionRule(rise=0.5, baseline_days=14)
    _, times = free_of_progression(psa(a=RISE), rule=rule)
    times.attrs["days_per_month"] = 30.4375
    made = kaplan_meier(times, "pfs", label="PSA progression-free survival", population="all")
    for part in (rule.words, "death of any cause", "last PSA (the first day where", "2023-09-30"):
        assert part in made["pfs"].meaning.method
    with pytest.raises(FindingsError, match="last contacts are given where"):
        free_of_progression(psa(a=RISE), censored_at="last contact")
    with pytest.raises(FindingsError, match="last contacts are given where"):
        free_of_progression(psa(a=RISE), last_contact=NEVER)

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tieout.derive import (
    Covariate,
    completeness,
    cox,
    gray,
    grouping,
    incidence,
    kaplan_meier,
    kaplan_meier_by,
    landmark,
    log_rank,
    reverse_kaplan_meier,
    split_at,
)
from tieout.values.finding import FindingsError
from tieout.values.result import Count, Curve, Estimate, Results, TimeToEvent
from tieout.values.store import make_store

WORDS = {"label": "Overall survival", "population": "treated"}
TWO = {"one": (1, "One"), "two": (2, "Two")}


def table(days, events, **columns):
    made = pd.DataFrame({"time_days": days, "is_event": np.array(events, dtype=bool), **columns})
    made["time_months"] = made["time_days"] / 30.4375
    made.attrs |= {"days_per_month": 30.4375, "definition": "D"}
    return made


@pytest.fixture
def lung(dataset):
    rows = dataset("lung")
    return table(rows["time"], rows["event"], sex=rows["sex"], age=rows["age"], ecog=rows["ecog"])


def test_a_whole_endpoint_goes_into_a_store_under_keys_that_can_be_printed(lung):
    made = kaplan_meier(lung, "os", at=[6, 12], rmst=[24], quantiles=[0.25], **WORDS)
    store = make_store(Results(survival=made), {}, {})
    assert list(store.results) == [
        "survival.os",
        "survival.os_curve",
        "survival.os_at.month_6",
        "survival.os_at.month_12",
        "survival.os_at_risk.month_6",
        "survival.os_at_risk.month_12",
        "survival.os_rmst.month_24",
        "survival.os_quantile.share_25",
    ]


def test_the_median_of_lung_is_310_days_with_r_s_bounds(lung):
    made = kaplan_meier(lung, "os", unit="days", at=[365], **WORDS)
    median = made["os"]
    assert isinstance(median, TimeToEvent)
    assert (median.n, median.events, median.median, median.low, median.high) == (228, 165, 310, 285, 363)
    year = made["os_at.day_365"]
    assert isinstance(year, Estimate)
    assert (round(year.value, 3), round(year.low, 3), round(year.high, 3)) == (0.409, 0.345, 0.486)
    assert year.meaning.label == "Overall survival, at 365 days"
    risk = made["os_at_risk.day_365"]
    assert isinstance(risk, Count)
    assert (risk.n, risk.of) == (65, 228)


def test_events_and_censorings_up_to_a_time_and_those_at_risk_after_it_are_everybody(lung):
    made = kaplan_meier(lung, "os", unit="days", at=[364, 365], events_by=True, **WORDS)
    events, censored = made["os_events_by.day_364"].n, made["os_censored_by.day_364"].n
    assert events + censored + made["os_at_risk.day_365"].n == 228
    rows = made["os_curve"].columns
    assert events == sum(n for t, n in zip(rows["time"], rows["events"], strict=True) if t <= 364)


def test_the_unit_changes_the_numbers_and_not_the_estimate(lung):
    days, months = (kaplan_meier(lung, "os", unit=unit, **WORDS)["os"].median for unit in ("days", "months"))
    assert months == pytest.approx(days / 30.4375, rel=1e-15)


def test_the_curve_begins_with_everybody_and_holds_each_time_once(lung):
    curve = kaplan_meier(lung, "os", unit="days", **WORDS)["os_curve"]
    assert isinstance(curve, Curve)
    columns = curve.columns
    assert [columns[name][0] for name in ("time", "survival", "at_risk", "events")] == [0.0, 1.0, 228, 0]
    assert sum(columns["events"]) == 165
    assert sum(columns["events"]) + sum(columns["censored"]) == 228
    at_365 = next(n for t, n in zip(columns["time"], columns["at_risk"], strict=True) if t >= 365)
    assert at_365 == 65


def test_survival_after_the_last_observation_is_not_estimable_unless_it_reached_zero():
    open_ended = kaplan_meier(table([10, 20], [1, 0]), "os", unit="days", at=[20, 21], rmst=[20, 30], **WORDS)
    assert open_ended["os_at.day_20"].value == 0.5
    assert open_ended["os_at.day_21"].value is None
    assert open_ended["os_rmst.day_20"].value == 15.0
    assert open_ended["os_rmst.day_30"].value is None
    closed = kaplan_meier(table([10, 20], [1, 1]), "os", unit="days", at=[21], rmst=[30], **WORDS)
    assert (closed["os_at.day_21"].value, closed["os_at.day_21"].low) == (0.0, None)
    assert closed["os_rmst.day_30"].value == 15.0


def test_nobody_has_no_median_no_survival_and_no_error():
    made = kaplan_meier(table([], []), "os", at=[6], rmst=[6], **WORDS)
    assert (made["os"].n, made["os"].median, made["os_at.month_6"].value) == (0, None, None)
    assert completeness(table([], [], potential_days=[]), label="C", population="P").value is None


def test_a_tie_between_a_death_and_a_censoring_is_named_in_reverse_kaplan_meier():
    times = table([5, 5, 5, 9], [1, 1, 0, 0])
    as_r = reverse_kaplan_meier(times, "follow_up", unit="days", label="F", population="P")["follow_up"]
    alone = reverse_kaplan_meier(
        times, "follow_up", unit="days", ties="events-first", label="F", population="P"
    )["follow_up"]
    assert (as_r.median, alone.median) == (9.0, 7.0)  # 1 of 4 censored at 5, or 1 of 2
    assert as_r.events == 2
    assert as_r.meaning.method != alone.meaning.method


def test_with_delayed_entry_everybody_is_at_risk_at_zero_and_later_those_who_entered():
    times = table([5, 8, 9], [1, 1, 0], entry_days=[-1, 6, 2])
    made = kaplan_meier(times, "os", unit="days", at=[0, 5, 7], **WORDS)
    assert [made[f"os_at_risk.day_{day}"].n for day in (0, 5, 7)] == [3, 2, 2]
    with pytest.raises(FindingsError, match="before their entry"):
        kaplan_meier(times.assign(entry_days=[-1, 8, 2]), "os", unit="days", **WORDS)


def arm(times, known_at=0, values=(1, 1, 2, 2)):
    return grouping(pd.Series(values, index=times.index), levels=TWO, label="Response", known_at=known_at)


PLAIN = {
    "kaplan_meier_by": lambda times, group: kaplan_meier_by(times, group, **WORDS),
    "log_rank": lambda times, group: log_rank(times, group, **WORDS),
    "cox": lambda times, group: cox(times, [("response", group)], population="P"),
    "gray": lambda times, group: gray(times, {"death": ("died", "Death")}, group, population="P"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_comparison_by_what_is_known_only_later_is_refused_with_what_to_do_instead(name):
    times = table([40, 50, 60, 70], [1, 1, 1, 0], cause=["died", "died", "died", ""])
    PLAIN[name](times, arm(times))
    for known_at in (1, pd.Series([0, 0, 30, 0])):
        with pytest.raises(FindingsError) as caught:
            PLAIN[name](times, arm(times, known_at))
        finding = caught.value.findings[0]
        assert finding.code == "derive/immortal-time"
        assert "landmark" in finding.remedy
        assert finding.facts["patients"] == ("4" if known_at is not None and np.isscalar(known_at) else "1")


def test_a_patient_of_unknown_group_or_stratum_is_left_out_and_counted(lung):
    sex = grouping(lung["sex"], levels={"man": (1, "Men"), "woman": (2, "Women")}, label="Sex", known_at=0)
    known = lung["ecog"].notna()
    made = log_rank(lung, sex, strata=lung["ecog"], **WORDS)
    alone = log_rank(lung[known], sex, strata=lung["ecog"], **WORDS)
    assert made.statistic == alone.statistic
    assert "227 of 228 patients with complete data" in made.meaning.method
    assert "stratified by ecog" in made.meaning.method


def test_from_the_landmark_on_the_same_comparison_is_allowed():
    times = table([20, 30, 40, 50, 60, 70], [1, 1, 1, 1, 0, 1])
    after = landmark(times, 30)
    assert after["time_days"].tolist() == [10, 20, 30, 40]  # an event on day 30 falls before
    assert after["time_months"].iloc[0] == pytest.approx(10 / 30.4375)
    response = arm(after, 30)
    made = kaplan_meier_by(after, response, unit="days", **WORDS)
    assert (made["one"].n, made["two"].n, made["unknown"].n) == (2, 2, 0)
    assert "landmark on day 30: 4 of 6 patients" in made["one"].meaning.method
    assert log_rank(after, response, **WORDS).p is not None
    with pytest.raises(FindingsError):
        log_rank(after, arm(after, 31), **WORDS)


def test_as_a_time_varying_covariate_the_waiting_time_counts_as_before():
    times = table([40, 50, 60, 70], [1, 1, 1, 1])
    rows = split_at(times, pd.Series([None, 20, 45, None]), "responded")
    assert rows["entry_days"].tolist() == [-1, -1, 20, -1, 45, -1]
    known = rows["entry_days"].clip(lower=0).where(rows["responded"], 0)
    made = cox(
        rows,
        [Covariate("responded", rows["responded"].astype(int), "Response", known_at=known)],
        population="P",
    )
    assert (made["responded"].n, made["responded"].events, made["analysed"].of) == (4, 4, 4)


def test_a_change_at_the_end_never_happens_and_one_on_day_0_always_held():
    times = table([40, 50], [1, 0])
    rows = split_at(times, pd.Series([40, 0]), "responded")
    assert rows[["entry_days", "time_days", "is_event", "responded"]].to_numpy().tolist() == [
        [-1, 40, True, False],
        [-1, 50, False, True],
    ]


def test_a_start_stop_model_is_that_of_r(expected, dataset):
    heart = dataset("heart")
    rows = heart.rename(columns={"entry": "entry_days", "time": "time_days"}).assign(
        is_event=heart["event"] == 1
    )
    rows["patient"] = heart["id"]
    terms = [Covariate(name, heart[name], name) for name in ("age", "year", "surgery", "transplant")]
    made = cox(rows, terms, population="P")
    want = expected("cox_coefficients").query("model == 'heart_entry'").set_index("coefficient")
    for name in want.index:
        assert np.log(made[name].value) == pytest.approx(want.loc[name, "value"], rel=1e-6)
    assert made["age"].n == heart["id"].nunique()
    assert "concordance" not in made.members


def test_a_regression_takes_complete_cases_and_says_how_many(lung, expected):
    sex = grouping(lung["sex"], levels={"man": (1, "Men"), "woman": (2, "Women")}, label="Sex", known_at=0)
    made = cox(lung, [Covariate("ecog", lung["ecog"], "ECOG"), ("sex", sex)], population="P")
    assert (made["analysed"].n, made["analysed"].of, made["ecog"].n) == (227, 228, 227)
    assert made["sex.woman"].meaning.label == "Sex: Women against Men"
    assert 0.5 < made["sex.woman"].value < 0.7
    assert made["concordance"].low < made["concordance"].value < made["concordance"].high
    make_store(Results(model=made), {}, {})


def test_the_joint_test_of_a_category_has_a_degree_of_freedom_for_each_level_but_one(dataset, expected):
    veteran = dataset("veteran")
    times = table(veteran["time"], veteran["event"])
    cells = {name: (name, name) for name in ("squamous", "adeno", "large", "smallcell")}
    cell = grouping(veteran["cell"], levels=cells, label="Cell", known_at=0)
    terms = [
        Covariate("arm", veteran["arm"], "Arm"),
        Covariate("karno", veteran["karno"], "K"),
        ("cell", cell),
    ]
    made = cox(times, terms, population="P")
    assert made["cell_joint"].df == 3
    assert made["cell_proportional"].df == 3
    want = (
        expected("cox_proportional_hazards")
        .query("model == 'veteran_efron' and transform == 'km'")
        .set_index("term")
    )
    assert made["proportional"].p == pytest.approx(want.loc["GLOBAL", "p"], rel=1e-6)
    assert made["karno_proportional"].p == pytest.approx(want.loc["karno", "p"], rel=1e-6)


def test_a_group_without_events_has_no_hazard_ratio():
    times = table([5, 6, 7, 8, 9, 10], [1, 1, 1, 0, 0, 0])
    group = arm(times, values=(1, 1, 1, 2, 2, 2))
    made = cox(times, [("arm", group)], population="P")
    assert (made["arm.two"].value, made["arm.two"].p) == (None, None)
    assert made["likelihood_ratio"].p < 0.1


def test_covariates_that_determine_each_other_and_models_without_events_are_refused():
    times = table([5, 6, 7, 8], [1, 1, 1, 0])
    x = pd.Series([1.0, 4.0, 2.0, 3.0])
    with pytest.raises(FindingsError, match="determine each other"):
        cox(times, [Covariate("a", x, "A"), Covariate("b", 2 * x, "B")], population="P")
    with pytest.raises(FindingsError, match="at least one event"):
        cox(times.assign(is_event=False), [Covariate("a", x, "A")], population="P")


def test_an_infinite_covariate_is_refused_and_a_wild_one_is_fitted():
    times = table([5, 6, 7, 8, 9, 10], [1, 1, 1, 1, 0, 1])
    with pytest.raises(FindingsError, match="infinite"):
        cox(times, [Covariate("a", pd.Series([1.0, 2, 3, 4, 5, np.inf]), "A")], population="P")
    wild = pd.Series([1e9, 1.0, 3.0, 2.0, 1e-9, 4.0])
    assert cox(times, [Covariate("a", wild, "A", per=1e9)], population="P")["a"].n == 6


def test_incidence_is_given_at_times_and_undeclared_causes_are_refused(dataset, expected):
    rows = dataset("mgus2")
    times = table(rows["time"], rows["cause"] > 0)
    times["time_months"] = rows["time"].astype(float)
    times["cause"] = rows["cause"].map({0: "", 1: "pcm", 2: "death"})
    causes = {"progression": ("pcm", "Progression"), "death": ("death", "Death")}
    made = incidence(times, causes, population="P", at=[120, 500], conf_type="log", variance="delta")
    want = expected("incidence").query("set == 'mgus2' and cause == 1 and time == 120").iloc[0]
    point = made["progression_at.month_120"]
    assert (point.value, point.low, point.high) == pytest.approx(
        (want["incidence"], want["low"], want["high"]), rel=1e-8
    )
    assert (
        made["progression_at.month_500"].value > point.value
    )  # the last one observed had an event: nobody is left
    some = table([10, 20], [1, 0], cause=["death", ""])
    assert incidence(some, causes, population="P", at=[12])["death_at.month_12"].value is None
    assert make_store(Results(risk=made), {}, {})["risk.death_curve"].columns["incidence"][0] == 0.0
    with pytest.raises(FindingsError, match="not declared"):
        incidence(times, {"death": ("death", "Death")}, population="P")

"""Two other programs answer the same question; a broken estimator does not get past them."""

from __future__ import annotations

import importlib
from dataclasses import replace
from math import inf, nan

import pandas as pd
import pytest

from tieout.derive import (
    Covariate,
    adjust,
    chi_squared,
    count,
    cox,
    grouping,
    kaplan_meier,
    kaplan_meier_by,
    log_rank,
    reverse_kaplan_meier,
    risk_difference,
    risk_ratio,
)
from tieout.derive.observed import listening
from tieout.derive.second_opinion import Comparison, agreement, check_agreement, compare
from tieout.values.result import HypothesisTest, Meaning, Results

CELLS = {name: (name, name) for name in ("adeno", "large", "smallcell", "squamous")}
ARMS = {"standard": (0, "Standard"), "test": (1, "Test")}
TABLES = ("veteran", "heart", "edge", "lung")


def opinions(make):
    """Return what the other programs say of what `make` computes."""
    heard = []
    with listening(heard.append):
        make()
    return compare(heard)


def times_of(data):
    unit = 30.4375
    table = pd.DataFrame(
        {"time_days": data["time"], "time_months": data["time"] / unit, "is_event": data["event"] == 1}
    )
    if "entry" in data:
        table["entry_days"] = data["entry"]
    table.attrs["days_per_month"] = unit
    return table


@pytest.fixture
def veteran(dataset):
    data = dataset("veteran")
    return data.assign(arm=data["arm"] - data["arm"].min())


@pytest.fixture
def cells(veteran):
    return grouping(veteran["cell"], levels=CELLS, label="Cell", known_at=0)


@pytest.fixture
def arms(veteran):
    return grouping(veteran["arm"], levels=ARMS, label="Arm", known_at=0)


def words(**more):
    return {"label": "Overall survival", "population": "all", **more}


@pytest.mark.parametrize("conf_type", ["log", "log-log", "plain"])
@pytest.mark.parametrize("name", TABLES)
def test_survival_agrees_on_every_scale_and_with_delayed_entry(dataset, name, conf_type):
    times = times_of(dataset(name))
    made = opinions(
        lambda: kaplan_meier(times, "os", **words(conf_type=conf_type, at=[0, 1, 2, 6, 24, 400], level=0.9))
    )
    assert len(made) > 10
    assert [one for one in made if not one.agrees] == []
    assert ("lifelines" in {one.program for one in made}) == ("entry_days" not in times)


def test_follow_up_has_a_second_opinion_unless_events_leave_first(veteran):
    times = times_of(veteran)
    made = opinions(lambda: reverse_kaplan_meier(times, "follow_up", **words()))
    assert {one.what for one in made} == {"number of events", "median"}
    assert all(one.agrees for one in made)
    assert opinions(lambda: reverse_kaplan_meier(times, "follow_up", ties="events-first", **words())) == []


def test_a_curve_at_exactly_one_half_has_no_second_opinion_on_its_median():
    times = pd.DataFrame({"time_days": [1, 2, 3, 4], "time_months": [1.0, 2.0, 3.0, 4.0], "is_event": True})
    made = opinions(lambda: kaplan_meier(times, "os", **words()))
    assert "median" not in {one.what for one in made}
    assert all(one.agrees for one in made)


def test_nobody_with_the_event_and_nobody_at_all_are_no_disagreement():
    times = pd.DataFrame({"time_days": [1, 2], "time_months": [1.0, 2.0], "is_event": False})
    for table in (times, times[:0]):
        made = opinions(lambda table=table: kaplan_meier(table, "os", **words(at=[1, 5])))
        assert [one.what for one in made] == ["number of events"]


@pytest.mark.parametrize(("rho", "gamma"), [(0, 0), (1, 0), (0, 1), (0.5, 0.5)])
def test_weighted_log_rank_tests_agree(veteran, cells, rho, gamma):
    made = opinions(lambda: log_rank(times_of(veteran), cells, rho=rho, gamma=gamma, **words()))
    assert {one.what for one in made} == {"statistic", "P"}
    assert all(one.agrees for one in made)


def test_stratified_and_delayed_log_rank_tests_agree_and_late_weights_then_have_no_second_opinion(
    dataset, veteran, cells
):
    heart = dataset("heart")
    surgery = grouping(heart["surgery"], levels={"no": (0, "No"), "yes": (1, "Yes")}, label="S", known_at=0)
    for times, group, strata in (
        (times_of(veteran), cells, veteran["arm"]),
        (times_of(heart), surgery, None),
    ):
        made = opinions(lambda t=times, g=group, s=strata: log_rank(t, g, strata=s, **words()))
        assert [one.agrees for one in made] == [True, True]
        assert opinions(lambda t=times, g=group, s=strata: log_rank(t, g, strata=s, gamma=1, **words())) == []


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("is_stratified", [False, True])
def test_cox_models_agree(veteran, cells, ties, is_stratified):
    strata = veteran["arm"] if is_stratified else None
    karno = Covariate("karno", veteran["karno"], "Karnofsky, per 10", per=10)
    terms = [karno, ("cell", cells)]
    made = opinions(lambda: cox(times_of(veteran), terms, population="all", ties=ties, strata=strata))
    assert len(made) == 16 + (ties == "efron")
    assert [one for one in made if not one.agrees] == []


def test_cox_models_with_delayed_entry_agree_and_robust_errors_have_no_second_opinion(dataset):
    heart = dataset("heart")
    age = Covariate("age", heart["age"], "Age, per year")
    made = opinions(lambda: cox(times_of(heart), [age], population="all"))
    assert len(made) == 5
    assert all(one.agrees for one in made)
    made = opinions(lambda: cox(times_of(heart), [age], population="all", cluster=heart["id"]))
    assert {one.what for one in made} == {"hazard ratio", "statistic"}


def test_a_model_without_a_maximum_has_no_second_opinion():
    times = pd.DataFrame({"time_days": [1, 2, 3, 4, 5, 6], "is_event": [1, 1, 1, 0, 0, 0]})
    x = Covariate("x", pd.Series([1, 1, 1, 0, 0, 0]), "X")
    assert opinions(lambda: cox(times, [x], population="all")) == []


@pytest.mark.parametrize("method", ["clopper-pearson", "wilson", "agresti-coull"])
def test_proportions_agree_at_the_ends_too(method):
    for n in (0, 1, 4, 15):
        made = opinions(lambda n=n: count(n, 15, label="R", population="all", interval=method, level=0.9))
        assert [one.agrees for one in made] == [True, True]


def test_differences_and_ratios_of_proportions_agree():
    one, two = (count(n, of, label="R", population="all") for n, of in ((56, 70), (48, 80)))
    none = count(0, 80, label="R", population="all")
    for first, second in ((one, two), (one, none)):
        for make in (risk_difference, risk_ratio):
            made = opinions(lambda f=first, s=second, m=make: m(f, s, label="D", population="all"))
            assert all(one.agrees for one in made)
            assert len(made) == (0 if make is risk_ratio and second is none else 2)


def test_adjusted_p_and_chi_squared_agree(veteran, cells):
    tests = Results({f"t{i}": HypothesisTest(p, Meaning(f"T{i}")) for i, p in enumerate([0.01, None, 0.04])})
    for method in ("holm", "benjamini-hochberg"):
        assert [one.agrees for one in opinions(lambda m=method: adjust(tests, method=m))] == [True, True]
    made = opinions(lambda: chi_squared(veteran["arm"], ARMS, cells, label="Arm", population="all"))
    assert [(one.what, one.agrees) for one in made] == [("statistic", True), ("P", True)]


def _breslow(right):
    return lambda *a, **k: right(*a, **{**k, "ties": "breslow"})


def _mutations():
    def scaled(name, part):
        return lambda right: (
            lambda *a, **k: replace(right(*a, **k), **{name: part(getattr(right(*a, **k), name))})
        )

    return {
        "survival": ("survival.survival_curve", scaled("survival", lambda s: s * (1 + 1e-6))),
        "bounds": ("product_limit.ndtri", lambda right: lambda p: right(p) * (1 + 1e-6)),
        "numbers at risk": ("survival.risk_table", scaled("at_risk", lambda n: n - 1)),
        "median": ("curve_results.quantile_time", lambda right: lambda t, s, q: right(t, s, q * 1.2)),
        "log-rank": ("log_rank_tests.log_rank_counts", scaled("statistic", lambda s: s * (1 + 1e-6))),
        "log-rank's P": ("log_rank_tests.chdtrc", lambda right: lambda df, x: right(df + 1, x)),
        "cox": ("cox_regression.fit_cox", scaled("coefficients", lambda b: b * (1 + 1e-4))),
        "cox's errors": ("cox_regression.fit_cox", scaled("covariance", lambda v: v * (1 + 1e-4))),
        "cox's tie rule": ("cox_regression.make_ticks", _breslow),
        "proportion": ("proportions.betaincinv", lambda right: lambda a, b, p: right(a + 1e-6, b, p)),
        "chi-squared": ("comparisons.chdtrc", lambda right: lambda df, x: right(df + 1, x)),
        "adjusted P": ("multiplicity.adjusted_p", lambda right: lambda p, m: right(p, m) * 1.001),
    }


@pytest.mark.parametrize("broken", _mutations())
def test_a_broken_estimator_is_caught(broken, veteran, arms, cells, monkeypatch):
    def study():
        times = times_of(veteran)
        kaplan_meier_by(times, arms, **words(at=[3, 6]))
        test = log_rank(times, cells, **words())
        adjust(Results(a=test, b=HypothesisTest(0.2, Meaning("B"))))
        cox(times, [Covariate("karno", veteran["karno"], "Karnofsky")], population="all")
        count(4, 15, label="Responders", population="all", interval="clopper-pearson")
        chi_squared(veteran["arm"], ARMS, cells, label="Arm by cell", population="all")

    assert check_agreement(opinions(study), {}) == []
    place, change = _mutations()[broken]
    module, _, name = place.partition(".")
    owner = importlib.import_module(f"tieout.derive.{module}")
    monkeypatch.setattr(owner, name, change(getattr(owner, name)))
    found = check_agreement(opinions(study), {})
    assert found
    assert {finding.code for finding in found} == {"derive/second-opinion"}


def test_a_disagreement_names_the_result_by_its_key_once_with_its_worst_number():
    about, other = Meaning("Overall survival", "all", "Kaplan-Meier"), Meaning("Deaths")
    made = [
        Comparison(about, "median", 5.0, 5.0, "lifelines"),
        Comparison(about, "lower bound", 2.0, 2.1, "statsmodels"),
        Comparison(about, "upper bound", 9.0, nan, "statsmodels"),
        Comparison(other, "number", 1.0, 1.0 + 1e-9, "lifelines"),
    ]
    assert [one.difference for one in made[:3]] == [0, pytest.approx(0.1 / 2.1), inf]
    (found,) = check_agreement(made, {"survival.os": HypothesisTest(None, about)})
    assert found.message == "statsmodels computes another upper bound of “survival.os”"
    assert found.facts["have"] == "9"
    said = agreement([made[0], made[3]], {"survival.os": HypothesisTest(None, about)})
    assert "agree on 2 numbers of 2 results; the largest relative difference is 1.0e-09 (Deaths)" in said


def test_a_study_without_such_estimates_says_so():
    assert agreement([], {}).startswith("no estimate of this study has a second opinion")


def test_who_listens_hears_nothing_after_the_block(veteran):
    heard = []

    def fail():
        with listening(heard.append):
            count(1, 2, label="A", population="all", interval="wilson")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    count(1, 2, label="B", population="all", interval="wilson")
    assert [one.made.meaning.label for one in heard] == ["A"]

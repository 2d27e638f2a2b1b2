from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.derive.competing import cumulative_incidence, gray_test
from tieout.derive.concordance import concordance
from tieout.derive.cox_fit import fit_cox, make_ticks, proportional_hazards, robust_covariance
from tieout.derive.log_rank_tests import log_rank_counts
from tieout.derive.product_limit import is_at_risk, restricted_mean, risk_table, survival_curve
from tieout.values.finding import FindingsError
from tieout.values.rounding import significant

ROWS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 2), st.integers(0, 1), st.integers(-3, 3)),
    min_size=1,
    max_size=40,
)


def columns(rows):
    return tuple(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))


@given(ROWS)
def test_a_curve_never_rises_and_stays_within_its_bounds(rows):
    time, cause, _, _ = columns(rows)
    for conf_type in ("log", "log-log", "plain"):
        curve = survival_curve(risk_table(time, cause > 0), conf_type=conf_type)
        assert (np.diff(np.concatenate(([1.0], curve.survival))) <= 0).all()
        inside = ~np.isnan(curve.low) & ~np.isnan(curve.high)
        assert (curve.low[inside] <= curve.survival[inside] + 1e-12).all()
        assert (curve.survival[inside] <= curve.high[inside] + 1e-12).all()


@given(ROWS)
def test_cumulative_incidences_and_survival_sum_to_one(rows):
    time, cause, _, _ = columns(rows)
    survival = survival_curve(risk_table(time, cause > 0)).survival
    total = sum(cumulative_incidence(time, cause, one).incidence for one in (1, 2))
    np.testing.assert_allclose(survival + total, 1, atol=1e-12)


@given(ROWS)
def test_everybody_at_risk_has_an_event_or_is_censored_at_some_time(rows):
    time, cause, _, _ = columns(rows)
    table = risk_table(time, cause > 0)
    assert table.at_risk[0] == len(rows)
    np.testing.assert_array_equal(
        table.at_risk[1:], table.at_risk[:-1] - table.events[:-1] - table.censored[:-1]
    )
    for t, n in zip(table.time, table.at_risk, strict=True):
        assert n == is_at_risk(time, t).sum()


@settings(max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_that_is_stored(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert everything(*columns(rows)) == everything(*columns(mixed))


def everything(time, cause, group, x):
    event = cause > 0
    made = [*survival_curve(risk_table(time, event)).survival]
    made += [*cumulative_incidence(time, cause, 1).variance]
    made += restricted_mean(survival_curve(risk_table(time, event)), 5.0) or []
    statistics = [
        log_rank_counts(time, event, group, 2).statistic,
        gray_test(time, cause, 1, group, groups=2)[0],
    ]
    statistics.append(concordance(x.astype(float), time, event).value)
    if event.sum() > 3 and len(set(x)) > 2:
        fit = fit_cox(x[:, None].astype(float), make_ticks(time, event))
        if fit.covariance[0, 0] < 10:
            statistics.append(float(fit.coefficients[0]))
    return [round(significant(value), 9) for value in made + [s for s in statistics if s is not None]]


@given(ROWS)
def test_whole_and_fractional_times_give_one_table(rows):
    time, cause, _, _ = columns(rows)
    whole, parts = risk_table(time, cause > 0), risk_table(time.astype(float), cause > 0)
    np.testing.assert_array_equal(whole.time, parts.time)
    np.testing.assert_array_equal(whole.at_risk, parts.at_risk)


def test_swapping_events_and_censorings_changes_the_median(dataset):
    lung = dataset("lung")
    right, wrong = (
        survival_curve(risk_table(lung["time"].to_numpy(), lung["event"].to_numpy() == code))
        for code in (1, 0)
    )
    assert right.survival[-1] < 0.1 < wrong.survival[-1] + 1
    assert not np.array_equal(right.survival, wrong.survival)
    assert right.table.events.sum() == 165
    assert wrong.table.events.sum() == 63


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_cox_model_of_two_groups_without_ties_has_the_log_rank_test_as_its_score_test(ties):
    rng = np.random.default_rng(5)
    time, event, group = rng.permutation(60) + 1, rng.random(60) < 0.7, rng.integers(0, 2, 60)
    fit = fit_cox(group[:, None].astype(float), make_ticks(time, event, ties=ties))
    assert fit.score_statistic == pytest.approx(log_rank_counts(time, event, group, 2).statistic, rel=1e-10)


def test_splitting_a_patient_s_time_changes_no_cox_model():
    rng = np.random.default_rng(6)
    time, event = rng.integers(5, 30, 50), rng.random(50) < 0.7
    x = rng.normal(size=(50, 2))
    whole = fit_cox(x, make_ticks(time, event))
    middle = np.maximum(time // 2, 1)
    rows = make_ticks(
        np.concatenate((middle, time)),
        np.concatenate((np.zeros(50, dtype=bool), event)),
        entry=np.concatenate((np.full(50, -1), middle)),
    )
    split = fit_cox(np.vstack((x, x)), rows)
    np.testing.assert_allclose(split.coefficients, whole.coefficients, rtol=1e-9)
    np.testing.assert_allclose(split.covariance, whole.covariance, rtol=1e-9)
    assert pd.notna(split.log_likelihood)


@given(ROWS, st.integers(0, 1))
def test_no_data_however_small_make_an_estimator_fail(rows, rho):
    time, cause, group, x = columns(rows)
    event, strata = cause > 0, np.abs(x) % 2
    gray_test(time, cause, 1, group, groups=2, rho=rho, strata=strata)
    log_rank_counts(time, event, group, 2, strata=strata, rho=rho, gamma=1)
    concordance(x.astype(float), time, event, strata)
    for variance in ("aalen", "delta"):
        curve = cumulative_incidence(time, cause, 1, variance=variance)
        assert (curve.variance >= -1e-12).all()
    covariates = np.column_stack((group, x)).astype(float)
    try:
        fit = fit_cox(covariates, make_ticks(time, event, strata=strata))
    except FindingsError:
        return
    robust_covariance(fit)
    proportional_hazards(fit, fit.ticks.time, [[0], [1]])

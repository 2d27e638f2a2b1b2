"""lifelines, statsmodels and scipy, where they are right, check our own."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import fisher_exact

from tieout.derive.cox_fit import fit_cox, make_ticks
from tieout.derive.fisher_exact import fisher_p
from tieout.derive.log_rank_tests import log_rank_counts
from tieout.derive.multiplicity import adjusted_p
from tieout.derive.product_limit import risk_table, survival_curve
from tieout.derive.proportions import proportion_interval


@pytest.fixture(scope="module")
def veteran(dataset):
    return dataset("veteran")


def test_lifelines_has_the_same_curve_and_log_log_bounds(veteran):
    from lifelines import KaplanMeierFitter

    theirs = KaplanMeierFitter().fit(veteran["time"], veteran["event"])
    ours = survival_curve(
        risk_table(veteran["time"].to_numpy(), veteran["event"].to_numpy(dtype=bool)), conf_type="log-log"
    )
    np.testing.assert_allclose(ours.survival, theirs.survival_function_.iloc[1:, 0], rtol=1e-10)
    bounds = theirs.confidence_interval_.iloc[1:-1]  # lifelines gives (0, 0) where S is 0; R and we give none
    np.testing.assert_allclose(ours.low[:-1], bounds.iloc[:, 0], rtol=1e-8)
    np.testing.assert_allclose(ours.high[:-1], bounds.iloc[:, 1], rtol=1e-8)


def test_lifelines_has_the_same_log_rank_test(veteran):
    from lifelines.statistics import multivariate_logrank_test

    theirs = multivariate_logrank_test(veteran["time"], veteran["cell"], veteran["event"])
    codes = veteran["cell"].astype("category").cat.codes.to_numpy(dtype=np.int64)
    ours = log_rank_counts(veteran["time"].to_numpy(), veteran["event"].to_numpy(dtype=bool), codes, 4)
    assert ours.statistic == pytest.approx(theirs.test_statistic, rel=1e-8)


def test_lifelines_has_the_same_cox_model_when_its_convergence_is_set(veteran):
    from lifelines import CoxPHFitter

    columns = ["arm", "karno", "age"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines 0.30 warns of pandas' own deprecations
        theirs = CoxPHFitter().fit(
            veteran[[*columns, "time", "event"]], "time", "event", fit_options={"precision": 1e-12}
        )
    ticks = make_ticks(veteran["time"].to_numpy(), veteran["event"].to_numpy(dtype=bool))
    ours = fit_cox(veteran[columns].to_numpy(dtype=float), ticks)
    np.testing.assert_allclose(ours.coefficients, theirs.params_[columns], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.covariance)), theirs.standard_errors_[columns], rtol=1e-6)


def test_statsmodels_has_the_same_breslow_model(veteran):
    from statsmodels.duration.hazard_regression import PHReg

    columns = ["arm", "karno", "age"]
    x = veteran[columns].to_numpy(dtype=float)
    theirs = PHReg(veteran["time"], x, status=veteran["event"], ties="breslow").fit()
    ticks = make_ticks(veteran["time"].to_numpy(), veteran["event"].to_numpy(dtype=bool), ties="breslow")
    ours = fit_cox(x, ticks)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("clopper-pearson", "beta"), ("wilson", "wilson"), ("agresti-coull", "agresti_coull")],
)
def test_statsmodels_has_the_same_intervals_of_proportions(ours, theirs):
    from statsmodels.stats.proportion import proportion_confint

    for n, of in [(4, 15), (1, 40), (39, 40)]:
        np.testing.assert_allclose(
            proportion_interval(n, of, method=ours), proportion_confint(n, of, method=theirs), rtol=1e-8
        )


def test_scipy_has_the_same_two_by_two_fisher_test():
    for table in ([[8, 2], [1, 5]], [[0, 4], [3, 3]], [[12, 7], [9, 14]]):
        assert fisher_p(np.array(table)) == pytest.approx(fisher_exact(table).pvalue, rel=1e-8)


def test_statsmodels_adjusts_p_values_alike():
    from statsmodels.stats.multitest import multipletests

    p = np.array([0.2, 0.01, 0.04, 0.04, 0.6])
    np.testing.assert_allclose(adjusted_p(p, "holm"), multipletests(p, method="holm")[1])
    np.testing.assert_allclose(adjusted_p(p, "benjamini-hochberg"), multipletests(p, method="fdr_bh")[1])

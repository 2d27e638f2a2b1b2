from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pytest

from tieout.derive.concordance import concordance
from tieout.derive.cox_fit import fit_cox, make_ticks, proportional_hazards, robust_covariance
from tieout.derive.product_limit import risk_table, survival_curve

FIT, CLOSED = 1e-6, 1e-8
CELLS = ("adeno", "large", "smallcell")
MODELS = (
    "veteran_efron",
    "veteran_breslow",
    "lung_strata",
    "lung_cluster",
    "heart_entry",
    "heart_breslow",
    "colon_efron",
    "heart_cluster",
)


def design(name, dataset):
    """The rows, columns, terms and options of each model that cox.R fits."""
    table = dataset(name.partition("_")[0])
    if name.startswith("veteran"):
        for cell in CELLS:
            table[f"cell{cell}"] = (table["cell"] == cell).astype(float)
        return (
            table,
            ["arm", "karno", *(f"cell{c}" for c in CELLS)],
            {"arm": [0], "karno": [1], "cell": [2, 3, 4]},
        )
    if name == "lung_strata":
        return table.dropna(subset=["age", "ecog"]), ["age", "ecog"], {"age": [0], "ecog": [1]}
    if name == "lung_cluster":
        rows = table.dropna(subset=["age", "sex", "ecog", "inst"])
        return rows, ["age", "sex", "ecog"], {"age": [0], "sex": [1], "ecog": [2]}
    if name == "colon_efron":
        table["armLev"] = (table["arm"] == "Lev").astype(float)
        table["armLev+5FU"] = (table["arm"] == "Lev+5FU").astype(float)
        columns = ["armLev", "armLev+5FU", "nodes", "obstruct"]
        return table.dropna(subset=["nodes"]), columns, {"arm": [0, 1], "nodes": [2], "obstruct": [3]}
    columns = {
        "heart_entry": ["age", "year", "surgery", "transplant"],
        "heart_breslow": ["age", "surgery", "transplant"],
        "heart_cluster": ["age", "transplant"],
    }[name]
    return table, columns, {column: [i] for i, column in enumerate(columns)}


def fitted(name, dataset):
    table, columns, terms = design(name, dataset)
    strata = pd.factorize(table["sex"], sort=True)[0] if name == "lung_strata" else None
    ticks = make_ticks(
        table["time"].to_numpy(),
        table["event"].to_numpy(dtype=bool),
        ties="breslow" if name.endswith("breslow") else "efron",
        strata=strata,
        entry=table["entry"].to_numpy() if "entry" in table else None,
    )
    return fit_cox(table[columns].to_numpy(dtype=float), ticks), table, columns, terms, strata


@pytest.mark.parametrize("name", MODELS)
def test_coefficients_errors_and_likelihoods_are_those_of_coxph(name, expected, dataset):
    fit, table, columns, _, _ = fitted(name, dataset)
    want = expected("cox_coefficients")
    want = want[want["model"] == name].set_index("coefficient").loc[columns]
    np.testing.assert_allclose(fit.coefficients, want["value"], rtol=FIT)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), want["error"], rtol=FIT)
    model = expected("cox_models").set_index("model").loc[name]
    assert fit.null_log_likelihood == pytest.approx(model["null"], rel=CLOSED)
    assert fit.log_likelihood == pytest.approx(model["fitted"], rel=CLOSED)
    assert fit.score_statistic == pytest.approx(model["score"], rel=FIT)
    assert len(table) == model["n"]


@pytest.mark.parametrize(("name", "cluster"), [("lung_cluster", "inst"), ("heart_cluster", "id")])
def test_cluster_robust_errors_are_those_of_coxph(name, cluster, expected, dataset):
    fit, table, columns, _, _ = fitted(name, dataset)
    want = expected("cox_coefficients")
    want = want[want["model"] == name].set_index("coefficient").loc[columns]
    clusters = pd.factorize(table[cluster])[0]
    got = np.sqrt(np.diag(robust_covariance(fit, clusters)))
    np.testing.assert_allclose(got, want["robust_error"], rtol=FIT)


@pytest.mark.parametrize("transform", ["km", "identity", "log", "rank"])
@pytest.mark.parametrize("name", [name for name in MODELS if "heart" not in name])
def test_the_score_test_of_proportional_hazards_is_that_of_cox_zph(name, transform, expected, dataset):
    fit, table, _, terms, _ = fitted(name, dataset)
    check_hazards(fit, table, terms, transform, wanted(name, transform, expected))


@pytest.mark.parametrize("transform", ["km", "identity", "log"])
@pytest.mark.parametrize("name", ["heart_entry", "heart_breslow"])
def test_it_is_also_with_delayed_entry(name, transform, expected, dataset):
    fit, table, _, terms, _ = fitted(name, dataset)
    check_hazards(fit, table, terms, transform, wanted(name, transform, expected))


def wanted(name, transform, expected):
    want = expected("cox_proportional_hazards")
    return want[(want["model"] == name) & (want["transform"] == transform)].set_index("term")


def check_hazards(fit, table, terms, transform, want):
    time = fit.ticks.time
    entry = table["entry"].to_numpy() if "entry" in table else None
    curve = survival_curve(risk_table(table["time"].to_numpy(), table["event"].to_numpy(dtype=bool), entry))
    before = np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.table.time, time, side="left")]
    ranks = pd.Series(table["time"].to_numpy()).rank().groupby(table["time"].to_numpy()).first()
    moments = {"km": 1 - before, "identity": time, "log": np.log(time), "rank": None}[transform]
    if transform == "rank":
        moments = ranks.loc[time].to_numpy()
    each, whole = proportional_hazards(fit, moments, list(terms.values()))
    for term, (statistic, df) in zip(terms, each, strict=True):
        assert statistic == pytest.approx(want.loc[term, "statistic"], rel=FIT), term
        assert df == want.loc[term, "df"]
    assert whole[0] == pytest.approx(want.loc["GLOBAL", "statistic"], rel=FIT)


@pytest.mark.parametrize("name", [name for name in MODELS if "heart" not in name])
def test_concordance_and_its_error_are_those_of_r(name, expected, dataset):
    fit, table, columns, _, strata = fitted(name, dataset)
    risk = table[columns].to_numpy(dtype=float) @ fit.coefficients
    got = concordance(
        np.round(risk, 12), table["time"].to_numpy(), table["event"].to_numpy(dtype=bool), strata
    )
    want = expected("cox_models").set_index("model").loc[name]
    assert got.value == pytest.approx(want["concordance"], rel=CLOSED)
    if not np.isnan(want["concordance_error"]):
        assert got.error == pytest.approx(want["concordance_error"], rel=CLOSED)


def test_concordance_counts_pairs_as_their_definition_says():
    rng = np.random.default_rng(3)
    time, event, risk = rng.integers(1, 12, 60), rng.random(60) < 0.6, rng.integers(0, 6, 60).astype(float)
    good = pairs = 0.0
    for i in range(60):
        for j in range(60):
            first = event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j]))
            if first:
                pairs += 1
                good += (risk[i] > risk[j]) + (risk[i] == risk[j]) / 2
    got = concordance(risk, time, event)
    assert (got.value, got.pairs) == (pytest.approx(good / pairs), pairs)
    assert sqrt(got.error**2) > 0

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from tieout.derive.log_rank_tests import log_rank_counts
from tieout.derive.product_limit import quantile_time, restricted_mean, risk_table, survival_curve
from tieout.derive.summaries import quantile

CLOSED = 1e-8
TYPES = ("log", "log-log", "plain")
SETS = ("lung", "veteran", "colon")
CASES = (
    "ties",
    "plateau_half",
    "plateau_half_inside",
    "plateau_half_to_end",
    "all_censored",
    "one_event",
    "one_censored",
    "event_at_zero",
    "last_is_event",
)

ENDLESS = ("plateau_half_inside", "plateau_half_to_end")  # at one of the quartiles the curve ends level


def rows_of(dataset, name):
    if name in CASES:
        edge = dataset("edge")
        return edge[edge["case"] == name]
    return dataset(name)


def curve_of(table, conf_type="log"):
    entry = table["entry"].to_numpy() if "entry" in table else None
    return survival_curve(
        risk_table(table["time"].to_numpy(), table["event"].to_numpy(dtype=bool), entry), conf_type=conf_type
    )


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", ["lung", "veteran", *CASES])
def test_the_curve_its_counts_and_its_bounds_are_those_of_survfit(name, conf_type, expected, dataset):
    want = expected("curves")
    want = want[(want["set"] == name) & (want["type"] == conf_type)]
    got = curve_of(rows_of(dataset, name), conf_type)
    assert len(want) == len(got.table.time)
    for column, value in {
        "time": got.table.time,
        "at_risk": got.table.at_risk,
        "events": got.table.events,
        "censored": got.table.censored,
        "survival": got.survival,
        "low": got.low,
        "high": got.high,
    }.items():
        np.testing.assert_allclose(value, want[column], rtol=CLOSED, atol=0, err_msg=column)


def test_with_delayed_entry_only_those_who_have_entered_are_at_risk(expected, dataset):
    want = expected("curves")
    want = want[want["set"] == "heart"].set_index("time")
    got = curve_of(dataset("heart"))
    inside = np.isin(got.table.time, want.index)  # survfit also lists times at which somebody only enters
    rows = want.loc[got.table.time[inside]]
    np.testing.assert_array_equal(got.table.at_risk[inside], rows["at_risk"])
    np.testing.assert_allclose(got.survival[inside], rows["survival"], rtol=CLOSED)
    np.testing.assert_allclose(got.low[inside], rows["low"], rtol=CLOSED)


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", [*SETS, *CASES])
def test_the_median_and_its_bounds_are_those_that_print_survfit_shows(name, conf_type, expected, dataset):
    want = expected("printed_medians").set_index(["set", "type"]).loc[(name, conf_type)]
    got = curve_of(rows_of(dataset, name), conf_type)
    for column, survival in (("median", got.survival), ("low", got.low), ("high", got.high)):
        value = quantile_time(got.table.time, survival, 0.5)
        assert (np.nan if value is None else value) == pytest.approx(want[column], rel=CLOSED, nan_ok=True), (
            column
        )


def test_a_plateau_that_lasts_to_the_end_counts_from_its_beginning(expected, dataset):
    # R prints 2; its quantile() gives the middle between 2 and the last time censored, 6
    got = curve_of(rows_of(dataset, "plateau_half_to_end"))
    assert quantile_time(got.table.time, got.survival, 0.5) == 2.0
    both = expected("survival_quantiles").query("set == 'plateau_half_to_end' and share == 0.5")
    assert set(both["value"]) == {4.0}


def test_a_plateau_at_one_half_counts_from_its_middle(dataset):
    got = curve_of(rows_of(dataset, "plateau_half_inside"))
    assert quantile_time(got.table.time, got.survival, 0.5) == 3.5
    veteran = dataset("veteran")
    standard = curve_of(veteran[veteran["arm"] == 2])
    assert quantile_time(standard.table.time, standard.survival, 0.5) == 52.5


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", [*SETS, *(case for case in CASES if case not in ENDLESS)])
def test_quantiles_follow_the_plateau_rule_of_r(name, conf_type, expected, dataset):
    want = expected("survival_quantiles")
    want = want[(want["set"] == name) & (want["type"] == conf_type)]
    got = curve_of(rows_of(dataset, name), conf_type)
    for row in want.itertuples():
        for column, survival in (("value", got.survival), ("low", got.low), ("high", got.high)):
            value = quantile_time(got.table.time, survival, row.share)
            assert (np.nan if value is None else value) == pytest.approx(
                getattr(row, column), rel=CLOSED, nan_ok=True
            ), (row.share, column)


@pytest.mark.parametrize("name", [*SETS, *CASES])
def test_reverse_kaplan_meier_is_survfit_with_the_status_turned_round(name, expected, dataset):
    want = expected("follow_up").set_index("set").loc[name]
    rows = rows_of(dataset, name)
    turned = curve_of(rows.assign(event=1 - rows["event"]))
    value = quantile_time(turned.table.time, turned.survival, 0.5)
    assert (np.nan if value is None else value) == pytest.approx(want["median"], rel=CLOSED, nan_ok=True)


@pytest.mark.parametrize("name", [*SETS, "ties", "plateau_half", "event_at_zero", "last_is_event"])
def test_restricted_mean_and_its_error_are_those_of_survfit(name, expected, dataset):
    want = expected("restricted_means")
    got = curve_of(rows_of(dataset, name))
    for row in want[want["set"] == name].itertuples():
        value, error = restricted_mean(got, row.until)
        assert (value, error) == pytest.approx((row.value, row.error), rel=CLOSED)


def log_rank_rows():
    path = __file__.replace("test_survival_agrees_with_r.py", "../reference/values/log_rank.csv")
    return [
        pytest.param(row, id=f"{row.set}-{row.group}-{row.strata}-{row.rho}-{row.gamma}")
        for row in pd.read_csv(path, keep_default_na=False).itertuples()
    ]


@pytest.mark.parametrize("row", log_rank_rows())
def test_weighted_and_stratified_log_rank_tests_are_those_of_survdiff(row, dataset):
    table = dataset(row.set)
    codes, names = pd.factorize(table[row.group], sort=True)
    strata = pd.factorize(table[row.strata], sort=True)[0] if row.strata else None
    got = log_rank_counts(
        table["time"].to_numpy(),
        table["event"].to_numpy(dtype=bool),
        codes,
        len(names),
        strata=strata,
        rho=row.rho,
        gamma=row.gamma,
    )
    assert got.statistic == pytest.approx(row.statistic, rel=CLOSED)
    assert got.df == row.df


def test_quantiles_of_type_2_and_7_are_those_of_r(expected, dataset):
    lung = dataset("lung")
    for row in expected("quantiles").itertuples():
        values = lung[row.column].dropna().to_numpy(dtype=float)[: row.n]
        share = Fraction(str(row.share))
        assert quantile(values, share, row.type) == pytest.approx(row.value, rel=1e-12), row

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tieout.derive.competing import cumulative_incidence, gray_test

CLOSED = 1e-8
FILES = {"edge": "edge_competing", "exhausted": "edge_exhausted"}  # written by hand


@pytest.mark.parametrize("cause", [1, 2])
@pytest.mark.parametrize("name", ["mgus2", "pbc", *FILES])
def test_cumulative_incidence_and_both_variances_are_those_of_survfit_and_cuminc(
    name, cause, expected, dataset
):
    table = dataset(FILES.get(name, name))
    want = expected("incidence")
    want = want[(want["set"] == name) & (want["cause"] == cause)]
    time, causes = table["time"].to_numpy(), table["cause"].to_numpy()
    delta = cumulative_incidence(time, causes, cause, variance="delta", conf_type="log")
    aalen = cumulative_incidence(time, causes, cause, variance="aalen")
    np.testing.assert_allclose(delta.time, want["time"])
    np.testing.assert_allclose(delta.incidence, want["incidence"], rtol=CLOSED, atol=1e-15)
    np.testing.assert_allclose(np.sqrt(delta.variance), want["delta_error"], rtol=CLOSED, atol=1e-12)
    np.testing.assert_allclose(aalen.variance, want["aalen_variance"], rtol=CLOSED, atol=1e-15)
    some = delta.incidence > 0
    np.testing.assert_allclose(delta.low[some], want["low"][some], rtol=CLOSED)
    np.testing.assert_allclose(delta.high[some], want["high"][some], rtol=CLOSED)


def gray_rows():
    path = __file__.replace("test_competing_agrees_with_r.py", "../reference/values/gray.csv")
    return [
        pytest.param(row, id=f"{row.set}-{row.group}-{row.strata}-{row.rho}-{row.cause}")
        for row in pd.read_csv(path, keep_default_na=False).itertuples()
    ]


@pytest.mark.parametrize("row", gray_rows())
def test_gray_s_test_is_that_of_cuminc(row, dataset):
    table = dataset(FILES.get(row.set, row.set))
    if row.set == "pbc":
        table = table.dropna(subset=["stage", "arm"])
    codes, names = pd.factorize(table[row.group], sort=True)
    strata = pd.factorize(table[row.strata], sort=True)[0] if row.strata else None
    statistic, df = gray_test(
        table["time"].to_numpy(),
        table["cause"].to_numpy(),
        row.cause,
        codes,
        groups=len(names),
        rho=row.rho,
        strata=strata,
    )
    assert statistic == pytest.approx(row.statistic, rel=CLOSED)
    assert df == row.df


def test_without_events_of_the_cause_there_is_no_test():
    time, group = np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1])
    for cause in ([0, 0, 0, 0], [2, 0, 2, 0]):
        assert gray_test(time, np.array(cause), 1, group, groups=2) == (None, 1)
    one_group = np.zeros(4, dtype=np.int64)
    assert gray_test(time, np.array([1, 1, 0, 2]), 1, one_group, groups=2) == (None, 0)

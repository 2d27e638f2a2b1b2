from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tieout.derive import gray, grouping, incidence
from tieout.derive.competing import cumulative_incidence, gray_test
from tieout.derive.product_limit import risk_table, survival_curve
from tieout.values.finding import FindingsError

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


@pytest.fixture
def heart(dataset):
    data = dataset("heart")
    cause = np.where(data["event"] == 1, 1 + data["surgery"], 0)
    names = np.array(["", "medical", "surgical"])[cause]
    table = pd.DataFrame(
        {
            "time_days": data["time"],
            "time_months": data["time"] / 30,
            "cause": names,
            "entry_days": data["entry"],
        }
    )
    table.attrs["days_per_month"] = 30
    return table


CAUSES = {"medical": ("medical", "Medical"), "surgical": ("surgical", "Surgical")}


def test_delayed_entry_is_respected_as_survfit_does(heart, expected):
    want = expected("incidence_entry")
    made = incidence(heart, CAUSES, population="all", variance="delta", at=[1, 3])
    for code, name in enumerate(CAUSES, start=1):
        columns = made[f"{name}_curve"].columns
        rows = want[want["cause"] == code]
        np.testing.assert_allclose(np.array(columns["time"][1:]) * 30, rows["time"], rtol=CLOSED)
        np.testing.assert_allclose(columns["incidence"][1:], rows["incidence"], rtol=CLOSED, atol=1e-15)


def test_with_one_cause_and_delayed_entry_the_variance_is_greenwood_s(heart):
    time, entry = heart["time_days"].to_numpy(), heart["entry_days"].to_numpy()
    one = (heart["cause"] != "").to_numpy(dtype=np.int64)
    made = cumulative_incidence(time, one, 1, entry=entry, variance="delta")
    curve = survival_curve(risk_table(time, one == 1, entry))
    np.testing.assert_allclose(made.incidence, 1 - curve.survival, atol=1e-14)
    np.testing.assert_allclose(made.variance, curve.survival**2 * curve.greenwood, rtol=CLOSED)


def test_what_has_no_form_for_delayed_entry_is_refused(heart):
    with pytest.raises(FindingsError, match="Aalen's variance"):
        incidence(heart, CAUSES, population="all")
    two = grouping(
        pd.Series([0, 1] * 86)[: len(heart)], levels={"a": (0, "A"), "b": (1, "B")}, label="G", known_at=0
    )
    with pytest.raises(FindingsError, match="Gray's test has no form"):
        gray(heart, CAUSES, two, population="all")

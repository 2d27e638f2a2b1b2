"""Estimates from counts are those from rows, to the last digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.derive.competing import cumulative_incidence
from tieout.derive.log_rank_tests import log_rank_counts
from tieout.derive.product_limit import risk_table
from tieout.derive.scale.counts import (
    count_days,
    count_times,
    counts_of_table,
    incidence_of,
    log_rank_of,
    p_value,
    risk_table_of,
)
from tieout.values.finding import FindingsError

CALM = settings(max_examples=50, deadline=None)


@st.composite
def patients(draw):
    """Days with many ties, causes 0 to 2, groups 0 to 2."""
    size = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    longest = draw(st.sampled_from([1, 5, 40, 3000]))
    return random.integers(0, longest, size), random.integers(0, 3, size), random.integers(0, 3, size)


def same(one, other):
    for name in one.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@CALM
@given(patients(), st.booleans())
def test_the_table_of_counts_is_that_from_rows(drawn, whole):
    day, cause, group = drawn
    time = day if whole else day / 7
    counts = (count_days if whole else count_times)(time, cause, group, causes=2, groups=3)
    same(risk_table_of(counts), risk_table(time, cause > 0))
    for one in set(group.tolist()):
        same(risk_table_of(counts, one), risk_table(time[group == one], cause[group == one] > 0))


@CALM
@given(patients(), st.sampled_from([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]))
def test_the_log_rank_test_of_counts_is_that_of_rows(drawn, weights):
    day, cause, group = drawn
    rho, gamma = weights
    counts = count_days(day, cause, group, causes=2, groups=3)
    same(
        log_rank_of(counts, rho=rho, gamma=gamma),
        log_rank_counts(day, cause > 0, group, 3, rho=rho, gamma=gamma),
    )


@CALM
@given(patients(), st.sampled_from(["aalen", "delta"]))
def test_the_cumulative_incidence_of_counts_is_that_of_rows(drawn, variance):
    day, cause, group = drawn
    counts = count_days(day, cause, group, causes=2, groups=3)
    same(incidence_of(counts, 2, variance=variance), cumulative_incidence(day, cause, 2, variance=variance))


def test_counts_that_a_database_made_are_those_of_rows():
    rows = pd.DataFrame({"day": [3, 5, 3], "cause": [1, 1, 0], "group": [0, 0, 0], "n": [2, 1, 4]})
    made = counts_of_table(rows)
    assert made.time.tolist() == [3.0, 5.0]
    assert made.leaving[0].tolist() == [[4, 0], [2, 1]]
    assert risk_table_of(made).at_risk.tolist() == [7, 1]


def test_a_known_p_value():
    days, group = np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1])
    made = log_rank_of(count_days(days, np.ones(4, dtype=bool), group, groups=2))
    assert made.statistic == pytest.approx(
        2.882352941176, rel=1e-11
    )  # R 4.2.2, survival 3.5-3: survdiff(...)$chisq, and pchisq of it
    assert p_value(made) == pytest.approx(0.0895550744136, rel=1e-10)


@pytest.mark.parametrize("time", [np.array([1.0, np.nan]), np.array([-1.0, 2.0]), np.array([np.inf])])
def test_times_that_are_missing_or_negative_are_refused(time):
    with pytest.raises(FindingsError, match="missing or negative"):
        count_times(time, np.ones(len(time), dtype=bool))


def test_days_that_are_negative_or_no_days_are_refused():
    for day in (np.array([-1, 2]), np.array([10**12])):
        with pytest.raises(FindingsError, match="negative or no number of days"):
            count_days(day, np.ones(len(day), dtype=bool))

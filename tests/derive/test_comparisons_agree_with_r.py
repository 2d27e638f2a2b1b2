from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tieout.derive import (
    adjust,
    chi_squared,
    fisher,
    grouping,
    kruskal_wallis,
    proportion_interval,
    standardized_difference,
    standardized_difference_of_levels,
    t_test,
    wilcoxon,
)
from tieout.derive.fisher_exact import fisher_p
from tieout.derive.multiplicity import adjusted_p
from tieout.values.finding import FindingsError
from tieout.values.result import HypothesisTest, Meaning, Results

CLOSED = 1e-8
WORDS = {"label": "L", "population": "P"}


def by(table, column, label="G"):
    named = {f"g{i}": (value, str(value)) for i, value in enumerate(sorted(table[column].unique()))}
    return grouping(table[column], levels=named, label=label, known_at=0)


def of(table, column):
    return {f"v{i}": (value, str(value)) for i, value in enumerate(sorted(table[column].dropna().unique()))}


@pytest.fixture
def wanted(expected):
    return expected("group_tests").set_index("name")


def agrees(test, row):
    assert test.p == pytest.approx(row["p"], rel=CLOSED)
    if not np.isnan(row["statistic"]):
        assert test.statistic == pytest.approx(row["statistic"], rel=CLOSED)
    if not np.isnan(row["df"]):
        assert test.df == pytest.approx(row["df"], rel=CLOSED)


def test_rank_and_t_tests_are_those_of_r(wanted, dataset):
    lung, veteran = dataset("lung"), dataset("veteran")
    few = lung[~lung["age"].duplicated()].head(24)
    agrees(wilcoxon(few["age"], by(few, "sex"), exact=True, **WORDS), wanted.loc["wilcoxon_exact"])
    agrees(wilcoxon(lung["age"], by(lung, "sex"), **WORDS), wanted.loc["wilcoxon_normal"])
    agrees(
        wilcoxon(lung["age"], by(lung, "sex"), continuity=False, **WORDS), wanted.loc["wilcoxon_uncorrected"]
    )
    agrees(kruskal_wallis(veteran["age"], by(veteran, "cell"), **WORDS), wanted.loc["kruskal_wallis"])
    agrees(t_test(lung["age"], by(lung, "sex"), **WORDS), wanted.loc["t_welch"])
    agrees(t_test(lung["age"], by(lung, "sex"), equal_variances=True, **WORDS), wanted.loc["t_student"])


def test_tests_of_tables_are_those_of_r(wanted, dataset):
    lung, veteran, pbc = dataset("lung"), dataset("veteran"), dataset("pbc").head(60)
    event, prior = of(lung, "event"), of(veteran, "prior")
    agrees(chi_squared(lung["event"], event, by(lung, "sex"), **WORDS), wanted.loc["chi_squared"])
    agrees(
        chi_squared(lung["event"], event, by(lung, "sex"), yates=True, **WORDS),
        wanted.loc["chi_squared_yates"],
    )
    agrees(chi_squared(veteran["prior"], prior, by(veteran, "cell"), **WORDS), wanted.loc["chi_squared_4x2"])
    agrees(fisher(lung["event"], event, by(lung, "sex"), **WORDS), wanted.loc["fisher_2x2"])
    agrees(fisher(veteran["prior"], prior, by(veteran, "cell"), **WORDS), wanted.loc["fisher_4x2"])
    agrees(fisher(pbc["stage"], of(pbc, "stage"), by(pbc, "edema"), **WORDS), wanted.loc["fisher_3x4"])


def test_intervals_of_proportions_are_those_of_r(expected):
    for row in expected("proportion_intervals").itertuples():
        low, high = proportion_interval(row.n, row.of, method=row.method)
        assert low == pytest.approx(row.low, rel=CLOSED, abs=1e-15), row
        assert high == pytest.approx(row.high, rel=CLOSED), row


def test_adjusted_p_values_are_those_of_p_adjust(expected):
    table = expected("adjusted_p")
    np.testing.assert_allclose(adjusted_p(table["p"].to_numpy(), "holm"), table["holm"], rtol=1e-12)
    got = adjusted_p(table["p"].to_numpy(), "benjamini-hochberg")
    np.testing.assert_allclose(got, table["benjamini_hochberg"], rtol=1e-12)


def test_a_test_without_p_does_not_count_among_the_tests():
    tests = Results(a=HypothesisTest(0.02, Meaning("A")), b=HypothesisTest(None, Meaning("B")))
    made = adjust(tests)
    assert (made["a"].p, made["b"].p) == (0.02, None)
    assert "for 1 tests" in made["a"].meaning.method


def test_the_unknown_are_left_out_and_their_number_is_said(dataset):
    lung = dataset("lung")
    made = t_test(lung["weight_loss"], by(lung, "sex"), **WORDS)
    assert "214 of 228 patients with complete data" in made.meaning.method


def test_a_wilcoxon_test_said_to_be_exact_refuses_ties(dataset):
    lung = dataset("lung")
    with pytest.raises(FindingsError, match="ties"):
        wilcoxon(lung["age"], by(lung, "sex"), exact=True, **WORDS)


def test_yates_s_correction_is_refused_beyond_two_by_two(dataset):
    veteran = dataset("veteran")
    with pytest.raises(FindingsError, match="Yates"):
        chi_squared(veteran["prior"], of(veteran, "prior"), by(veteran, "cell"), yates=True, **WORDS)


def test_yates_s_correction_never_takes_more_than_the_distance_there_is():
    # R: chisq.test(matrix(5, 2, 2))$statistic is 0
    table = pd.DataFrame({"arm": [1] * 10 + [2] * 10, "yes": ([1] * 5 + [0] * 5) * 2})
    assert chi_squared(table["yes"], of(table, "yes"), by(table, "arm"), yates=True, **WORDS).statistic == 0


def test_a_table_too_large_for_an_exact_test_is_refused():
    with pytest.raises(FindingsError, match="too large"):
        fisher_p(np.full((5, 6), 40))


def test_two_groups_are_needed_where_two_are_compared(dataset):
    veteran = dataset("veteran")
    with pytest.raises(FindingsError, match="cannot be compared"):
        t_test(veteran["age"], by(veteran, "cell"), **WORDS)


def test_a_standardised_difference_of_two_levels_is_that_of_their_proportions():
    table = pd.DataFrame({"arm": [1] * 10 + [2] * 10, "yes": [1] * 8 + [0] * 2 + [1] * 5 + [0] * 5})
    made = standardized_difference_of_levels(table["yes"], of(table, "yes"), by(table, "arm"), **WORDS)
    assert made.value == pytest.approx(0.3 / np.sqrt((0.8 * 0.2 + 0.5 * 0.5) / 2))
    constant = standardized_difference(pd.Series([1.0] * 20), by(table, "arm"), **WORDS)
    assert constant.value is None

"""Percentages, denominators and means: what can be, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.audit.arithmetic import (
    common_denominators,
    denominators_for_all,
    denominators_near,
    denominators_that_fit,
    largest_sd,
    mean_fits_counts,
    numerators_near,
    numerators_that_fit,
    percentage_fits,
    percentage_is_near,
    percentage_is_rounded,
    unit,
)

counts = st.integers(0, 400)
groups = st.integers(1, 400)
places = st.integers(0, 2)
percentages = st.builds(
    lambda whole, decimals: Decimal(whole).scaleb(-decimals), st.integers(0, 10_000), places
)


@pytest.mark.parametrize(
    ("n", "of", "printed", "fits"),
    [
        (1, 8, "13", True),  # 12.5, half up
        (1, 8, "12", True),  # half to even, or truncated
        (8, 43, "19", True),  # 18.60
        (8, 43, "18", True),  # truncated
        (8, 43, "18.6", True),
        (8, 43, "18.7", False),
        (7, 12, "47", False),
        (7, 15, "47", True),
        (0, 11, "0", True),
        (11, 11, "100", True),
        (5, 0, "5", False),
    ],
)
def test_a_percentage_fits_under_the_usual_roundings(n: int, of: int, printed: str, fits: bool) -> None:
    assert percentage_fits(n, of, Decimal(printed)) is fits


def test_near_is_within_one_unit_of_the_last_printed_digit() -> None:
    assert percentage_is_near(6, 25, Decimal("25"))  # 24.0 and 25: one unit
    assert not percentage_is_near(6, 25, Decimal("25.1"))
    assert percentage_is_near(6, 25, Decimal("23.9"))
    assert unit(Decimal("23.90")) == Fraction(1, 100)


def test_the_closest_rounding_takes_a_half_either_way() -> None:
    assert percentage_is_rounded(1, 8, Decimal("12"))
    assert percentage_is_rounded(1, 8, Decimal("13"))
    assert not percentage_is_rounded(8, 43, Decimal("18"))


@given(st.integers(1, 60), percentages)
def test_the_denominators_that_fit_are_all_of_them(n: int, printed: Decimal) -> None:
    tried = {of for of in range(n, 700) if percentage_fits(n, of, printed)}
    assert set(denominators_that_fit(n, printed, 699)) == tried


@given(st.integers(1, 60), percentages)
def test_the_denominators_that_are_near_are_all_of_them(n: int, printed: Decimal) -> None:
    tried = {of for of in range(n, 700) if percentage_is_near(n, of, printed)}
    assert set(denominators_near(n, printed, 699)) == tried


@given(groups, percentages)
def test_the_numerators_that_fit_are_all_of_them(of: int, printed: Decimal) -> None:
    assert set(numerators_that_fit(of, printed)) == {
        n for n in range(of + 1) if percentage_fits(n, of, printed)
    }
    assert set(numerators_near(of, printed)) == {
        n for n in range(of + 1) if percentage_is_near(n, of, printed)
    }


@given(st.lists(st.tuples(st.integers(1, 60), groups), min_size=1, max_size=5), places)
def test_pairs_made_over_one_group_agree_on_it(pairs: list[tuple[int, int]], decimals: int) -> None:
    of = max(60, *(size for _, size in pairs))
    printed = [(n, Decimal(100 * n * 10**decimals // of).scaleb(-decimals)) for n, _ in pairs]
    assert of in common_denominators(printed)


def test_groups_that_allow_several_percentages_together() -> None:
    assert list(denominators_for_all([Decimal("47"), Decimal("44")], 38)) == [32, 34, 36, 38]
    assert pytest.approx(47.2, abs=0.05) == 17 * 100 / 36
    assert pytest.approx(44.4, abs=0.05) == 16 * 100 / 36


@pytest.mark.parametrize(
    ("mean", "n", "fits"), [("3.48", 25, True), ("3.47", 25, False), ("5.19", 28, False), ("5.18", 28, True)]
)
def test_a_mean_of_whole_numbers_is_a_whole_sum_over_n(mean: str, n: int, fits: bool) -> None:
    # 5.19 over 28 is the first example of the GRIM paper: 145/28 is 5.179, 146/28 is 5.214
    assert mean_fits_counts(Decimal(mean), n) is fits


def test_the_largest_spread_puts_everybody_at_the_ends() -> None:
    # ten values at 0 and ten at 10: the standard deviation is sqrt(500 / 19)
    assert largest_sd(5, 0, 10, 20) == pytest.approx((500 / 19) ** 0.5)
    assert largest_sd(5, 0, 10) == pytest.approx(5)

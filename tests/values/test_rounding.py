from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.values.rounding import exact, half_up, percentage, significant


@pytest.mark.parametrize(
    ("n", "of", "printed"),
    [
        (1, 8, "13"),
        (17, 35, "49"),
        (15, 35, "43"),
        (4, 15, "27"),
        (7, 12, "58"),
        (1, 200, "1"),
        (0, 5, "0"),
        (5, 5, "100"),
    ],
)
def test_a_percentage_is_rounded_half_up_on_the_integers(n, of, printed):
    assert percentage(n, of) == Decimal(printed)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (0.125, 2, "0.13"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-0.5, 0, "-1"),
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
    ],
)
def test_halves_go_away_from_zero_and_a_float_is_the_decimal_that_names_it(value, places, rounded):
    assert half_up(value, places) == Decimal(rounded)


def test_nothing_rounds_to_minus_zero():
    assert str(half_up(-0.04, 1)) == "0.0"


def test_a_percentage_of_nobody_is_refused():
    with pytest.raises(ValueError, match="denominator"):
        percentage(0, 0)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_rounding_never_moves_by_more_than_half_a_unit(n, of, places):
    distance = abs(exact(percentage(n, of, places)) - Fraction(100 * n, of))
    assert distance <= Fraction(1, 2 * 10**places)


def test_twelve_digits_hide_the_last_bits_of_a_sum():
    assert significant(0.1 + 0.2) == 0.3

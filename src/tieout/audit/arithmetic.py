"""What counts, percentages and intervals can be together: exact, pure, and the same for every audit.

Percentages arrive as they were printed, in `Decimal`, whose exponent tells how many decimals were shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt

MOST = 10_000_000_000  # people; no group is larger


def unit(printed: Decimal) -> Fraction:
    """Return one unit of the last printed digit.

    >>> unit(Decimal("47")), unit(Decimal("47.0"))
    (Fraction(1, 1), Fraction(1, 10))
    """
    exponent = printed.as_tuple().exponent
    return Fraction(10) ** exponent if isinstance(exponent, int) else Fraction(1)


def gap(n: int, of: int, printed: Decimal) -> Fraction:
    """Return how far 100 n / of is from a printed percentage, in units of its last digit.

    >>> float(gap(7, 12, Decimal("47")))
    11.333333333333334
    """
    return (Fraction(100 * n, of) - Fraction(printed)) / unit(printed)


def percentage_fits(n: int, of: int, printed: Decimal) -> bool:
    """Return whether n of `of` prints so under a usual rounding: half up, half to even, or truncated.

    >>> [percentage_fits(n, 43, Decimal(p)) for n, p in ((8, "19"), (8, "18"), (8, "20"))]
    [True, True, False]
    """
    return of > 0 and Fraction(-1, 2) <= gap(n, of, printed) < 1


def percentage_is_rounded(n: int, of: int, printed: Decimal) -> bool:
    """Return whether n of `of` prints so when rounded to the nearest, halves either way."""
    return of > 0 and abs(gap(n, of, printed)) <= Fraction(1, 2)


def percentage_is_near(n: int, of: int, printed: Decimal) -> bool:
    """Return whether n of `of` is within one unit of the last printed digit: at most a matter of rounding."""
    return of > 0 and abs(gap(n, of, printed)) <= 1


def denominators_that_fit(n: int, printed: Decimal, most: int = MOST) -> range:
    """Return every denominator from n up over which n prints as this percentage; n = 0 fits only 0 %.

    >>> denominators_that_fit(7, Decimal("47"))
    range(15, 16)
    """
    step = unit(printed)
    low, high = Fraction(printed) - step / 2, Fraction(printed) + step
    if n == 0:
        return range(1, most + 1) if low <= 0 else range(0)
    if high <= 0:
        return range(0)
    first = max(n, floor(Fraction(100 * n) / high) + 1)
    last = min(most, floor(Fraction(100 * n) / low)) if low > 0 else most
    return range(first, last + 1) if last >= first else range(0)


def denominators_near(n: int, printed: Decimal, most: int = MOST) -> range:
    """Return every denominator from n up over which n is within one unit of this percentage's last digit.

    >>> denominators_near(7, Decimal("47")), denominators_near(0, Decimal("0"))[:2]
    (range(15, 16), range(1, 3))
    """
    step = unit(printed)
    low, high = Fraction(printed) - step, Fraction(printed) + step
    if n == 0:
        return range(1, most + 1) if low <= 0 else range(0)
    first = max(n, ceil(Fraction(100 * n) / high)) if high > 0 else most + 1
    last = min(most, floor(Fraction(100 * n) / low)) if low > 0 else most
    return range(first, last + 1) if last >= first else range(0)


def numerators_that_fit(of: int, printed: Decimal) -> range:
    """Return every count out of `of` that prints as this percentage.

    >>> numerators_that_fit(35, Decimal("47")), numerators_that_fit(35, Decimal("49"))
    (range(0, 0), range(17, 18))
    """
    return _numerators(
        of, Fraction(printed) - unit(printed) / 2, Fraction(printed) + unit(printed), open_top=True
    )


def numerators_near(of: int, printed: Decimal) -> range:
    """Return every count out of `of` within one unit of the last printed digit of this percentage."""
    step = unit(printed)
    return _numerators(of, Fraction(printed) - step, Fraction(printed) + step, open_top=False)


def _numerators(of: int, low: Fraction, high: Fraction, *, open_top: bool) -> range:
    first = max(0, ceil(low * of / 100))
    last = floor(high * of / 100)
    if open_top and Fraction(100 * last, of) == high:
        last -= 1
    last = min(last, of)
    return range(first, last + 1) if last >= first else range(0)


def denominators_for_all(printed: Sequence[Decimal], most: int) -> Iterator[int]:
    """Yield, rising, the group sizes over which every one of these percentages is a whole number of people.

    >>> list(denominators_for_all([Decimal("47"), Decimal("44")], 36))
    [32, 34, 36]
    """
    return (of for of in range(1, most + 1) if all(numerators_that_fit(of, p) for p in printed))


def common_denominators(pairs: Iterable[tuple[int, Decimal]], most: int = MOST) -> range:
    """Return the denominators over which every (count, percentage) holds.

    >>> common_denominators([(5, Decimal("11")), (23, Decimal("49")), (40, Decimal("85"))])
    range(47, 48)
    """
    low, high = 1, most
    for n, p in pairs:
        fitting = denominators_that_fit(n, p, most)
        if not fitting:
            return range(0)
        low, high = max(low, fitting[0]), min(high, fitting[-1])
    return range(low, high + 1) if high >= low else range(0)


def mean_fits_counts(mean: Decimal, n: int) -> bool:
    """Return whether a mean of n whole numbers can print so (the GRIM test of Brown and Heathers, 2017)."""
    half = unit(mean) / 2
    low, high = (Fraction(mean) - half) * n, (Fraction(mean) + half) * n
    return ceil(low) <= floor(high)


def largest_sd(mean: float, low: float, high: float, n: int | None = None) -> float:
    """Return the largest standard deviation that values in [low, high] with this mean can have.

    Bhatia and Davis (2000); with n, for the sample's own divisor n - 1.
    """
    variance = max(0.0, (high - mean) * (mean - low))
    return sqrt(variance * (n / (n - 1) if n and n > 1 else 1.0))

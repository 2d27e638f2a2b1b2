"""Decimal rounding, half away from zero, on exact numbers: the one place where a result loses digits.

Binary floats enter as the shortest decimal that names them, so 0.125 is one eighth and rounds to 0.13.
R and Python round half to even; docs/decisions/rounding.md says why we do not.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Number = int | float | Decimal | Fraction


def exact(value: Number) -> Fraction:
    """Return `value` without any rounding; a float counts as the shortest decimal that names it."""
    if isinstance(value, float):
        return Fraction(repr(value))
    return Fraction(value)


def half_up(value: Number, places: int = 0) -> Decimal:
    """Round to `places` decimals, halves away from zero.

    >>> half_up(0.125, 2), half_up(-2.5), half_up(1.005, 2)
    (Decimal('0.13'), Decimal('-3'), Decimal('1.01'))
    """
    scaled = exact(value) * 10**places
    whole = int(abs(scaled) + Fraction(1, 2))
    rounded = Decimal(whole if scaled >= 0 or whole == 0 else -whole)
    return rounded.scaleb(-places).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percentage(n: int, of: int, places: int = 0) -> Decimal:
    """Return 100 n / of, rounded half up on the exact integers.

    >>> percentage(1, 8)
    Decimal('13')
    """
    if of <= 0:
        raise ValueError("a percentage needs a denominator above zero")
    return half_up(Fraction(100 * n, of), places)


def significant(value: float, digits: int = 12) -> float:
    """Return `value` at `digits` significant digits, as the store writes it.

    >>> significant(0.1 + 0.2)
    0.3
    """
    return float(f"{value:.{digits}g}")

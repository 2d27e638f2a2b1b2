"""How numbers look in print. An explicit argument everywhere; AMA is the default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tieout.values.rounding import Number, exact, half_up, percentage

NBSP = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """A journal's way with numbers.

    `whole_percent_below` is the denominator under which percentages carry no decimal;
    `leading_zero_p` prints 0.03 rather than .03; `thousands` separates groups from `group_from` on.
    """

    name: str = "AMA"
    whole_percent_below: int = 100
    percent_places: int = 1
    leading_zero_p: bool = False
    thousands: str = ","
    group_from: int = 1000
    range_mark: str = EN_DASH
    percent_sign: str = "%"

    def integer(self, n: int) -> str:
        """Print a whole number: 96, 1,234."""
        digits = f"{abs(n):,}".replace(",", self.thousands) if abs(n) >= self.group_from else str(abs(n))
        return (MINUS if n < 0 else "") + digits

    def decimal(self, value: Number, places: int) -> str:
        """Print a number with exactly `places` decimals, halves up, never as minus zero."""
        rounded = half_up(value, places)
        whole, _, fraction = f"{abs(rounded):f}".partition(".")
        sign = MINUS if rounded < 0 else ""
        return sign + self.integer(int(whole)) + (f".{fraction}" if fraction else "")

    def percent(self, n: int, of: int) -> str:
        """Print n of `of` as a percentage: whole where the denominator is small."""
        places = 0 if of < self.whole_percent_below else self.percent_places
        return f"{self.decimal(percentage(n, of, places), places)}{self.percent_sign}"

    def proportion(self, share: Number, places: int = 0) -> str:
        """Print a proportion in [0, 1] as a percentage."""
        return f"{self.decimal(exact(share) * 100, places)}{self.percent_sign}"

    def interval(self, low: str, high: str) -> str:
        """Print a range; bounds that are words or negative numbers are joined by `to`."""
        worded = any(bound.startswith(MINUS) or bound[:1].isalpha() for bound in (low, high))
        return f"{low} to {high}" if worded else f"{low}{self.range_mark}{high}"

    def p_value(self, p: float) -> str:
        """Print P after AMA: two decimals, three below .01 or where two hide the side of .05."""
        if p < 0.001:
            text = "<0.001"
        elif half_up(p, 2) > half_up(0.99, 2):
            text = ">0.99"
        else:
            close = half_up(p, 2) == half_up(0.05, 2) and p != 0.05
            text = f"{half_up(p, 3 if p < 0.01 or close else 2)}"
        return text if self.leading_zero_p else text.replace("0.", ".", 1)

    def day(self, value: date) -> str:
        """Print a date in full: September 30, 2023."""
        return f"{value:%B}{NBSP}{value.day}, {value.year}"

    def words(self, n: int) -> str:
        """Spell a whole number up to 999.

        >>> NumberStyle().words(35)
        'thirty-five'
        """
        if not 0 <= n <= 999:
            return self.integer(n)
        hundreds, rest = divmod(n, 100)
        tens, ones = divmod(rest, 10)
        below = _ONES[rest] if rest < 20 else _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
        if not hundreds:
            return below
        return f"{_ONES[hundreds]} hundred" + (f" {below}" if rest else "")


AMA = NumberStyle()

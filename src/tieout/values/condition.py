"""Comparisons that keep both operands, so that a claim can say which numbers stood on each side."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from tieout.values.facets import Comparable
from tieout.values.rounding import exact

if TYPE_CHECKING:
    from tieout.values.navigate import Tie

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A comparison, or several joined by `&` and `|`: whether it holds, and how it reads with its numbers.

    `holds` is None where nobody can say: what was not reached is neither above nor below a number.
    Joined conditions follow Kleene: "A or unknown" holds where A does, "not unknown" stays unknown.
    """

    holds: bool | None
    text: str
    numbers: str
    keys: tuple[str, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        """Both hold."""
        known = {self.holds, other.holds}
        return self._join("and", other, holds=False if False in known else None if None in known else True)

    def __or__(self, other: Condition) -> Condition:
        """At least one holds."""
        known = {self.holds, other.holds}
        return self._join("or", other, holds=True if True in known else None if None in known else False)

    def __invert__(self) -> Condition:
        """The opposite."""
        holds = None if self.holds is None else not self.holds
        return Condition(holds, f"not ({self.text})", f"not ({self.numbers})", self.keys)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a condition is neither true nor false by itself: give it to claim(); "
            "join conditions with & and |, and write between(low, r.x, high) for a chain"
        )

    def _join(self, word: str, other: Condition, *, holds: bool | None) -> Condition:
        return Condition(
            holds,
            f"({self.text}) {word} ({other.text})",
            f"({self.numbers}) {word} ({other.numbers})",
            (*self.keys, *other.keys),
        )


def compare(left: Tie, sign: str, right: Tie | Comparable) -> Condition:
    """Compare a tie with a number or another tie; None on one side asks whether the other was reached at all.

    Raises
    ------
    TypeError
        when a tie's facet prints words instead of a number, or the two sides cannot be compared.
    """
    from tieout.values.navigate import Tie  # noqa: PLC0415  (a tie makes conditions, a condition names ties)

    def number(side: Tie | Comparable) -> Comparable:
        return side.number() if isinstance(side, Tie) else side

    def name(side: Tie | Comparable) -> str:
        return f"r.{side.key}.{side.facet}" if isinstance(side, Tie) else repr(side)

    def shown(side: Tie | Comparable) -> str:
        return side.text if isinstance(side, Tie) else repr(side)

    first, second = number(left), number(right)
    holds: bool | None
    if first is None or second is None:
        holds = (first is second) == (sign == "==") if sign in {"==", "!="} else None
    elif isinstance(first, date | str) or isinstance(second, date | str):
        holds = _SIGNS[sign](first, second)
    else:
        holds = _SIGNS[sign](exact(first), exact(second))
    keys = tuple(side.key for side in (left, right) if isinstance(side, Tie))
    return Condition(
        holds, f"{name(left)} {sign} {name(right)}", f"{shown(left)} {sign} {shown(right)}", keys
    )


def between(low: Tie | Comparable, middle: Tie, high: Tie | Comparable) -> Condition:
    """`low <= middle <= high`, which Python's own chain cannot say here."""
    return (middle >= low) & (middle <= high)

"""A result at a place, and the comparisons that a claim makes of it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from tieout.values.condition import Condition
from tieout.values.facets import FACETS, Comparable
from tieout.values.markdown import escape
from tieout.values.result import Result
from tieout.values.rounding import exact

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """A result at a place: printed by one facet, comparable inside a claim, and nothing else."""

    key: str
    facet: str
    text: str
    result: Result

    def number(self) -> Comparable:
        """Return the number that a comparison uses; TypeError where the facet prints words."""
        of = FACETS[type(self.result)][self.facet].number
        if of is None:
            raise TypeError(f"r.{self.key}.{self.facet} prints words: compare a facet that is one number")
        value: Comparable = of(self.result)
        return value

    def _repr_markdown_(self) -> str:
        return f'[{escape(self.text)}]{{.tie key="{self.key}.{self.facet}"}}'

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: Tie | Comparable) -> Condition:
        return compare(self, "<", other)

    def __le__(self, other: Tie | Comparable) -> Condition:
        return compare(self, "<=", other)

    def __gt__(self, other: Tie | Comparable) -> Condition:
        return compare(self, ">", other)

    def __ge__(self, other: Tie | Comparable) -> Condition:
        return compare(self, ">=", other)

    def __eq__(self, other: Tie | Comparable) -> Condition:  # type: ignore[override]  # a comparison is kept, not answered
        return compare(self, "==", other)

    def __ne__(self, other: Tie | Comparable) -> Condition:  # type: ignore[override]  # as above
        return compare(self, "!=", other)

    __hash__ = None  # type: ignore[assignment]

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(
            f"r.{self.key}.{self.facet} is for printing and comparing: derive the calculation as a result"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __float__ = __int__ = __bool__ = __round__ = __neg__ = __abs__ = __format__ = _refuse


def compare(left: Tie, sign: str, right: Tie | Comparable) -> Condition:
    """Compare a tie with a number or another tie; None on one side asks whether the other was reached at all.

    Raises
    ------
    TypeError
        when a tie's facet prints words instead of a number, or the two sides cannot be compared.
    """

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

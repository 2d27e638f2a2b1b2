"""Comparisons that keep both operands, so that a claim can say which numbers stood on each side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn


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

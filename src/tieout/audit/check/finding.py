"""What a check says: the pieces of the text, the arithmetic, how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tieout.text.quantities import Quantity
from tieout.values.rounding import percentage

if TYPE_CHECKING:
    from tieout.audit.check.reading import Reading


class Certainty(Enum):
    """How sure a finding is, given that the text was read as it says."""

    IMPOSSIBLE = "impossible"  # no data at all could give these numbers
    INCONSISTENT = "inconsistent"  # two statements of the text exclude each other
    UNLIKELY = "unlikely"  # true only under a reading that the wording does not suggest
    ROUNDING = "rounding"  # within one unit of the last digit; shown on request


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text that a finding rests on."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextFinding:
    """Numbers that cannot all be true.

    `start` and `end` are offsets into the text, around the piece that is doubted; `pieces` are all the places
    that the finding rests on, that one first.
    """

    rule: str
    certainty: Certainty
    message: str
    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Where the doubted piece begins."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.pieces[0].end


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, what it asks, how it works, where it comes from, and the function that asks."""

    name: str
    asks: str
    works: str
    source: str
    check: Callable[[Reading], Iterable[TextFinding]]


def piece(*quantities: Quantity) -> Piece:
    """Return the stretch of text that covers these quantities."""
    return Piece(min(q.start for q in quantities), max(q.end for q in quantities))


def number(value: object) -> str:
    """Print a number as a reader would: no trailing zeros, at most four significant decimals."""
    return f"{value:.4g}" if isinstance(value, float) else f"{value}"


def percent(n: int, of: int, places: int = 0) -> str:
    """Print 100 n / of with the decimals of the percentage it is compared with.

    >>> percent(7, 12), percent(9, 40, 1)
    ('58', '22.5')
    """
    return str(percentage(n, of, places))

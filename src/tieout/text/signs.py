"""A sentence with a sign for each number: grammar is then a matter of short patterns.

"Of the 35 patients, 17 (49%) died" becomes "of the ⓝ patients, ⓝ (ⓟ) died", in small letters, one blank
between words. In a pattern {n}, {p}, {m}, {r}, {q}, {x} stand for the signs of a count, a percentage, a
measure, a range, a P value and a number that is part of a name; {nm} for either of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from tieout.text.quantities import Kind, Quantity, quantities
from tieout.text.sentences import sentence_bounds

SIGNS = {
    Kind.COUNT: "\ue000",
    Kind.PERCENT: "\ue001",
    Kind.MEASURE: "\ue002",
    Kind.RANGE: "\ue003",
    Kind.P_VALUE: "\ue004",
    Kind.NAME: "\ue005",
}
_LETTERS = {
    "n": SIGNS[Kind.COUNT],
    "p": SIGNS[Kind.PERCENT],
    "m": SIGNS[Kind.MEASURE],
    "r": SIGNS[Kind.RANGE],
    "q": SIGNS[Kind.P_VALUE],
    "x": SIGNS[Kind.NAME],
}
_PRIVATE = re.compile("[\ue000-\ue005]")
_LONGEST = 20_000  # characters; a longer "sentence" is a table or a listing, cut so that work stays bounded


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place in the text, its signs, and the quantity behind each sign."""

    start: int
    end: int
    signs: str
    quantities: tuple[Quantity, ...]
    at: tuple[int, ...]
    _by_place: dict[int, Quantity] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_place.update(zip(self.at, self.quantities, strict=True))

    def quantity(self, place: int) -> Quantity:
        """Return the quantity whose sign stands at this place of `signs`."""
        return self._by_place[place]

    def find(self, pattern: str) -> Iterator[tuple[re.Match[str], dict[str, Quantity]]]:
        """Yield each match of a pattern with the quantities behind its named groups of one sign."""
        for match in _compiled(pattern).finditer(self.signs):
            yield (
                match,
                {
                    name: self._by_place[match.start(name)]
                    for name, text in match.groupdict().items()
                    if text is not None and len(text) == 1 and match.start(name) in self._by_place
                },
            )

    def has_before(self, pattern: str, place: int) -> bool:
        """Return whether a pattern, written to end with `$`, ends at a place, within 120 signs before it."""
        return _compiled(pattern).search(self.signs, max(0, place - 120), place) is not None

    def place_of(self, quantity: Quantity) -> int:
        """Return where a quantity's sign stands in `signs`."""
        return self.at[self.quantities.index(quantity)]


def signed(pattern: str) -> str:
    """Return a pattern with {n}, {p}, {m}, {r}, {q}, {x} replaced by the signs; other braces stay."""
    return re.sub(r"\{([npmrqx]+)\}", lambda match: _class(match.group(1)), pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(signed(pattern))


def _class(letters: str) -> str:
    signs = "".join(_LETTERS[letter] for letter in letters)
    return signs if len(signs) == 1 else f"[{signs}]"


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text with signs in place of their numbers."""
    found = quantities(text)
    made, first = [], 0
    for start, end in _bounded(sentence_bounds(text)):
        inside = []
        while first < len(found) and found[first].start < end:
            if found[first].start >= start and found[first].end <= end:
                inside.append(found[first])
            first += 1
        made.append(_sentence(text, start, end, inside))
    return made


def _bounded(bounds: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in bounds:
        for begin in range(start, end, _LONGEST):
            yield begin, min(end, begin + _LONGEST)


def _sentence(text: str, start: int, end: int, inside: Sequence[Quantity]) -> Sentence:
    parts: list[str] = []
    at: list[int] = []
    length, position = 0, start
    for quantity in inside:
        words = _plain(text[position : quantity.start])
        parts += [words, SIGNS[quantity.kind]]
        at.append(length + len(words))
        length += len(words) + 1
        position = quantity.end
    parts.append(_plain(text[position:end]))
    return Sentence(start, end, "".join(parts), tuple(inside), tuple(at))


def _plain(text: str) -> str:
    return _PRIVATE.sub(" ", re.sub(r"\s+", " ", text).lower())

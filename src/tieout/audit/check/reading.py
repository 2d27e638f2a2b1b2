"""A text as the rules see it: its sentences, its shares, its groups."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.audit.check.estimates import Interval, read_intervals
from tieout.audit.check.shares import Share, groups, read_shares
from tieout.text.quantities import Quantity
from tieout.text.sentences import headings
from tieout.text.signs import Sentence, sentences

_NEAR = 30  # characters to a closing bracket that still belongs to the numbers before it


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a text; `groups` are all its counts, in order, and `sizes` their values, rising."""

    text: str
    sentences: Sequence[Sentence]
    shares: Sequence[Share]
    groups: Sequence[Quantity]
    intervals: Sequence[Interval]
    headings: Sequence[tuple[int, str]]
    shares_by_sentence: Mapping[int, Sequence[Share]]
    sizes: Sequence[int]

    def groups_in(self, sizes: range) -> Sequence[int]:
        """Return the different group sizes of the text that lie in a range, rising."""
        if not sizes:
            return ()
        return self.sizes[bisect_left(self.sizes, sizes[0]) : bisect_right(self.sizes, sizes[-1])]

    def quote(self, start: int, end: int) -> str:
        """Return a stretch of the text on one line."""
        return " ".join(self.text[start : closed(self.text, start, end)].split())


def closed(text: str, start: int, end: int) -> int:
    """Return where a stretch ends with the bracket that it opened: 7 pts (47%), not 7 pts (47%."""
    inside = text[start:end]
    for opening, closing in ("()", "[]"):
        if inside.count(opening) > inside.count(closing):
            place = text.find(closing, end, end + _NEAR)
            if place >= 0 and opening not in text[end:place]:
                return place + 1
    return end


def read(text: str) -> Reading:
    """Read a text."""
    found = sentences(text)
    shares = read_shares(found)
    by_sentence: dict[int, list[Share]] = {}
    for share in shares:
        by_sentence.setdefault(share.sentence, []).append(share)
    counts = groups(found)
    return Reading(
        text,
        found,
        shares,
        counts,
        read_intervals(found),
        sorted(headings(text)),
        by_sentence,
        sorted({quantity.n for quantity in counts}),
    )

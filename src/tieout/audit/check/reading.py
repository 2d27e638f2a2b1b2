"""A text as the rules see it: its sentences, its shares, its groups."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tieout.audit.check.estimates import Interval, read_intervals
from tieout.audit.check.shares import Share, groups, read_shares
from tieout.text.quantities import Quantity
from tieout.text.sentences import headings
from tieout.text.signs import Sentence, sentences


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a text; `groups` are all its counts, in order."""

    text: str
    sentences: Sequence[Sentence]
    shares: Sequence[Share]
    groups: Sequence[Quantity]
    intervals: Sequence[Interval]
    headings: Sequence[tuple[int, str]]

    def heading_of(self, place: int) -> str:
        """Return the name of the section that an offset lies in, or nothing."""
        index = bisect_right(self.headings, (place, "\uffff")) - 1
        return self.headings[index][1] if index >= 0 else ""

    def quote(self, start: int, end: int) -> str:
        """Return a stretch of the text on one line."""
        return " ".join(self.text[start:end].split())


def read(text: str) -> Reading:
    """Read a text."""
    found = sentences(text)
    shares = read_shares(found)
    return Reading(text, found, shares, groups(found, shares), read_intervals(found), sorted(headings(text)))

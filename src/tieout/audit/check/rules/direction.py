"""A ratio and the words higher or lower point the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.audit.check.estimates import Interval
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding
from tieout.audit.check.reading import Reading
from tieout.text.signs import Sentence

NAME = "direction"

_RISK = r"(?:risk|hazard|odds|likelihood|rate|mortality|incidence)"
_UP = re.compile(rf"\b(?:higher|increased|greater|elevated|increases?) (?:the )?(?:relative )?{_RISK}\b")
_DOWN = re.compile(
    rf"\b(?:lower|decreased|reduced|reduces?|lowers?|lowered) (?:the )?(?:relative )?{_RISK}\b"
)
_UNSURE = re.compile(
    r"\b(?:not|no|neither|nor|without|per|reference|respectively|vs|versus|although|whereas"
    r"|while|but|"
    r"inverse\w*|than|compared|relative to|survival|protective|failed)\b"
)


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each ratio that contradicts the words before it."""
    for interval in reading.intervals:
        if interval.is_ratio and 0 < interval.low < interval.high:
            finding = _finding(reading.sentences[interval.sentence], interval)
            if finding is not None:
                yield finding


def _finding(sentence: Sentence, interval: Interval) -> TextFinding | None:
    place = sentence.place_of(interval.estimate)
    start = max(
        sentence.signs.rfind(mark, 0, place) for mark in (";", "\ue000", "\ue001", "\ue002", "\ue003")
    )
    before = sentence.signs[max(start + 1, place - 160) : place]
    behind = sentence.signs[place : place + 60]
    up, down = _UP.search(before), _DOWN.search(before)
    if (
        (up is None) == (down is None)
        or _UNSURE.search(before)
        or re.search(r"\b(?:for|vs|versus|per)\b", behind)
    ):
        return None
    if up is not None and interval.high < 1:
        said, is_ = up, "below"
    elif down is not None and interval.low > 1:
        said, is_ = down, "above"
    else:
        return None
    message = f"the text says “{said[0]}”, but {interval.estimate.value} and its whole interval lie {is_} 1"
    piece = Piece(interval.estimate.start, max(interval.end, interval.estimate.end))
    return TextFinding(NAME, Certainty.UNLIKELY, message, (piece,))


RULE = Rule(
    NAME,
    "Do the words higher and lower go with the ratio?",
    "Reads “a higher risk of … (HR 0.60; 95% CI 0.45–0.80)” and reports a ratio whose whole interval lies "
    "on the "
    "other side of 1. A negation, a second comparison, a survival or a named reference group between the "
    "words "
    "and the ratio silences it; as the ratio could be of the other group, the finding is “unlikely”.",
    "Definition of a ratio.",
    check,
)

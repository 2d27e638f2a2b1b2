"""Groups that a text does not print, and of which its percentages may be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tieout.audit.check.phrases import PAIRED_ORGANS
from tieout.audit.check.reading import Reading
from tieout.audit.check.shares import Share

_MOST_PARTS = 12
_MOST_SIZES = 200
_PAIRED_ORGANS = re.compile(rf"\b(?:{PAIRED_ORGANS})\b", re.IGNORECASE)
_LOST = (
    r"(?P<n>{n}) [^{n}{p};.]{0,40}\b(?:lost|excluded|withdr[ae]w\w*|declined|missing|dropped|inevaluable"
    r"|unevaluable|not evaluable|ineligible|unknown|undetermin\w*|indetermin\w*)\b"
)


def unprinted_groups(reading: Reading) -> set[int]:
    """Groups that the text does not print: parts listed together, all but those lost, the arms of a trial."""
    made = without_the_lost(reading) | _arms(reading) | _complements(reading)
    if _PAIRED_ORGANS.search(reading.text):
        made |= {2 * size for size in reading.sizes}
    for index, sentence in enumerate(reading.sentences):
        listed = _listed(reading.shares_by_sentence.get(index, ()))
        sizes = [named["n"].n for _, named in sentence.find(r"n ?= ?(?P<n>{n})")]
        made |= {sum(parts) for parts in (listed, sizes) if 2 <= len(parts) <= _MOST_PARTS}
    return made


def _listed(shares: Sequence[Share]) -> list[int]:
    """The counts of a sentence that make a group: events of several arms, or parts over their own sum."""
    if all(share.of is not None for share in shares):
        return [share.n.n for share in shares]
    counts = [share.n.n for share in shares if share.of is None]
    total = sum(counts)
    return counts if all(share.near(total) for share in shares if share.of is None) else []


def without_the_lost(reading: Reading) -> set[int]:
    """Forty patients of whom two were lost: a percentage may be over 38."""
    lost = [named["n"].n for sentence in reading.sentences for _, named in sentence.find(_LOST)]
    less = {*lost, sum(lost)} if len(lost) <= _MOST_PARTS else set()
    return {size - n for size in reading.sizes[-_MOST_SIZES:] for n in less if 0 < n < size}


def _complements(reading: Reading) -> set[int]:
    """Where 19 of 61 have something, the other 42 are a group too."""
    return {
        size - share.n.n
        for share in reading.shares[:_MOST_SIZES]
        if not share.modelled
        for size in ([share.of.n] if share.of else reading.groups_in(share.sizes))
        if size > share.n.n
    }


def _arms(reading: Reading) -> set[int]:
    """Arms of a randomised trial whose sizes are not told: halves, or thirds where it says 2:1."""
    if not re.search(r"\brandomi[sz]", reading.text, re.IGNORECASE):
        return set()
    largest = reading.sizes[-_MOST_SIZES:]
    made = {half for size in largest for half in (size // 2, (size + 1) // 2)}
    if re.search(r"\b(?:2\s?:\s?1|1\s?:\s?2)\b", reading.text):
        made |= {
            third
            for size in largest
            for third in (size // 3, -(-size // 3), 2 * size // 3, -(-2 * size // 3))
        }
    return made

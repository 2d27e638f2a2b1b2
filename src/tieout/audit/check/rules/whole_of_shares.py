"""Counts with percentages hold over the whole that they are said to be parts of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tieout.audit.arithmetic import common_denominators
from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.lists import OVERLAP
from tieout.audit.check.phrases import PEOPLE
from tieout.audit.check.reading import Reading
from tieout.audit.check.shares import Share
from tieout.audit.check.unprinted import without_the_lost
from tieout.text.quantities import Kind, Quantity

NAME = "whole-of-shares"

_ALL = 100  # percent
_MOST_PARTS = 6
_FEW = 3  # sizes that the percentages may leave open when they are said to contradict a whole
_PER = 100  # or one in so many
_ENOUGH = 3  # shares of the whole text that must agree on its size
_CLOSE = 0.15


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each whole over which the shares that it has do not hold."""
    told = False
    for index in reading.shares_by_sentence:
        for finding in list(_stale_total(reading, index)) or _exhaustive(reading, index):
            told = True
            yield finding
    if not told:
        yield from _of_everybody(reading)


def _stale_total(reading: Reading, index: int) -> Iterator[TextFinding]:
    """Of these, 20 (50%) …, 12 (30%) …, 8 (20%) …: the percentages hold over another whole."""
    shares = [share for share in reading.shares_by_sentence.get(index, ()) if share.of is None]
    if len(shares) < 2 or not all(share.back or share.anchors for share in shares):
        return
    whole = _named_whole(reading, index, shares)
    common = common_denominators((share.n.n, share.p.value) for share in shares)
    if whole is None or not common or any(share.near(whole.n) for share in shares):
        return
    total = sum(share.n.n for share in shares)
    by_sum = total in common
    if reading.groups_in(common) or not (by_sum or (shares[0].anchors and len(common) <= _FEW)):
        return
    size = total if by_sum else common[0]
    said = " + ".join(str(share.n.n) for share in shares) + f" is {total}, " if by_sum else ""
    over = str(size) if by_sum or len(common) == 1 else f"{common[0]} to {common[-1]}"
    message = f"{said}the percentages hold over {over}, not over {whole.n}"
    pieces = (piece(whole), *(piece(*share.quantities) for share in shares))
    yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


def _exhaustive(reading: Reading, index: int) -> Iterator[TextFinding]:
    """62 patients, 42 (65.6%) in one arm and 22 (34.4%) in the other: parts that are all of their own sum."""
    shares = [share for share in reading.shares_by_sentence.get(index, ()) if share.of is None]
    for count in range(min(len(shares), _MOST_PARTS), 1, -1):
        for start in range(len(shares) - count + 1):
            parts = shares[start : start + count]
            total = sum(share.n.n for share in parts)
            if not _is_everybody(parts, total) or reading.groups_in(range(total, total + 1)):
                continue
            if OVERLAP.search(reading.sentences[index].signs):
                return
            wholes = _wholes_before(reading, index, parts, total) or _anchored(parts, total)
            if len({whole.n for whole in wholes}) == 1:
                sum_ = " + ".join(str(share.n.n) for share in parts)
                message = f"{sum_} is {total}, over which the percentages hold, not {wholes[-1].n}"
                pieces = (piece(wholes[-1]), *(piece(*share.quantities) for share in parts))
                yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)
            return


def _is_everybody(parts: Sequence[Share], total: int) -> bool:
    """Whether the percentages are 100 together, as closely as rounding lets them, and hold over the sum."""
    missed = abs(sum((share.p.value for share in parts), Decimal(-_ALL)))
    unit = Decimal(1).scaleb(-min(share.p.places for share in parts))
    return missed <= unit * (len(parts) - 1) / 2 and all(share.near(total) for share in parts)


def _wholes_before(reading: Reading, index: int, parts: Sequence[Share], total: int) -> list[Quantity]:
    """Counts of people, here or a sentence before, that the parts exceed by little."""
    return [
        quantity
        for sentence in reading.sentences[max(0, index - 1) : index + 1]
        for place, quantity in zip(sentence.at, sentence.quantities, strict=True)
        if quantity.kind is Kind.COUNT
        and quantity.start < parts[0].n.start
        and 0 < total - quantity.n <= max(2, _CLOSE * total)
        and re.match(rf" (?:[\w-]+ ){{0,3}}{PEOPLE}\b", sentence.signs[place + 1 : place + 80])
    ]


def _anchored(parts: Sequence[Share], total: int) -> list[Quantity]:
    """The group that the sentence begins with, where the parts are too few for it and no share is of it."""
    anchors = {share.anchors for share in parts}
    whole = next(iter(anchors))[-1:] if len(anchors) == 1 else ()
    return [of for of in whole if total < of.n and not any(share.near(of.n) for share in parts)]


def _named_whole(reading: Reading, index: int, shares: Sequence[Share]) -> Quantity | None:
    """The group that the sentence begins with, or the only one that "these" can point to."""
    if shares[0].anchors:
        return shares[0].anchors[0] if len({share.anchors for share in shares}) == 1 else None
    largest = max(share.n.n for share in shares)
    before = [
        q for q in reading.sentences[max(0, index - 1)].quantities if q.kind is Kind.COUNT and q.n > largest
    ]
    return before[0] if index > 0 and len(before) == 1 else None


def _of_everybody(reading: Reading) -> Iterator[TextFinding]:
    """Several shares of the whole text agree on one size, close to all that the text counts."""
    shares = [
        share
        for share in reading.shares
        if share.of is None and not share.modelled and not share.own and not reading.groups_in(share.sizes)
    ]
    common = common_denominators((share.n.n, share.p.value) for share in shares)
    if len({share.n.n for share in shares}) < _ENOUGH or not common or len(common) > _few(common[0]):
        return
    wholes = [whole for whole in _everybody(reading) if _is_stale(reading, whole, common)]
    if len({whole.n for whole in wholes}) != 1:
        return
    whole = wholes[0]
    size = str(common[0]) if len(common) == 1 else f"{common[0]} to {common[-1]}"
    more = whole.n < common[0]
    said = "more than" if more else "which it does not name; none needs"
    message = f"{len(shares)} percentages agree on {size}, {said} the {whole.n} that the text counts"
    pieces = (piece(whole), *(piece(*share.quantities) for share in shares))
    yield TextFinding(NAME, Certainty.INCONSISTENT if more else Certainty.UNLIKELY, message, pieces)


def _everybody(reading: Reading) -> Iterator[Quantity]:
    """The largest count of the text, and every count that is said to be of people."""
    for sentence in reading.sentences:
        for place, quantity in zip(sentence.at, sentence.quantities, strict=True):
            if quantity.kind is Kind.COUNT and (
                quantity.n == reading.sizes[-1]
                or re.match(rf" (?:[\w-]+ ){{0,3}}{PEOPLE}\b", sentence.signs[place + 1 : place + 80])
            ):
                yield quantity


def _is_stale(reading: Reading, whole: Quantity, common: range) -> bool:
    """Whether a whole is close to the size on which the percentages agree, and no percentage is over it."""
    if any(share.n.n == whole.n or _is_only_of(share, whole.n, common) for share in reading.shares):
        return False  # a percentage is over it, or it is itself a part
    if whole.n < common[0]:
        return common[0] <= (1 + _CLOSE) * whole.n
    fewer = (1 - _CLOSE) * whole.n <= common[0] and common[-1] < whole.n
    return fewer and without_the_lost(reading).isdisjoint(common)


def _is_only_of(share: Share, largest: int, common: range) -> bool:
    """Whether a share is over the largest count, and over none of the sizes on which the others agree."""
    return share.near(largest) and not any(share.near(size) for size in common)


def _few(size: int) -> int:
    """Return how many sizes percentages may leave open when they are said to agree on one."""
    return max(_FEW, size // _PER)


RULE = Rule(
    NAME,
    "Do counts with percentages hold over the whole that they are parts of?",
    "Reads “Of these 42, 20 (50%) …, 12 (30%) … and 8 (20%) …” and “62 patients …: 40 (62.5%) women and 24 "
    "(37.5%) men”: where the percentages are 100 together and hold over the sum of their counts, and the "
    "people counted before are fewer, or the sentence begins with them, the whole is stale. So it is where "
    "three or more counts of the text have percentages that agree on one size, close to a number of people "
    "that the text counts, and no percentage is over that number: a larger size makes it inconsistent; a "
    "smaller one only unlikely, for values may be missing, and nothing is said where the text tells of some "
    "who were lost or excluded and are the difference.",
    "Arithmetic, as in DEBIT (Heathers 2019).",
    check,
)

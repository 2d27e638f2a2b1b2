"""A count with its percentage, the group elsewhere: does any group of the text give that percentage?"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tieout.audit.arithmetic import (
    common_denominators,
    denominators_that_fit,
    numerators_near,
    percentage_is_near,
    percentage_is_rounded,
)
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding, percent, piece
from tieout.audit.check.phrases import PEOPLE
from tieout.audit.check.reading import Reading
from tieout.audit.check.shares import Share
from tieout.audit.check.unprinted import unprinted_groups
from tieout.text.quantities import Kind, Quantity

NAME = "paired-share"

_TINY = 8
_BEYOND, _FAR_BEYOND = 1.5, 3.0
_EVENTS = re.compile(r"\b(?:events?|episodes?|cases|deaths) (?:in|among|of) (?:the )?$")
_ALL = 100  # percent
_CONTRAST = re.compile(r"\b(?:versus|vs|compared|than)\b", re.IGNORECASE)
_NEIGHBOURS = 40  # pairs before and after that may share a group which the text does not name


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each pair that no group of the text gives."""
    pairs = [share for share in reading.shares if share.of is None and not share.modelled and share.n.n > 0]
    sums = sorted(unprinted_groups(reading))
    homeless = [share for share in pairs if not _has_group(reading, share, sums)]
    lost: list[Share] = []
    without = {id(share) for share in homeless}
    for share in pairs:
        if share.anchors:
            if (found := _against_anchor(reading, share)) is not None:
                yield found
        elif (found := _against_things(reading, share)) is not None:
            yield found
        elif id(share) in without:
            lost.append(share)
    if len(homeless) < len(reading.shares):  # else nothing shows that the text names its groups at all
        yield from _without_group(reading, lost, homeless)
    yield from _rounding(pairs)


def _has_group(reading: Reading, share: Share, sums: Sequence[int]) -> bool:
    if share.is_group and numerators_near(share.n.n, share.p.value):
        return True
    return bool(reading.groups_in(share.sizes)) or _within(sums, share.sizes)


def _within(values: Sequence[int], sizes: range) -> bool:
    return bool(sizes) and bisect_left(values, sizes[0]) < bisect_right(values, sizes[-1])


def _local(reading: Reading, share: Share) -> set[int]:
    """The counts of the sentence that stand before the pair: it may be a part of a part."""
    return {
        quantity.n
        for quantity in reading.sentences[share.sentence].quantities
        if quantity.kind is Kind.COUNT and quantity.start < share.n.start
    }


def _against_anchor(reading: Reading, share: Share) -> TextFinding | None:
    anchor = share.anchors[-1]
    if any(share.near(of) for of in {anchor.n, *_local(reading, share)}):
        return None
    siblings = [
        other
        for other in reading.shares_by_sentence[share.sentence]
        if other.anchors == share.anchors and other is not share
    ]
    agree = [other for other in siblings if other.near(anchor.n)]
    elsewhere = reading.groups_in(share.sizes)
    if share.own and share.n.n <= anchor.n:
        return None
    if not agree and (elsewhere or any(common_denominators([_pair(share), _pair(o)]) for o in siblings)):
        return None  # the sentence seems to count over another group than the one it begins with
    n, p = share.n.n, share.p.value
    if n > anchor.n:
        message = f"{n} ({p}%) cannot be a part of the {anchor.n} that the sentence begins with"
    else:
        message = f"{n}/{anchor.n} is {percent(n, anchor.n, share.p.places)}%, not {p}%"
    message += _elsewhere(reading, share, elsewhere)
    pieces = (piece(*share.quantities), piece(anchor), *(piece(*other.quantities) for other in agree))
    read = f"read as a part of the {anchor.n}"
    if agree:
        read += ", as are " + " and ".join(f"{other.n.n} ({other.p.value}%)" for other in agree[:3])
    return TextFinding(NAME, Certainty.IMPOSSIBLE, f"{message} ({read})", pieces)


def _against_things(reading: Reading, share: Share) -> TextFinding | None:
    """17 clinics (9%) of all clinics: where the text has one count of clinics, that is the group."""
    if not share.things or re.fullmatch(PEOPLE, share.things):
        return None
    named = [
        quantity
        for sentence in reading.sentences
        for place, quantity in zip(sentence.at, sentence.quantities, strict=True)
        if quantity.kind is Kind.COUNT
        and quantity.n > share.n.n
        and re.match(rf" {share.things}\b", sentence.signs[place + 1 : place + 40])
    ]
    parts = {other.n.start for other in reading.shares}
    wholes = [quantity for quantity in named if quantity.start not in parts]
    if len({quantity.n for quantity in wholes}) != 1:
        return None
    of = wholes[0]
    if any(share.near(size) for size in {of.n, *_local(reading, share)}):
        return None
    message = f"{share.n.n}/{of.n} is {percent(share.n.n, of.n, share.p.places)}%, not {share.p.value}%"
    pieces = (piece(*share.quantities), piece(of))
    return TextFinding(
        NAME, Certainty.INCONSISTENT, f"{message} (read as a part of the {of.n} {share.things})", pieces
    )


def _without_group(
    reading: Reading, lost: Sequence[Share], homeless: Sequence[Share]
) -> Iterator[TextFinding]:
    """A lone pair without a group is reported; several that share one unnamed group are not."""
    without = {id(share) for share in homeless}
    for share in lost:
        place = homeless.index(share)
        mates = [
            *homeless[max(0, place - _NEIGHBOURS) : place],
            *homeless[place + 1 : place + 1 + _NEIGHBOURS],
        ]
        if any(common_denominators([_pair(share), _pair(other)]) for other in mates):
            continue
        settled = _is_settled(reading, share, without)
        if (settled or share.back or _is_beyond(reading, share)) and (
            found := _homeless(reading, share, settled=settled)
        ) is not None:
            yield found


def _is_settled(reading: Reading, share: Share, without: set[int]) -> bool:
    """Whether others of the sentence, put alike, have a group of the text; this one names no other."""
    others = [
        other
        for other in reading.shares_by_sentence[share.sentence]
        if other is not share and id(other) not in without and other.p.value < _ALL
    ]
    if share.own and not all(other.own for other in others):
        return False
    return any(
        _counts_over_another(reading, other, share.n.n) and not _is_contrasted(reading, share, other)
        for other in others
    )


def _counts_over_another(reading: Reading, share: Share, n: int) -> bool:
    """Whether a share has a group of the text that is not this count itself."""
    return share.of is not None or any(size != n for size in reading.groups_in(share.sizes))


def _is_contrasted(reading: Reading, one: Share, other: Share) -> bool:
    """31 (74%) versus 9 (18%): the two are over groups of their own."""
    first, second = sorted((one.n.start, other.n.start))
    return _CONTRAST.search(reading.text, first, second) is not None


def _is_group_itself(reading: Reading, share: Share) -> bool:
    """30 compared with 2000 adults (1.5%), 4 events in 940 patients (0.43%): n is the group."""
    sentence = reading.sentences[share.sentence]
    place = sentence.place_of(share.n)
    if _EVENTS.search(sentence.signs[max(0, place - 30) : place]):
        return True
    return any(percentage_is_near(part, share.n.n, share.p.value) for part in _local(reading, share))


def _is_beyond(reading: Reading, share: Share) -> bool:
    """Whether the group would be larger than all that the text counts: no missing values explain it."""
    return not share.sizes or share.sizes[0] > reading.sizes[-1] > share.n.n


def _homeless(reading: Reading, share: Share, *, settled: bool) -> TextFinding | None:
    """`settled`: others of the sentence have a group, so that the text does name its groups there."""
    n, p = share.n.n, share.p.value
    fitting = denominators_that_fit(n, p)
    if 100 * n < _TINY * p:
        return None  # a handful of people may go unnamed
    if not fitting:
        message = f"no group at all gives {n} ({p}%)"
        return TextFinding(NAME, Certainty.IMPOSSIBLE, message, (piece(*share.quantities),))
    if fitting[0] > (_FAR_BEYOND if settled else _BEYOND) * reading.sizes[-1]:
        return None  # far larger than every group of the text: its total was left out
    if _is_group_itself(reading, share):
        return None
    would = str(fitting[0]) if len(fitting) == 1 else f"{fitting[0]} to {fitting[-1]}"
    message = f"no group in the text gives {n} ({p}%): it would need {would}"
    pieces: tuple[Piece, ...] = (piece(*share.quantities),)
    if (nearest := _nearest(reading, share)) is not None:
        message += f"; {n}/{nearest.n} is {percent(n, nearest.n, share.p.places)}%"
        pieces = (*pieces, piece(nearest))
    return TextFinding(NAME, Certainty.INCONSISTENT if settled else Certainty.UNLIKELY, message, pieces)


def _nearest(reading: Reading, share: Share) -> Quantity | None:
    """The group of the text whose percentage comes closest."""
    groups = [group for group in reading.groups if group.n > share.n.n and group.n >= 5]
    target = 100 * share.n.n / float(share.p.value) if share.p.value else 0
    return min(groups, key=lambda group: abs(group.n - target), default=None)


def _elsewhere(reading: Reading, share: Share, elsewhere: Sequence[int]) -> str:
    groups = [quantity for quantity in reading.groups if quantity.n in elsewhere]
    if not groups:
        return ""
    nearest = min(groups, key=lambda group: abs(group.start - share.n.start))
    return f"; {nearest.n}, which the text gives elsewhere, would give {share.p.value}%"


def _rounding(pairs: Sequence[Share]) -> Iterator[TextFinding]:
    for share in pairs:
        if not share.anchors:
            continue
        of, n, p = share.anchors[-1].n, share.n.n, share.p.value
        if share.near(of) and not percentage_is_rounded(n, of, p):
            message = f"{n}/{of} is {percent(n, of, share.p.places + 1)}%, not {p}%"
            pieces = (piece(*share.quantities), piece(share.anchors[-1]))
            yield TextFinding(NAME, Certainty.ROUNDING, message, pieces)


def _pair(share: Share) -> tuple[int, Decimal]:
    return share.n.n, share.p.value


RULE = Rule(
    NAME,
    "Does a count with a percentage fit a group of the text?",
    "Reads n … (p%) and p% (n …). Where the sentence names its group first (“Of the 12 who …”), the "
    "percentage must follow from that group, or from a count of the same sentence before it (a part of a "
    "part), unless the words behind it name a group of its own (“12 (60%) in the control group”). "
    "Elsewhere any count of the text may be the group, and so may the sum of parts listed together, a "
    "group without those lost or excluded, the rest of a group, and an arm of a randomised trial; a group "
    "of fewer than eight, or one far larger than all that the text counts, may go unnamed. A pair without "
    "any such group is reported only where missing values cannot explain it: no group at all gives it; "
    "its group would be larger than everything counted; “of these” or “of the patients with …” points to "
    "a group; or others of its sentence, put alike, have a group of the text, which makes it "
    "inconsistent, not just unlikely. Several pairs that agree on one group which the text does not name "
    "are left alone: the group was left out, not the number wrong. Differences within one unit of the "
    "last printed digit are rounding.",
    "As stated-share; denominators are searched as in the DEBIT and GRIM family of tests (Heathers 2019).",
    check,
)

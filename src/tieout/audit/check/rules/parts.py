"""Parts that are said to make a whole add up to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.lists import (
    DISJOINT,
    EXHAUSTIVE,
    OVERLAP,
    Parts,
    heads,
    is_close,
    read_lists,
    same_kind,
)
from tieout.audit.check.phrases import CLOSE, OPEN, PEOPLE, words
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Kind, Quantity
from tieout.text.signs import Sentence

NAME = "parts"

_SEXES = r"men|males?|boys|women|females?|girls"
_SHARE = rf"(?: ?{OPEN}{{p}}{CLOSE})?"
_SEX = (
    rf"(?P<a>{{n}}){_SHARE} (?:were )?(?P<first>{_SEXES})(?: {PEOPLE})?{_SHARE} ?(?:and|,|/|;) ?"
    rf"(?P<b>{{n}}){_SHARE} (?:were )?(?P<second>{_SEXES})\b(?! ?(?:,|and|,? and) ?{{n}})"
)
_REMAINING = (
    rf"(?P<part>{{n}}) {words(2)}of (?:the |these )?(?P<whole>{{n}})[^{{n}};.]{{0,120}}\b(?:the )?"
    rf"(?:remaining|other) "
    rf"(?P<rest>{{n}}) (?:{PEOPLE}|were|was|had|received|underwent)\b"
)
_ARMS = re.compile(r"\b(?:random\w*|assigned|allocated)\b")
_SIZE = rf"{OPEN}(?:n ?= ?)?(?P<size>{{n}})(?: {PEOPLE})?[)\]]"
_IN_GROUP = rf"(?:{PEOPLE} )?(?:(?:were|was) )?(?:in|to) (?:the )?"
_TWO_GROUPS = (
    rf"(?P<whole>{{n}}) {words(3)}{PEOPLE}\b[^{{n}}{{p}};.]{{0,80}}[,:(] ?(?P<a>{{n}}) {_IN_GROUP}"
    rf"[^{{n}}{{p}};.]{{1,60}}?\band,? (?P<b>{{n}}) {_IN_GROUP}[^{{n}}{{p}};,.()]{{1,60}}?"
    r"\b(?:group|arm|cohort)\b(?!,? ?(?:and |or |plus )?{n})"
)
_GONE = (
    r"(?:excluded|ineligible|withdrew|withdrawn|lost to follow-? ?up|dropped out|declined|removed|discarded"
    r"|refused)"
)
_FLOW = (
    rf"(?P<whole>{{n}}) [^{{n}}{{p}};.]{{1,100}}?(?:, |\band |\bof whom )[^{{n}}{{p}};.]{{0,20}}?"
    rf"(?P<lost>{{n}}) [^{{n}}{{p}};.]{{0,60}}?\b{_GONE}\b[^{{n}}{{p}};.]{{0,80}}?"
    r"\b(?:leaving|left|resulting in|the remaining|remaining) (?:a (?:\w+ ){1,3}of |us with )?(?P<rest>{n})"
)
_MALE = frozenset({"men", "male", "males", "boys"})


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each list whose parts miss their whole."""
    for index, sentence in enumerate(reading.sentences):
        if not any(quantity.kind is Kind.COUNT for quantity in sentence.quantities):
            continue
        for form, parts in read_lists(sentence):
            if (finding := _of_list(form, parts)) is not None:
                yield finding
        yield from _sexes(reading, index, sentence)
        yield from _remaining(sentence)
        yield from _two_groups(sentence)
        yield from _flow(sentence)
        yield from _arms(sentence)


def _of_list(form: str, parts: Parts) -> TextFinding | None:
    total, whole = parts.total, parts.whole.n
    if total == whole or not parts.is_near or max(part.n for part in parts.parts) >= whole:
        return None
    if OVERLAP.search(parts.words):
        return None
    if parts.rest:
        return _finding(parts, Certainty.INCONSISTENT, "the last is called the remaining one")
    if form == "bracket":
        return (
            _finding(parts, Certainty.UNLIKELY, "the bracket seems to list them all")
            if same_kind(parts)
            else None
        )
    if total > whole and _same_act(parts):
        return _finding(parts, Certainty.UNLIKELY, "unless some are counted in more than one part")
    if EXHAUSTIVE.search(parts.words) and _same_act(parts):
        return _finding(parts, Certainty.UNLIKELY, "unless some are in no part")
    return None


def _same_act(parts: Parts) -> bool:
    """Each part has the same act (received …, received …) or leaves it out (treated with …, with …)."""
    acts = [match["verb"] if (match := DISJOINT.match(text)) else "" for text in parts.said]
    if not acts[0]:
        return False
    return all(
        act == acts[0]
        or (not act and head in {"with", "to", "by", "in"} and re.search(rf"\b{head}\b", parts.said[0]))
        for act, head in zip(acts, heads(parts.said), strict=True)
    )


def _finding(parts: Parts, certainty: Certainty, reason: str) -> TextFinding:
    sum_ = " + ".join(str(part.n) for part in parts.parts)
    message = f"{sum_} is {parts.total}, not {parts.whole.n} ({reason})"
    pieces = (piece(parts.whole, *parts.parts), piece(parts.whole), *map(piece, parts.parts))
    return TextFinding(NAME, certainty, message, pieces)


def _sexes(reading: Reading, index: int, sentence: Sentence) -> Iterator[TextFinding]:
    """Men and women make everybody."""
    for match, named in sentence.find(_SEX):
        a, b = named["a"], named["b"]
        if (match["first"].lower() in _MALE) == (match["second"].lower() in _MALE):
            continue
        total = a.n + b.n
        if any(group.n == total for group in reading.groups) or _hold_over_total(a, b, sentence):
            continue
        around = [
            quantity
            for other in reading.sentences[max(0, index - 1) : index + 1]
            for quantity in other.quantities
            if quantity.kind is Kind.COUNT and quantity not in (a, b) and quantity.start < a.start
        ]
        near = [q for q in around if q.n > max(a.n, b.n) and abs(q.n - total) <= max(1, 0.1 * q.n)]
        may_lack_some = re.search(r"\bwere\b|[)\]]", match[0])
        if near and not (may_lack_some and total < near[-1].n):
            message = f"{a.n} + {b.n} is {total}, not {near[-1].n}"
            yield TextFinding(
                NAME, Certainty.INCONSISTENT, message, (piece(a, b), piece(a), piece(b), piece(near[-1]))
            )


def _hold_over_total(a: Quantity, b: Quantity, sentence: Sentence) -> bool:
    """Whether percentages behind the two counts are over their sum: of others the sex may be unknown."""
    shares = [q for q in sentence.quantities if q.kind is Kind.PERCENT and q.start > a.start]
    pairs = zip((a, b), shares, strict=False)
    return len(shares) > 1 and all(abs(100 * c.n / (a.n + b.n) - float(p.value)) < 1 for c, p in pairs)


def _remaining(sentence: Sentence) -> Iterator[TextFinding]:
    for match, named in sentence.find(_REMAINING):
        part, whole, rest = named["part"], named["whole"], named["rest"]
        if part.n + rest.n == whole.n or part.n >= whole.n or OVERLAP.search(match[0]):
            continue
        if not is_close(part.n + rest.n, whole.n):
            continue
        message = f"{part.n} of {whole.n} leave {whole.n - part.n}, not the remaining {rest.n}"
        pieces = (piece(rest), piece(part, whole))
        yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


def _two_groups(sentence: Sentence) -> Iterator[TextFinding]:
    """96 children, 58 in the early group and 47 in the late group."""
    for match, named in sentence.find(_TWO_GROUPS):
        whole, a, b = named["whole"], named["a"], named["b"]
        total = a.n + b.n
        if total == whole.n or not is_close(total, whole.n) or OVERLAP.search(match[0]):
            continue
        certainty = Certainty.INCONSISTENT if total > whole.n else Certainty.UNLIKELY
        message = f"{a.n} + {b.n} is {total}, not {whole.n} (read as all of the groups)"
        yield TextFinding(NAME, certainty, message, (piece(whole, b), piece(whole), piece(a), piece(b)))


def _flow(sentence: Sentence) -> Iterator[TextFinding]:
    """Of 120 screened, 20 were excluded, leaving 100."""
    for match, named in sentence.find(_FLOW):
        whole, lost, rest = named["whole"], named["lost"], named["rest"]
        left = whole.n - lost.n
        if left == rest.n or lost.n >= whole.n or not is_close(rest.n, left) or OVERLAP.search(match[0]):
            continue
        message = f"{whole.n} without {lost.n} are {left}, not {rest.n}"
        pieces = (piece(rest), piece(whole), piece(lost))
        yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


def _arms(sentence: Sentence) -> Iterator[TextFinding]:
    """T patients were randomised to A (n = a) or B (n = b)."""
    if not _ARMS.search(sentence.signs):
        return
    sizes = [named["size"] for _, named in sentence.find(_SIZE)]
    if not 2 <= len(sizes) <= 6:
        return
    wholes = [
        quantity
        for place, quantity in zip(sentence.at, sentence.quantities, strict=True)
        if quantity.kind is Kind.COUNT
        and quantity.start < sizes[0].start
        and quantity not in sizes
        and re.match(rf" (?:[\w-]+ ){{0,4}}{PEOPLE}\b", sentence.signs[place + 1 : place + 80])
    ]
    total = sum(size.n for size in sizes)
    if len(wholes) != 1 or total == wholes[0].n or OVERLAP.search(sentence.signs.replace("either", "")):
        return
    whole = wholes[0]
    if is_close(total, whole.n) and _is_whole(total, sizes, sentence):
        sum_ = " + ".join(str(size.n) for size in sizes)
        message = f"{sum_} is {total}, not {whole.n}"
        yield TextFinding(
            NAME, Certainty.UNLIKELY, message, (piece(whole, *sizes), piece(whole), *map(piece, sizes))
        )


def _is_whole(total: int, sizes: list[Quantity], sentence: Sentence) -> bool:
    """No subset of the sizes, and no other count, accounts for the whole differently."""
    others = {quantity.n for quantity in sentence.quantities if quantity.kind is Kind.COUNT}
    return total not in others and not any(
        sum(size.n for size in some) in others
        for count in range(2, len(sizes))
        for some in combinations(sizes, count)
    )


RULE = Rule(
    NAME,
    "Do parts add up to their whole?",
    "Reads “Of the 15 …, 11 received …, 1 received … and 4 received …”, “92 patients (40 in … vs 52 in "
    "…)”, “92 patients, 40 in the … group and 52 in the … group”, men and women, “9 of the 14 …, the "
    "remaining 5”, “of 120, 20 were excluded, leaving 100”, and arms with their sizes. Parts that come "
    "close to their whole and miss it are reported: as inconsistent where the words leave no room "
    "(remaining, leaving, men and women, groups larger than their whole), otherwise as unlikely, for an "
    "overlap or an unlisted rest stays possible. Wording such as both, also, some, more than one, "
    "followed by, and acts that people can share (had, developed) silence it.",
    "Arithmetic.",
    check,
)

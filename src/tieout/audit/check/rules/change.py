"""Differences and relative changes follow from the numbers that they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tieout.audit.check.estimates import Interval
from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.phrases import CONFIDENCE, MODELLED
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Quantity
from tieout.text.signs import Sentence

NAME = "change"

_P = rf"{{p}}(?!-? ?{CONFIDENCE})"
_PAREN = r"(?: ?[(\[][^()\[\]]{0,60}[)\]])?"
_TWO_THEN_DIFFERENCE = (
    rf"(?P<a>{_P}){_PAREN}[^{{p}};.]{{1,80}}?\b(?:and|versus|vs\.?|compared (?:with"
    rf"|to))[^{{p}};.]{{0,40}}? (?P<b>{_P}){_PAREN}"
    rf"[^{{p}}{{m}}{{n}}.]{{0,60}}?\b(?:a |an )?(?:absolute |risk |mean )?difference ?(?:of|was|is|=|,|:)? ?"
    rf"(?P<d>{{p}})"
)
_FROM_TO = (
    rf"\b(?P<word>increas|decreas|declin|fall|fell|r[io]se|drop|reduc"
    rf"|improve)\w* [^{{p}}{{m}}{{n}};.]{{0,60}}?(?:by|of|was) "
    rf"(?P<d>{_P}) ?(?:[(\[,] ?)?from (?P<a>{_P}){_PAREN} to (?P<b>{_P})"
)
_REDUCED_BY = (
    r"\b(?:reduc\w*|decreas\w*|lower\w*|improve\w*|increas\w*|higher)\b[^{n}{m}{p};.()]{0,90}?\bby "
    r"(?P<d>{p}) ?[(\[]"
    r"|(?P<d2>{p}) (?:relative |proportional |significant )?(?:reduction|decrease|increase|lower|higher)"
    r" (?:in |of )?(?:the )?(?:relative )?(?:risk|hazard|odds|likelihood"
    r")[^{n}{m}{p};.()]{0,60}?[(\[]"
)
_LIKELIHOOD = (
    rf"(?:an? )?(?P<d>{_P})(?: and (?:an? )?(?P<e>{_P}))? (?:relative |proportional )?"
    r"(?:increased?|decreased?|reduction|higher|lower)(?: in)?(?: the)? (?:relative )?(?:risk|hazard|odds"
    r"|likelihood)\b"
)


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each difference or change that its parts do not give."""
    told = False
    for index, sentence in enumerate(reading.sentences):
        yield from _differences(sentence)
        for finding in _reductions(reading, index, sentence):
            told = True
            yield finding
    if not told:
        yield from _likelihoods(reading)


def _differences(sentence: Sentence) -> Iterator[TextFinding]:
    for pattern in (_TWO_THEN_DIFFERENCE, _FROM_TO):
        for match, named in sentence.find(pattern):
            a, b, d = named["a"], named["b"], named["d"]
            if (
                re.search(MODELLED, match[0])
                or "relative" in match[0]
                or "ratio" in match[0]
                or "respectively" in sentence.signs
            ):
                continue
            if d.value < 0 or (pattern is _FROM_TO and _is_relative(a.value, b.value, d)):
                continue
            got = abs(a.value - b.value)
            unit = Decimal(1).scaleb(-min(a.places, b.places, d.places))
            if abs(got - d.value) <= unit:
                continue
            message = (
                f"the difference between {a.value}% and {b.value}% is {got} percentage points, not {d.value}"
            )
            pieces = (piece(d), piece(a), piece(b))
            yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


def _is_relative(a: Decimal, b: Decimal, d: Quantity) -> bool:
    return a != 0 and abs(abs(b - a) * 100 / a - d.value) <= 2


def _reductions(reading: Reading, index: int, sentence: Sentence) -> Iterator[TextFinding]:
    """A change in percent with the ratio in the parenthesis behind it: 29% (HR 0.71)."""
    stated = []
    for match, named in sentence.find(_REDUCED_BY):
        change = named.get("d") or named["d2"]
        ratio = _ratio_after(reading, index, match, sentence)
        if ratio is not None:
            named_risk = re.search(r"\b(?:risk|hazard|odds|likelihood)\b", match[0]) is not None
            stated.append((change, ratio, named_risk))
    for change, ratio, named_risk in stated:
        if _agrees(change, ratio.estimate) or not (named_risk or _text_agrees(reading)):
            continue
        expected = abs(1 - ratio.estimate.value) * 100
        message = (
            f"a ratio of {ratio.estimate.value} is a change of {expected.normalize():f}%, not {change.value}%"
        )
        yield TextFinding(NAME, Certainty.INCONSISTENT, message, (piece(change), piece(ratio.estimate)))


def _ratio_after(reading: Reading, index: int, match: re.Match[str], sentence: Sentence) -> Interval | None:
    """The ratio that the parenthesis begins with."""
    for interval in reading.intervals:
        if interval.sentence == index and interval.is_ratio:
            place = sentence.place_of(interval.estimate)
            if match.end() <= place <= match.end() + 40 and not re.search(
                "[\ue000\ue001\ue002)]", sentence.signs[match.end() : place]
            ):
                return interval
    return None


def _agrees(change: Quantity, ratio: Quantity) -> bool:
    """1 − 0.71 is 29%; a ratio above 1 is a rise, or the other arm's fall, 1 − 1/1.41."""
    value = ratio.value
    if value <= 0:
        return True
    unit = Decimal(1).scaleb(-change.places) + Decimal(50).scaleb(-ratio.places)
    readings = [abs(1 - value) * 100, abs(1 - 1 / value) * 100]
    return any(abs(reading - change.value) <= unit for reading in readings)


def _text_agrees(reading: Reading) -> bool:
    """Whether another sentence uses the same way of speaking, with numbers that agree."""
    for index, sentence in enumerate(reading.sentences):
        for match, named in sentence.find(_REDUCED_BY):
            ratio = _ratio_after(reading, index, match, sentence)
            if ratio is not None and _agrees(named.get("d") or named["d2"], ratio.estimate):
                return True
    return False


def _likelihoods(reading: Reading) -> Iterator[TextFinding]:
    """A 20% and a 30% increase in the likelihood: where one follows from a ratio, so do both."""
    ratios = [interval.estimate for interval in reading.intervals if interval.is_ratio]
    for sentence in reading.sentences:
        for _, named in sentence.find(_LIKELIHOOD):
            changes = [named[name] for name in ("d", "e") if name in named]
            fits = [any(_agrees(change, ratio) for ratio in ratios) for change in changes]
            if len(changes) != 2 or sum(fits) != 1:
                continue
            change = changes[fits.index(False)]
            other = changes[fits.index(True)]
            listed = ", ".join(str(ratio.value) for ratio in ratios)
            message = (
                f"{change.value}% follows from no ratio of the text ({listed}), "
                f"though {other.value}% beside it does"
            )
            yield TextFinding(NAME, Certainty.INCONSISTENT, message, (piece(change), *map(piece, ratios)))


RULE = Rule(
    NAME,
    "Do differences and relative changes follow from their numbers?",
    "Reads “61.2% … and 48.9% …, a difference of 12.3%” and “by 9.1% (from 20.4% to 29.5%)”; a "
    "percentage "
    "change with its hazard, odds or risk ratio behind it (29% for a ratio of 0.71), where it speaks of "
    "risk or "
    "another place of the text uses the same form; and two coordinated changes of which only one follows "
    "from a "
    "ratio in the text. One unit of the last digit is rounding.",
    "Arithmetic.",
    check,
)

"""What is called significant has a P value below .05 or an interval on one side of no difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tieout.audit.check.estimates import Interval
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding, piece
from tieout.audit.check.reading import Reading
from tieout.text.signs import Sentence

NAME = "significance"

_USUAL = Decimal("0.05")
_CLAUSE = r"(?:(?!, with\b)[^.;:()\[\]{n}{m}{p}{r}{q}])"
_SIGNIFICANT = (
    r"\b(?P<said>(?:statistically )?significant(?:ly)?)\b"
    rf"(?P<between>{_CLAUSE}{{0,120}}?)[(\[]? ?(?P<p>{{q}})"
)
_NOT_SIGNIFICANT = (
    r"\b(?P<said>(?:no|not|without) (?:statistically )?significant(?:ly)?)\b"
    rf"(?P<between>{_CLAUSE}{{0,100}}?)[(\[]? ?(?P<p>{{q}})"
)
# Another statement, or a word that takes the significance back, between the word and the number.
_TAKEN_BACK = re.compile(
    r"\b(?:not|no|non-?|nor|neither|without|trend\w*|fail\w*|nearly|almost|borderline|marginal\w*|towards?"
    r"|approach\w*|reach\w*|lack\w*|absence|insignifican\w*|clinical\w*|except|only|although|though|whil\w+"
    r"|whereas|but|however|never|any|if|whether|set|defined|considered|level|interactions?|heterogeneity)\b"
)
_BEFORE = 60  # signs before the word in which a negation still speaks of it
_ANOTHER_LEVEL = re.compile(
    r"\b(?:bonferroni|one-(?:sided|tailed)|adjusted alpha|false discovery)\b", re.IGNORECASE
)
_LEVEL = re.compile(r"[<≤]\s?0?\.1(?:0|\d)?\b|\b90\s?%\s?(?:CI|confidence)")


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each statement of significance that the number right behind it denies."""
    usual = _ANOTHER_LEVEL.search(reading.text) is None
    loose = usual and _LEVEL.search(reading.text) is None
    for index, sentence in enumerate(reading.sentences):
        if "significant" not in sentence.signs:
            continue
        if loose:
            yield from _called(sentence)
            for interval in reading.intervals:
                if interval.sentence == index and (found := _of_interval(sentence, interval)) is not None:
                    yield found
        if usual:
            yield from _denied(sentence)


def _called(sentence: Sentence) -> Iterator[TextFinding]:
    for match, named in sentence.find(_SIGNIFICANT):
        p = named["p"]
        if _is_taken_back(sentence, match) or not (p.relation in {"=", ">", "≥"} and _USUAL < p.value < 1):
            continue
        message = f"the text says “{match['said']}”, and P {p.relation} {p.value}"
        yield TextFinding(NAME, Certainty.UNLIKELY, message, (piece(p),))


def _denied(sentence: Sentence) -> Iterator[TextFinding]:
    for match, named in sentence.find(_NOT_SIGNIFICANT):
        p = named["p"]
        if _TAKEN_BACK.search(match["between"]) or not (p.relation in {"=", "<", "≤"} and p.value < _USUAL):
            continue
        message = f"the text says “{match['said']}”, and P {p.relation} {p.value}"
        yield TextFinding(NAME, Certainty.UNLIKELY, message, (piece(p),))


def _of_interval(sentence: Sentence, interval: Interval) -> TextFinding | None:
    """A significantly higher risk (HR 1.20; 95% CI 0.90–1.60)."""
    if not interval.is_ratio or not interval.low < 1 < interval.high or interval.level != 95:
        return None
    place = sentence.place_of(interval.estimate)
    start = max(sentence.signs.rfind(mark, 0, place) for mark in ";\ue000\ue001\ue002\ue003\ue004")
    said = re.search(
        r"\b(?:statistically )?significant(?:ly)?\b[^.;:()\[\]]{0,120}[(\[][^()\[\]]{0,60}$",
        sentence.signs[start + 1 : place],
    )
    if said is None or _TAKEN_BACK.search(sentence.signs[max(0, start + 1 - _BEFORE) : place]):
        return None
    message = f"the text says “significant”, and the interval, {interval.low} to {interval.high}, holds 1"
    whole = Piece(interval.estimate.start, max(interval.end, interval.estimate.end))
    return TextFinding(NAME, Certainty.UNLIKELY, message, (whole,))


def _is_taken_back(sentence: Sentence, match: re.Match[str]) -> bool:
    before = sentence.signs[max(0, match.start() - _BEFORE) : match.start()]
    return _TAKEN_BACK.search(before) is not None or _TAKEN_BACK.search(match["between"]) is not None


RULE = Rule(
    NAME,
    "Do the words significant and not significant go with the P value or interval right behind them?",
    "Reads “significantly longer in arm A (P = 0.23)”, “no significant difference (P = 0.01)” and “a "
    "significantly higher risk (HR 1.2; 95% CI 0.9–1.6)”. The number must be the next one, in the same "
    "clause, and the level .05: a text that names Bonferroni, a one-sided test or P < .1 is left alone, and "
    "so is a word such as trend, borderline, but, only or although on the way. As a study may have declared "
    "another level, the finding is “unlikely”.",
    "The usual level of .05; the wording after Altman and Bland (1995), Absence of evidence is not evidence "
    "of absence, BMJ 311:485.",
    check,
)

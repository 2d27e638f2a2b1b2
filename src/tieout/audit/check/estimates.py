"""Reading estimates with the intervals and P values that stand behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.audit.check.phrases import CONFIDENCE
from tieout.text.quantities import MIXED, Kind, Quantity, same_unit
from tieout.text.signs import Sentence

_RATIO = (
    r"(?:\b(?:[as]?hrs?|[a]?ors?|[a]?rrs?|irr|shr|ahr|aor|arr|sdhr|hazards? ratios?|odds ratios?"
    r"|relative risks?"
    r"|risk ratios?|rate ratios?|incidence rate ratios?|relative rates?|relative hazards?"
    r"|prevalence ratios?)\b)"
)
_RATIO_VALUE = rf"{_RATIO}[^{{n}}{{m}}{{p}}{{r}};]{{0,90}}$"
_LEVEL = r"(?:(?P<level>{p})[- ]?)?"
_JOIN = r"[ ,:;=(\[]{0,4}(?:of |from |was |were |ranging from |is )?"
_BETWEEN = (
    r" ?(?:years?|yrs?|months?|mos?|weeks?|days?|hours?|h|%|points?)?[ ,;:(\[–—-]{0,4}(?:{q}[,;] ?)?"
    r"(?:with )?(?:an? |the )?"
)
_WITH_CI = (
    rf"(?P<estimate>{{nmp}})(?!-? ?{CONFIDENCE}){_BETWEEN}{_LEVEL}{CONFIDENCE}"
    rf"(?: ?[(\[][^)\]]{{1,12}}[)\]])?(?: ?(?P<behind>{{px}}))?{_JOIN}"
    r"(?:(?P<range>{r})|(?P<low>{nmp}) ?(?:,|;|and|&|/) ?(?P<high>{nmp}))"
)
_BARE = r"(?P<estimate>{mp}) ?[(\[](?P<range>{r})[)\],;]"
_LISTED_BEFORE = re.compile(
    r"(?:[\ue000\ue001\ue002][^\ue000-\ue005;()\[\]]{0,25}(?:,| and| vs\.?| versus| or| to| compared "
    r"(?:with|to)|/)"
    r"[^\ue000-\ue005;()\[\]]{0,25})$"
)
_LIMIT = re.compile(r"(?:[<>≤≥]|\b(?:than|over|under|above|below|aged?|after|within|every))\s?$")
_CHANGE = re.compile(
    r"\b(?:differences?|changes?|increas\w*|decreas\w*|reduc\w*|improve\w*|gain)\b[^.;()]{0,60}$"
)
_TIME = re.compile(r"(?:years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?|hrs?|h|minutes?|min)$")


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval; `level` is the confidence in percent, `p` the P value beside it."""

    estimate: Quantity
    low: Decimal
    high: Decimal
    low_places: int
    high_places: int
    start: int
    end: int
    sentence: int
    level: Decimal = Decimal(95)
    is_ratio: bool = False
    p: Quantity | None = None
    unit: str = ""


def read_intervals(sentences: Sequence[Sentence]) -> list[Interval]:
    """Return the confidence intervals that stand right behind their estimate, in the order of the text."""
    made: list[Interval] = []
    for index, sentence in enumerate(sentences):
        found = list(_with_ci(sentence, index))
        taken = {interval.estimate.start for interval in found}
        found += [i for i in _bare(sentence, index) if i.estimate.start not in taken]
        made += sorted(found, key=lambda interval: interval.estimate.start)
    return made


def _with_ci(sentence: Sentence, index: int) -> Iterator[Interval]:
    for match, named in sentence.find(_WITH_CI):
        place = match.start("estimate")
        before = sentence.signs[max(0, place - 12) : place]
        if _is_one_of_several(sentence, place, match.end()) or _LIMIT.search(before):
            continue
        if before.endswith(" at ") and _TIME.match(named["estimate"].unit):
            continue  # "odds of 0.60 at 24 hours (95% CI …)": the hours are when, not how much
        interval = _interval(sentence, match, named, index)
        if interval is not None and _same_scale(interval):
            yield interval


def _bare(sentence: Sentence, index: int) -> Iterator[Interval]:
    """HR 0.93 (0.77–1.14): the bracket of a ratio is its interval, or of a percentage after a CI."""
    told = re.search(CONFIDENCE, sentence.signs)
    for match, named in sentence.find(_BARE):
        place = match.start("estimate")
        if _is_ratio(sentence, place) or (
            told is not None and told.start() < place and _same_brackets(sentence, match)
        ):
            interval = _interval(sentence, match, named, index)
            if interval is not None and _same_scale(interval):
                yield interval


def _same_brackets(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether this is a percentage in the same kind of bracket as the first interval of the sentence."""
    told = re.search(rf"[(\[][^()\[\]]{{0,20}}{CONFIDENCE}", sentence.signs)
    is_percent = sentence.quantity(match.start("estimate")).kind is Kind.PERCENT
    return is_percent and told is not None and told[0][0] in match[0]


def _interval(
    sentence: Sentence, match: re.Match[str], named: dict[str, Quantity], index: int
) -> Interval | None:
    estimate, level = named["estimate"], named.get("level")
    if level is not None and not 50 <= level.value < 100:
        return None
    whole = named.get("range")
    if whole is not None:
        assert whole.high is not None
        bounds = (whole.value, whole.high, whole.places, whole.high_places)
        start, end, unit = whole.start, whole.end, whole.unit
    else:
        low, high = named["low"], named["high"]
        bounds = (low.value, high.value, low.places, high.places)
        start, end, unit = low.start, high.end, "%" if high.kind is Kind.PERCENT else ""
    return Interval(
        estimate,
        *bounds,
        start,
        end,
        index,
        Decimal(95) if level is None else level.value,
        _is_ratio(sentence, match.start("estimate")),
        _p_beside(sentence, match),
        unit,
    )


def _p_beside(sentence: Sentence, match: re.Match[str]) -> Quantity | None:
    """The P value inside the match, or right behind it."""
    place = next((at for at in sentence.at if match.start() < at < match.end() and _is_p(sentence, at)), None)
    if place is None:
        after = re.compile("[)\\]%, ;]{0,4}\ue004").match(sentence.signs, match.end())
        place = after.end() - 1 if after else None
    return None if place is None else sentence.quantity(place)


def _is_p(sentence: Sentence, at: int) -> bool:
    return sentence.quantity(at).kind is Kind.P_VALUE


def _is_ratio(sentence: Sentence, place: int) -> bool:
    return sentence.has_before(_RATIO_VALUE, place)


def _is_one_of_several(sentence: Sentence, place: int, end: int) -> bool:
    """3.1 and 4.2 years (95% CI …): whose interval it is cannot be told."""
    before = sentence.signs[max(0, place - 60) : place]
    after = sentence.signs[end : end + 30]
    several = _LISTED_BEFORE.search(before) is not None and not _CHANGE.search(before)
    return (
        several
        or re.match(r"[)%]?,? ?(?:and|;|,|vs\.?|versus) ?(?:\ue001 ci[ ,:=]*)?\ue003", after) is not None
    )


def _same_scale(interval: Interval) -> bool:
    """A count is no percentage, a share of 0.4 is 40%, and a fall of 3 has an interval below zero."""
    estimate = interval.estimate
    if interval.unit == MIXED or interval.low <= -estimate.value <= interval.high:
        return False
    if (
        not interval.is_ratio
        and interval.low > 0
        and not interval.low / 8 < abs(estimate.value) < interval.high * 8
    ):
        return False  # "older than 65 years (95% CI 1.2–3.4)": the interval is of something else
    if estimate.kind is Kind.COUNT and interval.unit == "%":
        return False
    if (estimate.kind is Kind.PERCENT) != (interval.unit == "%"):
        return not (interval.high <= 1 < estimate.value) and not (
            estimate.kind is not Kind.PERCENT and estimate.value <= 1
        )
    return same_unit(estimate, interval)

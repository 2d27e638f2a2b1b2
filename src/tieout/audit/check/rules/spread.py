"""Medians and means lie inside their ranges; a standard deviation has room in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tieout.audit.arithmetic import largest_sd
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding
from tieout.audit.check.phrases import PEOPLE
from tieout.audit.check.reading import Reading
from tieout.text.quantities import MIXED, Quantity, same_unit

NAME = "spread"

_UNIT = r"(?: ?(?:years?|yrs?|months?|mos?|weeks?|days?|hours?|hrs?|h|minutes?|min|%|points?|[a-zµ/²]{1,6}))?"
_RANGED = (
    rf"(?P<centre>{{nm}}){_UNIT} ?[(\[,;]+ ?(?:with )?(?:an? |the )?(?:overall |full |age )?"
    r"(?P<kind>range[sd]?|iqr|inter-?quartile range|interquartile interval|quartiles|min[-–/]max"
    r"|q1[-–,]? ?q3|25th[-– ]75th percentiles?)"
    r"(?: ?[(\[]iqr[)\]])?[ ,:=(\[]{0,3}(?:of |from |was |were )?(?P<range>{r})"
)
_LISTED = re.compile(
    r"[\ue000\ue002][^\ue000-\ue005;.()]{0,30}(?:,| and| vs\.?| versus| or|/)[^\ue000-\ue005;.()]{0,30}$"
)
_CLAUSE = 120
# A range without a centre's name may be of the normal values; a number behind a mean may be its SD.
_CENTRED = re.compile(r"\b(?:medians?|means?|average\w*|mdn)\b")
_IS_SPREAD = re.compile(r"(?:[\ue000-\ue002][^\ue000-\ue005()\[\]]{0,12}[(\[]|[+±] ?)$")
_PEOPLE = re.compile(rf"\ue000 (?:[\w-]+ )?{PEOPLE}\b")
_SEVERAL = re.compile(r"^[^.;]{0,8}(?:and|,|vs\.?|versus) ?\ue003")


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each centre outside of its range, and each spread too large for it."""
    for sentence in reading.sentences:
        for match, named in sentence.find(_RANGED):
            place = match.start("centre")
            before = sentence.signs[max(0, place - _CLAUSE) : place]
            if not _CENTRED.search(before) or _IS_SPREAD.search(before) or _LISTED.search(before):
                continue
            if _SEVERAL.match(sentence.signs[match.end() : match.end() + 20]) or _PEOPLE.match(match[0]):
                continue
            finding = _finding(before, match["kind"], named["centre"], named["range"])
            if finding is not None:
                yield finding


def _finding(before: str, kind: str, centre: Quantity, around: Quantity) -> TextFinding | None:
    low, high = around.value, around.high
    assert high is not None
    if around.unit == MIXED or not same_unit(centre, around):
        return None  # 2 years (range, 3–60 months)
    full = kind.startswith(("range", "min"))
    pieces = (Piece(centre.start, around.end),)
    name = "range" if full else "quartiles"
    if low > high:
        message = (
            f"the {name} run from {low} down to {high}"
            if not full
            else f"the range runs from {low} down to {high}"
        )
        return TextFinding(NAME, Certainty.IMPOSSIBLE, message, pieces)
    is_mean = re.search(r"\b(?:mean|average)\b[^;.]*$", before) is not None
    if not full and (is_mean or "median" not in before):
        return None  # a mean may well lie outside of the quartiles
    slack = Decimal(1).scaleb(-min(centre.places, around.places, around.high_places))
    if not low <= centre.value <= high:
        outside = low - centre.value if centre.value < low else centre.value - high
        certainty = (
            Certainty.ROUNDING
            if outside < slack or (outside == slack and slack < 1)
            else Certainty.IMPOSSIBLE
        )
        message = f"{centre.value} lies outside of its own {name}, {low} to {high}"
        return TextFinding(NAME, certainty, message, pieces)
    if full and centre.spread is not None and is_mean:
        return _spread(centre, low, high, pieces)
    return None


def _spread(centre: Quantity, low: Decimal, high: Decimal, pieces: tuple[Piece, ...]) -> TextFinding | None:
    assert centre.spread is not None
    most = largest_sd(float(centre.value), float(low), float(high), 2)
    if float(centre.spread) <= most * 1.02:
        return None
    message = (
        f"no values between {low} and {high} with mean {centre.value} have a standard deviation of "
        f"{centre.spread}: at most {most:.3g}"
    )
    return TextFinding(NAME, Certainty.IMPOSSIBLE, message, pieces)


RULE = Rule(
    NAME,
    "Do medians and means lie in their ranges?",
    "Reads “median 14 days (range, 2–11 days)” and “a median of 6.1 (IQR, 4–8)”. A median or mean lies in "
    "the range of the data, a median between the quartiles; bounds stand in order. A mean ± SD must be "
    "possible for the range: no SD exceeds √((high − mean)(mean − low)), times √2 for a sample of two. "
    "Units that differ are left alone, and so are ranges of normal values, before which no median or mean "
    "stands.",
    "Bhatia and Davis (2000), A better bound on the variance, Am Math Mon 107:353; the SD test after "
    "Heathers et al., SPRITE (2018).",
    check,
)

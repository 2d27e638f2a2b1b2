"""A test statistic, its degrees of freedom and its P value say the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import sqrt

from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding, number
from tieout.audit.check.reading import Reading
from tieout.audit.distributions import chi_square_tail, f_tail, normal_two_sided, t_two_sided
from tieout.text.numerals import DIGIT_NUMBER, numerals

NAME = "test-statistic"

_N = DIGIT_NUMBER
_DF = rf"[,;\s]{{0,6}}(?:d\.?\s?f\.?|degrees? of freedom)\s?[=:]?\s?(?P<df_after>{_N})"
_P = (
    r"[\s,;:)\]]{0,4}(?:two-(?:sided|tailed)\s)?[pP]\s?(?:-?\s?values?\s?)?"
    rf"(?P<relation>[=<>≤≥]|less than|of)\s?(?P<p>{_N})"
)
_SIZE = rf"(?:\s?[,;]\s?[nN]\s?=\s?{_N})?"
_STATISTIC = re.compile(
    r"(?<![\w-])(?P<name>chi[\s-]?squared?(?:\stest)?|chi[\s-]?2|chi|χ2|χ²|x2|x²|χ|[tFzZr](?![a-zA-Z]))"
    rf"\s?(?:[(\[](?:d\.?f\.?\s?=\s?)?(?P<df1>{_N})(?:\s?[,;]\s?(?P<df2>{_N}))?{_SIZE}[)\]])?"
    rf"\s?[=:]\s?(?P<sign>[-−–]?)(?P<value>{_N})(?:{_DF})?{_P}",
)
_CAPITAL = re.compile(r"Chi|CHI")


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each P value that its statistic does not give."""
    text = _CAPITAL.sub("chi", reading.text)
    for match in _STATISTIC.finditer(text):
        parts = {name: _number(match[name]) for name in ("value", "df1", "df2", "df_after", "p")}
        tail = _tail(match["name"], parts["df1"] or parts["df_after"], parts["df2"])
        if tail is None or parts["value"] is None or parts["p"] is None:
            continue
        finding = _compare(match, tail, text)
        if finding is not None:
            yield finding


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    read = numerals(text)
    return float(read[0].value) if len(read) == 1 and read[0].value is not None else None


def _tail(name: str, df1: float | None, df2: float | None) -> Callable[[float], float] | None:
    """Return the two-sided P as a function of the statistic; None where its freedom is not told."""
    if name in {"z", "Z"}:
        return normal_two_sided
    if df1 is None or not 0 < df1 < 1e6:
        return None
    if name == "t":
        return lambda value: t_two_sided(value, df1)
    if name == "r":
        return lambda value: (
            t_two_sided(value * sqrt(df1 / (1 - value * value)), df1) if abs(value) < 1 else 0.0
        )
    if name == "F":
        return None if df2 is None or not 0 < df2 < 1e7 else lambda value: f_tail(value, df1, df2)
    return lambda value: chi_square_tail(value, df1)


def _compare(match: re.Match[str], tail: Callable[[float], float], text: str) -> TextFinding | None:
    statistic, stated = numerals(match["value"])[0], numerals(match["p"])[0]
    assert statistic.value is not None
    assert stated.value is not None
    half, half_p = 0.5 * 10.0**-statistic.places, 0.5 * 10.0**-stated.places
    value, p = float(statistic.value), float(stated.value)
    if p > 1:
        return None
    most, least = tail(max(0.0, value - half)), tail(value + half)
    two_tailed = {"chi", "χ", "x"} & {match["name"][:3], match["name"][:1]} or match["name"] == "F"
    least_fair = least if two_tailed else least / 2  # t, z and r may be tested on one side
    relation = match["relation"]
    if relation in "<≤" or relation == "less than":
        wrong = least_fair >= p and not _close(least_fair, p)
    elif relation in ">≥":
        wrong = most <= p and not _close(most, p)
    else:
        unit_p = 2 * half_p  # one unit of the last digit is rounding
        wrong = not (least_fair - half_p - unit_p <= p <= most + half_p + unit_p)
        wrong = wrong and not (p == 0 and least_fair < half_p)
    if not wrong:
        return None
    shown = " ".join(text[match.start() : match.start("p")].split()).rstrip("<>=≤≥ ")
    implied = number(float(f"{tail(value):.2g}"))
    message = f"{shown.rstrip(' ,;:Pp')} gives P = {implied}, not P {relation} {match['p']}"
    return TextFinding(NAME, Certainty.INCONSISTENT, message, (Piece(match.start(), match.end()),))


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 0.05 * other


RULE = Rule(
    NAME,
    "Do a test statistic, its degrees of freedom and its P value agree?",
    "Reads t(df), F(df1, df2), χ²(df) or “chi 2 = 5.9, d.f. = 1”, z and r(df), with the P value behind "
    "it, and "
    "computes P from the statistic, allowing for the rounding of both and, for t, z and r, for one-sided "
    "tests. "
    "A statistic without its degrees of freedom is left alone.",
    "statcheck (Nuijten et al. 2016, Behav Res Methods 48:1205).",
    check,
)

"""What the numbers of a text are: counts, percentages, measures, ranges, P values, or mere names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Protocol

from tieout.text.numerals import DIGIT_NUMBER, Numeral, numerals
from tieout.text.people import PEOPLE

MIXED = "mixed"


class Kind(Enum):
    """What a number in a text says."""

    COUNT = "count"  # a whole number of people or things
    PERCENT = "percent"
    MEASURE = "measure"  # any other quantity: with decimals, with a unit, with a spread
    RANGE = "range"  # two numbers, from the one to the other
    P_VALUE = "P value"
    NAME = "name"  # part of a name: grade 3, PSA-50, 2019, 5-year


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its place and meaning; a range has `high`, a measure may have a `spread` after ±.

    `places` are the printed decimals; `relation` is what stands before a P value ("=", "<", ">").
    """

    kind: Kind
    start: int
    end: int
    value: Decimal
    places: int = 0
    high: Decimal | None = None
    high_places: int = 0
    spread: Decimal | None = None
    unit: str = ""
    relation: str = "="
    spelled: bool = False

    @property
    def n(self) -> int:
        """The value as a whole number."""
        return int(self.value)


UNIT = (
    r"(?:m|µ|μ|k|c|n|p|d)?(?:g|l|m|gy|mol|sv|hz|bq|ci|v|w|ev|iu|kat)(?:[²³]|\b)|mcg|ug|cc|%|°|years?\b"
    r"|yrs?\b|y\b"
    r"|months?\b|mos?\b|weeks?\b|wks?\b|days?\b|hours?\b|hrs?\b|h\b|min\b|minutes?\b|seconds?\b|sec\b|s\b"
    r"|ms\b"
    r"|points?\b|units?\b|iu\b|u\b|mm ?hg|kcal|cal\b|kda\b|bp\b|kb\b|mb\b|fold\b|times\b|degrees?\b"
    r"|fractions\b"
    r"|gray\b|gye\b|rads?\b|tesla\b|t\b|mev\b|kev\b|mhz\b|dollars?\b|euros?\b|eur\b|usd\b|mets?\b"
    r"|pack-?years?"
    r"|person-?years?|patient-?years?|dioptres?|diopters?|db\b|logs?\b|sds?\b|standard deviations?"
    r"|meters?\b|metres?\b"
    r"|grams?\b|litres?\b|liters?\b|inches|beats|bpm\b|breaths|per \d|x ?10|× ?10"
)
_UNIT = re.compile(rf"\s?(?P<unit>{UNIT})", re.IGNORECASE)
_NAMED_BEFORE = re.compile(
    r"(?:(?<!\d\s)\b(?:days?|weeks?|wk|months?|years?|yr)"
    r"|\b(?:grades?|gr\.?|stages?|phases?|types?|groups?|arms?|tables?|tab\.?|figures?|figs?\.?|parts?"
    r"|cycles?|levels?"
    r"|class(?:es)?|items?|forms?|versions?|refs?\.?|chapters?|steps?|scores?(?: of)?|gleason|ecog|nyha"
    r"|isup|who|ps"
    r"|aged?(?: of)?|ages|no\.|number|nr\.?|auc|case|patient|cohorts?|quartiles?|quintiles?|tertiles?"
    r"|questions?|q"
    r"|panel|appendix|section|protocol|visit|course|model|lot|exons?|codon|chromosomes?|hpv|interleukin"
    r"|factor"
    r"|serotype|genotype|schedule|dose level|line|p|times?|every|each|per|category|and over|up to|at least"
    r"|at most"
    r"|fewer than|than(?: or equal to)?|x|(?:half|quarter|third) of)"
    r"|[<>≤≥⩽⩾≦≧=~≈×+*$€£#^±@]|m[-−–])\s?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    r"\s(?:or|and) (?:more|fewer|less|greater|higher|over|above|older|younger)\b", re.IGNORECASE
)
_SCALE_BEFORE = re.compile(
    r"\b(?:grades?|stages?|ecog|ps|gleason|nyha|isup|scores?|performance status|class"
    r"|who)\b[^.;]{0,45}\b\d{1,2} ?[(\[]$",
    re.IGNORECASE,
)
_NEXT_OF_SCALE = re.compile(r"[)\]][,;/]?\s?(?:and|or)?\s?")
_N_EQUALS = re.compile(r"\bn\s?[=:]\s?$", re.IGNORECASE)
_CENTRE = re.compile(r"\b(?:median|mean|average)s?\b[^.,;()]{0,80}$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DASH = re.compile(r"\s?(?:--|[-–—‒−‑~∼])\s?[-−]?$")  # "2--15" is typed for 2–15
_PLUS_MINUS = re.compile(rf"\s?(?:{UNIT})?\s?(?:±|\+\s?/\s?[-−–]|\+-)\s?", re.IGNORECASE)
_FAR_SPREAD = 14  # characters between 41.2 and 6.3 in "41.2 years ± 6.3"
_TO = re.compile(r"\sto\s[-−–]?$", re.IGNORECASE)
_PERCENT = re.compile(r"\s?(?:%|％|per\s?-?\s?cents?\b)", re.IGNORECASE)
_P_VALUE = re.compile(
    r"(?<![\w-])p(?:\s?-?\s?values?|\s?for\s(?:\w+\s){0,2}\w+|\s?\(?trend\)?|\s?(?:log-?\s?rank))?\s?"
    r"(?P<relation>[=<>≤≥⩽⩾]|(?:is |was |of )?(?:less|greater|more) than(?: or equal to)?|of|was|:)\s?"
    rf"(?P<number>{DIGIT_NUMBER})",
    re.IGNORECASE,
)
_RELATIONS = {
    "=": "=",
    "<": "<",
    "≤": "<",
    "⩽": "<",
    ">": ">",
    "≥": ">",
    "⩾": ">",
    "of": "=",
    "was": "=",
    ":": "=",
}

_OF_A_GROUP = re.compile(  # 40 in group 1 and 19 in group 2; margins R1, 51 of 60
    r"\s(?:were\s)?in\s(?:the\s)?(?:group|arm|cohort)\b|\s?/\s?\d|\s(?:out\s)?of\s(?:the\s)?\d", re.IGNORECASE
)
_PEOPLE_AFTER = re.compile(rf"\s?(?:\w[\w-]*\s){{0,2}}(?:{PEOPLE})\b", re.IGNORECASE)


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of a text in order; numbers that can be read two ways are left out.

    >>> [(q.kind.value, str(q.value)) for q in quantities("7 of 35 (20%), 72 years (range 52–87), P<.05, grade 3")]
    [('count', '7'), ('count', '35'), ('percent', '20'), ('measure', '72'), ('range', '52'), ('P value', '0.05'), ('name', '3')]
    """  # noqa: E501  (a doctest's output is one line)
    found = numerals(text)
    p_values = {match.start("number"): match for match in _P_VALUE.finditer(text)}
    made: list[Quantity] = []
    index = 0
    while index < len(found):
        number = found[index]
        index += 1
        if number.value is None:
            continue
        if (match := p_values.get(number.start)) is not None:
            made.append(_p_value(number, match))
            continue
        following = found[index] if index < len(found) else None
        if following is not None and _is_range(text, number, following):
            made.append(_range(text, number, following))
            index += 1
            continue
        one = _single(text, number)
        if one.kind is Kind.COUNT and made and _shares_name(text, made[-1], one):
            one = replace(one, kind=Kind.NAME)
        if following is not None and (spread := _spread(text, number, following)) is not None:
            one = replace(one, kind=Kind.MEASURE, spread=spread, end=following.end)
            index += 1
        made.append(one)
    return made


class _Measured(Protocol):
    @property
    def unit(self) -> str: ...


def same_unit(one: _Measured, other: _Measured) -> bool:
    """Return whether two units can be one, as "years" and "y" are, or one of them was not printed."""
    return one.unit.startswith(other.unit[:2]) or other.unit.startswith(one.unit[:2])


def _p_value(number: Numeral, match: re.Match[str]) -> Quantity:
    assert number.value is not None
    words = match["relation"].lower()
    relation = _RELATIONS.get(words) or ("<" if "less" in words else ">")
    return Quantity(Kind.P_VALUE, match.start(), number.end, number.value, number.places, relation=relation)


def _is_range(text: str, low: Numeral, high: Numeral) -> bool:
    if high.value is None or high.start - low.end > 20 or low.spelled != high.spelled or _is_name(text, low):
        return False
    between = text[low.end : high.start]
    between = _PERCENT.sub("", between, count=1) if "%" in between or "cent" in between else between
    unit = _UNIT.match(between)
    rest = between[unit.end() :] if unit else between
    if _DASH.fullmatch(rest):
        return True
    before = text[max(0, low.start - 8) : low.start].lower()
    return bool(_TO.fullmatch(rest)) and not before.rstrip("-−– (").endswith("from")


def _range(text: str, low: Numeral, high: Numeral) -> Quantity:
    assert low.value is not None
    assert high.value is not None
    negative = re.search(r"(?:^|[\s(\[:=,;])[-−–]\s?$", text[max(0, low.start - 3) : low.start]) is not None
    between = text[low.end : high.start]
    dashes = re.findall(r"--|[-–—‒−‑~∼]", between)
    top_negative = (
        len(dashes) > 1
        or (dashes == ["--"] and negative)  # -5--2; but 2--15 is 2–15
        or (bool(dashes) and re.search(r"\bto\b", between) is not None)
    )
    percent = _PERCENT.match(text, high.end)
    unit = _unit_of_range(text, low, high)
    return Quantity(
        Kind.RANGE,
        low.start - 1 if negative and text[low.start - 1] in "-−–" else low.start,
        percent.end() if percent else high.end,
        -low.value if negative else low.value,
        low.places,
        -high.value if top_negative else high.value,
        high.places,
        unit=unit,
    )


def _unit_of_range(text: str, low: Numeral, high: Numeral) -> str:
    """Return the unit of a range; "mixed" where its bounds have different ones (3 months–10 years)."""
    if _PERCENT.match(text, high.end) or _PERCENT.match(text, low.end):
        return "%"
    first, last = _UNIT.match(text, low.end, high.start), _UNIT.match(text, high.end)
    units = [match["unit"].lower() for match in (first, last) if match]
    if len(units) == 2 and units[0][:2] != units[1][:2]:
        return MIXED
    return units[-1] if units else ""


def _spread(text: str, number: Numeral, following: Numeral) -> Decimal | None:
    between = text[number.end : following.start]
    if len(between) <= _FAR_SPREAD and _PLUS_MINUS.fullmatch(between):
        return following.value
    return None


def _single(text: str, number: Numeral) -> Quantity:
    assert number.value is not None
    made = Quantity(
        Kind.MEASURE, number.start, number.end, number.value, number.places, spelled=number.spelled
    )
    negative = (
        re.search(r"(?:^|[\s(\[:=,;])[-−–]$", text[max(0, number.start - 2) : number.start]) is not None
    )
    if negative:
        made = replace(made, value=-made.value, start=made.start - 1)
    if percent := _PERCENT.match(text, number.end):
        return replace(made, kind=Kind.PERCENT, end=percent.end())
    if _is_name(text, number):
        return replace(made, kind=Kind.NAME)
    unit = _UNIT.match(text, number.end)
    if number.places or negative:
        return replace(made, unit=unit["unit"].lower() if unit else "")
    before = text[max(0, number.start - 90) : number.start]
    if unit and not (
        number.spelled and unit["unit"].lower() in {"m", "g", "l", "w", "v", "s", "t", "u", "h", "y"}
    ):
        return replace(made, unit=unit["unit"].lower())
    counted = _N_EQUALS.search(before) is not None
    if _OR_MORE.match(text, number.end):
        return replace(made, kind=Kind.NAME)
    people = _PEOPLE_AFTER.match(text, number.end) is not None
    if counted or people:
        return replace(made, kind=Kind.COUNT)
    if _NAMED_BEFORE.search(before) or _is_year(text, number, before):
        return replace(made, kind=Kind.NAME)
    if _CENTRE.search(before):
        return made
    return replace(made, kind=Kind.COUNT)


def _shares_name(text: str, before: Quantity, one: Quantity) -> bool:
    """Grade 3 or 4; ECOG 0 (40%), 1 (60%): what is coordinated with a name is one too."""
    if before.kind is Kind.PERCENT:
        named = _SCALE_BEFORE.search(text[max(0, before.start - 60) : before.start])
        between = text[before.end : one.start]
        return named is not None and one.n <= 10 and _NEXT_OF_SCALE.fullmatch(between) is not None
    if before.kind is not Kind.NAME or one.start - before.end > 8:
        return False
    joined = re.fullmatch(r"\s?(?:(,\s?)?(?:or|and|to|&|/|,)\s?)", text[before.end : one.start])
    if joined is None or _PEOPLE_AFTER.match(text, one.end) or _OF_A_GROUP.match(text, one.end):
        return False
    followed = re.match(r"\s?[(\[]\s?\d", text[one.end : one.end + 4]) is not None
    return one.n <= 5 or not followed


def _is_name(text: str, number: Numeral) -> bool:
    """PSA-50, 125I, 5-year, 2:1, 12/05/2003: numbers that are glued to something else."""
    before, after = text[max(0, number.start - 2) : number.start], text[number.end : number.end + 2]
    if before[-1:].isalpha() and not number.spelled:
        return True
    if before[-1:] == "." and before[:1].isalpha() and len(before) == 2 and not number.spelled:
        return True  # genotype GII.4; a digit mistyped, O.85
    if before[-1:] in "-‐‑_" and before[:1].isalpha() and len(before) == 2:
        return True
    if after[:1].isalpha() and not number.spelled:
        return True
    if after[:1] in "-‐‑" and after[1:2].isalpha():
        return True
    if (
        before[-1:] == "("
        and after[:1] == ")"
        and (before[:1].isalpha() or (number.value is not None and number.value < 10))
    ):
        return True  # an enumeration, (1) and (2), or a raised digit that lost its height, m(2)
    if (before[-1:] == ":" and before[:1].isdigit()) or (after[:1] == ":" and after[1:2].isdigit()):
        return True
    return _is_date(text, number)


def _is_date(text: str, number: Numeral) -> bool:
    around = text[max(0, number.start - 6) : number.end + 6]
    return "/" in around and re.search(r"\d{1,4}/\d{1,2}/\d{1,4}", around) is not None


def _is_year(text: str, number: Numeral, before: str) -> bool:
    if not _YEAR.fullmatch(text[number.start : number.end]):
        return False
    return not re.search(r"\b(?:of|the|total|all|enrolled|included)\s$", before[-12:], re.IGNORECASE)

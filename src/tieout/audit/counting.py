"""Where a text says how many: numerals in any script, and words that count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tieout.text.numerals import FINE_BLANKS, SCALES, WORD_NUMBER
from tieout.text.people import PEOPLE

# Digits, fractions and circled or Roman numerals; a sign or a point before the first digit belongs to it.
_DIGITS = re.compile(
    rf"(?:(?<![\w)\]])[-\u2212+](?=[\d.]))?(?:(?<![\d\w])[.·])?\d+(?:[.,·∙⋅'\u00a0{FINE_BLANKS}]\d+)*"
    r"|[¼-¾²³¹⅐-↉①-⓿⁰⁴-⁹₀-₉Ⅰ-ⅿ❶-➓]+"
)
_THINGS = (
    rf"(?:{PEOPLE}|pts?\.?|deaths?|events?|episodes?|cycles?|doses?|lines?|centers?|centres?|sites?|hospitals?"
    r"|institutions?|responses?|responders?|progressions?|transfusions?|years?|months?|weeks?|days?|times?|grades?)"
)
_ONE = re.compile(
    rf"\ba\s+single(?=\s+(?:{PEOPLE})\b)"
    rf"|\bone(?=\s+(?:\w+[\s-]+)?{_THINGS}\b|\s+of\s+(?:them|whom|which)\b"
    rf"|\s+of\s+(?:the|these|those|our)\s+(?:\S+\s+){{0,2}}{_THINGS}\b|\s*\()",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:one|two|three|four|a)[\s\u00a0-]+(?:third|quarter|fifth|sixth|tenth|half)s?\b(?=\s+of\b|[\s-]*[.,;:)(]|\s*$"
    r"|\s+(?:had|were|was|received|died|responded|progressed|did|could)\b)"
    r"|\b(?:one|two|three|four)[\s-](?:thirds?|quarters|fifths|tenths|half)\b"
    r"|(?<!first\s)(?<!second\s)(?<!latter\s)\b(?:half|halves|halved)\b(?![-\u2011]|\s*life\b)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?<!\bwith\s)\bnone\b(?!\s+(?:declared|to\s+declare|to\s+disclose|disclosed|reported\s+by\s+the\s+authors))"
    r"|\b(?:twice|thrice)\b(?!\s*-?\s*(?:daily|weekly|monthly|yearly|per|an?\b|each|every))"
    r"|\b(?:doubled|tripled|trebled|quadrupled|dozens?|couple\s+of)\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten)[-\s]?fold\b",
    re.IGNORECASE,
)
# No counts: ordinals and grades of a plan (third-line, two-sided, time zero), and the pronoun.
_NO_COUNT = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|zero)[-\u2010\u2011]"
    r"(?:sided|tailed|way|arm|armed|stage|step|line|dimensional|component|sample|point|level|tier|center|centre"
    r"|phase|part|by)\b"
    r"|\b(?:include|includes|included|cross|crosses|crossed|above|below|reach|reaches|at)\s+one\s+half\b"
    r"|\bhalf\s+(?:up|to\s+even|away\s+from\s+zero)\b|\btime\s+zero\b|\bone\s+another\b|\bno\s+one\b|\bone\s+can\b|\bone\s+may\b",
    re.IGNORECASE,
)
_WORDS = re.compile(rf"{WORD_NUMBER}|\b(?:{'|'.join(SCALES)}|billion)s?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A numeral or a counting word at its place in a text."""

    start: int
    end: int
    text: str


def counted(text: str) -> list[Counted]:
    """Return every numeral and every word that counts, in order; ordinals and plans count nothing.

    >>> [one.text for one in counted("Of 35, fifteen began third-line therapy; none died; two-sided P = .03")]
    ['35', 'fifteen', 'none', '.03']
    """
    taken = [match.span() for match in _NO_COUNT.finditer(text)]
    made: list[Counted] = []
    for start, end in _candidates(text):
        if not any(start < after and before < end for before, after in taken):
            made.append(Counted(start, end, text[start:end]))
            taken.append((start, end))
    return sorted(made, key=lambda one: one.start)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_FRACTION, _OTHER, _ONE):
        yield from (match.span() for match in pattern.finditer(text))
    for match in _WORDS.finditer(text):
        if match.group().lower() != "one":
            yield match.span()
    for match in _DIGITS.finditer(text):
        yield match.span()

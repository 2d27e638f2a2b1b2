"""A subgroup is never larger than its group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.phrases import CLOSE, OF, OPEN, PEOPLE, words
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Kind, Quantity
from tieout.text.signs import SIGNS, Sentence

NAME = "larger-part"

_CLAUSE = 300  # signs before a part that its "of whom" can reach
_ANCHORED = re.compile(r"\b(?:of|among|in) (?:the |these |all )*$")

_SHARE = rf"(?: ?{OPEN}{{p}}{CLOSE})?"
_OF_WHOM = (
    rf"(?P<whole>{{n}}){_SHARE} [^{{n}}{{p}}.;]{{1,80}}, (?P<part>{{n}}){_SHARE} {words(2)}of (?:whom"
    rf"|which|these|them)\b"
)
_HUMANS = r"(?:patients?|pts?|subjects?|cases?|women|men|children|participants?|individuals?|persons)"
_N_OF_N = rf"(?P<part>{{n}}) (?:{_HUMANS} )?{OF}(?P<whole>{{n}}) {words(3)}{PEOPLE}\b"
_OF_N = (
    rf"(?:^|[.;] ?)of (?:the |these )?(?P<whole>{{n}}) {words(2)}{PEOPLE}\b[^{{n}}{{p}}.;]{{0,60}}, "
    rf"(?P<part>{{n}}) (?!{words(1)}(?:cycles|doses|events|years|months))"
)


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each part that exceeds its whole."""
    shares = {quantity.start for share in reading.shares if share.of for quantity in share.quantities}
    told: set[int] = set()
    for sentence in reading.sentences:
        for pattern in (_OF_WHOM, _N_OF_N, _OF_N):
            for match, named in sentence.find(pattern):
                part, whole = named["part"], named["whole"]
                if pattern is _OF_WHOM and part.n <= _in_clause(sentence, part):
                    continue  # "of whom" may point to several groups together
                if part.n <= whole.n or part.start in shares or part.start in told or _is_other(match):
                    continue
                told.add(part.start)
                yield _finding(part, whole)


def _in_clause(sentence: Sentence, part: Quantity) -> int:
    """The counts of the clause before a part, all together; "Of 60 women" only says whose clause it is."""
    place = sentence.place_of(part)
    start = max(0, place - _CLAUSE, *(sentence.signs.rfind(mark, 0, place) + 1 for mark in ";:"))
    return sum(
        sentence.quantity(at).n
        for at in range(start, place)
        if sentence.signs[at] == SIGNS[Kind.COUNT]
        and not _ANCHORED.search(sentence.signs[max(0, at - 25) : at])
    )


def _is_other(match: re.Match[str]) -> bool:
    """Events, samples and visits can outnumber the people they belong to."""
    return (
        re.search(
            r"\b(?:one|more|events?|episodes?|visits?|scans|images|procedures|operations|sessions)\b",
            match[0],
        )
        is not None
    )


def _finding(part: Quantity, whole: Quantity) -> TextFinding:
    message = f"{part.n} of {whole.n}: a part cannot be larger than its whole"
    return TextFinding(NAME, Certainty.IMPOSSIBLE, message, (piece(part), piece(whole)))


RULE = Rule(
    NAME,
    "Is every part at most its whole?",
    "Reads “24 had …, 31 of whom …”, “n of N patients” and “Of N patients, n …”, and reports a part that is "
    "larger than the group it is said to belong to. Events, visits and samples may outnumber people and "
    "are left "
    "alone.",
    "Arithmetic.",
    check,
)

"""The same quantity has one value, in the abstract, the body and the conclusion."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.phrases import CONFIDENCE
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Kind, Quantity
from tieout.text.signs import Sentence

NAME = "repeated-value"

_MEDIAN = (
    r"(?:median|mean) (?:overall survival|os|progression-free survival|pfs|follow-?\x20?up|age"
    r"|time to progression"
    r"|duration of response|disease-free survival|dfs|event-free survival|efs|survival)"
)
_RATE = r"(?:[a-zß-ÿ{x}-]+ ){1,3}rate"
_SHARE_OF = (
    r"(?:prevalence|incidence|frequency|proportion|percentage|rate) of"
    r"(?: (?!(?:was|were|is|are)\b)[a-zß-ÿ{x}'’-]+){1,12}"
)
_WHAT = rf"(?P<what>{_MEDIAN}|{_RATE})"
_SAYS = r"(?: [(\[][a-z]{2,5}[)\]])?(?: time)? (?:was|of|were|reached|:|=) ?"
_NAME_FIRST = rf"\b{_WHAT}{_SAYS}(?P<value>{{nmp}})(?!-? ?{CONFIDENCE})"
_LONG_NAME = rf"\b(?P<what>{_SHARE_OF}) (?:was|were|is|are) (?P<value>{{p}})(?!-? ?{CONFIDENCE})"
_VALUE_FIRST = rf"(?P<value>{{p}})(?!-? ?{CONFIDENCE}) (?P<what>{_RATE})\b"
_COMPARED = re.compile(
    r"\b(?:vs|versus|respectively|arms?|groups?|cohorts?|compared|than|stage|subgroups?|among|patients with"
    r"|without|expected|historical|previous|literature|reported by|assum\w+|hypothes\w+|target|power|women"
    r"|men"
    r"|both)\b"
)
_SYNONYMS = {
    "os": "overall survival",
    "pfs": "progression-free survival",
    "dfs": "disease-free survival",
    "efs": "event-free survival",
    "objective": "overall",
}
_EMPTY_WORDS = "a an and the with of in for to this our that whose was were had by on at from as its their"
_EMPTY = frozenset(_EMPTY_WORDS.split())
_BODY = "introduction"
_CONCLUDES = re.compile(
    r"^(?:in (?:conclusion|summary)|we conclude|(?:these|our) (?:results|data|findings)|thus,|this study "
    r"(?:shows|"
    r"demonstrates|suggests))"
)


@dataclass(frozen=True, slots=True)
class _Said:
    what: str
    value: Quantity
    late: bool


@dataclass(frozen=True, slots=True)
class _Halves:
    """Where the text turns from its abstract to its body, or from its results to its conclusion."""

    turn: int
    early: str
    late: str


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each value that one part of the text gives otherwise than all the others."""
    halves = _halves(reading)
    if halves is None:
        return
    places: dict[str, list[_Said]] = defaultdict(list)
    for said in _all(reading, halves):
        places[said.what].append(said)
    for what, said_there in places.items():
        yield from _differing(reading, halves, what, said_there)


def _halves(reading: Reading) -> _Halves | None:
    for at, name in reading.headings:
        if name == _BODY:
            return _Halves(at, "abstract", "body")
    for at, name in reversed(reading.headings):
        if name.startswith(("conclusion", "interpretation")):
            return _Halves(at, "results", "conclusion")
    for sentence in reading.sentences[len(reading.sentences) // 2 :]:
        if _CONCLUDES.match(sentence.signs):
            return _Halves(sentence.start, "results", "conclusion")
    return None


def _all(reading: Reading, halves: _Halves) -> Iterator[_Said]:
    for sentence in reading.sentences:
        for pattern in (_LONG_NAME, _NAME_FIRST, _VALUE_FIRST):
            for match, named in sentence.find(pattern):
                value = named["value"]
                # a long name may say whose it is: the prevalence of … in patients with …
                around = "".join((sentence.signs[: match.start("what")], sentence.signs[match.end("what") :]))
                if _COMPARED.search(around if pattern is _LONG_NAME else sentence.signs):
                    continue
                if " rate" in match["what"] and value.kind is not Kind.PERCENT:
                    continue
                what = _name(sentence, match.start("what"), match["what"])
                yield _Said(what, value, value.start >= halves.turn)


def _name(sentence: Sentence, start: int, words: str) -> str:
    """Return the name of a quantity in one form; a number in it (5-year, PSA-50) is a part of the name."""
    for place, char in reversed(list(enumerate(words))):
        if "\ue000" <= char <= "\ue005":
            words = f"{words[:place]}{sentence.quantity(start + place).value}{words[place + 1 :]}"
    made = [_SYNONYMS.get(word, word) for word in words.replace("follow up", "follow-up").split()]
    return " ".join(word for word in made if word not in _EMPTY)


def _differing(reading: Reading, halves: _Halves, what: str, said: Sequence[_Said]) -> Iterator[TextFinding]:
    """The single statement of the shorter half, against those of the other."""
    short_is_late = halves.late == "conclusion"
    first = [one for one in said if one.late == short_is_late]
    rest = [one for one in said if one.late != short_is_late]
    if len(first) != 1:
        return
    one = first[0].value
    same = [other.value for other in rest if _comparable(one, other.value)]
    if not same or _stands_elsewhere(reading, halves, one, late=not short_is_late):
        return
    short, long = (halves.late, halves.early) if short_is_late else (halves.early, halves.late)
    values = " or ".join(dict.fromkeys(str(other.value) for other in same))
    message = f"the {what} is {one.value} in the {short} and {values} in the {long}"
    yield TextFinding(NAME, Certainty.INCONSISTENT, message, (piece(one), *map(piece, same)))


def _stands_elsewhere(reading: Reading, halves: _Halves, one: Quantity, *, late: bool) -> bool:
    """Whether the other half has this value at all, under whichever name."""
    return any(
        (other.start >= halves.turn) == late and _comparable(one, other) and _equal(one, other)
        for sentence in reading.sentences
        for other in sentence.quantities
        if other.kind is not Kind.RANGE
    )


def _comparable(one: Quantity, other: Quantity) -> bool:
    return (one.kind is Kind.PERCENT) == (other.kind is Kind.PERCENT) and one.unit[:2] == other.unit[:2]


def _equal(one: Quantity, other: Quantity) -> bool:
    return abs(one.value - other.value) <= Decimal(1).scaleb(-min(one.places, other.places))


RULE = Rule(
    NAME,
    "Does the same quantity have the same value everywhere?",
    "Where a text has an abstract and a body, or results and a conclusion, it compares named quantities "
    "(median overall survival, median follow-up, any rate under the same name, the prevalence or proportion "
    "of something in the same words) that stand alone, without arms, subgroups or comparisons in their "
    "sentence. A value of the abstract or the conclusion that the rest of the text gives nowhere, though it "
    "gives another one under that name, is reported.",
    "Pitkin, Branagan and Burmeister (1999), Accuracy of data in abstracts of published research articles, "
    "JAMA 281:1110.",
    check,
)

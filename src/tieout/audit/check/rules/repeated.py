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

NAME = "repeated-value"

_WHAT = (
    r"(?P<what>median (?:overall survival|os|progression-free survival|pfs|follow-?up|age"
    r"|time to progression|"
    r"duration of response|disease-free survival|dfs|event-free survival|efs)"
    r"|mean age|(?:overall|objective|complete|pathologic(?:al)? complete|clinical benefit|disease control"
    r"|psa-?\x20?\ue005)"
    r" (?:tumou?r )?(?:response|remission|benefit|control)?\x20?rate"
    r"|\ue005-(?:year|month) (?:overall survival|os|progression-free survival|pfs|disease-free survival"
    r"|dfs|local control)"
    r")"
)
_NAME_FIRST = (
    rf"{_WHAT}(?: \([a-z]{{2,5}}\))?(?: time| rate)? (?:was|of|were|:|=|reached) ?(?P<value>{{nmp}})"
    rf"(?!-? ?{CONFIDENCE})"
)
_VALUE_FIRST = rf"(?P<value>{{p}})(?!-? ?{CONFIDENCE}) {_WHAT}"
_COMPARED = re.compile(
    r"\b(?:vs|versus|respectively|arms?|groups?|cohorts?|compared|than|stage|subgroups?|among"
    r"|patients with|without|expected|"
    r"historical|previous|literature|reported by|assum\w+|hypothes\w+|target|power|women|men|both)\b"
)
_SYNONYMS = {
    "os": "overall survival",
    "pfs": "progression-free survival",
    "dfs": "disease-free survival",
    "efs": "event-free survival",
    "followup": "follow-up",
    "objective": "overall",
}
_ABSTRACT = frozenset({"abstract", "summary"})
_BODY = frozenset({"introduction"})


@dataclass(frozen=True, slots=True)
class _Said:
    what: str
    value: Quantity
    part: str


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each value that one part of the text gives otherwise than all the others."""
    parts: dict[str, list[_Said]] = defaultdict(list)
    for said in _all(reading):
        parts[said.what].append(said)
    for what, places in parts.items():
        yield from _differing(what, places)


def _all(reading: Reading) -> Iterator[_Said]:
    has_body = any(name in _BODY for _, name in reading.headings)
    for sentence in reading.sentences:
        if _COMPARED.search(sentence.signs):
            continue
        for pattern in (_NAME_FIRST, _VALUE_FIRST):
            for match, named in sentence.find(pattern):
                what = _what(match["what"], reading, sentence.start)
                part = _part(reading, named["value"].start, has_body=has_body)
                if part and what:
                    yield _Said(what, named["value"], part)


def _what(words: str, reading: Reading, start: int) -> str:
    if "\ue005" in words:  # 5-year and PSA-50 name different things by their number
        return ""
    return " ".join(_SYNONYMS.get(word, word) for word in words.replace("follow up", "follow-up").split())


def _part(reading: Reading, place: int, *, has_body: bool) -> str:
    """The abstract against the body where the text has both; else the conclusion against the results."""
    heading = reading.heading_of(place)
    if has_body:
        before_body = place < next(at for at, name in reading.headings if name in _BODY)
        return "abstract" if before_body else "body"
    if heading.startswith(("conclusion", "interpretation")):
        return "conclusion"
    return "results" if heading.startswith(("result", "finding")) else ""


def _differing(what: str, said: Sequence[_Said]) -> Iterator[TextFinding]:
    first = [one for one in said if one.part in {"abstract", "conclusion"}]
    rest = [one for one in said if one.part in {"body", "results"}]
    if len(first) != 1 or not rest:
        return
    one = first[0]
    same = [other for other in rest if _comparable(one.value, other.value)]
    if not same or any(_equal(one.value, other.value) for other in same):
        return
    values = " or ".join(dict.fromkeys(str(other.value.value) for other in same))
    message = f"the {what} is {one.value.value} in the {one.part} and {values} in the {same[0].part}"
    pieces = (piece(one.value), *(piece(other.value) for other in same))
    yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


def _comparable(one: Quantity, other: Quantity) -> bool:
    return (one.kind is Kind.PERCENT) == (other.kind is Kind.PERCENT) and one.unit[:2] == other.unit[:2]


def _equal(one: Quantity, other: Quantity) -> bool:
    return abs(one.value - other.value) <= Decimal(1).scaleb(-min(one.places, other.places))


RULE = Rule(
    NAME,
    "Does the same quantity have the same value everywhere?",
    "Where a text has an abstract and a body, or results and a conclusion, it compares named quantities "
    "(median overall "
    "survival, median follow-up, overall response rate and the like) that stand alone, without arms, "
    "subgroups or "
    "comparisons in their sentence. A value that no other part gives is reported.",
    "Pitkin, Branagan and Burmeister (1999), Accuracy of data in abstracts of published research articles, "
    "JAMA 281:1110.",
    check,
)

"""A response rate is the sum of its kinds of response."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.reading import Reading

NAME = "components"

_KIND_A = r"(?:complete (?:responses?|remissions?)|crs?|complete)"
_KIND_B = (
    r"(?:partial (?:responses?|remissions?)|prs?|partial|cri|crp|vgpr|complete (?:response"
    r"|remission) with incomplete [a-z ]{1,30})"
)
_ABBR = r"(?: ?[(\[][a-z]{2,5}[)\]])?"
_SAID = r"(?: ?(?:rate|in|of|was|were|,|:|=|for))*"
_RATE = (
    r"\b(?:overall|objective|total|best|tumou?r|combined|orr|rr|response|remission)\b[^{n}{p}{m}.;]{0,60}?"
)
_LABEL_FIRST = (
    rf"{_RATE}(?P<total>{{p}})(?: ?[(\[][^()\[\]]{{0,30}}[)\]])?[,;:]? ?(?:[(\[]|with |including "
    rf"|consisting of |comprising )*"
    rf"(?:an? )?{_KIND_A}{_ABBR}{_SAID} ?(?P<a>{{p}})[^{{n}}{{p}}{{m}}.]{{0,12}}?"
    rf"(?:an? )?{_KIND_B}{_ABBR}{_SAID} ?(?P<b>{{p}})(?![^()]{{0,25}}{{p}})"
)
_VALUE_FIRST = (
    rf"{_RATE}(?P<total>{{p}}),? ?(?:[(\[]|with |including |consisting of |comprising )+"
    rf"(?P<a>{{p}}) {_KIND_A}{_ABBR}"
    rf"[^{{n}}{{p}}{{m}}.]{{0,12}}?(?P<b>{{p}}) {_KIND_B}\b(?![^()]{{0,25}}{{p}})"
)


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each response rate that its kinds do not add up to."""
    for sentence in reading.sentences:
        for pattern in (_LABEL_FIRST, _VALUE_FIRST):
            for _, named in sentence.find(pattern):
                total, a, b = named["total"], named["a"], named["b"]
                unit = Decimal(1).scaleb(-min(total.places, a.places, b.places))
                got = a.value + b.value
                if abs(got - total.value) <= unit * 3 / 2:
                    continue
                message = f"{a.value}% and {b.value}% make {got}%, not {total.value}%"
                pieces = (piece(total, a, b), piece(total), piece(a), piece(b))
                yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


RULE = Rule(
    NAME,
    "Do complete and partial responses make the response rate?",
    "Reads “overall response rate 47% (CR 12%, PR 35%)” and its variants; the sum may miss by what "
    "rounding of three "
    "numbers explains.",
    "RECIST 1.1 (Eisenhauer et al. 2009, Eur J Cancer 45:228): a response is complete or partial.",
    check,
)

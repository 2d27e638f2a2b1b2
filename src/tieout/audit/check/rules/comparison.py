"""What is called higher or longer than another is the larger of the two numbers behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Kind

NAME = "comparison"

_UP = r"higher|longer|greater|larger|older(?= than| compared| in\b)"
_DOWN = r"lower|shorter|smaller|fewer|younger(?= than| compared| in\b)"
_WORDS = r"[^.;:(){n}{m}{p}{r}{q}]"
_THAN = r"(?:than|(?:when |as )?compared (?:with|to)|versus|vs\.?)"
_SPREAD = r"(?: ?± ?{nmp})?(?: ?(?:years?|months?|weeks?|days?|hours?|min))?"
_COMPARED = (
    rf"\b(?P<word>{_UP}|{_DOWN})\b(?P<what>{_WORDS}{{0,60}})\b{_THAN} {_WORDS}{{1,60}}?[(\[]"
    rf"(?:(?:mean|median|average),? )?(?P<first>{{nmp}}){_SPREAD},? ?(?:vs\.?|versus|compared (?:with|to)"
    r"|against) ?(?P<second>{nmp})"
)
_DENIED = re.compile(
    r"\b(?:not|no|nor|neither|without|never|if|whether|hypothes\w+|expected|but|whereas|while|although)\b"
)
_RISK = re.compile(r"\b(?:risks?|mortality|hazards?|odds|likelihood|toxicity|burden|grade|stage|rank)\b")
_BEFORE = 40  # signs before the word in which a negation still speaks of it


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each comparison whose two numbers stand the other way."""
    for sentence in reading.sentences:
        for match, named in sentence.find(_COMPARED):
            first, second = named["first"], named["second"]
            before = sentence.signs[max(0, match.start() - _BEFORE) : match.start()]
            if first.kind is not second.kind or _DENIED.search(before) or _DENIED.search(match["what"]):
                continue
            if first.kind is not Kind.PERCENT and _RISK.search(match["what"]):
                continue  # a higher risk goes with a shorter survival
            is_up = re.fullmatch(r"higher|longer|greater|larger|older", match["word"]) is not None
            if first.value == second.value or is_up == (first.value > second.value):
                continue
            is_ = "less" if is_up else "more"
            message = f"the text says “{match['word']}”, but {first.value} is {is_} than {second.value}"
            yield TextFinding(NAME, Certainty.UNLIKELY, message, (piece(first, second),))


RULE = Rule(
    NAME,
    "Do the words higher, longer and lower go with the two numbers behind them?",
    "Reads “longer in arm A than in arm B (12.1 vs 9.3 months)”, where two numbers of one kind stand right "
    "behind both groups, in their order, and reports those that stand the other way. A negation or a second "
    "statement in the clause silences it; as the numbers may have been given in the other order, the finding "
    "is “unlikely”.",
    "Arithmetic.",
    check,
)

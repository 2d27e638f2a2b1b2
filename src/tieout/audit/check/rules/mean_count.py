"""The mean of whole numbers, over a known number of people, can only take certain values."""

from __future__ import annotations

from collections.abc import Iterator

from tieout.audit.arithmetic import mean_fits_counts
from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.phrases import PEOPLE
from tieout.audit.check.reading import Reading

NAME = "mean-of-counts"

_THING = r"(?:number|count) of (?!days|weeks|months|years|hours|minutes|points)(?:[a-z-]+ ){1,4}"
_MEAN = rf"\b(?:mean|average) {_THING}(?:per [a-z]+ )?(?:was|of|were) (?P<mean>{{m}})"
_SIZE_BEFORE = rf"(?:in|among|of) (?:the |these |all )*(?P<n>{{n}}) {PEOPLE},? (?:the )?{_MEAN}"
_SIZE_AFTER = (
    rf"{_MEAN}(?: (?:in|among|for) (?:the |these |all )*(?P<n>{{n}}) {PEOPLE}\b| ?[(\[]n ?= ?"
    rf"(?P<k>{{n}})[)\]])"
)


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each mean that no whole numbers give."""
    for sentence in reading.sentences:
        for pattern in (_SIZE_BEFORE, _SIZE_AFTER):
            for _, named in sentence.find(pattern):
                mean, n = named["mean"], named.get("n") or named["k"]
                if mean.unit or not mean.places or (mean.spread is not None and mean.value < 0):
                    continue
                if n.n > 0 and not mean_fits_counts(mean.value, n.n):
                    below = int(mean.value * n.n)
                    message = (
                        f"{n.n} whole numbers cannot have the mean {mean.value}: {below}/{n.n} is "
                        f"{below / n.n:.{mean.places + 1}f}, "
                        f"{below + 1}/{n.n} is {(below + 1) / n.n:.{mean.places + 1}f}"
                    )
                    yield TextFinding(NAME, Certainty.IMPOSSIBLE, message, (piece(mean), piece(n)))


RULE = Rule(
    NAME,
    "Can whole numbers have this mean?",
    "Reads “the mean number of … was 2.37 in 19 patients”: a sum of whole numbers divided by n, rounded "
    "either way, "
    "must print so. Only “number of” or “count of” things is asked; ages and scores may be finer than they "
    "look.",
    "GRIM (Brown and Heathers 2017, Soc Psychol Personal Sci 8:363).",
    check,
)

"""Outputs read back: what was printed is what the store says, and fits together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.audit.disclosure import check_small_cells
from tieout.audit.identities import check_one_way, check_output, check_ties_of_output
from tieout.audit.loose import DrawnFigure
from tieout.audit.printed import PrintedNumber, printed_numbers
from tieout.audit.settings import Disclosure
from tieout.text.numerals import numerals
from tieout.text.read import Text
from tieout.values.finding import Finding, Place
from tieout.values.store import Store


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the outputs of a document say: the findings, and every tied number that they print."""

    findings: tuple[Finding, ...]
    numbers: tuple[PrintedNumber, ...]


def read_back(texts: Mapping[str, Text], store: Store, printed: Mapping[str, set[str]]) -> ReadBack:
    """Hold the outputs of one document against the store and against arithmetic.

    Parameters
    ----------
    texts : each output as it reads, by its suffix. HTML and Word carry their ties; a PDF's words are compared
        with the HTML's elsewhere; plain text may print no number that the HTML does not.
    printed : the words of each tie as the run printed them.
    """
    found: list[Finding] = []
    numbers: list[PrintedNumber] = []
    for suffix in ("html", "docx"):
        if (text := texts.get(suffix)) is not None:
            ties = _ties(text)
            here = printed_numbers(ties, store, text.source)
            found += check_ties_of_output(ties, store, text.source, dict(printed))
            found += check_output(here, store, text.source)
            numbers += here
    if {"txt", "html"} <= texts.keys():
        found += _check_plain(texts["txt"], texts["html"])
    return ReadBack(tuple(found), tuple(numbers))


def figure_numbers(figures: Mapping[str, DrawnFigure], store: Store) -> list[PrintedNumber]:
    """Return the tied numbers that drawn figures print."""
    return [
        number
        for path, drawn in figures.items()
        for number in printed_numbers(drawn.ties.items(), store, path)
    ]


def check_together(numbers: Sequence[PrintedNumber], store: Store, disclosure: Disclosure) -> list[Finding]:
    """Check what only all documents and figures together show: two ways to print, and small cells."""
    return [*check_one_way(numbers, "outputs"), *check_small_cells(numbers, store, disclosure)]


def _ties(text: Text) -> list[tuple[str, str]]:
    return [(tie.key, tie.text) for tie in text.ties if ":" not in tie.key]


def _check_plain(plain: Text, html: Text) -> list[Finding]:
    known = Counter(str(number.value) for number in numerals(html.content))
    for number in numerals(plain.content):
        value = str(number.value)
        if not known[value]:
            place = plain.place(number.start)
            have = {"have": plain.content[number.start : number.end]}
            message = "the plain text prints a number that the HTML does not"
            return [Finding("audit/printed", message, Place(place.file, place.line, place.column), have)]
        known[value] -= 1
    return []

"""Loose numbers: the closed world. Every number that a reader sees is a tie, a given, or structure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tieout.audit.counting import Counted, counted
from tieout.audit.days import undeclared_days
from tieout.audit.levels import named_levels
from tieout.audit.locate import Locator
from tieout.audit.names import Names
from tieout.audit.passages import Passage
from tieout.audit.settings import AuditSettings
from tieout.values.finding import Finding, Place

_FLOAT = re.compile(r"^(?:Table|Figure)\s\d+:")  # the number that cross-references set
_KEY_DIGITS = re.compile(r"(?<=_)\d+")
_AROUND = 28  # characters shown on each side of a loose number


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """What a drawn figure says: its alternative text, the ties in it and in the drawing, the keys it read.

    A key such as `os_at.month_6` accounts for the 6 of "at 6 months".
    """

    alternative: str
    ties: Mapping[str, str]
    texts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The words that tables and figures may print from the store, with the digits they hold.

    Attributes
    ----------
    labels : the labels of the results.
    levels : the confidence levels of the results, which account for the 95 of "95% CI".
    figures : what each drawn figure says, by the path that an image names.
    days : the study's declared days; another full date is a finding of its own, which does not show it.
    units : the units of the results, which account for the 2 of "kg/m2" wherever it stands.
    """

    labels: Collection[str] = ()
    levels: Collection[float] = ()
    figures: Mapping[str, DrawnFigure] = field(default_factory=dict)
    days: Collection[str] = ()
    units: Collection[str] = ()


Digits = Mapping[tuple[int, str, int], set[str]]  # by (table, "row" or "column", its number)


def check_loose(
    passages: Sequence[Passage], settings: AuditSettings, locator: Locator, words: Words
) -> list[Finding]:
    """Return a finding for each number that comes from nowhere."""
    digits = key_digits(passages)
    found = []
    for passage in passages:
        if not passage.is_strict and settings.elsewhere == "off":
            continue
        for number in loose(passage, settings.names, words, digits):
            blocks = passage.is_strict or settings.elsewhere == "fail"
            found.append(_finding(passage, number, locator.place(passage, number.start), blocks=blocks))
    return found


def loose(passage: Passage, names: Names, words: Words, digits: Digits) -> list[Counted]:
    """Return the numbers of a passage that are neither tied, given nor structure.

    Parameters
    ----------
    words : what tables and figures may print from the store.
    digits : those in the keys of each row's and column's ties, from `key_digits`.
    """
    taken = [(mark.start, mark.end) for mark in passage.marks]
    taken += [*names.spans(passage.text), *_levels(passage.text, words.levels)]
    taken += undeclared_days(passage, words.days)
    taken += _whole(passage.text, words.units)
    found = _outside(passage.text, taken)
    if not found:
        return []
    if passage.part == "caption":
        taken += [match.span() for match in _FLOAT.finditer(passage.text)]
    elif passage.cell is not None:
        taken += _in_cell(passage, words, digits)
    elif passage.part == "alternative":
        taken += _in_alternative(passage, words)
    return _outside(passage.text, taken)


def key_digits(passages: Iterable[Passage]) -> Digits:
    """Return the digits in the keys of the ties of each row and column of each table."""
    made: dict[tuple[int, str, int], set[str]] = {}
    for passage in passages:
        if (cell := passage.cell) is None or cell.row < 1:
            continue
        found = {number for mark in passage.of_kind("tie") for number in _KEY_DIGITS.findall(mark.key)}
        for line in ((cell.table, "row", cell.row), (cell.table, "column", cell.column)):
            made.setdefault(line, set()).update(found)
    return made


def _outside(text: str, taken: Iterable[tuple[int, int]]) -> list[Counted]:
    masked = list(text)
    for start, end in taken:
        masked[start:end] = "\ufffc" * (end - start)  # no blank: words on both sides do not join
    return counted("".join(masked))


def _in_cell(passage: Passage, words: Words, digits: Digits) -> list[tuple[int, int]]:
    """Return where a cell prints a label, or the 6 of "At 6 months" beside a tie of `os_at.month_6`."""
    cell, text = passage.cell, passage.text
    assert cell is not None
    if (
        cell.column == 0 and text.strip() in words.labels
    ):  # ECOG 0, 1, 2 name rows; elsewhere they are numbers
        return [(0, len(text))]
    near = digits.get((cell.table, "row", cell.row), set()) if cell.column == 0 else set()
    if cell.row == 0:
        near = digits.get((cell.table, "column", cell.column), set())
    return _whole(text, [*(label for label in words.labels if not label.isdigit()), *near])


def _in_alternative(passage: Passage, words: Words) -> list[tuple[int, int]]:
    """Return where an alternative text prints labels, ties, and the digits of keys that its figure read."""
    drawn = words.figures.get(passage.marks[0].key)
    if drawn is None:
        return _whole(passage.text, words.labels)
    read = {number for key in drawn.reads for number in _KEY_DIGITS.findall(key)}
    return _whole(passage.text, [*words.labels, *drawn.ties.values(), *read])


def _whole(text: str, known: Iterable[str]) -> list[tuple[int, int]]:
    """Return where known words stand in a text as whole words, whatever blanks part them."""
    found = []
    for each in filter(None, known):
        if each.split()[0] not in text:
            continue
        words = r"\s+".join(re.escape(word) for word in each.split())
        found += [m.span() for m in re.finditer(rf"(?<!\w){words}(?!\w|[.,]\d)", text)]
    return found


def _levels(text: str, levels: Collection[float]) -> list[tuple[int, int]]:
    """Return where a text names the level of a confidence interval that the results have."""
    return [span for level, span in named_levels(text) if level in levels]


def _finding(passage: Passage, number: Counted, place: Place, *, blocks: bool) -> Finding:
    before = passage.text[max(0, number.start - _AROUND) : number.start]
    after = passage.text[number.end : number.end + _AROUND]
    facts = {"text": " ".join(f"…{before}»{number.text}«{after}…".split())}
    if passage.cell is not None:
        facts |= {"row": passage.cell.stub or "the headings", "column": passage.cell.heading}
    where = {"title": "in the title", "abstract": "in the abstract", "alternative": "in an alternative text"}
    message = f"the number {number.text} {where.get(passage.part, '')} comes from nowhere".replace("  ", " ")
    remedy = (
        "print a result (`{python} r.key.facet`), name its source "
        f'([{number.text}]{{.given source="@key"}}), or list the name that holds it'
    )
    facts = {name: text for name, text in facts.items() if text}
    return Finding("audit/loose-number", message, place, facts, remedy, blocks)

"""A percentage without its denominator in sight says nothing: 47% of whom?"""

from __future__ import annotations

from collections.abc import Sequence

from tieout.audit.locate import Locator
from tieout.audit.passages import Mark, Passage
from tieout.audit.settings import AuditSettings
from tieout.text.numerals import numerals
from tieout.text.sentences import sentence_bounds
from tieout.values.finding import Finding
from tieout.values.result import Count
from tieout.values.store import Store

_WITHOUT = frozenset(
    {"percent", "share", "n_percent"}
)  # facets that print a percentage and not its denominator


def check_denominators(
    passages: Sequence[Passage], store: Store, settings: AuditSettings, locator: Locator
) -> list[Finding]:
    """Return a finding for each tied percentage whose denominator is not in sight.

    In sight is its own sentence and the one before it in the same section; for a cell, its row's and its
    column's headings, the table's caption and notes; for a caption, the table or figure that it describes.
    """
    if settings.denominators == "off":
        return []
    found = []
    before: Passage | None = None
    for passage in passages:
        previous = None
        if passage.cell is None and passage.part in {"body", "abstract"}:
            previous, before = before, passage
        for mark in passage.of_kind("tie"):
            of = _denominator(mark, store)
            if of is None or _is_in(of, _numbers(_sight(passage, mark, previous, passages))):
                continue
            message = f"the denominator of {passage.text[mark.start : mark.end]} is not in sight"
            facts = {"need": str(of.of), "of": of.meaning.population or "its population"}
            remedy = "print it in this sentence or the one before, for example by .n_of_percent"
            place = locator.place(passage, mark.start)
            blocks = settings.denominators == "fail"
            found.append(Finding("audit/denominator", message, place, facts, remedy, blocks))
    return found


def _denominator(mark: Mark, store: Store) -> Count | None:
    """Return the count that a tie prints as a percentage, where it has a denominator."""
    key, _, facet = mark.key.rpartition(".")
    result = store.results.get(key)
    return result if facet in _WITHOUT and isinstance(result, Count) and result.of else None


def _is_in(count: Count, numbers: set[int]) -> bool:
    """Whether numbers in sight tell the denominator: itself, or everybody and how many are unknown."""
    assert count.of is not None
    by_rest = count.missing and {count.of + count.missing, count.missing} <= numbers
    return count.of in numbers or bool(by_rest)


def _sight(passage: Passage, mark: Mark, previous: Passage | None, passages: Sequence[Passage]) -> str:
    if passage.cell:
        return _around_cell(passage, passages)
    if passage.part == "caption" and passage.label:
        return " \n ".join(other.text for other in passages if other.label == passage.label)
    return _sentences(passage, mark, previous)


def _sentences(passage: Passage, mark: Mark, previous: Passage | None) -> str:
    """Return the sentence of a mark and the one before it."""
    bounds = sentence_bounds(passage.text)
    own = next((i for i, (start, end) in enumerate(bounds) if start <= mark.start < end), 0)
    near = bounds[max(0, own - 1) : own + 1]
    text = " ".join(passage.text[start:end] for start, end in near)
    if own == 0 and previous is not None and previous.section == passage.section:
        last = sentence_bounds(previous.text)[-1:]
        text = " ".join([*(previous.text[start:end] for start, end in last), text])
    return text


def _around_cell(passage: Passage, passages: Sequence[Passage]) -> str:
    cell = passage.cell
    assert cell is not None
    texts = [passage.text, cell.stub, cell.group, cell.heading]
    for other in passages:
        if other.cell is not None and other.cell.table == cell.table:
            same_row = other.cell.row == cell.row
            same_group = bool(cell.group) and cell.group in {other.cell.group, other.cell.stub}
            if same_row or same_group or other.cell.row == -1:
                texts.append(other.text)
        elif other.part == "caption" and other.label and other.label == passage.label:
            texts.append(other.text)
    return " \n ".join(texts)


def _numbers(text: str) -> set[int]:
    return {number.whole for number in numerals(text) if number.whole is not None}

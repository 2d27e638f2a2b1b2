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
        if passage.cell is None and passage.part in {"body", "abstract"}:
            previous, before = before, passage
        else:
            previous = None
        for mark in passage.of_kind("tie"):
            result = store.results.get(mark.key.rpartition(".")[0])
            facet = mark.key.rpartition(".")[2]
            if facet not in _WITHOUT or not isinstance(result, Count) or not result.of:
                continue
            sight = _around_cell(passage, passages) if passage.cell else _sentences(passage, mark, previous)
            if result.of in _numbers(sight):
                continue
            message = f"the denominator of {passage.text[mark.start : mark.end]} is not in sight"
            facts = {"need": str(result.of), "of": result.meaning.population}
            remedy = "print it in this sentence or the one before, for example by .n_of_percent"
            found.append(
                Finding(
                    "audit/denominator",
                    message,
                    locator.place(passage, mark.start),
                    {name: text for name, text in facts.items() if text},
                    remedy,
                    settings.denominators == "fail",
                )
            )
    return found


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
            heads_group = cell.group and other.cell.stub == cell.group and other.cell.row < cell.row
            if same_row or heads_group or other.cell.row == -1:
                texts.append(other.text)
        elif other.part == "caption" and other.label and other.label == passage.label:
            texts.append(other.text)
    return " \n ".join(texts)


def _numbers(text: str) -> set[int]:
    return {number.whole for number in numerals(text) if number.whole is not None}

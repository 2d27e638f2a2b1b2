"""Counts in which one patient may stand twice do not add up, and their reader must be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tieout.audit.locate import Locator
from tieout.audit.passages import Passage
from tieout.text.sentences import sentence_bounds
from tieout.values.finding import Finding, Place
from tieout.values.result import Count
from tieout.values.store import Store

_SAID = re.compile(
    r"overlap|more than one|more than once|not (?:mutually )?exclusive|several (?:of these|categories|groups)"
    r"|multiple|(?:may|might|could|can) (?:be counted|appear|have had|have|count) (?:in |under )?several"
    r"|and/or|one or more|counted (?:once|in each)|(?:do|does|need) not (?:sum|add)|\bboth\b|of each kind"
    r"|same patients?",
    re.IGNORECASE,
)

_OWN_WHOLE = frozenset({"n_of", "n_of_percent"})


def check_overlaps(passages: Sequence[Passage], store: Store, locator: Locator) -> list[Finding]:
    """Return a finding for each sentence and table that prints overlapping parts and does not say so.

    In a sentence, parts that print their own denominator ("91 of 95 … 33 of 95") are not read as parts of one
    sum.
    """
    found = []
    for passage in passages:
        if passage.cell is not None or passage.part in {"caption", "alternative"}:
            continue
        if _SAID.search(passage.text):
            continue
        for start, end in sentence_bounds(passage.text):
            inside = [mark for mark in passage.of_kind("tie") if start <= mark.start < end]
            bare = [mark.key for mark in inside if mark.key.rpartition(".")[2] not in _OWN_WHOLE]
            for siblings in _overlapping(bare, store):
                first = next(mark for mark in inside if mark.key.rpartition(".")[0] in siblings)
                found.append(_finding("sentence", siblings, locator.place(passage, first.start)))
    for table in sorted({passage.cell.table for passage in passages if passage.cell}):
        inside_table = [passage for passage in passages if passage.cell and passage.cell.table == table]
        labels = {passage.label for passage in inside_table} - {""}
        around = [p for p in passages if p.part == "caption" and p.label in labels]
        if any(_SAID.search(passage.text) for passage in (*inside_table, *around)):
            continue
        keys = [mark.key for passage in inside_table for mark in passage.of_kind("tie")]
        if overlapping := _overlapping(keys, store):  # only then is a place looked for, which reads all lines
            place = locator.place(inside_table[0], 0)
            found += [_finding("table", siblings, place) for siblings in overlapping]
    return found


def _overlapping(keys: Iterable[str], store: Store) -> list[list[str]]:
    """Return the printed siblings, two or more, that may hold the same patient."""
    siblings: dict[tuple[str, int | None], list[str]] = {}
    for key in dict.fromkeys(key.rpartition(".")[0] for key in keys):
        result = store.results.get(key)
        if isinstance(result, Count) and result.overlaps:
            siblings.setdefault((key.rpartition(".")[0], result.of), []).append(key)
    return [keys for keys in siblings.values() if len(keys) > 1]


def _finding(what: str, keys: list[str], place: Place) -> Finding:
    message = f"this {what} prints parts that overlap and does not say so"
    remedy = "say that a patient may be counted more than once, for example in a footnote"
    return Finding("audit/overlap", message, place, {"parts": ", ".join(keys)}, remedy)

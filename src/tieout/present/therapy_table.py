"""Subsequent therapy: how many patients were given what, and how many of them responded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.present.keys import result, tie
from tieout.present.labels import summary_label
from tieout.present.table import Cell, Content, Row, Table, cell, column, group, row
from tieout.values.navigate import Branch
from tieout.values.result import Count, Result, Summary


@dataclass(frozen=True, slots=True, eq=False)
class TherapyRow:
    """One row: the key of its count or summary, the key of its response, and its indent.

    `facet` prints a count otherwise than as number and percentage, where its denominator is not the column's;
    `notes` names footnotes of the table.
    """

    key: str
    response: str = ""
    facet: str = ""
    level: int = 0
    label: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TherapyWords:
    """The headings: of the patients' column, of the responses' column, and what stands below the table."""

    patients: Content
    responses: Content = ""
    stub: str = "Therapy"
    footnotes: Mapping[str, Cell] | None = None
    notes: Sequence[Cell] = ()


def therapy_table(
    r: Branch, name: str, sections: Mapping[str, Sequence[TherapyRow]], words: TherapyWords
) -> Table:
    """Make a table of therapies: counts as number and percentage, summaries as median and range.

    Rows that count nobody are left out; responses are printed with their own denominator.
    """
    columns = [column(words.patients), *([column(words.responses)] if words.responses else [])]
    rows: list[Row] = []
    for heading, wanted in sections.items():
        shown = [one for one in wanted if not _is_empty(_found(r, one.key))]
        if heading and shown:
            rows.append(group(heading))
        for one in shown:
            cells = [tie(r, one.key, one.facet or _facet(_found(r, one.key)))]
            after = [tie(r, one.response, "n_of_percent") if one.response else ""] if words.responses else []
            stub = cell(one.label or _label(_found(r, one.key)), notes=one.notes)
            rows.append(row(stub, *cells, *after, level=one.level))
    used = {note for one in rows for note in one.stub.notes}
    footnotes = {name: text for name, text in (words.footnotes or {}).items() if name in used}
    return Table(name, column(words.stub, "left"), tuple(columns), tuple(rows), footnotes, tuple(words.notes))


def _found(r: Branch, key: str) -> Count | Summary:
    found: Result | None = result(r, key)
    if not isinstance(found, Count | Summary):
        raise TypeError(f"{key} is not a count or a summary: a table of therapies prints nothing else")
    return found


def _is_empty(found: Count | Summary) -> bool:
    return isinstance(found, Count) and found.n == 0


def _facet(found: Count | Summary) -> str:
    if isinstance(found, Summary):
        return "median_range_bare"
    return "n" if found.of is None else "n_percent"


def _label(found: Count | Summary) -> str:
    return found.meaning.label if isinstance(found, Count) else summary_label(found, "median_range_bare")

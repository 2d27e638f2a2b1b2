"""A table as data: columns under spanners, rows with indented stubs, cells with ties, footnotes with marks.

Every output is made from this one model. Nothing here knows of HTML, Word or Typst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tieout.values.tie import Tie

Align = Literal["left", "center", "right", "decimal"]

_FIRST_NUMBER = re.compile(r"[<>\N{MINUS SIGN}]?[\d,]*(?=[.\d,]|\b)")
_PADDED = re.compile(r"[<>\N{MINUS SIGN}]?\.?\d")
LONGEST_RUN = 10  # rows: a group up to this size stays whole on a page


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words in italics, such as the P of a P value."""

    text: str


Part = str | Tie | Emphasis


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """What stands in one cell: text and ties in order, and the names of the footnotes marked behind them."""

    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cell's words without marks."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


Content = Cell | Part


def cell(*parts: Part, notes: tuple[str, ...] = ()) -> Cell:
    """Make a cell of several parts, or one with footnotes.

    >>> cell("Age, ", Emphasis("y"), notes=("at_start",)).text
    'Age, y'
    """
    return Cell(parts, notes)


def as_cell(content: Content) -> Cell:
    """Return `content` as a cell."""
    if isinstance(content, Cell):
        return content
    is_empty = isinstance(content, str) and not content
    return Cell(() if is_empty else (content,))


@dataclass(frozen=True, slots=True, eq=False)
class Spanner:
    """A heading over several columns; neighbours that hold the same object stand under it together."""

    label: Cell


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column's heading and how its cells stand. `decimal` aligns the first number of each cell.

    `width` is a share relative to the other columns; None lets the content decide.
    """

    label: Cell
    align: Align = "left"
    spanner: Spanner | None = None
    width: float | None = None


def column(
    label: Content, align: Align = "decimal", spanner: Spanner | None = None, width: float | None = None
) -> Column:
    """Make a column, by default of numbers."""
    return Column(as_cell(label), align, spanner, width)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row: its stub, its cells, how deep it is indented, and whether it heads a group."""

    stub: Cell
    cells: tuple[Cell, ...]
    level: int = 0
    is_group: bool = False

    @property
    def depth(self) -> int:
        """Its place in the outline: a group stands above the rows of its own level."""
        return 2 * self.level + (0 if self.is_group else 1)


def row(stub: Content, *cells: Content, level: int = 0) -> Row:
    """Make an ordinary row."""
    return Row(as_cell(stub), tuple(as_cell(content) for content in cells), level)


def group(stub: Content, *cells: Content, level: int = 0) -> Row:
    """Make a row that heads those after it, up to the next group; its cells may be left out."""
    return Row(as_cell(stub), tuple(as_cell(content) for content in cells), level, is_group=True)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table without its caption, which belongs to the document.

    Parameters
    ----------
    name : identifies the table in file names and in HTML.
    stub : the first column, which names the rows.
    columns, rows : a row's cells are as many as the columns, or none.
    footnotes : text by name. Marks are letters, given in reading order: across the headings, then row by row.
    notes : general notes and abbreviations, printed before the footnotes.

    Raises
    ------
    ValueError
        when a row's length is wrong, or a footnote is marked and not written or written and not marked.
    """

    name: str
    stub: Column
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    footnotes: Mapping[str, Cell] = field(default_factory=dict)
    notes: tuple[Cell, ...] = ()

    def __post_init__(self) -> None:
        for number, line in enumerate(self.rows, 1):
            if (got := len(line.cells)) not in (0, need := len(self.columns)):
                raise ValueError(f"table {self.name}, row {number}: {got} cells for {need} columns")
        marked = {name for content in every_cell(self) for name in content.notes}
        if wrong := marked ^ set(self.footnotes):
            raise ValueError(
                f"table {self.name}: the footnote {sorted(wrong)[0]} is "
                + ("marked but not written" if marked - set(self.footnotes) else "written but not marked")
            )


def spanners(table: Table) -> list[tuple[Spanner | None, int]]:
    """Return the spanners, left to right, with the number of columns under each; None for a bare column."""
    runs: list[tuple[Spanner | None, int]] = []
    for one in table.columns:
        if runs and one.spanner is not None and one.spanner is runs[-1][0]:
            runs[-1] = (one.spanner, runs[-1][1] + 1)
        else:
            runs.append((one.spanner, 1))
    return runs


def every_cell(table: Table) -> Iterator[Cell]:
    """Yield the cells in reading order, headings first; footnotes and notes are not among them."""
    yield table.stub.label
    for spanner, _ in spanners(table):
        if spanner is not None:
            yield spanner.label
    for one in table.columns:
        yield one.label
    for line in table.rows:
        yield line.stub
        yield from line.cells


def marks(table: Table) -> dict[str, str]:
    """Return each footnote's letter, in reading order: a to z, then aa."""
    names = dict.fromkeys(name for content in every_cell(table) for name in content.notes)
    return {name: _letters(number) for number, name in enumerate(names)}


def _letters(number: int) -> str:
    return chr(97 + number) if number < 26 else _letters(number // 26 - 1) + chr(97 + number % 26)


def padding(table: Table) -> dict[tuple[int, int], tuple[int, int]]:
    """Return how far cells of decimal columns move right so that their numbers stand under each other.

    The keys are (row, column), counted from 0; the values are the widths missing before the number, as
    (digits, commas). Cells that begin with a word do not move.
    """
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    for at, one in enumerate(table.columns):
        if one.align != "decimal":
            continue
        leads = {
            number: _FIRST_NUMBER.match(line.cells[at].text).group()  # type: ignore[union-attr]  # may be empty, always matches
            for number, line in enumerate(table.rows)
            if line.cells and _PADDED.match(line.cells[at].text)
        }
        commas = max((lead.count(",") for lead in leads.values()), default=0)
        digits = max((len(lead) - lead.count(",") for lead in leads.values()), default=0)
        for number, lead in leads.items():
            missing = digits - len(lead) + lead.count(","), commas - lead.count(",")
            if missing != (0, 0):
                moved[number, at] = missing
    return moved


def kept_with_next(table: Table) -> tuple[bool, ...]:
    """Return for each row whether a page may not end behind it.

    A row stays with the rows below it in the outline: all of them when they are few, else with the first two;
    and the last of many does not stand alone on a page.
    """
    rows = table.rows
    kept = [False] * len(rows)
    for first, head in enumerate(rows):
        after = first + 1
        while after < len(rows) and rows[after].depth > head.depth:
            after += 1
        inside = after - first - 1
        if not inside:
            continue
        if inside <= LONGEST_RUN:
            kept[first : after - 1] = [True] * inside
        else:
            kept[first] = kept[first + 1] = kept[after - 2] = True
    return tuple(kept)


def widths(table: Table) -> tuple[float, ...]:
    """Return the widths of the stub and the columns as shares of the text's width, which they fill.

    Without declared widths a column takes what its longest cell needs, in letters, within bounds. Where that
    is more than a line holds, the stub gives way first: words break over lines better than numbers.
    """
    natural = [_natural(table.stub, [(line.stub.text, line.level) for line in table.rows if line.cells], 44)]
    for at, one in enumerate(table.columns):
        cells = [(line.cells[at].text, 0) for line in table.rows if line.cells]
        natural.append(_natural(one, cells, 28))
    if any(declared := [table.stub.width, *(one.width for one in table.columns)]):
        scale = sum(natural) / sum(width for width in declared if width)
        natural = [width * scale if width else own for width, own in zip(declared, natural, strict=True)]
    elif sum(natural) > _LETTERS_A_LINE:
        natural[0] = max(_NARROWEST_STUB, _LETTERS_A_LINE - sum(natural[1:]))
    return tuple(round(letters / sum(natural), 4) for letters in natural)


_LETTERS_A_LINE = 100  # about 9 points on 165 mm
_NARROWEST_STUB = 22


def _natural(one: Column, cells: list[tuple[str, int]], most: int) -> float:
    label = one.label.text
    heading = max([len(label) / (1 if len(label) <= 12 else 2), *map(len, label.split())])
    longest = max((len(text) + 2 * level for text, level in cells), default=0)
    return min(most, max(heading, longest)) + 2.6

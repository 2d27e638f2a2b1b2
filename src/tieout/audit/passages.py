"""What a reader reads, passage by passage, with the ties, givens, claims and structure that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tieout.text.pandoc import (
    QUOTES,
    Node,
    blocks_inside,
    is_prepared_table,
    meta_blocks,
    prepared_blocks,
    table_rows,
)
from tieout.text.script import lowered, raised

MarkKind = Literal["tie", "given", "claim", "structure"]
Part = Literal["title", "abstract", "body", "caption", "note", "table", "alternative"]

_UNREAD = frozenset({"tieout-stale", "tieout-banner", "banner", "synthetic"})  # written by the tool itself
_BLANKS = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
_STYLED = frozenset({"Emph", "Underline", "Strong", "Strikeout", "SmallCaps"})
_JOINER = "\N{WORD JOINER}"  # a raised letter is a footnote's mark and no part of the word before it
_RESULTS = re.compile(r"^\W*(?:[\d.]+\s+)?(?:results?|findings)\b", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_INDEX = re.compile(r"[\^_]\s*(?:\{[^{}]*\}|\S)")  # an exponent or an index in a formula


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a passage that is accounted for.

    `key` is a tie's key with its facet, a given's source, or a claim's condition.
    """

    kind: MarkKind
    start: int
    end: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where in a table a passage stands; headings have row 0. `block` numbers the document's prepared tables.

    `stub` names the row, `group` the row under which it is indented, `heading` the column.
    """

    table: int
    row: int
    column: int
    stub: str = ""
    group: str = ""
    heading: str = ""
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, caption, footnote, cell or title: its words and what is accounted for in them.

    `in_results` says that it stands under a heading such as Results; `label` is the float that holds it.
    """

    text: str
    marks: tuple[Mark, ...]
    part: Part
    in_results: bool = False
    section: str = ""
    label: str = ""
    cell: Cell | None = None

    @property
    def is_strict(self) -> bool:
        """Whether a loose number always fails here: what shows results, and what readers take for them."""
        return self.in_results or self.part in {"title", "abstract", "caption", "table", "alternative"}

    def of_kind(self, kind: MarkKind) -> list[Mark]:
        """Return the marks of one kind, in order."""
        return [mark for mark in self.marks if mark.kind == kind]


def passages(document: Node) -> list[Passage]:
    """Return the passages of a pandoc document in reading order, the title first."""
    walk = _Walk()
    meta = document.get("meta", {})
    walk.metadata(meta.get("title"), "title")
    walk.metadata(meta.get("subtitle"), "title")
    walk.metadata(meta.get("abstract"), "abstract")
    walk.blocks(document["blocks"])
    return walk.made


@dataclass(slots=True)
class _Text:
    """Characters gathered from inlines, with their marks; notes and images are kept for later."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[Mark] = field(default_factory=list)
    notes: list[Sequence[Node]] = field(default_factory=list)
    images: list[Node] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def marked(self, kind: MarkKind, key: str, inlines: Iterable[Node], shape: Any = str) -> None:
        start = self.length
        self.inlines(inlines, shape)
        self.marks.append(Mark(kind, start, self.length, key))

    def inlines(self, inlines: Iterable[Node], shape: Any = str) -> None:
        for inline in inlines:
            self.inline(inline, shape)

    def inline(self, inline: Node, shape: Any) -> None:
        kind: str = inline["t"]
        content: Any = inline.get("c")
        if kind == "Str":
            self.add(shape(content))
        elif kind in _BLANKS:
            self.add(_BLANKS[kind])
        elif kind in _STYLED:
            self.inlines(content, shape)
        elif kind in {"Superscript", "Subscript"}:
            self.add(_JOINER)
            self.inlines(content, raised if kind == "Superscript" else lowered)
        elif kind in {"Cite", "Link"}:
            self.marked("structure", kind.lower(), content[1], shape)
        elif kind == "Note":
            self.notes.append(content)
        elif kind == "Image":
            self.images.append(inline)
        else:
            self.other(kind, content, shape)

    def other(self, kind: str, content: Any, shape: Any) -> None:
        if kind == "Span":
            self.span(content, shape)
        elif kind == "Code":
            self.marked("structure", "code", [{"t": "Str", "c": content[1]}])
        elif kind == "Math":
            self.formula(content[1])
        elif kind == "RawInline" and content[0] == "html":
            self.add(_TAG.sub("", content[1]))
        elif kind == "Quoted":
            quotes = QUOTES[content[0]["t"]]
            self.add(quotes[0])
            self.inlines(content[1], shape)
            self.add(quotes[1])

    def span(self, content: Any, shape: Any) -> None:
        (_, classes, attributes), inlines = content
        named: dict[str, str] = dict(attributes)
        if "tie" in classes:
            self.marked("tie", named.get("key", ""), inlines, shape)
        elif "given" in classes:
            self.marked("given", named.get("source", named.get("from", "")), inlines, shape)
        elif "claim" in classes:
            self.marked("claim", named.get("condition", ""), inlines, shape)
        else:
            self.inlines(inlines, shape)

    def formula(self, text: str) -> None:
        at = 0
        for match in _INDEX.finditer(text):
            self.add(text[at : match.start()])
            self.marked("structure", "index", [{"t": "Str", "c": match.group()}])
            at = match.end()
        self.add(text[at:])


class _Walk:
    """Goes once through a document and makes its passages."""

    def __init__(self) -> None:
        self.made: list[Passage] = []
        self._part: Part = "body"
        self._headings: list[tuple[int, str]] = []
        self._label = ""
        self._tables = 0
        self._prepared = 0

    def metadata(self, value: Node | None, part: Part) -> None:
        before, self._part = self._part, part
        self.blocks(meta_blocks(value))
        self._part = before

    def blocks(self, blocks: Iterable[Node]) -> None:
        for block in blocks:
            self.block(block)

    def block(self, block: Node) -> None:
        kind: str = block["t"]
        content: Any = block.get("c")
        if is_prepared_table(block):
            self._prepared_table(block)
        elif kind in {"Para", "Plain"}:
            self.words(content)
        elif kind == "RawBlock" and content[0] == "html":
            self.words([{"t": "RawInline", "c": content}])
        elif kind == "Table":
            self.table(content, None)
        elif kind in {"Header", "Div", "Figure"}:
            {"Header": self._heading, "Div": self._div, "Figure": self._figure}[kind](content)
        else:
            for inside in blocks_inside(kind, content):
                self.blocks(inside)

    def _prepared_table(self, block: Node) -> None:
        number, self._prepared = self._prepared, self._prepared + 1
        for inner in prepared_blocks(block):
            if inner["t"] == "Table":
                self.table(inner["c"], number)
            else:
                self._below(inner, Cell(self._tables - 1, -1, 0, block=number))

    def words(self, inlines: Iterable[Node], cell: Cell | None = None) -> None:
        text = _Text()
        text.inlines(inlines)
        made = "".join(text.parts)
        if made.strip() or text.marks:
            self._keep(made, text.marks, self._part, cell)
        for note in text.notes:
            before, self._part = self._part, self._part if self._part in {"abstract", "table"} else "note"
            self.blocks(note)
            self._part = before
        for image in text.images:
            self._image(image)

    def table(self, content: Any, block: int | None) -> None:
        head, rows = table_rows(content)
        number = self._tables
        self._tables += 1
        before, self._part = self._part, "caption"
        self.blocks(content[1][1])
        self._part = "table"
        above: dict[int, list[str]] = {}
        for row in head:
            for column, span, inlines in _cells(row):
                for each in range(column, column + span):
                    above.setdefault(each, []).append(_plain(inlines))
                self.words(inlines, Cell(number, 0, column, block=block))
        outline: list[tuple[int, str]] = []  # the rows above, each further in than the one before
        for place, row in enumerate(rows, 1):
            cells = list(_cells(row))
            first = _plain(cells[0][2]) if cells else ""
            stub, indent = first.strip(), len(first) - len(first.lstrip())
            outline = [held for held in outline if held[0] < indent]
            group = outline[-1][1] if outline else ""
            outline.append((indent, stub))
            for column, _, inlines in cells:
                heading = " ".join(above.get(column, []))
                self.words(inlines, Cell(number, place, column, stub, group, heading, block))
        self._part = before

    def _keep(self, text: str, marks: Iterable[Mark], part: Part, cell: Cell | None = None) -> None:
        headings = [heading for _, heading in self._headings]
        in_results = any(_RESULTS.match(heading) for heading in headings)
        section = headings[0] if headings else ""
        ordered = tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end)))
        self.made.append(Passage(text, ordered, part, in_results, section, self._label, cell))

    def _heading(self, content: Any) -> None:
        level, _, inlines = content
        text = _Text()
        text.inlines(inlines)
        words = "".join(text.parts)
        self._headings = [held for held in self._headings if held[0] < level] + [(level, words)]
        whole = Mark("structure", 0, len(words), "heading")
        self._keep(words, [*text.marks, whole], self._part)

    def _div(self, content: Any) -> None:
        (identifier, classes, _), blocks = content
        if identifier == "refs" or _UNREAD & set(classes):
            return
        before, label, headings = self._part, self._label, self._headings
        if "abstract" in classes or "title" in classes:
            self._part = "abstract" if "abstract" in classes else "title"
        if identifier.startswith(("tbl-", "fig-")):
            self._label = identifier
        self.blocks(blocks)
        if "abstract" in classes:
            self._headings = headings  # an abstract's headings do not reach beyond it
        self._part, self._label = before, label

    def _figure(self, content: Any) -> None:
        (identifier, _, _), caption, blocks = content
        before, label = self._part, self._label
        self._label = identifier or label
        self.blocks(blocks)
        self._part = "caption"
        self.blocks(caption[1])
        self._part, self._label = before, label

    def _image(self, image: Node) -> None:
        (_, _, attributes), inlines, (path, _) = image["c"]
        alternative = dict(attributes).get("fig-alt", "")
        if alternative:
            self._keep(alternative, [Mark("structure", 0, 0, path)], "alternative")
        elif self._part != "caption" and inlines:
            before, self._part = self._part, "caption"
            self.words(inlines)
            self._part = before

    def _below(self, block: Node, cell: Cell) -> None:
        """Keep the notes below a table as parts of it."""
        before, self._part = self._part, "table"
        first = len(self.made)
        self.block(block)
        self.made[first:] = [replace(one, cell=cell) for one in self.made[first:]]
        self._part = before


def _cells(row: Any) -> Iterator[tuple[int, int, list[Node]]]:
    """Yield each cell of a row as (column, columns that it spans, inlines)."""
    column = 0
    for _, _, _, span, blocks in row[1]:
        inlines: list[Node] = []
        for block in blocks:
            inlines += [*block["c"], {"t": "Space"}] if block["t"] in {"Para", "Plain"} else []
        yield column, span, inlines[:-1]
        column += span


def _plain(inlines: Iterable[Node]) -> str:
    text = _Text()
    text.inlines(inlines)
    return "".join(text.parts)

"""The parts of an abstract or a manuscript that a venue has rules for, taken from pandoc's syntax tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tieout.text.pandoc import (
    QUOTES,
    Blocks,
    Node,
    blocks_inside,
    is_prepared_table,
    meta_blocks,
    prepared_blocks,
    table_rows,
)

_LEFT_OUT = frozenset({"banner", "tieout-banner", "synthetic", "tie-error"})


@dataclass(frozen=True, slots=True)
class TableText:
    """A table's words: its caption and its rows of cells, header first."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AbstractParts:
    """A text as a venue sees it.

    `sections` are (heading, text) with a line a paragraph; `figures` are captions; `references` a line each;
    `ties` are (key, printed text) in the order of the text.
    """

    title: str
    sections: tuple[tuple[str, str], ...]
    tables: tuple[TableText, ...] = ()
    figures: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    title_ties: tuple[tuple[str, str], ...] = ()


def abstract_parts(document: Node) -> AbstractParts:
    """Take an abstract from a pandoc document: its `.abstract` div or metadata, else the whole of it."""
    blocks = (
        _of_class(document["blocks"], "abstract")
        or meta_blocks(document.get("meta", {}).get("abstract"))
        or document["blocks"]
    )
    return _parts(document, blocks)


def manuscript_parts(document: Node) -> AbstractParts:
    """Take a manuscript's text, without title, abstract and what stands under a heading `.back-matter`.

    A section is a heading of the highest level.
    """
    return _parts(document, _main_text(document["blocks"]))


def every_section(document: Node) -> tuple[tuple[str, str], ...]:
    """Return (heading, text) of each heading of any level, with the text up to the next heading."""
    walk = _Walk(9)
    walk.blocks([b for b in document["blocks"] if not _classes(b) & {"abstract", "title"}])
    return tuple((heading, "\n".join(paragraphs)) for heading, paragraphs in walk.sections if heading)


def plain_text(inlines: Iterable[Node]) -> str:
    """Return the characters that a reader sees; a footnote's words follow its place in parentheses."""
    return "".join(_inline(inline) for inline in inlines)


def _main_text(blocks: Blocks) -> list[Node]:
    kept: list[Node] = []
    left_out = 0  # the level of the heading of back matter under which we are; 0 outside of it
    for block in blocks:
        if block["t"] == "Header":
            level, (_, classes, _), _ = block["c"]
            if level <= left_out:
                left_out = 0
            if not left_out and "back-matter" in classes:
                left_out = level
        is_references = block["t"] == "Div" and block["c"][0][0] == "refs"
        if (not left_out or is_references) and not _classes(block) & {"abstract", "title"}:
            kept.append(block)
    return kept


def _parts(document: Node, blocks: Blocks) -> AbstractParts:
    title = _title_inlines(document)
    walk = _Walk(_top_level(blocks))
    walk.blocks(blocks)
    return AbstractParts(
        title=plain_text(title).strip(),
        sections=tuple(
            (heading, "\n".join(paragraphs)) for heading, paragraphs in walk.sections if heading or paragraphs
        ),
        tables=tuple(walk.tables),
        figures=tuple(walk.figures),
        authors=_authors(document.get("meta", {})),
        references=tuple(walk.references),
        ties=tuple(_ties(blocks)),
        title_ties=tuple(_ties(title)),
    )


class _Walk:
    """Gathers sections, tables and figures while it walks over blocks once."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.sections: list[tuple[str, list[str]]] = [("", [])]
        self.tables: list[TableText] = []
        self.figures: list[str] = []
        self.references: list[str] = []

    def blocks(self, blocks: Blocks) -> None:
        for block in blocks:
            self.block(block)

    def block(self, block: Node) -> None:
        kind, content = block["t"], _content(block)
        if kind == "Header":
            self._header(content)
        elif kind in ("Para", "Plain"):
            self._paragraph(content)
        elif kind == "Div":
            self._div(block)
        elif kind == "Table":
            self.tables.append(_table(content))
        elif is_prepared_table(block):
            self.blocks(prepared_blocks(block))
        elif kind == "Figure":
            self._figure(content)
        else:
            for inside in blocks_inside(kind, content):
                self.blocks(inside)

    def _header(self, content: Any) -> None:
        level, _, inlines = content
        if level <= self.level:
            self.sections.append((plain_text(inlines).strip(), []))
        else:
            self._say(plain_text(inlines))

    def _paragraph(self, inlines: Sequence[Node]) -> None:
        visible = [i for i in inlines if i["t"] not in ("Space", "SoftBreak")]
        if len(visible) == 1 and visible[0]["t"] == "Image":
            self.figures.append(plain_text(visible[0]["c"][1]))
            return
        heading, rest = _run_in_heading(inlines)
        if heading:
            self.sections.append((heading, []))
        self._say(plain_text(rest))

    def _div(self, block: Node) -> None:
        (identifier, classes, _), blocks = block["c"]
        if identifier == "refs":
            self.references += [_text(entry["c"][1]) for entry in blocks if entry["t"] == "Div"]
        elif "title" in classes or _LEFT_OUT & set(classes):
            return
        elif identifier.startswith(("tbl-", "fig-")):
            self._float(identifier, blocks)
        else:
            self.blocks(blocks)

    def _figure(self, content: Any) -> None:
        """A float of the parsed tree: its caption stands apart, and a table may be in it."""
        (identifier, _, _), caption, blocks = content
        inside = _Walk(0)
        inside.blocks(blocks)
        if inside.tables and not identifier.startswith("fig-"):
            self.tables += inside.noted(_text(caption[1]), inside.said())
        else:
            self.figures.append(_text(caption[1]))

    def _float(self, identifier: str, blocks: Blocks) -> None:
        """A fenced float: its last paragraph is the caption, which belongs to the table or figure."""
        inside = _Walk(0)
        inside.blocks(blocks)
        *notes, caption = inside.said() or [""]
        if identifier.startswith("tbl-"):
            self.tables += inside.noted(caption, notes)
        else:
            self.figures.append(caption or (inside.figures[0] if inside.figures else ""))

    def said(self) -> list[str]:
        """Return the paragraphs that were met."""
        return [line for _, paragraphs in self.sections for line in paragraphs]

    def noted(self, caption: str, notes: Sequence[str]) -> list[TableText]:
        """Return the tables with their caption; notes become rows of one cell, so that they count too."""
        rows = tuple((note,) for note in notes)
        return [replace(t, caption=t.caption or caption, rows=t.rows + rows) for t in self.tables]

    def _say(self, text: str) -> None:
        if text.strip():
            self.sections[-1][1].append(text.strip())


def _content(node: Node) -> Any:
    return node.get("c")


def _run_in_heading(inlines: Sequence[Node]) -> tuple[str, Sequence[Node]]:
    """Split `**Background:** text` into its heading and the rest; no heading without the colon."""
    if not inlines or inlines[0]["t"] != "Strong":
        return "", inlines
    bold, rest = plain_text(inlines[0]["c"]).strip(), list(inlines[1:])
    if bold.endswith(":"):
        return bold[:-1].strip(), rest
    if rest and rest[0]["t"] == "Str" and rest[0]["c"].startswith(":"):
        return bold, [{"t": "Str", "c": rest[0]["c"][1:]}, *rest[1:]]
    return "", inlines


def _table(content: Any) -> TableText:
    head, rows = table_rows(content)
    cells = tuple(tuple(_text(cell[4]) for cell in row[1]) for row in (*head, *rows))
    return TableText(_text(content[1][1]), cells)


def _text(blocks: Blocks) -> str:
    walk = _Walk(0)
    walk.blocks(blocks)
    return " ".join(line for heading, paragraphs in walk.sections for line in (heading, *paragraphs) if line)


def _inline(node: Node) -> str:
    kind, content = node["t"], _content(node)
    if kind == "Str":
        return str(content)
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "Math"):
        return str(content[1])
    if kind == "Quoted":
        left, right = QUOTES[content[0]["t"]]
        return left + plain_text(content[1]) + right
    if kind in ("Link", "Span", "Cite"):
        return plain_text(content[1])
    if kind == "Note":
        return f" ({_text(content)})"
    if kind in ("RawInline", "Image"):
        return ""
    return plain_text(content)


def _title_inlines(document: Node) -> list[Node]:
    titled = _of_class(document["blocks"], "title") or meta_blocks(document.get("meta", {}).get("title"))
    return _inlines_of(titled)


def _inlines_of(blocks: Blocks) -> list[Node]:
    """Return the inlines of paragraphs and headings, one after another."""
    places = {"Para": lambda c: c, "Plain": lambda c: c, "Header": lambda c: c[2]}
    return [inline for block in blocks if block["t"] in places for inline in places[block["t"]](block["c"])]


def _authors(meta: Mapping[str, Any]) -> tuple[str, ...]:
    value = meta.get("author") or meta.get("authors")
    if value is None:
        return ()
    names = []
    for entry in value["c"] if value["t"] == "MetaList" else [value]:
        named = entry["c"].get("name") if entry["t"] == "MetaMap" else entry
        if named and named["t"] == "MetaMap":
            named = named["c"].get("literal")
        names.append(plain_text(_inlines_of(meta_blocks(named))))
    return tuple(names)


def _classes(block: Node) -> set[str]:
    return set(block["c"][0][1]) if block["t"] == "Div" else set()


def _of_class(blocks: Blocks, name: str) -> Blocks:
    for block in blocks:
        if name in _classes(block):
            found: Blocks = block["c"][1]
            return found
    return []


def _top_level(blocks: Blocks) -> int:
    levels = [block["c"][0] for block in blocks if block["t"] == "Header"]
    inner = [_top_level(block["c"][1]) for block in blocks if block["t"] == "Div"]
    return min([*levels, *(level for level in inner if level)], default=0)


def _ties(node: Any) -> list[tuple[str, str]]:
    if isinstance(node, list | tuple):
        return [tie for item in node for tie in _ties(item)]
    if not isinstance(node, Mapping):
        return []
    if node.get("t") == "Span" and "tie" in node["c"][0][1]:
        return [(dict(node["c"][0][2]).get("key", ""), plain_text(node["c"][1]))]
    if is_prepared_table(node):
        return _ties(prepared_blocks(node))
    return [tie for value in node.values() for tie in _ties(value)]

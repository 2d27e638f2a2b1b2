"""The prose of a Word file as an author writes it in a .qmd: ties, claims, givens and citations restored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.word.marks import KeyBook, Mark, find_marks
from tieout.word.names import DOCUMENT, W
from tieout.word.package import Package, parse_part
from tieout.word.tree import is_gone, paragraph_of, shown_nodes

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SPECIAL = re.compile(r"([\\`*_\[\]^~$<>@#])")
_NUMBER = re.compile(r"\d+(?:[,.\N{MIDDLE DOT}]\d+)*")
_CITED = re.compile(r"\](?:\^?[,;]\s?\^?)\[(?=@)")
_IN_PARENTHESES = re.compile(r"\((\[@[^\]]+\])\)")
_FORMS = {f"{W}b": "**", f"{W}i": "*"}


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Characters of one text node with what they belong to: a mark, a citation, or plain prose."""

    node: Element
    text: str
    mark: Mark | None
    target: str  # where a link leads: ref-sartor2021, tbl-flow; "" for no link inside the document


@dataclass(frozen=True, slots=True, eq=False)
class Paragraph:
    """A paragraph that shows something; `part` and `number` say where."""

    element: Element
    part: str
    number: int
    pieces: tuple[Piece, ...]

    @property
    def normal(self) -> str:
        """The paragraph as it is compared: each tie by its key, white space as single blanks."""
        made, last = [], None
        for piece in self.pieces:
            if piece.mark and piece.mark.kind == "tie":
                if piece.mark is not last:
                    made.append(f"{{{piece.mark.key}}}")
            else:
                made.append(piece.text)
            last = piece.mark
        return " ".join("".join(made).split())

    @property
    def loose(self) -> list[tuple[str, Element]]:
        """The numbers in digits that are no tie, claim, given, citation or cross-reference."""
        text = ""
        owners: list[Element] = []
        for piece in self.pieces:
            free = piece.mark is None and not piece.target
            text += piece.text if free else "\0" * len(piece.text)
            owners += [piece.node] * len(piece.text)
        return [(match[0], owners[match.start()]) for match in _NUMBER.finditer(text)]


def read_paragraphs(package: Package, book: KeyBook) -> list[Paragraph]:
    """Return the paragraphs of the body and the notes that show something, in order."""
    return [
        paragraph
        for part in sorted(package.text_parts(), key=lambda part: part != DOCUMENT)
        if "header" not in part and "footer" not in part
        for paragraph in paragraphs_of(parse_part(package, part), part, book)
    ]


def paragraphs_of(root: Element, part: str, book: KeyBook) -> list[Paragraph]:
    """Return the paragraphs of one parsed part."""
    marks = {node: mark for mark in find_marks(root, book) for node in mark.nodes}
    made = []
    for number, element in enumerate(root.iter(f"{W}p"), start=1):
        if is_gone(element):
            continue
        nodes = [node for node in shown_nodes(element) if paragraph_of(node) is element]
        pieces = tuple(Piece(node, node.text or "", marks.get(node), _target(node)) for node in nodes)
        if any(piece.text.strip() for piece in pieces):
            made.append(Paragraph(element, part, number, pieces))
    return made


def restored(paragraph: Paragraph, claims: Mapping[str, str]) -> str:
    r"""Return a paragraph as Markdown for the .qmd.

    `claims` gives a claim's Python expression by its words. A tie becomes an inline expression; emphasis,
    superscripts, citations and cross-references are written back; what a style prints between citations is
    lost.
    """
    made, last = "", None
    for piece in paragraph.pieces:
        if piece.mark is not None:
            if piece.mark is not last:
                made += _formed(_mark_text(piece.mark, claims), piece.node)
        elif piece.target:
            if f"@{piece.target.removeprefix('ref-')}" not in made[-len(piece.target) - 6 :]:
                made += _reference(piece.target)
        else:
            made += _formed(_SPECIAL.sub(r"\\\1", piece.text), piece.node)
        last = piece.mark
    joined = re.sub(r"(?<!\\)\*\*(\s*)\*\*|(?<!\\)\^\^|(?<!\\)~~", r"\1", made)
    return " ".join(_IN_PARENTHESES.sub(r"\1", _CITED.sub("; ", joined)).split())


def _mark_text(mark: Mark, claims: Mapping[str, str]) -> str:
    words = " ".join(mark.text.split())
    if mark.kind == "tie":
        return f"`{{python}} r.{mark.key}`"
    if expression := claims.get(words):
        return f"`{{python}} {expression}`"
    if mark.kind == "given":
        return f'[{words}]{{.given source="{mark.key}"}}'
    return words


def _reference(target: str) -> str:
    return f"[@{target.removeprefix('ref-')}]" if target.startswith("ref-") else f"@{target}"


def _formed(text: str, node: Element) -> str:
    """Put emphasis and position around a run's text, its outer blanks outside."""
    properties = node.getparent().find(f"{W}rPr")  # type: ignore[union-attr]  # a text node stands in a run
    if properties is None or not text.strip():
        return text
    inner = text.strip()
    raised = properties.find(f"{W}vertAlign")
    if raised is not None:
        sign = {"superscript": "^", "subscript": "~"}.get(raised.get(f"{W}val", ""), "")
        inner = f"{sign}{inner}{sign}"
    for tag, sign in _FORMS.items():
        form = properties.find(tag)
        if form is not None and form.get(f"{W}val", "1") not in ("0", "false", "off"):
            inner = f"{sign}{inner}{sign}"
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return before + inner + after


def _target(node: Element) -> str:
    """Return the bookmark that a link around the node leads to, where the tool made it."""
    for above in node.iterancestors():
        if above.tag == f"{W}hyperlink":
            anchor = above.get(f"{W}anchor", "")
            return anchor if anchor.startswith(("ref-", "tbl-", "fig-", "sec-", "eq-")) else ""
        if above.tag == f"{W}p":
            return ""
    return ""


def marks_of(paragraphs: Sequence[Paragraph]) -> list[tuple[Mark, Paragraph]]:
    """Return the marks of paragraphs, each once, with the paragraph where it begins."""
    seen: dict[Mark, tuple[Mark, Paragraph]] = {}
    for paragraph in paragraphs:
        for piece in paragraph.pieces:
            if piece.mark is not None:
                seen.setdefault(piece.mark, (piece.mark, paragraph))
    return list(seen.values())

"""Reading a Word file back as text, with its ties."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from tieout.text.flow import Flow
from tieout.text.script import lowered, raised
from tieout.text.ties import PrintedTie

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_LARGEST_PART = 100_000_000  # bytes; a book has some ten million
_DEEPEST = 400

# Struck text, moved-away text, field codes and properties are no words of the document.
_UNSEEN = frozenset(
    {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "tblPr", "sectPr", "sdtPr")}
    | {f"{_MC}Fallback", f"{_M}ctrlPr", f"{_W}tblGrid", f"{_W}tcPr", f"{_W}trPr"}
)
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}


class UnreadableDocxError(Exception):
    """The file is no Word document, or one too large to be read."""


def read_docx(raw: bytes) -> tuple[str, tuple[PrintedTie, ...]]:
    """Return the text of a Word file, a line a paragraph, and its ties (`w:sdt` with a `w:tag`).

    Tracked insertions count and deletions do not; notes follow the body; headers, footers and comments are
    left out. A tie's text is what its content control shows. Cells of a row are parted by tabs.

    Raises
    ------
    UnreadableDocxError
        when the bytes are no Word document.
    """
    flow = Flow()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            names = set(package.namelist())
            if _PARTS[0] not in names:
                raise UnreadableDocxError("it holds no word/document.xml")
            for name in _PARTS:
                if name in names:
                    _walk(_parse(package, name), flow, shape=str, depth=0)
                    flow.line()
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,
        OSError,
        EOFError,
    ) as e:
        raise UnreadableDocxError("it is no zip file that can be opened") from e
    except zlib.error as e:  # zipfile lets it through
        raise UnreadableDocxError("it is damaged") from e
    return flow.finish()


def _parse(package: zipfile.ZipFile, name: str) -> Element:
    from lxml import etree  # noqa: PLC0415  (50 ms that a text file need not pay)

    if package.getinfo(name).file_size > _LARGEST_PART:
        raise UnreadableDocxError(f"{name} is larger than {_LARGEST_PART // 1_000_000} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(package.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocxError(f"{name} is no XML") from error


def _walk(element: Element, flow: Flow, *, shape: Callable[[str], str], depth: int) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in _UNSEEN or depth > _DEEPEST or _is_separator(element):
        return
    if tag in {f"{_W}t", f"{_M}t"}:
        flow.add(shape(element.text or ""), keep_space=True)
        return
    if tag in _MARKS:
        flow.add(_MARKS[tag], keep_space=True)
        return
    if tag == f"{_W}footnoteReference":
        flow.note()
        return
    if tag == f"{_W}p" and not _begins_cell(element):
        flow.line()
    key = _tag_of(element) if tag == f"{_W}sdt" else None
    if key is not None:
        flow.open_tie(key)
    inner = _shape_of(element) if tag == f"{_W}r" else shape
    for child in element:
        _walk(child, flow, shape=inner, depth=depth + 1)
    if key is not None:
        flow.close_tie()
    if tag == f"{_W}tc":
        flow.cell()
    elif tag == f"{_W}tr" or (tag == f"{_W}p" and not _in_cell(element)):
        flow.line()


def _is_separator(element: Element) -> bool:
    """Word keeps the rule above footnotes as a note of its own."""
    return element.tag in {f"{_W}footnote", f"{_W}endnote"} and element.get(f"{_W}type", "normal") != "normal"


def _tag_of(element: Element) -> str | None:
    tag = element.find(f"{_W}sdtPr/{_W}tag")
    return None if tag is None else tag.get(f"{_W}val")


def _shape_of(run: Element) -> Callable[[str], str]:
    place = run.find(f"{_W}rPr/{_W}vertAlign")
    value = None if place is None else place.get(f"{_W}val")
    return raised if value == "superscript" else lowered if value == "subscript" else str


def _begins_cell(paragraph: Element) -> bool:
    before = paragraph.getprevious()
    return _in_cell(paragraph) and (before is None or before.tag != f"{_W}p")


def _in_cell(paragraph: Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and parent.tag == f"{_W}tc"

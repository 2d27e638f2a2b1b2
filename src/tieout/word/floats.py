"""The tables and figures of an edited Word file, held against those that the document makes now.

A float is found by the bookmark of its label (`tbl-baseline`, `fig-survival`), which Word and LibreOffice
keep. A table's numbers are ties, which `refresh` brings up to date; here its structure is compared, so that
nobody takes a table for current whose rows are not. A figure gets its new picture and alternative text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tieout.values.finding import Finding, Place
from tieout.word.marks import KeyBook, find_marks
from tieout.word.names import DOCUMENT, PIC, WP, A, R, W
from tieout.word.package import (
    Package,
    parse_part,
    part_bytes,
    relationships_name,
    with_relationship,
)
from tieout.word.tree import is_gone, paragraph_numbers, place_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_IMAGE_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_IMAGE_TYPES = {".png": "image/png", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}

# A table's shape: for each row how many columns it has, and the ties by the column where their cell begins.
Shape = tuple[tuple[int, tuple[tuple[int, tuple[str, ...]], ...]], ...]


@dataclass(frozen=True, slots=True)
class RefreshedFloats:
    """A file with its figures brought up to date, a line for each change, and what was left alone."""

    package: Package
    changes: tuple[str, ...]
    findings: tuple[Finding, ...]


def refresh_floats(edited: Package, fresh: Package | None, book: KeyBook, name: str) -> RefreshedFloats:
    """Bring the figures of a Word file up to date and compare its tables.

    Parameters
    ----------
    edited : the co-authors' file; `fresh` the one that the document makes now, None where it cannot be made.
    book : the keys of the store.
    name : the file's name, for places.
    """
    if fresh is None:
        message = "tables and figures were not compared: the document does not render"
        finding = Finding("word/floats-left", message, Place(name), {}, "mend what is found", blocks=False)
        return RefreshedFloats(edited, (), (finding,))
    body, ours = parse_part(edited, DOCUMENT), parse_part(fresh, DOCUMENT)
    here, wanted, numbers = _labels(body), _labels(ours), paragraph_numbers(body)
    changes: list[str] = []
    findings: list[Finding] = []
    for label, start in wanted.items():
        if label not in here:
            findings.append(_absent(label, name))
        elif label.startswith("tbl-"):
            findings += _compare_table(here[label], start, label, book, place_of(here[label], numbers, name))
        else:
            place = place_of(here[label], numbers, name)
            edited, done = _refresh_figure(edited, fresh, here[label], start)
            changes += [f"{place}: {label}: {what}" for what in done]
            findings += _check_figure(here[label], start, label, place)
    if changes:
        edited = edited.with_parts({DOCUMENT: part_bytes(body)})
    return RefreshedFloats(edited, tuple(changes), tuple(findings))


def _labels(root: Element) -> Mapping[str, Element]:
    """Return where the labels of floats stand, the first of each name."""
    found: dict[str, Element] = {}
    for mark in root.iter(f"{W}bookmarkStart"):
        label = mark.get(f"{W}name", "")
        if label.startswith(("tbl-", "fig-")) and not is_gone(mark):
            found.setdefault(label, mark)
    return found


def _absent(label: str, name: str) -> Finding:
    kind = "table" if label.startswith("tbl-") else "figure"
    message, remedy = (
        f"the {kind} {label} is not in the file",
        f"take @{label} out of the .qmd, or put it back",
    )
    return Finding("word/float-absent", message, Place(name), {}, remedy)


# Tables


def table_at(start: Element) -> Element | None:
    """Return the table of a label: the one around its bookmark, else the next one behind it."""
    for above in start.iterancestors():
        if above.tag == f"{W}tbl":
            return above
    return _next(start, f"{W}tbl")


def table_shape(table: Element, book: KeyBook) -> Shape:
    """Return a table's shape, numbers and words aside."""
    keys: dict[Element, list[str]] = {}
    for mark in find_marks(table, book):
        cell = next(above for above in mark.nodes[0].iterancestors() if above.tag == f"{W}tc")
        if mark.kind == "tie":
            keys.setdefault(cell, []).append(mark.key)
    rows = [row for row in table.iterchildren(f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
    return tuple(_row_shape(row, keys) for row in rows)


def _row_shape(
    row: Element, keys: Mapping[Element, list[str]]
) -> tuple[int, tuple[tuple[int, tuple[str, ...]], ...]]:
    tied, column = [], 0
    for cell in row.iterchildren(f"{W}tc"):
        if cell in keys:
            tied.append((column, tuple(keys[cell])))
        column += _span(cell)
    return column, tuple(tied)


def _span(cell: Element) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if span is None else int(span.get(f"{W}val", "1"))


def _compare_table(here: Element, ours: Element, label: str, book: KeyBook, place: Place) -> list[Finding]:
    theirs, fresh = table_at(here), table_at(ours)
    if fresh is None:
        return []
    if theirs is None:
        return [_absent(label, place.file)]
    have, need = table_shape(theirs, book), table_shape(fresh, book)
    if have == need:
        return []
    facts = {"have": _said(have), "need": _said(need)}
    message = (
        f"the table {label} is built otherwise than the document makes it now: only its ties were refreshed"
    )
    remedy = "change the table's module, or paste the table of a fresh file"
    return [Finding("word/table-structure", message, place, facts, remedy)]


def _said(shape: Shape) -> str:
    columns = max((width for width, _ in shape), default=0)
    ties = sum(len(keys) for _, tied in shape for _, keys in tied)
    return f"{len(shape)} rows, {columns} columns, {ties} ties"


# Figures


def _refresh_figure(
    edited: Package, fresh: Package, here: Element, ours: Element
) -> tuple[Package, list[str]]:
    """Put the new picture and its alternative text in place of the old, unless somebody tampered with it."""
    theirs, drawing = _drawing_at(here), _drawing_at(ours)
    if drawing is None or theirs is None or _tampered(theirs):
        return edited, []
    changes = []
    new = fresh.parts[_image_of(fresh, drawing)]
    if edited.parts[_image_of(edited, theirs)] != new:
        edited = _with_image(edited, theirs, new, PurePosixPath(_image_of(fresh, drawing)).suffix)
        _resize(theirs, drawing)
        changes.append("new picture")
    if _describe(theirs, drawing):
        changes.append("new alternative text")
    return edited, changes


def _check_figure(here: Element, ours: Element, label: str, place: Place) -> list[Finding]:
    if _drawing_at(ours) is None:
        return []
    theirs = _drawing_at(here)
    reason = "it holds no picture" if theirs is None else _tampered(theirs)
    if not reason:
        return []
    message = f"the figure {label} was changed by hand and left as it is: {reason}"
    remedy = "put the picture of a fresh file there"
    return [Finding("word/figure-structure", message, place, {}, remedy)]


def _drawing_at(start: Element) -> Element | None:
    """Return the picture of a label: in the paragraphs between its bookmark and the next label."""
    inside = start.getparent()
    if inside is not None and inside.tag == f"{W}p" and (own := inside.find(f".//{W}drawing")) is not None:
        return own
    for element in start.itersiblings():
        found = element if element.tag == f"{W}drawing" else element.find(f".//{W}drawing")
        if found is not None:
            return found
        if element.tag == f"{W}bookmarkStart" and element.get(f"{W}name", "").startswith(("fig-", "tbl-")):
            return None
    return _next(start, f"{W}drawing")


def _tampered(drawing: Element) -> str:
    """Say what somebody did to a picture that a new one would undo; "" for nothing."""
    cut = next(drawing.iter(f"{A}srcRect"), None)
    if cut is not None and any(value not in ("", "0") for value in cut.values()):
        return "it was cropped"
    if next(drawing.iter(f"{A}blip"), None) is None:
        return "it is no longer a picture"
    return ""


def _image_of(package: Package, drawing: Element) -> str:
    """Return the part that holds a drawing's picture."""
    blip = next(drawing.iter(f"{A}blip"))
    wanted = blip.get(f"{R}embed")
    for relation in parse_part(package, relationships_name(DOCUMENT)):
        if relation.get("Id") == wanted:
            return f"word/{relation.get('Target', '')}"
    raise KeyError(wanted)


def _with_image(package: Package, drawing: Element, content: bytes, suffix: str) -> Package:
    """Give a drawing a picture of its own, so that no other drawing changes with it."""
    number = next(n for n in range(1, 10_000) if f"word/media/tieout{n}{suffix}" not in package.parts)
    target = f"media/tieout{number}{suffix}"
    package, identifier = with_relationship(package, DOCUMENT, _IMAGE_KIND, target, _IMAGE_TYPES[suffix])
    next(drawing.iter(f"{A}blip")).set(f"{R}embed", identifier)
    return package.with_parts({f"word/{target}": content})


def _resize(drawing: Element, like: Element) -> None:
    """Keep the width that a co-author chose; let the height follow the new picture's proportions."""
    extent, model = next(drawing.iter(f"{WP}extent"), None), next(like.iter(f"{WP}extent"), None)
    if extent is None or model is None:
        return
    width = int(extent.get("cx", "0"))
    height = str(round(width * int(model.get("cy", "1")) / int(model.get("cx", "1"))))
    extent.set("cy", height)
    for inner in drawing.iter(f"{A}ext"):
        if inner.get("cx") is not None:
            inner.set("cx", str(width))
            inner.set("cy", height)


def _describe(drawing: Element, like: Element) -> bool:
    """Give a drawing the alternative text of another; return whether it changed."""
    wanted = next(like.iter(f"{WP}docPr")).get("descr", "")
    inner = [e for e in drawing.iter(f"{PIC}cNvPr") if e.get("descr") == _descr(drawing)]
    if _descr(drawing) == wanted:
        return False
    for element in (next(drawing.iter(f"{WP}docPr")), *inner):
        element.set("descr", wanted)
    return True


def _descr(drawing: Element) -> str | None:
    return next(drawing.iter(f"{WP}docPr")).get("descr", "")


def _next(start: Element, tag: str) -> Element | None:
    """Return the next element with a tag behind this one, in the order of the document."""
    seen = False
    for element in start.getroottree().iter(tag, f"{W}bookmarkStart"):
        if element is start:
            seen = True
        elif seen and element.tag == tag and not is_gone(element):
            return element
    return None

"""The table as WordprocessingML: booktabs rules, a repeated header, a content control a number."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tieout.present.table import (
    Cell,
    Column,
    Emphasis,
    Part,
    Table,
    kept_with_next,
    marks,
    padding,
    spanners,
    widths,
)
from tieout.values.tie import Tie

TEXT_WIDTH_TWIPS = 9360  # 6.5 inches; the table itself is as wide as the text of its page
_CELL_SIZE, _NOTE_SIZE = 18, 16  # half points
_DIGIT_TWIPS, _COMMA_TWIPS, _INDENT_TWIPS = 92, 46, 200
_WHOLE_ROWS = 30  # a table up to this long moves to the next page rather than break
_TAG_LIMIT = 64  # Word refuses a longer tag or title
_THICK, _THIN = 8, 4  # eighths of a point


@dataclass(slots=True)
class _Running:
    """The footnotes' letters, and how many ties are written: `{{id:N}}` counts them."""

    letters: dict[str, str]
    ties: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """How a paragraph in a cell stands."""

    align: str = "left"
    indent_twips: int = 0
    is_kept: bool = False
    is_bold: bool = False
    is_underlined: bool = False
    before_twips: int = 30
    size: int = _CELL_SIZE
    borders: tuple[tuple[str, int], ...] = ()
    vertical: str = "top"


def openxml(table: Table) -> str:
    """Return the table and the paragraphs of its notes, to stand in a document's body.

    Each tie is a rich-text content control around a bookmark, with the placeholders `{{id:N}}` and
    `{{bookmark:KEY}}`; KEY is the key with its facet, as in the control's tag.
    """
    running = _Running(marks(table))
    shares = widths(table)
    grid = "".join(f'<w:gridCol w:w="{round(share * TEXT_WIDTH_TWIPS)}"/>' for share in shares)
    percent = [round(share * 5000) for share in shares]
    rows = [*_head(table, percent, running), *_body(table, percent, running)]
    properties = (
        f'<w:tblPr><w:tblW w:w="{sum(percent)}" w:type="pct"/><w:jc w:val="left"/>'
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        'w:noHBand="1" w:noVBand="1"/></w:tblPr>'
    )
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>" + _notes(table, running)


def _head(table: Table, percent: Sequence[int], running: _Running) -> list[str]:
    made = []
    top = (("top", _THICK),)
    if has_spanners := any(one.spanner for one in table.columns):
        cells, at = [_cell_xml(Cell(), _Look(borders=top, is_kept=True), percent[0], running)], 1
        for spanner, span in spanners(table):
            look = _Look(
                "center", borders=top, is_underlined=spanner is not None, is_kept=True, vertical="bottom"
            )
            label = Cell() if spanner is None else spanner.label
            cells.append(_cell_xml(label, look, sum(percent[at : at + span]), running, span))
            at += span
        made.append(_row_xml(cells, is_header=True))
    borders = (*(() if has_spanners else top), ("bottom", _THIN))
    cells = [
        _cell_xml(
            one.label,
            _Look(_align(one), is_kept=True, borders=borders, vertical="bottom"),
            width,
            running,
        )
        for one, width in zip((table.stub, *table.columns), percent, strict=True)
    ]
    return [*made, _row_xml(cells, is_header=True)]


def _body(table: Table, percent: Sequence[int], running: _Running) -> list[str]:
    kept, moved = kept_with_next(table), padding(table)
    has_notes = bool(table.notes or table.footnotes)
    is_whole = len(table.rows) <= _WHOLE_ROWS
    made = []
    for number, line in enumerate(table.rows):
        is_last = number == len(table.rows) - 1
        borders = (("bottom", _THICK),) if is_last else ()
        is_kept = has_notes if is_last else kept[number] or is_whole
        before = 60 if not number else 90 if line.is_group else 30
        look = _Look(
            "left", _INDENT_TWIPS * line.level, is_kept, line.is_group, before_twips=before, borders=borders
        )
        span, width = (1, percent[0]) if line.cells else (1 + len(table.columns), sum(percent))
        cells = [_cell_xml(line.stub, look, width, running, span)]
        for at, (one, content) in enumerate(
            zip(table.columns, line.cells, strict=True) if line.cells else ()
        ):
            digits, commas = moved.get((number, at), (0, 0))
            indent = digits * _DIGIT_TWIPS + commas * _COMMA_TWIPS
            look = _Look(_align(one), indent, is_kept, before_twips=before, borders=borders)
            cells.append(_cell_xml(content, look, percent[at + 1], running))
        made.append(_row_xml(cells, is_header=False))
    return made


def _align(one: Column) -> str:
    return "left" if one.align == "decimal" else one.align


def _notes(table: Table, running: _Running) -> str:
    written = [_runs(note.parts, "", _NOTE_SIZE, running) for note in table.notes]
    for name, letter in running.letters.items():
        mark = _run(letter, '<w:vertAlign w:val="superscript"/>', _NOTE_SIZE)
        written.append(mark + _runs(table.footnotes[name].parts, "", _NOTE_SIZE, running))
    made = []
    for number, runs in enumerate(written):
        is_last = number == len(written) - 1
        after = 160 if is_last else 0
        made.append(_paragraph(runs, _Look(is_kept=not is_last, before_twips=40, size=_NOTE_SIZE), after))
    return "".join(made)


def _row_xml(cells: Sequence[str], *, is_header: bool) -> str:
    header = "<w:tblHeader/>" if is_header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"


def _cell_xml(content: Cell, look: _Look, width: int, running: _Running, span: int = 1) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in look.borders
    )
    borders = f"<w:tcBorders>{rules}</w:tcBorders>" if rules else ""
    shape = f'<w:tcW w:w="{width}" w:type="pct"/>{spanned}{borders}<w:vAlign w:val="{look.vertical}"/>'
    bold = "<w:b/>" if look.is_bold else ""
    runs = _runs(content.parts, bold, look.size, running)
    if content.notes:
        mark = ",".join(running.letters[name] for name in content.notes)
        runs += _run(mark, f'{bold}<w:vertAlign w:val="superscript"/>', look.size)
    return f"<w:tc><w:tcPr>{shape}</w:tcPr>{_paragraph(runs, look)}</w:tc>"


def _paragraph(runs: str, look: _Look, after_twips: int = 30) -> str:
    kept = "<w:keepNext/>" if look.is_kept else ""
    # a paragraph's rule ends at the cell's margins, so that two spanners side by side keep a gap
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="{_THIN}" w:space="1" w:color="000000"/></w:pBdr>'
    underlined = rule if look.is_underlined else ""
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Compact"/>{kept}<w:keepLines/>{underlined}<w:suppressLineNumbers/>'
        f'<w:spacing w:before="{look.before_twips}" w:after="{after_twips}" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:left="{look.indent_twips}" w:right="0" w:firstLine="0"/><w:jc w:val="{look.align}"/>'
        f'<w:rPr><w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/></w:rPr></w:pPr>'
        f"{runs}</w:p>"
    )


def _runs(parts: Sequence[Part], style: str, size: int, running: _Running) -> str:
    made = []
    for part in parts:
        if isinstance(part, Tie):
            made.append(_control(part, style, size, running))
        elif isinstance(part, Emphasis):
            made.append(_run(part.text, f"{style}<w:i/>", size))
        else:
            made.append(_run(part, style, size))
    return "".join(made)


def _control(tie: Tie, style: str, size: int, running: _Running) -> str:
    key = f"{tie.key}.{tie.facet}"
    number = f"{{{{id:{running.ties}}}}}"
    running.ties += 1
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{escape(tie.result.meaning.label[:_TAG_LIMIT])}"/>'
        f'<w:tag w:val="{escape(_tag(key))}"/><w:id w:val="{number}"/></w:sdtPr><w:sdtContent>'
        f'<w:bookmarkStart w:id="{number}" w:name="{{{{bookmark:{key}}}}}"/>'
        f"{_run(tie.text, style, size)}"
        f'<w:bookmarkEnd w:id="{number}"/></w:sdtContent></w:sdt>'
    )


def _tag(key: str) -> str:
    """Return a key as the filter writes it: cut to what Word takes, told apart by its hash."""
    if len(key) <= _TAG_LIMIT:
        return key
    digest = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
    return f"{key[: _TAG_LIMIT - 9]}~{base64.b32encode(digest[:5]).decode().lower()}"


def _run(text: str, style: str, size: int) -> str:
    # the schema wants the vertical position behind the size
    before, raised, _ = style.partition("<w:vertAlign")
    after = '<w:vertAlign w:val="superscript"/>' if raised else ""
    properties = f'<w:rPr>{before}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>{after}</w:rPr>'
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'

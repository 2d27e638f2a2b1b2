"""The workbook in which an abstractor mends the registry: the rows with findings, their cells marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tieout.sources.fault import Effect, Fault
from tieout.sources.report import EFFECTS, FaultyRows, faults_by_file, marked_cells

MOST_ROWS = 20_000
_COLOURS: Mapping[Effect, str] = {"block": "FFC7CE", "set aside": "FFE699", "report": "DDEBF7"}
# Characters that XML, and so a workbook, cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write_workbook(path: Path, faults: Sequence[Fault], rows: Mapping[str, FaultyRows]) -> None:
    """Write one sheet of all findings, and one a table with its faulty rows as the file holds them.

    A marked cell is coloured by what it blocks and carries what is wrong and what to do as a comment. Content
    is written as text, so that nothing in a registry is run as a formula.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    _write_findings(book.create_sheet("Findings"), faults)
    for name, shown in rows.items():
        own = [fault for fault in faults if fault.table == name]
        if shown.cells:
            _write_rows(book.create_sheet(name[:31]), shown, own)
    book.save(path)


def _write_findings(sheet: Worksheet, faults: Sequence[Fault]) -> None:
    head = ("File", "Table", "Row", "Column", "What is wrong", "What to do", "Effect", "Code")
    _write_header(sheet, head, (24, 16, 8, 20, 60, 60, 24, 28))
    at = 2
    for _, group in faults_by_file(faults):
        for fault in group:
            for row in (fault.rows or (0,))[:MOST_ROWS]:
                effect = EFFECTS[fault.effect].partition(":")[0]
                facts = "".join(f"; {name}: {value}" for name, value in fault.facts.items())
                cells = (fault.file, fault.table, row or "", fault.column, fault.message + facts)
                for column, value in enumerate((*cells, fault.remedy, effect, fault.code), 1):
                    _put(sheet, at, column, value)
                at += 1


def _write_rows(sheet: Worksheet, shown: FaultyRows, faults: Sequence[Fault]) -> None:
    fills = {effect: PatternFill("solid", fgColor=colour) for effect, colour in _COLOURS.items()}
    order = list(_COLOURS)
    _write_header(sheet, ("Row", *shown.names), (8, *(max(12, len(name) + 2) for name in shown.names)))
    marked = marked_cells(shown, faults)
    for at, (row, cells) in enumerate(list(shown.cells.items())[:MOST_ROWS], 2):
        _put(sheet, at, 1, row)
        for place, text in enumerate(cells):
            cell = _put(sheet, at, place + 2, text)
            if own := marked.get((row, place)):
                worst = min((fault.effect for fault in own), key=order.index)
                cell.fill = fills[worst]
                words = "\n".join(dict.fromkeys(f"{fault.message}: {fault.remedy}" for fault in own))
                cell.comment = Comment(words, "tieout", height=160, width=320)


def _write_header(sheet: Worksheet, names: Sequence[str], widths: Sequence[int]) -> None:
    for column, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        _put(sheet, 1, column, name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = min(width, 60)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}1"


def _put(sheet: Worksheet, row: int, column: int, value: str | int) -> Cell:
    cell = sheet.cell(row, column)
    assert not isinstance(cell, MergedCell)
    if isinstance(value, str):
        # Numbers and what begins with "=" stay the text that they are in the registry.
        cell.value = _UNPRINTABLE.sub("\ufffd", value)[:32_000]
        cell.data_type = "s"
        cell.number_format = "@"
    else:
        cell.value = value
    return cell

"""Reading Excel and OpenDocument workbooks: the cells' own values, and what a workbook hides."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.sources.fault import Fault
from tieout.sources.raw import RawTable, ReadError, file_fault, from_records
from tieout.sources.registry import Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(path: Path, table: Table) -> RawTable:
    """Read one sheet. Dates come as dates whichever day the workbook counts from.

    Merged cells are a finding, since all but the first are empty; so are cells with a spreadsheet's error
    and formulas that were never computed, which would otherwise read as empty.

    Raises
    ------
    ReadError
        when the file is not a workbook or has no such sheet.
    """
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  (only for workbooks)

    content = path.read_bytes()
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        name = _sheet_name(book.sheet_names, table)
        sheet = book.get_sheet_by_name(name)
        records: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    except ReadError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        message = "this workbook cannot be opened: it is broken, locked with a password, or of another kind"
        remedy = "open it in Excel or LibreOffice and save it as .xlsx without a password"
        raise ReadError(file_fault(table, "broken-file", message, remedy)) from None
    hidden = find_hidden_errors(content, name) if path.suffix.lower() in {".xlsx", ".xlsm"} else {}
    for (row, column), text in hidden.items():
        if row <= len(records) and column <= len(records[row - 1]):
            records[row - 1][column - 1] = text
    faults = _merged(sheet, table)
    try:
        raw = from_records(records, table)
    except ReadError as error:
        raise ReadError(*faults, *error.faults) from None
    return RawTable(raw.cells, (*faults, *raw.faults), raw.lost)


def _sheet_name(names: list[str], table: Table) -> str:
    wanted = table.format.sheet
    if wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return names[0]
    message = f"there is no sheet {wanted}" if wanted else f"the workbook has {len(names)} sheets"
    remedy = "name one of them by sheet= in the table's Format"
    raise ReadError(file_fault(table, "sheet", message, remedy, sheets=", ".join(names[:12])))


def _merged(sheet: CalamineSheet, table: Table) -> tuple[Fault, ...]:
    ranges = sheet.merged_cell_ranges or []
    rows = sorted({row + 1 for (top, _), (bottom, _) in ranges for row in range(top, bottom + 1)})
    rows = [row for row in rows if row >= table.format.header_row]
    if not rows:
        return ()
    header = table.format.header_row
    faults = []
    if header in rows:
        message = "the header has merged cells: all but the first of them have no name"
        remedy = "unmerge them and give every column its name, or declare header_row="
        faults.append(
            Fault("registry/merged-cells", message, table.name, table.file, rows=(header,), remedy=remedy)
        )
    if body := tuple(row for row in rows if row > header):
        message = "merged cells: only the first holds the value, the others read as empty"
        remedy = "unmerge them and fill every row"
        faults.append(
            Fault(
                "registry/merged-cells",
                message,
                table.name,
                table.file,
                rows=body,
                remedy=remedy,
                effect="report" if table.bad_rows == "set aside" else "block",
            )
        )
    return tuple(faults)


def find_hidden_errors(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """Return cells that hold an error, or a formula without a computed value, by row and column from 1.

    calamine hands both out as empty cells, which would turn them into missing values in silence.
    """
    from lxml import etree  # noqa: PLC0415  (only for workbooks)

    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            part = _part_of(archive, sheet)
            body = archive.read(part) if part else b""
        if b"<f" not in body and b't="e"' not in body:
            return {}
        found = {}
        parser = etree.iterparse(BytesIO(body), tag="{*}c", resolve_entities=False, huge_tree=True)
        for _, cell in parser:
            value, formula = cell.find("{*}v"), cell.find("{*}f")
            is_empty = value is None or not value.text
            if cell.get("t") == "e" and not is_empty:
                found[_position(cell.get("r", ""))] = str(value.text)
            elif formula is not None and is_empty and cell.get("t") != "str":
                found[_position(cell.get("r", ""))] = "#FORMULA!"
            cell.clear()
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, OSError, NotImplementedError):
        return {}
    return {place: text for place, text in found.items() if place != (0, 0)}


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    from lxml import etree  # noqa: PLC0415  (only for workbooks)

    book = etree.fromstring(archive.read("xl/workbook.xml"))
    relation = next(
        (item.get(_RELATION) for item in book.iterfind(".//{*}sheet") if item.get("name") == sheet), None
    )
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    for item in relations.iterfind("{*}Relationship"):
        if item.get("Id") == relation:
            target = str(item.get("Target"))
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _position(reference: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]{1,3})(\d+)", reference)
    if not match:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column

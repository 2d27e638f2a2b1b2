"""Reading CSV and its relatives, of any encoding: declared, or told by its mark, or UTF-8; never guessed."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from tieout.sources.fault import Fault
from tieout.sources.raw import RawTable, ReadError, file_fault, from_records
from tieout.sources.registry import Table

DELIMITERS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text_table(path: Path, table: Table) -> RawTable:
    """Read a delimited text file; every cell is text.

    Raises
    ------
    ReadError
        when the bytes are not of the encoding, or quoting is broken so that rows would merge.
    """
    text = decode(path.read_bytes(), table)
    delimiter = table.format.delimiter or find_delimiter(text, table)
    return from_records(split_records(text, delimiter, table), table)


def decode(content: bytes, table: Table) -> str:
    """Decode by the declared encoding, else by a byte order mark, else as UTF-8."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    encoding = table.format.encoding or marked or "utf-8"
    if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} and marked == "utf-8-sig":
        encoding = marked
    try:
        text = content.decode(encoding)
    except LookupError:
        fault = file_fault(table, "encoding", f"there is no encoding {encoding}", "correct encoding=")
        raise ReadError(fault) from None
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        likely = "" if table.format.encoding else _likely(content)
        remedy = f'declare Format(encoding="{likely}")' if likely else "save the file as UTF-8"
        message = f"the file is not written in {encoding}"
        raise ReadError(
            Fault("registry/encoding", message, table.name, table.file, rows=(row,), remedy=remedy)
        ) from None
    if "\0" in text:
        message = "the file holds zero bytes: it is not text, or it is UTF-16 without its mark"
        raise ReadError(file_fault(table, "encoding", message, "declare encoding=, or save it as UTF-8"))
    return text


def _likely(content: bytes) -> str:
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def find_delimiter(text: str, table: Table) -> str:
    """Return the delimiter under which the header row shows most of the declared names."""
    lines = text.splitlines()[: table.format.header_row]
    header = lines[-1] if lines else ""
    expected = {column.header for column in table.columns}

    def found(delimiter: str) -> tuple[int, int]:
        names = {name.strip().strip('"') for name in header.split(delimiter)}
        return len(expected & names), len(names)

    return max(DELIMITERS, key=found)


def split_records(text: str, delimiter: str, table: Table) -> list[list[str]]:
    """Split into records by RFC 4180; an open quote is refused, since it would swallow rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    try:
        for record in reader:
            records.append(record)  # noqa: PERF402  (the count is needed where reading breaks off)
    except csv.Error:
        fault = Fault(
            "registry/quoting",
            "quotation marks are not closed or not doubled from here on",
            table.name,
            table.file,
            rows=(len(records) + 1,),
            remedy='write " inside a quoted cell as "", and close every quote',
        )
        raise ReadError(fault) from None
    return records

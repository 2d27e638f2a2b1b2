"""From a table's description to the reader that its file needs."""

from __future__ import annotations

from pathlib import Path

from tieout.sources.raw import RawTable, ReadError, file_fault
from tieout.sources.registry import Table
from tieout.sources.textfile import read_text_table

TEXT = frozenset({".csv", ".tsv", ".txt", ".tab"})


def read_raw(table: Table, folder: Path) -> RawTable:
    """Read a table's file by its ending.

    Raises
    ------
    ReadError
        when it is absent, of an unknown kind, or cannot be read as a whole.
    """
    path = folder / table.file
    if not path.is_file():
        raise ReadError(file_fault(table, "no-file", "the file is absent", f"put it into {folder.name}/"))
    ending = path.suffix.lower()
    if ending in TEXT:
        return read_text_table(path, table)
    remedy = "save it as CSV or Parquet"
    raise ReadError(file_fault(table, "unknown-format", f"no reader knows {ending or 'this'} files", remedy))

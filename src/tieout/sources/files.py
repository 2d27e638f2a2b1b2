"""From a table's description to the reader that its file needs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from tieout.sources.databases import DUCKDB, POSTGRESQL, SQLITE, read_database, read_postgresql
from tieout.sources.raw import RawTable, ReadError, file_fault
from tieout.sources.redcap.export import read_redcap
from tieout.sources.registry import Format, Registry, Table
from tieout.sources.textfile import read_text_table
from tieout.sources.typedfiles import STATISTICS, read_parquet, read_statistics
from tieout.sources.workbook import read_workbook

TEXT = frozenset({".csv", ".tsv", ".txt", ".tab"})
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})


def as_stored(registry: Registry, folder: Path) -> Registry:
    """Return the registry as its folder holds it.

    A table whose file is absent may lie there as Parquet under the table's own name (``labs.parquet``), with
    the description's own types and names of columns.
    """
    tables = [
        table
        if (folder / table.file).exists() or not (folder / f"{table.name}.parquet").is_file()
        else as_parquet(table)
        for table in registry.tables
    ]
    return dataclasses.replace(registry, tables=tuple(tables))


def as_parquet(table: Table) -> Table:
    """Return the same table as a Parquet file holds it, typed and under its own name."""
    columns = tuple(
        dataclasses.replace(column, source="", format=None, missing=()) for column in table.columns
    )
    return dataclasses.replace(
        table, columns=columns, file=f"{table.name}.parquet", format=Format(), redcap=None
    )


def read_raw(table: Table, folder: Path) -> RawTable:
    """Read a table's file by its ending.

    Raises
    ------
    ReadError
        when it is absent, of an unknown kind, or cannot be read as a whole.
    """
    if table.file.startswith(POSTGRESQL):
        return read_postgresql(table)
    path = folder / table.file
    if not path.is_file():
        raise ReadError(file_fault(table, "no-file", "the file is absent", f"put it into {folder.name}/"))
    if table.redcap:
        return read_redcap(path, table, table.redcap)
    ending = path.suffix.lower()
    if ending in TEXT:
        return read_text_table(path, table)
    if ending in WORKBOOKS:
        return read_workbook(path, table)
    if ending in {".parquet", ".pq"}:
        return read_parquet(path, table)
    if ending in STATISTICS:
        return read_statistics(path, table)
    if ending in DUCKDB | SQLITE:
        return read_database(path, table)
    remedy = "save it as CSV, Excel or Parquet"
    raise ReadError(file_fault(table, "unknown-format", f"no reader knows {ending or 'such'} files", remedy))

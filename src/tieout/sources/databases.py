"""Reading the answer to a query: from a DuckDB or SQLite file, or from a PostgreSQL server.

A PostgreSQL table is declared with ``file="postgresql:VARIABLE"``: the environment variable VARIABLE holds
the connection string, so that no password stands in the study. Its transaction is read-only.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tieout.sources.raw import RawTable, ReadError, file_fault, from_frame
from tieout.sources.registry import Table
from tieout.sources.typedfiles import needs_extra

DUCKDB = frozenset({".duckdb", ".ddb"})
SQLITE = frozenset({".sqlite", ".sqlite3", ".db"})
POSTGRESQL = "postgresql:"
CONNECT_SECONDS = 10

Answer = tuple[Sequence[str], Sequence[Sequence[Any]]]


def read_database(path: Path, table: Table) -> RawTable:
    """Return the rows that the table's query selects, the first counting as row 2.

    Raises
    ------
    ReadError
        when there is no query, the database cannot be opened, or it refuses the query.
    """
    return _framed(_answer_file(path, table), table)


def read_postgresql(table: Table) -> RawTable:
    """Return the rows that a PostgreSQL server selects.

    Raises
    ------
    ReadError
        when the environment variable is unset, the server is out of reach, or it refuses the query.
    """
    return _framed(_ask_postgresql(table), table)


def postgresql_digest(table: Table) -> str:
    """Return the SHA-256 of the rows that the server selects now, in their order."""
    names, rows = _ask_postgresql(table)
    digest = hashlib.sha256(repr(list(names)).encode())
    for row in rows:
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _framed(answer: Answer, table: Table) -> RawTable:
    names, rows = list(answer[0]), list(answer[1])
    if len(set(names)) != len(names):
        message, remedy = "two columns of the query have the same name", "name them apart with AS"
        raise ReadError(file_fault(table, "column-twice", message, remedy))
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    frame = pd.DataFrame(
        {name: pd.Series(list(c), dtype=object) for name, c in zip(names, columns, strict=True)}
    )
    return from_frame(frame)


def _query(table: Table) -> str:
    if not table.format.query:
        message = "a database needs a query"
        raise ReadError(file_fault(table, "no-query", message, 'declare Format(query="SELECT … ORDER BY …")'))
    return table.format.query


def _answer_file(path: Path, table: Table) -> Answer:
    return _ask_duckdb(path, table) if path.suffix.lower() in DUCKDB else _ask_sqlite(path, table)


def _ask_sqlite(path: Path, table: Table) -> Answer:
    query = _query(table)
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("PRAGMA schema_version")  # opens the file, which a query of constants does not
            cursor = connection.execute(query)
            return [item[0] for item in cursor.description or ()], cursor.fetchall()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        # Speaks of tables and columns, never of values.
        raise ReadError(_refused(table, str(error))) from None
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        raise ReadError(_unreadable(table)) from None


def _ask_duckdb(path: Path, table: Table) -> Answer:
    query = _query(table)
    try:
        import duckdb  # noqa: PLC0415  (only for these files; an extra)
    except ImportError:
        raise ReadError(needs_extra(table, "duckdb", "readers")) from None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            cursor = connection.execute(query)
            return [item[0] for item in cursor.description or ()], cursor.fetchall()
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as error:
        raise ReadError(_refused(table, str(error).splitlines()[0])) from None
    except (duckdb.Error, UnicodeDecodeError):
        raise ReadError(_unreadable(table)) from None


def _ask_postgresql(table: Table) -> Answer:
    query, variable = _query(table), table.file.removeprefix(POSTGRESQL)
    address = os.environ.get(variable, "")
    if not address:
        message = f"the environment variable {variable} does not hold the server's address"
        remedy = f"export {variable}='host=… dbname=… user=…' (keep the password in ~/.pgpass)"
        raise ReadError(file_fault(table, "no-address", message, remedy))
    try:
        import psycopg  # noqa: PLC0415  (only for a server; an extra)
    except ImportError:
        raise ReadError(needs_extra(table, "psycopg", "readers")) from None
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            connection.read_only = True
            cursor = connection.execute(query.encode())
            return [item.name for item in cursor.description or ()], cursor.fetchall()
    except psycopg.ProgrammingError as error:
        # Class 42: speaks of tables, columns and rights, never of values.
        raise ReadError(_refused(table, str(error).splitlines()[0])) from None
    except psycopg.OperationalError:
        message = "the server cannot be reached, or does not let this user in"
        raise ReadError(
            file_fault(table, "no-connection", message, f"check the address in {variable}")
        ) from None
    except psycopg.Error:
        raise ReadError(_unreadable(table)) from None


def _refused(table: Table, reason: str) -> Any:
    remedy = "correct the query in the table's Format"
    return file_fault(table, "query", "the database refuses the query", remedy, reason=reason)


def _unreadable(table: Table) -> Any:
    message = "the database cannot be read, or the query fails on its values"
    return file_fault(table, "broken-file", message, "try the query in the database's own program")

"""DuckDB as the machine under the expressions: bounded memory, tables laid before it, progress, answers."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pandas as pd
from numpy.typing import NDArray

from tieout.values.finding import Finding, FindingsError, refusal

if TYPE_CHECKING:
    import duckdb
    from ibis.expr import types as ir

Progress = Callable[[str, float], None]
PLACE = "#row"  # no column of a description is called so
_POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Engine:
    """A DuckDB connection with its bounds; make one with `open_engine`."""

    connection: duckdb.DuckDBPyConnection
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of rows that may be larger than memory, and what its columns are called.

    Attributes
    ----------
    at : a Parquet file, a folder of them (one table, in the order of their names), or a DataFrame.
    columns : the name that a rule knows -> the name in the table; one that both call alike may be left out.
    types : a name in the table -> its type in DuckDB's words, as a registry describes it; of a day, the time
        of day is cut off. Columns that are not named keep the type of the file.
    until : a name in the table -> the last day of it that is seen; rows that are later, or without that day,
        are not.
    """

    at: Path | pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, date] = field(default_factory=dict)


class UnreadableError(FindingsError):
    """Rows cannot be read: the file is broken, or holds what its types do not allow."""


def show_progress(what: str, percent: float) -> None:
    """Write a line of progress to a terminal's standard error; elsewhere nothing."""
    if sys.stderr.isatty():
        end = "\n" if percent >= 100 else ""
        sys.stderr.write(f"\r{what}: {percent:3.0f}%{end}")
        sys.stderr.flush()


@contextmanager
def open_engine(
    *, memory: str = "", threads: int | None = None, progress: Progress | None = show_progress
) -> Iterator[Engine]:
    """Open an engine; what exceeds the memory is kept in a folder that is removed at the end.

    Parameters
    ----------
    memory : the most that DuckDB may take, such as "4GB"; empty: what TIEOUT_MEMORY says, else "4GB".
    threads : how many cores it may use; by default all.
    progress : called with what is done and a percentage, about four times a second; None for silence.

    Raises
    ------
    FindingsError
        when the extra `[scale]` is not installed, or the memory is no amount.

    Examples
    --------
    >>> with open_engine(memory="500MB", threads=1) as engine:
    ...     engine.connection.execute("SELECT current_setting('threads')").fetchone()
    (1,)
    """
    try:
        import duckdb  # noqa: F401, PLC0415  (an extra: only a large registry needs it)
        import ibis  # noqa: F401, PLC0415
    except ImportError as error:
        remedy = "pip install 'tieout[scale]'"
        message = f"large registries need {error.name}, which is not installed"
        raise FindingsError([Finding("sources/scale-extra", message, remedy=remedy)]) from error
    with tempfile.TemporaryDirectory(prefix="tieout-") as scratch:
        limit = memory or os.environ.get("TIEOUT_MEMORY", "4GB")
        setting: dict[str, Any] = {"memory_limit": limit, "temp_directory": scratch}
        if threads is not None:
            setting["threads"] = threads
        with _connected(setting) as connection:
            connection.execute("SET preserve_insertion_order = false")  # rows carry their place themselves
            connection.execute("SET enable_progress_bar = true")
            connection.execute("SET enable_progress_bar_print = false")
            # The one repeats the parts of a rule in every row. The other believes a file's statistics, which
            # leave NaN out: it takes for granted that there is none.
            unwanted = {"partial_aggregate_pushdown", "statistics_propagation"}
            known = {name for (name,) in connection.execute("FROM duckdb_optimizers()").fetchall()}
            connection.execute(f"SET disabled_optimizers = '{','.join(sorted(unwanted & known))}'")
            yield Engine(connection, progress)


def _connected(setting: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415  (an extra)

    try:
        return duckdb.connect(config=setting)
    except duckdb.Error:
        have, remedy = str(setting["memory_limit"]), "set TIEOUT_MEMORY to an amount such as 8GB"
        raise refusal("sources/scale-memory", "this is no amount of memory", remedy, have=have) from None


def lay(engine: Engine, name: str, rows: Rows, wanted: Sequence[str]) -> list[str]:
    """Make rows a view of the engine with the names that rules know, and `row`, each row's place.

    Returns
    -------
    list of str
        the `wanted` columns that the table has, in their order.
    """
    source, row = _source(engine, name, rows.at)
    types = _described(engine, f"SELECT * FROM {source}")  # noqa: S608  (quoted)
    named = {column: rows.columns.get(column, column) for column in wanted}
    if strays := [column for column in wanted if column in rows.columns and named[column] not in types]:
        message = f"the table of {name} lacks the columns of: {', '.join(strays)}"
        raise refusal("sources/scale-columns", message, have=", ".join(sorted(types)))
    present = [column for column in wanted if named[column] in types]
    for column in {named["date"]} & types.keys() if "date" in wanted else ():
        if types[column].startswith("TIMESTAMP") and rows.types.get(column) != "DATE":
            _require_days(engine, source, column)
    parts = [_typed(column, named[column], types[named[column]], rows) for column in present]
    # Before the next day is on the day, at any time of it.
    days = [
        f"{_quoted(column)} < DATE '{(day + timedelta(days=1)).isoformat()}'"
        for column, day in rows.until.items()
    ]
    seen = f" WHERE {' AND '.join(days)}" if days else ""
    engine.connection.execute(
        f"CREATE OR REPLACE VIEW {name} AS SELECT {', '.join([*parts, f'{row} AS row'])} FROM {source}{seen}"  # noqa: S608  (names are ours or quoted)
    )
    return present


def lay_cells(engine: Engine, name: str, at: Path, columns: Mapping[str, tuple[str, str]]) -> None:
    """Make a Parquet file a view of typed cells, and `PLACE`, each record's row as under a header.

    `columns` gives for a name the file's name of it and the type. Empty texts and numbers that are none
    (NaN) are unknown.
    """
    source, row = _source(engine, name, at)
    parts = []
    for column, (named, kind) in columns.items():
        cell = f"CAST({_quoted(named)} AS {kind})"
        blank = {"VARCHAR": "''", "DOUBLE": "'nan'::DOUBLE"}.get(kind)
        parts.append(f'{f"nullif({cell}, {blank})" if blank else cell} AS "{column}"')
    cells = ", ".join([*parts, f'{row} + 2 AS "{PLACE}"'])
    engine.connection.execute(f"CREATE OR REPLACE VIEW {_quoted(name)} AS SELECT {cells} FROM {source}")  # noqa: S608


def lay_frame(engine: Engine, name: str, frame: pd.DataFrame) -> None:
    """Copy a small table into the engine, dates as whole days."""
    days = [str(column) for column in frame if frame[column].dtype.kind == "M"]
    parts = [f"CAST({_quoted(day)} AS DATE) AS {_quoted(day)}" for day in days]
    replaced = f"* REPLACE ({', '.join(parts)})" if parts else "*"
    engine.connection.register("frame_to_lay", frame)
    engine.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} AS SELECT {replaced} FROM frame_to_lay"  # noqa: S608  (quoted)
    )
    engine.connection.unregister("frame_to_lay")


def types_in(engine: Engine, at: Path) -> dict[str, str]:
    """Return the names of a Parquet file's columns with their types in DuckDB's words."""
    return _described(engine, f"SELECT * FROM {_parquet(at)}")  # noqa: S608  (quoted)


def kind_of(engine: Engine, name: str, column: str) -> str:
    """Return Ibis's name of a key column's type: texts and whole numbers are keys."""
    return "string" if _described(engine, name)[column] == "VARCHAR" else "int64"


def _described(engine: Engine, query: str) -> dict[str, str]:
    described = _answered(lambda sql: engine.connection.execute(sql).fetchall(), f"DESCRIBE {query}")
    return {str(column): str(kind) for column, kind, *_ in described}


def run(engine: Engine, what: str, query: ir.Table) -> pd.DataFrame:
    """Run an expression and return its rows, showing progress on the way."""
    made: pd.DataFrame = _watched(engine, what, lambda sql: engine.connection.execute(sql).df(), query)
    return made


def run_columns(engine: Engine, what: str, query: ir.Table) -> dict[str, NDArray[Any]]:
    """Run an expression and return its columns as arrays: millions of rows cost no frame."""
    table = _watched(engine, what, lambda sql: engine.connection.sql(sql).to_arrow_table(), query)
    return {name: table[name].to_numpy() for name in table.column_names}


def _watched(engine: Engine, what: str, act: Callable[[str], Any], query: ir.Table) -> Any:
    sql = _compiled(query)
    if engine.progress is None:
        return _answered(act, sql)
    show, done = engine.progress, Event()

    def watch() -> None:
        while not done.wait(_POLL_SECONDS):
            show(what, min(max(engine.connection.query_progress(), 0.0), 99.0))

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        made = _answered(act, sql)
    finally:
        done.set()
        thread.join()
    show(what, 100.0)
    return made


def _answered(act: Callable[[str], Any], sql: str) -> Any:
    """Return what DuckDB answers; its own words of what is wrong with a row would tell what stands there."""
    import duckdb  # noqa: PLC0415  (an extra)

    try:
        return act(sql)
    except duckdb.OutOfMemoryException:
        message = "the rows fit neither the memory nor the temporary folder"
        remedy = "set TIEOUT_MEMORY to more, such as 8GB, or TMPDIR to a folder with more room"
        raise refusal("sources/scale-memory", message, remedy) from None
    except duckdb.Error as error:
        of_file = isinstance(error, duckdb.DataError | duckdb.InvalidInputException | duckdb.IOException)
        if not of_file and type(error) is not duckdb.Error:  # the bare kind tells of a broken page
            raise
        message, remedy = "rows of a Parquet file cannot be read", "export or copy the file again"
        raise UnreadableError([Finding("sources/scale-rows", message, remedy=remedy)]) from None


def _compiled(query: ir.Table) -> str:
    import ibis  # noqa: PLC0415  (an extra)

    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = (
        False  # merged into one, the steps of a rule repeat their parts a hundredfold
    )
    try:
        return str(ibis.to_sql(query, dialect="duckdb"))
    finally:
        ibis.options.sql.fuse_selects = before


def _source(engine: Engine, name: str, at: Path | pd.DataFrame) -> tuple[str, str]:
    """Return the table to select from, and the expression of a row's place."""
    if isinstance(at, pd.DataFrame):
        rows = at.reset_index(drop=True)
        engine.connection.register(f"{name}_frame", rows.assign(**{PLACE: range(len(rows))}))
        return f"{name}_frame", _quoted(PLACE)
    files = sorted(at.glob("*.parquet")) if at.is_dir() else [at]
    if not files or not all(file.is_file() for file in files):
        raise refusal("sources/scale-file", f"{at.name} is no Parquet file, nor a folder of them")
    parts, before = [], 0
    for file in files:
        reading = _parquet(file, "file_row_number = true")
        parts.append(f'SELECT *, file_row_number + {before} AS "{PLACE}" FROM {reading}')  # noqa: S608  (quoted)
        counted = engine.connection.execute(f"SELECT count(*) FROM {_parquet(file)}").fetchall()  # noqa: S608
        before += int(counted[0][0])
    return f"({' UNION ALL BY NAME '.join(parts)})", _quoted(PLACE)


def _parquet(file: Path, *options: str) -> str:
    """Return what reads one file: a path is no pattern, and a folder called year=2023 is no column."""
    plain = re.sub(r"[*?[]", r"[\g<0>]", str(file))
    quoted = "'" + plain.replace("'", "''") + "'"
    return f"read_parquet({', '.join([quoted, 'hive_partitioning = false', *options])})"


def _require_days(engine: Engine, source: str, column: str) -> None:
    quoted = _quoted(column)
    query = f"SELECT count(*) FROM {source} WHERE {quoted} <> CAST({quoted} AS DATE)"  # noqa: S608  (quoted)
    if rows := _answered(lambda sql: engine.connection.execute(sql).fetchall(), query)[0][0]:
        raise refusal("sources/scale-day", "dates have times of day", "state whole days", rows=rows)


_NUMBERS = {"value", "lower_limit", "upper_limit", "baseline"}
_WHOLE_NUMBERS = {"day", "cause", "group"}


def _typed(column: str, named: str, kind: str, rows: Rows) -> str:
    """Return a column as the type that rules know; categories become texts, dates whole days."""
    quoted = _quoted(named)
    wanted = kind
    if column == "date":
        wanted = "DATE"
    elif column in _WHOLE_NUMBERS:
        wanted = "BIGINT"
    elif column in _NUMBERS:
        wanted = "DOUBLE"
    elif declared := rows.types.get(named):
        wanted = declared
    elif kind.startswith("ENUM"):
        wanted = "VARCHAR"
    return f'{quoted} AS "{column}"' if wanted == kind else f'CAST({quoted} AS {wanted}) AS "{column}"'


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

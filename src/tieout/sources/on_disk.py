"""Tables that stay on disk: Parquet files too large to load, checked and read where they lie.

What is found has the codes and words of tables that are loaded. A wrong row always blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tieout.sources.bounds import Frames
from tieout.sources.engine import Rows, UnreadableError, lay_cells, open_engine, run, types_in
from tieout.sources.fault import Fault
from tieout.sources.raw import file_fault
from tieout.sources.registry import Registry, Table
from tieout.sources.rules import AtLeastOne, InOrder, Rule
from tieout.sources.shape import check_shape
from tieout.sources.typedfiles import broken_file

_PARQUET = {".parquet", ".pq"}
_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "HUGEINT"}
_EMPTY = '"NULL"'  # the type of a column without any value
_NATIVE: Mapping[str, tuple[str, set[str]]] = {
    "text": ("VARCHAR", {"VARCHAR", "ENUM", *_WHOLE}),
    "code": ("VARCHAR", {"VARCHAR", "ENUM", *_WHOLE}),
    "integer": ("BIGINT", _WHOLE),
    "number": ("DOUBLE", {"DOUBLE", "FLOAT", "DECIMAL", *_WHOLE}),
    "date": ("DATE", {"DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}),
    "yes_no": ("BOOLEAN", {"BOOLEAN"}),
}


def stays_on_disk(table: Table, folder: Path) -> bool:
    """Whether a table's file is Parquet with so many rows that it is never loaded."""
    path = folder / table.file
    ending = PurePosixPath(table.file).suffix.lower()
    if table.on_disk_from is None or ending not in _PARQUET or not path.is_file():
        return False
    return rows_in(path) >= table.on_disk_from


def rows_in(path: Path) -> int:
    """Return how many rows a Parquet file says that it has; -1 where it is broken."""
    import pyarrow  # noqa: PLC0415  (only for Parquet)
    import pyarrow.parquet  # noqa: PLC0415

    try:
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    except (pyarrow.ArrowException, OSError):
        return -1


def rows_of(table: Table, folder: Path) -> Rows:
    """Return what an analysis receives for a table that stays on disk."""
    renamed = {column.name: column.header for column in table.columns if column.source}
    return Rows(folder / table.file, renamed, dict(_cells(table).values()))


def check_on_disk(table: Table, folder: Path, frames: Frames, registry: Registry) -> list[Fault]:
    """Check a table that stays on disk against its description, the loaded tables and the rules.

    Columns, keys, references and rules are checked; not ids that differ in padding alone. What cannot be
    checked here (the order of rows by their numbers, and whatever ties two tables on disk) is a fault. Texts
    are what the file holds, blanks around them included.

    Raises
    ------
    FindingsError
        when the extra `[scale]` is not installed.
    """
    with open_engine() as engine:
        from tieout.sources.disk_checks import check_table  # noqa: PLC0415  (Ibis is an extra)

        path = folder / table.file
        try:
            shape = [*_check_formats(table), *_check_types(table, types_in(engine, path))]
            if shape:
                return shape
            lay_cells(engine, table.name, path, _cells(table))
            found = check_table(engine, table, frames, registry)
        except UnreadableError:
            return [broken_file(table)]
    return [*_check_ties(table, folder, registry), *found]


def _cells(table: Table) -> dict[str, tuple[str, str]]:
    return {column.name: (column.header, _NATIVE[column.type][0]) for column in table.columns}


def sums_of_rows(table: Table, folder: Path, patient: str, until: str) -> Mapping[str, str]:
    """Return for each patient a text that changes with the rows in a table on disk that a day had seen."""
    with open_engine() as engine:
        from tieout.sources import disk_expressions as told  # noqa: PLC0415  (Ibis is an extra)

        lay_cells(engine, table.name, folder / table.file, _cells(table))
        dates = [column.name for column in table.columns if column.type == "date"]
        query = told.sums_of_rows(told.rows_table(table), patient, dates, until)
        made = run(engine, f"hashing {table.name}", query)
    return dict(zip(made[patient], made["total"], strict=True))


def _check_formats(table: Table) -> list[Fault]:
    """Values of a table on disk are what the file says: nothing is read into them."""
    found = []
    for column in table.columns:
        form = table.format_of(column)
        read = column.missing or form.missing or form.below_limit != "refuse"
        if read or form.partial_dates != "refuse" or form.labelled:
            message = "a table that stays on disk is not read by a declared format"
            remedy = "leave out missing=, below_limit=, partial_dates= and labelled=, or on_disk_from="
            found.append(
                Fault(
                    "registry/on-disk-format", message, table.name, table.file, column.header, remedy=remedy
                )
            )
    return found


def _check_ties(table: Table, folder: Path, registry: Registry) -> list[Fault]:
    """What ties a table on disk to another one on disk, or asks for its rows by name, is not checked."""
    kept = {other.name for other in registry.tables if stays_on_disk(other, folder)}
    tied = [str(rule) for rule in registry.rules if _reaches(rule, table.name, kept)]
    tied += [
        f"{own.name}.{reference.column} refers to {reference.table}.{reference.target}"
        for own in registry.tables
        for reference in own.refers
        if table.name in {own.name, reference.table} and reference.table in kept
    ]
    message, remedy = "this is not checked in tables that stay on disk", "leave it out, or on_disk_from="
    return [file_fault(table, "on-disk-rule", message, remedy, rule=words) for words in tied]


def _reaches(rule: Rule, name: str, kept: set[str]) -> bool:
    if isinstance(rule, InOrder):
        return rule.table == name
    if isinstance(rule, AtLeastOne):
        return name in {rule.at.table, rule.of} and rule.of in kept
    tables = {table for table, _ in rule.columns()}
    return name in tables and len(tables & kept) > 1


def _check_types(table: Table, have: Mapping[str, str]) -> list[Fault]:
    found = check_shape(list(have), 1, [], table)
    for column in table.columns:
        kind = have.get(column.header, _EMPTY).partition("(")[0]
        if kind != _EMPTY and kind not in _NATIVE[column.type][1]:
            message = "a table that stays on disk holds its own types, and this column has another"
            remedy = "write the Parquet file with types, or leave out on_disk_from="
            facts = {"have": kind, "need": column.type.replace("_", "/")}
            found.append(
                Fault(
                    "registry/on-disk-type",
                    message,
                    table.name,
                    table.file,
                    column.header,
                    remedy=remedy,
                    facts=facts,
                )
            )
    return found

"""Writing synthetic tables the way the registry's description says that its files are written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pandas as pd

from tieout.sources.files import TEXT, as_parquet
from tieout.sources.registry import Column, Format, Registry, Table
from tieout.values.finding import Finding, FindingsError

ANSWERS = "answers.json"
Kind = Literal["as described", "csv", "parquet"]
_WORKBOOK = ".xlsx"
_SHEET_ROWS = 1_048_575  # below the header


def written_as(registry: Registry, kind: Kind) -> Registry:
    """Return the registry as its synthetic files hold it: the same description, with other files and formats.

    "as described" keeps CSV files and workbooks; whatever else a table comes from (REDCap, a database, a
    statistical package) becomes a plain CSV file of the table's name, as every table does with "csv".
    """
    return dataclasses.replace(registry, tables=tuple(_described(table, kind) for table in registry.tables))


def _described(table: Table, kind: Kind) -> Table:
    ending = PurePosixPath(table.file).suffix.lower()
    if kind == "as described" and not table.redcap and ending in TEXT | {_WORKBOOK}:
        return table
    made = as_parquet(table)
    return made if kind == "parquet" else dataclasses.replace(made, file=f"{table.name}.csv")


def write_synthetic(
    parts: Iterable[Mapping[str, pd.DataFrame]], registry: Registry, folder: Path
) -> list[Path]:
    """Write the tables, part after part, and ``answers.json``, which says what is true of them.

    `registry` describes the files to write (`written_as`). Returns the files.

    Raises
    ------
    FindingsError
        when one of the files exists: a registry is never overwritten; or a table outgrows a sheet.
    """
    files = sorted({table.file for table in registry.tables})
    taken = [name for name in (*files, ANSWERS) if (folder / name).exists()]
    if taken:
        message = f"{folder.name}/ holds {', '.join(taken[:5])} already"
        remedy = "name an empty folder with --to"
        raise FindingsError([Finding("synthesize/exists", message, remedy=remedy)])
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    true: dict[str, Any] = {}
    for_sheets: dict[str, list[pd.DataFrame]] = {}
    with ExitStack() as open_files:
        writers: dict[str, Any] = {}
        for frames in parts:
            add_answers(true, frames)
            for table in registry.tables:
                if table.name not in frames:
                    continue
                if PurePosixPath(table.file).suffix.lower() == _WORKBOOK:
                    for_sheets.setdefault(table.name, []).append(frames[table.name])
                    continue
                if table.name not in writers:
                    writers[table.name] = _open(folder / table.file, table, open_files)
                writers[table.name](frames[table.name])
    for file in sorted({registry[name].file for name in for_sheets}):
        _write_workbook(folder / file, [t for t in registry.tables if t.file == file], for_sheets)
    path = folder / ANSWERS
    ordered = {table.name: true[table.name] for table in registry.tables}
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [*(folder / name for name in files), path]


def _open(path: Path, table: Table, open_files: ExitStack) -> Callable[[pd.DataFrame], None]:
    """Open a file and return what writes one part of the table after another to it."""
    if path.suffix.lower() == ".parquet":
        import pyarrow as pa  # noqa: PLC0415  (only for Parquet)
        import pyarrow.parquet  # noqa: PLC0415

        kinds = {
            "text": pa.string(),
            "code": pa.dictionary(pa.int32(), pa.string()),
            "integer": pa.int64(),
            "number": pa.float64(),
            "date": pa.timestamp("us"),
            "yes_no": pa.bool_(),
        }
        schema = pa.schema([(column.name, kinds[column.type]) for column in table.columns])
        writer = open_files.enter_context(pyarrow.parquet.ParquetWriter(path, schema))
        return lambda frame: writer.write_table(
            pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
        )
    form = table.format
    stream = open_files.enter_context(path.open("w", encoding=form.encoding or "utf-8", newline=""))
    stream.write("\n" * (form.header_row - 1))
    separator = form.delimiter or ("\t" if path.suffix.lower() in {".tsv", ".tab"} else ",")
    pd.DataFrame(columns=[column.header for column in table.columns]).to_csv(
        stream, index=False, sep=separator, lineterminator="\n"
    )
    return lambda frame: _texts(frame, table).to_csv(
        stream, index=False, header=False, sep=separator, lineterminator="\n"
    )


def _write_workbook(path: Path, tables: list[Table], parts: Mapping[str, list[pd.DataFrame]]) -> None:
    longest = max(sum(len(part) for part in parts[table.name]) for table in tables)
    if longest > _SHEET_ROWS:
        message = f"a sheet holds {_SHEET_ROWS:,} rows, and a table has {longest:,}"
        remedy = "--as parquet"
        raise FindingsError([Finding("synthesize/sheet", message, remedy=remedy)])
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for table in tables:
            texts = _texts(pd.concat(parts[table.name], ignore_index=True), table)
            sheet = table.format.sheet or table.name[:31]
            texts.to_excel(writer, sheet_name=sheet, index=False, startrow=table.format.header_row - 1)


def add_answers(true: dict[str, Any], frames: Mapping[str, pd.DataFrame]) -> None:
    """Add what is true of a part of the tables to what is true of the parts before."""
    for name, frame in frames.items():
        of_table = true.setdefault(name, {"rows": 0, "columns": {str(column): {} for column in frame}})
        of_table["rows"] += len(frame)
        for column in frame:
            _add_column(of_table["columns"][str(column)], frame[column])


def _add_column(about: dict[str, Any], cells: pd.Series[Any]) -> None:
    about["missing"] = about.get("missing", 0) + int(cells.isna().sum())
    if str(cells.dtype) in {"category", "boolean"}:
        counts = about.setdefault("counts", {})
        for code, count in cells.value_counts(sort=False).sort_index().items():
            counts[str(code)] = counts.get(str(code), 0) + int(count)
    elif cells.dtype != object and cells.notna().any():
        low, high = _plain(cells.min()), _plain(cells.max())
        about["minimum"] = min(low, about.get("minimum", low))
        about["maximum"] = max(high, about.get("maximum", high))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _texts(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the cells as texts under the file's names of columns, missing cells empty."""
    return pd.DataFrame(
        {
            column.header: _text(frame[column.name], column, table.format_of(column))
            for column in table.columns
        }
    )


def _text(cells: pd.Series[Any], column: Column, form: Format) -> pd.Series[Any]:
    if column.type == "date":
        written: pd.Series[Any] = cells.dt.strftime("%Y-%m-%d" if form.dates == "iso" else form.dates)
        return written
    if column.type == "yes_no":
        words = {True: form.yes[0], False: form.no[0]}
        return cells.astype(object).map(words)
    if column.type == "code":
        texts = cells.astype(object)
        return texts.map(column.labels) if form.labelled else texts
    if column.type == "number" and form.decimal != ".":
        return cells.map(lambda value: "" if pd.isna(value) else repr(value).replace(".", form.decimal))
    return cells

"""Writing synthetic tables the way the registry's description says that its files are written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pandas as pd

from tieout.sources.files import TEXT
from tieout.sources.registry import Column, Format, Registry, Table
from tieout.sources.synthesis import answers
from tieout.values.finding import Finding, FindingsError

ANSWERS = "answers.json"
Kind = Literal["as described", "csv", "parquet"]
_WORKBOOK = ".xlsx"


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
    columns = tuple(dataclasses.replace(column, source="", format=None) for column in table.columns)
    file = f"{table.name}.parquet" if kind == "parquet" else f"{table.name}.csv"
    return dataclasses.replace(table, columns=columns, file=file, format=Format(), redcap=None)


def write_synthetic(frames: Mapping[str, pd.DataFrame], registry: Registry, folder: Path) -> list[Path]:
    """Write the tables and ``answers.json``, which says what is true of them; return the files.

    `registry` describes the files to write (`written_as`).

    Raises
    ------
    FindingsError
        when one of the files exists: a registry is never overwritten.
    """
    files = sorted({table.file for table in registry.tables})
    taken = [name for name in (*files, ANSWERS) if (folder / name).exists()]
    if taken:
        message = f"{folder.name}/ holds {', '.join(taken[:5])} already"
        remedy = "name an empty folder with --to"
        raise FindingsError([Finding("synthesize/exists", message, remedy=remedy)])
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        tables = [table for table in registry.tables if table.file == name]
        _write_file(folder / name, tables, frames)
    path = folder / ANSWERS
    path.write_text(json.dumps(answers(frames), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [*(folder / name for name in files), path]


def _write_file(path: Path, tables: list[Table], frames: Mapping[str, pd.DataFrame]) -> None:
    ending = path.suffix.lower()
    if ending == ".parquet":
        frames[tables[0].name].to_parquet(path, index=False)
    elif ending == _WORKBOOK:
        _write_workbook(path, tables, frames)
    else:
        table = tables[0]
        texts = _texts(frames[table.name], table)
        form = table.format
        with path.open("w", encoding=form.encoding or "utf-8", newline="") as stream:
            stream.write("\n" * (form.header_row - 1))
            default = "\t" if ending in {".tsv", ".tab"} else ","
            texts.to_csv(stream, index=False, sep=form.delimiter or default, lineterminator="\n")


def _write_workbook(path: Path, tables: list[Table], frames: Mapping[str, pd.DataFrame]) -> None:
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for table in tables:
            texts = _texts(frames[table.name], table)
            sheet = table.format.sheet or table.name[:31]
            texts.to_excel(writer, sheet_name=sheet, index=False, startrow=table.format.header_row - 1)


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

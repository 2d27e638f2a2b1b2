"""From cells to typed columns. Each different text is read once, so that a million rows cost little."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.cells import PROBLEMS, Cell, native_text, read_cell
from tieout.sources.fault import Fault
from tieout.sources.numbering import is_categorical
from tieout.sources.registry import Column, Table

_AS_MISSING = "under missing= of the column"
_FIRST_WHOLE_DAY = pd.Timestamp.min.ceil("D")  # that can be counted in nanoseconds
_NATIVE = "\0"  # marks, inside this module, the text of a value that the file held with its own type


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column as pandas holds it, what was kept beside it (`NAME_sign`), and the rows that have no value.

    Texts that the file holds once each are still categories.
    """

    series: pd.Series[Any]
    beside: Mapping[str, pd.Series[Any]]
    faults: tuple[Fault, ...]


def type_column(cells: pd.Series[Any], column: Column, table: Table) -> TypedColumn:
    """Read every cell of a column; cells that cannot be read are missing in it and named in a fault."""
    if ready := _already_typed(cells, column, table):
        return ready
    codes, uniques = _factorize_categories(cells) if is_categorical(cells) else _factorize(_texts(cells))
    format_ = table.format_of(column)
    # A value of the file's own type is written plainly, whatever the declared format of texts.
    plain = dataclasses.replace(format_, decimal=".", thousands="", dates="iso")
    read = [
        read_cell(text.removeprefix(_NATIVE), column, plain if text.startswith(_NATIVE) else format_)
        for text in uniques
    ]
    series = _series([cell.value for cell in read], codes, column).set_axis(cells.index)
    faults = _faults(read, codes, cells.index.to_numpy(), column, table)
    return TypedColumn(series, _beside(read, codes, column, table, cells.index), faults)


def empty_column(column: Column) -> pd.Series[Any]:
    """Return a column of the right type without rows."""
    return _series([], np.array([], dtype=np.int64), column)


def _factorize(texts: pd.Series[Any]) -> tuple[np.ndarray, list[str]]:
    """Number the different texts. (pandas' own factorize ends a text at a zero byte, and so merges some.)"""
    numbers: dict[str, int] = {}
    counted = (numbers.setdefault(text, len(numbers)) for text in texts)
    codes = np.fromiter(counted, dtype=np.int64, count=len(texts))
    return codes, list(numbers)


def _factorize_categories(cells: pd.Series[Any]) -> tuple[np.ndarray, list[str]]:
    """Number the different texts of cells that the file holds once each; the last is that of the missing."""
    texts = [*_texts(pd.Series(cells.cat.categories, dtype=object)), ""]
    numbers, uniques = _factorize(pd.Series(texts, dtype=object))
    codes = cells.cat.codes.to_numpy()
    used = np.unique(numbers[pd.unique(codes)])  # a category that no cell has is no cell
    at = np.zeros(len(uniques), dtype=np.int64)
    at[used] = np.arange(len(used))
    return at[numbers[codes]], [uniques[number] for number in used]


def _texts(cells: pd.Series[Any]) -> pd.Series[Any]:
    if cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=False) in {"string", "empty"}:
        return cells.str.strip()
    return cells.map(lambda cell: cell.strip() if isinstance(cell, str) else _NATIVE + native_text(cell))


def _are_plain(texts: Sequence[Any]) -> bool:
    """Whether texts are their own values: nothing in them must be cut off, refused or read as missing."""
    if not (set(map(type, texts)) <= {str} and all(texts)):
        return False
    # A million short texts are looked at as one; of all blanks the space alone counts as printable.
    whole = "".join(texts)
    is_marked = "#" in whole and any(text[0] == "#" for text in texts)
    is_padded = " " in whole and any(text != text.strip() for text in texts)
    return whole.isprintable() and not is_marked and not is_padded


def _already_typed(cells: pd.Series[Any], column: Column, table: Table) -> TypedColumn | None:
    """Pass a file's own numbers and dates through where no text must be understood (Parquet of any size)."""
    kind = cells.dtype.kind if isinstance(cells.dtype, np.dtype) else ""
    format_ = table.format_of(column)
    if column.missing or format_.missing or format_.below_limit != "refuse":
        return None
    if column.type == "text" and is_categorical(cells) and _are_plain(cells.cat.categories.tolist()):
        return TypedColumn(cells, {}, ())
    bounded = column.minimum is not None and column.maximum is not None
    if column.type == "number" and kind in {"i", "f"} and bounded and not np.isinf(cells).any():
        return TypedColumn(cells.astype("float64"), {}, ())
    if column.type == "integer" and (kind == "i" or cells.dtype == "Int64") and bounded:
        return TypedColumn(cells.astype("Int64"), {}, ())
    if column.type == "yes_no" and (kind == "b" or cells.dtype == "boolean"):
        return TypedColumn(cells.astype("boolean"), {}, ())
    if column.type == "date" and kind == "M" and bounded and format_.partial_dates == "refuse":
        if cells.min() < _FIRST_WHOLE_DAY or cells.max() > pd.Timestamp.max:
            return None  # 9999-12-31, said of a day that is unknown
        days = cells.to_numpy().astype("datetime64[D]").astype("datetime64[ns]")
        return TypedColumn(pd.Series(days, index=cells.index), {}, ())
    return None


def _series(values: list[Any], codes: np.ndarray, column: Column) -> pd.Series[Any]:
    if column.type == "code":
        kinds = list(column.labels)
        at = {code: number for number, code in enumerate(kinds)}
        numbers = np.array([-1 if value is None else at[value] for value in values], dtype=np.int64)
        taken: Any = numbers[codes] if len(numbers) else codes
        return pd.Series(pd.Categorical.from_codes(taken, categories=pd.Index(kinds, dtype=object)))
    if column.type == "date":
        days = np.array(["NaT" if v is None else v.isoformat() for v in values], dtype="datetime64[ns]")
        return pd.Series(days[codes] if len(days) else days)
    if column.type == "number":
        floats = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        return pd.Series(floats[codes] if len(floats) else floats)
    if column.type == "text":
        texts = np.array([np.nan if value is None else value for value in values], dtype=object)
        return pd.Series(texts[codes] if len(texts) else texts, dtype=object)
    present = [pd.NA if value is None else value for value in values]
    whole = pd.Series(present, dtype="Int64" if column.type == "integer" else "boolean")
    return whole.take(codes).reset_index(drop=True) if len(values) else whole


def _faults(
    read: list[Cell], codes: np.ndarray, rows: np.ndarray, column: Column, table: Table
) -> tuple[Fault, ...]:
    problems = np.array([cell.problem for cell in read], dtype=object)
    found = []
    for problem in sorted({cell.problem for cell in read} - {""}):
        message, remedy = PROBLEMS[problem]
        facts = (
            {"format": table.format_of(column).dates} if problem in {"date-format", "ambiguous-date"} else {}
        )
        where = rows[(problems == problem)[codes]]
        found.append(cell_fault(problem, message, remedy, where, column=column, table=table, facts=facts))
    return tuple(found)


def cell_fault(
    code: str,
    message: str,
    remedy: str,
    rows: np.ndarray,
    *,
    column: Column,
    table: Table,
    facts: Mapping[str, str] | None = None,
) -> Fault:
    """Return a fault of some cells of one column.

    A code for a missing value makes the cell empty: a remedy that names `missing=` names `nullable=True` with
    it where the column may not be empty.
    """
    if not column.nullable:
        remedy = remedy.replace(_AS_MISSING, f"{_AS_MISSING}, with nullable=True")
    return Fault(
        f"registry/{code}",
        message,
        table.name,
        table.file,
        column=column.header,
        rows=tuple(int(row) for row in np.sort(rows)),
        remedy=remedy,
        facts=facts or {},
        effect=table.bad_rows,
    )


def _beside(
    read: list[Cell], codes: np.ndarray, column: Column, table: Table, index: pd.Index[Any]
) -> dict[str, pd.Series[Any]]:
    format_ = table.format_of(column)
    if column.type in {"number", "integer"} and format_.below_limit != "refuse":
        name = f"{column.name}_sign"
    elif column.type == "date" and format_.partial_dates != "refuse":
        name = f"{column.name}_precision"
    else:
        return {}
    marks = np.array([cell.mark or np.nan for cell in read], dtype=object)
    return {name: pd.Series(marks[codes] if len(marks) else marks, index=index, dtype=object)}

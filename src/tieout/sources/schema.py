"""The registry's description as pandera schemas, and their failures as faults (but keys: see `keys`)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tieout.sources.fault import Fault
from tieout.sources.numbering import is_categorical
from tieout.sources.registry import Column, Table
from tieout.sources.typed import cell_fault

if TYPE_CHECKING:
    import pandera.pandas as pa

_DTYPES = {
    "text": object,
    "integer": "Int64",
    "number": "float64",
    "date": "datetime64[ns]",
    "yes_no": "boolean",
}


def table_schema(table: Table) -> pa.DataFrameSchema:
    """Compile a table's description to a pandera schema for the frame that `read_registry` returns.

    It holds types, codes, ranges, what may be empty and the key; foreign keys and rules go across tables and
    are checked beside it.
    """
    import pandera.pandas as pa  # noqa: PLC0415  (three quarters of a second; a description needs none of it)

    columns = {column.name: _column(pa, column) for column in table.columns}
    unique = list(table.key) or None
    return pa.DataFrameSchema(
        columns, unique=unique, name=table.name, strict="filter", report_duplicates="all"
    )


def _column(pa: Any, column: Column) -> Any:
    dtype = pd.CategoricalDtype(list(column.labels)) if column.type == "code" else _DTYPES[column.type]
    checks = []
    if column.minimum is not None:
        checks.append(pa.Check.ge(_bound(column, column.minimum)))
    if column.maximum is not None:
        checks.append(pa.Check.le(_bound(column, column.maximum)))
    return pa.Column(dtype, checks, nullable=column.nullable, description=column.label or None)


def _bound(column: Column, value: float | str) -> Any:
    return pd.Timestamp(str(value)) if column.type == "date" else value


def check_schema(
    frame: pd.DataFrame, table: Table, known: Mapping[str, set[int]], asked: Mapping[str, pd.Series[Any]]
) -> list[Fault]:
    """Validate a typed frame, indexed by its rows in the file.

    `known` are rows, by column, whose cells already have a fault: their being empty is no news.
    `asked` marks, by column, the rows in which a form showed the field: elsewhere it may be empty.
    """
    if _passes(frame, table):
        return []
    import pandera.errors  # noqa: PLC0415  (a third of a second; only where there is something to say)

    try:
        with (
            warnings.catch_warnings()
        ):  # pandera joins its own tables of failures, which is no news to a user
            warnings.simplefilter("ignore", FutureWarning)
            _schema_while_read(table, frame).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    faults = []
    for column in table.columns:
        own = cases[cases["column"] == column.name]
        for check, group in own.groupby("check", sort=True):
            rows = group["index"].dropna().astype("int64").to_numpy()
            rows = rows[~np.isin(rows, list(known.get(column.name, ())))]
            if check == "not_nullable" and column.name in asked:
                rows = rows[asked[column.name].reindex(rows).to_numpy(dtype=bool)]
            if len(rows):
                faults.append(fault_of(str(check), rows, column=column, table=table))
    return faults


def _schema_while_read(table: Table, frame: pd.DataFrame) -> pa.DataFrameSchema:
    """Return the schema for a frame in which texts may still be categories: those are texts by themselves."""
    texts = [c.name for c in table.columns if c.type == "text" and is_categorical(frame[c.name])]
    schema = table_schema(table)
    return schema.update_columns({name: {"dtype": None} for name in texts}) if texts else schema


def _passes(frame: pd.DataFrame, table: Table) -> bool:
    """Whether a frame surely passes its schema; where this cannot tell, pandera does, and says what fails."""
    return not table.key and all(
        column.name in frame and _column_passes(frame[column.name], column) for column in table.columns
    )


def _column_passes(series: pd.Series[Any], column: Column) -> bool:
    if column.type == "code":
        is_typed = isinstance(series.dtype, pd.CategoricalDtype) and not series.dtype.ordered
        if not is_typed or list(series.cat.categories) != list(column.labels):
            return False
    elif series.dtype != _DTYPES[column.type] and not (column.type == "text" and is_categorical(series)):
        return False
    known = series.dropna()
    if not column.nullable and len(known) < len(series):
        return False
    bounds = [bound for bound in (column.minimum, column.maximum) if bound is not None]
    if not bounds:
        return True
    if column.type not in {"integer", "number", "date"}:
        return False
    low, high = column.minimum, column.maximum
    return bool(
        (low is None or (known >= _bound(column, low)).all())
        and (high is None or (known <= _bound(column, high)).all())
    )


def fault_of(check: str, rows: np.ndarray, column: Column, table: Table) -> Fault:
    """Return the fault of the cells that fail a check of pandera's name."""
    unit = f" {column.unit}" if column.unit else ""
    facts: dict[str, str] = {}
    code, remedy = "out-of-range", "correct the cell (or its unit), or widen minimum= and maximum="
    if check == "not_nullable":
        code, message = "missing", "this cell is empty and may not be"
        if column.missing or table.format_of(column).missing:
            message = "this cell is empty, or holds a code for a missing value, and may not"
        remedy = "fill the cell, or declare nullable=True where it may be unknown"
    elif check.startswith("greater_than_or_equal_to"):
        message, facts = (
            "this value is below the plausible range",
            {"need": f"at least {column.minimum}{unit}"},
        )
    elif check.startswith("less_than_or_equal_to"):
        message, facts = (
            "this value is above the plausible range",
            {"need": f"at most {column.maximum}{unit}"},
        )
    else:
        code, message, remedy = "type", f"this fails the check {check}", "correct the cell"
    return cell_fault(code, message, remedy, rows, column=column, table=table, facts=facts)

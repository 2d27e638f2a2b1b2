"""A table as its file holds it, before anything is understood: names, cells, and which row each came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.fault import Fault
from tieout.sources.registry import Table

LOOK_AHEAD_ROWS = 10


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells by column name, as text or as the file's own types, and the row of each record.

    Attributes
    ----------
    cells : one column for each column of the file, in its order; the index is the row in the file.
    faults : what the reader noticed.
    lost : rows that the reader could not take apart (too many cells, say), with the code that says why.
        They count as rows of the file and go to the quarantine.
    labels : value labels that the file itself carries, by column.
    asked : for fields of a form with branching logic, by column, the records in which the field was shown.
    """

    cells: pd.DataFrame
    faults: tuple[Fault, ...] = ()
    lost: Mapping[int, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asked: Mapping[str, pd.Series[Any]] = field(default_factory=dict)


class ReadError(Exception):
    """A file cannot be read as a whole; holds the faults that say why."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


def file_fault(table: Table, code: str, message: str, remedy: str, **facts: str) -> Fault:
    """Return a fault of the file as a whole."""
    return Fault(f"registry/{code}", message, table.name, table.file, remedy=remedy, facts=facts)


def from_frame(frame: pd.DataFrame, labels: Mapping[str, Mapping[str, str]] | None = None) -> RawTable:
    """Take over a frame whose types the file knew; the first record counts as row 2."""
    frame.index = pd.Index(np.arange(2, len(frame) + 2))
    frame.columns = pd.Index([str(name) for name in frame.columns])
    return RawTable(frame, labels=labels or {})


def from_records(records: Sequence[Sequence[Any]], table: Table) -> RawTable:
    """Make a table of a sheet's rows: the header, then a record a row; blank rows are kept and counted.

    Raises
    ------
    ReadError
        when there is no header, or its names cannot be used.
    """
    at = table.format.header_row
    if len(records) < at:
        raise ReadError(_no_header(table))
    names = [str(name).strip() for name in records[at - 1]]
    body = records[at:]
    width = len(names)
    while width and not names[width - 1] and not any(_given(row, width - 1) for row in body):
        width -= 1
    if not width:
        raise ReadError(_no_header(table))
    _require_names(names[:width], records, table)
    good_rows, good, lost, faults = _sort_rows(body, width, at + 1, table)
    columns = list(zip(*good, strict=True)) if good else [() for _ in range(width)]
    cells = pd.DataFrame(
        {
            name: pd.Series(list(column), dtype=object, index=good_rows)
            for name, column in zip(names, columns, strict=False)
        },
        index=pd.Index(good_rows, dtype="int64"),
    )
    return RawTable(cells, faults, lost)


def _given(row: Sequence[Any], at: int) -> bool:
    return at < len(row) and row[at] is not None and str(row[at]).strip() != ""


def _no_header(table: Table) -> Fault:
    return file_fault(
        table,
        "no-header",
        f"row {table.format.header_row} holds no names of columns",
        "put the names of the columns there, or declare header_row= in the table's Format",
    )


def _require_names(names: list[str], records: Sequence[Sequence[Any]], table: Table) -> None:
    expected = {column.header for column in table.columns}
    at = table.format.header_row
    if not expected & set(names):
        for number, row in enumerate(records[:LOOK_AHEAD_ROWS], 1):
            if number != at and len(expected & {str(name).strip() for name in row}) > len(expected) / 2:
                message = f"row {at} is not the header: the names of the columns stand in row {number}"
                remedy = f"declare header_row={number} in the table's Format, or delete the rows above"
                raise ReadError(file_fault(table, "header-elsewhere", message, remedy))
    faults = []
    if unnamed := [number for number, name in enumerate(names, 1) if not name]:
        message = "a column has no name: the header may be merged cells, or of two rows"
        remedy = "give every column a name in one row, or declare header_row= in the table's Format"
        which = ", ".join(str(number) for number in unnamed[:8])
        faults.append(file_fault(table, "unnamed-column", message, remedy, columns=which))
    for name, count in Counter(name for name in names if name).items():
        if count > 1:
            faults.append(
                Fault(
                    "registry/column-twice",
                    f"{count} columns have the same name",
                    table.name,
                    table.file,
                    column=name,
                    rows=(at,),
                    remedy="give each column a name of its own",
                )
            )
    if faults:
        raise ReadError(*faults)


def _sort_rows(
    body: Sequence[Sequence[Any]], width: int, first: int, table: Table
) -> tuple[list[int], list[Sequence[Any]], dict[int, str], tuple[Fault, ...]]:
    rows, good, lost = [], [], {}
    for number, row in enumerate(body, first):
        if len(row) == width:
            rows.append(number)
            good.append(row)
        elif len(row) > width and not any(_given(row, at) for at in range(width, len(row))):
            rows.append(number)
            good.append(row[:width])
        elif not any(_given(row, at) for at in range(len(row))):
            rows.append(number)
            good.append([""] * width)
        else:
            lost[number] = "registry/ragged-row"
    if not lost:
        return rows, good, lost, ()
    fault = Fault(
        "registry/ragged-row",
        "this row has more or fewer cells than the header",
        table.name,
        table.file,
        rows=tuple(lost),
        remedy="look for a delimiter inside a cell, a missing quote, or the end of a file cut short",
        effect=table.bad_rows,
    )
    return rows, good, lost, (fault,)

"""The way from files to a checked registry: read, type, check each table, then keys, references and rules.

A row that cannot be used is set aside where its table says so, and so are the rows that belong to it;
at every moment the rows of a frame and those set aside together are the rows of the file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from tieout.sources.blank import blank_rows
from tieout.sources.engine import Rows
from tieout.sources.fault import Fault
from tieout.sources.files import as_stored, read_raw
from tieout.sources.keys import check_keys, check_references
from tieout.sources.numbering import is_categorical, share_values, written_out
from tieout.sources.on_disk import check_on_disk, rows_in, rows_of, stays_on_disk
from tieout.sources.raw import RawTable, ReadError
from tieout.sources.reading import Reading
from tieout.sources.registry import QUARANTINE, Registry, Table
from tieout.sources.ruling import check_rules
from tieout.sources.schema import check_schema
from tieout.sources.shape import check_shape
from tieout.sources.typed import empty_column, type_column


@dataclass(slots=True)
class _Loading:
    """What is known while loading; local to one call of `load`."""

    registry: Registry
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    in_file: dict[str, int] = field(default_factory=dict)
    aside: list[dict[str, Any]] = field(default_factory=list)
    aside_values: dict[str, set[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    on_disk: dict[str, Rows] = field(default_factory=dict)

    def note(self, faults: Iterable[Fault]) -> bool:
        """Keep faults and set rows aside as they say; return whether a row left its table."""
        moved = False
        for fault in faults:
            self.faults.append(fault)
            if fault.effect == "set aside" and fault.rows:
                moved |= self._set_aside(fault)
        return moved

    def _set_aside(self, fault: Fault) -> bool:
        frame, table = self.frames[fault.table], self.registry[fault.table]
        leaving = frame.index.intersection(list(fault.rows))
        patient = self.registry.patient
        for row in leaving:
            who = frame.at[row, patient] if patient in frame else None
            self.aside.append(_aside(fault, int(row), None if pd.isna(who) else who, patient))
        for name in frame.columns.intersection([column.name for column in table.columns]):
            held = frame.loc[leaving, name].dropna().astype(str)
            self.aside_values.setdefault(f"{table.name}.{name}", set()).update(held)
        self.frames[fault.table] = frame.drop(index=leaving)
        return bool(len(leaving))


def _aside(fault: Fault, row: int, who: object, patient: str) -> dict[str, Any]:
    return {
        "table": fault.table,
        "file": fault.file,
        "row": row,
        "column": fault.column,
        "code": fault.code,
        patient: who,
    }


def load(registry: Registry, folder: Path) -> Reading:
    """Read and check a registry; see `tieout.sources.reading.load_registry`."""
    registry = as_stored(registry, folder)
    state = _Loading(registry)
    for table in registry.tables:
        if stays_on_disk(table, folder):
            state.on_disk[table.name] = rows_of(table, folder)
            state.in_file[table.name] = rows_in(folder / table.file)
            continue
        try:
            raw = read_raw(table, folder)
        except ReadError as error:
            state.faults += error.faults
            state.in_file[table.name] = 0
            continue
        _take_in(state, raw, table)
    _number_patients(state)
    for table in registry.tables:
        if (frame := state.frames.get(table.name)) is not None and _complete(frame, table):
            state.note(check_keys(frame, table))
    _follow_references(state)
    if state.note(check_rules(state.frames, registry)):
        _follow_references(state)
    for table in registry.tables:
        if table.name in state.on_disk:
            state.faults += check_on_disk(table, folder, state.frames, registry)
    return _finish(state)


def _number_patients(state: _Loading) -> None:
    """Let all tables count their patients alike, so that their texts are compared once."""
    patient = state.registry.patient
    named = {
        name: frame[patient]
        for name, frame in state.frames.items()
        if patient in frame and state.registry[name][patient].type == "text"
    }
    for name, column in zip(named, share_values(list(named.values())), strict=True):
        state.frames[name][patient] = column


def _complete(frame: pd.DataFrame, table: Table) -> bool:
    return all(name in frame for name in table.key)


def _take_in(state: _Loading, raw: RawTable, table: Table) -> None:
    """Type one table's cells and check them against its schema."""
    state.in_file[table.name] = len(raw.cells) + len(raw.lost)
    state.faults += raw.faults
    blank = blank_rows(raw.cells)
    for row, code in [*raw.lost.items(), *((row, "registry/blank-row") for row in blank)]:
        gone = Fault(code, "", table.name, table.file)
        state.aside.append(_aside(gone, int(row), None, state.registry.patient))
    cells = raw.cells.drop(index=blank) if blank else raw.cells
    state.faults += check_shape([str(name) for name in cells.columns], len(cells), blank, table)
    frame, faults = _typed_frame(cells, raw, table)
    state.frames[table.name] = frame
    known: dict[str, set[int]] = {}
    for fault in faults:
        known.setdefault(fault.column, set()).update(fault.rows)
    by_name = {column.name: known.get(column.header, set()) for column in table.columns}
    present = dataclasses.replace(
        table,
        columns=tuple(column for column in table.columns if column.name in frame),
        key=(),
        refers=(),
    )
    faults += check_schema(frame, present, by_name, raw.asked)
    faults += _check_labels(raw, table)
    state.note(faults)


def _check_labels(raw: RawTable, table: Table) -> list[Fault]:
    """Compare the labels that the file itself gives its codes with the declared ones."""
    faults = []
    for column in table.columns:
        stated, declared = raw.labels.get(column.header, {}), column.labels
        if any(code in declared and declared[code] not in {code, label} for code, label in stated.items()):
            message = "the file gives a code another label than the registry's description does"
            remedy = "look which of the two is right, and correct codes="
            fault = Fault(
                "registry/labels-differ", message, table.name, table.file, column.header, remedy=remedy
            )
            faults.append(fault)
    return faults


def _typed_frame(cells: pd.DataFrame, raw: RawTable, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    series: dict[str, pd.Series[Any]] = {}
    faults: list[Fault] = []
    for column in table.columns:
        if column.header not in cells:
            continue
        typed = type_column(cells[column.header], column, table)
        series[column.name] = typed.series
        series.update(typed.beside)
        if column.header in raw.asked:
            series[f"{column.name}_asked"] = raw.asked[column.header].reindex(cells.index)
        faults += typed.faults
    if not len(cells):
        series = {c.name: empty_column(c) for c in table.columns if c.header in cells}
    return pd.DataFrame(series, index=cells.index), faults


def _follow_references(state: _Loading) -> None:
    """Check foreign keys until no more rows leave: what belongs to a row set aside is set aside with it."""
    moved, seen = True, {(f.code, f.table, f.column, f.rows) for f in state.faults}
    while moved:
        moved = False
        for table in state.registry.tables:
            frame = state.frames.get(table.name)
            if frame is None or not all(r.column in frame for r in table.refers):
                continue
            found = check_references(state.frames, state.registry, table, state.aside_values)
            new = [f for f in found if (f.code, f.table, f.column, f.rows) not in seen]
            seen |= {(f.code, f.table, f.column, f.rows) for f in new}
            moved |= state.note(new)


def _finish(state: _Loading) -> Reading:
    columns = ["table", "file", "row", "column", "code", state.registry.patient]
    quarantine = pd.DataFrame(state.aside, columns=columns)
    rows = {name: frame.index.to_numpy() for name, frame in state.frames.items()}
    tables: dict[str, Any] = {
        name: _written_out(frame, state.registry[name]) for name, frame in state.frames.items()
    }
    tables |= state.on_disk
    tables[QUARANTINE] = quarantine
    return Reading(tables, rows, state.in_file, tuple(state.faults))


def _written_out(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the frame as an analysis receives it: texts are objects, and the first row is 0."""
    for column in table.columns:
        if column.type == "text" and column.name in frame and is_categorical(frame[column.name]):
            frame[column.name] = written_out(frame[column.name])
    frame.index = pd.RangeIndex(len(frame))
    return frame

"""Checking the rules across columns and tables, over frames that are indexed by their rows in the files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.bounds import Frames, blamed, holding, out_of_order
from tieout.sources.fault import Effect, Fault
from tieout.sources.numbering import numbered, stands_in
from tieout.sources.registry import Registry, Table
from tieout.sources.rules import (
    At,
    AtLeastOne,
    AtMostOne,
    InOrder,
    NotAbove,
    NotBefore,
    OneUnit,
    Required,
    Rule,
)

NO_UNIT = "this value has no unit"
OTHER_UNIT = "this unit is not the one of the other values of the same kind"


def check_rules(frames: Frames, registry: Registry) -> list[Fault]:
    """Check every rule whose tables could be read."""
    faults: list[Fault] = []
    for rule in registry.rules:
        if stand_in(frames, columns_of(rule, registry)):
            faults += check_rule(rule, frames, registry)
    return faults


def columns_of(rule: Rule, registry: Registry) -> list[tuple[str, str]]:
    """Return every column that checking a rule reads: its own, and the patient where it follows one."""
    own = list(rule.columns())
    if isinstance(rule, Required | OneUnit | NotAbove):  # they look at one row, whoever it belongs to
        return own
    tables = {table for table, _ in own} | ({rule.of} if isinstance(rule, AtLeastOne) else set())
    return [*own, *((table, registry.patient) for table in sorted(tables))]


def stand_in(frames: Frames, columns: Iterable[tuple[str, str]]) -> bool:
    """Whether all these columns could be read; of those that could not, a finding of the file tells."""
    return all(table in frames and column in frames[table] for table, column in columns)


@singledispatch
def check_rule(rule: Rule, frames: Frames, registry: Registry) -> list[Fault]:
    """Return the faults of the rows that break one rule."""
    raise TypeError(f"{type(rule).__name__} is not a rule")


def order_message(rule: NotBefore) -> str:
    """Say what is wrong at a row of the blamed column."""
    if rule.blame == "earlier":
        return f"{rule.earlier} is after {rule.later} of the same patient"
    return f"{rule.later} is before {rule.earlier} of the same patient"


@check_rule.register
def _(rule: NotBefore, frames: Frames, registry: Registry) -> list[Fault]:
    at, rows = blamed(rule), out_of_order(rule, frames, registry)
    return _broken("order", order_message(rule), rows, registry[at.table], at.column, rule.bad_rows)


@check_rule.register
def _(rule: InOrder, frames: Frames, registry: Registry) -> list[Fault]:
    frame, table = _by_number(rule, frames, registry), registry[rule.table]
    faults: list[Fault] = []
    patients = frame[registry.patient]
    if not rule.gaps:
        expected = frame.groupby(patients).cumcount() + 1
        wrong = frame.index[(frame[rule.number].astype("int64") != expected).to_numpy()]
        message = f"{rule.number} does not run 1, 2, 3 within the patient"
        faults += _broken("numbering", message, wrong, table, rule.number, rule.bad_rows)
    # A missing date is skipped: the latest known date before it is what counts.
    before = frame.groupby(patients)[rule.date].ffill().groupby(patients).shift()
    late = frame[rule.date] < before if rule.ties else frame[rule.date] <= before
    message = f"{rule.date} is not after that of the {rule.number} before"
    return faults + _broken("order", message, frame.index[late], table, rule.date, rule.bad_rows)


def _by_number(rule: InOrder, frames: Frames, registry: Registry) -> pd.DataFrame:
    """Return the numbers and dates of each patient, who is a number too, in the order of the numbers."""
    frame = frames[rule.table][[rule.number, rule.date]]
    (patients,), _ = numbered(frames[rule.table][registry.patient])
    frame = frame.assign(**{registry.patient: patients})[(patients >= 0) & frame[rule.number].notna()]
    return frame.sort_values([registry.patient, rule.number], kind="stable")


@check_rule.register
def _(rule: AtMostOne, frames: Frames, registry: Registry) -> list[Fault]:
    patients = _patients_with(rule.at, frames, registry)
    rows = patients.index[patients.duplicated(keep="first")]
    return _broken(
        "more-than-one", again_message(rule), rows, registry[rule.at.table], rule.at.column, rule.bad_rows
    )


@check_rule.register
def _(rule: AtLeastOne, frames: Frames, registry: Registry) -> list[Fault]:
    patients = frames[rule.of][registry.patient]
    rows = patients.index[~stands_in(patients, _patients_with(rule.at, frames, registry))]
    message = f"this patient has no row with {rule.at}"
    return _broken("none", message, rows, registry[rule.of], registry.patient, rule.bad_rows)


def _patients_with(at: At, frames: Frames, registry: Registry) -> pd.Series[Any]:
    """Return the patient of each row in which `at.where` holds and the column has a value."""
    frame = frames[at.table]
    return frame.loc[holding(frame, at.where) & frame[at.column].notna(), registry.patient]


@check_rule.register
def _(rule: Required, frames: Frames, registry: Registry) -> list[Fault]:
    frame = frames[rule.table]
    asked = holding(frame, rule.when)
    given = frame[rule.column].notna().to_numpy()
    table = registry[rule.table]
    message = empty_message(rule)
    faults = _broken("missing", message, frame.index[asked & ~given], table, rule.column, rule.bad_rows)
    if rule.only:
        message = given_message(rule)
        rows = frame.index[~asked & given]
        faults += _broken("not-expected", message, rows, table, rule.column, rule.bad_rows)
    return faults


def empty_message(rule: Required) -> str:
    """Say what is wrong at a row that lacks the value."""
    return f"{rule.column} is empty where {_when(rule)}"


def given_message(rule: Required) -> str:
    """Say what is wrong at a row that has the value and should not."""
    return f"{rule.column} is given although it is not so that {_when(rule)}"


def limits_message(rule: NotAbove) -> str:
    """Say what is wrong at a row whose values are exchanged."""
    return f"{rule.low} is above {rule.high} in this row"


def again_message(rule: AtMostOne) -> str:
    """Say what is wrong at a patient's second row."""
    return f"the patient has an earlier row with {rule.at}; there may be one"


def _when(rule: Required) -> str:
    return " and ".join(f"{name} is {'given' if v == '*' else v}" for name, v in rule.when.items())


@check_rule.register
def _(rule: OneUnit, frames: Frames, registry: Registry) -> list[Fault]:
    frame, table = frames[rule.table], registry[rule.table]
    valued = frame[frame[rule.value].notna()]
    units = valued[rule.unit].astype(object)
    rows = valued.index[units.isna()]
    faults = _broken("no-unit", NO_UNIT, rows, table, rule.unit, rule.bad_rows)
    stated = units[units.notna() & valued[rule.by].notna()]
    analytes = valued[rule.by].astype(object).loc[stated.index]
    allowed = analytes.map(rule.units.get)
    free = allowed.isna()
    usual = stated[free].groupby(analytes[free]).agg(lambda seen: seen.mode().iloc[0])
    odd = stated[free] != analytes[free].map(usual)
    other = [unit not in units for unit, units in zip(stated[~free], allowed[~free], strict=True)]
    rows = odd.index[odd].append(stated[~free].index[np.array(other, dtype=bool)])
    return faults + _broken("mixed-units", OTHER_UNIT, rows, table, rule.unit, rule.bad_rows)


@check_rule.register
def _(rule: NotAbove, frames: Frames, registry: Registry) -> list[Fault]:
    frame = frames[rule.table]
    above = np.asarray((frame[rule.low] > frame[rule.high]).fillna(value=False), dtype=bool)
    return _broken(
        "limits", limits_message(rule), frame.index[above], registry[rule.table], rule.low, rule.bad_rows
    )


REMEDY = {
    "order": "correct the date that is wrong; where both are right, the rule is",
    "numbering": "correct the numbers, or add the row that is absent",
    "more-than-one": "keep the row that is right",
    "none": "add the row, or correct the identifier",
    "missing": "fill the cell",
    "not-expected": "empty the cell, or correct the one that it hangs on",
    "no-unit": "give the unit",
    "mixed-units": "convert the value, or declare the unit in the rule",
    "limits": "exchange or correct the two values",
}


def _broken(  # noqa: PLR0917  (private, and always called with the six in this order)
    code: str, message: str, rows: pd.Index[Any], table: Table, column: str, effect: Effect
) -> list[Fault]:
    if not len(rows):
        return []
    where = tuple(sorted(int(row) for row in rows))
    header = table[column].header
    return [
        Fault(f"registry/{code}", message, table.name, table.file, header, where, REMEDY[code], effect=effect)
    ]

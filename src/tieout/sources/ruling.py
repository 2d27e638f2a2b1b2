"""Checking the rules across columns and tables, over frames that are indexed by their rows in the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.fault import Effect, Fault
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

Frames = Mapping[str, pd.DataFrame]
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


def chosen(at: At, frames: Frames) -> pd.DataFrame:
    """Return the rows of a table in which `at.where` holds."""
    frame = frames[at.table]
    for name, value in at.where.items():
        frame = frame[_is(frame[name], value)]
    return frame


def _is(series: pd.Series[Any], value: str) -> pd.Series[bool]:
    if value == "*":
        return series.notna()
    if series.dtype == "boolean":
        return (series == (value == "yes")).fillna(value=False).astype(bool)
    text = series.astype(object).map(str)
    return series.notna() & (text == value)


def days_of(at: At, frames: Frames, registry: Registry) -> pd.DataFrame:
    """Return patient, first and last possible day of each row: a year or a partial date spans several."""
    frame = chosen(at, frames)
    values = frame[at.column]
    if registry[at.table][at.column].type in {"integer", "number"}:
        years = values.astype("float64")
        low = pd.to_datetime(years.map("{:04.0f}-01-01".format), format="%Y-%m-%d", errors="coerce")
        high = pd.to_datetime(years.map("{:04.0f}-12-31".format), format="%Y-%m-%d", errors="coerce")
    else:
        low = high = values
        if (name := f"{at.column}_precision") in frame:
            month, year = frame[name] == "month", frame[name] == "year"
            low = low.mask(month, values - pd.to_timedelta(values.dt.day - 1, "D"))
            low = low.mask(year, values - pd.to_timedelta(values.dt.dayofyear - 1, "D"))
            high = high.mask(month, values + pd.offsets.MonthEnd(0))
            high = high.mask(year, values + pd.offsets.YearEnd(0))
    known = pd.DataFrame({"patient": frame[registry.patient], "low": low, "high": high})
    return known.dropna()


def blamed(rule: NotBefore) -> At:
    """Return the column at whose rows the finding stands."""
    return rule.earlier if rule.blame == "earlier" else rule.later


def bounding(rule: NotBefore) -> At:
    """Return the column that the blamed one must keep to."""
    return rule.later if rule.blame == "earlier" else rule.earlier


def bound_of(rule: NotBefore, frames: Frames, registry: Registry) -> pd.Series[Any]:
    """Return each patient's day that the dates of the blamed column must keep to."""
    days = days_of(bounding(rule), frames, registry).groupby("patient")
    if rule.blame == "earlier":
        return days["high"].max()
    return days["low"].min() if rule.which == "first" else days["low"].max()


def order_message(rule: NotBefore) -> str:
    """Say what is wrong at a row of the blamed column."""
    if rule.blame == "earlier":
        return f"{rule.earlier} is after {rule.later} of the same patient"
    return f"{rule.later} is before {rule.earlier} of the same patient"


@check_rule.register
def _(rule: NotBefore, frames: Frames, registry: Registry) -> list[Fault]:
    at = blamed(rule)
    days = days_of(at, frames, registry)
    against = days["patient"].map(bound_of(rule, frames, registry))
    if rule.blame == "earlier":
        broken = days["low"] >= against if rule.strict else days["low"] > against
    else:
        broken = days["high"] <= against if rule.strict else days["high"] < against
    rows, message = days.index[broken], order_message(rule)
    return _broken("order", message, rows, registry[at.table], at.column, rule.bad_rows)


@check_rule.register
def _(rule: InOrder, frames: Frames, registry: Registry) -> list[Fault]:
    frame = frames[rule.table].dropna(subset=[registry.patient, rule.number])
    frame = frame.sort_values([registry.patient, rule.number], kind="stable")
    table = registry[rule.table]
    faults: list[Fault] = []
    patients = frame[registry.patient]
    first = patients != patients.shift()
    if not rule.gaps:
        expected = frame.groupby(registry.patient).cumcount() + 1
        wrong = frame.index[(frame[rule.number].astype("int64") != expected).to_numpy()]
        message = f"{rule.number} does not run 1, 2, 3 within the patient"
        faults += _broken("numbering", message, wrong, table, rule.number, rule.bad_rows)
    # A missing date is skipped: the latest known date before it is what counts.
    before = frame.groupby(registry.patient)[rule.date].ffill().groupby(patients).shift()
    late = frame[rule.date] < before if rule.ties else frame[rule.date] <= before
    message = f"{rule.date} is not after that of the {rule.number} before"
    rows = frame.index[(late & ~first).to_numpy()]
    return faults + _broken("order", message, rows, table, rule.date, rule.bad_rows)


@check_rule.register
def _(rule: AtMostOne, frames: Frames, registry: Registry) -> list[Fault]:
    frame = chosen(rule.at, frames)
    again = frame[frame[rule.at.column].notna()].duplicated(registry.patient, keep="first")
    rows = again.index[again]
    return _broken(
        "more-than-one", again_message(rule), rows, registry[rule.at.table], rule.at.column, rule.bad_rows
    )


@check_rule.register
def _(rule: AtLeastOne, frames: Frames, registry: Registry) -> list[Fault]:
    have = chosen(rule.at, frames)
    have = have[have[rule.at.column].notna()]
    patients = frames[rule.of]
    rows = patients.index[~patients[registry.patient].isin(have[registry.patient])]
    message = f"this patient has no row with {rule.at}"
    return _broken("none", message, rows, registry[rule.of], registry.patient, rule.bad_rows)


@check_rule.register
def _(rule: Required, frames: Frames, registry: Registry) -> list[Fault]:
    frame = frames[rule.table]
    asked = pd.Series(data=True, index=frame.index)
    for name, value in rule.when.items():
        asked &= _is(frame[name], value)
    given = frame[rule.column].notna()
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

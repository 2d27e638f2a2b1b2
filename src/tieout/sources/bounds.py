"""The days that rules hold against each other, and the bound that a patient's days must keep to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.numbering import numbered
from tieout.sources.registry import Registry
from tieout.sources.rules import At, NotBefore

Frames = Mapping[str, pd.DataFrame]
_UNKNOWN = np.iinfo(np.int64).min  # how a missing day is written: before every other
_AFTER_ALL = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Days:
    """Known days of known patients: the rows in the file, the patients' numbers, first and last possible day.

    A year or a partial date spans several days.
    """

    rows: pd.Index[Any]
    patients: np.ndarray
    low: np.ndarray
    high: np.ndarray


def blamed(rule: NotBefore) -> At:
    """Return the column at whose rows the finding stands."""
    return rule.earlier if rule.blame == "earlier" else rule.later


def bounding(rule: NotBefore) -> At:
    """Return the column that the blamed one must keep to."""
    return rule.later if rule.blame == "earlier" else rule.earlier


def bound_of(rule: NotBefore, frames: Frames, registry: Registry) -> pd.Series[Any]:
    """Return each patient's day that the dates of the blamed column must keep to."""
    at = bounding(rule)
    (patients,), names = numbered(frames[at.table][registry.patient])
    bounds = _bounds(rule, days_of(at, frames, registry, patients), len(names))
    known = ~np.isnat(bounds)
    return pd.Series(bounds[known], index=names[known])


def out_of_order(rule: NotBefore, frames: Frames, registry: Registry) -> pd.Index[Any]:
    """Return the rows of the blamed column whose day lies on the wrong side of their patient's bound."""
    at, other = blamed(rule), bounding(rule)
    (own, others), names = numbered(frames[at.table][registry.patient], frames[other.table][registry.patient])
    days = days_of(at, frames, registry, own)
    against = _bounds(rule, days_of(other, frames, registry, others), len(names))[days.patients]
    if rule.blame == "earlier":
        broken = days.low >= against if rule.strict else days.low > against
    else:
        broken = days.high <= against if rule.strict else days.high < against
    rows: pd.Index[Any] = days.rows[broken]  # nothing is before or after a bound that is not there
    return rows


def _bounds(rule: NotBefore, days: Days, patients: int) -> np.ndarray:
    """Return the bound of each patient by number; NaT where there is none."""
    if rule.blame == "later" and rule.which == "first":
        bounds = np.full(patients, _AFTER_ALL)
        np.minimum.at(bounds, days.patients, days.low.view("int64"))
        bounds[bounds == _AFTER_ALL] = _UNKNOWN
    else:
        last = days.high if rule.blame == "earlier" else days.low
        bounds = np.full(patients, _UNKNOWN)
        np.maximum.at(bounds, days.patients, last.view("int64"))
    return bounds.view("datetime64[ns]")


def days_of(at: At, frames: Frames, registry: Registry, patients: np.ndarray) -> Days:
    """Return the days in the rows that `at` chooses; `patients` are the numbers of the whole table's rows."""
    frame = frames[at.table]
    if at.where:
        here = holding(frame, at.where)
        frame, patients = frame.loc[here, frame.columns.intersection(_columns(at))], patients[here]
    is_year = registry[at.table][at.column].type in {"integer", "number"}
    low, high = _days_of_years(frame[at.column]) if is_year else _days_of_dates(frame, at)
    known = (patients >= 0) & ~np.isnat(low) & ~np.isnat(high)
    if known.all():
        return Days(frame.index, patients, low, high)
    return Days(frame.index[known], patients[known], low[known], high[known])


def _columns(at: At) -> list[str]:
    return [at.column, _precision(at)]


def _precision(at: At) -> str:
    return f"{at.column}_precision"


def _days_of_years(years: pd.Series[Any]) -> tuple[np.ndarray, np.ndarray]:
    (numbers,), values = numbered(years)
    written = [f"{year:04.0f}" for year in values.to_numpy(dtype="float64")]

    def each(day: str) -> np.ndarray:
        days = pd.to_datetime([f"{year}-{day}" for year in written], format="%Y-%m-%d", errors="coerce")
        ends = np.append(days.to_numpy("datetime64[ns]"), np.datetime64("NaT"))  # -1, the missing
        return np.asarray(ends[numbers])

    return each("01-01"), each("12-31")


def _days_of_dates(frame: pd.DataFrame, at: At) -> tuple[np.ndarray, np.ndarray]:
    low = high = values = frame[at.column]
    if _precision(at) in frame:
        month, year = frame[_precision(at)] == "month", frame[_precision(at)] == "year"
        low = low.mask(month, values - pd.to_timedelta(values.dt.day - 1, "D"))
        low = low.mask(year, values - pd.to_timedelta(values.dt.dayofyear - 1, "D"))
        high = high.mask(month, values + pd.offsets.MonthEnd(0))
        high = high.mask(year, values + pd.offsets.YearEnd(0))
    return low.to_numpy("datetime64[ns]"), high.to_numpy("datetime64[ns]")


def holding(frame: pd.DataFrame, where: Mapping[str, str]) -> np.ndarray:
    """Whether each row holds the given values in other columns."""
    rows = np.ones(len(frame), dtype=bool)
    for name, value in where.items():
        rows &= _is(frame[name], value)
    return rows


def _is(series: pd.Series[Any], value: str) -> np.ndarray:
    if value == "*":
        return series.notna().to_numpy()
    if series.dtype == "boolean":
        return (series == (value == "yes")).to_numpy(dtype=bool, na_value=False)
    (numbers,), values = numbered(series)
    hits = np.array([*(str(known) == value for known in values), False])  # -1, the missing, is the last
    return np.asarray(hits[numbers])

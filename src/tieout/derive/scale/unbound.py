"""The unbound tables that rules at scale are expressions over, a date as a number, and counts a day."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr import types as ir

STRANGE, STRANGER = -1, -2  # where what must be refused is counted, and the rows of patients not asked for
_DAY_ZERO = "0001-01-01"
_MOST_ROWS = 2**35
_TYPES = {
    "date": "date",
    "test": "string",
    "unit": "string",
    "value": "float64",
    "lower_limit": "float64",
    "upper_limit": "float64",
    "baseline": "float64",
    "is_baseline": "boolean",
    "anticoagulated": "boolean",
}


def samples_table(name: str, patient: str, present: Sequence[str]) -> ir.Table:
    """Return a table of laboratory values with the columns that it has, and `row`, its place in the file.

    `patient` is the type of the patient's key: "string" or "int64".
    """
    types = {column: _TYPES.get(column, patient) for column in present}
    return ibis.table(types | {"row": "int64"}, name=name)


def windows_table(name: str, patient: str) -> ir.Table:
    """Return a table of windows: `at` is the patient's place in the table of patients."""
    return ibis.table({"patient": patient, "at": "int64", "first": "date", "last": "date"}, name=name)


def day_number(date: ir.DateValue) -> ir.NumericValue:
    """Return the days of a date since a day before any."""
    return date.delta(ibis.date(_DAY_ZERO), unit="day").cast("int64")


def moment(rows: ir.Table) -> ir.NumericValue:
    """Return a number that orders a patient's samples: by their days, then by their rows."""
    return day_number(rows.date) * _MOST_ROWS + rows.row


def times_table(name: str) -> ir.Table:
    """Return a table of times to event in whole days."""
    return ibis.table({"day": "int64", "cause": "int64", "group": "int64"}, name=name)


def day_counts(times: ir.Table) -> ir.Table:
    """Count patients by day, cause (0 is censored) and group: all that the estimators need to know."""
    return times.group_by("day", "cause", "group").aggregate(n=times.count())

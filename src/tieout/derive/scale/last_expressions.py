"""Latest days and last values before a day, as Ibis expressions over unbound tables."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr import types as ir

from tieout.derive.scale.unbound import day_number

_ROWS = 2**35  # the last of a patient's samples is the one with the greatest day, then row


def dated_table(name: str, patient: str) -> ir.Table:
    """Return a table of dated rows; `patient` is the type of the patient's key."""
    return ibis.table({"patient": patient, "date": "date", "row": "int64"}, name=name)


def latest_days(rows: ir.Table) -> ir.Table:
    """Return each patient's latest day."""
    known = rows.filter(rows.patient.notnull() & rows.date.notnull())
    return known.group_by("patient").aggregate(latest=known.date.max()).order_by("patient")


def values_table(name: str, patient: str) -> ir.Table:
    """Return a table of laboratory values."""
    types = {"patient": patient, "date": "date", "test": "string", "value": "float64", "unit": "string"}
    return ibis.table(types | {"row": "int64"}, name=name)


def last_values(samples: ir.Table, windows: ir.Table, tests: Sequence[str]) -> ir.Table:
    """Return, by `at`, the last known value of each test in the window (`value_0`, …) and its `unit_0`, …."""
    wanted = samples.filter(samples.test.isin(list(tests)) & samples.value.notnull() & ~samples.value.isnan())
    joined = wanted.inner_join(windows, "patient")
    inside = joined.filter(joined.date.between(joined["first"], joined["last"]))
    keyed = inside.mutate(moment=day_number(inside.date) * _ROWS + inside.row)
    columns = {}
    for at, test in enumerate(tests):
        own = keyed.test == test
        columns[f"value_{at}"] = keyed.value.argmax(keyed.moment, where=own)
        columns[f"unit_{at}"] = keyed.unit.fill_null("").argmax(keyed.moment, where=own)
    return keyed.group_by("at").aggregate(**columns)

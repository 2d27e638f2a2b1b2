"""Latest days and last values before a day, as Ibis expressions over unbound tables."""

from __future__ import annotations

from collections.abc import Sequence

from ibis.expr import types as ir

from tieout.derive.scale.unbound import moment


def latest_days(rows: ir.Table) -> ir.Table:
    """Return each patient's latest day."""
    known = rows.filter(rows.patient.notnull() & rows.date.notnull())
    return known.group_by("patient").aggregate(latest=known.date.max()).order_by("patient")


def last_values(samples: ir.Table, windows: ir.Table, tests: Sequence[str]) -> ir.Table:
    """Return, by `at`, the last known value of each test in the window (`value_0`, …) and its `unit_0`, …."""
    wanted = samples.filter(samples.test.isin(list(tests)) & samples.value.notnull() & ~samples.value.isnan())
    joined = wanted.inner_join(windows, "patient")
    inside = joined.filter(joined.date.between(joined["first"], joined["last"]))
    keyed = inside.mutate(moment=moment(inside))
    columns = {}
    for at, test in enumerate(tests):
        own = keyed.test == test
        columns[f"value_{at}"] = keyed.value.argmax(keyed.moment, where=own)
        columns[f"unit_{at}"] = keyed.unit.fill_null("").argmax(keyed.moment, where=own)
    return keyed.group_by("at").aggregate(**columns)

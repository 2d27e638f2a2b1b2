"""PSA on therapy as Ibis expressions: baseline, nadir, confirmed levels, and what must be refused."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr import types as ir

from tieout.derive.scale.unbound import STRANGE, day_number

_REMAINDERS = (
    61  # a prime, so that days a fixed number of weeks apart differ for long; bits of a whole number
)


def psa_known(samples: ir.Table, tests: Sequence[str]) -> ir.Table:
    """Return the known PSA values: `patient`, `date`, `psa`."""
    known = samples.filter(
        samples.test.isin(list(tests)),
        samples.value.notnull() & ~samples.value.isnan() & samples.date.notnull(),
    )
    return known.select("patient", "date", psa=known.value)


def psa_values(known: ir.Table, windows: ir.Table, baseline_days: int) -> ir.Table:
    """Return known values once for each of the patient's windows: `at` (missing for a patient without
    therapy), `date`, `day` (after the first day), `psa`, and whether it may be the baseline or counts on
    therapy.
    """
    joined = known.left_join(windows, "patient")
    here = joined.select("at", "date", "psa", "first", "last")
    placed = here.mutate(day=here.date.delta(here["first"], unit="day").cast("int64"))
    return placed.select(
        *("at", "date", "day", "psa"),
        is_before=placed.day.between(-baseline_days, 0),
        is_after=(placed.day > 0) & (placed["last"].isnull() | (placed.date <= placed["last"])),
    )


def psa_summary(values: ir.Table) -> ir.Table:
    """Return each patient's baseline, nadir and number of values, from `psa_values`.

    Negative values, of whomever, are at `STRANGE`. `rows` counts all values, and `days` has a bit for each
    remainder of their days: where there are fewer bits than rows, two values may be of one day.
    """
    used = values.mutate(
        at=ibis.ifelse(values.psa < 0, ibis.literal(STRANGE, "int64"), values["at"]),
        bit=ibis.literal(1, "int64") << (day_number(values.date) % _REMAINDERS),
    )
    made = used.group_by("at").aggregate(
        rows=used.count(),
        days=used.bit.bit_or(),
        values=used.count(where=used.is_after),
        baseline=used.psa.argmax(used.day, where=used.is_before),
        baseline_date=used.date.max(where=used.is_before),
        lowest=ibis.struct({"psa": used.psa, "date": used.date}).min(where=used.is_after),
    )
    return made.select(
        *("at", "rows", "days", "values", "baseline", "baseline_date"),
        nadir=made.lowest["psa"],
        nadir_date=made.lowest["date"],
    )


def psa_negative(known: ir.Table) -> ir.Table:
    """Count the negative values."""
    return known.aggregate(rows=known.count(where=known.psa < 0))


def psa_doubled(known: ir.Table, cleared: ir.Table) -> ir.Table:
    """Count the values beyond the first of a day, of all patients but those that are `cleared`."""
    asked = known.anti_join(cleared, "patient")
    days = asked.group_by("patient", "date").aggregate(n=asked.count())
    return days.aggregate(rows=(days.n - 1).sum())


def cleared_table(name: str, patient: str) -> ir.Table:
    """Return a table of patients; `patient` is the type of their key."""
    return ibis.table({"patient": patient}, name=name)


def psa_confirmed(values: ir.Table, confirm_days: int) -> ir.Table:
    """Return the lowest level that a value reached and the first value at least so many days later kept."""
    after = values.filter(values.is_after)
    left = after.select("at", "psa", due=after.day + confirm_days)
    right = after.select("at", "day", later=after.psa)
    pairs = left.asof_join(right, left.due <= right.day, predicates="at")
    level = ibis.greatest(pairs.psa, pairs.later)
    return pairs.filter(pairs.later.notnull()).group_by("at").aggregate(level=level.min())

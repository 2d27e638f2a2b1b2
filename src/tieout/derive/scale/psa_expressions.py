"""PSA on therapy as Ibis expressions: baseline, nadir, confirmed levels, and what must be refused."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr import types as ir

from tieout.derive.scale.unbound import STRANGE, day_number

_REMAINDERS = (
    61  # a prime, so that days a fixed number of weeks apart differ for long; bits of a whole number
)


def psa_values(samples: ir.Table, windows: ir.Table, tests: Sequence[str], baseline_days: int) -> ir.Table:
    """Return the known PSA values: `at` (missing for a patient without therapy), `patient`, `date`, `day`
    (after the first day), `psa`, and whether it may be the baseline or counts on therapy.
    """
    known = samples.filter(
        samples.test.isin(list(tests)),
        samples.value.notnull() & ~samples.value.isnan() & samples.date.notnull(),
    )
    joined = known.select("patient", "date", psa=known.value).left_join(windows, "patient")
    here = joined.select("at", "patient", "date", "psa", "first", "last")
    placed = here.mutate(day=here.date.delta(here["first"], unit="day").cast("int64"))
    return placed.select(
        *("at", "patient", "date", "day", "psa"),
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


def psa_negative(values: ir.Table) -> ir.Table:
    """Count the negative values."""
    return values.aggregate(rows=values.count(where=values.psa < 0))


def psa_doubled(values: ir.Table, suspects: ir.Table) -> ir.Table:
    """Count the values beyond the first of a day, of suspects and of patients without therapy."""
    marked = values.left_join(suspects, "at")
    asked = marked.filter(marked["at"].isnull() | marked["at_right"].notnull())
    days = asked.group_by("patient", "date").aggregate(n=asked.count())
    return days.aggregate(rows=(days.n - 1).sum())


def suspects_table(name: str) -> ir.Table:
    """Return a table of patients' places."""
    return ibis.table({"at": "int64"}, name=name)


def psa_confirmed(values: ir.Table, confirm_days: int) -> ir.Table:
    """Return the lowest level that a value reached and the first value at least so many days later kept."""
    after = values.filter(values.is_after)
    left = after.select("at", "psa", due=after.day + confirm_days)
    right = after.select("at", "day", later=after.psa)
    pairs = left.asof_join(right, left.due <= right.day, predicates="at")
    level = ibis.greatest(pairs.psa, pairs.later)
    return pairs.filter(pairs.later.notnull()).group_by("at").aggregate(level=level.min())

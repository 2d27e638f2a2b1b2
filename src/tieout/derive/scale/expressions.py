"""The row-level rules as Ibis expressions over unbound tables: units, grades, windows, PSA.

Nothing here connects, reads or runs; `engine` compiles these for DuckDB, and a warehouse could stand there
instead. The bounds and conversions come from the same tables as everywhere (`derive.ctcae`, `derive.units`),
and every rule gives what the evaluators on arrays give, to the last count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

import ibis
from ibis.expr import types as ir

from tieout.derive.ctcae import Bound, MissingBaseline, Term
from tieout.derive.response import PsaRule
from tieout.derive.units import Unit, units

Booleans: TypeAlias = ir.BooleanValue
Numbers: TypeAlias = ir.NumericValue

_SCALE = 1e9  # nine decimals, as on arrays
_WHOLE = 2.0**52  # from here on a double has no fraction
_DAY_ZERO = "0001-01-01"
# The last gradable sample before a window is found as the largest of day, row and grades in one integer
_ROWS, _GRADES = 2**35, 64
_STATED = ("value", "lower_limit", "upper_limit", "baseline")


def rounded(number: Numbers) -> Numbers:
    """Return numbers at nine decimals, halves to even, as numpy has it.

    Adding 2^52 leaves a double no room for a fraction: the processor itself rounds, halves to even.
    SQL's own ROUND takes halves away from zero.
    """
    scaled = number * _SCALE
    shift = ibis.ifelse(scaled < 0, -_WHOLE, _WHOLE)
    return ibis.ifelse(scaled.abs() < _WHOLE, (scaled + shift) - shift, scaled) / _SCALE


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


def unit_faults(samples: ir.Table, analytes: Mapping[str, str]) -> ir.Table:
    """Count, by test and unit, the known values, those that are implausible, and rows that state anything."""
    here = _with_nulls(samples.filter(samples.test.isin(list(analytes))))
    strange = _any(
        (here.test == test) & (here.unit == unit) & _outside(here.value, entry)
        for test, analyte in analytes.items()
        for (named, unit), entry in units().items()
        if named == analyte
    )
    stated = _any(here[name].notnull() for name in _STATED if name in here.columns)
    return here.group_by("test", "unit").aggregate(
        known=here.value.count(), strange=here.count(where=strange), stated=here.count(where=stated)
    )


def grades(samples: ir.Table, term: Term, missing_baseline: MissingBaseline) -> ir.Table:
    """Return one term's grades by row: `row`, `grade_low`, `grade_high` (null when ungradable),
    `has_value`.
    """
    here = _with_nulls(samples)
    low, high, possible = _grade(here, term, missing_baseline)
    is_open = here.value.isnull() | (possible > low)
    return here.select(
        "row",
        grade_low=ibis.ifelse(is_open, ibis.null(), low),
        grade_high=ibis.ifelse(is_open, ibis.null(), high),
        has_value=here.value.notnull(),
    )


def worst(
    samples: ir.Table, windows: ir.Table, terms: Mapping[str, Term], missing_baseline: MissingBaseline
) -> ir.Table:
    """Return patients' worst grades in their windows, `cell` being the patient's place times the number of
    terms plus the term's.

    Parameters
    ----------
    terms : by test; a test has one term in one pass.
    """
    here = samples.filter(samples.test.isin(list(terms)))
    joined = _with_nulls(here.join(windows, "patient"))
    sides: list[Any] = []
    for side in range(3):
        by_test = [
            (joined.test == test, _grade(joined, t, missing_baseline)[side]) for test, t in terms.items()
        ]
        sides.append(ibis.cases(*by_test, else_=0))
    place = ibis.cases(*((joined.test == test, at) for at, test in enumerate(terms)), else_=0)
    graded = joined.select(
        cell=joined.at * len(terms) + place,
        low=sides[0],
        high=sides[1],
        is_open=joined.value.isnull() | (sides[2] > sides[0]),
        inside=joined.date.between(joined["first"], joined["last"]),
        before=joined.date < joined["first"],
        key=_day(joined.date) * _ROWS + joined.row,
    )
    used = graded.filter(graded.inside | (graded.before & ~graded.is_open))
    gradable = used.inside & ~used.is_open
    packed = used.key * _GRADES + used.low.cast("int64") * 8 + used.high
    return used.group_by("cell").aggregate(
        grade_low=used.low.max(where=gradable),
        grade_high=used.high.max(where=gradable),
        samples=used.count(where=used.inside),
        ungradable=used.count(where=used.inside & used.is_open),
        before=(packed.max(where=used.before) % _GRADES),
    )


def psa_on_therapy(samples: ir.Table, windows: ir.Table, tests: Sequence[str], rule: PsaRule) -> ir.Table:
    """Return the known PSA values that matter to somebody: `at`, `date`, `day` (after the first day), `psa`,
    `is_before`.
    """
    here = known_psa(samples, tests)
    joined = here.join(windows, "patient")
    day = joined.date.delta(joined["first"], unit="day").cast("int64")
    columns = joined.select("at", "date", "last", day=day, psa=joined.value)
    is_before = (columns.day <= 0) & (columns.day >= -rule.baseline_days)
    ended = (columns.date > columns["last"]).fill_null(False)
    kept = columns.mutate(is_before=is_before, is_after=(columns.day > 0) & ~ended)
    return kept.filter(kept.is_before | kept.is_after).drop("last", "is_after")


def known_psa(samples: ir.Table, tests: Sequence[str]) -> ir.Table:
    """Return the rows of PSA that have a value and a date."""
    here = _with_nulls(samples.filter(samples.test.isin(list(tests))))
    return here.filter(here.value.notnull() & here.date.notnull()).select("patient", "date", "value")


def psa_faults(samples: ir.Table, tests: Sequence[str]) -> ir.Table:
    """Count negative values, and values beyond the first of a patient's day."""
    days = known_psa(samples, tests).group_by("patient", "date")
    rows = days.aggregate(n=lambda t: t.count(), negative=lambda t: t.count(where=t.value < 0))
    return rows.aggregate(negative=rows.negative.sum(), doubled=(rows.n - 1).sum())


def psa_summary(values: ir.Table) -> ir.Table:
    """Return each patient's baseline, nadir and number of values, from `psa_on_therapy`."""
    before, after = values.is_before, ~values.is_before
    first = values.group_by("at").aggregate(
        nadir=values.psa.min(where=after),
        baseline_day=values.day.max(where=before),
        values=values.count(where=after),
    )
    again = values.join(first, "at")
    return again.group_by("at").aggregate(
        baseline=again.psa.max(where=again.is_before & (again.day == again.baseline_day)),
        baseline_date=again.date.max(where=again.is_before),
        nadir=again.nadir.max(),
        nadir_date=again.date.min(where=~again.is_before & (again.psa == again.nadir)),
        values=again["values"].max(),
    )


def psa_confirmed(values: ir.Table, confirm_days: int) -> ir.Table:
    """Return the lowest level that a value reached and the first value at least so many days later kept."""
    after = values.filter(~values.is_before)
    left = after.select("at", "psa", due=after.day + confirm_days)
    right = after.select("at", "day", later=after.psa)
    pairs = left.asof_join(right, left.due <= right.day, predicates="at")
    level = ibis.greatest(pairs.psa, pairs.later)
    return pairs.filter(pairs.later.notnull()).group_by("at").aggregate(level=level.min())


def psa_table(name: str) -> ir.Table:
    """Return a table that holds the rows of `psa_on_therapy`."""
    types = {"at": "int64", "date": "date", "day": "int64", "psa": "float64", "is_before": "boolean"}
    return ibis.table(types, name=name)


def day_counts(times: ir.Table) -> ir.Table:
    """Count patients by day, cause (0 is censored) and group: all that the estimators need to know."""
    return times.group_by("day", "cause", "group").aggregate(n=times.count())


def times_table(name: str) -> ir.Table:
    """Return a table of times to event in whole days."""
    return ibis.table({"day": "int64", "cause": "int64", "group": "int64"}, name=name)


def _with_nulls(table: ir.Table) -> ir.Table:
    """Return a table whose unknown numbers are null; files write NaN too."""
    names = [name for name in _STATED if name in table.columns]
    return table.mutate(
        **{name: ibis.ifelse(table[name].isnan(), ibis.null(), table[name]) for name in names}
    )


def _outside(value: Numbers, entry: Unit) -> Booleans:
    return (value < entry.lowest) | (value > entry.highest)


def _day(date: ir.DateValue) -> Numbers:
    return date.delta(ibis.date(_DAY_ZERO), unit="day").cast("int64")


def _any(conditions: Any) -> Booleans:
    return reduce(lambda one, other: one | other, conditions)


def _is(condition: Booleans) -> Booleans:
    """A comparison with the unknown is false, as on arrays."""
    return condition.fill_null(False)


def _grade(here: ir.Table, term: Term, missing_baseline: MissingBaseline) -> tuple[Numbers, Numbers, Numbers]:
    """Return a term's certain grades (low, high) and the highest that the unknown leaves possible."""
    made = []
    for stated in reversed(term.units):
        others = [unit for unit in term.units if unit != stated]
        columns = _in_unit(here, term.analyte, stated, [] if stated == term.units[0] else [stated], others)
        bounds = [bound for bound in term.bounds if bound.unit == stated]
        made.append((here.unit == stated, _evaluate(columns, bounds, missing_baseline)))
    *native, (_, usual) = made
    low, high, possible = (
        ibis.cases(*((is_here, sides[at]) for is_here, sides in native), else_=usual[at])
        if native
        else usual[at]
        for at in range(3)
    )
    return low, high, possible


def _in_unit(
    here: ir.Table, analyte: str, to: str, only: Sequence[str], never: Sequence[str]
) -> Mapping[str, Any]:
    """Return the columns that bounds look at, in one unit, for rows whose unit is converted to it."""
    target = units()[analyte, to]
    scales: dict[tuple[float, float], list[str]] = {}
    for (named, unit), entry in units().items():
        if named == analyte and unit not in never and (not only or unit in only):
            pair = (
                (1.0, 1.0) if unit == to else (entry.multiply * target.divide, entry.divide * target.multiply)
            )
            scales.setdefault(pair, []).append(unit)

    def converted(number: Numbers) -> Numbers:
        cases = [
            (here.unit.isin(names), number if pair == (1.0, 1.0) else number * pair[0] / pair[1])
            for pair, names in scales.items()
        ]
        return rounded(ibis.cases(*cases)) if len(cases) > 1 else rounded(cases[0][1])

    nobody = ibis.literal(value=False)
    columns: dict[str, Any] = {
        name: converted(here[name]) if name in here.columns else ibis.null("float64") for name in _STATED
    }
    for name in ("is_baseline", "anticoagulated"):
        columns[name] = _is(here[name]) if name in here.columns else nobody
    return columns


def _evaluate(
    columns: Mapping[str, Any], bounds: Sequence[Bound], missing_baseline: MissingBaseline
) -> tuple[Numbers, Numbers, Numbers]:
    low, high, possible = ([ibis.literal(0, "int8")] for _ in range(3))
    for bound in bounds:
        holds, unknown = _holds(columns, bound, missing_baseline)
        low.append(ibis.ifelse(holds, ibis.literal(bound.grade_low, "int8"), 0))
        high.append(ibis.ifelse(holds, ibis.literal(bound.grade_high, "int8"), 0))
        if unknown is not None:
            possible.append(ibis.ifelse(unknown, ibis.literal(bound.grade_high, "int8"), 0))
    return ibis.greatest(*low), ibis.greatest(*low, *high), ibis.greatest(*possible)


def _holds(
    columns: Mapping[str, Any], bound: Bound, missing_baseline: MissingBaseline
) -> tuple[Booleans, Booleans | None]:
    """Return where a bound's grade certainly holds, and where nobody can know (None: nowhere)."""
    limit = columns["upper_limit" if bound.direction == "above" else "lower_limit"]
    reference = {"": None, "limit": limit, "baseline": columns["baseline"]}[bound.multiple_of]
    beyond, lacks = _beyond(columns["value"], bound, reference)
    applies, unsure = _applies(columns, bound, limit, missing_baseline)
    if bound.applies == "baseline abnormal" and unsure is not None:
        # as on arrays: an abnormal baseline lies beyond the limit
        within_limit, no_limit = _beyond(columns["value"], bound, limit)
        unsure = unsure & (within_limit if no_limit is None else within_limit | no_limit)
    holds = beyond if applies is None else beyond & applies
    unknown = [] if lacks is None else [lacks if applies is None else applies & lacks]
    if unsure is not None:
        unknown.append(unsure & (beyond if lacks is None else beyond | lacks))
    return holds, _any(unknown) if unknown else None


def _beyond(value: Numbers, bound: Bound, reference: Any) -> tuple[Booleans, Booleans | None]:
    """Return where a value lies beyond a multiple of a reference, and where the reference is unknown."""
    edge = rounded(ibis.literal(bound.bound) * (1.0 if reference is None else reference))
    beyond = value > edge if bound.direction == "above" else value < edge
    if bound.inclusive:
        beyond = beyond | (value == edge)
    return _is(beyond), None if reference is None else reference.isnull() & value.notnull()


def _applies(
    columns: Mapping[str, Any], bound: Bound, limit: Numbers, missing_baseline: MissingBaseline
) -> tuple[Booleans | None, Booleans | None]:
    """Return where a bound applies (None: everywhere), and where that is unknown (None: nowhere)."""
    baseline, first = columns["baseline"], columns["is_baseline"]
    absent = ~first & (baseline.isnull() | limit.isnull())
    if missing_baseline == "normal":
        absent = ~first & baseline.notnull() & limit.isnull()
    abnormal = ~first & _is(baseline > limit if bound.direction == "above" else baseline < limit)
    if bound.applies == "always":
        return None, None
    if bound.applies == "after baseline":
        return (~first & baseline.notnull() if missing_baseline == "normal" else ~first), None
    if bound.applies == "baseline normal":
        return ~abnormal & ~absent, absent
    if bound.applies == "baseline abnormal":
        return abnormal, absent
    if bound.applies == "anticoagulated":
        return columns["anticoagulated"] & ~first, None
    if bound.applies == "not anticoagulated":
        return ~columns["anticoagulated"] | first, None
    raise ValueError(f"the table of CTCAE bounds says “{bound.applies}”, which has no meaning")

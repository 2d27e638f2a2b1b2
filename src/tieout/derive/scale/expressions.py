"""Grades as Ibis expressions over unbound tables: units, bounds, windows.

Nothing here connects, reads or runs; `engine` compiles these for DuckDB, and a warehouse could stand there
instead. The bounds and conversions come from the same tables as everywhere (`derive.ctcae`, `derive.units`),
and every rule gives what the evaluators on arrays give, to the last count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import ibis
from ibis.expr import types as ir

from tieout.derive.ctcae import Bound, MissingBaseline
from tieout.derive.scale.unbound import STRANGE, STRANGER, moment
from tieout.derive.units import Unit

Booleans: TypeAlias = ir.BooleanValue
Numbers: TypeAlias = ir.NumericValue
Block: TypeAlias = Sequence[Bound]  # the bounds of a term that are stated in one unit

_SCALE = 1e9  # nine decimals, as on arrays
_WHOLE = 2.0**52  # from here on a double has no fraction
# The last gradable sample before a window is found as the largest of day, row and grades in one integer
_GRADES = 64
_STATED = ("value", "lower_limit", "upper_limit", "baseline")


def rounded(scaled: Numbers) -> Numbers:
    """Return numbers at nine decimals, halves to even, as numpy has it, from the numbers times 10^9.

    Adding 1.5 times 2^52 leaves a double no room for a fraction: the processor itself rounds, halves to even.
    SQL's own ROUND takes halves away from zero. What is no number becomes null. Where all numbers of a batch
    are near, that branch alone runs.
    """
    near = (scaled + 1.5 * _WHOLE) - 1.5 * _WHOLE
    shift = ibis.ifelse(scaled < 0, -_WHOLE, _WHOLE)
    far = ibis.ifelse(scaled.abs() < _WHOLE, (scaled + shift) - shift, scaled)
    is_far = ~(scaled.abs() < _WHOLE / 2)  # so that NaN is far wherever NaN may sort
    return ibis.ifelse(is_far, ibis.ifelse(scaled.isnan(), ibis.null(), far), near) / _SCALE


def unit_ranges(samples: ir.Table, tests: Sequence[str]) -> ir.Table:
    """Return, by test and unit, how many rows state a value or a limit, and the least and greatest value."""
    here = _with_nulls(samples.filter(samples.test.isin(list(tests))))
    stated = ibis.or_(*(here[name].notnull() for name in _STATED if name in here.columns))
    return here.group_by("test", "unit").aggregate(
        stated=here.count(where=stated), least=here.value.min(), greatest=here.value.max()
    )


def implausible(samples: ir.Table, test: str, unit: str, entry: Unit) -> ir.Table:
    """Count the values of a test and unit that are implausible in it."""
    here = _with_nulls(samples.filter((samples.test == test) & (samples.unit == unit)))
    outside = (here.value < entry.lowest) | (here.value > entry.highest)
    return here.aggregate(rows=here.count(where=outside))


def terms_table(name: str) -> ir.Table:
    """Return the table that says which terms (by place) a test is graded by."""
    return ibis.table({"test": "string", "term": "int8"}, name=name)


def rates_table(name: str) -> ir.Table:
    """Return the table that says how a unit is read for a term: against which `block` of bounds, after
    multiplying and dividing by what; `lowest` and `highest` are what is plausible.
    """
    types = {"term": "int8", "unit": "string", "block": "int8"}
    numbers = ("multiply", "divide", "lowest", "highest")
    return ibis.table(types | dict.fromkeys(numbers, "float64"), name=name)


def grades(
    samples: ir.Table,
    terms: ir.Table,
    rates: ir.Table,
    blocks: Sequence[Block],
    missing_baseline: MissingBaseline,
) -> ir.Table:
    """Return grades by row: `row`, `grades` (8 times the low one plus the high one; null when ungradable),
    and `has_value`.
    """
    joined = samples.join(terms, "test").left_join(rates, ["term", "unit"])
    here = _converted(joined.select(*joined.columns), blocks)
    return here.select("row", grades=_grades(here, blocks, missing_baseline), has_value=here.value.notnull())


def worst(
    samples: ir.Table,
    windows: ir.Table,
    terms: ir.Table,
    rates: ir.Table,
    *,
    patients: int,
    blocks: Sequence[Block],
    missing_baseline: MissingBaseline,
) -> ir.Table:
    """Return patients' worst grades in their windows, by `place`: the term's place times the number of
    patients, plus the patient's place.

    Rows, of whomever, whose unit is unknown or whose value is implausible have the place `STRANGE`, those of
    patients without a window the place `STRANGER`. What is not known of grades is -1. What a case asks is
    written into it, where it is asked of few rows.
    """
    joined = samples.join(terms, "test").left_join(rates, ["term", "unit"]).left_join(windows, "patient")
    raw = joined.select(*joined.columns)
    numbers = [name for name in _STATED if name in raw.columns]
    outside = (raw.value < raw.lowest) | ((raw.value > raw.highest) & ~raw.value.isnan())
    unread = raw.block.isnull() & ibis.or_(*(raw[name].notnull() & ~raw[name].isnan() for name in numbers))
    strange = ibis.literal(STRANGE, "int64")
    own = (raw.term.cast("int64") * patients + raw["at"]).fill_null(STRANGER)
    place = ibis.cases((outside, strange), (unread, strange), else_=own)
    here = _converted(raw.mutate(place=place), blocks)
    graded = here.select(
        *("place", "date", "row", "first", "last"), grades=_grades(here, blocks, missing_baseline)
    )
    inside = graded.date.between(graded["first"], graded["last"])
    key = moment(graded) * _GRADES + graded.grades
    used = graded.select(
        "place",
        inside=inside,
        grades=ibis.ifelse(inside, graded.grades, ibis.null()),
        last=ibis.ifelse(graded.date < graded["first"], key, ibis.null()),
    )
    made = used.group_by("place").aggregate(
        worst=used.grades.max(),
        samples=used.count(where=used.inside),
        gradable=used.grades.count(),
        last=used["last"].max(),
    )
    return made.select(
        *("place", "samples", "gradable"),
        worst=made.worst.fill_null(-1).cast("int8"),
        before=(made["last"] % _GRADES).fill_null(-1).cast("int8"),
    )


def _with_nulls(table: ir.Table) -> ir.Table:
    """Return a table whose unknown numbers are null; files write NaN too."""
    names = [name for name in _STATED if name in table.columns]
    return table.mutate(
        **{name: ibis.ifelse(table[name].isnan(), ibis.null(), table[name]) for name in names}
    )


def _is(condition: Booleans) -> Booleans:
    """A comparison with the unknown is false, as on arrays."""
    return condition.fill_null(False)


def _converted(here: ir.Table, blocks: Sequence[Block]) -> ir.Table:
    """Return samples with the numbers that bounds look at in the unit of the bounds.

    Each step is a select of its own, since the next one uses several times what it makes.
    """
    needed = [name for name in _STATED if name in here.columns and name in _looked_at(blocks)]
    scaled = here.mutate(**{name: here[name] * here.multiply / here.divide * _SCALE for name in needed})
    return scaled.mutate(**{name: rounded(scaled[name]) for name in needed})


def _looked_at(blocks: Sequence[Block]) -> set[str]:
    """Return the columns that bounds look at."""
    sides = {"above": "upper_limit", "below": "lower_limit"}
    needed = {"value"}
    for bound in (bound for bounds in blocks for bound in bounds):
        relative = bound.applies in {"baseline normal", "baseline abnormal"}
        if relative or bound.multiple_of == "limit":
            needed.add(sides[bound.direction])
        if relative or bound.multiple_of == "baseline" or bound.applies == "after baseline":
            needed.add("baseline")
    return needed


def _grades(here: ir.Table, blocks: Sequence[Block], missing_baseline: MissingBaseline) -> Numbers:
    """Return the grades that certainly hold, 8 times the low one plus the high one; null when ungradable.

    In a case, from the highest grade down, the first condition that is true decides: a bound that the value
    lies beyond, or one of which nobody can know, which leaves a higher grade possible than those after it.
    Grades of a term rise together: whose low one is the highest, that has the highest high one too.
    """
    columns = {name: here[name] if name in here.columns else ibis.null("float64") for name in _STATED}
    for name in ("is_baseline", "anticoagulated"):
        columns[name] = _is(here[name]) if name in here.columns else ibis.literal(value=False)
    made = [
        (here.block == at, _graded(columns, bounds, missing_baseline)) for at, bounds in enumerate(blocks)
    ]
    return ibis.cases(*made)


def _graded(columns: Mapping[str, Any], bounds: Block, missing_baseline: MissingBaseline) -> Numbers:
    steps: list[tuple[tuple[int, bool, int], Booleans, Any]] = []
    for bound in bounds:
        low, high = bound.grade_low, bound.grade_high
        holds, unknown = _holds(columns, bound, missing_baseline)
        steps.append(((low, True, high), holds, ibis.literal(8 * low + high, "int8")))
        if unknown is not None:
            steps.append(((high, False, 0), unknown, ibis.null("int8")))
    ordered = sorted(steps, key=lambda step: step[0], reverse=True)
    ends = (columns["value"].isnull(), ibis.null("int8"))
    return ibis.cases(*((holds, made) for _, holds, made in ordered), ends, else_=ibis.literal(0, "int8"))


def _holds(
    columns: Mapping[str, Any], bound: Bound, missing_baseline: MissingBaseline
) -> tuple[Booleans, Booleans | None]:
    """Return where a bound's grade certainly holds, and where nobody can know (None: nowhere).

    Comparisons with the unknown stay unknown here: a case takes that as false.
    """
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
    return holds, ibis.or_(*unknown) if unknown else None


def _beyond(value: Numbers, bound: Bound, reference: Any) -> tuple[Booleans, Booleans | None]:
    """Return where a value lies beyond a multiple of a reference, and where the reference is unknown."""
    edge = bound.bound
    if reference is not None:
        # a limit is rounded already; huge ones differ in a last digit, which no plausible value reaches
        edge = reference if bound.bound == 1 else rounded(reference * bound.bound * _SCALE)
    beyond = value > edge if bound.direction == "above" else value < edge
    if bound.inclusive:
        beyond = beyond | (value == edge)
    return beyond, None if reference is None else reference.isnull()


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

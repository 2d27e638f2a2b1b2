"""Checking a table that stays on disk: all conditions on single rows are counted in one pass.

The conditions are expressions (`disk_expressions`). Importing this module brings Ibis, which is an extra.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from ibis.expr import types as ir

from tieout.sources import disk_expressions as told
from tieout.sources.bounds import Frames, blamed, bound_of, bounding
from tieout.sources.cells import PROBLEMS, sentinels_of
from tieout.sources.engine import PLACE, Engine, lay_frame, run
from tieout.sources.fault import Fault
from tieout.sources.keys import REPEATED, unknown_reference
from tieout.sources.registry import Column, Registry, Table
from tieout.sources.rules import (
    At,
    AtLeastOne,
    AtMostOne,
    NotAbove,
    NotBefore,
    OneUnit,
    Required,
    Rule,
    Which,
)
from tieout.sources.ruling import (
    NO_UNIT,
    OTHER_UNIT,
    REMEDY,
    again_message,
    check_rule,
    columns_of,
    empty_message,
    given_message,
    limits_message,
    order_message,
    stand_in,
)
from tieout.sources.schema import fault_of
from tieout.sources.typed import cell_fault

LISTED = 1000  # rows that a fault names; more are counted
_BOUNDS, _PARENTS, _KNOWN = "#bounds", "#parents", "#known"  # no name of a description is called so
_NO_ROWS = np.array([], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Check:
    """A condition on single rows, and what to say of the rows that meet it (their numbers are filled in)."""

    broken: ir.BooleanValue
    fault: Fault


def check_table(engine: Engine, table: Table, frames: Frames, registry: Registry) -> list[Fault]:
    """Check a table that was laid before the engine under its own name."""
    return [
        *_check_rows(engine, table, registry),
        *_check_bounds(engine, table, frames, registry),
        *_check_keys(engine, table),
        *_check_references(engine, table, frames, registry),
        *_check_across(engine, table, frames, registry),
    ]


def _check_rows(engine: Engine, table: Table, registry: Registry) -> list[Fault]:
    """Check everything that a row shows by itself, in one pass."""
    rows = told.rows_table(table)
    checks = [check for column in table.columns for check in _column_checks(rows, column, table)]
    for rule in registry.rules:
        if isinstance(rule, NotAbove) and rule.table == table.name:
            fault = _fault("limits", limits_message(rule), table, rule.low)
            checks.append(_Check(told.not_above(rows, rule), fault))
        elif isinstance(rule, Required) and rule.table == table.name:
            fault = _fault("missing", empty_message(rule), table, rule.column)
            checks.append(_Check(told.not_given(rows, rule), fault))
            if rule.only:
                fault = _fault("not-expected", given_message(rule), table, rule.column)
                checks.append(_Check(told.given_elsewhere(rows, rule), fault))
        elif isinstance(rule, OneUnit) and rule.table == table.name:
            checks += _unit_checks(engine, rows, rule, table)
    return _run_checks(engine, rows, checks, f"checking {table.name}")


def _column_checks(rows: ir.Table, column: Column, table: Table) -> list[_Check]:
    checks = []
    if not column.nullable:
        checks.append(_Check(told.missing(rows, column), fault_of("not_nullable", _NO_ROWS, column, table)))
    if column.minimum is not None:
        fault = fault_of("greater_than_or_equal_to", _NO_ROWS, column, table)
        checks.append(_Check(told.below(rows, column), fault))
    if column.maximum is not None:
        fault = fault_of("less_than_or_equal_to", _NO_ROWS, column, table)
        checks.append(_Check(told.above(rows, column), fault))
    for problem, broken in _problems(rows, column):
        message, remedy = PROBLEMS[problem]
        fault = cell_fault(problem, message, remedy, _NO_ROWS, column=column, table=table)
        checks.append(_Check(broken, fault))
    return checks


def _problems(rows: ir.Table, column: Column) -> Iterator[tuple[str, ir.BooleanValue]]:
    """Yield what a cell may hold instead of a value, by its code."""
    if column.type == "code":
        yield "unknown-code", told.unknown_code(rows, column)
    if column.type == "number":
        yield "not-a-number", told.infinite(rows, column)
    if sentinels_of(column):
        yield "date-sentinel" if column.type == "date" else "sentinel", told.sentinel(rows, column)
    if column.type == "date" and (column.minimum is None or column.maximum is None):
        yield "implausible-date", told.implausible(rows, column)


def _unit_checks(engine: Engine, rows: ir.Table, rule: OneUnit, table: Table) -> list[_Check]:
    seen = run(engine, "reading units", told.units_stated(rows, rule.value, rule.unit, rule.by))
    stated = seen.dropna(subset=["unit"]).sort_values(["by", "n", "unit"], ascending=[True, False, True])
    pairs = list(zip(stated["by"], stated["unit"], strict=True))
    usual = dict(reversed(pairs))  # the most frequent comes first
    odd = [(by, unit) for by, unit in pairs if unit not in rule.units.get(by, (usual[by],))]
    checks = [
        _Check(
            told.without_unit(rows, rule.value, rule.unit),
            _fault("no-unit", NO_UNIT, table, rule.unit),
        )
    ]
    if odd:
        broken = told.in_unit(rows, rule.value, rule.unit, rule.by, odd)
        checks.append(_Check(broken, _fault("mixed-units", OTHER_UNIT, table, rule.unit)))
    return checks


def _check_bounds(engine: Engine, table: Table, frames: Frames, registry: Registry) -> list[Fault]:
    """Check the dates of this table against the other tables' dates of the same patient, in one pass."""
    rules = [
        rule for rule in registry.rules if isinstance(rule, NotBefore) and blamed(rule).table == table.name
    ]
    days: dict[str, pd.Series[Any]] = {}
    for at, rule in enumerate(rules):
        other = bounding(rule)
        if other.table == table.name:
            one = _extremes(engine, table, other, _which(rule), registry)
            days[f"b{at}"] = bound_of(rule, {table.name: one}, registry)
        elif stand_in(frames, [*other.columns(), (other.table, registry.patient)]):
            days[f"b{at}"] = bound_of(rule, frames, registry)
    if not days:
        return []
    bounds = pd.DataFrame(days)
    lay_frame(engine, _BOUNDS, bounds.assign(**{_KNOWN: bounds.index.astype(str)}))
    known = told.bounds_table(_BOUNDS, _KNOWN, list(days))
    joined = told.with_bounds(told.rows_table(table), registry.patient, known, _KNOWN)
    checks = []
    for at, rule in enumerate(rules):
        if f"b{at}" in days:
            fault = _fault("order", order_message(rule), table, blamed(rule).column)
            checks.append(_Check(told.out_of_order(joined, rule, f"b{at}"), fault))
    return _run_checks(engine, joined, checks, f"checking the dates of {table.name}")


def _which(rule: NotBefore) -> Which:
    """Which of a patient's days the dates of the blamed column must keep to."""
    return "first" if rule.which == "first" and rule.blame == "later" else "last"


def _run_checks(engine: Engine, rows: ir.Table, checks: Sequence[_Check], what: str) -> list[Fault]:
    """Count all conditions in one pass; look up the first rows of those that hold somewhere."""
    if not checks:
        return []
    totals = run(engine, what, told.counted(rows, [check.broken for check in checks])).fillna(0).iloc[0]
    found = []
    for at, check in enumerate(checks):
        if total := int(totals[f"c{at}"]):
            first = run(engine, what, told.first_rows(rows, check.broken, LISTED))[PLACE]
            found.append(_with_rows(check.fault, first.tolist(), total))
    return found


def _check_keys(engine: Engine, table: Table) -> list[Fault]:
    rows = told.keyed(told.rows_table(table), table.key) if table.key else told.rows_table(table)
    of = list(table.key) or [column.name for column in table.columns]
    what = f"looking for rows of {table.name} that repeat"
    if not run(engine, what, told.alike(rows, of))["several"].iloc[0]:
        return []
    made = run(engine, what, told.repeated(rows, of))
    if made.empty:
        return []
    if table.key:
        column = ", ".join(table[name].header for name in table.key)
        message, remedy = f"an earlier row has the same {column}", "keep the row that is right, or widen key="
        fault = Fault("registry/duplicate-key", message, table.name, table.file, column, remedy=remedy)
    else:
        message, remedy = REPEATED
        fault = Fault("registry/duplicate-row", message, table.name, table.file, remedy=remedy)
    return [_of_rows(fault, made[PLACE])]


def _check_references(engine: Engine, table: Table, frames: Frames, registry: Registry) -> list[Fault]:
    found = []
    for reference in table.refers:
        if reference.table not in frames or reference.target not in frames[reference.table]:
            continue
        parents = frames[reference.table][reference.target].dropna().astype(str).unique()
        lay_frame(engine, _PARENTS, pd.DataFrame({_KNOWN: parents}))
        known = told.parents_table(_PARENTS, _KNOWN)
        query = told.orphans(told.rows_table(table), reference.column, known)
        made = run(engine, f"following {reference.column}", query)
        if len(made):
            fault = unknown_reference(reference, table, registry, _NO_ROWS)
            found.append(_of_rows(fault, made[PLACE]))
    return found


def _check_across(engine: Engine, table: Table, frames: Frames, registry: Registry) -> list[Fault]:
    """Check the rules that look at several rows: those of other tables see one row a patient of this one."""
    rows, found = told.rows_table(table), []
    for rule in registry.rules:
        if isinstance(rule, AtMostOne) and rule.at.table == table.name:
            made = run(engine, "counting rows", told.repeated_of(rows, rule.at, registry.patient))
            if len(made):
                fault = _fault("more-than-one", again_message(rule), table, rule.at.column)
                found.append(_of_rows(fault, made[PLACE]))
        elif isinstance(rule, NotBefore) and blamed(rule).table != table.name:
            other, by = bounding(rule), blamed(rule)
            if other.table == table.name and by.table in frames:
                one = _extremes(engine, table, other, _which(rule), registry)
                found += _seen_by_others(rule, {**frames, table.name: one}, registry)
        elif isinstance(rule, AtLeastOne) and rule.at.table == table.name and rule.of in frames:
            made = run(engine, "counting rows", told.having(rows, rule.at, registry.patient))
            one = made.assign(**{rule.at.column: "*", **rule.at.where})
            found += _seen_by_others(rule, {**frames, table.name: one}, registry)
    return found


def _extremes(engine: Engine, table: Table, at: At, which: Which, registry: Registry) -> pd.DataFrame:
    """Return one row a patient, such as `at` chooses: the first or last day there."""
    query = told.extreme_days(told.rows_table(table), at, registry.patient, which)
    one = run(engine, f"dates of {table.name}", query)
    if table[at.column].type == "date":
        one[at.column] = one[at.column].astype("datetime64[ns]")
    return one.assign(**at.where)


def _seen_by_others(rule: Rule, frames: Frames, registry: Registry) -> list[Fault]:
    """Check a rule whose rows stand in another table; they stay there, so a wrong one blocks."""
    if not stand_in(frames, columns_of(rule, registry)):
        return []
    found = check_rule(rule, frames, registry)
    return [replace(fault, effect="block") if fault.effect == "set aside" else fault for fault in found]


def _fault(code: str, message: str, table: Table, column: str) -> Fault:
    header = table[column].header
    return Fault(f"registry/{code}", message, table.name, table.file, header, remedy=REMEDY[code])


def _of_rows(fault: Fault, rows: pd.Series[Any]) -> Fault:
    return _with_rows(fault, rows.sort_values().head(LISTED).tolist(), len(rows))


def _with_rows(fault: Fault, rows: Sequence[int], total: int) -> Fault:
    listed = tuple(int(row) for row in rows)
    return replace(fault, rows=listed, further=total - len(listed), effect="block")

"""What must hold in a table that stays on disk, as Ibis expressions: conditions on rows that break a rule.

Nothing here connects, reads or runs: the engine does, and a warehouse could stand there instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import ibis
from ibis.expr import types as ir

from tieout.sources.bounds import blamed
from tieout.sources.cells import FIRST_DAY, LAST_DAY, sentinels_of
from tieout.sources.engine import PLACE
from tieout.sources.registry import Column, Table
from tieout.sources.rules import At, NotAbove, NotBefore, Required, Which

Broken: TypeAlias = ir.BooleanValue  # true in the rows that break a rule; the unknown breaks none

_TYPES = {
    "text": "string",
    "code": "string",
    "integer": "int64",
    "number": "float64",
    "date": "date",
    "yes_no": "boolean",
}


def rows_table(table: Table) -> ir.Table:
    """Return a table on disk with its typed columns and `PLACE`, the row in the file."""
    types = {column.name: _TYPES[column.type] for column in table.columns}
    return ibis.table(types | {PLACE: "int64"}, name=table.name)


def missing(rows: ir.Table, column: Column) -> Broken:
    """True where a cell is empty."""
    return rows[column.name].isnull()


def below(rows: ir.Table, column: Column) -> Broken:
    """True where a cell lies below the plausible range, and could be read."""
    return (rows[column.name] < _bound(column, column.minimum)) & ~unread(rows, column)


def above(rows: ir.Table, column: Column) -> Broken:
    """True where a cell lies above the plausible range, and could be read."""
    return (rows[column.name] > _bound(column, column.maximum)) & ~unread(rows, column)


def infinite(rows: ir.Table, column: Column) -> Broken:
    """True where a cell holds no finite number."""
    return rows[column.name].isinf()


def sentinel(rows: ir.Table, column: Column) -> Broken:
    """True where a cell looks like a code for a missing value."""
    return rows[column.name].isin(sentinels_of(column))


def implausible(rows: ir.Table, column: Column) -> Broken:
    """True where a cell holds a date that no patient's course has."""
    days = rows[column.name]
    return ((days < ibis.date(str(FIRST_DAY))) | (days > ibis.date(str(LAST_DAY)))) & ~sentinel(rows, column)


def unread(rows: ir.Table, column: Column) -> Broken:
    """True where a cell holds what would not be read as a value from a text."""
    if column.type == "number":
        return infinite(rows, column) | sentinel(rows, column)
    return sentinel(rows, column)


def unknown_code(rows: ir.Table, column: Column) -> Broken:
    """True where a cell holds none of the codes."""
    return rows[column.name].notin(list(column.labels))


def _bound(column: Column, value: Any) -> Any:
    return ibis.date(str(value)) if column.type == "date" else value


def holds(rows: ir.Table, where: Mapping[str, str]) -> Broken:
    """True where other columns hold the given values; "*" stands for anything but empty."""
    return ibis.and_(*(_is(rows[name], value) for name, value in where.items()))


def _is(cells: Any, value: str) -> Broken:
    if value == "*":
        return cells.notnull()
    if cells.type().is_boolean():
        return (cells == (value == "yes")).fill_null(False)
    return (cells.cast("string") == value).fill_null(False)


def not_above(rows: ir.Table, rule: NotAbove) -> Broken:
    """True where the lower of two values is above the higher."""
    return rows[rule.low] > rows[rule.high]


def not_given(rows: ir.Table, rule: Required) -> Broken:
    """True where a cell is empty that must be filled."""
    return holds(rows, rule.when) & rows[rule.column].isnull()


def given_elsewhere(rows: ir.Table, rule: Required) -> Broken:
    """True where a cell is filled although what asks for it is not so."""
    return ~holds(rows, rule.when) & rows[rule.column].notnull()


def units_stated(rows: ir.Table, value: str, unit: str, by: str) -> ir.Table:
    """Count the values by what was measured and their unit."""
    known = rows.filter(rows[value].notnull() & rows[by].notnull())
    return known.group_by(by=known[by], unit=known[unit]).aggregate(n=known.count())


def in_unit(rows: ir.Table, value: str, unit: str, by: str, pairs: Sequence[tuple[str, str]]) -> Broken:
    """True where a value carries one of these pairs of what was measured and unit."""
    here = [(rows[by] == kind) & (rows[unit] == stated) for kind, stated in pairs]
    return rows[value].notnull() & ibis.or_(*here)


def without_unit(rows: ir.Table, value: str, unit: str) -> Broken:
    """True where a value has no unit."""
    return rows[value].notnull() & rows[unit].isnull()


def bounds_table(name: str, patient: str, columns: Sequence[str]) -> ir.Table:
    """Return a table of one row a patient: a date for each rule, named by its place."""
    return ibis.table({patient: "string"} | dict.fromkeys(columns, "date"), name=name)


def with_bounds(rows: ir.Table, patient: str, bounds: ir.Table, known: str) -> ir.Table:
    """Return the rows with their patient's bounds; `known` names the patient there, as a text."""
    return rows.left_join(bounds, rows[patient].cast("string") == bounds[known])


def out_of_order(joined: ir.Table, rule: NotBefore, bound: str) -> Broken:
    """True where a date of the blamed column lies on the wrong side of its patient's bound."""
    at = blamed(rule)
    day, edge = joined[at.column], joined[bound]
    if not day.type().is_date():  # a year stands for any of its days
        day = day.cast("float64") * 10_000 + (101 if rule.blame == "earlier" else 1231)
        edge = edge.year() * 10_000 + edge.month() * 100 + edge.day()
    if rule.blame == "earlier":
        wrong = day >= edge if rule.strict else day > edge
    else:
        wrong = day <= edge if rule.strict else day < edge
    return holds(joined, at.where) & wrong


def extreme_days(rows: ir.Table, at: At, patient: str, which: Which) -> ir.Table:
    """Return each patient's first or last day of a column, in the rows that `at` chooses."""
    here = _chosen(rows, at, patient)
    day = here[at.column].min() if which == "first" else here[at.column].max()
    return here.group_by(patient).aggregate(**{at.column: day})


def repeated(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the last row of each group of rows that are equal in these columns."""
    grouped = rows.group_by(list(columns)).aggregate(n=lambda t: t.count(), last=lambda t: t[PLACE].max())
    return grouped.filter(grouped.n > 1).select(grouped["last"].name(PLACE))


def keyed(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the rows in which no cell of the key is empty."""
    return rows.drop_null(list(columns))


def alike(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Count the hashes that several rows have: where there is none, no two rows are equal."""
    grouped = rows.mutate(number=_hashed(rows, columns)).group_by("number").aggregate(n=lambda t: t.count())
    return grouped.filter(grouped.n > 1).aggregate(several=lambda t: t.count())


def having(rows: ir.Table, at: At, patient: str) -> ir.Table:
    """Return each patient that has a row with a value here."""
    return _chosen(rows, at, patient).select(patient).distinct()


def repeated_of(rows: ir.Table, at: At, patient: str) -> ir.Table:
    """Return the last row of each patient that has several rows with a value here."""
    return repeated(_chosen(rows, at, patient), [patient])


def _chosen(rows: ir.Table, at: At, patient: str) -> ir.Table:
    """Return the rows that `at` chooses in which its value and the patient are known."""
    return rows.filter(holds(rows, at.where) & rows[at.column].notnull() & rows[patient].notnull())


def orphans(rows: ir.Table, column: str, parents: ir.Table) -> ir.Table:
    """Return the rows whose value stands in no row of the parents."""
    known = rows.filter(rows[column].notnull())
    return known.anti_join(parents, known[column].cast("string") == parents[parents.columns[0]]).select(PLACE)


def parents_table(name: str, column: str) -> ir.Table:
    """Return a table of the values that may be referred to."""
    return ibis.table({column: "string"}, name=name)


def counted(rows: ir.Table, conditions: Sequence[Broken]) -> ir.Table:
    """Count the rows that break each condition, in one pass; most rows break none and are not counted."""
    broken = rows.filter(ibis.or_(*conditions))
    sums = {f"c{at}": condition.fill_null(False).sum() for at, condition in enumerate(conditions)}
    return broken.aggregate(**sums)


def first_rows(rows: ir.Table, condition: Broken, limit: int) -> ir.Table:
    """Return the first rows that break a condition."""
    return rows.filter(condition).select(PLACE).order_by(PLACE).limit(limit)


def sums_of_rows(rows: ir.Table, patient: str, dates: Sequence[str], until: str) -> ir.Table:
    """Return for each patient a text that changes with any of the rows that were there on a day.

    A row whose every date is later was not there yet, and a later date in a row that was is unknown.
    """
    day = ibis.date(until)
    if dates:
        is_early = ibis.or_(*(rows[name] <= day for name in dates))
        rows = rows.filter(is_early | ibis.and_(*(rows[name].isnull() for name in dates)))
    rows = rows.drop_null(patient)
    known = {name: ibis.ifelse(rows[name] > day, ibis.null("date"), rows[name]) for name in dates}
    seen = rows.mutate(**known)
    names = sorted(name for name in seen.columns if name != PLACE)
    grouped = seen.mutate(number=_hashed(seen, names)).group_by(patient)
    return grouped.aggregate(total=lambda t: t.number.sum().cast("string"))


def _hashed(rows: ir.Table, names: Sequence[str]) -> ir.IntegerValue:
    return ibis.struct({name: rows[name] for name in names}).hash()

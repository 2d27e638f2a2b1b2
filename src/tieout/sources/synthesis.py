"""A synthetic registry of the same shape as a described one: any number of patients, and known answers.

It is made from the description alone; no patient's row is read. Keys, foreign keys, codes, ranges, units and
rules hold in it, so that what derives from the registry derives from this one too. The values mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tieout.sources.registry import Column, Registry, Table
from tieout.sources.rules import AtLeastOne, AtMostOne, InOrder, NotAbove, OneUnit, Required
from tieout.sources.timeline import Timeline, make_timeline
from tieout.values.finding import Finding, FindingsError

MISSING_SHARE = 0.05
MOST_ROWS = 6
ROWS_AT_ONCE = 2_000_000

Ranges: TypeAlias = Mapping[tuple[str, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a synthetic registry is asked to be.

    Attributes
    ----------
    patients : how many rows the table keyed by the patient has; other tables have one to six a patient.
    seed : another seed, another registry.
    rows : for a table, how many rows every patient has instead.
    ranges : for an analyte and unit, the least and the greatest plausible value.
    """

    patients: int
    seed: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    ranges: Ranges = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the columns of a table are made from: the patient of each row, and its number there.

    `first` is how many patients the parts before had.
    """

    registry: Registry
    table: Table
    ids: np.ndarray
    of: np.ndarray
    number: np.ndarray
    most: int
    random: np.random.Generator
    ranges: Ranges
    first: int

    @property
    def running(self) -> np.ndarray:
        """A number for each row that no other row of the table has, in no other part either."""
        return np.asarray((self.first + np.maximum(self.of, 0)) * self.most + self.number)


def synthesize(registry: Registry, patients: int, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Return a frame a table, typed as `read_registry` types it; equal for equal arguments.

    Raises
    ------
    ValueError
        when `patients` is not positive.
    """
    if patients < 1:
        raise ValueError("a registry has at least one patient")
    return _part(registry, Wanted(patients, seed), 0, patients, 0)


def synthesize_in_parts(registry: Registry, wanted: Wanted) -> Iterator[dict[str, pd.DataFrame]]:
    """Return the tables patients by patients, so that no more than some two million rows are held at once.

    Tables without patients come whole with the first part. Equal for equal arguments.

    Raises
    ------
    FindingsError
        when `rows` names no table of several rows a patient, or more rows than its key can tell apart.
    """
    for name, rows in wanted.rows.items():
        _require_rows(registry, name, rows)
    widest = max([MOST_ROWS, *wanted.rows.values()])
    size = max(1, ROWS_AT_ONCE // widest)
    for number, first in enumerate(range(0, wanted.patients, size)):
        frames = _part(registry, wanted, first, min(size, wanted.patients - first), number)
        own = [table.name for table in registry.tables if number == 0 or registry.patient in table]
        yield {name: frames[name] for name in own}


def _require_rows(registry: Registry, name: str, rows: int) -> None:
    several = [t.name for t in registry.tables if registry.patient in t and t.key != (registry.patient,)]
    facts = {"have": name, "need": ", ".join(several)}
    if name not in several:
        message = "there is no table of several rows a patient with this name"
        raise FindingsError([Finding("synthesize/rows", message, facts=facts, remedy="--rows TABLE=NUMBER")])
    most = _most_rows(registry, registry[name], rows)
    counter = _counter(registry, registry[name])
    if counter and counter.type == "date":
        line = make_timeline(registry, 1, np.random.default_rng(0))
        most = min(most, line.room(registry[name], counter))
    if not 0 < rows <= most:
        message = f"a patient has 1 to {most} rows in the table {name}"
        remedy = "ask for fewer rows, or widen the codes, numbers, dates or rules of its description"
        raise FindingsError([Finding("synthesize/rows", message, facts={"have": str(rows)}, remedy=remedy)])


def _part(
    registry: Registry, wanted: Wanted, first: int, patients: int, number: int
) -> dict[str, pd.DataFrame]:
    width = max(4, len(str(wanted.patients)))
    ids = np.array([f"S{at:0{width}d}" for at in range(first + 1, first + patients + 1)], dtype=object)

    def random(at: int, *, shared: bool = False) -> np.random.Generator:
        return np.random.default_rng([wanted.seed, at] if shared or not number else [wanted.seed, at, number])

    line = make_timeline(registry, patients, random(0))
    frames: dict[str, pd.DataFrame] = {}
    for at, table in enumerate(_parents_first(registry), 1):
        shared = registry.patient not in table  # every part makes such a table anew, and alike
        plan = _plan(registry, table, ids, wanted, random(at, shared=shared), 0 if shared else first)
        frames[table.name] = _frame(plan, line, frames)
    return {table.name: frames[table.name] for table in registry.tables}


def _parents_first(registry: Registry) -> list[Table]:
    ordered: list[Table] = []
    waiting = sorted(registry.tables, key=lambda table: table.key != (registry.patient,))
    while waiting:
        done = {table.name for table in ordered}
        ready = next(
            (t for t in waiting if all(r.table in done or r.table == t.name for r in t.refers)), waiting[0]
        )
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def _plan(  # noqa: PLR0917  (private; called once, in this order)
    registry: Registry, table: Table, ids: np.ndarray, wanted: Wanted, random: np.random.Generator, first: int
) -> Plan:
    most, everyone = 1, np.arange(len(ids))
    if registry.patient not in table:
        size = min(wanted.patients, 5)
        of, number = np.full(size, -1), np.arange(size)
    elif table.key == (registry.patient,):
        of, number = everyone, np.zeros(len(ids), dtype=np.int64)
    else:
        most = wanted.rows.get(table.name, 0) or _most_rows(registry, table)
        rows = random.integers(1, most + 1, len(ids))
        if table.name in wanted.rows:
            rows = np.full(len(ids), most)
        of = np.repeat(everyone, rows)
        number = np.arange(len(of)) - np.repeat(np.cumsum(rows) - rows, rows)
    return Plan(registry, table, ids, of, number, most, random, wanted.ranges, first)


def _most_rows(registry: Registry, table: Table, most: int = MOST_ROWS) -> int:
    """Return how many rows a patient may have: no more than the codes and numbers of the key tell apart."""
    if any(isinstance(r, AtMostOne) and r.at.table == table.name and not r.at.where for r in registry.rules):
        most = 1
    counter = _counter(registry, table)
    if counter and counter.type == "code":
        most = min(most, len(counter.labels))
    if counter and counter.type == "integer" and counter.maximum is not None:
        most = min(most, int(counter.maximum) - int(counter.minimum or 1) + 1)
    return most


def _counter(registry: Registry, table: Table) -> Column | None:
    """Return the column of the key that tells a patient's rows apart."""
    own = [table[name] for name in table.key if name != registry.patient]
    numbers = [
        rule.number for rule in registry.rules if isinstance(rule, InOrder) and rule.table == table.name
    ]
    own = [table[name] for name in numbers] + own
    order = ("integer", "date", "code", "text", "number", "yes_no")
    return min(own, key=lambda column: order.index(column.type), default=None)


def _frame(plan: Plan, line: Timeline, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    table = plan.table
    columns: dict[str, Any] = {}
    for column in sorted(table.columns, key=lambda c: c.type == "date"):
        columns[column.name] = _column(plan, column, columns, line, frames)
    frame = pd.DataFrame({column.name: columns[column.name] for column in table.columns})
    frame = _blank(frame, plan)
    frame = _obey(frame, plan)
    of = list(table.key) or list(frame.columns)
    return frame[~frame.duplicated(of)].reset_index(drop=True)


def _column(
    plan: Plan, column: Column, made: Mapping[str, Any], line: Timeline, frames: Mapping[str, pd.DataFrame]
) -> Any:
    size = len(plan.of)
    if column.name == plan.registry.patient:
        return plan.ids[plan.of] if size and plan.of[0] >= 0 else plan.ids[:size]
    for reference in plan.table.refers:
        if reference.column == column.name and reference.table in frames:
            parent = frames[reference.table][reference.target].dropna().to_numpy()
            return pd.Series(plan.random.choice(parent, size)) if len(parent) else pd.Series([None] * size)
    if column is _row_key(plan):
        return _count(column, plan.running)
    if column is _counter(plan.registry, plan.table) and column.type in {"integer", "text"}:
        return _count(column, plan.number)
    if column.type == "date":
        return line.days(plan.table, column, plan.of, plan.number, most=plan.most, made=made)
    if column.type == "code":
        return _codes(plan, column)
    if column.type == "yes_no":
        return pd.Series(plan.random.random(size) < 0.3, dtype="boolean")
    if column.type == "text":
        return np.full(size, "synthetic", dtype=object) if column.use == "note" else _names(plan, column)
    return _numbers(plan, column, line)


def _row_key(plan: Plan) -> Column | None:
    """Return the column that tells rows apart whosever they are, in a key without the patient."""
    own = [plan.table[name] for name in plan.table.key if plan.registry.patient not in plan.table.key]
    return next((column for column in own if column.type in {"integer", "text"}), None)


def _count(column: Column, numbers: np.ndarray) -> Any:
    if column.type == "text":
        return np.array([f"{column.name}-{number + 1}" for number in numbers], dtype=object)
    return pd.Series(numbers + int(column.minimum if column.minimum is not None else 1), dtype="Int64")


def _names(plan: Plan, column: Column) -> np.ndarray:
    kinds = np.array(column.examples or [f"{column.name} {letter}" for letter in "ABCD"], dtype=object)
    if column.role == "identifier":
        return np.array([f"{column.name}-{at + 1}" for at in plan.running], dtype=object)
    return kinds[plan.random.integers(0, len(kinds), len(plan.of))]


def _numbers(plan: Plan, column: Column, line: Timeline) -> pd.Series[Any]:
    size = len(plan.of)
    if column.type == "integer" and line.has(plan.table.name, column.name):
        least = int(column.minimum) if column.minimum is not None else 0
        return pd.Series(np.maximum(line.birth_years(plan.of, plan.random), least), dtype="Int64")
    low = float(column.minimum) if column.minimum is not None else 0.0
    high = float(column.maximum) if column.maximum is not None else max(low * 2, low + 100)
    share = plan.random.beta(2, 4, size)
    if column.type == "integer":
        return pd.Series(np.rint(low + share * (high - low)), dtype="float64").astype("Int64")
    return _measured(pd.Series(low + share * (high - low)), low, high)


def _codes(plan: Plan, column: Column) -> pd.Categorical:
    kinds = list(column.labels)
    size = len(plan.of)
    if column is _counter(plan.registry, plan.table):
        taken = plan.number % len(kinds)
        return pd.Categorical.from_codes(taken.tolist(), categories=pd.Index(kinds, dtype=object))
    single, needed = _limited(plan, column)
    free = [at for at, kind in enumerate(kinds) if kind not in single] or list(range(len(kinds)))
    weights = 1 / np.arange(1, len(free) + 1)
    taken = np.array(free)[plan.random.choice(len(free), size, p=weights / weights.sum())]
    rows = np.bincount(plan.of, minlength=len(plan.ids))[plan.of] if size else plan.number
    # A code that a patient may have once takes one row from the end of the patient's rows, for half of them.
    for place, kind in enumerate(kind for kind in kinds if kind in single):
        here = (plan.number == rows - 1 - place) & (plan.random.random(size) < 0.5)
        taken[here] = kinds.index(kind)
    for place, kind in enumerate(kind for kind in kinds if kind in needed):
        taken[plan.number == place] = kinds.index(kind)
    return pd.Categorical.from_codes(taken.tolist(), categories=pd.Index(kinds, dtype=object))


def _limited(plan: Plan, column: Column) -> tuple[set[str], set[str]]:
    single, needed = set(), set()
    for rule in plan.registry.rules:
        if isinstance(rule, AtMostOne | AtLeastOne) and rule.at.table == plan.table.name:
            chosen = {rule.at.where[column.name]} if column.name in rule.at.where else set()
            if isinstance(rule, AtMostOne):
                single |= chosen
            else:
                needed |= chosen
    return single, needed


def _blank(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Empty some cells where the description allows it."""
    blanked = frame.copy()
    for column in plan.table.columns:
        if column.nullable and column.name not in plan.table.key:
            gone = plan.random.random(len(frame)) < MISSING_SHARE
            blanked[column.name] = blanked[column.name].mask(gone)
    return blanked


def _obey(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Make the rules inside a row hold: limits in order, units that fit, cells that hang on others."""
    for rule in plan.registry.rules:
        if isinstance(rule, NotAbove) and rule.table == plan.table.name:
            low, high = frame[rule.low], frame[rule.high]
            crossed = (low > high).fillna(value=False).to_numpy(dtype=bool)
            frame[rule.high] = high.mask(crossed, low)
        elif isinstance(rule, OneUnit) and rule.table == plan.table.name:
            frame[rule.unit] = _units(frame, rule, plan.table)
            frame[rule.value] = _plausible(frame, rule, plan)
        elif isinstance(rule, Required) and rule.table == plan.table.name:
            frame[rule.column] = _required(frame, rule, plan)
    return frame


def _units(frame: pd.DataFrame, rule: OneUnit, table: Table) -> Any:
    """Return the first unit of each row's analyte."""
    unit = table[rule.unit]
    kinds = frame[rule.by].astype("category")
    usual = next(iter(unit.labels), "unit")
    first = [rule.units.get(str(kind), (usual,))[0] for kind in kinds.cat.categories]
    named = np.array([*first, usual], dtype=object)[kinds.cat.codes]  # -1, the unknown, is the last
    if unit.type == "code":
        return pd.Categorical(named, categories=pd.Index(list(unit.labels), dtype=object))
    return named


def _plausible(frame: pd.DataFrame, rule: OneUnit, plan: Plan) -> pd.Series[Any]:
    """Return the values drawn into the plausible range of their analyte and unit, where that is known."""
    values, column = frame[rule.value], plan.table[rule.value]
    low = float(column.minimum) if column.minimum is not None else 0.0
    high = float(column.maximum) if column.maximum is not None else max(low * 2, low + 100)
    share = (values - low) / (high - low)
    for (analyte, unit), (least, most) in plan.ranges.items():
        here = ((frame[rule.by] == analyte) & (frame[rule.unit] == unit)).to_numpy()
        if here.any():
            bottom, top = max(least, low), min(most, high)
            values = values.mask(here, _measured(bottom + share * (top - bottom), bottom, top))
    return values


def _measured(values: pd.Series[Any], low: float, high: float) -> pd.Series[Any]:
    # Six significant digits would be no measurement; the range keeps both ends.
    digits = max(0, 3 - int(np.floor(np.log10(max(high - low, 1e-9)))))
    return values.round(digits).clip(low, high)


def _required(frame: pd.DataFrame, rule: Required, plan: Plan) -> pd.Series[Any]:
    asked = pd.Series(data=True, index=frame.index)
    for name, value in rule.when.items():
        cells = frame[name]
        if value == "*":
            asked &= cells.notna()
        elif cells.dtype == "boolean":
            asked &= (cells == (value == "yes")).fillna(value=False).astype(bool)
        else:
            asked &= cells.astype(object).map(str) == value
    column = frame[rule.column]
    present = column.dropna()
    filler = present.iloc[0] if len(present) else "synthetic"
    filled = column.mask(asked & column.isna(), filler)
    return filled.mask(~asked) if rule.only and plan.table[rule.column].nullable else filled

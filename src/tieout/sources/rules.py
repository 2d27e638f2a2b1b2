"""Rules across columns and tables, as plain data: what must hold for the dates and values of one patient.

>>> born, died = At("patients", "birth_year"), At("events", "date", where={"event": "death"})
>>> seen = At("events", "date", where={"event": "last_contact"})
>>> rules = (
...     NotBefore(At("cycles", "date"), born),              # no cycle before birth
...     NotBefore(died, At("cycles", "date"), which="last"),  # no cycle after death
...     NotBefore(seen, At("labs", "date"), which="last"),  # last contact not before the last visit
...     InOrder("cycles", number="cycle", date="date"),     # cycles are numbered 1, 2, 3 by their dates
...     AtMostOne(died),                                    # one death
...     OneUnit("labs", "value", "unit", by="analyte", units={"psa": ("ng/mL",)}),
...     Required("cycles", "delay_reason", when={"delayed": "yes"}),
... )

The patient is the registry's `patient` column. A missing date breaks no rule; of a partial date a rule uses
what is certain (2023-05 is not before 2023-05-20). A year stands for any of its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tieout.sources.fault import Effect

Which = Literal["any", "first", "last"]


@dataclass(frozen=True, slots=True)
class At:
    """A column of a table, in those rows where other columns hold the given values."""

    table: str
    column: str
    where: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return ((self.table, name) for name in (self.column, *self.where))

    def __str__(self) -> str:
        chosen = ", ".join(f"{name}={value}" for name, value in self.where.items())
        return f"{self.table}.{self.column}" + (f"[{chosen}]" if chosen else "")


@dataclass(frozen=True, slots=True)
class NotBefore:
    """`later` is never before `earlier` of the same patient; the same day is allowed unless `strict`.

    `which` says which of a patient's dates in `earlier` counts where there are several: the first, the last,
    or (the same as the last) any of them. The finding stands at the row of `later`, or with `blame="earlier"`
    at each row of `earlier` that is too late ("this cycle is after the death").
    """

    later: At
    earlier: At
    which: Which = "any"
    strict: bool = False
    blame: Literal["later", "earlier"] = "later"
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return (*self.later.columns(), *self.earlier.columns())

    def __str__(self) -> str:
        return f"{self.later} is {'after' if self.strict else 'not before'} {self.earlier}"


@dataclass(frozen=True, slots=True)
class InOrder:
    """Within a patient, `number` runs 1, 2, 3 without a gap, and `date` ascends with it.

    With `gaps` the numbers may leave some out; with `ties` two of them may share a day.
    """

    table: str
    number: str
    date: str
    gaps: bool = False
    ties: bool = False
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return ((self.table, self.number), (self.table, self.date))

    def __str__(self) -> str:
        return f"{self.table}.{self.date} ascends with {self.table}.{self.number}"


@dataclass(frozen=True, slots=True)
class AtMostOne:
    """A patient has at most one row here (one death)."""

    at: At
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return self.at.columns()

    def __str__(self) -> str:
        return f"a patient has at most one {self.at}"


@dataclass(frozen=True, slots=True)
class AtLeastOne:
    """Every patient of table `of` has a row here (a first cycle, a last contact)."""

    at: At
    of: str
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return self.at.columns()

    def __str__(self) -> str:
        return f"every patient of {self.of} has one {self.at}"


@dataclass(frozen=True, slots=True)
class Required:
    """`column` is filled in every row where the others hold these values (a unit with a lab value).

    The value ``"*"`` in `when` stands for anything but empty; `only` also requires it empty elsewhere.
    """

    table: str
    column: str
    when: Mapping[str, str]
    only: bool = False
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return ((self.table, name) for name in (self.column, *self.when))

    def __str__(self) -> str:
        chosen = ", ".join(f"{n} is {'given' if v == '*' else v}" for n, v in self.when.items())
        return f"{self.table}.{self.column} is given {'only ' if self.only else ''}where {chosen}"


@dataclass(frozen=True, slots=True)
class OneUnit:
    """The values of one analyte carry one unit: one of `units` for it, or at least the same in every row.

    Parameters
    ----------
    value, unit, by : the columns of the value, its unit, and what was measured.
    units : for an analyte the units that may occur; an analyte that is not named needs one and the same.
    """

    table: str
    value: str
    unit: str
    by: str
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return ((self.table, name) for name in (self.value, self.unit, self.by))

    def __str__(self) -> str:
        return f"{self.table}.{self.value} has one unit for each {self.by}"


@dataclass(frozen=True, slots=True)
class NotAbove:
    """In one row, `low` is not above `high` (the limits of a laboratory, a start and an end)."""

    table: str
    low: str
    high: str
    bad_rows: Effect = "block"

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column that this reads."""
        return ((self.table, self.low), (self.table, self.high))

    def __str__(self) -> str:
        return f"{self.table}.{self.low} is not above {self.table}.{self.high}"


Rule = NotBefore | InOrder | AtMostOne | AtLeastOne | Required | OneUnit | NotAbove

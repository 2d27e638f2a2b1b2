"""The kinds of result: what derive finds out, with its meaning, before anything is printed.

Every kind holds raw numbers at full precision and a `Meaning`. How they print is the business of `facets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a result means: the words that a table, a tooltip and Methods print beside it.

    Attributes
    ----------
    label : what was measured or counted, as a table's stub prints it ("Entered hospice").
    population : whom the numbers describe ("patients who stopped for progression").
    method : the definition in words, with every option that could have been chosen otherwise.
    where : `analysis/therapy.py:after_lupsma`, the function that computed it; filled in by derive.
    """

    label: str
    population: str = ""
    method: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many, and of how many.

    `of` is None for a plain count. `missing` counts members of the population whose value is unknown; whether
    they stand in the denominator is said by `method`. `low` and `high` bound the proportion in [0, 1].
    `overlaps` is true where one patient may count in several siblings, so that siblings need not add up.
    """

    n: int
    of: int | None
    meaning: Meaning
    missing: int = 0
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    overlaps: bool = False

    def __post_init__(self) -> None:
        if self.n < 0 or (self.of is not None and not 0 <= self.n <= self.of):
            raise ValueError(f"{self.meaning.label}: a count of {self.n} does not fit in {self.of}")


@dataclass(frozen=True, slots=True)
class Summary:
    """A measurement's distribution over a population: `n` known values, `missing` unknown ones.

    All statistics are None when nothing is known; `sd` also when n is 1. `decimals` is the printed precision.
    """

    n: int
    missing: int
    median: float | None
    q1: float | None
    q3: float | None
    low: float | None
    high: float | None
    mean: float | None
    sd: float | None
    meaning: Meaning
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its confidence interval: a hazard ratio, a survival probability, a difference, a mean.

    `scale` says how it prints: a proportion in [0, 1] as a percentage. `low`/`high` None is not estimable.
    `n` and `events` are those of the analysis (complete cases).
    """

    value: float | None
    low: float | None
    high: float | None
    meaning: Meaning
    scale: Literal["number", "ratio", "proportion"] = "number"
    unit: str = ""
    decimals: int = 2
    level: float = 0.95
    p: float | None = None
    n: int | None = None
    events: int | None = None


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """The median of a time-to-event curve; None is "not reached" (the curve stays above one half).

    `low`/`high` None: the bound is not reached. `n` patients, `events` of them with the event.
    """

    n: int
    events: int
    median: float | None
    low: float | None
    high: float | None
    meaning: Meaning
    unit: str = "months"
    decimals: int = 1
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """A test's statistic, degrees of freedom and two-sided P."""

    p: float | None
    meaning: Meaning
    statistic: float | None = None
    df: float | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the protocol declares or the registry states: a date, a version, a rule's number."""

    value: str | int | float | date
    meaning: Meaning
    unit: str = ""
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Columns of equal length for a figure: the steps of a curve, the bars of a waterfall.

    Nothing prints it in prose. With `display` it can show single patients: it is kept under
    `results/display/`, without ids, and is never attached to an output.
    """

    columns: Mapping[str, tuple[float | int | str | None, ...]]
    meaning: Meaning
    display: bool = True

    def __post_init__(self) -> None:
        if len({len(column) for column in self.columns.values()}) > 1:
            raise ValueError(f"{self.meaning.label}: the columns of a curve differ in length")


Result = Count | Summary | Estimate | TimeToEvent | HypothesisTest | Fact | Curve
KINDS: dict[str, type] = {
    "count": Count,
    "summary": Summary,
    "estimate": Estimate,
    "time_to_event": TimeToEvent,
    "test": HypothesisTest,
    "fact": Fact,
    "curve": Curve,
}


@dataclass(frozen=True, slots=True, init=False)
class Results:
    """A tree of results with Python identifiers as names; what every function of an analysis returns.

    >>> made = Results(treated=Count(3, None, Meaning("Treated")), age=Results())
    >>> [key for key, _ in made.flat()]
    ['treated']
    """

    members: Mapping[str, Result | Results] = field(default_factory=dict)

    def __init__(
        self, members: Mapping[str, Result | Results] | None = None, /, **named: Result | Results
    ) -> None:
        merged = {**(members or {}), **named}
        for name in merged:
            if not name.isidentifier() or name.startswith("_"):
                raise ValueError(
                    f"{name!r} cannot be part of a key: use a Python identifier without a leading _"
                )
        object.__setattr__(self, "members", merged)

    def __or__(self, other: Results) -> Results:
        """Join two trees; a name that both hold is an error."""
        if doubled := self.members.keys() & other.members.keys():
            raise ValueError(f"two results share the name {sorted(doubled)[0]}")
        return Results({**self.members, **other.members})

    def __getitem__(self, key: str) -> Result | Results:
        """Return the member at a dotted key."""
        head, _, rest = key.partition(".")
        member = self.members[head]
        if not rest:
            return member
        if not isinstance(member, Results):
            raise KeyError(key)
        return member[rest]

    def flat(self, prefix: str = "") -> Iterator[tuple[str, Result]]:
        """Yield every result with its dotted key, in the order in which they were named."""
        for name, member in self.members.items():
            key = f"{prefix}{name}"
            if isinstance(member, Results):
                yield from member.flat(f"{key}.")
            else:
                yield key, member

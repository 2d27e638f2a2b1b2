"""What changed between two cuts, result by result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tieout.values.facets import show
from tieout.values.result import Count, Curve, Estimate, Fact, HypothesisTest, Result, Summary, TimeToEvent
from tieout.values.store import Store
from tieout.values.style import AMA, NumberStyle

# the facet that shows most of a result in one line
HEADLINE: Mapping[type, str] = {
    Count: "n_percent",
    Summary: "median_range",
    Estimate: "value_ci",
    TimeToEvent: "median_ci",
    HypothesisTest: "p",
    Fact: "text",
}


@dataclass(frozen=True, slots=True)
class ResultChange:
    """A result in two cuts; None where a cut does not hold it."""

    key: str
    old: Result | None
    new: Result | None

    @property
    def label(self) -> str:
        """What was measured."""
        known = self.new or self.old
        assert known is not None
        return known.meaning.label


@dataclass(frozen=True, slots=True)
class StoreChanges:
    """The results that appeared, went, and changed, each in the order of its store."""

    appeared: tuple[ResultChange, ...]
    went: tuple[ResultChange, ...]
    changed: tuple[ResultChange, ...]

    @property
    def curves(self) -> tuple[ResultChange, ...]:
        """The curves among what changed."""
        return tuple(change for change in self.changed if isinstance(change.new, Curve))


@dataclass(frozen=True, slots=True)
class PatientChanges:
    """How many patients a cut has more, fewer, and with other rows than the cut before."""

    entered: int
    left: int
    updated: int
    unchanged: int


def compare_stores(old: Store, new: Store) -> StoreChanges:
    """Compare two stores; where a result was computed is no difference, and neither are its words.

    A result whose kind changed counts as changed.
    """
    appeared = (ResultChange(key, None, result) for key, result in new.results.items() if key not in old)
    went = (ResultChange(key, result, None) for key, result in old.results.items() if key not in new)
    both = (ResultChange(key, old[key], result) for key, result in new.results.items() if key in old)
    changed = (change for change in both if _numbers(change.old) != _numbers(change.new))
    return StoreChanges(tuple(appeared), tuple(went), tuple(changed))


def compare_patients(old: Mapping[str, str], new: Mapping[str, str]) -> PatientChanges:
    """Compare the patients of two cuts by the keyed hashes of their ids and of their rows.

    >>> compare_patients({"a": "1", "b": "1", "c": "1"}, {"b": "1", "c": "2", "d": "1"})
    PatientChanges(entered=1, left=1, updated=1, unchanged=1)
    """
    stayed = old.keys() & new.keys()
    updated = sum(old[who] != new[who] for who in stayed)
    return PatientChanges(len(new.keys() - stayed), len(old.keys() - stayed), updated, len(stayed) - updated)


def headline(result: Result | None, style: NumberStyle = AMA) -> str:
    """Return the words that show most of a result in one line; a dash for none."""
    if result is None:
        return "\N{EM DASH}"
    if isinstance(result, Curve):
        rows = len(next(iter(result.columns.values()), ()))
        return f"{rows} points"
    return show(result, HEADLINE[type(result)], style)


def _numbers(result: Result | None) -> tuple[object, ...]:
    assert result is not None
    names = [name for name in type(result).__dataclass_fields__ if name != "meaning"]
    return (type(result), *(_plain(getattr(result, name)) for name in names))


def _plain(value: object) -> object:
    return sorted(value.items()) if isinstance(value, Mapping) else value

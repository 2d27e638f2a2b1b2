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


_FEW = 6  # values of a curve's column that are told one by one


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


def compare_patients(old: Mapping[bytes, bytes], new: Mapping[bytes, bytes]) -> PatientChanges:
    """Compare the patients of two cuts by the keyed hashes of their ids and of their rows.

    >>> compare_patients({b"a": b"1", b"b": b"1", b"c": b"1"}, {b"b": b"1", b"c": b"2", b"d": b"1"})
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
        return f"{_rows(result)} points"
    return show(result, HEADLINE[type(result)], style)


def what_changed(old: Result, new: Result) -> list[str]:
    """Return each number in which two states of a result differ, in words: `n 17, now 18`.

    Of a curve that can show single patients only how many rows differ is said.

    >>> from tieout.values.result import Meaning
    >>> what_changed(Count(17, 35, Meaning("Hospice")), Count(17, 35, Meaning("Hospice"), missing=1))
    ['missing 0, now 1']
    """
    if isinstance(old, Curve) and isinstance(new, Curve):
        return _curve_changes(old, new)
    if type(old) is not type(new):
        return [f"a {type(old).__name__}, now a {type(new).__name__}"]
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in _number_names(old))
    return [_now(name, before, after) for name, before, after in pairs if before != after]


def _curve_changes(old: Curve, new: Curve) -> list[str]:
    made = [f"column {name} is gone" for name in old.columns if name not in new.columns]
    made += [f"column {name} is new" for name in new.columns if name not in old.columns]
    if (rows := _rows(old)) != _rows(new):
        return [*made, _now("rows", rows, _rows(new))]
    for name in (name for name in old.columns if name in new.columns):
        before, after = old.columns[name], new.columns[name]
        differing = [at for at in range(rows) if before[at] != after[at]]
        if len(differing) > _FEW or (differing and (old.display or new.display)):
            made.append(f"{name} in {len(differing)} of {rows} rows")
            continue
        made += [_now(f"{name} of {_row_name(new, at)}", before[at], after[at]) for at in differing]
    return made


def _row_name(curve: Curve, at: int) -> str:
    names = curve.columns.get("name")
    return f"row {at + 1}" if names is None else str(names[at])


def _rows(curve: Curve) -> int:
    return len(next(iter(curve.columns.values()), ()))


def _now(name: str, before: object, after: object) -> str:
    shown = ["not there" if value is None else str(value) for value in (before, after)]
    return f"{name} {shown[0]}, now {shown[1]}"


def _number_names(result: Result) -> list[str]:
    return [name for name in type(result).__dataclass_fields__ if name != "meaning"]


def _numbers(result: Result | None) -> tuple[object, ...]:
    assert result is not None
    return (type(result), *(_plain(getattr(result, name)) for name in _number_names(result)))


def _plain(value: object) -> object:
    return sorted(value.items()) if isinstance(value, Mapping) else value

"""What must hold between the numbers of a store, whatever they are: sums, bounds, shares, equal numbers.

Each relation names its numbers by (key, name). It is held against the store's own values, and against the
characters that an output prints, wherever all of its numbers are printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from tieout.values.result import Count, Curve, Estimate, Result, Summary, TimeToEvent
from tieout.values.rounding import exact, half_up
from tieout.values.store import Store

Term = tuple[str, str]
Kind = Literal["sum", "equal", "order", "share"]
_TREE = frozenset({"name", "parent", "kind", "n"})
_STEPS = frozenset({"time", "at_risk", "events", "survival"})
_TIMED = re.compile(r"(.*)_(at|at_risk)\.(?:month|day)_(\d+(?:_\d+)?)$")
_GRADE = re.compile(r"(.*)\.grade_(\d)$")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between numbers.

    `sum`: the first is the sum of the others. `equal`: all are equal. `order`: they do not fall. `share`: the
    third is the percentage that the first is of the second.
    """

    kind: Kind
    terms: tuple[Term, ...]
    why: str

    def holds(self, values: Mapping[Term, Fraction], places: int = 0) -> bool:
        """Return whether the values bear the relation out; `places` are the decimals of a printed share."""
        numbers = [values[term] for term in self.terms]
        if self.kind == "sum":
            return numbers[0] == sum(numbers[1:])
        if self.kind == "equal":
            return len(set(numbers)) == 1
        if self.kind == "order":
            return all(low <= high for low, high in pairwise(numbers))
        n, of, percent = numbers
        return of > 0 and Fraction(half_up(100 * n / of, places)) == percent


def relations(store: Store) -> list[Relation]:
    """Return every relation that a store's results must keep, by their kinds and their places in the tree."""
    made = [relation for key, result in store.results.items() for relation in _own(key, result)]
    made += _flow(store)
    made += _levels(store)
    made += _grades(store)
    made += _sums(store)
    made += _complements(store)
    made += _survival(store)
    made += _curves(store)
    made += _populations(store)
    unique = {(relation.kind, relation.terms): relation for relation in made}
    return list(unique.values())


def values_of(store: Store) -> dict[Term, Fraction]:
    """Return every number of a store by (key, name), exactly; of a curve, what its steps say."""
    made: dict[Term, Fraction] = {}
    for key, result in store.results.items():
        if isinstance(result, Curve):
            made |= _of_tree(key, result) | _of_steps(key, result, store)
            continue
        for name in ("n", "of", "missing", "low", "high", "median", "q1", "q3", "value", "events"):
            value = getattr(result, name, None)
            if isinstance(value, int | float) and not isinstance(value, bool):
                made[key, name] = exact(value)
    return made


def _of_tree(key: str, curve: Curve) -> dict[Term, Fraction]:
    if not set(curve.columns) >= _TREE:
        return {}
    pairs = zip(curve.columns["name"], curve.columns["n"], strict=True)
    return {(key, str(name)): Fraction(n) for name, n in pairs if isinstance(n, int)}


def _of_steps(key: str, curve: Curve, store: Store) -> dict[Term, Fraction]:
    """Return a curve's own numbers: at risk and surviving at the times of the table, and all events."""
    if not set(curve.columns) >= _STEPS:
        return {}
    columns = [curve.columns[name] for name in ("time", "at_risk", "events", "survival")]
    steps = [step for step in zip(*columns, strict=True) if all(isinstance(x, int | float) for x in step)]
    made: dict[Term, Fraction] = {(key, "events"): Fraction(sum(int(step[2]) for step in steps))}
    for name in store.results:
        timed = _TIMED.match(name)
        if timed is None or timed[1] != key.removesuffix("_curve"):
            continue
        at = float(timed[3].replace("_", "."))
        after = [step[1] for step in steps if float(step[0]) >= at]
        before = [step[3] for step in steps if float(step[0]) <= at]
        made[key, f"at_risk at {timed[3]}"] = exact(after[0]) if after else Fraction(0)
        made[key, f"survival at {timed[3]}"] = exact(before[-1]) if before else Fraction(1)
    return made


def _own(key: str, result: Result) -> Iterator[Relation]:
    """Yield what holds inside one result."""
    if isinstance(result, Count) and result.of:
        yield Relation(
            "share", ((key, "n"), (key, "of"), (key, "percent")), "a percentage is n of N, rounded"
        )
        yield Relation("order", ((key, "n"), (key, "of")), "a part is no larger than the whole")
        yield Relation(
            "order",
            ((key, "low_percent"), (key, "percent"), (key, "high_percent")),
            "a proportion lies in its interval",
        )
    elif isinstance(result, Summary):
        yield Relation(
            "order", tuple((key, n) for n in ("low", "median", "high")), "a median lies in the range"
        )
        yield Relation(
            "order", tuple((key, n) for n in ("q1", "median", "q3")), "a median lies between quartiles"
        )
        yield Relation("order", tuple((key, n) for n in ("low", "q1")), "quartiles lie in the range")
        yield Relation("order", tuple((key, n) for n in ("q3", "high")), "quartiles lie in the range")
    elif isinstance(result, Estimate):
        yield Relation(
            "order", tuple((key, n) for n in ("low", "value", "high")), "an estimate lies in its interval"
        )
        yield Relation("order", tuple((key, n) for n in ("events", "n")), "events are no more than patients")
    elif isinstance(result, TimeToEvent):
        yield Relation(
            "order", tuple((key, n) for n in ("low", "median", "high")), "a median lies in its interval"
        )
        yield Relation(
            "order", tuple((key, n) for n in ("low", "median")), "a median lies above its lower bound"
        )
        yield Relation(
            "sum", tuple((key, n) for n in ("n", "events", "censored")), "events and censored are all"
        )
        yield Relation("order", tuple((key, n) for n in ("events", "n")), "events are no more than patients")


def _flow(store: Store) -> Iterator[Relation]:
    """Yield the balance of each flow of patients, from its tree."""
    for key, curve in store.results.items():
        if not isinstance(curve, Curve) or not set(curve.columns) >= _TREE:
            continue
        prefix = key.rpartition(".")[0]
        dotted = f"{prefix}." if prefix else ""
        nodes = list(zip(*(curve.columns[name] for name in ("name", "parent", "kind")), strict=True))
        for name, parent, _ in nodes:
            if f"{dotted}{name}" not in store:
                continue
            yield Relation("equal", ((key, str(name)), (f"{dotted}{name}", "n")), "a flow prints the counts")
            if parent:
                yield Relation(
                    "equal", ((f"{dotted}{parent}", "n"), (f"{dotted}{name}", "of")), "a part is of its whole"
                )
        for parent in dict.fromkeys(str(parent) for _, parent, _ in nodes if parent):
            for kinds in ({"population", "exclusion"}, {"disposition"}):
                parts = [
                    f"{dotted}{name}" for name, above, kind in nodes if above == parent and kind in kinds
                ]
                if parts and all(part in store for part in parts):
                    terms = tuple((part, "n") for part in (f"{dotted}{parent}", *parts))
                    yield Relation("sum", terms, "the flow of patients balances")


def _siblings(store: Store) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for key, result in store.results.items():
        if isinstance(result, Count):
            made.setdefault(key.rpartition(".")[0], []).append(key)
    return made


def _levels(store: Store) -> Iterator[Relation]:
    """Yield that the levels of a characteristic, with the unknown, are everybody."""
    for prefix, keys in _siblings(store).items():
        unknown = f"{prefix}.unknown"
        parts = [key for key in keys if key != unknown]
        counts = [store.results[key] for key in parts]
        if (
            not parts
            or unknown not in keys
            or any(not isinstance(c, Count) or c.overlaps or c.of is None for c in counts)
        ):
            continue
        terms = tuple((key, "n") for key in (*parts, unknown))
        yield Relation("sum", ((unknown, "of"), *terms), "the levels and the unknown are everybody")
        wholes = {count.of for count in counts if isinstance(count, Count)}
        if len(wholes) == 1 and wholes != {getattr(store.results[unknown], "of", None)}:
            yield Relation("sum", ((parts[0], "of"), *terms[:-1]), "the levels are everybody known")
        yield from (
            Relation("equal", ((key, "missing"), (unknown, "n")), "the unknown are those missing")
            for key in parts
        )
        yield Relation("equal", tuple((key, "of") for key in parts), "levels share a denominator")


def _grades(store: Store) -> Iterator[Relation]:
    """Yield that worst grades add up: to everybody graded, to any grade, and to grade 3 or worse."""
    for prefix, keys in _siblings(store).items():
        grades = sorted(key for key in keys if _GRADE.match(key))
        terms = {int(key[-1]): (key, "n") for key in grades}
        if len(grades) < 2 or set(terms) != set(range(min(terms), 6)):
            continue
        sums = {f"{prefix}.any_grade": 1} | {f"{prefix}.grade_{g}_or_worse": g for g in range(2, 5)}
        for whole, least in sums.items():
            if whole in keys and least in terms:
                parts = tuple(term for grade, term in terms.items() if grade >= least)
                yield Relation("sum", ((whole, "n"), *parts), "grades add up")
        if f"{prefix}.evaluable" in keys and 0 in terms:
            yield Relation(
                "sum", ((f"{prefix}.evaluable", "n"), *terms.values()), "grades are all the evaluable"
            )
        if {f"{prefix}.evaluable", f"{prefix}.ungradable"} <= set(keys):
            both = ((f"{prefix}.evaluable", "n"), (f"{prefix}.ungradable", "n"))
            yield Relation("sum", ((f"{prefix}.evaluable", "of"), *both), "evaluable or not is everybody")


def _sums(store: Store) -> Iterator[Relation]:
    """Yield that the plain count `group_sum` is the sum of `groups`, overlapping or not."""
    for prefix, keys in _siblings(store).items():
        whole = f"{prefix.removesuffix('s')}_sum"
        result = store.results.get(whole)
        if isinstance(result, Count) and result.of is None:
            terms = tuple((key, "n") for key in (whole, *keys))
            yield Relation("sum", terms, "a sum of groups is what they add up to")


def _complements(store: Store) -> Iterator[Relation]:
    """Yield that those with something and those without it are everybody, where nobody is unknown."""
    for key, result in store.results.items():
        prefix, _, name = key.rpartition(".")
        without = f"{prefix}.without_{name}" if prefix else f"without_{name}"
        other = store.results.get(without)
        if not isinstance(result, Count) or not isinstance(other, Count):
            continue
        if result.of is not None and result.of == other.of and not result.missing and not other.missing:
            terms = ((key, "of"), (key, "n"), (without, "n"))
            yield Relation("sum", terms, "those with and those without are everybody")


def _survival(store: Store) -> Iterator[Relation]:
    """Yield that everybody is at risk at 0, and nobody comes back."""
    for key, result in store.results.items():
        if not isinstance(result, TimeToEvent):
            continue
        deaths = f"{key.rpartition('.')[0]}.deaths".removeprefix(".")
        counted = store.results.get(deaths)
        if (
            key.rpartition(".")[2] == "os"
            and isinstance(counted, Count)
            and counted.meaning.population == result.meaning.population
        ):
            yield Relation("equal", ((key, "events"), (deaths, "n")), "overall survival has all deaths")
            yield Relation("equal", ((key, "n"), (deaths, "of")), "deaths are of the patients analysed")
        start = f"{key}_at_risk."
        at_risk = [name for name in store.results if name.startswith(start)]
        timed = sorted(at_risk, key=lambda name: float(name.rpartition("_")[2]) if _is_timed(name) else 0.0)
        if f"{start}month_0" in store or f"{start}day_0" in store:
            first = f"{start}month_0" if f"{start}month_0" in store else f"{start}day_0"
            yield Relation("equal", ((key, "n"), (first, "n")), "at risk at 0 is everybody")
        for earlier, later in pairwise(timed):
            yield Relation("order", ((later, "n"), (earlier, "n")), "nobody comes back to be at risk")
        for at in at_risk:
            yield Relation("equal", ((key, "n"), (at, "of")), "those at risk are of the patients analysed")


def _curves(store: Store) -> Iterator[Relation]:
    """Yield that a curve's steps say what the tables print: at risk, surviving, events."""
    for key, curve in store.results.items():
        if not isinstance(curve, Curve) or not set(curve.columns) >= _STEPS:
            continue
        whole = key.removesuffix("_curve")
        if whole in store:
            yield Relation("equal", ((key, "events"), (whole, "events")), "the curve has all events")
        for name in store.results:
            if (timed := _TIMED.match(name)) and timed[1] == whole:
                what, of = ("survival", "value") if timed[2] == "at" else ("at_risk", "n")
                terms = ((key, f"{what} at {timed[3]}"), (name, of))
                yield Relation("equal", terms, "the curve says what the table prints")


def _is_timed(name: str) -> bool:
    return re.search(r"_\d+$", name) is not None


def _populations(store: Store) -> Iterator[Relation]:
    """Yield that counts of one population have its number as denominator, the unknown left out or not."""
    for key, result in store.results.items():
        if isinstance(result, Count) and result.of is not None and result.meaning.population:
            wholes = [
                other
                for other, count in store.results.items()
                if isinstance(count, Count) and count.meaning.label == result.meaning.population
            ]
            if len(wholes) == 1:
                yield Relation("equal", ((wholes[0], "n"), (key, "of")), "a denominator is its population")

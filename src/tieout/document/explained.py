"""One result explained: definition, numbers, population, method, source line, the cut before, its places."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.audit.loose import DrawnFigure
from tieout.document.execute import Executed
from tieout.present.printed import PrintedTable
from tieout.present.table import every_cell
from tieout.values.compare import headline
from tieout.values.result import Count, Curve, Estimate, Fact, HypothesisTest, Result, Summary, TimeToEvent
from tieout.values.store import Store
from tieout.values.tie import Tie


@dataclass(frozen=True, slots=True)
class PlaceOfTie:
    """Where a result is printed, by which facet, and as what."""

    where: str
    facet: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands behind a number; `numbers` are raw values by name, `before` that of the cut before."""

    key: str
    label: str
    population: str
    method: str
    where: str
    value: str
    before: str
    numbers: tuple[tuple[str, str], ...]
    places: tuple[PlaceOfTie, ...]


_FIELDS: Mapping[type, tuple[tuple[str, str], ...]] = {
    Count: (("numerator", "n"), ("denominator", "of"), ("unknown", "missing")),
    Summary: (("known", "n"), ("unknown", "missing"), ("unit", "unit")),
    Estimate: (("estimate", "value"), ("lower bound", "low"), ("upper bound", "high"), ("patients", "n"),
               ("events", "events"), ("P", "p")),
    TimeToEvent: (("patients", "n"), ("events", "events"), ("median", "median"), ("unit", "unit")),
    HypothesisTest: (("statistic", "statistic"), ("degrees of freedom", "df"), ("P", "p")),
    Fact: (("value", "value"), ("unit", "unit")),
    Curve: (),
}  # fmt: skip


def explain(
    key: str, store: Store, root: Path, previous: Store | None = None, places: Sequence[PlaceOfTie] = ()
) -> Explanation:
    """Return the explanation of a result; KeyError where the store does not hold it."""
    result = store[key]
    meaning = result.meaning
    before = headline(previous[key]) if previous is not None and key in previous else ""
    where = located(meaning.where, root)
    numbers = tuple(_numbers(result))
    return Explanation(
        key,
        meaning.label,
        meaning.population,
        meaning.method,
        where,
        headline(result),
        before,
        numbers,
        tuple(places),
    )


def places_of_ties(
    executed: Iterable[Executed], figures: Mapping[str, DrawnFigure]
) -> dict[str, list[PlaceOfTie]]:
    """Return every place at which documents and figures print each result, by key, in reading order."""
    made: dict[str, list[PlaceOfTie]] = {}

    def keep(tie: str, text: str, where: str) -> None:
        key, _, facet = tie.rpartition(".")
        place = PlaceOfTie(where, facet, text)
        if place not in (known := made.setdefault(key, [])):
            known.append(place)

    for done in executed:
        for each in done.evaluated:
            if isinstance(each.value, Tie):
                keep(f"{each.value.key}.{each.value.facet}", each.value.text, str(each.place))
            elif isinstance(each.value, PrintedTable):
                where = f"{each.place} (table {each.value.model.name})"
                for cell in every_cell(each.value.model):
                    for part in cell.parts:
                        if isinstance(part, Tie):
                            keep(f"{part.key}.{part.facet}", part.text, where)
    for path, drawn in figures.items():
        for tie, text in drawn.ties.items():
            keep(tie, text, path)
    return made


def located(where: str, root: Path) -> str:
    """Return `analysis/therapy.py:12 (after_lupsma)` for `analysis/therapy.py:after_lupsma`."""
    name, _, function = where.partition(":")
    file = root / name
    if not function or not file.is_file():
        return where
    try:
        tree = ast.parse(file.read_bytes())
    except SyntaxError:
        return where
    last = function.rpartition(".")[2]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == last:
            return f"{name}:{node.lineno} ({function})"
    return where


def _numbers(result: Result) -> Iterable[tuple[str, str]]:
    for name, field in _FIELDS[type(result)]:
        value = getattr(result, field)
        if value is not None and value != "" and not (name == "unknown" and value == 0):
            yield name, f"{value:g}" if isinstance(value, float) else str(value)

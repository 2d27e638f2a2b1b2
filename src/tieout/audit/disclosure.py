"""What could make out a person: small cells and great ages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tieout.audit.arithmetic import numerators_that_fit
from tieout.audit.locate import Locator
from tieout.audit.passages import Passage
from tieout.audit.printed import PrintedNumber, numbers_of
from tieout.audit.relations import Term, relations
from tieout.audit.settings import Disclosure
from tieout.values.finding import Finding, Place
from tieout.values.result import Count, Summary
from tieout.values.store import Store

_COUNTS = frozenset({"n", "of", "missing", "events", "censored"})
_AGE = re.compile(r"\bages?\b|\byears of age\b", re.IGNORECASE)


@dataclass(slots=True)
class _Reading:
    """What a stranger with a pencil knows: counts and denominators by key, and which were told already."""

    store: Store
    settings: Disclosure
    values: dict[Term, int] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    found: list[Finding] = field(default_factory=list)

    def is_small(self, n: int) -> bool:
        """Whether a count may not be told."""
        least = self.settings.threshold
        return least is not None and n < least and (n > 0 or not self.settings.zero_is_safe)

    def tell(self, key: str, how: str, where: str = "") -> None:
        """Keep one finding a count."""
        if key in self.told or not isinstance(self.store.results.get(key), Count):
            return
        self.told.add(key)
        least, settings = self.settings.threshold, self.settings
        facts = {"need": f"at least {least}" + (" or 0" if settings.zero_is_safe else "")}
        remedy = f'pool it, or print claim("fewer than {least}", r.{key}.n < {least})'
        place = Place(where or self.where.get(key, "the outputs together"))
        message = f"the count {key} {how}"
        self.found.append(Finding("disclosure/small-cell", message, place, facts, remedy))


def check_small_cells(numbers: Sequence[PrintedNumber], store: Store, settings: Disclosure) -> list[Finding]:
    """Return a finding for each count that is too small to be printed, or that other numbers give away.

    Parameters
    ----------
    numbers : everything that prose, tables and figures of all documents print, together: a small cell that
        one table leaves out may be found out from another's total.
    """
    found = _unrounded(numbers, settings)
    if settings.threshold is None:
        return found
    reading = _Reading(store, settings)
    for number in numbers:
        if number.value is not None and number.name in {"n", "of"}:
            reading.values.setdefault((number.key, number.name), int(number.value))
            reading.where.setdefault(number.key, number.where)
            if number.name == "n" and reading.is_small(int(number.value)):
                reading.tell(number.key, "is printed and is too small", number.where)
    _read_percentages(numbers, reading)
    _read_sums(reading)
    _read_rests(reading)
    return found + reading.found


def _read_percentages(numbers: Iterable[PrintedNumber], reading: _Reading) -> None:
    """Work a count out from its percentage, where the denominator is printed anywhere."""
    printed = set(reading.values.values())
    for number in numbers:
        result = reading.store.results.get(number.key)
        if number.name != "percent" or number.value is None or not isinstance(result, Count):
            continue
        if not result.of or result.of not in printed:
            continue
        fitting = numerators_that_fit(result.of, number.value)
        if fitting and all(reading.is_small(n) for n in fitting):
            reading.tell(number.key, f"can be worked out from {number.text}% of {result.of}", number.where)
        if len(fitting) == 1:
            reading.values.setdefault((number.key, "n"), fitting[0])


def _read_sums(reading: _Reading) -> None:
    """Work out what is left over wherever all other numbers of a sum are known, until nothing more is."""
    sums = [relation for relation in relations(reading.store) if relation.kind == "sum"]
    values, grown = reading.values, True
    while grown:
        grown = False
        for relation in sums:
            unknown = [term for term in relation.terms if term not in values]
            if len(unknown) != 1:
                continue
            whole, *parts = relation.terms
            rest = sum(values[part] for part in parts if part in values)
            values[unknown[0]] = rest if unknown[0] == whole else values[whole] - rest
            grown = True
            if unknown[0][1] == "n" and reading.is_small(values[unknown[0]]):
                near = next((reading.where[key] for key, _ in parts if key in reading.where), "")
                reading.tell(unknown[0][0], "is what the other printed numbers leave over", near)


def _read_rests(reading: _Reading) -> None:
    """Find the counts whose complement is too small: 33 of 35 tells of the other 2."""
    everything = set(reading.values.values())
    for (key, name), n in list(reading.values.items()):
        result = reading.store.results.get(key)
        if name != "n" or not isinstance(result, Count) or result.of is None or result.of not in everything:
            continue
        if result.of > n and reading.is_small(result.of - n):
            reading.tell(key, f"tells of the others, fewer than {reading.settings.threshold}")


def _unrounded(numbers: Iterable[PrintedNumber], settings: Disclosure) -> list[Finding]:
    found, told = [], set()
    for number in numbers:
        if settings.rounding == 1 or number.value is None or number.name not in _COUNTS:
            continue
        if number.value % settings.rounding and (number.key, number.name) not in told:
            told.add((number.key, number.name))
            facts = {"have": number.text, "need": f"a multiple of {settings.rounding}"}
            message = f"the {number.name} of {number.key} is not rounded"
            remedy = "derive it rounded: counts and their denominators alike"
            found.append(Finding("disclosure/rounding", message, Place(number.where), facts, remedy))
    return found


def check_ages(
    passages: Sequence[Passage], store: Store, settings: Disclosure, locator: Locator
) -> list[Finding]:
    """Return a finding for each printed age of one person above the highest that may be told apart."""
    if settings.oldest_age is None:
        return []
    found = []
    for passage in passages:
        for mark in passage.of_kind("tie"):
            key, _, facet = mark.key.rpartition(".")
            result = store.results.get(key)
            if not isinstance(result, Summary) or not _AGE.search(result.meaning.label):
                continue
            shown = numbers_of(result, facet, passage.text[mark.start : mark.end])
            ends = [
                value for name, (_, value) in shown.items() if name in {"low", "high"} and value is not None
            ]
            if any(value > settings.oldest_age for value in ends):
                message = f"an age above {settings.oldest_age} of one person is printed"
                remedy = (
                    f"pool the ages above {settings.oldest_age}, or print quartiles in place of the range"
                )
                place = locator.place(passage, mark.start)
                found.append(Finding("disclosure/age", message, place, {"tie": mark.key}, remedy))
    return found

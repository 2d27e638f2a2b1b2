"""What could make out a person: small cells and great ages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tieout.audit.arithmetic import numerators_that_fit
from tieout.audit.locate import Locator
from tieout.audit.passages import Passage
from tieout.audit.printed import PrintedNumber, numbers_of
from tieout.audit.relations import relations
from tieout.audit.settings import Disclosure
from tieout.values.finding import Finding, Place
from tieout.values.result import Count, Summary
from tieout.values.store import Store

_AGE = re.compile(r"\bages?\b|\byears of age\b", re.IGNORECASE)


def check_small_cells(numbers: Sequence[PrintedNumber], store: Store, settings: Disclosure) -> list[Finding]:
    """Return a finding for each count that is too small to be printed, or that other numbers give away.

    Parameters
    ----------
    numbers : everything that prose, tables and figures of all documents print, together: a small cell that one
        table leaves out may be found out from another's total.
    """
    found = _unrounded(numbers, settings)
    if settings.threshold is None:
        return found
    known: dict[str, tuple[int, str]] = {}
    wholes: dict[str, int] = {}
    for number in numbers:
        if number.value is None:
            continue
        if number.name == "of":
            wholes.setdefault(number.key, int(number.value))
        elif number.name == "n":
            known.setdefault(number.key, (int(number.value), number.where))
    told: set[str] = set()
    for key, (n, where) in known.items():
        if isinstance(store.results.get(key), Count) and _is_small(n, settings):
            told.add(key)
            found.append(_small(key, n, where, "is printed", settings))
    found += _by_percentage(numbers, store, wholes, known, told, settings)
    found += _by_neighbours(store, wholes, known, told, settings)
    return found


def _by_percentage(
    numbers: Iterable[PrintedNumber],
    store: Store,
    wholes: dict[str, int],
    known: dict[str, tuple[int, str]],
    told: set[str],
    settings: Disclosure,
) -> list[Finding]:
    found = []
    printed = {n for n, _ in known.values()} | set(wholes.values())
    for number in numbers:
        result = store.results.get(number.key)
        if number.name != "percent" or number.value is None or number.key in told:
            continue
        if not isinstance(result, Count) or not result.of or result.of not in printed:
            continue
        fitting = numerators_that_fit(result.of, number.value)
        if fitting and all(_is_small(n, settings) for n in fitting):
            told.add(number.key)
            how = f"can be worked out from {number.text}% of {result.of}"
            found.append(_small(number.key, fitting[0], number.where, how, settings))
        known.setdefault(number.key, (result.n, number.where))
    return found


def _by_neighbours(
    store: Store,
    wholes: dict[str, int],
    known: dict[str, tuple[int, str]],
    told: set[str],
    settings: Disclosure,
) -> list[Finding]:
    """Find what is left when all other parts of a whole are known, and the rest of a part and its whole."""
    found = []
    values = {(key, "n"): n for key, (n, _) in known.items()} | {
        (key, "of"): of for key, of in wholes.items()
    }
    grown = True
    sums = [relation for relation in relations(store) if relation.kind == "sum"]
    while grown:
        grown = False
        for relation in sums:
            missing = [term for term in relation.terms if term not in values]
            if len(missing) != 1:
                continue
            whole, *parts = relation.terms
            rest = sum(values[part] for part in parts if part in values)
            values[missing[0]] = rest if missing[0] == whole else values[whole] - rest
            grown = True
            key = missing[0][0]
            if key not in told and missing[0][1] == "n" and _is_small(values[missing[0]], settings):
                told.add(key)
                where = next((known[part[0]][1] for part in parts if part[0] in known), "")
                found.append(
                    _small(key, values[missing[0]], where, "is what the printed parts leave over", settings)
                )
    everything = set(values.values())
    for key, (n, where) in known.items():
        result = store.results.get(key)
        if not isinstance(result, Count) or key in told or result.of is None or result.of not in everything:
            continue
        if _is_small(result.of - n, settings) and result.of != n:
            told.add(key)
            how = f"is printed of {result.of}: the others are fewer than {settings.threshold}"
            found.append(_small(key, n, where, how, settings))
    return found


def _unrounded(numbers: Iterable[PrintedNumber], settings: Disclosure) -> list[Finding]:
    found, told = [], set()
    for number in numbers:
        if (
            settings.rounding == 1
            or number.value is None
            or number.name not in {"n", "of", "missing", "events"}
        ):
            continue
        if number.value % settings.rounding and (number.key, number.name) not in told:
            told.add((number.key, number.name))
            facts = {"have": number.text, "need": f"a multiple of {settings.rounding}"}
            message = f"the {number.name} of {number.key} is not rounded"
            remedy = "derive it rounded: counts and their denominators alike"
            found.append(Finding("disclosure/rounding", message, Place(number.where), facts, remedy))
    return found


def _is_small(n: int, settings: Disclosure) -> bool:
    if settings.threshold is None or n >= settings.threshold:
        return False
    return n > 0 or not settings.zero_is_safe


def _small(key: str, n: int, where: str, how: str, settings: Disclosure) -> Finding:
    message = f"the count {key} {how}"
    facts = {"need": f"at least {settings.threshold}" + (" or 0" if settings.zero_is_safe else "")}
    remedy = f'pool it, or print claim("fewer than {settings.threshold}", r.{key}.n < {settings.threshold})'
    return Finding("disclosure/small-cell", message, Place(where), facts, remedy)


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

"""An interval that prints without its confidence level is read at the level that the document states."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tieout.audit.locate import Locator
from tieout.audit.passages import Passage
from tieout.values.finding import Finding
from tieout.values.store import Store

_NAMED = re.compile(r"\b(\d+(?:\.\d+)?)\s?%[\s\u00a0-]*(?:CIs?\b|confidence)", re.IGNORECASE)
_STATING = "ci_level"
_BARE = frozenset({"interval", "value_interval", "median_interval", "low", "high"})


def named_levels(text: str) -> Iterator[tuple[float, tuple[int, int]]]:
    """Yield each confidence level that a text names, in (0, 1), with its span.

    >>> list(named_levels("0.62 (95% CI, 0.51-0.75)"))
    [(0.95, (6, 12))]
    >>> [level for level, _ in named_levels("99.9% CI")]
    [0.999]
    """
    return ((float(f"{match[1]}e-2"), match.span()) for match in _NAMED.finditer(text))


def check_levels(passages: Sequence[Passage], store: Store, locator: Locator) -> list[Finding]:
    """Return a finding for each bare interval at another level than those that the document states.

    A level is stated by the facet `ci_level`, or typed beside "CI" or "confidence". An interval that prints
    its own level needs no other; in a document that states none, nothing is compared.
    """
    stated = {
        level
        for passage in passages
        for level, span in named_levels(passage.text)
        if not any(mark.start <= span[0] < mark.end for mark in passage.of_kind("tie"))
    }
    stated |= {level for _, _, level in _tied(passages, store, {_STATING})}
    if not stated:
        return []
    found = []
    for passage, start, level in _tied(passages, store, _BARE):
        if level in stated:
            continue
        facts = {"stated": _listed(stated), "have": _listed({level})}
        message = "an interval prints without its level, which is not the one that the document states"
        remedy = "print it with its level (.ci, .value_ci, .median_ci), or derive it at the stated one"
        found.append(Finding("audit/level", message, locator.place(passage, start), facts, remedy))
    return found


def _tied(
    passages: Sequence[Passage], store: Store, facets: Collection[str]
) -> Iterator[tuple[Passage, int, float]]:
    for passage in passages:
        for mark in passage.of_kind("tie"):
            key, _, facet = mark.key.rpartition(".")
            level = getattr(store.results.get(key), "level", None)
            if facet in facets and level is not None:
                yield passage, mark.start, level


def _listed(levels: Collection[float]) -> str:
    return " and ".join(f"{level * 100:g}%" for level in sorted(levels))

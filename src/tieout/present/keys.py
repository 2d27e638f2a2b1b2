"""Walking from `r` along a dotted key, for tables and figures that are told where their results stand."""

from __future__ import annotations

from typing import Any

from tieout.values.navigate import Branch, store_of
from tieout.values.result import Result
from tieout.values.tie import Tie


def branch(r: Branch, key: str) -> Branch:
    """Return the branch at a dotted key; an unknown one fails with the nearest names."""
    found: Any = r
    for segment in key.split(".") if key else ():
        found = getattr(found, segment)
    if not isinstance(found, Branch):
        raise TypeError(f"{key} ends in a facet: name the result")
    return found


def tie(r: Branch, key: str, facet: str) -> Tie:
    """Return the tie that prints the result at `key` by `facet`."""
    found = getattr(branch(r, key), facet)
    if not isinstance(found, Tie):
        raise TypeError(f"{key} has no facet {facet}")
    return found


def members(r: Branch, prefix: str) -> list[tuple[str, Result]]:
    """Return the results below `prefix` by whole key, in the order of derivation."""
    return [(f"{prefix}.{rest}", result) for rest, result in store_of(r).under(prefix)]


def result(r: Branch, key: str) -> Result | None:
    """Return the result at `key`; None where only further keys stand below it."""
    return store_of(r).results.get(key)

"""Findings as a command ends with them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import click

from tieout.values.finding import Finding, FindingsError
from tieout.values.store import Store


def tell(findings: Iterable[Finding]) -> None:
    """Print what does not block, and raise the rest."""
    blocking = []
    for finding in findings:
        if finding.blocks:
            blocking.append(finding)
        else:
            click.echo(str(finding), err=True)
    if blocking:
        raise FindingsError(blocking)


def unknown_result(key: str, store: Store) -> FindingsError:
    """Return the error for a key that the store does not hold, with the nearest ones."""
    near = ", ".join(difflib.get_close_matches(key, list(store.results), 3, 0.4)) or "none"
    return FindingsError([Finding("results/unknown", f"there is no result {key}", None, {"nearest": near})])

"""Findings as a command ends with them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import click

from tieout.values.facets import RESERVED
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


def find_key(written: str, store: Store) -> str | None:
    """Return the key that a user means by `flow.hospice`, or by `r.flow.hospice.n_percent` as in a text."""
    bare = written.removeprefix("r.")
    head, _, facet = bare.rpartition(".")
    return next((key for key in (bare, head if facet in RESERVED else bare) if key in store), None)


def unknown_result(key: str, store: Store) -> FindingsError:
    """Return the error for a key that the store does not hold, with the nearest ones."""
    near = difflib.get_close_matches(key.removeprefix("r."), list(store.results), 3, 0.4)
    facts = {"nearest": ", ".join(near)} if near else {}
    message, remedy = f"there is no result {key}", "list what there is: tieout results"
    return FindingsError([Finding("results/unknown", message, None, facts, remedy)])

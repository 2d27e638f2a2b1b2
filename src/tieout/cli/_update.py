"""Deriving anew: a locked cut stays, the cut before is kept, and what changed is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli._study import derive_store, say
from tieout.values.files import write_whole
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.freshness import CUTOFF, registry_files, stale_inputs, version_note
from tieout.values.lock import lock_of
from tieout.values.project import Project
from tieout.values.store import RESULTS_FILE, Store, present_store, read_store, write_store

if TYPE_CHECKING:
    from tieout.document.changes import Changes

PREVIOUS = Path(".tieout", "previous")
CHANGES = "changes.html"


@dataclass(frozen=True, slots=True)
class Update:
    """A store that was derived, the one that stood before it, and whether a byte changed."""

    store: Store
    previous: Store | None
    is_changed: bool


def update_store(project: Project, cutoff: date | None, *, next_cut: bool = False) -> Update:
    """Derive the store and put it in place; keep the one before for comparison.

    Raises
    ------
    FindingsError
        when the store in place is a locked cut, unless `next_cut` says to go on from it.
    """
    previous = present_store(project.results)
    lock = lock_of(previous.digest, project) if previous else None
    if lock is not None and not next_cut:
        facts = {"signed off by": f"{lock.by}, {lock.on}"}
        remedy = f"tieout verify {lock.name}, or go on to a new cut: tieout derive --next-cut"
        message = f"results/ holds the locked cut {lock.name}, which is never derived again"
        place = Place(project.relative(project.results))
        raise FindingsError([Finding("lock/locked", message, place, facts, remedy)])
    store = derive_store(project, cutoff)
    changed = write_store(store, project.results)
    if changed and previous is not None and previous.digest != store.digest:
        write_store(previous, project.root / PREVIOUS)
    return Update(store, previous, changed)


def bring_up_to_date(project: Project, *, allow_stale: bool = False) -> str:
    """Derive when the registry is present and the store is absent or stale; return the mark of a stale store.

    A store that was derived at another cutoff than the protocol's is derived at that cutoff again; a locked
    cut is left as it is.

    Raises
    ------
    FindingsError
        when the store is stale, the registry is not there to derive from, and stale results are not allowed.
    """
    present = bool(registry_files(project))
    if not (project.results / RESULTS_FILE).is_file() and present:
        say("deriving: there are no results yet")
        update_store(project, None)
        return ""
    store = read_store(project.results)
    if note := version_note(store):
        click.echo(f"note: {note}", err=True)
    stale = stale_inputs(store, project)
    if not stale:
        return ""
    changed = ", ".join(stale)
    if (lock := lock_of(store.digest, project)) is not None:
        click.echo(f"note: results/ holds the locked cut {lock.name}; {changed} changed since", err=True)
        return ""
    if allow_stale:
        click.echo(f"warning: the results are stale ({changed} changed), and every output says so", err=True)
        return f"Stale results: {changed} changed after these results were derived."
    if not present:
        _refuse(project, changed)
    say(f"deriving: {changed} changed")
    update = update_store(project, chosen_cutoff(store))
    if update.is_changed:
        click.echo(show_changes(project, update), err=True)
    return ""


def chosen_cutoff(store: Store) -> date | None:
    """Return the cutoff that was asked for when the store was derived; None where it was the protocol's."""
    chosen = store.inputs.get(CUTOFF)
    return date.fromisoformat(chosen) if chosen else None


def show_changes(project: Project, update: Update) -> str:
    """Write `_output/changes.html` for a store that changed, and return one line about it."""
    if update.previous is None or update.previous.digest == update.store.digest:
        return "there was no earlier cut to compare with"
    from tieout.document.changes_page import summary_line  # noqa: PLC0415  (only when the store changed)

    changes, page = write_changes(project, update.previous, update.store)
    return f"{summary_line(changes)}: see {page}"


def write_changes(project: Project, old: Store, new: Store) -> tuple[Changes, str]:
    """Run the documents against two stores and write `_output/changes.html`; return its path for messages."""
    from tieout.cli._patients import patient_changes  # noqa: PLC0415  (only where two stores are compared)
    from tieout.document.changes import compare_documents  # noqa: PLC0415  (as above)
    from tieout.document.changes_page import changes_page  # noqa: PLC0415  (as above)

    changes = compare_documents(project, old, new, patient_changes(project, old.digest, new.digest))
    page = project.output / CHANGES
    write_whole(page, changes_page(changes).encode())
    return changes, project.relative(page)


def _refuse(project: Project, changed: str) -> None:
    remedy = "derive where the registry is, and bring results/ here, or render with --allow-stale"
    message = "the results are older than what they are derived from"
    place = Place(project.relative(project.results))
    raise FindingsError([Finding("store/stale", message, place, {"changed": changed}, remedy)])

"""`tieout verify`: derive a locked cut again and report any difference."""

from __future__ import annotations

from datetime import date

import click

from tieout.cli._study import derive_store, open_project, say
from tieout.values.compare import ResultChange, compare_stores, headline, what_changed
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.freshness import TOOL, input_digests, registry_files
from tieout.values.lock import FOLDER, Lock, read_lock
from tieout.values.project import Project
from tieout.values.store import Store


@click.command()
@click.argument("name")
def command(name: str) -> None:
    """Derive a locked cut again, beside it, and report any difference; nothing is overwritten.

    \b
    Example:
        tieout verify submission-1
    """
    project = open_project()
    lock, locked = read_lock(name, project)
    found = _check_inputs(lock, project)
    if not registry_files(project):
        remedy = "verify where the data are"
        finding = Finding("verify/no-registry", "the registry is not here to derive from", None, {}, remedy)
        raise FindingsError([*found, finding])
    say(f"deriving {name} again")
    try:
        again = derive_store(project, date.fromisoformat(lock.cutoff), remember=False)
    except FindingsError as error:  # what changed since the cut was signed is said first
        raise FindingsError([*found, *error.findings]) from None
    found += _check_results(name, locked, again)
    if found:
        raise FindingsError(found)
    click.echo(f"{name}: {len(locked.results)} results derived again, all equal; {lock.store[:12]}")


def _check_inputs(lock: Lock, project: Project) -> list[Finding]:
    now = input_digests(project)
    return [
        Finding(
            "verify/input",
            f"the {what} is not the one that was signed off",
            Place(f"{FOLDER}/{lock.name}"),
            {"signed": digest[:12], "have": now[what][:12]},
            "restore it from version control, or lock the present cut under another name",
        )
        for what, digest in lock.inputs.items()
        if what in now and what != TOOL and now[what] != digest
    ]


def _check_results(name: str, locked: Store, again: Store) -> list[Finding]:
    changes = compare_stores(locked, again)
    every = (*changes.appeared, *changes.went, *changes.changed)
    found = [
        Finding(
            "verify/result",
            f"{change.key} is derived otherwise than it was signed off",
            Place(f"{FOLDER}/{name}"),
            _facts(change),
        )
        for change in every
    ]
    words = [key for key in locked.results if key in again and _words(locked, key) != _words(again, key)]
    found += [
        Finding("verify/meaning", f"the definition of {key} reads otherwise", Place(f"{FOLDER}/{name}"))
        for key in words
    ]
    return found


def _facts(change: ResultChange) -> dict[str, str]:
    facts = {"signed": headline(change.old), "have": headline(change.new)}
    if facts["signed"] == facts["have"]:
        facts = {}  # what a line shows of it is equal: only the rest tells
    if change.old is not None and change.new is not None:
        facts["differs"] = "; ".join(what_changed(change.old, change.new))
    return facts


def _words(store: Store, key: str) -> tuple[str, str, str]:
    meaning = store[key].meaning
    return meaning.label, meaning.population, meaning.method

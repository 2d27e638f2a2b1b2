"""`tieout lock`: sign the present cut off and freeze it."""

from __future__ import annotations

import click

from tieout.cli._study import open_project
from tieout.cli._update import bring_up_to_date
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.freshness import input_digests, stale_inputs
from tieout.values.lock import Lock, read_locks, write_lock
from tieout.values.moment import moment
from tieout.values.store import read_store


@click.command()
@click.argument("name", required=False)
@click.option("--by", "by", help="Who signs the cut off.")
def command(name: str | None, by: str | None) -> None:
    """Sign the present cut off: freeze its store and the hashes of data, protocol and code in locks/NAME/.

    A locked cut is never derived again or overwritten. Without a name, list what is locked.

    \b
    Example:
        tieout lock submission-1 --by "A. Reviewer"
        tieout lock
    """
    project = open_project()
    if name is None:
        locks = read_locks(project)
        if not locks:
            click.echo(
                'no cut is locked: tieout lock submission-1 --by "A. Reviewer" signs the present one off'
            )
        for lock in locks:
            click.echo(f"{lock.name}: cut of {lock.cutoff}, {lock.store[:12]}, by {lock.by} on {lock.on}")
        return
    if not by or not by.strip():
        raise click.UsageError('say who signs it off: --by "A. Reviewer"')
    bring_up_to_date(project)
    store = read_store(project.results)
    if stale := stale_inputs(store, project):
        facts = {"changed": ", ".join(stale)}
        place = Place(project.relative(project.results))
        raise FindingsError([Finding("lock/stale", "stale results cannot be signed off", place, facts)])
    if "registry" not in input_digests(project):
        remedy = "sign off where the data are"
        raise FindingsError([Finding("lock/no-registry", "the registry is not here", None, {}, remedy)])
    today = moment().date().isoformat()
    lock = Lock(name, by.strip(), today, str(store.study.get("cutoff")), store.digest, dict(store.inputs))
    file = write_lock(lock, store, project)
    click.echo(f"{project.relative(file)}: commit the folder, and the cut stays as it is")

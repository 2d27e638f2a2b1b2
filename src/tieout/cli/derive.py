"""`tieout derive`."""

from __future__ import annotations

from datetime import datetime

import click

from tieout.cli._study import derive_store, open_project, say
from tieout.values.store import write_store


@click.command()
@click.option(
    "--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Derive as of this date instead of the protocol's."
)
def command(cutoff: datetime | None) -> None:
    """Read the registry, check it, and write every result to results/.

    \b
    Example:
        tieout derive
        tieout derive --cutoff 2023-06-30
    """
    project = open_project()
    say(f"deriving from {project.relative(project.data)}/")
    store = derive_store(project, cutoff.date() if cutoff else None)
    changed = write_store(store, project.results)
    folder = project.relative(project.results)
    click.echo(
        f"{folder}/ {'holds' if changed else 'already held'} {len(store.results)} results, {store.digest[:12]}"
    )

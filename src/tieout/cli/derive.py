"""`tieout derive`: read the registry, check it, and write the results."""

from __future__ import annotations

from datetime import date, datetime

import click

from tieout.cli._study import open_project, say, second_opinion, write_data_set
from tieout.cli._update import show_changes, update_store


@click.command()
@click.option(
    "--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Derive as of this date instead of the protocol's."
)
@click.option("--next-cut", is_flag=True, help="Go on from a locked cut, which stays in locks/.")
@click.option("--cross-check", is_flag=True, help="First have lifelines and statsmodels compute it again.")
@click.option("--analysis-data", is_flag=True, help="Write one row a patient, for SAS or R; git ignores it.")
@click.option("--quiet", is_flag=True, help="Do not compare the documents with the cut before.")
def command(
    cutoff: datetime | None, *, next_cut: bool, cross_check: bool, analysis_data: bool, quiet: bool
) -> None:
    """Read the registry, check it, and write every result to results/.

    When the results changed, _output/changes.html shows what reads otherwise in every document.
    With --cross-check nothing is written where another program computes another number.

    \b
    Example:
        tieout derive
        tieout derive --cutoff 2023-06-30
        tieout derive --cross-check --analysis-data
    """
    until = cutoff.date() if cutoff else None
    if until and until > date.today():  # noqa: DTZ011  (the day on the author's own calendar)
        raise click.BadParameter(f"{until} is still to come", param_hint="--cutoff")
    project = open_project()
    if cross_check:
        say("computing the estimates twice")
        click.echo(second_opinion(project, until))
    if analysis_data:
        path, rows = write_data_set(project, until)
        click.echo(f"{project.relative(path)} holds {rows} patients, one row each: it stays out of git")
    say(f"deriving from {project.relative(project.data)}/")
    update = update_store(project, until, next_cut=next_cut)
    folder, store = project.relative(project.results), update.store
    holds = "holds" if update.is_changed else "already held"
    click.echo(f"{folder}/ {holds} {len(store.results)} results, {store.digest[:12]}")
    if update.is_changed and not quiet:
        click.echo(show_changes(project, update))

"""`tieout fetch`: fetch records and data dictionary from REDCap."""

from __future__ import annotations

import click

from tieout.cli._study import open_project, say


@click.command()
def command() -> None:
    """Fetch a REDCap project's records and data dictionary by its API into data/.

    The address and the token come from the environment: REDCAP_URL and REDCAP_TOKEN. The files before are
    replaced only when both have come.

    \b
    Example:
        tieout fetch
    """
    from tieout.sources.redcap.fetch import run_fetch  # noqa: PLC0415  (keeps --help quick)

    project = open_project()
    say("asking REDCap")
    for path in run_fetch(project.data):
        click.echo(project.relative(path))

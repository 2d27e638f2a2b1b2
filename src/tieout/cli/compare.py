"""`tieout compare`: show each sentence, cell and curve that two cuts change."""

from __future__ import annotations

import sys

import click

from tieout.cli._stores import find_store
from tieout.cli._study import open_project, say
from tieout.cli._update import write_changes


@click.command()
@click.argument("old", default="previous")
@click.argument("new", default="results")
@click.option("--mail", is_flag=True, help="Print only the summary for a mail to the co-authors.")
def command(old: str, new: str, *, mail: bool) -> None:
    """Run the documents against two stores and show each sentence, table cell and curve that changed.

    OLD and NEW are folders, locked cuts, or revisions of git; without them, the cut before is compared with
    the results in place. Writes _output/changes.html.

    \b
    Example:
        tieout compare HEAD~1
        tieout compare submission-1 results
    """
    from tieout.document.changes_page import mail_text, terminal_lines  # noqa: PLC0415  (keeps --help quick)

    project = open_project()
    before, after = find_store(old, project), find_store(new, project)
    say("running the documents against both")
    changes, page = write_changes(project, before, after)
    if mail:
        click.echo(mail_text(changes))
        return
    for line in terminal_lines(changes, colour=sys.stdout.isatty()):
        click.echo(line)
    click.echo(page)

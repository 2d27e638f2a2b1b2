"""`tieout pre-render`: derive and audit before Quarto renders."""

from __future__ import annotations

import click

from tieout.cli._study import open_project
from tieout.cli._update import bring_up_to_date


@click.command()
def command() -> None:
    """Derive when needed, run and audit every document, and report all findings with file and line.

    Quarto by itself stops at the first error and names no line; _quarto.yml calls this first.

    \b
    Example:
        tieout pre-render
    """
    from tieout.document.audited import require_bound_documents  # noqa: PLC0415  (keeps --help quick)

    project = open_project()
    bring_up_to_date(project)
    for finding in require_bound_documents(project):
        click.echo(str(finding), err=True)

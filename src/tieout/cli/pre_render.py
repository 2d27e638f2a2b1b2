"""`tieout pre-render`, which Quarto calls before it renders."""

from __future__ import annotations

import click

from tieout.cli._study import open_project
from tieout.cli.render import bring_up_to_date


@click.command()
def command() -> None:
    """Derive when needed, run every document, and report all findings with file and line.

    Quarto by itself stops at the first error and names no line; _quarto.yml calls this first.

    \b
    Example:
        tieout pre-render
    """
    from tieout.document.render import run_sources  # noqa: PLC0415  (keeps --help quick)
    from tieout.document.source import read_source  # noqa: PLC0415

    project = open_project()
    bring_up_to_date(project)
    run_sources([read_source(project.root / name, project.root) for name in project.documents], project)

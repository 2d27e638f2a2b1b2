"""`tieout venues`: list the venues' rules, or hold a document against them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.values.finding import FindingsError

if TYPE_CHECKING:
    from tieout.venue.budget import Budget


@click.command()
@click.argument("name", required=False)
@click.argument("document", required=False, metavar="[FILE.qmd]")
@click.option("--portal", is_flag=True, help="Print the abstract as the submission site takes it.")
def command(name: str | None, document: str | None, portal: bool) -> None:
    """List the venues whose rules are known, show one, or hold a document against it.

    A document chooses its venue in its front matter, `venue: asco-gu`. Further venues are files in the
    study's folder venues/.

    \b
    Example:
        tieout venues
        tieout venues asco-gu
        tieout venues asco-gu abstract.qmd --portal
    """
    from tieout.venue.profile import list_profiles, read_profile  # noqa: PLC0415  (keeps --help light)
    from tieout.venue.rules import rules_text, summary  # noqa: PLC0415  (the same)

    if portal and not document:
        raise click.UsageError("--portal needs a document: tieout venues asco-gu abstract.qmd --portal")
    if name and document:
        _hold(name, document, portal=portal)
        return
    root = _root()
    if name:
        click.echo(rules_text(read_profile(name, root)))
        return
    for known in list_profiles(root):
        profile = read_profile(known, root)
        click.echo(f"{known:20} {profile.name}: {summary(profile)}")


def _hold(name: str, document: str, *, portal: bool) -> None:
    """Print a document's budget or its portal text, and raise what breaks the venue's rules."""
    from tieout.cli._findings import tell  # noqa: PLC0415  (keeps --help light)
    from tieout.cli._study import open_project  # noqa: PLC0415  (the same)
    from tieout.document.parse import parse_document  # noqa: PLC0415  (the same)
    from tieout.document.render import run_sources  # noqa: PLC0415  (the same)
    from tieout.document.source import read_source  # noqa: PLC0415  (the same)
    from tieout.venue.budget import abstract_budget, text_budget  # noqa: PLC0415  (the same)
    from tieout.venue.check import check_tree  # noqa: PLC0415  (the same)
    from tieout.venue.parts import abstract_parts, manuscript_parts  # noqa: PLC0415  (the same)
    from tieout.venue.portal import portal_text  # noqa: PLC0415  (the same)
    from tieout.venue.profile import csl_path, read_profile  # noqa: PLC0415  (the same)

    project = open_project()
    profile = read_profile(name, project.root)
    (executed,) = run_sources([read_source(Path(document).resolve(), project.root)], project)
    # references count by their style
    tree = parse_document(executed, project, csl_path(profile, project.root))
    if portal:
        click.echo(portal_text(abstract_parts(tree), profile), nl=False)
    else:
        _say("abstract", abstract_budget(abstract_parts(tree), profile))
        _say("text", text_budget(manuscript_parts(tree), profile))
    tell(check_tree(tree, name, project.root, document))


def _say(what: str, budget: Budget | None) -> None:
    """Print how much of the limit each part takes."""
    if budget is None:
        return
    click.echo(f"{what}: {budget}")
    for part, size in budget.lines:
        click.echo(f"    {size:7,}  {part}")


def _root() -> Path | None:
    """Return the study's folder; outside of a study the tool's own venues are shown."""
    from tieout.values.project import project_root  # noqa: PLC0415  (keeps --help light)

    try:
        return project_root(Path.cwd())
    except FindingsError:
        return None

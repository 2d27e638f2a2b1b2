"""`tieout submit`: make the package that goes to a journal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli._study import load, open_project
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.store import read_store

if TYPE_CHECKING:
    from tieout.values.project import Project


@click.command()
@click.argument("document", required=False, metavar="[MANUSCRIPT.qmd]")
@click.option(
    "--venue", default="", metavar="NAME", help="The journal; by default the document's own `venue:`."
)
@click.option("--rehearse", is_flag=True, help="Make a marked package of synthetic data or an unsigned cut.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="The folder to write.")
def command(document: str | None, venue: str, rehearse: bool, output: Path | None) -> None:
    """Make one folder and one ZIP, ready to upload, and a ZIP without authors for reviewers.

    They hold the title page, the manuscript blinded and in full, tables and figures apart, the supplement,
    the STROBE checklist, the store, a statement on reproducibility, and the archive copy.

    \b
    Example:
        tieout submit manuscript.qmd --venue jco --rehearse
    """
    from tieout.submit.package import front_of, make_submission, write_submission  # noqa: PLC0415  (keeps --help light)
    from tieout.venue.profile import read_profile  # noqa: PLC0415  (the same)

    project = open_project()
    name = document or _manuscript(project)
    if name not in project.documents:
        need = ", ".join(project.documents)
        raise FindingsError(
            [Finding("submit/document", f"there is no document {name}", None, {"documents": need})]
        )
    chosen = venue or str(front_of(name, project).get("venue", ""))
    made = make_submission(
        project,
        read_store(project.results),
        name,
        read_profile(chosen, project.root) if chosen else None,
        dictionary=_dictionary(project),
        command=" ".join(["tieout", *sys.argv[1:]]),
        rehearse=rehearse,
    )
    folder = output or project.output / f"submission-{chosen or Path(name).stem}"
    for note in made.notes:
        click.echo(str(note), err=True)
    for path in write_submission(made, folder.resolve()):
        click.echo(project.relative(path))


def _manuscript(project: Project) -> str:
    """Return the document to submit where none is named: the one called manuscript, or the only one."""
    named = [name for name in project.documents if Path(name).stem == "manuscript"]
    if named or len(project.documents) == 1:
        return (named or list(project.documents))[0]
    raise FindingsError(
        [Finding("submit/document", "which document is the manuscript?", Place("_quarto.yml"), {}, "name it")]
    )


def _dictionary(project: Project) -> str:
    """Return the data dictionary: of the registry's own description, which needs no patient row."""
    from tieout.sources.dictionary import dictionary_markdown  # noqa: PLC0415  (the data branch, only here)

    return dictionary_markdown(load(project.registry, "registry"))

"""`tieout render`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click

from tieout.cli._study import derive_store, open_project, say
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.freshness import registry_files, stale_inputs
from tieout.values.project import Project
from tieout.values.store import RESULTS_FILE, read_store, write_store

SUFFIXES = ("html", "pdf", "docx", "txt")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--to", "to", default="", metavar="html,pdf,docx,txt", help="Only these formats.")
@click.option("--engine", type=click.Choice(["embedded", "quarto"]), default="embedded", show_default=True)
def command(files: tuple[str, ...], to: str, engine: str) -> None:
    """Render the study's documents into _output/, deriving first when the registry changed.

    \b
    Example:
        tieout render
        tieout render abstract.qmd --to pdf,txt
    """
    only = tuple(part.strip() for part in to.split(",") if part.strip())
    if unknown := [suffix for suffix in only if suffix not in SUFFIXES]:
        raise click.BadParameter(
            f"there is no format {unknown[0]}; choose from {', '.join(SUFFIXES)}", param_hint="--to"
        )
    project = open_project()
    names = [_document_name(file, project) for file in files]
    bring_up_to_date(project)
    if engine == "quarto":
        _run_quarto(project, names, only)
        return
    from tieout.document.render import plan_documents, render_jobs  # noqa: PLC0415  (keeps --help quick)

    jobs = plan_documents(project, names, only)
    if not jobs:
        click.echo(f"{project.relative(project.output)}/ is up to date")
        return
    for path in render_jobs(jobs, project, say):
        click.echo(project.relative(path))


def bring_up_to_date(project: Project) -> None:
    """Derive when the registry is present and the store is absent or stale.

    Raises
    ------
    FindingsError
        when the store is stale and the registry is not there to derive from.
    """
    present = bool(registry_files(project))
    if not (project.results / RESULTS_FILE).is_file() and present:
        stale = ["results"]
    else:
        stale = stale_inputs(read_store(project.results), project)
    if not stale:
        return
    if not present:
        facts = {"changed": ", ".join(stale)}
        remedy = "derive where the registry is, and bring results/ here"
        place = Place(project.relative(project.results))
        raise FindingsError(
            [
                Finding(
                    "store/stale",
                    "the results are older than what they are derived from",
                    place,
                    facts,
                    remedy,
                )
            ]
        )
    say(f"deriving: {', '.join(stale)} changed")
    write_store(derive_store(project), project.results)


def _document_name(file: str, project: Project) -> str:
    path = Path(file).resolve()
    return project.relative(path) if path.is_relative_to(project.root) else file


def _run_quarto(project: Project, names: list[str], only: tuple[str, ...]) -> None:
    program = shutil.which("quarto")
    if program is None:
        remedy = "install Quarto from quarto.org, or render with the embedded engine"
        raise FindingsError([Finding("machine/quarto", "quarto is not on the PATH", None, {}, remedy)])
    base = {"html": "html", "pdf": "typst", "docx": "docx", "txt": "plain"}
    for name in names or project.documents:
        targets = ["all"] if not only else [_quarto_format(project, name, base[suffix]) for suffix in only]
        for target in [target for target in targets if target]:
            done = subprocess.run([program, "render", name, "--to", target], cwd=project.root, check=False)
            if done.returncode:
                raise FindingsError(
                    [Finding("document/quarto", f"quarto could not render {name}", Place(name))]
                )


def _quarto_format(project: Project, name: str, base: str) -> str:
    """Return the document's own name for a format: manuscript-typst for typst."""
    from tieout.document.source import read_source  # noqa: PLC0415  (keeps --help quick)

    formats = read_source(project.root / name, project.root).front.get("format") or {}
    names = [formats] if isinstance(formats, str) else list(formats)
    return next((str(given) for given in names if str(given).rpartition("-")[2] == base), "")

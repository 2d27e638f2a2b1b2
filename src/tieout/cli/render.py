"""`tieout render`: render the documents, deriving first where needed."""

from __future__ import annotations

import click

from tieout.cli._documents import named_documents
from tieout.cli._study import open_project, say
from tieout.cli._update import bring_up_to_date
from tieout.document.formats import SUFFIX
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--to", "to", metavar="html,pdf,docx,txt", help="Only these formats.")
@click.option("--engine", type=click.Choice(["embedded", "quarto"]), default="embedded", show_default=True)
@click.option("--allow-stale", is_flag=True, help="Render stale results; every output then says so.")
@click.option("--show-identifiers", is_flag=True, help="Say which of the registry's identifiers was found.")
def command(
    files: tuple[str, ...], to: str | None, engine: str, *, allow_stale: bool, show_identifiers: bool
) -> None:
    """Render the study's documents into _output/, deriving first when the registry changed.

    \b
    Example:
        tieout render
        tieout render abstract.qmd --to pdf,txt
    """
    only = tuple(part.strip() for part in to.split(",")) if to is not None else ()
    if unknown := [suffix for suffix in only if suffix not in SUFFIX.values()]:
        known, named = ", ".join(SUFFIX.values()), f" {unknown[0]}".rstrip()
        raise click.BadParameter(f"there is no format{named}; choose from {known}", param_hint="--to")
    if allow_stale and engine == "quarto":
        raise click.UsageError("--allow-stale marks the outputs of the embedded engine only")
    if show_identifiers and engine == "quarto":
        raise click.UsageError("the embedded engine looks for identifiers; after Quarto: tieout audit")
    project = open_project()
    names = named_documents(files, project)
    mark = bring_up_to_date(project, allow_stale=allow_stale)
    if engine == "quarto":
        _run_quarto(project, names, only)
        return
    from tieout.document.plan import plan_documents  # noqa: PLC0415  (Quarto needs none)

    jobs = plan_documents(project, names, only, mark)
    if not jobs:
        click.echo(f"{project.relative(project.output)}/ is up to date")
        return
    from tieout.cli._identifiers import inspector  # noqa: PLC0415  (when nothing changed, no renderer is loaded)
    from tieout.document.render import Checks, render_jobs  # noqa: PLC0415  (as above)

    checks = Checks(
        lambda finding: click.echo(str(finding), err=True), inspector(project, show=show_identifiers)
    )
    for path in render_jobs(jobs, project, say, checks):
        click.echo(project.relative(path))


def _run_quarto(project: Project, names: list[str], only: tuple[str, ...]) -> None:
    import shutil  # noqa: PLC0415  (only for Quarto)
    import subprocess  # noqa: PLC0415  (as above)

    program = shutil.which("quarto")
    if program is None:
        remedy = "install Quarto from quarto.org, or render with the embedded engine"
        raise FindingsError([Finding("machine/quarto", "quarto is not on the PATH", None, {}, remedy)])
    base = {suffix: name for name, suffix in SUFFIX.items()}
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
    from tieout.document.source import read_source  # noqa: PLC0415  (only for Quarto)

    formats = read_source(project.root / name, project.root).front.get("format") or {}
    names = [formats] if isinstance(formats, str) else list(formats)
    return next((str(given) for given in names if str(given).rpartition("-")[2] == base), "")

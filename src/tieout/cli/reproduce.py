"""`tieout reproduce`: hold published figures against the derived ones."""

from __future__ import annotations

from pathlib import Path

import click

from tieout.values.finding import FindingsError


@click.command()
@click.option(
    "--published",
    default="analysis/published.toml",
    metavar="FILE",
    show_default=True,
    help="The published figures, with the results that correspond to them.",
)
@click.option(
    "--to",
    "target",
    default="docs/reproduction.md",
    metavar="FILE",
    show_default=True,
    help="Where the account is written.",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; fail when the account is not the one in the file."
)
def command(published: str, target: str, check: bool) -> None:
    """Account for every published figure: it agrees with the derived one, or differs, and why.

    \b
    Example:
        tieout reproduce
        tieout reproduce --check
    """  # fmt: skip
    from tieout.audit.reproduction import (  # noqa: PLC0415  (so that --help stays quick)
        check_explained,
        compare_figures,
        read_published,
        report,
    )
    from tieout.values.finding import Finding, Place  # noqa: PLC0415
    from tieout.values.project import read_project  # noqa: PLC0415
    from tieout.values.store import read_store  # noqa: PLC0415

    project = read_project(Path())
    store = read_store(project.results)
    source, figures = read_published(project.root / published, published)
    compared = compare_figures(figures, store)
    if found := check_explained(compared, published):
        raise FindingsError(found)
    path, text = project.root / target, report(source, compared, store)
    have = path.read_text(encoding="utf-8") if path.is_file() else ""
    if check and have != text:
        message = "the account of published figures is not the one that the store gives"
        raise FindingsError([Finding("reproduce/stale", message, Place(target), {}, "run: tieout reproduce")])
    if not check and have != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    agreeing = sum(one.agrees for one in compared)
    click.echo(f"{target}: {agreeing} of {len(compared)} published figures agree")

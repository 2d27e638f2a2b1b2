"""`tieout word`: take a Word file back from the co-authors."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli._findings import tell
from tieout.cli._study import open_project
from tieout.values.finding import Finding, FindingsError
from tieout.values.moment import moment

if TYPE_CHECKING:
    from tieout.values.project import Project
    from tieout.word.baseline import Baseline

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Take a Word file back from the co-authors: bring its numbers up to date, see what they changed."""


@command.command(short_help="Bring every number of FILE up to date in place.")
@click.argument("file", type=_FILE)
@click.option("--tracked", is_flag=True, help='Write tracked changes by "Tieout".')
@click.option("--document", default="", metavar="FILE.qmd", help="The document that it was made from.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there instead.")
def refresh(file: Path, tracked: bool, document: str, output: Path | None) -> None:
    """Bring every number of FILE up to date in place, and touch nothing else.

    A claim that no longer holds becomes a comment at its place; what could not be brought up to date is
    listed, and the exit code is 1.

    \b
    Example:
        tieout word refresh "manuscript JD edits.docx" --tracked
    """
    from tieout.values.store import read_store  # noqa: PLC0415  (keeps --help light)
    from tieout.word.baseline import made_from  # noqa: PLC0415  (the same)
    from tieout.word.floats import refresh_floats  # noqa: PLC0415  (the same)
    from tieout.word.package import read_package, write_package  # noqa: PLC0415  (the same)
    from tieout.word.refresh import make_printer, refresh_values  # noqa: PLC0415  (the same)

    project = open_project()
    baseline = _baseline(file, project, document)
    store = read_store(project.results)
    printer = make_printer(store, baseline.style)
    before = read_package(file)
    done = refresh_values(
        before, printer, file.name, broken_claims=baseline.broken, tracked=tracked, date=_date()
    )
    floats = refresh_floats(done.package, baseline.package, printer.book, file.name)
    package = made_from(floats.package, store)
    if package.parts != before.parts or output:
        write_package(package, output or file)
    for change in done.changes:
        click.echo(f"{change.place}: r.{change.key}: {change.old} -> {change.new}")
    for line in floats.changes:
        click.echo(line)
    total = len(done.changes) + len(floats.changes)
    click.echo(f"{total} change{'s' if total != 1 else ''} in {(output or file).name}")
    tell([*done.findings, *floats.findings, *baseline.findings])


@command.command(short_help="List what co-authors did to FILE.")
@click.argument("file", type=_FILE)
@click.option("--document", default="", metavar="FILE.qmd", help="The document that it was made from.")
def review(file: Path, document: str) -> None:
    """List what co-authors did to FILE, and write it as comments into a copy, FILE.review.docx.

    FILE.review.html shows the paragraphs that differ side by side, ties restored, ready to paste.

    \b
    Example:
        tieout word review "manuscript JD edits.docx"
    """
    from tieout.values.store import read_store  # noqa: PLC0415  (keeps --help light)
    from tieout.word.baseline import store_of_file  # noqa: PLC0415  (the same)
    from tieout.word.package import read_package, write_package  # noqa: PLC0415  (the same)
    from tieout.word.refresh import make_printer  # noqa: PLC0415  (the same)
    from tieout.word.review import review_file  # noqa: PLC0415  (the same)
    from tieout.word.side_by_side import side_by_side  # noqa: PLC0415  (the same)

    project = open_project()
    edited = read_package(file)
    current = read_store(project.results)
    baseline = _baseline(file, project, document)
    if baseline.package is None:
        broken = [
            Finding(
                "word/false-claim", f"the data no longer bear out “{claim.words}”", None, {}, claim.reason
            )
            for claim in baseline.broken
        ]
        raise FindingsError([*baseline.findings, *broken] or [_no_word_output(document or file.name)])
    origin = store_of_file(edited, project, current)
    made = review_file(
        edited,
        baseline.package,
        make_printer(current, baseline.style),
        file.name,
        printed=make_printer(origin, baseline.style) if origin else None,
        claims=baseline.claims,
        date=_date(),
    )
    copy, page = file.with_suffix(".review.docx"), file.with_suffix(".review.html")
    write_package(made.commented, copy)
    page.write_text(side_by_side(file.name, made.findings, made.differences), encoding="utf-8", newline="\n")
    count = len(made.differences)
    click.echo(f"{count} paragraph{'s' if count != 1 else ''} differ{'s' if count == 1 else ''}: {page.name}")
    click.echo(f"comments: {copy.name}")
    tell(made.findings)


def _baseline(file: Path, project: Project, document: str) -> Baseline:
    from tieout.word.baseline import choose_document, read_baseline  # noqa: PLC0415  (keeps --help light)

    return read_baseline(project, choose_document(file.name, project, document))


def _no_word_output(name: str) -> Finding:
    return Finding(
        "word/no-output",
        f"{name} comes from a document without a Word output",
        None,
        {},
        "add docx to its formats",
    )


def _date() -> str:
    """Return the date of comments and tracked changes as Word writes it."""
    return moment().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""`tieout check`: find the numbers of any text that cannot all be true."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tieout.cli import EXIT_FINDINGS

if TYPE_CHECKING:
    from tieout.values.finding import Finding

EXIT_USAGE = 2
_READABLE = (".txt", ".md", ".markdown", ".qmd", ".docx", ".html", ".htm", ".xhtml", ".pdf")
_FEW = 24  # fewer files are read faster than a second process starts
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    path: str
    form: str
    rounding: bool
    verbose: bool


@dataclass(frozen=True, slots=True)
class _Done:
    count: int
    shown: str
    items: list[dict[str, Any]]
    errors: tuple[Finding, ...] = ()


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True
)
@click.option("--rounding", is_flag=True, help="Also show differences within one unit of the last digit.")
@click.option("--verbose", "-v", is_flag=True, help="Also list what was read and what it was held against.")
@click.option("--explain", is_flag=True, help="Print how each rule works and its source, and stop.")
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes to use; by default one a core.")
def command(  # noqa: PLR0917  (click passes them by name)
    files: tuple[str, ...],
    form: str,
    rounding: bool,
    verbose: bool,
    explain: bool,
    jobs: int | None,
) -> None:
    """Find numbers that cannot all be true in TXT, Markdown, DOCX, HTML or PDF files.

    FILE may be a folder, or - for standard input. Exit 0: nothing found; 1: findings; 2: a file could not be
    read, or the command was not understood.

    \b
    Example:
        tieout check abstract.docx
        tieout check submissions/ --format json
        pbpaste | tieout check -
    """
    if explain:
        from tieout.audit.check.explain import explain as explained  # noqa: PLC0415  (not needed to check)

        click.echo(explained(), nl=False)
        return
    if not files:
        raise click.UsageError("name at least one file, or - for standard input")
    if verbose and form != "text":
        raise click.UsageError("--verbose goes with --format text")
    paths, empty = _expanded(files)
    tasks = [_Task(index, path, form, rounding, verbose) for index, path in enumerate(paths)]
    done = _report(tasks, form, jobs)
    errors = [*empty, *(error for one in done for error in one.errors)]
    for error in errors:
        click.echo(str(error), err=True)
    sys.exit(EXIT_USAGE if errors else EXIT_FINDINGS if any(one.count for one in done) else 0)


def _expanded(files: Iterable[str]) -> tuple[list[str], list[Finding]]:
    """Return the files, those of a folder by name, and a finding for each folder that gives none."""
    from tieout.values.finding import Finding, Place  # noqa: PLC0415  (after --help)

    paths, found = [], []
    for name in files:
        folder = Path(name)
        if name == "-" or not folder.is_dir():
            paths.append(name)
            continue
        inside = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _READABLE)
        paths += [str(path) for path in inside if path.is_file()]
        if not inside:
            remedy = "save the texts as DOCX, PDF, HTML, Markdown or TXT"
            message = "this folder holds no file that can be read"
            found.append(Finding("text/none", message, Place(name), {}, remedy))
    return paths, found


def _report(tasks: Sequence[_Task], form: str, jobs: int | None) -> list[_Done]:
    """Print the findings as they come, or the whole at the end where the format needs it."""
    done: list[_Done] = []
    for one in _progress(_run(tasks, jobs), len(tasks)):
        done.append(one)
        if form == "text" and one.shown:
            click.echo(one.shown, nl=False)
    count = sum(one.count for one in done)
    if form == "json":
        from tieout.audit.check.report import machine  # noqa: PLC0415  (one format a run)

        click.echo(machine.dump([item for one in done for item in one.items]))
    elif form == "html":
        from tieout.audit.check.report import page  # noqa: PLC0415  (one format a run)

        click.echo(page.page((one.shown for one in done), count, len(done)), nl=False)
    else:
        found = f"{count} finding{'' if count == 1 else 's'}"
        read = sum(not one.errors for one in done)
        click.echo(f"{found} in {read} text{'' if read == 1 else 's'}", err=True)
    return done


def _run(tasks: Sequence[_Task], jobs: int | None) -> Iterator[_Done]:
    if (len(tasks) <= _FEW and jobs is None) or jobs == 1 or any(task.path == "-" for task in tasks):
        yield from map(_checked, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  (few files need no second process)

    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_checked, tasks, chunksize=_CHUNK)


def _progress(done: Iterator[_Done], total: int) -> Iterator[_Done]:
    """Show how far a long run is, on a terminal only, where standard output goes elsewhere."""
    if total <= _FEW or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from done
        return
    with click.progressbar(done, length=total, label="checking", file=sys.stderr) as bar:
        yield from bar


def _checked(task: _Task) -> _Done:
    """Read and check one file; runs in any process."""
    from tieout.audit.check.explain import what_was_read  # noqa: PLC0415  (after --help)
    from tieout.audit.check.reading import read  # noqa: PLC0415
    from tieout.audit.check.report import machine, page, terminal  # noqa: PLC0415
    from tieout.audit.check.run import check_reading  # noqa: PLC0415
    from tieout.text.read import read_text  # noqa: PLC0415
    from tieout.values.finding import FindingsError  # noqa: PLC0415

    try:
        text = read_text(task.path)
    except FindingsError as error:
        return _Done(0, "", [], error.findings)
    reading = read(text.content)
    findings = check_reading(reading, rounding=task.rounding)
    if task.form == "json":
        return _Done(len(findings), "", machine.items(text, findings))
    if task.form == "html":
        return _Done(len(findings), page.section(text, findings, task.number), [])
    shown = terminal.show(text, reading, findings)
    if task.verbose:
        shown += "".join(f"{text.source}: read {line}\n" for line in what_was_read(reading))
    return _Done(len(findings), shown, [])

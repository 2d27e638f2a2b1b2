"""`tieout validate`: check the registry alone, with file, row and column."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli._study import load, open_project, say
from tieout.values.finding import FindingsError

if TYPE_CHECKING:
    from tieout.sources.reading import Reading
    from tieout.sources.registry import Registry
    from tieout.values.project import Project


@click.command()
@click.option("--html/--no-html", default=True, help="Write the report as a page (without cells' content).")
@click.option("--xlsx", is_flag=True, help="Write the rows with findings as a workbook, their cells marked.")
@click.option("--show-rows", is_flag=True, help="Show the content of rows with findings in the page.")
def command(html: bool, xlsx: bool, show_rows: bool) -> None:
    """Check the registry alone: every finding with file, row and column, sorted by what it blocks.

    The reports are written to data/validation/, which git ignores: they are about patients.

    \b
    Example:
        tieout validate
        tieout validate --xlsx
    """
    from tieout.sources.files import as_stored  # noqa: PLC0415  (the data branch loads pandas)
    from tieout.sources.read import load_registry  # noqa: PLC0415

    project = open_project()
    registry: Registry = as_stored(load(project.registry, "registry"), project.data)
    say(f"reading {', '.join(table.name for table in registry.tables)}")
    reading = load_registry(registry, project.data)
    written = _write_reports(project, registry, reading, html=html, xlsx=xlsx, show_rows=show_rows)
    for path in written:
        click.echo(f"{project.relative(path)} written", err=True)
    if not reading.is_usable:
        raise FindingsError(reading.findings)
    for finding in reading.findings:
        click.echo(str(finding))
    aside = Counter(reading.tables["quarantine"]["table"].tolist())
    for name, total in reading.in_file.items():
        click.echo(f"{name}: {total} rows, {total - aside[name]} read, {aside[name]} set aside")


def _write_reports(
    project: Project, registry: Registry, reading: Reading, *, html: bool, xlsx: bool, show_rows: bool
) -> list[Path]:
    from tieout.sources.report import FOLDER, html_report, read_faulty_rows  # noqa: PLC0415
    from tieout.sources.report_workbook import write_workbook  # noqa: PLC0415

    written: list[Path] = []
    if not (html or xlsx):
        return written
    folder = project.data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    needed = registry.tables if xlsx or show_rows else ()
    rows = {table.name: read_faulty_rows(table, project.data, reading.faults) for table in needed}
    if html:
        page = html_report(reading, registry, rows if show_rows else None)
        (folder / "report.html").write_text(page, encoding="utf-8")
        written.append(folder / "report.html")
    if xlsx:
        write_workbook(folder / "report.xlsx", reading.faults, rows)
        written.append(folder / "report.xlsx")
    return written

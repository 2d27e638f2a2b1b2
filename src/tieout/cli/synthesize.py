"""`tieout synthesize`: make a synthetic registry of the study's shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli._study import load, open_project, say
from tieout.values.finding import FindingsError

if TYPE_CHECKING:
    from tieout.sources.registry import Registry


def _read_rows(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> dict[str, int]:
    rows = {}
    for text in texts:
        table, _, number = text.partition("=")
        if not table or not number.isdecimal():
            raise click.BadParameter(f"{text} is not TABLE=NUMBER, such as labs=50")
        rows[table] = int(number)
    return rows


@click.command()
@click.option("--patients", default=200, show_default=True, type=click.IntRange(1), help="How many patients.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another registry.")
@click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="An empty folder."
)
@click.option(
    "--as",
    "kind",
    default="as described",
    show_default=True,
    type=click.Choice(["as described", "csv", "parquet"]),
    help="How the tables are written; Parquet for size.",
)
@click.option(
    "--rows",
    "rows",
    multiple=True,
    metavar="TABLE=NUMBER",
    callback=_read_rows,
    help="So many rows a patient in a table, instead of one to six; may be repeated.",
)
@click.option("--check/--no-check", default=True, help="Read the registry back and check it.")
def command(patients: int, seed: int, folder: Path, kind: str, *, rows: dict[str, int], check: bool) -> None:
    """Make a synthetic registry of the study's shape, from its description alone.

    No patient's row is read: the result can be shared. answers.json says what is true of the tables.

    Laboratory values are plausible for their unit where it is known; what they say means nothing.

    \b
    Example:
        tieout synthesize --patients 200 --to shared/data
        tieout synthesize --patients 1000000 --rows labs=50 --as parquet --to big
    """
    from tieout.derive.units import units  # noqa: PLC0415  (the data branch loads pandas)
    from tieout.sources.read import load_registry  # noqa: PLC0415
    from tieout.sources.synthesis import Wanted, synthesize_in_parts  # noqa: PLC0415
    from tieout.sources.synthetic_files import write_synthetic, written_as  # noqa: PLC0415

    project = open_project()
    registry: Registry = load(project.registry, "registry")
    described = written_as(registry, kind)  # type: ignore[arg-type]  # (click has checked the choice)
    say(f"making {patients} patients")
    ranges = {key: (unit.lowest, unit.highest) for key, unit in units().items()}
    parts = synthesize_in_parts(registry, Wanted(patients, seed, rows, ranges))
    for path in write_synthetic(parts, described, folder):
        click.echo(str(path))
    if check:
        say("reading them back")
        reading = load_registry(described, folder)
        if not reading.is_usable:
            raise FindingsError(reading.findings)

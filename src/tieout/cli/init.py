"""`tieout init`: make a study of your own, ready to render."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--example", default="", metavar="NAME", help="A whole study instead: lupsma.")
@click.option(
    "--from",
    "exports",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Propose the registry from an export; may be given several times.",
)
def command(folder: Path, example: str, exports: tuple[Path, ...]) -> None:
    """Make a study of your own in FOLDER, ready to render.

    Without options it is a small cohort of two groups with synthetic rows. With --from, its registry is
    proposed from your export: types, units, codes, identifiers and dates, for you to correct.

    \b
    Example:
        tieout init my-study
        tieout init my-study --from export.csv
        tieout init lupsma --example lupsma
    """
    from tieout.init.lay import study_files, write_study  # noqa: PLC0415  (keeps --help quick)

    if example and exports:
        raise click.UsageError("--example and --from exclude each other")
    if exports:
        from tieout.init.proposal import propose_study  # noqa: PLC0415  (the data branch loads pandas)

        files, texts = propose_study(study_files(), exports)
    else:
        files, texts = study_files(example), {}
    written = write_study(folder, files, texts)
    click.echo(f"{len(written)} files in {folder}/")
    click.echo(f"next: cd {folder} && tieout {'validate' if exports else 'render'}")

"""The command line: one file a command. `tieout --help` reads their first lines and imports none of them."""

from __future__ import annotations

import contextlib
import importlib
import sys
from pathlib import Path

import click

from tieout.values.finding import Finding, FindingsError

EXIT_FINDINGS, EXIT_BUG = 1, 70


class _Commands(click.Group):
    """Finds the commands among the files of this folder; `pre_render.py` holds `tieout pre-render`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_files())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if (file := _files().get(name)) is None:
            return None
        command: click.Command = importlib.import_module(f"tieout.cli.{file.stem}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _purpose(file)) for name, file in sorted(_files().items())])


def _files() -> dict[str, Path]:
    return {path.stem.replace("_", "-"): path for path in Path(__file__).parent.glob("[!_]*.py")}


def _purpose(file: Path) -> str:
    """Return what a command is for, as the first line of its file says it after the colon."""
    with file.open(encoding="utf-8") as lines:
        text = next(lines).strip().strip('"').partition(": ")[2]
    return text[:1].upper() + text[1:]


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tieout")
def _tieout() -> None:
    """Abstracts and manuscripts whose every number ties out to the data."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command. Exit 0: fine, 1: findings, 2: usage, 70: a bug (with its traceback)."""
    try:
        # without its own error handling, click returns the code of `--help` or of a command's `exit`
        code = _tieout.main(args=arguments, prog_name="tieout", standalone_mode=False)
    except FindingsError as error:
        for finding in error.findings:
            click.echo(str(finding), err=True)
        count = len(error.findings)
        click.echo(f"{count} finding{'s' if count != 1 else ''}", err=True)
        sys.exit(EXIT_FINDINGS)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(EXIT_FINDINGS)
    except Exception as error:  # noqa: BLE001  (the one place that tells a bug from a finding)
        import traceback  # noqa: PLC0415

        if (fault := _study_fault(error) or _refused(error)) is not None:
            click.echo(f"{fault}\n1 finding", err=True)
            sys.exit(EXIT_FINDINGS)
        traceback.print_exc()
        click.echo("this is a bug in tieout, not in your study", err=True)
        sys.exit(EXIT_BUG)
    if isinstance(code, int) and code:
        sys.exit(code)


def _study_fault(error: Exception) -> Finding | None:
    """Return an error of the study's own code as a finding, and keep the whole of it in the study."""
    from tieout.values.project import project_root  # noqa: PLC0415  (only after an error)
    from tieout.values.study_code import study_fault, write_traceback  # noqa: PLC0415  (as above)

    try:
        root = project_root(Path.cwd())
    except FindingsError:
        return None
    fault = study_fault(error, root)
    if fault is not None:
        with contextlib.suppress(OSError):  # what cannot be kept is said all the same
            write_traceback(error, root)
    return fault


def _refused(error: Exception) -> Finding | None:
    """Return what the machine refuses to do with a file (no right, no room) as a finding."""
    from tieout.values.files import refused_file  # noqa: PLC0415  (only after an error)
    from tieout.values.project import project_root  # noqa: PLC0415  (as above)

    if not isinstance(error, OSError):
        return None
    try:
        return refused_file(error, project_root(Path.cwd()))
    except FindingsError:  # a command that needs no study
        return refused_file(error, Path.cwd())

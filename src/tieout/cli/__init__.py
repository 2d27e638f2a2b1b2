"""The command line: one file a command. Heavy imports stand inside the commands: `--help` stays quick."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

from tieout.values.finding import FindingsError

EXIT_FINDINGS, EXIT_BUG = 1, 70


class _Commands(click.Group):
    """Finds the commands among the files of this folder; `reproduce.py` holds `tieout reproduce`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"tieout.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command


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
    except Exception:  # noqa: BLE001  (the one place that tells a bug from a finding)
        import traceback  # noqa: PLC0415

        traceback.print_exc()
        click.echo("this is a bug in tieout, not in your study", err=True)
        sys.exit(EXIT_BUG)
    if isinstance(code, int) and code:
        sys.exit(code)

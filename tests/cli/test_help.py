"""The list of commands is quick, whole, and made of sentences that nobody cut off."""

import subprocess
import sys

import click
import pytest

from tieout import cli

NAMES = sorted(path.stem.replace("_", "-") for path in cli._files().values())


def listed() -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tieout", "--help"], capture_output=True, text=True, check=True
    )
    lines = done.stdout.partition("Commands:\n")[2].splitlines()
    return {name: words for name, _, words in (line.strip().partition("  ") for line in lines)}


def test_every_command_is_listed_with_a_whole_sentence():
    commands = listed()
    assert sorted(commands) == NAMES
    assert "render" in commands
    for name, words in commands.items():
        assert words.strip().endswith("."), name
        assert words.strip()[0].isupper(), name


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_a_command_begins_with_its_name(name):
    file = cli._files()[name]
    assert file.read_text(encoding="utf-8").startswith(f'"""`tieout {name}`: ')
    command = cli._tieout.get_command(click.Context(cli._tieout), name)
    assert command is not None
    assert command.help


def test_the_list_of_commands_imports_no_command():
    code = (
        "import sys\nfrom tieout.cli import main\nmain(['--help'])\nsys.stderr.write(repr(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "tieout.cli" in done.stderr
    for heavy in ("tieout.cli.render", "tieout.values.store", "yaml", "pandas"):
        assert repr(heavy) not in done.stderr


def test_a_run_without_changes_loads_no_renderer():
    code = "import sys, tieout.cli.render, tieout.document.plan\nprint(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "tieout.document.plan" in done.stdout
    for heavy in ("tieout.document.render", "tieout.audit.bound", "tieout.present.table", "tempfile", "lxml"):
        assert repr(heavy) not in done.stdout

"""This repository's study, rendered from a copy without its registry, once for all tests of a process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("analysis", "figures", "tables", "results", "_extensions")
CO_AUTHOR = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"pandas", "lifelines", "statsmodels", "pandera", "scipy"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
from tieout.cli import main
main(["render"])
"""


@pytest.fixture(scope="session")
def outputs(tmp_path_factory) -> Path:
    """Render as a co-author does who has neither the patients nor the libraries of the data branch."""
    study = tmp_path_factory.mktemp("co-author") / "a study"
    study.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", "*.svg", "*.png", "*.pdf")
    for name in PARTS:
        shutil.copytree(ROOT / name, study / name, ignore=ignored)
    for path in [*ROOT.glob("*.qmd"), *ROOT.glob("*.bib"), ROOT / "_quarto.yml"]:
        shutil.copy(path, study)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    command = [sys.executable, "-c", CO_AUTHOR]
    done = subprocess.run(command, cwd=study, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return study / "_output"


def program(name: str) -> str:
    """Return a program's path; a test whose program is absent says so, and fails where CI runs."""
    path = shutil.which(name)
    if path is None:
        message = f"{name} is not installed"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return path


@pytest.fixture
def find_program():
    """Find a program by name, or skip the test with that name."""
    return program

"""This study without its documents, copied into an empty folder."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def study(tmp_path):
    for name in ("analysis", "data", "results"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "derived"))
    shutil.copy(ROOT / "_quarto.yml", tmp_path)
    return tmp_path

"""This study's tables and figures are made from its committed store alone."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path

import pytest

from tieout import figure
from tieout.values.navigate import results

ROOT = Path(__file__).parents[2]


@pytest.fixture
def study(tmp_path, monkeypatch):
    (tmp_path / "_quarto.yml").write_text("project:\n  type: default\n", encoding="utf-8")
    for folder in ("results", "figures", "tables"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.svg", "*.png"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(ROOT))
    return tmp_path


@pytest.mark.parametrize("name", ["baseline", "therapy", "toxicity", "survival"])
def test_each_table_prints_its_results_as_ties(study, name):
    made = importlib.import_module(f"tables.{name}").table(results(study / "results"))
    cells = [part for line in made.model.rows for content in line.cells for part in content.parts]
    loose = [part for part in cells if isinstance(part, str) and any(sign.isdigit() for sign in part)]
    assert loose == []
    assert len(cells) >= 10
    assert made.markdown.startswith("``` {.tieout-table}\n{")


@pytest.mark.parametrize("name", ["flow", "survival", "swimmer", "waterfall", "toxicity"])
def test_each_figure_is_drawn_and_described_with_ties(study, name):
    made = figure(name, results(study / "results"))
    kept = json.loads((study / ".tieout/cache/figures" / f"{name}.json").read_text(encoding="utf-8"))
    assert len(kept["ties"]) >= 2
    assert all(
        tie["text"] in made.alternative or tie["text"] in "\n".join(kept["texts"]) for tie in kept["ties"]
    )
    assert len(made.alternative) > 60
    assert {path.suffix for path in (study / "figures").glob(f"{name}.*")} == {".py", ".svg", ".png"}

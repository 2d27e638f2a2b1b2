from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tieout.cli import doctor
from tieout.cli.doctor import command
from tieout.init.lay import study_files, write_study


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new study, whose modules do not outlive the test: another's are named alike."""
    write_study(tmp_path / "mine", study_files(), {})
    monkeypatch.chdir(tmp_path / "mine")
    for name in _study_modules():
        monkeypatch.delitem(sys.modules, name)
    path = list(sys.path)
    yield tmp_path / "mine"
    sys.path[:] = path
    for name in _study_modules():
        del sys.modules[name]


def _study_modules() -> list[str]:
    return [name for name in sys.modules if name.split(".")[0] == "analysis"]


def test_a_new_study_on_this_machine_is_well(study: Path) -> None:
    result = CliRunner().invoke(command)
    assert result.exit_code == 0, result.output
    assert "ok  registry: 3 of 3 files" in result.output
    assert "--  results: nothing derived yet" in result.output
    assert "try: tieout derive" in result.output


def test_outside_a_study_the_machine_alone_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    assert "ok  pandoc:" in result.output
    assert "--  study: no _quarto.yml here or above" in result.output


def test_a_store_that_cannot_be_read_is_one_answer_among_the_others(study: Path) -> None:
    (study / "results").mkdir()
    (study / "results" / "results.json").write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(command)
    assert result.exit_code != 0
    assert "ok  registry: 3 of 3 files" in result.output
    assert "!!  results: this is not a whole store: it lacks study" in result.output


def test_an_absent_document_and_an_absent_extension_are_wrong(study: Path) -> None:
    (study / "abstract.qmd").unlink()
    (study / "_extensions" / "tieout").rename(study / "_extensions" / "elsewhere")
    result = CliRunner().invoke(command)
    assert result.exception is not None
    assert "!!  abstract.qmd: absent" in result.output
    assert "!!  _extensions/tieout: absent" in result.output


def test_rows_that_git_would_take_are_wrong_and_synthetic_ones_are_not(study: Path) -> None:
    protocol = study / "analysis" / "protocol.toml"
    (study / ".gitignore").write_text("_output/\n")
    subprocess.run(["git", "init", "-q"], check=True)
    assert "privacy" not in CliRunner().invoke(command).output
    protocol.write_text(protocol.read_text().replace("synthetic = true", "synthetic = false"))
    result = CliRunner().invoke(command)
    assert "!!  privacy: git ignores 0 of 3 files of rows" in result.output
    (study / ".gitignore").write_text("data/*\n")
    assert "ok  privacy: git ignores 3 of 3 files of rows" in CliRunner().invoke(command).output


def test_a_package_that_is_absent_is_named_with_its_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "_version", lambda name: "" if name in {"typst", "duckdb"} else "1")
    result = CliRunner().invoke(command)
    assert result.exception is not None
    assert "!!  typst: absent (PDF)" in result.output
    assert "--  duckdb: absent (DuckDB files)" in result.output
    assert "pip install 'tieout[readers]'" in result.output

"""What `tieout validate` writes, and where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from tieout.cli.validate import command
from tieout.values.finding import FindingsError

REGISTRY = """
from tieout.sources import Column, ForeignKey, Registry, Table

REGISTRY = Registry(
    (
        Table("patients", "patients.csv", (
            Column("patient_id", "text", role="identifier"),
            Column("psa", "number", unit="ng/mL", nullable=True),
        ), key=("patient_id",)),
        Table("visits", "visits.csv", (
            Column("patient_id", "text", role="identifier"),
            Column("seen", "date"),
        ), refers=(ForeignKey("patient_id", "patients"),), bad_rows="set aside"),
    ),
)
"""
SECRETS = ("Q-17", "secretive", "=cmd()", "20/07/2022")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [a.qmd]\ntieout:\n  registry: r:REGISTRY\n")
    (tmp_path / "r.py").write_text(REGISTRY)
    data = tmp_path / "data"
    data.mkdir()
    (data / "patients.csv").write_text("patient_id,psa\nQ-17,secretive\nQ-18,=cmd()\nQ-19,3\n")
    (data / "visits.csv").write_text("patient_id,seen\nQ-19,20/07/2022\nQ-19,2022-07-21\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "r", raising=False)
    return tmp_path


def test_the_page_lists_every_finding_without_a_cell_and_stays_out_of_git(study: Path) -> None:
    result = CliRunner().invoke(command)
    assert isinstance(result.exception, FindingsError)
    page = (study / "data/validation/report.html").read_text()
    assert not [secret for secret in SECRETS if secret in page + result.output + str(result.exception)]
    for words in ("not-a-number", "date-format", "Rows set aside", "2, 3"):
        assert words in page
    assert not (study / "_output").exists()
    subprocess.run(["git", "init", "-q"], cwd=study, check=True)
    staged = subprocess.run(
        ["git", "add", "--dry-run", "."], cwd=study, check=True, capture_output=True, text=True
    ).stdout
    assert "data/patients.csv" in staged
    assert "validation" not in staged


def test_the_page_shows_rows_only_when_asked(study: Path) -> None:
    CliRunner().invoke(command, ["--show-rows"])
    page = (study / "data/validation/report.html").read_text()
    assert '<td class="bad">secretive</td>' in page
    assert "Q-17" in page


def test_the_workbook_marks_the_cells_and_runs_nothing(study: Path) -> None:
    CliRunner().invoke(command, ["--xlsx", "--no-html"])
    assert not (study / "data/validation/report.html").exists()
    book = openpyxl.load_workbook(study / "data/validation/report.xlsx")
    assert book.sheetnames == ["Findings", "patients", "visits"]
    sheet = book["patients"]
    assert [cell.value for cell in sheet[1]] == ["Row", "patient_id", "psa"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [2, "Q-17", "secretive"],
        [3, "Q-18", "=cmd()"],
    ]
    assert sheet["C3"].data_type == "s"
    assert sheet["C2"].fill.fgColor.rgb == "00FFC7CE"
    assert "not a number" in sheet["C2"].comment.text
    assert sheet["B2"].comment is None
    assert book["visits"]["C2"].fill.fgColor.rgb == "00FFE699"
    rows = [[cell.value for cell in row][2:4] for row in book["Findings"].iter_rows(min_row=2)]
    assert rows == [[2, "psa"], [3, "psa"], [2, "seen"]]


def test_a_clean_registry_counts_its_rows_and_exits_well(study: Path) -> None:
    (study / "data/patients.csv").write_text("patient_id,psa\nQ-19,3\n")
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    assert "patients: 1 rows, 1 read, 0 set aside" in result.output
    assert "visits: 2 rows, 1 read, 1 set aside" in result.output

"""One document for each way to be wrong, found by its code at its line; its good neighbour passes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tieout.document.bound import check_document
from tieout.document.execute import run_document
from tieout.document.parse import parse_document
from tieout.document.source import read_source
from tieout.values.finding import FindingsError
from tieout.values.freshness import input_digests
from tieout.values.project import Project, read_project
from tieout.values.result import Count, Fact, Meaning, Results, Summary
from tieout.values.store import make_store, write_store

DOCUMENTS = Path(__file__).with_name("documents")
# the code of the finding, its line and column; None where the place is the whole document
WRONG = {
    "distant-denominator": ("audit/denominator", 13),
    "false-claim": ("document/false-claim", 13),
    "false-vocabulary": ("document/false-claim", 13),
    "forged-tie": ("audit/tie", 20),
    "given-unknown-source": ("audit/given-source", 13),
    "given-without-source": ("audit/given-source", 13),
    "great-age": ("disclosure/age", 13),
    "hidden-denominator": ("audit/denominator", 13),
    "loose-beside-a-name": ("audit/loose-number", 13),
    "loose-half": ("audit/loose-number", 13),
    "loose-in-abstract": ("audit/loose-number", 12),
    "loose-in-caption": ("audit/loose-number", 14),
    "loose-in-footnote": ("audit/loose-number", 15),
    "loose-in-formula": ("audit/loose-number", 13),
    "loose-in-include": ("audit/loose-number", 3),
    "loose-in-methods": ("audit/loose-number", 13),
    "loose-in-table": ("audit/loose-number", 15),
    "loose-in-title": ("audit/loose-number", 2),
    "loose-none": ("audit/loose-number", 13),
    "loose-numeral-in-results": ("audit/loose-number", 13),
    "loose-one": ("audit/loose-number", 13),
    "loose-string": ("audit/loose-number", 13),
    "loose-third": ("audit/loose-number", 13),
    "loose-twice": ("audit/loose-number", 13),
    "loose-word-in-results": ("audit/loose-number", 13),
    "single-date": ("disclosure/date", 13),
    "typed-claim": ("audit/typed-mark", 13),
    "typed-tie": ("audit/typed-mark", 13),
    "unclaimed-word": ("audit/unclaimed-word", 13),
    "unsaid-overlap": ("audit/overlap", 13),
}


def summary(low: float, high: float) -> Summary:
    return Summary(35, 0, 72.0, 66.0, 78.0, low, high, 71.4, 8.1, Meaning("Age", "all"), "years")


RESULTS = Results(
    flow=Results(
        stopped=Count(35, 96, Meaning("Stopped")),
        hospice=Count(17, 35, Meaning("Entered hospice", "patients who stopped")),
        overdue=Count(0, 35, Meaning("Overdue", "patients who stopped")),
    ),
    sites=Results(
        bone=Count(30, 35, Meaning("Bone"), overlaps=True),
        liver=Count(9, 35, Meaning("Liver"), overlaps=True),
    ),
    age=summary(52, 87),
    old=summary(52, 94),
    cutoff=Fact(date(2023, 9, 30), Meaning("Data cutoff")),
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    settings = "project:\n  render: []\nexecute:\n  echo: false\nbibliography: references.bib\n"
    (tmp_path / "_quarto.yml").write_text(settings)
    (tmp_path / "references.bib").write_text("@article{sartor2021,\n  title = {A},\n  year = {2021}\n}\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = true\n")
    (tmp_path / "analysis" / "names.txt").write_text("PSA-50  # a response\nCTCAE v5.0\n177Lu-PSMA-617\n")
    for file in DOCUMENTS.iterdir():
        shutil.copy(file, tmp_path)
    made = read_project(tmp_path)
    about = {"title": "A study", "synthetic": True, "cutoff": "2023-09-30"}
    write_store(make_store(RESULTS, about, input_digests(made)), made.results)
    monkeypatch.chdir(tmp_path)
    return made


def findings_on(project: Project, name: str):
    source = read_source(project.root / f"{name}.qmd", project.root)
    try:
        executed = run_document(source, {"echo": False})
    except FindingsError as error:
        return list(error.findings)
    return check_document(executed, parse_document(executed, project), project)


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_bad_document_is_found_wrong_at_its_line_and_for_its_reason_alone(project, name):
    found = findings_on(project, f"{name}.bad")
    assert {finding.code for finding in found} == {WRONG[name][0]}
    assert found[0].place.line == WRONG[name][1]
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize("name", sorted(WRONG))
def test_its_good_neighbour_passes(project, name):
    assert findings_on(project, f"{name}.good") == []


def test_every_document_of_the_folder_is_tried():
    assert {file.name.split(".")[0] for file in DOCUMENTS.glob("*.qmd")} == set(WRONG)


def test_a_loose_number_of_an_included_file_is_reported_in_that_file(project):
    (found,) = findings_on(project, "loose-in-include.bad")
    assert str(found.place) == "_loose.md:3:1"


def test_only_the_softer_findings_let_a_build_pass(project):
    soft = {name for name in WRONG if not any(f.blocks for f in findings_on(project, f"{name}.bad"))}
    assert soft == {"unclaimed-word"}


def test_a_date_of_a_patient_is_not_repeated_in_the_message(project):
    assert "March" not in str(findings_on(project, "single-date.bad")[0])

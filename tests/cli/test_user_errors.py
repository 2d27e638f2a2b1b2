"""What a user does wrong is said as a finding with its place, and never as a bug of the tool."""

import errno
import os
import subprocess
import sys

import pytest

from tieout.values.files import refused_file
from tieout.values.freshness import input_digests
from tieout.values.project import read_project
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store
from tieout.values.study_code import study_fault

ANALYSIS = """\
def derive(tables, protocol):
    rows = list(tables["patients"]["patient_id"])
    return {"P-0001": 1}[rows[-1]]
"""
REGISTRY = """\
from tieout.sources import Column, Registry, Table

REGISTRY = Registry(
    tables=(
        Table(
            "patients",
            "patients.csv",
            columns=(Column("patient_id", "text", role="identifier"),),
            key=("patient_id",),
        ),
    ),
    patient="patient_id",
)
"""
PAPER = "---\ntitle: T\n---\n\n```{python}\n#| include: false\nimport figures\n```\n"


@pytest.fixture
def study(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    analysis = tmp_path / "analysis"
    analysis.mkdir()
    protocol = 'title = "T"\nshort_title = "T"\ntime_zero = "day 1"\nsynthetic = true\ncutoff = 2023-09-30\n'
    (analysis / "protocol.toml").write_text(protocol)
    (analysis / "__init__.py").write_text(ANALYSIS)
    (analysis / "registry.py").write_text(REGISTRY)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "patients.csv").write_text("patient_id\nP-0001\nP-7777\n")
    (tmp_path / "paper.qmd").write_text(PAPER)
    return tmp_path


@pytest.fixture
def derived(study):
    hospice = Count(17, 35, Meaning("In hospice", "patients who stopped", "first event", "analysis"))
    about = {"synthetic": True, "cutoff": "2023-09-30"}
    project = read_project(study)
    store = make_store(Results(flow=Results(hospice=hospice)), about, input_digests(project))
    write_store(store, project.results)
    return study


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "tieout", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_an_error_in_the_analysis_is_a_finding_at_its_line_that_shows_no_cell(study):
    done = run(study, "derive")
    assert done.returncode == 1, done.stderr
    assert (
        "analysis/__init__.py:3: the study's code fails here with KeyError [study/failing-code]"
        in done.stderr
    )
    assert "in: derive()" in done.stderr
    assert "P-7777" not in done.stderr
    assert "bug" not in done.stderr
    assert "KeyError: 'P-7777'" in (study / ".tieout" / "traceback.txt").read_text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("def derive(:", "analysis/__init__.py:1: the study's code fails here with SyntaxError"),
        ("import nosuchmodule", "ModuleNotFoundError: No module named 'nosuchmodule'"),
        ("medain(1)", "NameError: name 'medain' is not defined"),
    ],
)
def test_code_that_cannot_be_read_or_imported_is_named_with_its_file(study, line, said):
    (study / "analysis" / "__init__.py").write_text(f"{line}\n")
    done = run(study, "derive")
    assert done.returncode == 1, done.stderr
    assert said in done.stderr
    assert "analysis/__init__.py:1:" in done.stderr


def test_an_error_that_came_through_no_line_of_the_study_is_no_fault_of_it(tmp_path):
    with pytest.raises(ValueError, match="x") as caught:
        int("x")
    assert study_fault(caught.value, tmp_path) is None


def test_a_cell_that_fails_in_a_file_of_the_study_names_that_file(derived):
    (derived / "figures.py").write_text("\n1 / 0\n")
    done = run(derived, "audit")
    assert "paper.qmd:7: this cell fails: ZeroDivisionError" in done.stderr
    assert "raised at: figures.py:2" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("venues", "asco-gu", "nope.qmd"), "nope.qmd: there is no document nope.qmd [document/absent]"),
        (("audit", "nope.qmd"), "there is no document nope.qmd [document/absent]"),
        (("render", "nope.qmd"), "nope.qmd: there is no document nope.qmd [document/absent]"),
        (("render", "../paper.qmd"), "paper.qmd lies outside of the study [document/outside]"),
        (("venues", "asco-gu", "../paper.qmd"), "paper.qmd lies outside of the study [document/outside]"),
    ],
)
def test_a_document_that_the_study_has_not_is_a_finding(derived, arguments, said):
    done = run(derived, *arguments)
    assert done.returncode == 1, done.stderr
    assert said in done.stderr
    assert "try: name a .qmd file of the study" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("render", "README.md"), "README.md: this is no Quarto document [document/kind]"),
        (("audit", "README.md"), "README.md: this is no Quarto document [document/kind]"),
        (("render", "_part.qmd"), "_part.qmd: this is a part, which documents include [document/kind]"),
        (("compare",), "there is no earlier cut to compare with [compare/no-cut-before]"),
    ],
)
def test_what_cannot_be_rendered_or_compared_is_said_before_anything_is_written(derived, arguments, said):
    for name in ("README.md", "_part.qmd"):
        (derived / name).write_text("A number.\n")
    done = run(derived, *arguments)
    assert done.returncode == 1, done.stderr
    assert said in done.stderr
    assert not list((derived / "_output").glob("*.html"))


def test_no_format_at_all_is_a_wrong_use(derived):
    done = run(derived, "render", "--to", "")
    assert done.returncode == 2
    assert "there is no format; choose from html, pdf, docx, txt" in done.stderr


@pytest.mark.parametrize("written", ["flow.hospice", "flow.hospice.n_percent", "r.flow.hospice.n_percent"])
def test_a_result_is_found_by_what_stands_in_a_text(derived, written):
    done = run(derived, "results", written)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("flow.hospice: In hospice")


def test_a_facet_that_a_count_has_no_numbers_for_is_not_offered(derived):
    shown = run(derived, "results", "flow.hospice").stdout
    assert "r.flow.hospice.n_of_percent" in shown
    assert "r.flow.hospice.ci" not in shown


def test_a_branch_is_listed_and_an_unknown_name_has_something_to_try(derived):
    assert "1 results" in run(derived, "results", "r.flow").stdout
    done = run(derived, "results", "49%")
    assert done.returncode == 1
    assert "try: list what there is: tieout results" in done.stderr
    assert "nearest" not in done.stderr


def test_no_locked_cut_is_said(derived):
    assert run(derived, "lock").stdout.startswith("no cut is locked: ")


def test_a_file_that_cannot_be_read_is_no_text_that_was_checked(tmp_path):
    done = run(tmp_path, "check", "absent.txt")
    assert "0 findings in 0 texts" in done.stderr
    assert done.returncode == 2


def test_what_the_machine_refuses_is_no_bug(derived):
    derived.joinpath("_output").write_text("in the way\n")
    derived.joinpath("paper.qmd").write_text("---\ntitle: T\nformat: html\n---\n\nText.\n")
    done = run(derived, "render")
    assert done.returncode == 1, done.stderr
    assert "_output: the machine refuses: File exists [machine/file]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "file", "shown", "remedy"),
    [
        (errno.EACCES, "_output/.paper.docx.x7f3", "_output", "another program holds"),
        (errno.ENOSPC, "results/results.json", "results/results.json", "make room"),
        (errno.EROFS, "data/derived", "data/derived", "who may write"),
    ],
)
def test_a_refusal_names_the_file_and_what_to_try(tmp_path, number, file, shown, remedy):
    found = refused_file(OSError(number, os.strerror(number), str(tmp_path / file)), tmp_path)
    assert (found.place.file, found.code) == (shown, "machine/file")
    assert os.strerror(number) in found.message
    assert remedy in found.remedy


def test_a_file_that_is_not_there_is_still_a_bug(tmp_path):
    assert refused_file(FileNotFoundError(errno.ENOENT, "No such file", "a.txt"), tmp_path) is None
    assert refused_file(OSError("a library's own"), tmp_path) is None

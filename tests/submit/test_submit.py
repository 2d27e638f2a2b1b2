"""`tieout submit` in a small study with two authors, a figure, a table and a signed cut."""

# ruff: noqa: E501  (a profile and a name stand on one line)

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pypdfium2
import pytest
from PIL import Image

from tieout.cli import main
from tieout.document.execute import run_document
from tieout.document.parse import parse_document
from tieout.document.source import read_source
from tieout.submit.blind import check_blind, identities, without
from tieout.submit.package import zipped
from tieout.submit.statements import store_csv
from tieout.submit.strobe import check_strobe, checklist
from tieout.values.freshness import input_digests
from tieout.values.lock import Lock, write_lock
from tieout.values.project import read_project
from tieout.values.result import Count, Curve, Meaning, Results
from tieout.values.store import make_store, read_store, write_store

ROOT = Path(__file__).parents[2]
AUTHORS = (
    "Anna Oncologist",
    "Boris Urologist",
    "anna@clinic.example",
    "St Elsewhere Clinic",
    "Department of Urology",
)
PAPER = """---
title: A cohort of patients after lutetium
running-head: After lutetium
author:
  - name: Anna Oncologist
    email: anna@clinic.example
    corresponding: true
    affiliations:
      - name: Department of Urology, St Elsewhere Clinic
  - name: Boris Urologist
    affiliations:
      - name: Department of Urology, St Elsewhere Clinic
keywords: [lutetium]
strobe:
  1a: Title
  6b: not applicable
format:
  manuscript-docx: default
  manuscript-typst: default
---

```{python}
#| include: false
from tieout import figure, results
r = results()
```

::: {.abstract strobe="1b"}
## Purpose

We describe patients.
:::

# Introduction {strobe="2 3"}

Patients came to St Elsewhere
Clinic.

# Methods {strobe="4"}

[They were counted by Anna Oncologist.]{strobe="12a"}

# Results

Of `{python} r.flow.stopped.n` patients, `{python} r.flow.hospice.n_percent` entered hospice.

::: {#tbl-flow}
| Group   | n |
|---------|---|
| Stopped | `{python} r.flow.stopped.n` |

Patients after lutetium.
:::

::: {#fig-flow}
`{python} figure("flow", r)`

The flow of patients.
:::

See @tbl-flow and @fig-flow.

# Declarations {.back-matter}

## Funding

Nobody paid for this.
"""
FIGURE = '''"""Figure: a line."""

from matplotlib.figure import Figure


def draw(r, style):
    """Draw a line."""
    made = Figure(figsize=(3.5, 2))
    made.subplots().plot([0, 1], [0, 1])
    return made


def describe(r):
    """Say it."""
    return "A rising line"
'''


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "_extensions", tmp_path / "_extensions")
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = false\n")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "flow.py").write_text(FIGURE)
    (tmp_path / "paper.qmd").write_text(PAPER)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr("tieout.cli.submit._dictionary", lambda _: "| Column |\n|---|\n| `patient` |\n")
    derive(tmp_path)
    return tmp_path


def derive(root: Path, *, synthetic: bool = False, hospice: int = 17) -> None:
    project = read_project(root)
    meaning = Meaning("Patients", "all", "counted")
    curve = Curve({"t": (0.0, 1.0)}, meaning, display=False)
    results = Results(
        flow=Results(stopped=Count(35, None, meaning), hospice=Count(hospice, 35, meaning)), curve=curve
    )
    study = {"title": "A cohort", "synthetic": synthetic, "cutoff": "2023-09-30"}
    write_store(make_store(results, study, input_digests(project)), project.results)


def sign(root: Path) -> None:
    project = read_project(root)
    store = read_store(project.results)
    lock = Lock("submission-1", "Clara Reviewer", "2024-01-02", "2023-09-30", store.digest, store.inputs)
    write_lock(lock, store, project)


def run(*arguments: str) -> int:
    try:
        main(list(arguments))
    except SystemExit as request:
        return int(request.code or 0)
    return 0


@pytest.fixture
def submitted(study: Path) -> Path:
    sign(study)
    assert run("submit") == 0
    return study / "_output" / "submission-paper"


def words(raw: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def pdf_words(raw: bytes) -> str:
    document = pypdfium2.PdfDocument(raw)
    try:
        text = "\n".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
        return " ".join([text, *document.get_metadata_dict().values()])
    finally:
        document.close()


def attachments(raw: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(raw)
    try:
        return [document.get_attachment(n).get_name() for n in range(document.count_attachments())]
    finally:
        document.close()


def test_the_folder_holds_every_piece(submitted: Path) -> None:
    files = {path.relative_to(submitted).as_posix() for path in submitted.rglob("*") if path.is_file()}
    assert files == {
        "for reviewers/manuscript blinded.docx",
        "for reviewers/manuscript blinded.pdf",
        "for reviewers/tables/Table 1.docx",
        "for reviewers/figures/Figure 1.tiff",
        "for reviewers/figures/Figure 1.pdf",
        "for reviewers/supplement.docx",
        "for reviewers/STROBE checklist.docx",
        "for the editor/title page.docx",
        "for the editor/manuscript.docx",
        "for the editor/manuscript.pdf",
        "for the editor/results/results.json",
        "for the editor/results/results.csv",
        "for the editor/reproducibility.md",
        "archive/manuscript.pdf",
    }


def test_the_zip_to_upload_holds_all_but_the_archive(submitted: Path) -> None:
    with zipfile.ZipFile(submitted.with_name("submission-paper.zip")) as package:
        names = set(package.namelist())
    on_disk = {path.relative_to(submitted).as_posix() for path in submitted.rglob("*") if path.is_file()}
    assert names == {name for name in on_disk if not name.startswith("archive/")}


def test_the_blinded_zip_names_no_author_and_no_institution_anywhere(submitted: Path) -> None:
    raw = submitted.with_name("submission-paper-blinded.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    for name, content in files.items():
        if name.endswith(".docx"):
            text = words(content)
        elif name.endswith(".pdf"):
            text = pdf_words(content)
            assert attachments(content) == []
        else:
            text = content.decode("latin-1")
        for hidden in (*AUTHORS, "Clara Reviewer"):
            assert hidden.casefold() not in f"{name} {' '.join(text.split())}".casefold()
    assert "[removed for blind review]" in words(files["manuscript blinded.docx"])


def test_the_full_manuscript_names_its_authors_and_carries_nothing(submitted: Path) -> None:
    full = (submitted / "for the editor" / "manuscript.pdf").read_bytes()
    assert "Anna Oncologist" in pdf_words(full)
    assert attachments(full) == []


def test_the_archive_is_pdf_a_with_the_store_attached(submitted: Path, study: Path) -> None:
    raw = (submitted / "archive" / "manuscript.pdf").read_bytes()
    assert [Path(name).name for name in attachments(raw)] == ["results.json"]
    assert b"pdfaid" in raw


def test_figures_are_sharp_enough_for_print_and_tables_are_tables(submitted: Path) -> None:
    with Image.open(submitted / "for reviewers" / "figures" / "Figure 1.tiff") as picture:
        assert (picture.size, picture.info["compression"]) == ((2100, 1200), "tiff_lzw")  # 3.5 x 2 inches
        assert [round(float(x)) for x in picture.info["dpi"]] == [600, 600]
    (table,) = docx.Document(str(submitted / "for reviewers" / "tables" / "Table 1.docx")).tables
    assert len(table.rows) == 2


def test_the_title_page_says_who_wrote_it_and_how_long_it_is(submitted: Path) -> None:
    text = "\n".join(
        p.text for p in docx.Document(str(submitted / "for the editor" / "title page.docx")).paragraphs
    )
    assert "Anna Oncologist1; Boris Urologist1" in text
    assert "Corresponding author: Anna Oncologist, anna@clinic.example" in text
    # Introduction 6 words, Methods 6, Results 7, and 6 in the sentence of cross-references
    assert "Word counts: abstract, 3 words; text, 25 words; tables, 1; figures, 1" in text


def test_the_statement_names_lock_hashes_versions_and_command(submitted: Path, study: Path) -> None:
    text = (submitted / "for the editor" / "reproducibility.md").read_text(encoding="utf-8")
    assert "The cut submission-1 (cutoff 2023-09-30) was signed off by Clara Reviewer on 2024-01-02." in text
    digest = json.loads((study / "results" / "results.json").read_text())["digest"]
    assert f"store SHA-256 {digest}" in text
    assert "Python 3." in text
    assert "tieout SHA-256" not in text


def test_equal_studies_give_equal_packages(submitted: Path, study: Path) -> None:
    first = submitted.with_name("submission-paper-blinded.zip").read_bytes()
    assert run("submit") == 0
    assert submitted.with_name("submission-paper-blinded.zip").read_bytes() == first


# Refusals


@pytest.mark.parametrize(("spoil", "code"), [
    (lambda root: None, "submit/not-signed"),
    (lambda root: derive(root, synthetic=True), "submit/synthetic"),
    (lambda root: (root / "analysis" / "protocol.toml").write_text("synthetic = true\n"), "submit/stale"),
    (lambda root: (root / "paper.qmd").write_text(PAPER + "\nIn all, 28 died.\n"), "audit/loose-number"),
])  # fmt: skip
def test_what_is_not_ready_is_refused_and_nothing_is_written(
    study: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], object], code: str
) -> None:
    if code != "submit/not-signed":
        sign(study)
    spoil(study)
    assert run("submit") == 1
    assert code in capsys.readouterr().err
    assert not (study / "_output").exists()


def test_a_rehearsal_is_marked_everywhere(study: Path) -> None:
    derive(study, synthetic=True)
    assert run("submit", "--rehearse") == 0
    for name in ("submission-paper.zip", "submission-paper-blinded.zip"):
        with zipfile.ZipFile(study / "_output" / name) as package:
            assert b"must not be submitted" in package.read("REHEARSAL.txt")
    folder = study / "_output" / "submission-paper"
    assert "Synthetic data" in pdf_words((folder / "for reviewers" / "manuscript blinded.pdf").read_bytes())
    assert "a rehearsal" in (folder / "for the editor" / "reproducibility.md").read_text()


def test_a_rehearsal_needs_fresh_results_and_no_open_finding_all_the_same(study: Path) -> None:
    (study / "paper.qmd").write_text(PAPER + "\nIn all, 28 died.\n")
    assert run("submit", "--rehearse") == 1


def test_a_journals_broken_rule_is_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign(study)
    assert run("submit", "--venue", "jco") == 1
    said = capsys.readouterr().err
    assert "the abstract has no section Results" in said
    assert not (study / "_output").exists()


def test_a_journals_rules_shape_the_package(study: Path) -> None:
    (study / "venues").mkdir()
    (study / "venues" / "ours.toml").write_text(
        'name = "Ours"\nkind = "journal"\nsource = "its guide"\nread = 2026-01-02\nverified = true\n'
        '[figure_files]\nformats = ["tiff"]\ndpi = 300\nwidths_mm = [50]\n[title_page]\nitems = ["title", "support", "prior presentation"]\n'
    )
    sign(study)
    assert run("submit", "--venue", "ours") == 0
    folder = study / "_output" / "submission-ours"
    assert {p.name for p in (folder / "for reviewers" / "figures").iterdir()} == {"Figure 1.tiff"}
    with Image.open(folder / "for reviewers" / "figures" / "Figure 1.tiff") as picture:
        assert picture.size == (1050, 600)
    text = "\n".join(
        p.text for p in docx.Document(str(folder / "for the editor" / "title page.docx")).paragraphs
    )
    assert "Support: Nobody paid for this." in text


def test_references_print_in_the_journals_style_and_else_in_the_formats_own(study: Path) -> None:
    (study / "references.bib").write_text(
        "@article{a, author={Sartor, Oliver and Bono, Johann}, title={A Trial}, journal={J}, year={2021}, volume={1}, pages={2}}\n"
    )
    text = PAPER.replace("title: A cohort", "bibliography: references.bib\ntitle: A cohort", 1)
    (study / "paper.qmd").write_text(text.replace("See @tbl-flow", "It is known [@a]. See @tbl-flow"))
    (study / "venues").mkdir()
    rules = 'name = "Ours"\nkind = "journal"\nsource = "its guide"\nread = 2026-01-02\nverified = true\n'
    (study / "venues" / "ours.toml").write_text(f'{rules}[references]\ncsl = "european-urology"\n')
    sign(study)
    assert run("submit") == 0
    assert run("submit", "--venue", "ours") == 0
    paper, ours = (
        " ".join(
            p.text
            for p in docx.Document(
                str(study / "_output" / name / "for the editor" / "manuscript.docx")
            ).paragraphs
        )
        for name in ("submission-paper", "submission-ours")
    )
    assert "Sartor O, Bono J. A trial. J. 2021;1:2" in paper  # AMA
    assert "Sartor O, Bono J. A trial. J 2021;1:2" in ours  # Elsevier, Vancouver
    assert "[1]" in ours


# The pieces


def tree_of(study: Path) -> dict[str, object]:
    project = read_project(study)
    source = read_source(study / "paper.qmd", study)
    return parse_document(run_document(source, {"echo": False}), project)


def test_strobe_items_are_found_where_their_anchors_stand(study: Path) -> None:
    declared = {"1a": "Title", "6b": "not applicable"}
    items = {item.number: item.where for item in checklist(tree_of(study), declared)}
    assert len(items) == 34
    assert {number: where for number, where in items.items() if where} == {
        "1a": ("Title",), "1b": ("Abstract",), "2": ("Introduction",), "3": ("Introduction",), "4": ("Methods",),
        "6b": ("not applicable",), "12a": ("Methods",),
    }  # fmt: skip


def test_a_gap_is_a_note_and_an_anchor_of_no_item_a_finding(study: Path) -> None:
    found = check_strobe(tree_of(study), {"1a": "Title", "99": "x"}, "paper.qmd")
    assert [f.code for f in found if f.blocks] == ["submit/strobe-item"]
    (gaps,) = [f for f in found if not f.blocks]
    assert gaps.message == "nothing in the text answers 28 items of the STROBE checklist"
    assert len(gaps.facts) == 34 - 6
    assert gaps.facts["22"] == "Other: funding and the funders' role"


def test_names_are_taken_out_whatever_their_case_and_line_breaks() -> None:
    assert (
        without("at ST elsewhere\n  clinic today", ["St Elsewhere Clinic"])
        == "at [removed for blind review]\n today"
    )


def test_identities_are_names_addresses_institutions_and_what_the_author_lists() -> None:
    front = {
        "author": [
            {"name": "Anna O", "email": "a@b.example", "affiliations": [{"name": "Ward 1, Big Clinic, UK"}]}
        ],
        "blind": ["The Lutetium Registry"],
    }
    assert set(identities(front)) == {
        "Anna O", "a@b.example", "Ward 1, Big Clinic, UK", "Ward 1", "Big Clinic", "The Lutetium Registry",
    }  # fmt: skip


def test_a_leak_in_metadata_is_found(submitted: Path) -> None:
    raw = (submitted / "for the editor" / "manuscript.docx").read_bytes()
    pdf = (submitted / "archive" / "manuscript.pdf").read_bytes()
    found = check_blind({"a.docx": raw, "b.pdf": pdf}, ["Anna Oncologist"])
    assert [f.code for f in found] == ["submit/not-blind", "submit/not-blind", "submit/attachment"]


def test_the_store_as_csv_has_a_row_a_number_and_no_curve(study: Path) -> None:
    lines = store_csv(read_store(study / "results")).splitlines()
    assert "flow.hospice,Count,n,17,Patients,all,counted" in lines
    assert not [line for line in lines if line.startswith("curve")]


def test_zips_have_no_dates() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped({"b": b"2", "a": b"1"}))) as package:
        assert [(i.filename, i.date_time[0]) for i in package.infolist()] == [("a", 1980), ("b", 1980)]

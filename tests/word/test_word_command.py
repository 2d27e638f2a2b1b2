"""`tieout word` in a small study: two cuts, one document, files from co-authors."""

# ruff: noqa: E501  (XML and Markdown stand on one line, as the files write them)
from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from lxml import etree
from PIL import Image

from tieout.cli import main
from tieout.text.docx import read_docx
from tieout.values.freshness import input_digests
from tieout.values.project import read_project
from tieout.values.result import Count, HypothesisTest, Meaning, Results
from tieout.values.store import make_store, write_store
from tieout.word.names import DOCUMENT, WP, W
from tieout.word.package import (
    open_package,
    package_bytes,
    parse_part,
    part_bytes,
    read_package,
    write_package,
)

ROOT = Path(__file__).parents[2]
PAPER = """---
title: A paper
format:
  manuscript-docx: default
---

```{python}
#| include: false
from tieout import claim, results
r = results()
```

# Results

Of `{python} r.flow.stopped.n` patients, `{python} r.flow.hospice.n_percent` entered hospice, `{python} claim("nearly half", r.flow.hospice.share < 0.5)`.

::: {#tbl-flow}
| Group   | n |
|---------|---|
| Stopped | `{python} r.flow.stopped.n` |
| Hospice | `{python} r.flow.hospice.n` |

Patients, `{python} r.flow.stopped.n` in all.
:::

::: {#fig-flow}
![](figures/flow.png){fig-alt="ALT"}

The flow of `{python} r.flow.stopped.n` patients.
:::

See @tbl-flow and @fig-flow.
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "_extensions", tmp_path / "_extensions")
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = false\n")
    (tmp_path / "figures").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    cut(tmp_path, stopped=35, hospice=17, colour="red", alt="The flow in red")
    return tmp_path


def cut(
    root: Path, *, stopped: int, hospice: int, colour: str, alt: str, rows: str = "", p: float = 0.03
) -> None:
    """Put a cut of the data and the figure that it draws in place."""
    (root / "paper.qmd").write_text(
        PAPER.replace("ALT", alt).replace("\n\nPatients,", f"{rows}\n\nPatients,")
    )
    Image.new("RGB", (60, 30), colour).save(root / "figures" / "flow.png")
    project = read_project(root)
    meaning = Meaning("Patients")
    flow = Results(stopped=Count(stopped, None, meaning), hospice=Count(hospice, stopped, meaning))
    results = Results(flow=flow, response=HypothesisTest(p, meaning))
    write_store(
        make_store(results, {"title": "A paper", "synthetic": False}, input_digests(project)), project.results
    )


def second_cut(root: Path, **changes: object) -> None:
    cut(root, **{"stopped": 41, "hospice": 19, "colour": "blue", "alt": "The flow in blue", **changes})  # type: ignore[arg-type]


def run(*arguments: str) -> int:
    try:
        main(list(arguments))
    except SystemExit as request:
        return int(request.code or 0)
    return 0


def rendered(root: Path, name: str = "paper from Bo.docx") -> Path:
    assert run("render", "--to", "docx") == 0
    return Path(shutil.copy(root / "_output" / "paper.docx", root / name))


def body(path: Path) -> etree._Element:
    return parse_part(read_package(path), DOCUMENT)


def text_of(path: Path) -> str:
    return " ".join(read_docx(path.read_bytes())[0].split())


def pictures(path: Path) -> list[bytes]:
    package = read_package(path)
    rels = parse_part(package, "word/_rels/document.xml.rels")
    targets = {r.get("Id"): r.get("Target") for r in rels}
    shown = body(path).iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip")
    embed = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
    return [package.parts[f"word/{targets[e.get(embed)]}"] for e in shown]


def test_refresh_brings_text_table_caption_figure_and_description_up_to_date(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = rendered(study)
    second_cut(study)
    assert run("word", "refresh", file.name) == 0
    assert "Of 41 patients, 19 (46%) entered hospice" in text_of(file)
    assert "Patients, 41 in all" in text_of(file)
    assert "The flow of 41 patients" in text_of(file)
    assert pictures(file) == [(study / "figures" / "flow.png").read_bytes()]
    assert [e.get("descr") for e in body(file).iter(f"{WP}docPr")] == ["The flow in blue"]
    said = capsys.readouterr().out
    assert "r.flow.stopped.n: 35 -> 41" in said
    assert "8 changes in paper from Bo.docx" in said


def test_the_same_after_libreoffice(study: Path, save_in_libreoffice) -> None:
    file = rendered(study)
    file.write_bytes(save_in_libreoffice([file.read_bytes()])[0])
    second_cut(study)
    assert run("word", "refresh", file.name) == 0
    assert pictures(file) == [(study / "figures" / "flow.png").read_bytes()]
    assert "35" not in text_of(file)
    (again,) = save_in_libreoffice([file.read_bytes()])
    assert "Of 41 patients, 19 (46%) entered hospice" in " ".join(read_docx(again)[0].split())


def test_a_second_refresh_changes_no_byte(study: Path) -> None:
    file = rendered(study)
    second_cut(study)
    assert run("word", "refresh", file.name) == 0
    before = file.read_bytes()
    assert run("word", "refresh", file.name) == 0
    assert file.read_bytes() == before


def test_a_refreshed_file_is_reviewed_against_the_cut_that_it_was_refreshed_to(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_somebody = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["git", "init", "-q"], ["git", "add", "."], [*as_somebody, "commit", "-qm", "first cut"]):
        subprocess.run(command, cwd=study, check=True)
    file = rendered(study)
    second_cut(study)
    assert run("word", "refresh", file.name) == 0
    capsys.readouterr()
    assert run("word", "review", file.name) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("0 paragraphs differ")
    assert shown.err == ""


def test_another_output_leaves_the_file_alone(study: Path) -> None:
    file = rendered(study)
    before = file.read_bytes()
    second_cut(study)
    assert run("word", "refresh", file.name, "--tracked", "-o", "new.docx") == 0
    assert file.read_bytes() == before
    assert {e.get(f"{W}author") for e in body(study / "new.docx").iter(f"{W}ins")} == {"Tieout"}


def test_a_picture_that_a_coauthor_widened_keeps_its_width(study: Path) -> None:
    file = rendered(study)
    package = read_package(file)
    root = parse_part(package, DOCUMENT)
    next(root.iter(f"{WP}extent")).set("cx", "4000000")
    write_package(package.with_parts({DOCUMENT: part_bytes(root)}), file)
    second_cut(study)
    assert run("word", "refresh", file.name) == 0
    extent = next(body(file).iter(f"{WP}extent"))
    assert (extent.get("cx"), extent.get("cy")) == ("4000000", "2000000")


def test_a_table_with_a_row_taken_out_is_reported_and_left(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = rendered(study)
    package = read_package(file)
    root = parse_part(package, DOCUMENT)
    last = next(root.iter(f"{W}tbl")).findall(f"{W}tr")[-1]
    last.getparent().remove(last)
    write_package(package.with_parts({DOCUMENT: part_bytes(root)}), file)
    second_cut(study)
    assert run("word", "refresh", file.name) == 1
    said = capsys.readouterr().err
    assert "word/table-structure" in said
    assert "have: 2 rows, 2 columns, 1 ties" in said
    assert len(docx.Document(str(file)).tables[0].rows) == 2


def test_a_table_that_the_new_cut_makes_longer_is_reported(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = rendered(study)
    second_cut(study, rows="\n| Others | `{python} r.flow.stopped.n` |")
    assert run("word", "refresh", file.name) == 1
    assert "need: 4 rows, 2 columns, 3 ties" in capsys.readouterr().err


@pytest.mark.parametrize(("change", "said"), [
    (("<a:stretch>", '<a:srcRect l="10000"/><a:stretch>'), "it was cropped"),
    ((r"<w:drawing>.*?</w:drawing>", "<w:t>gone</w:t>"), "it holds no picture"),
])  # fmt: skip
def test_a_picture_that_somebody_changed_is_reported_and_left(
    study: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], said: str
) -> None:
    file = rendered(study)
    package = read_package(file)
    xml, count = re.subn(change[0], change[1], package.parts[DOCUMENT].decode(), flags=re.DOTALL)
    assert count == 1
    write_package(package.with_parts({DOCUMENT: xml.encode()}), file)
    old = pictures(file)
    second_cut(study)
    assert run("word", "refresh", file.name) == 1
    assert said in capsys.readouterr().err
    assert pictures(file) == old


def test_a_claim_that_fell_is_a_comment_and_all_else_is_refreshed(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = rendered(study)
    second_cut(study, hospice=22)
    assert run("word", "refresh", file.name) == 1
    assert "the data no longer bear out “nearly half”" in capsys.readouterr().err
    assert "Of 41 patients, 22 (54%) entered hospice, nearly half." in text_of(file)
    comments = parse_part(read_package(file), "word/comments.xml")
    (words,) = ["".join(n.text or "" for n in c.iter(f"{W}t")) for c in comments.iter(f"{W}comment")]
    assert words == "the data no longer bear out “nearly half”: r.flow.hospice.share < 0.5 is 54% < 0.5"
    assert pictures(file) == [(study / "figures" / "flow.png").read_bytes()]


HOUSE = """\
name = "The house journal"
kind = "journal"
source = "this test"
read = 2026-01-31
verified = false

[numbers]
name = "house"
leading_zero_p = true
"""


def test_numbers_keep_the_style_of_the_documents_journal(study: Path) -> None:
    paper = (study / "paper.qmd").read_text()
    paper = paper.replace("title: A paper", "title: A paper\nvenue: house")
    (study / "venues").mkdir()
    (study / "venues" / "house.toml").write_text(HOUSE)
    (study / "paper.qmd").write_text(
        paper.replace("See @tbl", "The test gave `{python} r.response.p`.\n\nSee @tbl")
    )
    made = (study / "paper.qmd").read_text()
    file = rendered(study)
    assert "The test gave P = 0.03" in text_of(file)
    second_cut(study, p=0.04)
    (study / "paper.qmd").write_text(made)
    assert run("word", "refresh", file.name) == 0
    assert "The test gave P = 0.04" in text_of(file)


def test_the_file_is_matched_with_its_document_by_name(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rendered(study)
    quarto = study / "_quarto.yml"
    quarto.write_text(quarto.read_text().replace("[paper.qmd]", "[paper.qmd, other.qmd]"))
    (study / "other.qmd").write_text(PAPER)
    shutil.copy(study / "_output" / "paper.docx", study / "final.docx")
    assert run("word", "refresh", "final.docx") == 1
    assert "--document manuscript.qmd" in capsys.readouterr().err
    assert run("word", "refresh", "final.docx", "--document", "paper.qmd") == 0


# Review


def test_review_of_an_untouched_file_finds_nothing(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = rendered(study)
    before = file.read_bytes()
    assert run("word", "review", file.name) == 0
    assert "0 paragraphs differ" in capsys.readouterr().out
    assert file.read_bytes() == before


def test_review_writes_a_copy_with_comments_and_a_page(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = rendered(study)
    package = read_package(file)
    xml = package.parts[DOCUMENT].decode().replace("entered hospice,", "entered hospice within 28 days,")
    file.write_bytes(package_bytes(package.with_parts({DOCUMENT: xml.encode()})))
    before = file.read_bytes()
    assert run("word", "review", file.name) == 1
    assert "the number 28 was typed" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert b"28 was typed" in read_package(study / "paper from Bo.review.docx").parts["word/comments.xml"]
    page = (study / "paper from Bo.review.html").read_text(encoding="utf-8")
    assert "`{python} r.flow.hospice.n_percent` entered hospice" in page
    assert "claim(&quot;nearly half&quot;, r.flow.hospice.share &lt; 0.5)" in page


def test_review_reads_an_older_cut_from_git(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    file = rendered(study)
    for command in (["init", "-q"], ["add", "results"],
                    ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "first cut"]):  # fmt: skip
        subprocess.run(["git", *command], cwd=study, check=True)
    second_cut(study)
    assert run("word", "review", file.name) == 0
    package = read_package(file)
    xml = package.parts[DOCUMENT].decode().replace("17\N{NO-BREAK SPACE}(49%)", "16\N{NO-BREAK SPACE}(46%)")
    file.write_bytes(package_bytes(package.with_parts({DOCUMENT: xml.encode()})))
    assert run("word", "review", file.name) == 1
    assert "the number of r.flow.hospice.n_percent was typed over" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"%PDF-1.7"])
def test_a_file_that_is_no_word_file_is_a_finding(
    study: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "paper.docx").write_bytes(content)
    for what in ("refresh", "review"):
        assert run("word", what, "paper.docx") == 1
    assert "word/unreadable" in capsys.readouterr().err
    assert (study / "paper.docx").read_bytes() == content


def test_a_zip_without_a_document_is_a_finding(study: Path) -> None:
    (study / "paper.docx").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    assert run("word", "refresh", "paper.docx") == 1
    with pytest.raises(Exception, match=r"word/document.xml"):
        open_package(io.BytesIO(b"PK\x05\x06" + b"\0" * 18).getvalue(), "x")

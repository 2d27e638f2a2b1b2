"""What a running preview says when a file is saved."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tieout.document.preview.page import build_page, read_shown
from tieout.document.preview.pandoc import Pandoc
from tieout.values.finding import FindingsError
from tieout.values.store import read_store

REPOSITORY = Path(__file__).parents[2]
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def shown(project) -> str:
    with Pandoc() as pandoc:
        return build_page(read_shown("paper.qmd", project), project, pandoc).html


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<img[^>]*>", "", html[html.index("<body") :]).split())


def test_a_save_brings_a_new_page_and_what_stands_beside_it(previewed):
    first = previewed.until("page")["html"]
    assert "17\N{NO-BREAK SPACE}(49%)" in first
    paper = previewed.project.root / "paper.qmd"
    previewed.paper(paper.read_text() + "\nA sentence more.\n")
    assert "A sentence more." in previewed.until("page")["html"]
    beside = previewed.until("beside")
    assert beside["results"]["flow.hospice"]["population"] == "patients who stopped"
    assert [place["where"] for place in beside["results"]["flow.hospice"]["places"]] == ["paper.qmd:13:58"]
    assert beside["budget"]["venue"] == ""
    assert beside["findings"] == []


def test_an_error_is_told_and_the_last_good_page_stays(previewed):
    previewed.until("page")
    good = (previewed.project.root / "paper.qmd").read_text()
    previewed.paper(good + "\n`{python} r.flow.nothing.n`\n")
    (found,) = previewed.until("problem", lambda data: data["findings"])["findings"]
    assert (found["code"], found["place"]) == ("document/unknown-result", "paper.qmd:16:1")
    assert b"half</span>" in previewed.get("/document")[1]
    previewed.paper(good)
    assert previewed.until("problem", lambda data: not data["findings"]) == {"findings": [], "bug": ""}


def test_a_loose_number_stands_among_the_findings_of_a_page_that_is_shown(previewed):
    paper = previewed.project.root / "paper.qmd"
    previewed.paper(paper.read_text() + "\nIn all, 47 of them came.\n")
    assert "In all, 47 of them" in previewed.until("page", lambda data: "47" in data["html"])["html"]
    (found,) = previewed.until("beside", lambda data: data["findings"])["findings"]
    assert (found["place"], found["blocks"]) == ("paper.qmd:16:9", True)


def test_the_limits_of_the_venue_stand_beside_the_page(previewed):
    paper = previewed.project.root / "paper.qmd"
    previewed.paper(paper.read_text().replace("title: A paper", "title: A paper\nvenue: asco-gu"))
    (limit,) = previewed.until("beside", lambda data: data["budget"]["venue"])["budget"]["limits"]
    assert limit["what"] == "abstract"
    assert sum(size for _, size in limit["lines"]) == limit["used"] <= limit["limit"]


def test_a_new_cut_shows_what_it_changed(previewed, write_results):
    previewed.until("beside")
    write_results(previewed.project, 16)
    assert "16\N{NO-BREAK SPACE}(46%)" in previewed.until("page")["html"]
    assert previewed.until("beside")["before"]["flow.hospice.n_percent"] == "17\N{NO-BREAK SPACE}(49%)"
    cut = previewed.until("cut")
    (sentence,) = cut["sentences"]
    assert [text for kind, text in sentence["pieces"] if kind == "old"] == ["17", "(49%)"]
    assert [text for kind, text in sentence["pieces"] if kind == "new"] == ["16", "(46%)"]
    assert cut["claims"] == []


def test_a_cut_that_turns_a_claim_says_so_and_leaves_the_last_good_page(previewed, write_results):
    previewed.until("beside")
    write_results(previewed.project, 20)
    (claim,) = previewed.until("cut")["claims"]
    assert (claim["words"], claim["verdict"]) == ("fewer than half", "is no longer true")
    assert b"(49%)" in previewed.get("/document")[1]


def test_a_changed_module_of_the_study_is_read_anew_even_within_a_second(previewed):
    tables = previewed.project.root / "tables"
    tables.mkdir()
    # with it, this study's package is found before that of another study which a test left on the path
    (tables / "__init__.py").touch()
    (tables / "words.py").write_text("WORD = 'before'\n")
    (tables / "taken.py").write_text("from tables.words import WORD\n")
    text = (previewed.project.root / "paper.qmd").read_text()
    text = text.replace("r = results()", "r = results()\nfrom tables import taken")
    previewed.paper(text + "\nSaid `{python} taken.WORD`.\n")
    previewed.until("page", lambda data: "Said before." in data["html"])
    (tables / "words.py").write_text("WORD = 'behind'\n")
    previewed.until("page", lambda data: "Said behind." in data["html"])


def test_a_file_that_a_failed_build_missed_is_noticed_when_it_appears(previewed):
    paper = previewed.project.root / "paper.qmd"
    previewed.paper(paper.read_text() + "\n{{< include part.qmd >}}\n")
    (found,) = previewed.until("problem", lambda data: data["findings"])["findings"]
    assert found["code"] == "document/include"
    (previewed.project.root / "part.qmd").write_text("Here it is.\n")
    previewed.until("page", lambda data: "Here it is." in data["html"])


def test_pictures_are_served_by_what_they_hold_and_none_from_outside_of_the_study(previewed):
    (previewed.project.root / "drawing.svg").write_text(DRAWING)
    (previewed.project.root.parent / "secret.svg").write_text(DRAWING)
    paper = previewed.project.root / "paper.qmd"
    previewed.paper(paper.read_text() + "\n![One](drawing.svg)\n\n![Two](../secret.svg)\n")
    html = previewed.until("page", lambda data: "<img" in data["html"])["html"]
    (name,) = re.findall(r'src="(/image/[^"]+)"', html)
    answer, content = previewed.get(name)
    assert (answer.headers["Content-Type"], content) == ("image/svg+xml", DRAWING.encode())


def test_a_document_without_html_is_shown_all_the_same(project):
    paper = project.root / "paper.qmd"
    paper.write_text(paper.read_text().replace("title: A paper", "title: A paper\nformat: docx"))
    assert "half</span>" in shown(project)


def test_a_document_that_is_gone_or_no_text_is_a_finding(project):
    (project.root / "paper.qmd").write_bytes(b"\xff\xfe\x00")
    for name in ("paper.qmd", "absent.qmd"):
        with pytest.raises(FindingsError):
            read_shown(name, project)


def test_nothing_is_written_into_the_output_folder(previewed):
    previewed.until("beside")
    assert not previewed.project.output.exists()


def test_the_page_reads_as_the_rendered_one(project):
    (project.root / "_extensions").symlink_to(REPOSITORY / "_extensions")
    paper = project.root / "paper.qmd"
    paper.write_text(
        paper.read_text().replace("title: A paper", "title: A paper\nformat:\n  manuscript-html: default")
    )
    page = shown(project)
    command = [sys.executable, "-m", "tieout", "render", "paper.qmd"]
    subprocess.run(command, cwd=project.root, check=True, capture_output=True)
    written = (project.output / "paper.html").read_text(encoding="utf-8")
    assert words_of(page) == words_of(written)
    assert "<link" not in page
    assert read_store(project.results).digest in page

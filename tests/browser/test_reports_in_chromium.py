"""The reports as a reader meets them: in Chromium, with a keyboard, on paper, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.document.audited import audit_documents
from tieout.document.bound import read_drawn
from tieout.document.changes import compare_documents
from tieout.document.changes_page import changes_page
from tieout.document.tieout_report import tieout_report
from tieout.values.freshness import input_digests
from tieout.values.project import Project, read_project
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import Store, make_store, read_store, write_store

PAPER = """\
---
title: A <paper> & more
---

```{python}
#| include: false
from tieout import claim, results
r = results()
```

# Results

Of the `{python} r.flow.stopped.n` patients who stopped, `{python} r.flow.hospice.n_percent` entered
hospice, `{python} claim("fewer than half", r.flow.hospice.share < 0.5)`;
a trial had [831]{.given source="Sartor 2021"}.

# Discussion

Of `{python} r.flow.stopped.n`, hospice was entered by `{python} r.flow.hospice.n`.
"""


def made_store(project: Project, hospice: int) -> Store:
    meaning = Meaning("Entered </script> hospice", "patients who stopped", "first event after the decision")
    results = Results(flow=Results(hospice=Count(hospice, 35, meaning), stopped=Count(35, 96, meaning)))
    about = {"title": "A study", "synthetic": True, "cutoff": "2023-09-30"}
    return make_store(results, about, input_digests(project))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = true\n")
    (tmp_path / "paper.qmd").write_text(PAPER)
    made = read_project(tmp_path)
    write_store(made_store(made, 17), made.results)
    monkeypatch.chdir(tmp_path)
    return made


class Opened:
    """A page with what it asked the network for and what went wrong in it."""

    def __init__(self, browser, file: Path) -> None:
        self.page = browser.new_page(viewport={"width": 1300, "height": 800})
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(file.as_uri())

    def side(self) -> str:
        return self.page.inner_text("aside")


@pytest.fixture
def report(browser, project):
    documents = audit_documents(project).documents
    store = read_store(project.results)
    html = tieout_report(documents, project, store, made_store(project, 15), read_drawn(project))
    file = project.root / "tie-out.html"
    file.write_text(html, encoding="utf-8")
    opened = Opened(browser, file)
    yield opened
    assert opened.errors == []
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    opened.page.close()


def test_every_tie_given_and_claim_is_marked_in_reading_order(report):
    marked = report.page.eval_on_selector_all(".documents .bound", "all => all.map((one) => one.textContent)")
    assert marked == ["35", "17\N{NO-BREAK SPACE}(49%)", "fewer than half", "831", "35", "17"]


def test_pointing_at_a_number_shows_what_stands_behind_it(report):
    report.page.hover("#m2")
    said = report.side()
    for part in (
        "17\N{NO-BREAK SPACE}(49%)", "Entered </script> hospice", "flow.hospice.n_percent",
        "patients who stopped", "first event after the decision", "15\N{NO-BREAK SPACE}(43%)",
        "paper.qmd: 17",
    ):  # fmt: skip
        assert part in said


def test_the_keyboard_walks_through_all_marks_and_back(report):
    seen = []
    for key in "nnnnnnnp":
        report.page.keyboard.press(key)
        seen.append(report.page.evaluate("document.activeElement.textContent"))
    assert [text.split("\N{NO-BREAK SPACE}")[0] for text in seen] == [
        "35", "17", "fewer than half", "831", "35", "17", "35", "17",
    ]  # fmt: skip


def test_a_key_leads_to_the_next_place_of_the_same_result(report):
    report.page.keyboard.press("n")
    report.page.keyboard.press("n")
    report.page.keyboard.press("s")
    assert report.page.evaluate("document.activeElement.id") == "m6"
    assert report.page.locator(".bound.same").count() == 1


def test_a_given_names_its_source_and_a_claim_its_condition(report):
    report.page.focus("#m4")
    assert "Sartor 2021" in report.side()
    report.page.focus("#m3")
    assert "r.flow.hospice.share < 0.5" in report.side()


def test_a_listed_place_leads_there(report):
    report.page.focus("#m2")
    report.page.click("aside button")
    assert report.page.evaluate("document.activeElement.id") == "m6"


def test_on_paper_the_document_is_followed_by_all_results_and_the_panel_is_left_out(report):
    report.page.emulate_media(media="print")
    assert not report.page.is_visible("aside")
    assert "flow.hospice" in report.page.inner_text(".all")
    assert len(report.page.pdf()) > 5000


def test_a_narrow_window_keeps_the_document_and_the_panel_in_sight(report):
    report.page.set_viewport_size({"width": 420, "height": 800})
    assert report.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert report.page.is_visible("aside")


def test_the_changes_show_the_old_number_struck_and_the_new_one_beside(browser, project):
    old, new = made_store(project, 15), read_store(project.results)
    file = project.root / "changes.html"
    file.write_text(changes_page(compare_documents(project, old, new)), encoding="utf-8")
    opened = Opened(browser, file)
    sentence = opened.page.locator("p.sentence").first
    assert sentence.locator("del").first.text_content() == "15"
    assert sentence.locator("ins").first.text_content() == "17"
    style = sentence.locator("del").first.evaluate("one => getComputedStyle(one).textDecorationLine")
    assert style == "line-through"
    assert opened.errors == []
    assert [url for url in opened.asked if not url.startswith("file:")] == []
    opened.page.close()

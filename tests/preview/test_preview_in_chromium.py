"""A preview as an author meets it: in Chromium, while files are saved."""

from __future__ import annotations

import pytest

LONG = "\n\n".join(f"Paragraph {word} of the text." for word in "abcdefghijklmnopqrstuvwxyz" * 3)


@pytest.fixture
def opened(browser, previewed):
    """The page with its document inside; nothing may fail in it, and nothing be asked elsewhere."""
    previewed.paper((previewed.project.root / "paper.qmd").read_text() + "\n" + LONG + "\n")
    page = browser.new_page(viewport={"width": 1300, "height": 700})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: None if f":{previewed.port}/" in asked.url else wrong.append(asked.url))
    page.goto(f"http://127.0.0.1:{previewed.port}/")
    page.wait_for_selector("#budget h2")
    document = page.frame_locator("iframe")
    document.locator("text=Paragraph z").first.wait_for()
    yield page, document
    assert wrong == []
    page.close()


def inside(page, expression: str):
    return page.evaluate(f"(() => {{ const view = frames[0]; return {expression}; }})()")


def test_a_save_above_leaves_the_reader_where_they_are(opened, previewed):
    page, document = opened
    top = "view.document.getElementById('mine').getBoundingClientRect().top"
    inside(page, "(view.document.querySelectorAll('p')[50].id = 'mine', view.scrollTo(0, 1400))")
    inside(page, "view.document.getElementById('mine').removeAttribute('id')")
    inside(page, "view.mine = view.document.querySelectorAll('p')[50]")
    top = "Math.round(view.mine.getBoundingClientRect().top)"
    before, scrolled = inside(page, top), inside(page, "view.scrollY")
    assert 0 <= before < 700
    paper = (previewed.project.root / "paper.qmd").read_text()
    previewed.paper(paper.replace("# Results", "# Results\n\n" + "New words stand here. " * 80, 1))
    document.locator("text=New words stand here.").first.wait_for()
    assert abs(inside(page, top) - before) <= 1
    assert inside(page, "view.scrollY") > scrolled + 50


def test_pointing_at_a_number_shows_what_stands_behind_it(opened):
    page, document = opened
    document.locator(".tie").nth(1).hover()
    for said in (
        "17\N{NO-BREAK SPACE}(49%)".replace("\N{NO-BREAK SPACE}", " "),
        "flow.hospice.n_percent",
        "patients who stopped",
    ):
        assert said in page.inner_text("#number")
    page.keyboard.press("n")
    assert "r.flow.hospice.share < 0.5" in page.inner_text("#number")


def test_an_error_lies_over_the_last_good_page_and_goes_with_it(opened, previewed):
    page, document = opened
    good = (previewed.project.root / "paper.qmd").read_text()
    previewed.paper(good.replace("r.flow.hospice.n_percent", "r.flow.hospise.n_percent"))
    page.wait_for_selector("#problem:not([hidden])")
    said = page.inner_text("#problem")
    assert "paper.qmd:13:" in said
    assert "r.flow.hospice" in said
    assert "last good page" in said
    assert document.locator("text=fewer than half").count() == 1
    previewed.paper(good)
    page.wait_for_selector("#problem", state="hidden")


def test_a_new_cut_marks_what_it_changed(opened, previewed, write_results):
    page, document = opened
    write_results(previewed.project, 16)
    page.wait_for_selector("#new:not([hidden])")
    assert page.inner_text("#new del").startswith("17")
    assert page.inner_text("#new ins").startswith("16")
    colour = "(all) => all.map((one) => getComputedStyle(one).backgroundColor)"
    assert document.locator(".tie").evaluate_all(colour) == ["rgba(0, 0, 0, 0)", "rgb(231, 245, 236)"]
    page.click("#new button")
    assert document.locator(".tie").evaluate_all(colour) == ["rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0)"]

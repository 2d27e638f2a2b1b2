"""The pandoc that stays writes what pandoc's command line writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tieout.document.execute import Executed, run_document
from tieout.document.formats import Target, read_targets
from tieout.document.parse import parse_document
from tieout.document.preview.pandoc import Pandoc
from tieout.document.programs import run_pandoc
from tieout.document.source import read_source
from tieout.document.write import filters_of, settings_of, template_of
from tieout.values.finding import FindingsError

REPOSITORY = Path(__file__).parents[2]
EVERYTHING = """\
---
title: "Everything: \\"quoted\\" & *set*"
author: [{name: Ada Example, affiliations: [A clinic]}]
lang: en
bibliography: references.bib
format: FORMAT
---

CELL

# Results {#sec-results}

Some $x^2 < y$ text--with 'quotes', H~2~O, ~~gone~~, a note[^1] and a citation [@one; @two].[^2]

[^1]: The *note*, with [a link](https://example.org/a?b=c&d).
[^2]: Another.

$$\\int_0^1 x\\,dx$$

``` python
def f(x):
	return x  # a tab before it
```

```r
x <- 1:3
```

- one

	a paragraph behind a tab
- two

(@) an example

| a	| b |
|:--|--:|
| 1 | 2 |

: A table {#tbl-one}

::: {#fig-one}
![](drawing.svg){fig-alt="A \\"drawing\\""}

A caption, see @tbl-one.
:::

[Term]{.smallcaps}
: its meaning

<div class="raw">raw</div>

## A heading with `code` {.unnumbered}

## A heading with `code`

> A quotation\\
> over lines

Ties: `{python} r.flow.hospice.n_percent`.
"""
BIBLIOGRAPHY = """\
@article{one, author = {One, A.}, title = {The {First}}, journal = {J}, year = 2001, pages = {1--9}}
@article{two, author = {Two, B. and Three, C.}, title = {The Second}, journal = {J}, year = 2002}
"""
EXTENSION = "contributes: {formats: {html: {filters: [own.lua]}}}"
FILTER = """\
function Str(str)
  if str.text == "Another." then
    local standalone = tostring(PANDOC_READER_OPTIONS.standalone)
    return pandoc.Str(FORMAT .. " " .. PANDOC_WRITER_OPTIONS.html_math_method .. " " .. standalone)
  elseif str.text == "End." then
    os.execute("kill -9 $PPID")
  end
end
"""


@pytest.fixture
def pandoc():
    with Pandoc() as made:
        yield made


def run(project) -> tuple[Executed, Target]:
    source = read_source(project.root / "paper.qmd", project.root)
    (target,) = read_targets(source, project)
    return run_document(source, project.quarto.get("execute")), target


def by_command_line(project, executed: Executed, target: Target, csl: Path | None) -> tuple[str, dict]:
    """Return page and tree of two runs of pandoc, as a rendering does them."""
    tree = parse_document(executed, project, csl)
    project_path = {"t": "MetaString", "c": str(project.root)}
    whole = {**tree, "meta": {**settings_of(target), **tree["meta"], "tieout-project": project_path}}
    arguments = ["-f", "json", "-t", "html5", "--standalone", "--section-divs", "--mathml"]
    if template := template_of(target, project):
        arguments += ["--template", str(template)]
    arguments += [f"--css={path}" for path in target.paths("css")]
    arguments += [f"--lua-filter={path}" for path in filters_of(target, project)]
    page, _ = run_pandoc(arguments, json.dumps(whole), project.root)
    return page.decode(), tree


def extend(project, *names: str) -> None:
    """Give the project extensions of the repository, and one with a filter of its own."""
    extensions = project.root / "_extensions"
    (extensions / "own").mkdir(parents=True)
    for name in names:
        (extensions / name).symlink_to(REPOSITORY / "_extensions" / name)
    (extensions / "own" / "_extension.yml").write_text(EXTENSION)
    (extensions / "own" / "own.lua").write_text(FILTER)


@pytest.mark.parametrize(
    ("format_", "extensions"),
    [("manuscript-html", ["manuscript", "tieout"]), ("html", []), ("own-html", ["tieout"])],
)
def test_page_and_tree_are_those_of_the_command_line(project, pandoc, format_, extensions):
    extend(project, *extensions)
    (project.root / "references.bib").write_text(BIBLIOGRAPHY)
    paper = project.root / "paper.qmd"
    _, _, cell = paper.read_text().partition("```{python}")
    text = EVERYTHING.replace("FORMAT", format_)
    paper.write_text(text.replace("CELL", "```{python}" + cell.partition("\n```\n")[0] + "\n```"))
    executed, target = run(project)
    csl = next(iter(target.paths("csl")), None)
    expected = by_command_line(project, executed, target, csl)
    for _ in range(2):  # the second answer of the same process holds nothing of the first
        page = pandoc.write_page(executed, target, project, csl)
        assert (page, pandoc.read_tree()) == expected
    assert ("html5 mathml" in page) == (format_ == "own-html")


def test_what_leads_nowhere_is_the_finding_of_a_rendering(project, pandoc):
    (project.root / "references.bib").write_text(BIBLIOGRAPHY)
    paper = project.root / "paper.qmd"
    text = paper.read_text().replace("title: A paper", "title: A paper\nbibliography: references.bib")
    paper.write_text(text + "\n::: {.open}\n\nSee @fig-none and @nobody.\n")
    executed, target = run(project)
    with pytest.raises(FindingsError) as expected:
        parse_document(executed, project)
    with pytest.raises(FindingsError) as raised:
        pandoc.write_page(executed, target, project, None)
    assert sorted(raised.value.findings, key=str) == sorted(expected.value.findings, key=str)
    assert {each.code for each in raised.value.findings} == {
        "document/cross-reference",
        "document/citation",
        "document/pandoc",
    }


def test_a_filter_that_ends_the_run_ends_its_request_alone(project, pandoc):
    extend(project, "manuscript", "tieout")
    paper = project.root / "paper.qmd"
    good = paper.read_text().replace("title: A paper", "title: A paper\nformat: manuscript-html")
    paper.write_text(good + "\n[none]{.tie-error key=flow.hospice}\n")
    with pytest.raises(FindingsError, match=r"a printed value is not one: none; print one of its facets"):
        pandoc.write_page(*run(project), project, None)
    paper.write_text(good)
    assert "49%" in pandoc.write_page(*run(project), project, None)


def test_what_leads_nowhere_is_told_though_the_page_cannot_be_written(project, pandoc):
    extend(project, "manuscript", "tieout")
    paper = project.root / "paper.qmd"
    good = paper.read_text().replace("title: A paper", "title: A paper\nformat: manuscript-html")
    paper.write_text(good + "\n[none]{.tie-error key=flow.hospice} and @fig-none\n")
    with pytest.raises(FindingsError, match="nothing here is called @fig-none"):
        pandoc.write_page(*run(project), project, None)


def test_a_process_that_ended_between_two_saves_is_replaced(project, pandoc):
    executed, target = run(project)
    page = pandoc.write_page(executed, target, project, None)
    pandoc._process.kill()
    pandoc._process.wait()
    assert pandoc.write_page(executed, target, project, None) == page


@pytest.mark.skipif(sys.platform == "win32", reason="a filter finds its process by the shell's $PPID")
def test_a_process_that_ends_in_the_middle_is_a_finding_and_the_next_save_starts_another(project, pandoc):
    extend(project, "tieout")
    paper = project.root / "paper.qmd"
    good = paper.read_text()
    paper.write_text(good.replace("title: A paper", "title: A paper\nformat: own-html") + "\nEnd.\n")
    with pytest.raises(FindingsError, match="could not convert the document"):
        pandoc.write_page(*run(project), project, None)
    paper.write_text(good)
    assert "49%" in pandoc.write_page(*run(project), project, None)


def test_another_process_follows_after_many_answers(project, pandoc, monkeypatch):
    monkeypatch.setattr("tieout.document.preview.pandoc._MOST_ANSWERS", 2)
    executed, target = run(project)
    processes = []
    for _ in range(4):
        pandoc.write_page(executed, target, project, None)
        processes.append(pandoc._process)
        pandoc.read_tree()
    assert processes[0] is processes[1] is not processes[2] is processes[3]
    assert processes[0].poll() is not None


def test_it_ends_with_the_preview(project):
    with Pandoc() as pandoc:
        pandoc.write_page(*run(project), project, None)
        process = pandoc._process
        assert process.poll() is None
    assert process.poll() is not None

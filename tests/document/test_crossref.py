import dataclasses
import json

import pytest
from lxml import html

from tieout.document.execute import run_document
from tieout.document.parse import parse_document
from tieout.document.programs import run_pandoc
from tieout.values.finding import FindingsError

TABLE = "::: {#tbl-b}\n\n| A |\n|---|\n| x |\n\nCaption of `{python} r.flow.stopped.n`.\n:::\n"
FIGURE = "::: {#fig-a}\n\n![](a.png)\n\nThe figure.\n:::\n"


def plain(project, source) -> str:
    tree = parse_document(run_document(source, {"echo": False}), project)
    made, _ = run_pandoc(["-f", "json", "-t", "html", "--wrap=none"], json.dumps(tree), project.root)
    text = "".join(html.fromstring(made.decode()).itertext())
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_floats_are_numbered_by_kind_in_order_and_references_name_them(project, document):
    text = plain(
        project, document(f"See @fig-a, @tbl-b, [@fig-a; @tbl-b] and number -@tbl-b.\n\n{FIGURE}\n{TABLE}")
    )
    assert "See Figure 1, Table 1, Figure 1, Table 1 and number 1." in text
    assert "Table 1: Caption of 35." in text
    assert "Figure 1: The figure." in text


def test_a_reference_may_stand_before_its_float_and_begin_a_sentence(project, document):
    assert "Figure 1 shows" in plain(project, document(f"@Fig-a shows it.\n\n{FIGURE}"))


def test_an_image_with_its_own_caption_is_numbered_too(project, document):
    text = plain(project, document("@fig-k\n\n![A caption](k.png){#fig-k}\n\n" + FIGURE))
    assert "Figure 1: A caption" in text
    assert "Figure 2: The figure." in text


def test_a_pipe_tables_own_caption_is_numbered(project, document):
    text = plain(project, document("@tbl-p\n\n| A |\n|---|\n| x |\n\n: A pipe table {#tbl-p}\n"))
    assert "Table 1: A pipe table" in text


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("See @fig-x.\n", "document/cross-reference", 11),
        ("\nSee [@nobody2020].\n", "document/citation", 12),
        ("::: {#fig-a}\n![](a.png)\n:::\n", "document/caption", 11),
        (FIGURE + "\n" + FIGURE, "document/label", 11),
        ("# Part {#sec-a}\n\nSee @sec-a.\n", "document/section-number", 11),
    ],
)
def test_a_reference_that_leads_nowhere_is_found_at_its_line(project, document, body, code, line):
    (project.root / "refs.bib").write_text("@book{known, title={T}, author={A}, year={2020}}\n")
    source = dataclasses.replace(document(body), front={"title": "T", "bibliography": "refs.bib"})
    with pytest.raises(FindingsError) as caught:
        plain(project, source)
    assert [(finding.code, finding.place.line) for finding in caught.value.findings] == [(code, line)]


def test_a_numbered_section_is_named_by_its_number(project, document):
    head = "---\ntitle: T\nnumber-sections: true\n---\n\n```{python}\n#| include: false\nx = 1\n```\n\n"
    text = plain(project, document("# One\n\n# Two\n\n## Part {#sec-a}\n\nSee @sec-a.\n", head))
    assert "See Section 2.1." in text

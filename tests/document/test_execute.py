import pytest

from tieout.document.execute import run_document
from tieout.values.finding import FindingsError
from tieout.values.tie import Tie


def body_of(executed) -> str:
    return executed.markdown.strip()


def findings_of(source):
    with pytest.raises(FindingsError) as caught:
        run_document(source, {"echo": False})
    return caught.value.findings


def test_an_inline_expression_prints_its_tie_in_place(document):
    executed = run_document(document("Of `{python} r.flow.stopped.n` patients\n"), {"echo": False})
    assert body_of(executed) == 'Of [35]{.tie key="flow.stopped.n"} patients'
    assert [type(each.value) for each in executed.evaluated] == [Tie]


def test_what_was_evaluated_knows_its_file_line_and_column(project, document):
    (project.root / "_part.qmd").write_text("\nIn all `{python} r.flow.stopped.n`.\n")
    executed = run_document(document("{{< include _part.qmd >}}\n"), {"echo": False})
    assert str(executed.evaluated[0].place) == "_part.qmd:2:8"


def test_cells_share_one_namespace_in_document_order(document):
    executed = run_document(document("```{python}\nx = 'a*b'\n```\n\n`{python} x`\n"), {"echo": False})
    assert body_of(executed) == r"a\*b"


def test_the_last_value_of_a_cell_prints_unless_a_semicolon_follows(document):
    shown = run_document(document("```{python}\nr.flow.hospice.n\n```\n"), {"echo": False})
    hidden = run_document(document("```{python}\nr.flow.hospice.n;\n```\n"), {"echo": False})
    assert "17" in body_of(shown)
    assert body_of(hidden) == ""


def test_what_a_cell_writes_to_standard_output_is_a_code_block(document):
    executed = run_document(document("```{python}\nprint('seen')\n```\n"), {"echo": False})
    assert body_of(executed) == "```\nseen\n```"


def test_echo_shows_the_code(document):
    executed = run_document(document("```{python}\n#| echo: true\nx = 1\n```\n"), {"echo": False})
    assert "```python\nx = 1\n```" in body_of(executed)


def test_a_labelled_cell_becomes_a_float_with_its_caption(document):
    executed = run_document(
        document("```{python}\n#| label: tbl-a\n#| tbl-cap: A caption\nr.flow.hospice.n\n```\n"),
        {"echo": False},
    )
    assert body_of(executed).startswith("::: {#tbl-a}")
    assert body_of(executed).endswith("A caption\n:::")


def test_all_failures_of_a_document_are_found_at_once_with_their_lines(document):
    found = findings_of(
        document(
            "`{python} r.flow.hospic.n` and `{python} r.flow.hospice`\n"
            '`{python} claim("the majority", r.flow.hospice.share > 0.5)`\n\n'
            "```{python}\nx = 1\n\n1 / 0\n```\n\n`{python} r.flow.hospice.n + 1`\n"
        )
    )
    assert [(finding.code, finding.place.line) for finding in found] == [
        ("document/unknown-result", 11),
        ("document/failing-code", 11),
        ("document/false-claim", 12),
        ("document/failing-code", 17),
        ("document/failing-code", 20),
    ]
    assert all(finding.remedy for finding in found)


def test_a_finding_that_knows_no_place_stands_at_the_line_that_asked(document):
    (finding,) = findings_of(document("Text.\n\n`{python} __import__('tieout').figure('nosuch', r)`\n"))
    assert (finding.code, finding.place.line) == ("figure/unknown", 13)


def test_a_false_claim_says_the_words_the_condition_and_the_numbers(document):
    (finding,) = findings_of(document('`{python} claim("the majority", r.flow.hospice.share > 0.5)`\n'))
    assert "“the majority”: r.flow.hospice.share > 0.5 is 49% > 0.5" in finding.message


def test_names_that_a_failed_cell_would_have_made_are_not_reported_again(document):
    found = findings_of(document("```{python}\n1 / 0\nx = 1\n```\n\n`{python} x`\n"))
    assert [finding.place.line for finding in found] == [12]


def test_a_syntax_error_is_found_at_its_line(document):
    (finding,) = findings_of(document("```{python}\nx = 1\ny = (\n```\n"))
    assert finding.place.line == 13


@pytest.mark.parametrize(
    "expression", ["r.flow", "r.flow.hospice", "r.flow.hospice.n > 1", "[1]", "object()"]
)
def test_what_is_not_a_printable_value_is_refused(document, expression):
    (finding,) = findings_of(document(f"`{{python}} {expression}`\n"))
    assert finding.code == "document/failing-code"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("::: {.callout-note}\nx\n:::\n", "callout-note"),
        ("{{< video x.mp4 >}}\n", "video"),
        ("::: {.panel-tabset}\n:::\n", "panel-tabset"),
        ("::: {layout-ncol=2}\n:::\n", "layout-ncol"),
        ("As @eq-one shows\n", "eq-one"),
        ("```{r}\n1\n```\n", "code cell in r"),
        ("`{r} 1`\n", "inline expression in r"),
        ("```{python}\n#| layout-ncol: 2\n1;\n```\n", "layout-ncol"),
        ("```{python, echo=FALSE}\n1\n```\n", "inside the braces"),
        ("::: {.content-visible when-format='html'}\n:::\n", "content-visible"),
    ],
)
def test_what_only_quarto_renders_is_refused_by_name_and_line(document, body, named):
    (finding,) = findings_of(document(body))
    assert finding.code == "document/unsupported"
    assert named in finding.message
    assert finding.place.line in {11, 12}

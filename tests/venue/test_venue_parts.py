"""The parts of a text are read from the tree that pandoc makes of it."""

from __future__ import annotations

import json
import subprocess

import pypandoc
import pytest

from tieout.present.pandoc_table import plain_document
from tieout.present.table import Table, cell, column, row
from tieout.venue.parts import AbstractParts, TableText, abstract_parts, every_section, manuscript_parts


def parse(markdown: str) -> dict[str, object]:
    made = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from", "markdown", "--to", "json"],
        input=markdown.encode(),
        capture_output=True,
        check=True,
    )
    document: dict[str, object] = json.loads(made.stdout)
    return document


ABSTRACT = r"""---
title: Outcomes after lutetium
author:
  - Ann One
  - name: Bo Two
---

## Background

What *is* known.[^1] And "more".

[^1]: A note.

## Results

Of 35, [17 \(49\%\)]{.tie key="flow.hospice.n_percent"} entered hospice.

Second paragraph.

::: {#tbl-a}
| Group | n |
|---|---|
| All | [35]{.tie key="flow.stopped.n"} |

Patients.
:::

::: {#fig-k}
![](km.svg)

Overall survival.
:::

::: {#refs}
::: {#ref-a}
1\. Sartor O.
:::
:::
"""


def test_headings_paragraphs_tables_figures_authors_and_ties_are_found() -> None:
    assert abstract_parts(parse(ABSTRACT)) == AbstractParts(
        title="Outcomes after lutetium",
        sections=(
            ("Background", "What is known. (A note.) And “more”."),
            ("Results", "Of 35, 17 (49%) entered hospice.\nSecond paragraph."),
        ),
        tables=(TableText("Patients.", (("Group", "n"), ("All", "35"))),),
        figures=("Overall survival.",),
        authors=("Ann One", "Bo Two"),
        references=("1. Sartor O.",),
        ties=(("flow.hospice.n_percent", "17 (49%)"), ("flow.stopped.n", "35")),
    )


@pytest.mark.parametrize("written", ["**Methods:** We counted.", "**Methods**: We counted."])
def test_a_bold_word_with_a_colon_is_a_heading(written: str) -> None:
    assert abstract_parts(parse(written)).sections == (("Methods", "We counted."),)


def test_bold_words_without_a_colon_stay_text() -> None:
    assert abstract_parts(parse("**We counted** all.")).sections == (("", "We counted all."),)


def test_the_title_div_wins_over_the_front_matter_and_its_ties_are_kept() -> None:
    document = parse('---\ntitle: x\n---\n\n::: {.title}\nOf [96]{.tie key="a.n"}\n:::\n\nText.')
    parts = abstract_parts(document)
    assert (parts.title, parts.title_ties, parts.sections) == ("Of 96", (("a.n", "96"),), (("", "Text."),))


def test_a_manuscript_keeps_its_abstract_apart() -> None:
    document = parse(
        "::: {.abstract}\n## Purpose\n\nWhy.\n:::\n\n# Introduction\n\nLong.\n\n## Inner\n\nMore."
    )
    assert abstract_parts(document).sections == (("Purpose", "Why."),)
    assert manuscript_parts(document).sections == (("Introduction", "Long.\nInner\nMore."),)


def test_a_table_made_by_the_tool_is_read_from_its_model() -> None:
    made = Table("a", column("A", "left"), (column("B"),), (row("1", "2"),))
    block = {"t": "CodeBlock", "c": [["", ["tieout-table"], []], json.dumps({"ast": plain_document(made)})]}
    assert abstract_parts({"meta": {}, "blocks": [block]}).tables == (
        TableText("", (("A", "B"), ("1", "2"))),
    )


def test_a_tables_notes_count_with_the_table() -> None:
    made = Table(
        "a", column("A", "left"), (column("B"),), (row("1", "2"),), notes=(cell("Of all patients."),)
    )
    block = {"t": "CodeBlock", "c": [["", ["tieout-table"], []], json.dumps({"ast": plain_document(made)})]}
    caption = [None, [{"t": "Plain", "c": [{"t": "Str", "c": "Patients."}]}]]
    parts = abstract_parts(
        {"meta": {}, "blocks": [{"t": "Figure", "c": [["tbl-a", [], []], caption, [block]]}]}
    )
    assert parts.tables == (TableText("Patients.", (("A", "B"), ("1", "2"), ("Of all patients.",))),)
    assert parts.sections == ()


def test_the_words_inside_lists_and_quotations_count() -> None:
    parts = abstract_parts(parse("> Quoted.\n\n- one\n- two\n\n1. three\n\nTerm\n:   Meaning"))
    assert parts.sections == (("", "Quoted.\none\ntwo\nthree\nTerm\nMeaning"),)


def test_the_banner_of_synthetic_data_is_no_part_of_the_text() -> None:
    assert abstract_parts(parse("::: {.banner}\nSynthetic.\n:::\n\nText.")).sections == (("", "Text."),)


def test_back_matter_is_no_main_text_and_its_references_are_kept() -> None:
    document = parse(
        "# Results\n\nText.\n\n# Declarations {.back-matter}\n\nNone.\n\n## Funding\n\nNobody.\n\n"
        "::: {#refs}\n::: {#ref-a}\nSartor O.\n:::\n:::\n\n# Appendix\n\nMore."
    )
    parts = manuscript_parts(document)
    assert parts.sections == (("Results", "Text."), ("Appendix", "More."))
    assert parts.references == ("Sartor O.",)
    assert every_section(document)[2] == ("Funding", "Nobody.")


def test_a_numbered_float_of_the_parsed_tree_is_a_table_where_it_holds_one() -> None:
    table = parse("| A | B |\n|---|---|\n| 1 | 2 |")["blocks"][0]  # type: ignore[index]
    caption = [None, [{"t": "Plain", "c": [{"t": "Str", "c": "Patients."}]}]]
    picture = {"t": "Plain", "c": [{"t": "Image", "c": [["", [], []], [], ["k.png", ""]]}]}
    blocks = [
        {"t": "Figure", "c": [["tbl-a", [], []], caption, [table]]},
        {"t": "Figure", "c": [["fig-a", [], []], caption, [picture]]},
    ]
    parts = abstract_parts({"meta": {}, "blocks": blocks})
    assert parts.tables == (TableText("Patients.", (("A", "B"), ("1", "2"))),)
    assert parts.figures == ("Patients.",)

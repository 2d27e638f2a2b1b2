import re
import zipfile

import pytest

AUTHORS = """\
---
keywords: [prostate cancer, survival]
author:
  - name: Ada One
    degrees: [MD, PhD]
    email: ada@example.org
    corresponding: true
    affiliations: [{ref: a}]
  - name: {given: Ben, family: Two}
    affiliations: [{ref: a}, {ref: b}]
affiliations:
  - {id: a, department: Medicine, name: First Hospital, city: Springfield}
  - {id: b, name: Second Hospital, city: Shelbyville}
---

"""
# What Quarto's normalisation and the embedded renderer hand over instead.
NORMALISED = """\
---
keywords: [prostate cancer, survival]
by-author:
  - name: {literal: Ada One}
    degrees: [MD, PhD]
    email: ada@example.org
    attributes: {corresponding: true}
    affiliations: [{id: a, department: Medicine, name: First Hospital, city: Springfield, number: 1}]
  - name: {literal: Ben Two}
    affiliations:
      - {id: a, department: Medicine, name: First Hospital, city: Springfield, number: 1}
      - {id: b, name: Second Hospital, city: Shelbyville, number: 2}
---

"""
BODY = """\
::: {.title}
A study of [96]{.tie key="flow.stopped.n"} patients
:::

::: {.abstract}
## Background

One two three.

## Results

Of [96\N{NO-BREAK SPACE}\\(49\\%\\)]{.tie key="flow.stopped.n"} – five.
:::

# Introduction

Six words stand in this text.

# Funding {.back-matter}

## Grants

Nothing here is counted at all.

# Discussion

Counted again.
"""

BANNER = "every number in this document was derived from simulated patients"


def shown(html):
    """Return the words that a page shows."""
    body = re.sub(r"(?s)^.*<body[^>]*>", "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def word_xml(path, part="word/document.xml"):
    with zipfile.ZipFile(path) as package:
        return package.read(part).decode()


@pytest.mark.parametrize("head", [AUTHORS, NORMALISED])
def test_the_title_page_names_authors_affiliations_and_correspondence(render, head):
    text = render(head + BODY, "plain", "manuscript").text
    assert "A study of 96 patients" in text
    assert "Ada One, MD, PhD¹; Ben Two¹,²" in text
    assert "¹ Medicine, First Hospital, Springfield" in text
    assert "² Second Hospital, Shelbyville" in text
    assert "Ada One, MD, PhD; Medicine, First Hospital, Springfield; ada@example.org" in text
    assert "prostate cancer; survival" in text


@pytest.mark.parametrize("to", ["html", "typst", "docx", "plain"])
def test_subtitle_and_date_are_printed_where_they_are_given(render, to):
    done = render("---\nsubtitle: A *cohort* study\ndate: 2024-05-01\n---\n\n" + BODY, to, "manuscript")
    text = re.sub(r"<[^>]+>", "", word_xml(done.path)) if to == "docx" else done.text
    assert re.search(r"A \W*(<em>|#emph\[)?cohort\W*(em>)?\W* study", text)
    assert "2024-05-01" in text.replace("\\", "")


def test_one_affiliation_needs_no_numbers(render):
    both = "  - {name: Ada One, affiliations: [Here]}\n  - {name: Ben Two, affiliations: [Here]}\n"
    head = f"---\nauthor:\n{both}---\n\n"
    assert "Ada One; Ben Two\n\nHere\n" in render(head + BODY, "plain", "manuscript").text


@pytest.mark.parametrize("to", ["html", "typst", "plain", "docx"])
def test_counts_are_those_made_by_hand_in_every_format(render, to):
    # abstract: Background: One two three. (4) Results: Of 96 (49%) five. (5); main text: 1 + 6 and 1 + 2
    done = render(AUTHORS + BODY, to, "manuscript")
    text = re.sub(r"<[^>]+>", "", word_xml(done.path)) if to == "docx" else done.text
    assert "abstract, 9; main text, 10" in " ".join(text.split())


def test_the_abstract_counts_characters_without_spaces(render):
    # Background:Onetwothree. = 23; Results:Of96(49%)–five. = 23
    assert "46 characters without spaces, 9 words" in render(BODY, "plain", "abstract").text


def test_citations_are_not_counted_and_references_to_floats_are_two_words(render):
    markdown = "# Methods\n\nAs shown [@smith; @jones] in @tbl-a and ([-@fig-b]).\n"
    resolved = "# Methods\n\nAs shown in [Table\N{NO-BREAK SPACE}1](#tbl-a) and ([2](#fig-b)).\n"
    for text in (markdown, resolved):
        assert "main text, 8" in render(text, "plain", "manuscript").text.replace("\n", " ")


def test_floats_references_and_notes_are_not_counted(render):
    markdown = (
        "# Results\n\nTwo words.[^n]\n\n[^n]: A note of no weight.\n\n"
        "![A caption of no weight](a.svg){#fig-a}\n\n| No | weight |\n|---|---|\n| 1 | 2 |\n\n"
        "::: {#refs}\nNo weight.\n:::\n"
    )
    for to in ("plain", "typst", "html"):
        assert "main text, 3" in " ".join(
            re.sub(r"<[^>]+>", "", render(markdown, to, "manuscript").text).split()
        )


def test_headings_of_the_abstract_run_into_their_paragraphs(render):
    html = render(BODY, "html", "abstract").text
    assert "<strong>Background:</strong> One two three." in html


def test_tables_and_figures_are_counted(render):
    markdown = BODY + "\n![Caption](a.svg){#fig-a fig-alt='x'}\n"
    assert "0 tables, 1 figure" in render(markdown, "typst", "manuscript").text


def test_headings_below_the_title_are_second_in_html_and_first_elsewhere(render):
    deep = re.sub(r"(?m)^(?=#+ (Intro|Fund|Grants|Disc))", "##", BODY)
    for body in (BODY, deep):
        html = render(body, "html", "manuscript").text
        assert re.findall(r"<h(\d)", html) == ["1", "2", "2", "2", "3", "2"]
        assert "\n= Introduction" in render(body, "typst", "manuscript").text


def test_html_and_typst_say_the_same_words_of_the_front(render):
    html = shown(render(AUTHORS + BODY, "html", "manuscript").text)
    for words in ("Ada One, MD, PhD", "Corresponding author:", "Keywords:", "Word count:", "Abstract"):
        assert words in html
        assert words in render(AUTHORS + BODY, "typst", "manuscript").text


@pytest.mark.parametrize("style", [None, "manuscript", "abstract"])
@pytest.mark.parametrize("to", ["html", "typst", "docx", "plain"])
def test_synthetic_data_are_announced_first_in_every_output(render, to, style):
    done = render(AUTHORS + BODY, to, style)
    assert done.code == 0, done.messages
    text = word_xml(done.path) if to == "docx" else done.text
    assert BANNER in text
    shown_text = shown(text) if to == "html" else text
    assert shown_text.index(BANNER) < shown_text.index("Introduction")
    if style:
        assert shown_text.index(BANNER) < shown_text.rindex("A study of")


@pytest.mark.parametrize("flag", ["synthetic: false", "banner: false", "tieout-synthetic: false"])
def test_no_setting_of_the_document_takes_the_banner_away(render, flag):
    assert BANNER in render(f"---\n{flag}\n---\n\n{BODY}", "html", "manuscript").text


@pytest.mark.parametrize("to", ["html", "typst", "docx", "plain"])
def test_real_data_carry_no_banner(render, store, to):
    store(synthetic=False)
    done = render(BODY, to, "manuscript")
    text = word_xml(done.path) if to == "docx" else done.text
    assert BANNER not in text
    assert "synthetic data" not in text.lower()


def test_outputs_carry_the_digest_of_the_store(render):
    digest = "ab" * 32
    assert f'<meta name="tieout-digest" content="{digest}" />' in render(BODY, "html", "manuscript").text
    assert f'"tieout-digest:{digest}"' in render(BODY, "typst", "manuscript").text
    path = render(AUTHORS + BODY, "docx", "manuscript").path
    custom, core = word_xml(path, "docProps/custom.xml"), word_xml(path, "docProps/core.xml")
    assert digest in custom
    assert "synthetic data" in core
    assert "Ada One; Ben Two" in core
    assert "<dc:title>A study of 96 patients</dc:title>" in core
    assert "tieout-project" not in custom


def test_without_a_style_title_and_abstract_move_to_the_metadata(render):
    html = render(BODY, "html").text
    assert "<title>A study of 96 patients</title>" in html
    assert "One two three" not in shown(html)  # the template of another format prints it

import base64
import hashlib
import re
import zipfile

import pytest
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KEY = "flow.hospice.n_percent"
TIE = f'[17\N{NO-BREAK SPACE}\\(49\\%\\)]{{.tie key="{KEY}"}}'

EVERYWHERE = f"""
::: {{.title}}
Title of {TIE}
:::

# Heading of {TIE} {{#sec-h}}

Text of {TIE} and **bold {TIE}**, *italic {TIE}*.[^n]

[^n]: Note of {TIE}.

- item of {TIE}

| A     | B |
|-------|---|
| {TIE} | 1 |

![Caption of {TIE}](picture.png){{#fig-a fig-alt="Words."}}
"""


def parts(path):
    """Return the parts of a Word file that hold text, by name."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if re.fullmatch(r"word/(document|footnotes)\.xml", name)]
        return {name: etree.fromstring(package.read(name)) for name in names}


def controls(path):
    """Return (tag, text) of every content control."""
    return [
        (sdt.find(f"{W}sdtPr/{W}tag").get(f"{W}val"), "".join(sdt.find(f"{W}sdtContent").itertext()))
        for root in parts(path).values()
        for sdt in root.iter(f"{W}sdt")
    ]


@pytest.fixture
def word(render, project):
    (project / "picture.png").write_bytes(
        base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="
        )
    )
    done = render(EVERYWHERE, "docx", "manuscript")
    assert done.code == 0, done.messages
    return done.path


def test_a_tie_in_html_carries_its_key_and_its_meaning(render):
    html = render(f"Of them {TIE} entered.", "html").text
    assert f'data-key="{KEY}"' in html
    assert 'data-tip="Entered hospice · patients who stopped · first event, “after” stopping"' in html
    assert ">17\N{NO-BREAK SPACE}(49%)</span> entered" in html


@pytest.mark.parametrize(("to", "printed"), [("typst", "17~(49%)"), ("plain", "17 (49%)")])
def test_a_tie_is_plain_text_in_typst_and_in_plain_where_a_portal_gets_no_hard_spaces(render, to, printed):
    text = render(f"Of them {TIE} entered.", to).text
    assert f"Of them {printed} entered." in text
    assert KEY not in text


def test_characters_that_markdown_means_survive(render):
    tie = f'[a\\<b\\*c\\_d\\[e\\]\N{NO-BREAK SPACE}f]{{.tie key="{KEY}"}}'
    assert "a&lt;b*c_d[e]\N{NO-BREAK SPACE}f</span>" in render(tie, "html").text
    assert "a<b*c_d[e] f" in render(tie, "plain").text


def test_every_place_of_a_document_holds_a_control(word):
    assert controls(word) == [(KEY, "17\N{NO-BREAK SPACE}(49%)")] * 9


def test_a_control_keeps_the_look_of_its_text(render):
    markdown = '**[1]{.tie key="a.n"}** *[2]{.tie key="b.n"}* [3^a^]{.tie key="c.n"}'
    root = parts(render(markdown, "docx").path)["word/document.xml"]
    looks = [
        {child.tag.removeprefix(W) for properties in sdt.iter(f"{W}rPr") for child in properties}
        for sdt in root.iter(f"{W}sdt")
    ]
    assert [look & {"b", "i", "vertAlign"} for look in looks] == [{"b"}, {"i"}, {"vertAlign"}]


def test_ids_are_unique_in_their_kind_and_bookmarks_close(word):
    roots = parts(word).values()
    for kind in ("bookmarkStart", "bookmarkEnd"):
        ids = [mark.get(f"{W}id") for root in roots for mark in root.iter(f"{W}{kind}")]
        assert len(ids) == len(set(ids)) > 0
    numbers = [one.get(f"{W}val") for root in roots for one in root.iter(f"{W}id")]
    assert len(numbers) == len(set(numbers)) == 9


def test_a_bookmark_is_named_by_the_hash_of_its_key_and_counted(word):
    digest = base64.b32encode(hashlib.sha1(KEY.encode()).digest()[:5]).decode().lower()
    names = [m.get(f"{W}name") for root in parts(word).values() for m in root.iter(f"{W}bookmarkStart")]
    ours = {name for name in names if name.startswith(f"t{digest}_")}
    assert ours == {f"t{digest}_{n}" for n in range(1, 10)}
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 40


def test_a_tag_stays_within_the_64_characters_that_word_allows(render):
    keys = ["a" * 70 + ".n", "a" * 70 + ".percent"]
    done = render(" ".join(f'[1]{{.tie key="{key}"}}' for key in keys), "docx")
    tags = [tag for tag, _ in controls(done.path)]
    assert [len(tag) for tag in tags] == [64, 64]
    assert tags[0] != tags[1]


def test_givens_and_claims_say_what_they_are(render):
    markdown = '[Few]{.claim keys="flow.hospice" condition="x < 1"} of [45%]{.given source="VISION"}.'
    assert controls(render(markdown, "docx").path) == [("claim:flow.hospice", "Few"), ("given:VISION", "45%")]
    html = render(markdown, "html").text
    assert '<span class="claim" data-keys="flow.hospice" data-condition="x &lt; 1">Few</span>' in html
    assert '<span class="given" data-source="VISION">45%</span>' in html
    assert "Few of 45%." in render(markdown, "plain").text


@pytest.mark.parametrize("to", ["html", "typst", "docx", "plain"])
def test_a_branch_printed_by_mistake_stops_the_run(render, to):
    done = render('[r.flow has no facet]{.tie-error key="flow"}', to)
    assert done.code == 1
    assert "r.flow has no facet" in done.messages
    assert not done.path.exists()


def test_results_are_not_printed_without_a_store(render, store):
    store(absent=True)
    done = render(TIE, "html")
    assert done.code == 1
    assert "tieout derive" in done.messages
    assert render("No result here.", "html").code == 0


def test_a_store_that_cannot_be_read_stops_the_run(render, store):
    store(text='{"format": 1')
    done = render("Text.", "html")
    assert done.code == 1
    assert "is not a store" in done.messages


def test_two_runs_write_the_same_html(render):
    assert render(EVERYWHERE, "html").text == render(EVERYWHERE, "html").text

"""Reviewing a Word file says what co-authors did to it, and nothing else."""

# ruff: noqa: E501  (XML and Markdown stand on one line, as the files write them)
from __future__ import annotations

import re

import pytest

from tieout.values.store import Store
from tieout.word.names import DOCUMENT, W
from tieout.word.package import open_package, package_bytes, parse_part
from tieout.word.prose import read_paragraphs, restored
from tieout.word.refresh import make_printer, refresh_values
from tieout.word.review import Review, review_file
from tieout.word.side_by_side import side_by_side

CLAIMS = {"fewer than half": 'claim("fewer than half", r.flow.next_line.share < 0.5)'}
DATE = "2024-01-02T03:04:05Z"


@pytest.fixture
def review(old_docx: bytes, old_store: Store):
    """Return a function that reviews an edited file against the document that it was made from."""

    def run(raw: bytes, *, printed: bool = True) -> Review:
        printer = make_printer(old_store)
        return review_file(
            open_package(raw, "a.docx"),
            open_package(old_docx, "a.qmd"),
            printer,
            "a.docx",
            printed=printer if printed else None,
            claims=CLAIMS,
            date=DATE,
        )

    return run


def edited(raw: bytes, *changes: tuple[str, str], part: str = DOCUMENT) -> bytes:
    package = open_package(raw, "a.docx")
    text = package.parts[part].decode()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return package_bytes(package.with_parts({part: text.encode()}))


def control(raw: bytes, key: str) -> str:
    """The XML of the first tie of a key, its bookmark included."""
    xml = open_package(raw, "a.docx").parts[DOCUMENT].decode()
    pattern = rf'<w:bookmarkStart[^>]*/><w:sdt><w:sdtPr>(?:(?!</w:sdtPr>).)*<w:tag w:val="{re.escape(key)}"/>.*?</w:sdt><w:bookmarkEnd[^>]*/>'
    found = re.search(pattern, xml, re.DOTALL)
    assert found
    return found[0]


def comments(review: Review) -> list[str]:
    if "word/comments.xml" not in review.commented.parts:
        return []
    root = parse_part(review.commented, "word/comments.xml")
    return ["".join(node.text or "" for node in c.iter(f"{W}t")) for c in root.iter(f"{W}comment")]


def test_a_file_that_nobody_edited_has_no_finding(review, old_docx: bytes) -> None:
    made = review(old_docx)
    assert (made.findings, made.differences) == ((), ())
    assert made.commented.parts == open_package(old_docx, "a.docx").parts


def test_a_file_that_libreoffice_saved_has_no_finding(review, old_docx: bytes, save_in_libreoffice) -> None:
    made = review(save_in_libreoffice([old_docx])[0])
    assert (made.findings, made.differences) == ((), ())


def test_one_tie_copied_and_another_deleted_are_exactly_those_two(review, old_docx: bytes) -> None:
    copied, deleted = control(old_docx, "response.test.p"), control(old_docx, "response.psa50.n_of_percent")
    raw = edited(
        old_docx, (deleted, ""), ("entered hospice and", f"entered hospice</w:t></w:r>{copied}<w:r><w:t>and")
    )
    made = review(raw)
    assert [(f.code, re.findall(r"r\.[\w.]+", f.message)) for f in made.findings] == [
        ("word/tie-vanished", ["r.response.psa50.n_of_percent"]),
        ("word/tie-copied", ["r.response.test.p"]),
    ]


def test_the_same_after_libreoffice(review, old_docx: bytes, save_in_libreoffice) -> None:
    copied, deleted = control(old_docx, "response.test.p"), control(old_docx, "response.psa50.n_of_percent")
    renamed = copied.replace("_1", "_1_Copy_1").replace('w:id="7', 'w:id="8').replace('w:id="1', 'w:id="2')
    raw = edited(
        old_docx, (deleted, ""), ("entered hospice and", f"entered hospice</w:t></w:r>{renamed}<w:r><w:t>and")
    )
    made = review(save_in_libreoffice([raw])[0])
    assert [f.code for f in made.findings] == ["word/tie-vanished", "word/tie-copied"]


def test_one_of_two_places_of_a_tie_that_vanished_is_counted(review, old_docx: bytes) -> None:
    (finding,) = review(edited(old_docx, (control(old_docx, "flow.stopped.n"), "35"))).findings[:1]
    assert finding.message == "the tie r.flow.stopped.n vanished at 1 of 3 places"


def test_a_number_typed_anew_is_loose(review, old_docx: bytes) -> None:
    made = review(edited(old_docx, ("entered hospice and", "entered hospice within 28 days and")))
    assert [(f.code, f.message) for f in made.findings] == [
        ("word/loose-number", "the number 28 was typed and is tied to nothing")
    ]
    assert comments(made) == [
        "the number 28 was typed and is tied to nothing. Try: tie it to a result, or mark it as given in the .qmd"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "1,974 characters without spaces, 374 words",
        "Word count: abstract, 369; main text, 2,170",
        "Word count: main text, 98",
        "Tables and figures: 1 table, 2 figures",
    ],
)
def test_the_counts_of_words_that_tieout_printed_are_nobodys_numbers(review, old_docx, line: str) -> None:
    xml = open_package(old_docx, "a.docx").parts[DOCUMENT].decode()
    first = xml.index("<w:p>", xml.index("<w:body>"))
    package = open_package(old_docx, "a.docx")
    added = f"{xml[:first]}<w:p><w:r><w:t>{line}</w:t></w:r></w:p>{xml[first:]}"
    made = review(package_bytes(package.with_parts({DOCUMENT: added.encode()})))
    assert (made.findings, made.differences) == ((), ())


def test_a_number_typed_over_is_told_from_the_cut_that_the_file_was_made_from(
    review, old_docx: bytes
) -> None:
    raw = edited(old_docx, (">4 of 15\N{NO-BREAK SPACE}(27%)<", ">3 of 15\N{NO-BREAK SPACE}(20%)<"))
    (finding,) = review(raw).findings
    assert (finding.code, finding.facts["have"]) == ("word/typed-over", "3 of 15\N{NO-BREAK SPACE}(20%)")


def test_without_that_cut_the_review_says_so(review, old_docx: bytes) -> None:
    (finding,) = review(old_docx, printed=False).findings
    assert (finding.code, finding.blocks) == ("word/another-cut", False)


def test_a_claim_whose_words_changed_is_named_with_both_wordings(review, old_docx: bytes) -> None:
    made = review(edited(old_docx, (">fewer than half<", ">a minority<")))
    (finding,) = made.findings
    assert finding.code == "word/claim-changed"
    assert finding.facts == {"claimed": "fewer than half", "now": "a minority"}
    assert len(comments(made)) == 1


def test_a_claim_whose_words_changed_is_named_after_libreoffice_too(
    review, old_docx: bytes, save_in_libreoffice
) -> None:
    (saved,) = save_in_libreoffice([edited(old_docx, (">fewer than half<", ">a minority<"))])
    (finding,) = review(saved).findings
    assert (finding.code, finding.facts["claimed"]) == ("word/claim-changed", "fewer than half")


def test_open_comments_and_tracked_changes_are_listed_by_their_authors(review, old_docx: bytes) -> None:
    raw = edited(
        old_docx,
        (
            '<w:r><w:t xml:space="preserve">entered hospice and</w:t></w:r>',
            '<w:commentRangeStart w:id="5"/><w:ins w:id="900001" w:author="Bo"><w:r><w:t>entered </w:t></w:r></w:ins>'
            '<w:r><w:t xml:space="preserve">hospice and</w:t></w:r><w:commentRangeEnd w:id="5"/>'
            '<w:r><w:commentReference w:id="5"/></w:r>',
        ),
    )
    package = open_package(raw, "a.docx")
    xml = package.parts["word/comments.xml"].decode()
    note = '<w:comment w:id="5" w:author="Cy"><w:p><w:r><w:t>Sure?</w:t></w:r></w:p></w:comment>'
    xml = re.sub(r"(<w:comments[^>]*?)(?:/>|></w:comments>)", rf"\1>{note}</w:comments>", xml)
    made = review(package_bytes(package.with_parts({"word/comments.xml": xml.encode()})))
    assert [f.message for f in made.findings] == [
        "a comment by Cy is open",
        "1 tracked insertion by Bo is neither accepted nor rejected",
    ]
    assert made.differences == ()


def test_a_rewritten_paragraph_is_shown_beside_ours_with_its_ties_restored(review, old_docx: bytes) -> None:
    made = review(edited(old_docx, ("entered hospice and", "went to *hospice* and")))
    (difference,) = made.differences
    assert difference.theirs == (
        r"Of `{python} r.flow.stopped.n` patients who stopped, **`{python} r.flow.hospice.n_percent`** went to \*hospice\* and "
        '`{python} claim("fewer than half", r.flow.next_line.share < 0.5)` began another line.'
    )
    assert difference.ours == difference.theirs.replace(r"went to \*hospice\*", "entered hospice")


def test_a_new_and_a_deleted_paragraph_are_shown_alone(review, old_docx: bytes) -> None:
    xml = open_package(old_docx, "a.docx").parts[DOCUMENT].decode()
    second = re.findall(r"<w:p>(?:(?!</w:p>).)*Median overall.*?</w:p>", xml, re.DOTALL)[0]
    made = review(
        edited(old_docx, (second, "<w:p><w:r><w:t>Entirely other words stand here, zebra.</w:t></w:r></w:p>"))
    )
    assert [(bool(d.ours), bool(d.theirs)) for d in made.differences] == [(False, True), (True, False)]


def test_a_paragraph_that_only_moved_is_a_note(review, old_docx: bytes) -> None:
    xml = open_package(old_docx, "a.docx").parts[DOCUMENT].decode()
    moved = re.findall(r"<w:p>(?:(?!</w:p>).)*Median overall.*?</w:p>", xml, re.DOTALL)[0]
    first = re.findall(r"<w:p>(?:(?!</w:p>).)*The cutoff was.*?</w:p>", xml, re.DOTALL)[0]
    raw = edited(edited(old_docx, (moved, "")), (first, moved + first))
    made = review(raw)
    assert made.differences == ()
    assert [(f.code, f.blocks) for f in made.findings] == [("word/moved", False)]


def test_the_page_marks_what_went_and_what_came(review, old_docx: bytes) -> None:
    made = review(edited(old_docx, ("entered hospice and", "went to a &lt;b&gt; and")))
    page = side_by_side("a.docx", made.findings, made.differences)
    went = re.sub(r"<[^>]+>", "", " ".join(re.findall(r"<del>.*?</del>", page)))
    came = re.sub(r"<[^>]+>", "", " ".join(re.findall(r"<ins>.*?</ins>", page)))
    assert set(went.split()) >= {"entered", "hospice"}
    assert set(came.split()) >= {"went", "to", "a"}
    assert "\\&lt;b" in page
    assert "<b>" not in page


def test_citations_and_cross_references_are_restored(make_docx, old_store: Store) -> None:
    raw = make_docx("See [1](#ref-a)^,^[2](#ref-b) and [Table 1](#tbl-a), H~2~O, 10^3^.", old_store)
    printer = make_printer(old_store)
    (paragraph,) = read_paragraphs(open_package(raw, "a.docx"), printer.book)
    assert restored(paragraph, {}) == "See [@a; @b] and @tbl-a, H~2~O, 10^3^."


def test_a_tie_that_moved_with_tracking_stands_once(review, old_docx: bytes, new_store: Store) -> None:
    whole = control(old_docx, "response.test.p")
    run = re.findall(r"<w:r>.*?</w:r>", whole)[0]
    away = f'<w:moveFrom w:id="900001" w:author="Bo">{run}</w:moveFrom>'
    here = f'<w:moveTo w:id="900002" w:author="Bo">{run}</w:moveTo>'
    pasted = re.sub(r"<w:bookmark[^>]*/>", "", whole).replace(run, here)
    raw = edited(
        old_docx,
        (whole, whole.replace(run, away)),
        ("entered hospice and", f"entered hospice</w:t></w:r>{pasted}<w:r><w:t>and"),
    )
    codes = [finding.code for finding in review(raw).findings]
    assert codes == ["word/open-change"]
    done = refresh_values(open_package(raw, "a.docx"), make_printer(new_store), "a.docx", date=DATE)
    xml = done.package.parts[DOCUMENT].decode()
    assert (
        re.sub("<[^>]+>", "", re.findall(r"<w:moveFrom .*?</w:moveFrom>", xml)[0])
        == "P\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}.03"
    )
    assert (
        re.sub("<[^>]+>", "", re.findall(r"<w:moveTo .*?</w:moveTo>", xml)[0])
        == "P\N{NO-BREAK SPACE}&lt;.001"
    )

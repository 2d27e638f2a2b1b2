"""Every reader gives the words that a person sees, and the ties that stand among them."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.text.docx import UnreadableDocxError, read_docx
from tieout.text.html import read_html
from tieout.text.pdf import UnreadablePdfError, read_pdf
from tieout.text.read import read_text, text_of, words
from tieout.values.finding import FindingsError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, **parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{content}</w:{name}>')
    return made.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def control(key: str, text: str) -> str:
    return f'<w:sdt><w:sdtPr><w:tag w:val="{key}"/></w:sdtPr><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>'


# Plain text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("7·3 months – 95 % CI".encode(), "7·3 months – 95 % CI"),
        ("\ufeffmean 5 ± 2".encode(), "mean 5 ± 2"),
        ("mean 5 ± 2".encode("utf-16"), "mean 5 ± 2"),
        ("mean 5 \xb1 2".encode("cp1252"), "mean 5 ± 2"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        (b"one damaged mark \x00" + b" in a text" * 12, "one damaged mark \x00" + " in a text" * 12),
    ],
)
def test_text_decodes_whatever_saved_it(raw: bytes, expected: str) -> None:
    assert text_of(raw, "a.txt").content == expected


def test_a_place_counts_lines_and_columns_from_one() -> None:
    text = text_of(b"one\ntwo 2\n", "a.txt")
    assert str(text.place(text.content.index("2"))) == "a.txt:2:5"
    assert str(text.place(0)) == "a.txt:1:1"


# HTML


def test_html_ties_keep_their_key_text_and_place() -> None:
    content, ties = read_html('<p>Of the <span class="tie x" data-key="flow.n">35</span> patients</p>')
    assert content == "Of the 35 patients\n"
    assert [(tie.key, tie.text, content[tie.start : tie.end]) for tie in ties] == [("flow.n", "35", "35")]


def test_html_leaves_out_what_nobody_reads() -> None:
    page = "<head><title>T 1</title></head><style>p{2}</style><script>3</script><nav>4</nav>"
    assert read_html(page + "<p hidden>5</p><p>6</p>")[0] == "6\n"


def test_html_parts_blocks_and_cells() -> None:
    page = "<h1>A</h1><table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>a<br>b"
    assert read_html(page)[0] == "A\n1\t2\t\n3\t4\t\na\nb\n"


def test_html_keeps_footnote_marks_out_of_numbers() -> None:
    assert read_html("<p>13.2<sup>3</sup> and CO<sub>2</sub></p>")[0] == "13.2³ and CO₂\n"


# DOCX


def test_docx_ties_are_content_controls_by_tag() -> None:
    raw = docx(f"<w:p>{run('Of the ')}{control('flow.n', '35')}{run(' patients')}</w:p>")
    content, ties = read_docx(raw)
    assert content == "Of the 35 patients\n"
    assert [(tie.key, tie.text, tie.start) for tie in ties] == [("flow.n", "35", 7)]


def test_docx_reads_tracked_text_as_if_accepted() -> None:
    struck = "<w:del><w:r><w:delText>34</w:delText></w:r></w:del><w:ins><w:r><w:t>35</w:t></w:r></w:ins>"
    assert read_docx(docx(f"<w:p>{struck}</w:p>"))[0] == "35\n"


def test_docx_reads_tables_notes_and_raised_digits() -> None:
    cell = "<w:tc><w:p>{}</w:p></w:tc>"
    table = f"<w:tbl><w:tr>{cell.format(run('1'))}{cell.format(run('2'))}</w:tr></w:tbl>"
    mark = run("3", '<w:vertAlign w:val="superscript"/>')
    notes = (
        '<w:footnote w:type="separator"><w:p><w:r><w:t>none</w:t></w:r></w:p></w:footnote>'
        f"<w:footnote><w:p>{run('note')}</w:p></w:footnote>"
    )
    raw = docx(f"{table}<w:p>{run('13.2')}{mark}</w:p>", footnotes=notes)
    assert read_docx(raw)[0] == "1\t2\t\n13.2³\nnote\n"


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", docx("<w:p>")[:-20], docx("<w:open>")])
def test_a_damaged_docx_is_told_by_name(raw: bytes) -> None:
    with pytest.raises(UnreadableDocxError):
        read_docx(raw)


# PDF


def pdf(source: str) -> bytes:
    import typst

    made = typst.compile(source.encode(), ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def test_pdf_text_has_no_line_numbers_heads_or_page_numbers() -> None:
    raw = pdf(
        '#set page(width: 12cm, height: 8cm, header: [A running head], numbering: "1")\n'
        '#set par.line(numbering: "1")\n' + "Of the 35 patients, 17 entered hospice. " * 40
    )
    found = words(read_pdf(raw))
    assert found == tuple(words("Of the 35 patients, 17 entered hospice. " * 40))
    kept = read_pdf(raw, line_numbers=True, running_heads=True)
    assert "A running head" in kept
    assert "\n12\n" in kept


def test_pdf_words_are_whole_across_lines() -> None:
    raw = pdf(
        '#set text(hyphenate: true, lang: "en")\n'
        "#set page(width: 6cm, height: auto)\n#set par(justify: true)\n"
        "The characterisation of non-evaluable efficient fluorescence measurements."
    )
    expected = "The characterisation of nonevaluable efficient fluorescence measurements."
    assert words(read_pdf(raw)) == tuple(expected.split())


def test_pdfs_are_read_by_several_threads_as_by_one() -> None:
    raws = [pdf(f"#lorem(400) {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(read_pdf, raws * 5))
    assert together == [read_pdf(raw) for raw in raws] * 5


def test_pdf_keeps_footnote_marks_out_of_numbers() -> None:
    assert (
        read_pdf(pdf("#set page(height: auto)\nIn all 13.2#super[3] and 10#super[9]/L."))
        == "In all 13.2³ and 10⁹/L."
    )


def test_what_is_no_pdf_is_told() -> None:
    with pytest.raises(UnreadablePdfError):
        read_pdf(b"%PDF-1.7 nothing")


# Files


def test_words_are_equal_whichever_format_prints_them(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>Of 35 eﬃcient, 17&nbsp;(49%) long-term</p>", encoding="utf-8")
    (tmp_path / "a.docx").write_bytes(docx(f"<w:p>{run('Of 35 efficient, 17 (49%) long‑term')}</w:p>"))
    (tmp_path / "a.pdf").write_bytes(pdf("#set page(height: auto)\nOf 35 efficient, 17 (49%) long-term"))
    (tmp_path / "a.txt").write_text("Of 35 efficient, 17 (49%) long-term", encoding="utf-8")
    found = {words(read_text(path).content) for path in tmp_path.iterdir()}
    assert found == {("Of", "35", "efficient,", "17", "(49%)", "longterm")}


def test_ties_of_a_file_stand_in_reading_order(tmp_path: Path) -> None:
    path = tmp_path / "a b.docx"
    path.write_bytes(docx(f"<w:p>{control('a.n', '1')}{run(' and ')}{control('b.n', '2')}</w:p>"))
    assert [(tie.key, tie.text) for tie in read_text(path).ties] == [("a.n", "1"), ("b.n", "2")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.txt", None, "text/absent"),
        ("a.pdf", b"no", "text/unreadable"),
        ("a.docx", b"no", "text/unreadable"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR 35 of 40", "text/unreadable"),
        ("a.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "text/unreadable"),
        ("a.txt", b"{\\rtf1\\ansi 35 of 40}", "text/unreadable"),
    ],
)
def test_what_cannot_be_read_is_a_finding(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FindingsError) as caught:
        read_text(tmp_path / name)
    assert [finding.code for finding in caught.value.findings] == [code]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["a.txt", "a.html", "a.docx", "a.pdf", "-"]),
    st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"\xff\xfe"]),
)
def test_no_bytes_bring_a_reader_down(raw: bytes, name: str, start: bytes) -> None:
    try:
        assert isinstance(text_of(start + raw, name).content, str)
    except FindingsError as error:
        assert error.findings[0].code == "text/unreadable"  # noqa: PT017  (either outcome is right)

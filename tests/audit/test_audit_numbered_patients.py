"""Patients who are numbered: their numbers are found where somebody reads them, and nowhere else."""

import io
import zipfile

import pytest
import typst

from tieout.audit.identifiers import check_contents, shape_of, spelled

PATIENTS = {"10234", "0001", "mrn 00123"}


def found(name: str, raw: bytes) -> list[str]:
    known = {spelled(one) for one in PATIENTS} - {""}
    return [
        f.facts["times"] for f in check_contents([(name, raw)], known.__contains__, set(map(shape_of, known)))
    ]


def pdf(text: str) -> bytes:
    return typst.compile(f"#set page(width: 10cm)\n{text}".encode())


def word(text: str, elsewhere: str = "") -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as parts:
        parts.writestr(
            "word/document.xml", f'<w:p><w:t w:rsid="{elsewhere}">Seen</w:t><w:t>{text}</w:t></w:p>'
        )
    return package.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        "in 10234 patients",
        "see 10234.",
        "<td>10234</td>",
        "10234,10235;7",
        "MRN-00123",
        "(10234)",
    ],
)
def test_a_number_that_stands_alone_is_found(line):
    assert found("a.html", line.encode()) == ["1"]


@pytest.mark.parametrize(
    "line", ["0.10234", "#10234", "10234.5", "M3.10234 7", "a10234", "0001", "of 2023", "102345"]
)
def test_decimals_colours_and_short_numbers_are_nobody(line):
    assert found("a.html", line.encode()) == []


def test_the_innards_of_a_pdf_and_of_a_word_file_hold_no_patients():
    everybody = {f"{n:05}" for n in range(100_000)}
    for name, raw in (("a.pdf", pdf("Nobody at all")), ("a.docx", word("Nobody", elsewhere="10234"))):
        assert check_contents([(name, raw)], everybody.__contains__, set(map(shape_of, everybody))) == []


def test_what_a_pdf_and_a_word_file_show_is_read():
    assert found("a.pdf", pdf("Patient 10234 left")) == ["1"]
    assert found("a.docx", word("10234")) == ["1"]
    assert found("a.docx", word("MRN-00123"))

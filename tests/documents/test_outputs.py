"""What every output of this repository's study must be, whoever reads it."""

import csv
import re
import subprocess
import zipfile

import pytest
from lxml import etree

from tieout.text.read import read_text, words
from tieout.values.facets import show
from tieout.values.store import read_store
from tieout.values.style import AMA

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALL = (
    "abstract.html",
    "abstract.pdf",
    "abstract.docx",
    "abstract.txt",
    "manuscript.html",
    "manuscript.pdf",
    "manuscript.docx",
)
NBSP = "\N{NO-BREAK SPACE}"


def docx_parts(path):
    with zipfile.ZipFile(path) as package:
        return {
            name: etree.fromstring(package.read(name)) for name in package.namelist() if name.endswith(".xml")
        }


def words_of(path):
    return words(read_text(path).content)


def ties_of(path):
    """The ties of results in an output, as (key with facet, printed text), in reading order."""
    ties = ((tie.key, tie.text) for tie in read_text(path).ties)
    return [tie for tie in ties if not tie[0].startswith(("given", "claim"))]


def test_the_study_renders_without_its_registry_and_without_the_libraries_of_the_data_branch(outputs):
    assert sorted(path.name for path in outputs.iterdir() if path.is_file()) == sorted(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_output_says_that_the_data_are_synthetic(outputs, name):
    assert "synthetic data" in " ".join(words_of(outputs / name)[:40]).casefold()


@pytest.mark.parametrize("name", ALL)
def test_every_output_says_which_store_it_printed(outputs, name):
    digest = read_store(outputs.parent / "results").digest
    if name.endswith(".txt"):
        return  # a portal takes no metadata
    content = (outputs / name).read_bytes()
    if name.endswith(".docx"):
        with zipfile.ZipFile(outputs / name) as package:
            content = b"".join(
                package.read(part) for part in package.namelist() if part.startswith("docProps")
            )
    assert digest.encode() in content


@pytest.mark.parametrize("document", ["abstract", "manuscript"])
def test_every_tie_prints_what_its_result_prints(outputs, document):
    store = read_store(outputs.parent / "results")
    for suffix in ("html", "docx"):
        ties = ties_of(outputs / f"{document}.{suffix}")
        assert len(ties) > 30
        for key, text in ties:
            result, _, facet = key.rpartition(".")
            assert text.replace(NBSP, " ") == show(store[result], facet, AMA).replace(NBSP, " "), key


@pytest.mark.parametrize("document", ["abstract", "manuscript"])
def test_html_and_docx_print_the_same_ties_in_the_same_order(outputs, document):
    html, docx = (ties_of(outputs / f"{document}.{suffix}") for suffix in ("html", "docx"))
    assert [(key, text.replace(NBSP, " ")) for key, text in html] == [
        (key, text.replace(NBSP, " ")) for key, text in docx
    ]


@pytest.mark.parametrize("document", ["abstract", "manuscript"])
def test_ids_in_word_are_unique_in_their_kind_and_bookmarks_are_short_and_unique(outputs, document):
    root = docx_parts(outputs / f"{document}.docx")["word/document.xml"]
    names = [mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    assert all(len(name) <= 40 for name in names)
    for kind in ("bookmarkStart", "sdt"):
        path = f"{W}sdtPr/{W}id" if kind == "sdt" else None
        ids = [
            (element.find(path).get(f"{W}val") if path else element.get(f"{W}id"))
            for element in root.iter(f"{W}{kind}")
            if path is None or element.find(path) is not None
        ]
        assert ids
        assert len(ids) == len(set(ids)), kind


def test_every_picture_in_word_is_described(outputs):
    root = docx_parts(outputs / "manuscript.docx")["word/document.xml"]
    described = [
        p.get("descr")
        for p in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    ]
    assert described
    assert all(description and len(description) > 40 for description in described)


def test_every_table_in_word_is_a_table_whose_header_is_repeated(outputs):
    root = docx_parts(outputs / "manuscript.docx")["word/document.xml"]
    tables = list(root.iter(f"{W}tbl"))
    assert len(tables) >= 3
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables)


def test_word_has_line_numbers_and_page_numbers(outputs):
    parts = docx_parts(outputs / "manuscript.docx")
    assert parts["word/document.xml"].find(f".//{W}sectPr/{W}lnNumType") is not None
    assert any(
        b"PAGE" in etree.tostring(part) for name, part in parts.items() if name.startswith("word/footer")
    )


@pytest.mark.parametrize("document", ["abstract", "manuscript"])
def test_the_pdf_declares_archival_and_accessible_conformance(outputs, document):
    content = (outputs / f"{document}.pdf").read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


def test_the_pdf_embeds_every_font_and_carries_the_store(outputs, find_program, tmp_path):
    fonts = subprocess.run(
        [find_program("pdffonts"), outputs / "manuscript.pdf"], capture_output=True, text=True, check=True
    )
    rows = fonts.stdout.splitlines()[2:]
    assert rows
    assert all(re.search(r"\byes\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$", row) for row in rows)
    target = tmp_path / "attached.json"
    subprocess.run(
        [find_program("pdfdetach"), "-save", "1", "-o", target, outputs / "manuscript.pdf"], check=True
    )
    assert target.read_bytes() == (outputs.parent / "results" / "results.json").read_bytes()


@pytest.mark.parametrize("document", ["abstract", "manuscript"])
def test_html_stands_alone(outputs, document):
    page = (outputs / f"{document}.html").read_text()
    assert not re.findall(r'(?:src|href)="(?!data:|#|https?://doi\.org|mailto:)(?:https?:)?//?[^"]*"', page)


def test_figures_are_vectors_in_html_and_have_alternative_text(outputs):
    page = (outputs / "manuscript.html").read_text()
    images = re.findall(r"<img[^>]*>", page)
    assert len(images) >= 2
    assert all("data:image/svg+xml" in image and re.search(r'alt="[^"]{40}', image) for image in images)


def test_the_abstract_is_one_page(outputs, find_program):
    info = subprocess.run(
        [find_program("pdfinfo"), outputs / "abstract.pdf"], capture_output=True, text=True, check=True
    )
    assert re.search(r"^Pages:\s+1$", info.stdout, re.M)


def test_libreoffice_opens_both_word_files_with_every_word_in_order(outputs, find_program, tmp_path):
    soffice = find_program("soffice")
    files = [outputs / "abstract.docx", outputs / "manuscript.docx"]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [
            soffice,
            profile,
            "--headless",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            tmp_path / "saved",
            *files,
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    for file in files:
        assert words_of(tmp_path / "saved" / file.name) == words_of(file)


def test_the_portal_text_has_the_numbers_and_no_markup(outputs):
    text = (outputs / "abstract.txt").read_text()
    assert "17 (49%) entered hospice" in text
    assert NBSP not in text
    assert not re.search(r"[*_\[\]{}\\]", text)


def test_nothing_in_the_outputs_names_a_patient(outputs):
    for name in ALL:
        content = (outputs / name).read_bytes()
        if name.endswith(".docx"):
            with zipfile.ZipFile(outputs / name) as package:
                content = b"".join(package.read(part) for part in package.namelist())
        assert not re.search(rb"P-\d{4}", content), name


def test_every_table_lies_beside_as_csv_with_the_numbers_of_the_page(outputs):
    rows = list(csv.reader((outputs / "tables" / "toxicity.csv").read_text(encoding="utf-8").splitlines()))
    store = read_store(outputs.parent / "results")
    anemia = next(row for row in rows if row[0].strip() == "Anemia")
    assert show(store["toxicity.anemia.grade_3_or_worse"], "n_percent", AMA).replace(NBSP, " ") in anemia
    assert sorted(path.stem for path in (outputs / "tables").iterdir()) == [
        "baseline",
        "survival",
        "therapy",
        "toxicity",
    ]

"""The printed table: what each output receives, read back by other programs."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import docx
import lxml.html
import pypandoc
import pypdfium2
import pytest
import typst
from lxml import etree

from tieout.present.printed import CACHE, printed
from tieout.present.table import Emphasis, Spanner, Table, cell, column, group, row
from tieout.values.navigate import results
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store
from tieout.word.marks import limited_tag

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PANDOC = pypandoc.get_pandoc_path()


def pandoc(text: str | bytes, *arguments: str) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run([PANDOC, *arguments], input=data, capture_output=True, check=True).stdout


def small(r, name="small", **more):
    over = Spanner(cell("All patients (N = ", r.flow.treated.n, ")", notes=("all",)))
    other = Spanner(cell("Test"))
    rows = (
        row("Age, median (range), y", r.baseline.age.median_range_bare, "—", "—"),
        group("Course"),
        row(
            cell("Hospice <care> & more", notes=("of",)),
            cell(r.flow.hospice.n_percent, notes=("over",)),
            r.arms.hr.value_interval,
            r.arms.hr.p_bare,
            level=1,
        ),
        row(
            "Two ties",
            cell(r.flow.stopped.n, " of ", r.flow.stopped.of),
            "`code` *stars* ```",
            r.arms.log_rank.p_bare,
            level=1,
        ),
    )
    columns = (
        column("No. (%)", spanner=over),
        column("HR (95% CI)", spanner=other),
        column(cell(Emphasis("P"), " value"), spanner=other),
    )
    notes = {
        "all": cell("Everyone."),
        "of": cell("Of ", r.flow.hospice.of, "."),
        "over": cell("May overlap."),
    }
    return Table(
        name, column("Characteristic", "left"), columns, rows, notes, (cell("HR, hazard ratio."),), **more
    )


def long(r, groups=10, size=8):
    rows = []
    for number in range(groups):
        rows.append(group(f"Group {number}"))
        rows += [row(f"Item {number}.{at}", r.flow.hospice.n_percent, level=1) for at in range(size)]
    return Table("long", column("Item", "left"), (column("No. (%)"),), tuple(rows), {}, (cell("A note."),))


def payload(table, folder) -> dict[str, str]:
    markdown = printed(table, folder)._repr_markdown_()
    document = json.loads(pandoc(f"Before.\n\n{markdown}\n\nAfter.\n", "-f", "markdown", "-t", "json"))
    (code,) = [block for block in document["blocks"] if block["t"] == "CodeBlock"]
    assert code["c"][0][1] == ["tieout-table"]
    return json.loads(code["c"][1])


def word(openxml: str) -> bytes:
    numbered = re.sub(r"\{\{id:(\d+)\}\}", lambda found: str(100 + int(found[1])), openxml)
    keys = iter(range(10_000))
    filled = re.sub(r"\{\{bookmark:[^}]*\}\}", lambda _: f"t{next(keys)}", numbered)
    return pandoc(
        f"Before.\n\n```{{=openxml}}\n{filled}\n```\n\nAfter.\n", "-f", "markdown", "-t", "docx", "-o", "-"
    )


def body(document: bytes):
    with zipfile.ZipFile(io.BytesIO(document)) as files:
        return etree.fromstring(files.read("word/document.xml"))


def words(element) -> str:
    return "".join(text.text for text in element.iter(f"{W}t"))


TIES = ["96", "72\xa0(52–87)", "17\xa0(49%)", "0.62\xa0(0.51–0.75)", "<.001", "35", "96", ".03", "35"]
KEYS = [
    "flow.treated.n",
    "baseline.age.median_range_bare",
    "flow.hospice.n_percent",
    "arms.hr.value_interval",
    "arms.hr.p_bare",
    "flow.stopped.n",
    "flow.stopped.of",
    "arms.log_rank.p_bare",
    "flow.hospice.of",
]


def test_the_code_block_survives_pandoc_and_lua_reads_it(r, folder, tmp_path):
    made = payload(small(r), folder)
    assert list(made) == ["name", "html", "ast", "typst", "openxml", "csv"]
    script = tmp_path / "read.lua"
    script.write_text(
        "function CodeBlock(b)\n"
        "  local d = pandoc.json.decode(b.text, false)\n"
        "  return pandoc.read(d.ast, 'json').blocks\n"
        "end\n"
    )
    markdown = printed(small(r), folder)._repr_markdown_()
    read = json.loads(pandoc(markdown, "-f", "markdown", "-t", "json", f"--lua-filter={script}"))
    assert [block["t"] for block in read["blocks"]] == ["Table", "Div"]
    assert json.loads(made["ast"])["blocks"] == read["blocks"]


def test_ties_in_the_tree_carry_key_with_facet_and_stand_in_reading_order(r, folder):
    for name in ("ast", "typst"):
        document = pandoc(payload(small(r), folder)[name], "-f", "json", "-t", "html").decode()
        spans = lxml.html.fromstring(document).xpath("//span[@class='tie']")
        assert [span.get("data-key") for span in spans] == KEYS
        assert [span.text_content() for span in spans] == TIES


def test_marks_in_the_tree_are_superscripts_behind_their_cell_and_before_their_note(r, folder):
    for name in ("ast", "typst"):
        html = lxml.html.fromstring(
            pandoc(payload(small(r), folder)[name], "-f", "json", "-t", "html").decode()
        )
        marked = [(mark.getparent().text_content(), mark.text_content()) for mark in html.xpath("//sup")]
        assert [mark for _, mark in marked] == ["a", "b", "c", "a", "b", "c"]
        assert [text.strip() for text, _ in marked][3:] == ["aEveryone.", "bOf 35.", "cMay overlap."]


def test_html_keeps_ties_marks_and_words_apart(r, folder):
    html = lxml.html.fromstring(payload(small(r), folder)["html"])
    spans = html.xpath("//span[@class='tie']")
    assert [span.get("data-key") for span in spans] == KEYS
    assert [span.text_content() for span in spans] == TIES
    marked = html.xpath("//td[.//span[@data-key='flow.hospice.n_percent']]/sup")
    assert [mark.text_content() for mark in marked] == ["c"]
    assert "Hospice <care> & more" in html.text_content()
    assert [em.text_content() for em in html.xpath("//thead//em")] == ["P"]
    assert [head.get("colspan") for head in html.xpath("//th[contains(@class, 'spanner_outer')]")] == [
        "1",
        "2",
    ]


def test_html_changes_no_other_table_of_the_page(r, folder):
    style = lxml.html.fromstring(payload(small(r), folder)["html"]).xpath("//style")[0].text
    selectors = [
        part.strip()
        for rule in style.split("}")
        for part in rule.partition("{")[0].split(",")
        if part.strip()
    ]
    assert [selector for selector in selectors if not selector.startswith("#tieout-small")] == []


def test_word_has_a_control_and_a_bookmark_a_tie(r, folder):
    tree = body(word(payload(small(r), folder)["openxml"]))
    controls = tree.findall(f".//{W}sdt")
    assert [control.find(f".//{W}tag").get(f"{W}val") for control in controls] == KEYS
    assert ["".join(control.itertext()) for control in controls] == TIES
    for control in controls:
        number = control.find(f".//{W}id").get(f"{W}val")
        assert control.find(f".//{W}bookmarkStart").get(f"{W}id") == number
        assert control.find(f".//{W}bookmarkEnd").get(f"{W}id") == number
    numbers = [control.find(f".//{W}id").get(f"{W}val") for control in controls]
    assert len(set(numbers)) == len(KEYS)


def test_word_reads_the_table_with_repeated_header_and_superscript_marks(r, folder):
    document = docx.Document(io.BytesIO(word(payload(small(r), folder)["openxml"])))
    (table,) = document.tables
    assert len(table.rows) == 6
    texts = [[words(cell_._tc) for cell_ in line.cells] for line in table.rows]
    assert texts[0] == ["", "All patients (N = 96)a", "Test", "Test"]
    assert texts[4][:2] == ["Hospice <care> & moreb", "17\xa0(49%)c"]
    raised = table.rows[4]._tr.xpath(".//w:r[w:rPr/w:vertAlign[@w:val='superscript']]")
    assert [words(run) for run in raised] == ["b", "c"]
    header = [bool(line._tr.xpath("./w:trPr/w:tblHeader")) for line in table.rows]
    assert header == [True, True, False, False, False, False]
    assert all(line._tr.xpath("./w:trPr/w:cantSplit") for line in table.rows)
    kept = [bool(line._tr.xpath("./w:tc[1]/w:p/w:pPr/w:keepNext")) for line in table.rows]
    assert kept == [True] * 6  # short enough to stay whole, the last row with its notes


def test_a_long_key_is_cut_to_the_tag_that_reading_back_expects(folder):
    name = "a_very_long_name_of_a_result_that_somebody_wrote_out_in_full"
    long_key = Results({name: Count(17, 35, Meaning('Entered "hospice" & more, ' + "x" * 60))})
    write_store(make_store(Results(therapy=long_key), {}, {}), folder / "results")
    tie = getattr(results(folder / "results").therapy, name).n_percent
    table = Table("t", column("", "left"), (column("No."),), (row("x", tie),))
    tree = body(word(payload(table, folder)["openxml"]))
    (tag,) = [element.get(f"{W}val") for element in tree.iter(f"{W}tag")]
    (title,) = [element.get(f"{W}val") for element in tree.iter(f"{W}alias")]
    assert tag == limited_tag(f"therapy.{name}.n_percent")
    assert len(tag) == 64
    assert title.startswith('Entered "hospice" & more, x')
    assert len(title) == 64


def test_a_long_word_table_may_break_between_groups_alone(r, folder):
    (table,) = docx.Document(io.BytesIO(word(payload(long(r), folder)["openxml"]))).tables
    kept = [bool(line._tr.xpath("./w:tc[1]/w:p/w:pPr/w:keepNext")) for line in table.rows]
    may_break = [words(line._tr.tc_lst[0]) for line, stays in zip(table.rows, kept, strict=True) if not stays]
    assert may_break == [f"Item {number}.7" for number in range(9)]


def test_ninety_rows_in_typst_lose_none_repeat_the_header_and_keep_groups_whole(r, folder):
    text = pandoc(payload(long(r), folder)["typst"], "-f", "json", "-t", "typst", "-s").decode()
    pages = pypdfium2.PdfDocument(typst.compile(text.encode(), ignore_system_fonts=True))
    read = [page.get_textpage().get_text_range() for page in pages]
    assert len(read) > 1
    assert sorted(re.findall(r"Item (\d\.\d)", "".join(read))) == sorted(
        f"{number}.{at}" for number in range(10) for at in range(8)
    )
    for page in read:
        assert page.count("No. (%)") == 1
        for number in re.findall(r"Group (\d)", page):
            assert [f"Item {number}.{at}" in page for at in range(8)] == [True] * 8


def test_typst_tables_pass_as_tagged_archival_pdf(r, folder):
    text = pandoc(
        payload(small(r), folder)["typst"],
        "-f",
        "json",
        "-t",
        "typst",
        "-s",
        "-M",
        "title=T",
        "-M",
        "lang=en",
    )
    text += b"\n= A heading\n"
    assert typst.compile(text, pdf_standards=["a-3a", "ua-1"], ignore_system_fonts=True).startswith(b"%PDF")


def test_ninety_rows_survive_libreoffice(r, folder, tmp_path):
    if not shutil.which("soffice"):
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is absent")
        pytest.skip("needs LibreOffice (soffice)")
    source = tmp_path / "long.docx"
    source.write_bytes(word(payload(long(r), folder)["openxml"]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for kind in ("pdf", "odt"):
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(tmp_path),
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True)
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "long.pdf")]
    assert len(pages) > 1
    assert len(set(re.findall(r"Item (\d\.\d)", "".join(pages)))) == 80
    assert all(page.count("No. (%)") == 1 for page in pages)
    with zipfile.ZipFile(tmp_path / "long.odt") as files:
        assert files.read("content.xml").count(b"bookmark-start") == 80


def test_plain_text_keeps_every_row_and_lines_numbers_up(r, folder):
    text = pandoc(payload(long(r, 1, 8), folder)["ast"], "-f", "json", "-t", "plain").decode()
    assert len(re.findall(r"Item 0\.\d\s+17\s\(49%\)", text)) == 8


def test_equal_tables_give_equal_bytes_and_the_second_needs_no_great_tables(r, folder):
    first = printed(small(r), folder).markdown
    cached = list((folder / CACHE).glob("*.html"))
    assert len(cached) == 1
    code = (
        "import sys, importlib.util\n"
        "from pathlib import Path\n"
        f"spec = importlib.util.spec_from_file_location('here', {__file__!r})\n"
        "here = importlib.util.module_from_spec(spec); spec.loader.exec_module(here)\n"
        "from tieout.values.navigate import results\n"
        f"folder = Path({str(folder)!r})\n"
        "text = here.printed(here.small(results(folder / 'results')), folder).markdown\n"
        "assert not {'great_tables', 'pyarrow', 'pandas'} & set(sys.modules)\n"
        "sys.stdout.write(text)\n"
    )
    second = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert second.stdout == first
    cached[0].unlink()
    assert printed(small(r), folder).markdown == first


def test_another_number_makes_another_html(r, folder):
    printed(small(r), folder)
    printed(
        Table("small", column("Characteristic", "left"), (column("No."),), (row("x", r.flow.died.n),)), folder
    )
    assert len(list((folder / CACHE).glob("*.html"))) == 2


def test_html_is_made_without_pandas():
    code = (
        "import sys, warnings\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('pandas', 'polars'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked()); warnings.simplefilter('error')\n"
        "from tieout.present.html_table import html\n"
        "from tieout.present.table import Table, column, row\n"
        "print(html(Table('t', column('A', 'left'), (column('B'),), (row('x', '17'),))))\n"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ">17</td>" in made.stdout

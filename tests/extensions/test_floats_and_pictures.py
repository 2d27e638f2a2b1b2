import itertools
import json
import re
import zipfile

import pypdfium2
import pytest
import typst

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c636000000002000173750118"
    "0000000049454e44ae426082"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="60"><rect width="100" height="60"/></svg>'
ALT = 'Words with "quotes", a \\letter and <angles>.'
FIGURE = '![](picture){fig-alt="Words with \\"quotes\\", a \\letter and <angles>."}'


def table_of(rows):
    lines = "".join(f"| Line {n} | [{n}]{{.tie key=flow.stopped.n}} |\n" for n in range(1, rows + 1))
    return f"| Head | Count |\n|:-----|---:|\n{lines}"


@pytest.fixture
def floated(render, project):
    """Render blocks as numbered floats, as the embedded renderer hands them to the filters."""
    (project / "picture.svg").write_text(SVG)
    (project / "picture.png").write_bytes(PIXEL)
    number = project / "number.lua"
    number.write_text(
        "function Div(div)\n"
        "  local kind = div.identifier:match('^(%a+)%-')\n"
        "  if not kind then return nil end\n"
        "  local caption = div.content:remove(#div.content)\n"
        "  local label = ({ tbl = 'Table', fig = 'Figure' })[kind] .. '\\u{a0}1:'\n"
        "  local inlines = pandoc.Inlines({ pandoc.Str(label), pandoc.Space() })\n"
        "  inlines:extend(caption.content)\n"
        "  return pandoc.Figure(div.content, { long = { pandoc.Plain(inlines) } }, { id = div.identifier })\n"
        "end\n"
    )

    def run(markdown, to, style="manuscript"):
        return render(markdown, to, style, [str(number), "floats.lua", "tie.lua", "alt.lua"])

    return run


def table(rows=3, identifier="tbl-a"):
    return (
        f"::: {{#{identifier}}}\n{table_of(rows)}\n\nA caption of [35]{{.tie key=flow.stopped.n}}.\n:::\n\n"
    )


PICTURE = f"::: {{#fig-a}}\n{FIGURE}\n\nA picture of [35]{{.tie key=flow.stopped.n}}.\n:::\n\n"
TITLED = '---\ntitle: "A title"\n---\n\n# First\n\nWords.\n\n'
REFERRED = "See [Table 1](#tbl-a) and [Figure 1](#fig-a).\n\n"


def compiled(text, project):
    (project / "out.typ").write_text(text, encoding="utf-8")
    return typst.compile(
        str(project / "out.typ"), ignore_system_fonts=True, pdf_standards=["a-3a", "ua-1"], root=str(project)
    )


def pages(pdf):
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def row_heights(pdf):
    """Return, for each page, the height in points above the page's foot at which each row stands."""
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        search = text.search("Line ")
        found = iter(search.get_next, None)
        yield [text.get_charbox(index)[1] for index, _ in found]


def paragraphs(path):
    """Return (style, text) of the paragraphs of a Word file that do not stand in a table."""
    from lxml import etree

    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(path) as package:
        body = etree.fromstring(package.read("word/document.xml"))
    found = []
    for paragraph in body.iter(f"{w}p"):
        if next(paragraph.iterancestors(f"{w}tbl"), None) is None:
            style = paragraph.find(f"{w}pPr/{w}pStyle")
            text = "".join(paragraph.itertext(f"{w}t"))
            found.append((None if style is None else style.get(f"{w}val"), text))
    return found


def test_html_puts_captions_above_tables_and_below_figures(floated):
    html = floated(TITLED + table() + PICTURE, "html").text
    above, below = html.split('id="fig-a"')
    assert above.index("<figcaption>") < above.index("<table")
    assert below.index("<img") < below.index("<figcaption>")
    assert "<strong>Table\N{NO-BREAK SPACE}1:</strong> A caption of" in " ".join(html.split("\n"))
    assert html.count('id="tbl-a"') == html.count('id="fig-a"') == 1


def test_word_captions_have_their_styles_and_targets(floated):
    done = floated(TITLED + REFERRED + table() + PICTURE, "docx")
    assert done.code == 0, done.messages
    styles = [
        style
        for style, text in paragraphs(done.path)
        if style and ("aption" in style or style == "AfterTable")
    ]
    assert styles == ["TableCaption", "AfterTable", "CaptionedFigure", "ImageCaption"]
    with zipfile.ZipFile(done.path) as package:
        xml = package.read("word/document.xml").decode()
    for name in ("tbl-a", "fig-a"):
        assert xml.count(f'w:name="{name}"') == 1
        assert f'w:anchor="{name}"' in xml


def test_every_picture_in_word_has_its_description(floated):
    done = floated(TITLED + PICTURE + "![Only a caption](picture.png)\n", "docx")
    with zipfile.ZipFile(done.path) as package:
        xml = package.read("word/document.xml").decode()
    from lxml import etree

    described = [one.get("descr") for one in etree.fromstring(xml.encode()).iter("{*}docPr")]
    assert described == [ALT, "Only a caption"]


def test_alternative_texts_reach_html(floated):
    from lxml import html

    page = html.fromstring(floated(TITLED + PICTURE, "html").text)
    assert [image.get("alt") for image in page.iter("img")] == [ALT]


def test_a_picture_without_ending_takes_the_format_s_own(floated):
    assert 'src="picture.svg"' in floated(PICTURE, "html").text
    assert '"picture.svg"' in floated(PICTURE, "typst").text
    with zipfile.ZipFile(floated(PICTURE, "docx").path) as package:
        assert [name for name in package.namelist() if name.endswith(".png")]


def test_the_pdf_is_tagged_archival_and_has_the_front_and_the_floats(floated, project):
    text = floated(TITLED + REFERRED + table() + PICTURE, "typst").text
    assert f"alt: {json.dumps(ALT)}" in text
    pdf = compiled(text, project)
    assert b"/StructTreeRoot" in pdf
    assert b"pdfaid:part" in pdf
    words = " ".join(" ".join(pages(pdf)).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Table 1: A caption of 35" in words
    assert "Figure 1: A picture of 35" in words
    assert "1: Table" not in words  # Typst numbers nothing on its own
    assert text.count("#figure(") == 2  # no figure in a figure
    assert "#block[" not in text.split("#pagebreak")[-1]


@pytest.mark.parametrize("rows", [20, 33, 36, 40, 90, 200])
def test_no_row_of_a_table_is_lost_whatever_its_length(floated, project, rows):
    pdf = compiled(floated(TITLED + table(rows) + "# Next\n\nAfter.\n", "typst").text, project)
    found = pages(pdf)
    lines = [int(n) for page in found for n in re.findall(r"Line (\d+)", page)]
    assert lines == list(range(1, rows + 1))
    assert all("Head" in page for page in found if "Line" in page)
    # rows that do not fit are drawn over each other at the foot: their words are there, unreadable
    for heights in row_heights(pdf):
        assert all(upper - lower > 8 for upper, lower in itertools.pairwise(heights))
        assert not heights or heights[-1] > 60


def test_a_table_that_fits_on_a_page_stays_whole(floated, project):
    filler = "Words that fill the page. " * 40 + "\n\n"
    for before in (3, 4, 5):
        pdf = compiled(floated(TITLED + filler * before + table(12), "typst").text, project)
        assert sum("Line" in page for page in pages(pdf)) == 1


def test_floats_that_quarto_numbers_read_the_same(render, project):
    figure = (
        "```{=typst}\n#figure([#table(columns: 1, [cell])], "
        "caption: figure.caption(position: top, [A caption.]), "
        'kind: "quarto-float-tbl", supplement: "Table", numbering: "1") <tbl-a>\n```\n'
    )
    pdf = compiled(render(TITLED + "See [it](#tbl-a).\n\n" + figure, "typst", "manuscript").text, project)
    words = " ".join(" ".join(pages(pdf)).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Table 1: A caption." in words


def test_a_manuscript_numbers_its_lines_and_an_abstract_does_not(render, project):
    numbered = pages(compiled(render(TITLED, "typst", "manuscript").text, project))
    bare = pages(compiled(render(TITLED, "typst", "abstract").text, project))
    assert {"1", "2", "3"} <= set(numbered[0].split())
    assert not re.search(r"\d", bare[0])


def test_word_begins_a_page_at_the_abstract_and_at_the_first_heading_and_indents_only_later_paragraphs(
    render,
):
    markdown = "::: {.title}\nA title\n:::\n\n::: {.abstract}\nAll.\n:::\n\n# Introduction\n\nOne.\n\nTwo.\n"
    done = render(markdown, "docx", "manuscript")
    assert done.code == 0, done.messages
    found = [item for item in paragraphs(done.path) if item[0] != "TitlePage"]
    assert found[0][0] == "SyntheticBanner"
    assert found[1:] == [
        ("Title", "A title"),
        ("Heading1NewPage", "Abstract"),
        ("Abstract", "All."),
        ("Heading1NewPage", "Introduction"),
        ("FirstParagraph", "One."),
        ("BodyText", "Two."),
    ]


def test_the_template_of_word_keeps_page_header_and_footer_of_the_style_document(floated):
    with zipfile.ZipFile(floated(TITLED, "docx").path) as package:
        xml = package.read("word/document.xml").decode()
    assert "<w:lnNumType " in xml
    assert xml.count("<w:headerReference ") == xml.count("<w:footerReference ") == 2

"""The styles of a Word document: the names that pandoc's writer uses, and those of the shared filters."""

from __future__ import annotations

from dataclasses import dataclass

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Times New Roman is on every machine with Word; elsewhere its metric twin Liberation Serif stands in
TEXT_FONT = "Times New Roman"
CODE_FONT = "Courier New"
GREY = "595959"
RED = "9A1B1B"


@dataclass(frozen=True, slots=True)
class Page:
    """What tells the two documents apart.

    `size` is in half points, `line` in 240ths of a line; `after`, `margin` and `indent` are in twentieths
    of a point.
    """

    size: int
    line: int
    after: int
    margin: int
    indent: int
    numbered_lines: bool
    header: bool
    footer: bool


MANUSCRIPT = Page(
    size=24, line=480, after=0, margin=1440, indent=400, numbered_lines=True, header=True, footer=True
)
ABSTRACT = Page(
    size=21, line=252, after=100, margin=1300, indent=0, numbered_lines=False, header=False, footer=False
)


def spacing(before: int, after: int, line: int = 240) -> str:
    """Return a paragraph's spacing: twentieths of a point before and after, 240ths of a line between."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def size(half_points: int) -> str:
    """Return a type size."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def paragraph(
    name: str,
    based_on: str = "Normal",
    then: str = "",
    *,
    paragraph: str = "",
    run: str = "",
    identifier: str = "",
) -> str:
    """Return a paragraph style; Word's own names keep their meaning, other names are custom styles."""
    identifier = identifier or name.replace(" ", "")
    custom = "" if name in BUILT_IN else ' w:customStyle="1"'
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based_on}"/>'
        + (f'<w:next w:val="{then}"/>' if then else "")
        + "<w:qFormat/>"
        + (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "")
        + (f"<w:rPr>{run}</w:rPr>" if run else "")
        + "</w:style>"
    )


def character(name: str, run: str, identifier: str = "") -> str:
    """Return a character style."""
    custom = "" if name in BUILT_IN else ' w:customStyle="1"'
    return (
        f'<w:style w:type="character"{custom} w:styleId="{identifier or name.replace(" ", "")}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{run}</w:rPr></w:style>'
    )


BUILT_IN = {
    *("Normal", "Body Text", "Title", "Subtitle", "Date", "Bibliography", "Block Text", "footnote text"),
    *("caption", "header", "footer", "footnote reference", "Hyperlink", "line number", "TOC Heading"),
    *(f"heading {level}" for level in range(1, 10)),
}


def headings() -> str:
    """Return the nine heading levels, and a first level that begins a page."""
    looks = ["<w:b/><w:bCs/>" + size(28), "<w:b/><w:bCs/>" + size(24)] + ["<w:i/><w:iCs/>" + size(24)] * 7
    made = [
        paragraph(
            f"heading {level}",
            then="FirstParagraph",
            paragraph="<w:keepNext/><w:keepLines/>"
            + spacing(280 if level == 1 else 200, 80)
            + f'<w:outlineLvl w:val="{level - 1}"/>',
            run=look,
            identifier=f"Heading{level}",
        )
        for level, look in enumerate(looks, start=1)
    ]
    new_page = "<w:pageBreakBefore/>" + spacing(0, 80)
    made.append(paragraph("Heading 1 New Page", "Heading1", "FirstParagraph", paragraph=new_page))
    return "".join(made)


def front_styles(page: Page) -> str:
    """Return the styles of the title page and the abstract."""
    box = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="4" w:color="{RED}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    banner = (
        f"<w:suppressLineNumbers/><w:pBdr>{box}</w:pBdr>"
        + spacing(0, 280)
        + '<w:ind w:left="100" w:right="100"/>'
    )
    return "".join(
        [
            paragraph(
                "Synthetic Banner", then="Title", paragraph=banner, run=f'<w:color w:val="{RED}"/>' + size(18)
            ),
            paragraph(
                "Title",
                then="Author",
                paragraph="<w:keepNext/>" + spacing(0, 240),
                run="<w:b/><w:bCs/>" + size(page.size + 8),
            ),
            paragraph("Subtitle", then="Author", paragraph=spacing(0, 200)),
            paragraph("Author", then="Affiliation", paragraph=spacing(0, 160)),
            paragraph("Date", paragraph=spacing(0, 160)),
            paragraph(
                "Affiliation", paragraph=spacing(0, 240) + "<w:contextualSpacing/>", run=size(page.size - 3)
            ),
            paragraph("Title Page", paragraph=spacing(160, 0)),
            paragraph("Abstract Title", "Heading1", "Abstract"),
            paragraph(
                "Abstract",
                "BodyText",
                paragraph=spacing(0, page.after, page.line) + '<w:ind w:firstLine="0"/>',
            ),
            paragraph(
                "Counts", paragraph=spacing(200, 200), run=f'<w:color w:val="{GREY}"/>' + size(page.size - 4)
            ),
            character("Running Head", ""),
        ]
    )


def text_styles(page: Page) -> str:
    """Return the styles of running text, notes, captions and references."""
    body = spacing(0, page.after, page.line)
    indented, flush = f'<w:ind w:firstLine="{page.indent}"/>', '<w:ind w:firstLine="0"/>'
    caption = "<w:keepLines/><w:suppressLineNumbers/>"
    hanging = '<w:ind w:left="440" w:hanging="440"/>'
    grey = f'<w:color w:val="{GREY}"/>' + size(17)
    return "".join(
        [
            paragraph("Body Text", paragraph=f"<w:widowControl/>{body}{indented}", identifier="BodyText"),
            paragraph("First Paragraph", "BodyText", "BodyText", paragraph=flush),
            paragraph("Compact", "BodyText", paragraph=spacing(20, 20) + flush),
            paragraph(
                "Block Text",
                "BodyText",
                paragraph=body + '<w:ind w:left="480" w:right="480" w:firstLine="0"/>',
            ),
            paragraph("Bibliography", paragraph=spacing(0, 120, max(240, page.line * 3 // 4)) + hanging),
            paragraph(
                "footnote text",
                paragraph="<w:suppressLineNumbers/>" + spacing(0, 60),
                run=size(19),
                identifier="FootnoteText",
            ),
            paragraph("Footnote Block Text", "FootnoteText", paragraph='<w:ind w:left="480" w:right="480"/>'),
            paragraph(
                "Definition Term", then="Definition", paragraph="<w:keepNext/>" + spacing(0, 0), run="<w:b/>"
            ),
            paragraph("Definition", "FirstParagraph"),
            paragraph("caption", paragraph=caption + spacing(0, 120), run=size(20), identifier="Caption"),
            paragraph("Table Caption", "Caption", paragraph="<w:keepNext/>" + caption + spacing(320, 100)),
            paragraph("Image Caption", "Caption", paragraph=caption + spacing(80, 320)),
            paragraph("Figure", paragraph="<w:suppressLineNumbers/>" + spacing(240, 60)),
            paragraph(
                "Captioned Figure",
                "Figure",
                "ImageCaption",
                paragraph="<w:keepNext/><w:suppressLineNumbers/>",
            ),
            paragraph("After Table", paragraph="<w:suppressLineNumbers/>" + spacing(0, 120), run=size(12)),
            paragraph("header", paragraph=spacing(0, 0), run=grey, identifier="Header"),
            paragraph(
                "footer", paragraph=spacing(0, 0) + '<w:jc w:val="center"/>', run=grey, identifier="Footer"
            ),
            paragraph("TOC Heading", "Heading1", "BodyText"),
            character("Body Text Char", ""),
            character("Verbatim Char", f'<w:rFonts w:ascii="{CODE_FONT}" w:hAnsi="{CODE_FONT}"/>' + size(20)),
            character("Section Number", ""),
            character("footnote reference", '<w:vertAlign w:val="superscript"/>', "FootnoteReference"),
            character("Hyperlink", ""),
            character("line number", '<w:color w:val="8C8C8C"/>' + size(15), "LineNumber"),
        ]
    )


def table_style() -> str:
    """Return the table style: rules above, below and under the header, single-spaced, nothing else."""
    rule = '<w:{} w:val="single" w:sz="{}" w:space="0" w:color="000000"/>'
    borders = rule.format("top", 8) + rule.format("bottom", 8)
    sides = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 20), ("left", 70), ("bottom", 20), ("right", 70))
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblCellMar>{sides}</w:tblCellMar></w:tblPr></w:style>"
        '<w:style w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:pPr>{spacing(0, 0)}</w:pPr><w:rPr>{size(20)}</w:rPr>"
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
        f'<w:tcPr><w:tcBorders>{rule.format("bottom", 6)}</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>'
        "</w:tblStylePr></w:style>"
    )


def styles(page: Page) -> str:
    """Return word/styles.xml."""
    fonts = (
        f'<w:rFonts w:ascii="{TEXT_FONT}" w:hAnsi="{TEXT_FONT}" w:eastAsia="{TEXT_FONT}" w:cs="{TEXT_FONT}"/>'
    )
    language = '<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="ar-SA"/>'
    return (
        f'{HEAD}<w:styles xmlns:w="{MAIN}"><w:docDefaults>'
        f"<w:rPrDefault><w:rPr>{fonts}{size(page.size)}{language}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{spacing(0, 0)}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        "</w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
        f"{text_styles(page)}{headings()}{front_styles(page)}{table_style()}</w:styles>"
    )

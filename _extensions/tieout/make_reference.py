"""Write the Word style documents of the manuscript and the abstract: `python _extensions/tieout/make_reference.py`.

Pandoc takes styles, page, header and footer from them. Two runs write the same bytes.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

EXTENSIONS = Path(__file__).resolve().parent.parent
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Times New Roman is on every machine with Word; elsewhere its metric twin Liberation Serif stands in
TEXT_FONT = "Times New Roman"
CODE_FONT = "Courier New"
GREY = "595959"
RED = "9A1B1B"


@dataclass(frozen=True, slots=True)
class Page:
    """What tells the two documents apart. `line` is the spacing in 240ths of a line, sizes are half points."""

    size: int
    line: int
    after: int
    margin: int
    numbered_lines: bool
    header: bool
    footer: bool


MANUSCRIPT = Page(
    size=24, line=480, after=0, margin=1440, numbered_lines=True, header=True, footer=True
)
ABSTRACT = Page(size=21, line=252, after=100, margin=1300, numbered_lines=False, header=False, footer=False)


def spacing(before: int, after: int, line: int = 240) -> str:
    """Return a paragraph's spacing: twentieths of a point before and after, 240ths of a line between."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def size(half_points: int) -> str:
    """Return a type size."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def paragraph(
    name: str, based_on: str = "Normal", then: str = "", paragraph: str = "", run: str = "", identifier: str = ""
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
    made.append(paragraph("Heading 1 New Page", "Heading1", "FirstParagraph", new_page))
    return "".join(made)


def front_styles(page: Page) -> str:
    """Return the styles of the title page and the abstract."""
    box = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="4" w:color="{RED}"/>' for side in ("top", "left", "bottom", "right")
    )
    banner = f"<w:pBdr>{box}</w:pBdr>" + spacing(0, 280) + '<w:ind w:left="100" w:right="100"/>'
    return "".join(
        [
            paragraph("Synthetic Banner", then="Title", paragraph=banner, run=f'<w:color w:val="{RED}"/>' + size(18)),
            paragraph("Title", then="Author", paragraph="<w:keepNext/>" + spacing(0, 240), run="<w:b/><w:bCs/>" + size(page.size + 8)),
            paragraph("Subtitle", then="Author", paragraph=spacing(0, 200)),
            paragraph("Author", then="Affiliation", paragraph=spacing(0, 160)),
            paragraph("Date", paragraph=spacing(0, 160)),
            paragraph("Affiliation", paragraph=spacing(0, 240) + "<w:contextualSpacing/>", run=size(page.size - 3)),
            paragraph("Title Page", paragraph=spacing(160, 0)),
            paragraph("Abstract Title", "Heading1", "Abstract"),
            paragraph("Abstract", "BodyText", paragraph=spacing(0, page.after, page.line)),
            paragraph("Counts", paragraph=spacing(200, 200), run=f'<w:color w:val="{GREY}"/>' + size(page.size - 4)),
            character("Running Head", ""),
        ]
    )


def text_styles(page: Page) -> str:
    """Return the styles of running text, notes, captions and references."""
    body = spacing(0, page.after, page.line)
    caption = "<w:keepLines/><w:suppressLineNumbers/>"
    hanging = '<w:ind w:left="440" w:hanging="440"/>'
    grey = f'<w:color w:val="{GREY}"/>' + size(17)
    return "".join(
        [
            paragraph("Body Text", paragraph="<w:widowControl/>" + body, identifier="BodyText"),
            paragraph("First Paragraph", "BodyText", "BodyText"),
            paragraph("Compact", "BodyText", paragraph=spacing(20, 20)),
            paragraph("Block Text", "BodyText", paragraph=body + '<w:ind w:left="480" w:right="480"/>'),
            paragraph("Bibliography", paragraph=spacing(0, 120, max(240, page.line * 3 // 4)) + hanging),
            paragraph("footnote text", paragraph="<w:suppressLineNumbers/>" + spacing(0, 60), run=size(19), identifier="FootnoteText"),
            paragraph("Footnote Block Text", "FootnoteText", paragraph='<w:ind w:left="480" w:right="480"/>'),
            paragraph("Definition Term", then="Definition", paragraph="<w:keepNext/>" + spacing(0, 0), run="<w:b/>"),
            paragraph("Definition", "BodyText"),
            paragraph("caption", paragraph=caption + spacing(0, 120), run=size(20), identifier="Caption"),
            paragraph("Table Caption", "Caption", paragraph="<w:keepNext/>" + caption + spacing(320, 100)),
            paragraph("Image Caption", "Caption", paragraph=caption + spacing(80, 320)),
            paragraph("Figure", paragraph="<w:suppressLineNumbers/>" + spacing(240, 60)),
            paragraph("Captioned Figure", "Figure", "ImageCaption", "<w:keepNext/><w:suppressLineNumbers/>"),
            paragraph("After Table", paragraph="<w:suppressLineNumbers/>" + spacing(0, 120), run=size(12)),
            paragraph("header", paragraph=spacing(0, 0), run=grey, identifier="Header"),
            paragraph("footer", paragraph=spacing(0, 0) + '<w:jc w:val="center"/>', run=grey, identifier="Footer"),
            paragraph("TOC Heading", "Heading1", "BodyText"),
            character("Body Text Char", ""),
            character("Verbatim Char", f'<w:rFonts w:ascii="{CODE_FONT}" w:hAnsi="{CODE_FONT}"/>' + size(20)),
            character("Section Number", ""),
            character("footnote reference", '<w:vertAlign w:val="superscript"/>', "FootnoteReference"),
            character("Hyperlink", ""),
            character("line number", f'<w:color w:val="8C8C8C"/>' + size(15), "LineNumber"),
        ]
    )


def table_style() -> str:
    """Return the table style: rules above, below and under the header, single-spaced, nothing else."""
    rule = '<w:{} w:val="single" w:sz="{}" w:space="0" w:color="000000"/>'
    borders = rule.format("top", 8) + rule.format("bottom", 8)
    sides = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in
                    (("top", 20), ("left", 70), ("bottom", 20), ("right", 70)))
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblCellMar>{sides}</w:tblCellMar></w:tblPr></w:style>"
        '<w:style w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:pPr>{spacing(0, 0)}</w:pPr><w:rPr>{size(20)}</w:rPr>"
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>{rule.format("bottom", 6)}'
        '</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
    )


def styles(page: Page) -> str:
    """Return word/styles.xml."""
    fonts = f'<w:rFonts w:ascii="{TEXT_FONT}" w:hAnsi="{TEXT_FONT}" w:eastAsia="{TEXT_FONT}" w:cs="{TEXT_FONT}"/>'
    language = '<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="ar-SA"/>'
    return (
        f'{HEAD}<w:styles xmlns:w="{MAIN}"><w:docDefaults>'
        f"<w:rPrDefault><w:rPr>{fonts}{size(page.size)}{language}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{spacing(0, 0)}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
        f"{text_styles(page)}{headings()}{front_styles(page)}{table_style()}</w:styles>"
    )


def field(code: str, shown: str) -> str:
    """Return a field with the text that a program shows which does not compute it."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t xml:space="preserve">{shown}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def document(page: Page) -> str:
    """Return word/document.xml: nothing but the page."""
    parts = ""
    if page.header:
        parts += '<w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="first" r:id="rId5"/>'
    if page.footer:
        parts += '<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="first" r:id="rId4"/>'
    parts += '<w:footnotePr><w:numRestart w:val="continuous"/></w:footnotePr>'
    parts += '<w:pgSz w:w="12240" w:h="15840"/>'
    sides = "".join(f' w:{side}="{page.margin}"' for side in ("top", "right", "bottom", "left"))
    parts += f'<w:pgMar{sides} w:header="708" w:footer="708" w:gutter="0"/>'
    if page.numbered_lines:
        parts += '<w:lnNumType w:countBy="1" w:restart="continuous"/>'
    if page.header:
        parts += "<w:titlePg/>"
    return (
        f'{HEAD}<w:document xmlns:w="{MAIN}" xmlns:r="{RELATIONS}"><w:body><w:p/>'
        f"<w:sectPr>{parts}</w:sectPr></w:body></w:document>"
    )


def parts_of(page: Page) -> dict[str, str]:
    """Return the files of the package by name."""
    names = ["document.main", "styles", "settings"]
    files = {
        "word/document.xml": document(page),
        "word/styles.xml": styles(page),
        "word/settings.xml": f'{HEAD}<w:settings xmlns:w="{MAIN}"><w:defaultTabStop w:val="720"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>",
    }
    links = {"rId1": "styles", "rId2": "settings"}
    if page.header:
        head = field("STYLEREF &quot;Running Head&quot;".replace("&quot;", '"'), " ")
        links |= {"rId3": "header", "rId5": "header"}
        files["word/header1.xml"] = f'{HEAD}<w:hdr xmlns:w="{MAIN}"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{head}</w:p></w:hdr>'
        files["word/header2.xml"] = f'{HEAD}<w:hdr xmlns:w="{MAIN}"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr></w:p></w:hdr>'
    if page.footer:
        links |= {"rId4": "footer"}
        count = field("PAGE", "1") + '<w:r><w:t xml:space="preserve"> of </w:t></w:r>' + field("NUMPAGES", "1")
        files["word/footer1.xml"] = f'{HEAD}<w:ftr xmlns:w="{MAIN}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{count}</w:p></w:ftr>'
    targets = {"rId1": "styles.xml", "rId2": "settings.xml", "rId3": "header1.xml", "rId4": "footer1.xml", "rId5": "header2.xml"}
    types = {"document": "document.main", "styles": "styles", "settings": "settings", "header1": "header",
             "header2": "header", "footer1": "footer"}
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{WORD_PART}.{types[Path(name).stem]}+xml"/>' for name in sorted(files)
    )
    files["word/_rels/document.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{targets[key]}"/>' for key, kind in links.items())
        + "</Relationships>"
    )
    files["_rels/.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    files["[Content_Types].xml"] = (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )
    return files


def write_reference(page: Page, path: Path) -> None:
    """Write the package with fixed times, so that equal content is equal bytes."""
    files = parts_of(page)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, files[name])


if __name__ == "__main__":
    write_reference(MANUSCRIPT, EXTENSIONS / "manuscript" / "reference.docx")
    write_reference(ABSTRACT, EXTENSIONS / "abstract" / "reference.docx")

"""Write the Word style documents of the manuscript and the abstract.

    python _extensions/tieout/reference/make.py [FOLDER]

Pandoc takes styles, page, header and footer from them. Two runs write the same bytes. FOLDER stands for
`_extensions`.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

from word_styles import ABSTRACT, HEAD, MAIN, MANUSCRIPT, Page, styles

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"

# a part's file, its kind, and the id by which the document names it
PARTS = {
    "styles.xml": ("styles", "rId1"),
    "settings.xml": ("settings", "rId2"),
    "header1.xml": ("header", "rId3"),
    "header2.xml": ("header", "rId4"),
    "footer1.xml": ("footer", "rId5"),
}
# without it, Word opens the file as one of its own from 2007
COMPATIBLE = (
    '<w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
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
    """Return word/document.xml: nothing but the page. The first page has no running head."""
    parts = ""
    if page.header:
        parts += (
            '<w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="first" r:id="rId4"/>'
        )
    if page.footer:
        parts += (
            '<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="first" r:id="rId5"/>'
        )
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


def margin_part(tag: str, style: str, content: str = "") -> str:
    """Return a header or a footer of one paragraph."""
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>'
    return f'{HEAD}<w:{tag} xmlns:w="{MAIN}">{paragraph}</w:{tag}>'


def content_of(page: Page) -> dict[str, str]:
    """Return the parts that hold something, by file."""
    settings = f'<w:settings xmlns:w="{MAIN}"><w:defaultTabStop w:val="720"/>{COMPATIBLE}</w:settings>'
    files = {"document.xml": document(page), "styles.xml": styles(page), "settings.xml": HEAD + settings}
    if page.header:
        files["header1.xml"] = margin_part("hdr", "Header", field('STYLEREF "Running Head"', " "))
        files["header2.xml"] = margin_part("hdr", "Header")
    if page.footer:
        between = '<w:r><w:t xml:space="preserve"> of </w:t></w:r>'
        files["footer1.xml"] = margin_part(
            "ftr", "Footer", field("PAGE", "1") + between + field("NUMPAGES", "1")
        )
    return files


def relationships(entries: dict[str, tuple[str, str]]) -> str:
    """Return a part's relationships: target by (kind, id)."""
    links = "".join(
        f'<Relationship Id="{identifier}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for target, (kind, identifier) in entries.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def package_of(page: Page) -> dict[str, str]:
    """Return all files of the package, by name."""
    content = content_of(page)
    kinds = {name: kind for name, (kind, _) in PARTS.items()} | {"document.xml": "document.main"}
    overrides = "".join(
        f'<Override PartName="/word/{name}" ContentType="{WORD_PART}.{kinds[name]}+xml"/>' for name in content
    )
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )
    return {
        "[Content_Types].xml": HEAD + types,
        "_rels/.rels": relationships({"word/document.xml": ("officeDocument", "rId1")}),
        "word/_rels/document.xml.rels": relationships({n: PARTS[n] for n in PARTS if n in content}),
        **{f"word/{name}": text for name, text in content.items()},
    }


def write_reference(page: Page, path: Path) -> None:
    """Write the package with fixed times, so that equal content is equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, text in package_of(page).items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.getvalue())


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    write_reference(MANUSCRIPT, folder / "manuscript" / "reference.docx")
    write_reference(ABSTRACT, folder / "abstract" / "reference.docx")

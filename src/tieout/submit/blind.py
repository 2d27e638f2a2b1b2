"""Taking authors and institutions out of a manuscript, and making sure that they are out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import unescape

from tieout.document.authors import normalise_authors
from tieout.document.execute import Executed
from tieout.document.source import Line
from tieout.text.pdf import opened_pdf
from tieout.values.finding import Finding, Place
from tieout.values.project import Project

REMOVED = "[removed for blind review]"
_ABOUT_AUTHORS = frozenset(
    {"author", "authors", "affiliation", "affiliations", "institute", "by-author", "by-affiliation",
     "acknowledgments", "correspondence", "orcid", "email", "blind"}
)  # fmt: skip
_SHORTEST = 6  # shorter pieces of an address, such as a country, identify nobody and stand in any text


def identities(front: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what would give authors away: names, addresses, institutions, and what `blind:` lists.

    An affiliation counts as a whole and by its parts between commas.
    """
    known = normalise_authors(front)
    found: list[str] = [str(entry) for entry in front.get("blind") or ()]
    for author in known.get("by-author", ()):
        found += [author["name"]["literal"], str(author.get("email", "")), str(author.get("orcid", ""))]
    for place in known.get("by-affiliation", ()):
        for value in (place.get("name"), place.get("department"), place.get("address")):
            found += [str(value or ""), *(part.strip() for part in str(value or "").split(","))]
    return tuple(sorted({text for text in found if len(text) >= _SHORTEST}, key=lambda text: -len(text)))


def blinded(executed: Executed, project: Project, names: Iterable[str]) -> tuple[Executed, Project]:
    """Return a document without its authors: out of front matter, project's metadata, and the text."""
    source = executed.source
    front = {key: value for key, value in source.front.items() if key not in _ABOUT_AUTHORS}
    shared = {key: value for key, value in project.quarto.items() if key not in _ABOUT_AUTHORS}
    # a name may run over the end of a line: the text is searched whole and keeps its number of lines
    texts = without("\n".join(line.text for line in executed.lines), names).split("\n")
    lines = tuple(Line(text, line.place) for text, line in zip(texts, executed.lines, strict=True))
    return replace(executed, source=replace(source, front=front), lines=lines), replace(
        project, quarto=shared
    )


def without(text: str, names: Iterable[str]) -> str:
    """Return a text in which every name is replaced, whatever its case and blanks; line ends stay."""
    for name in names:
        pattern = r"\s+".join(re.escape(word) for word in name.split())
        text = re.sub(pattern, lambda match: REMOVED + "\n" * match[0].count("\n"), text, flags=re.IGNORECASE)
    return text


def check_blind(made: Mapping[str, bytes], names: Iterable[str]) -> list[Finding]:
    """Return a finding for each file that names an author or an institution, or carries an attachment."""
    found = []
    wanted = [(name, " ".join(name.split()).casefold()) for name in names]
    for file, content in made.items():
        text = " ".join(f"{file} {_all_text(file, content)}".split()).casefold()
        found += [
            Finding(
                "submit/not-blind", f"the blinded file still names “{name}”", Place(file), {}, "take it out"
            )
            for name, folded in wanted
            if folded in text
        ]
        if file.endswith(".pdf") and _attachments(content):
            found.append(
                Finding("submit/attachment", "a file for reviewers carries an attachment", Place(file))
            )
    return found


def _all_text(file: str, content: bytes) -> str:
    """Return every word that a file holds: its text, its metadata, its attributes."""
    if file.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
        shown = [unescape(re.sub(r"<[^>]+>", "", part)) for part in parts]
        return "\n".join([*shown, *(unescape(part) for part in parts)])
    if file.endswith(".pdf"):
        return _pdf_text(content)
    return content.decode("utf-8", "replace")


def _pdf_text(content: bytes) -> str:
    with opened_pdf(content) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
        return "\n".join([*pages, *document.get_metadata_dict().values()])


def _attachments(content: bytes) -> int:
    with opened_pdf(content) as document:
        return int(document.count_attachments())

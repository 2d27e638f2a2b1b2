"""From a saved document to the page that a browser shows: its HTML, and its pictures by what they hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tieout.document.execute import Executed, run_document
from tieout.document.formats import Target, document_metadata, read_targets
from tieout.document.preview.pandoc import Pandoc
from tieout.document.source import Source, read_source
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project

_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)" ?/?>')
_IMAGE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]+)(")')
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
_KINDS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a page: its media type and bytes."""

    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Built:
    """A document as it is shown, and as it was run; `images` by their names in `html`."""

    executed: Executed
    html: str
    images: Mapping[str, Image]


def read_shown(name: str, project: Project) -> Source:
    """Read the document; FindingsError where it is not there or not text."""
    path = project.root / name
    if not path.is_file():
        raise FindingsError([Finding("document/absent", f"there is no document {name}", Place(name))])
    try:
        return read_source(path, project.root)
    except UnicodeDecodeError:
        remedy = "save it in UTF-8"
        raise FindingsError(
            [Finding("document/encoding", "this file is not UTF-8", Place(name), {}, remedy)]
        ) from None


def build_page(source: Source, project: Project, pandoc: Pandoc) -> Built:
    """Run the document and write its HTML; FindingsError with all that stops it."""
    target, csl = _target(source, project)
    executed = run_document(source, project.quarto.get("execute") or {})
    html, images = _with_files(pandoc.write_page(executed, target, project, csl), target, project)
    return Built(executed, html, images)


def bibliographies(source: Source, project: Project) -> list[Path]:
    """Return the files that a document names for its references."""
    named: Any = source.front.get("bibliography", project.quarto.get("bibliography")) or []
    return [source.path.parent / str(name) for name in (named if isinstance(named, list) else [named])]


def _target(source: Source, project: Project) -> tuple[Target, Path | None]:
    """Return the document's HTML as it asks for it, else the plainest, and the style of its references."""
    asked: Sequence[Target] = read_targets(source, project)
    html = next((target for target in asked if target.suffix == "html"), None)
    csl = next((path for target in asked for path in target.paths("csl")), None)
    return html or Target("html", "html5", document_metadata(source, project)), csl


def _with_files(html: str, target: Target, project: Project) -> tuple[str, dict[str, Image]]:
    """Put style sheets into the page, and let it name its pictures by the hash of what they hold."""
    sheets = {str(path): path for path in target.paths("css")}
    images: dict[str, Image] = {}

    def sheet(match: re.Match[str]) -> str:
        path = sheets.get(unescape(match[1]))
        return f"<style>\n{path.read_text(encoding='utf-8')}</style>" if path else ""

    def image(match: re.Match[str]) -> str:
        source = unescape(match[2])
        if _ELSEWHERE.match(source):
            return match[0]
        path = (project.root / unquote(source)).resolve()
        kind = _KINDS.get(path.suffix.lower())
        if kind is None or not path.is_relative_to(project.root) or not path.is_file():
            return match[0]
        content = path.read_bytes()
        name = hashlib.sha256(content).hexdigest()[:20] + path.suffix.lower()
        images[name] = Image(kind, content)
        return f"{match[1]}/image/{name}{match[3]}"

    return _IMAGE.sub(image, _SHEET.sub(sheet, html)), images

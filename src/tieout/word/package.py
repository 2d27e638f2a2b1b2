"""A Word file as its parts: read, changed part by part, and written with all other parts as they were."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.values.files import write_whole
from tieout.values.finding import Finding, FindingsError, Place
from tieout.word.names import CONTENT_TYPES, DOCUMENT, R_REL, TEXT_PARTS

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LARGEST_PART = 200_000_000  # bytes; a manuscript with figures has some ten million


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a Word file by name, in the file's order; `infos` keeps each entry's date and mode."""

    parts: Mapping[str, bytes]
    infos: Mapping[str, zipfile.ZipInfo]

    def with_parts(self, changed: Mapping[str, bytes]) -> Package:
        """Return the package with some parts replaced or added."""
        return replace(self, parts={**self.parts, **changed})

    def text_parts(self) -> list[str]:
        """Return the names of the parts that hold text: body, notes, headers and footers."""
        return [name for name in self.parts if TEXT_PARTS.fullmatch(name)]


def open_package(raw: bytes, name: str) -> Package:
    """Read a Word file from its bytes.

    Raises
    ------
    FindingsError
        when it is no Word file, is damaged, or holds a part too large to be text.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            infos = {info.filename: info for info in file.infolist()}
            if any(info.file_size > _LARGEST_PART for info in infos.values()):
                raise _unreadable(name, "one of its parts is too large")
            parts = {entry: file.read(entry) for entry in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise _unreadable(name, "it is no zip file that can be opened") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]  # zipfile lets zlib's own error through
        raise _unreadable(name, "it is damaged") from error
    if DOCUMENT not in parts:
        raise _unreadable(name, f"it has no {DOCUMENT}")
    return Package(parts, infos)


def read_package(path: Path) -> Package:
    """Read a Word file; FindingsError when there is none or it cannot be read."""
    if not path.is_file():
        raise FindingsError([Finding("word/absent", "there is no such file", Place(path.name))])
    return open_package(path.read_bytes(), path.name)


def package_bytes(package: Package) -> bytes:
    """Return the bytes of a Word file with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in package.parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            if known := package.infos.get(name):
                info.date_time, info.external_attr = known.date_time, known.external_attr
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)
    return buffer.getvalue()


def write_package(package: Package, path: Path) -> None:
    """Write a Word file whole: whoever opens it sees the old one or the new one."""
    write_whole(path, package_bytes(package), path.stat().st_mode & 0o777 if path.exists() else 0o644)


def parse_part(package: Package, name: str) -> Element:
    """Parse a part; FindingsError when it is no XML. Entities are never resolved."""
    from lxml import etree  # noqa: PLC0415  (50 ms that --help need not pay)

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(package.parts[name], parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(name, "it is no XML") from error


def part_bytes(root: Element) -> bytes:
    """Return a part's bytes as Word writes them."""
    from lxml import etree  # noqa: PLC0415  (as above)

    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def relationships_name(part: str) -> str:
    """Return the part that holds another's relationships."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def with_relationship(
    package: Package, part: str, kind: str, target: str, content_type: str
) -> tuple[Package, str]:
    """Return the package with a relationship from `part` to a new `target`, and its id.

    `kind` is the relationship's type, `target` is relative to the part's folder.
    """
    from lxml import etree  # noqa: PLC0415  (as above)

    name = relationships_name(part)
    empty = f'<Relationships xmlns="{R_REL}"/>'.encode()
    relations = parse_part(package.with_parts({name: package.parts.get(name, empty)}), name)
    used = {relation.get("Id") for relation in relations}
    number = next(n for n in range(1, len(used) + 2) if f"rIdTieout{n}" not in used)
    identifier = f"rIdTieout{number}"
    etree.SubElement(relations, f"{{{R_REL}}}Relationship", Id=identifier, Type=kind, Target=target)
    types = parse_part(package, "[Content_Types].xml")
    folder = part.rpartition("/")[0]
    etree.SubElement(
        types, f"{{{CONTENT_TYPES}}}Override", PartName=f"/{folder}/{target}", ContentType=content_type
    )
    changed = {name: part_bytes(relations), "[Content_Types].xml": part_bytes(types)}
    return package.with_parts(changed), identifier


def _unreadable(name: str, reason: str) -> FindingsError:
    remedy = "save it again from Word or LibreOffice as .docx"
    return FindingsError(
        [Finding("word/unreadable", f"this file cannot be read: {reason}", Place(name), {}, remedy)]
    )

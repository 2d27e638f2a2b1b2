"""Reading a .qmd: its lines with the place each came from, includes expanded, front matter apart."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.yamltext import parse_yaml

_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_IN_STUDY = "name a .qmd file of the study"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document and where its author wrote it."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    """A document as written: its YAML, its body with includes expanded, and the files it read."""

    path: Path
    name: str
    front: Mapping[str, Any]
    lines: tuple[Line, ...]
    files: tuple[Path, ...]


def read_source(path: Path, root: Path) -> Source:
    """Read a .qmd of the project at `root`.

    Raises
    ------
    FindingsError
        for a missing file or include, an include of itself, and front matter that is not YAML.
    """
    name = _name_in(path, root)
    files: list[Path] = []
    lines = _read_lines(path, root, files, ())
    front, body = _split_front(lines)
    return Source(path, name, front, tuple(body), tuple(files))


def _name_in(path: Path, root: Path) -> str:
    """Return how the project calls a document of its own; FindingsError where it has none such."""
    path = Path(os.path.normpath(path))
    if not path.is_relative_to(root):
        finding = Finding("document/outside", f"{path.name} lies outside of the study", None, {}, _IN_STUDY)
        raise FindingsError([finding])
    name = path.relative_to(root).as_posix()
    if not path.is_file():
        have = ", ".join(sorted(file.name for file in path.parent.glob("[!_]*.qmd"))) or "none"
        message = f"there is no document {name}"
        raise FindingsError([Finding("document/absent", message, Place(name), {"have": have}, _IN_STUDY)])
    return name


def _read_lines(path: Path, root: Path, files: list[Path], above: tuple[Path, ...]) -> list[Line]:
    name = path.relative_to(root).as_posix()
    files.append(path)
    lines: list[Line] = []
    fence = ""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = Place(name, number)
        fence = _fence_after(text, fence)
        if fence or not (match := _INCLUDE.match(text)):
            lines.append(Line(text, place))
            continue
        included = (root if match[1].startswith("/") else path.parent) / match[1].lstrip("/")
        if not included.is_file():
            remedy = "write the path from the including file, or from the project with a leading /"
            raise FindingsError(
                [
                    Finding(
                        "document/include", f"the included file {match[1]} does not exist", place, {}, remedy
                    )
                ]
            )
        if included in (path, *above):
            raise FindingsError(
                [Finding("document/include", "a file includes itself", place, {}, "remove one include")]
            )
        lines += _read_lines(included, root, files, (path, *above))
    return lines


def _fence_after(text: str, fence: str) -> str:
    """Return the code fence that is open after this line, or an empty string."""
    match = _FENCE.match(text)
    if not match:
        return fence
    mark = match[1]
    if not fence:
        return mark
    closes = mark[0] == fence[0] and len(mark) >= len(fence) and text.strip() == mark
    return "" if closes else fence


def _split_front(lines: list[Line]) -> tuple[dict[str, Any], list[Line]]:
    if not lines or lines[0].text.strip() != "---":
        return {}, lines
    end = next((i for i, line in enumerate(lines[1:], 1) if line.text.strip() in {"---", "..."}), None)
    if end is None:
        finding = Finding(
            "document/front-matter", "the front matter does not end", lines[0].place, {}, "close it with ---"
        )
        raise FindingsError([finding])
    text = "\n".join(line.text for line in lines[1:end])
    return parse_yaml(text, lambda n: lines[min(n, end)].place, "the front matter"), lines[end + 1 :]

"""The parts of a document's body: prose with its inline expressions, and code cells with their options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tieout.document.source import Line
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.yamltext import parse_yaml

_CELL = re.compile(r"^(\s*)(`{3,})\{(\w+)\}\s*$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
INLINE = re.compile(r"(?<!`)`\{python\}[ \t]+([^`]+)`")


@dataclass(frozen=True, slots=True)
class Cell:
    """A Python cell: its code, its `#|` options, where it opens, and the line of its first line of code."""

    code: str
    options: Mapping[str, Any]
    place: Place
    first_code_line: Place


@dataclass(frozen=True, slots=True)
class Prose:
    """A line of Markdown; `verbatim` lines stand in a code block, where nothing is evaluated."""

    line: Line
    verbatim: bool


Piece = Cell | Prose


def split_pieces(lines: tuple[Line, ...]) -> Iterator[Piece]:
    """Yield cells and prose lines in order; FindingsError for a cell that never closes."""
    fence, at = "", 0
    while at < len(lines):
        line = lines[at]
        opens = None if fence else _CELL.match(line.text)
        if opens and opens[3] == "python":
            end = _end_of(lines, at, opens[2])
            yield _cell(lines[at:end], opens[1])
            at = end + 1
            continue
        match = _FENCE.match(line.text)
        verbatim = bool(fence or match)
        if match and not fence:
            fence = match[1]
        elif match and line.text.strip() == match[1] and match[1].startswith(fence):
            fence = ""
        yield Prose(line, verbatim)
        at += 1


def _end_of(lines: tuple[Line, ...], start: int, fence: str) -> int:
    for at in range(start + 1, len(lines)):
        text = lines[at].text.strip()
        if text.startswith(fence) and not text.strip("`"):
            return at
    finding = Finding(
        "document/open-cell", "this cell never ends", lines[start].place, {}, f"close it with {fence}"
    )
    raise FindingsError([finding])


def _cell(lines: tuple[Line, ...], indent: str) -> Cell:
    body = [Line(line.text.removeprefix(indent), line.place) for line in lines[1:]]
    count = next((i for i, line in enumerate(body) if not line.text.startswith("#|")), len(body))
    header = "\n".join(line.text.removeprefix("#|") for line in body[:count])
    options = parse_yaml(header, lambda n: body[n - 1].place, "the cell's options") if count else {}
    first = body[count].place if count < len(body) else lines[0].place
    return Cell("\n".join(line.text for line in body[count:]), options, lines[0].place, first)

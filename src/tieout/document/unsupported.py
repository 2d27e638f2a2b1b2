"""What the embedded renderer does not read, refused by name and line: it never renders wrongly in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tieout.document.pieces import Cell, Piece, Prose
from tieout.values.finding import Finding, Place

CELL_OPTIONS = frozenset({"label", "tbl-cap", "fig-cap", "include", "echo", "eval", "output", "warning"})
_REFUSED = {
    r"\{\{<\s*(?!include\b)(\S+)": "the shortcode {}",
    r"^\s*:{3,}.*\.(callout-\w+)": "the callout block .{}",
    r"^\s*:{3,}.*\.(panel-\w+)": "the panel .{}",
    r"^\s*:{3,}.*\.(content-(?:visible|hidden))": "conditional content (.{})",
    r"^\s*:{3,}.*\b(layout(?:-\w+)?)=": "the layout attribute {}",
    r"^\s*:{3,}.*\.(column-\w+|aside)": "the column class .{}",
    r"^\s*:{3,}.*#((?:thm|lem|cor|prp|cnj|def|exm|exr|lst|eq)-[\w-]+)": "the cross-reference target #{}",
    r"(?<![\w@])@((?:thm|lem|cor|prp|cnj|def|exm|exr|lst|eq)-[\w-]+)": "the cross-reference @{}",
    r"^\s*`{3,}\{(?!python\b)=?(r|julia|ojs|mermaid|dot|bash|sql)\b": "a code cell in {}",
    r"(?<!`)`\{(?!=)(?!python\b)(\w+)\}[ \t]": "an inline expression in {}",
    r"^\s*`{3,}\{(python\s*[,\s][^}]+)\}": "cell options inside the braces ({})",
}
_PATTERNS = [(re.compile(pattern), what) for pattern, what in _REFUSED.items()]
_FRONT = frozenset({"engine", "jupyter", "execute-dir", "params", "filters", "shortcodes", "book", "website"})
_REMEDY = "write it otherwise, or render with --engine quarto"


def check_supported(front: Mapping[str, Any], name: str, pieces: Iterable[Piece]) -> list[Finding]:
    """Return a finding for each part of Quarto's language that only Quarto itself renders."""
    found = [
        Finding(
            "document/unsupported",
            f"the embedded renderer does not read the setting {key}",
            Place(name, 1),
            {},
            _REMEDY,
        )
        for key in sorted(_FRONT & front.keys())
        if not (key == "jupyter" and front[key] == "python3")
    ]
    for piece in pieces:
        if isinstance(piece, Cell):
            found += [
                _finding(f"the cell option {option}", piece.place)
                for option in piece.options
                if option not in CELL_OPTIONS
            ]
        else:
            found += _check_line(piece)
    return found


def _check_line(prose: Prose) -> list[Finding]:
    text = prose.line.text
    if prose.verbatim and "{" not in text:
        return []
    found = []
    for pattern, what in _PATTERNS:
        if prose.verbatim and not pattern.pattern.startswith(r"^\s*`"):
            continue
        if match := pattern.search(text):
            found.append(
                _finding(
                    what.format(match[1]),
                    Place(prose.line.place.file, prose.line.place.line, match.start() + 1),
                )
            )
    return found


def _finding(what: str, place: Place) -> Finding:
    return Finding("document/unsupported", f"the embedded renderer does not read {what}", place, {}, _REMEDY)

"""The page that shows the paragraphs of a review side by side, ready to paste into the .qmd."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from html import escape

from tieout.values.finding import Finding
from tieout.word.review import Difference

_WORDS = re.compile(r"`[^`]*`|\w+|\s+|.", re.DOTALL)
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .6rem .8rem; border-top: 1px solid #c8c8c8; }
th:first-child, td:first-child { width: 5rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
del { background: #fbe3e4; } ins { background: #dff2df; text-decoration: none; }
li { margin-bottom: .4rem; } code { color: #555; }
"""


def side_by_side(name: str, findings: Sequence[Finding], differences: Sequence[Difference]) -> str:
    """Return a self-contained HTML page: the findings, and each paragraph that differs in two columns."""
    listed = "".join(
        f"<li>{escape(f'{f.place}: ' if f.place else '')}{escape(f.message)} <code>{escape(f.code)}</code>"
        f"{f'<br>{escape(f.remedy)}' if f.remedy else ''}</li>"
        for f in findings
    )
    rows = "".join(_row(difference) for difference in differences)
    table = (
        "<table><thead><tr><th>Paragraph</th><th>In the .qmd</th><th>In the Word file, ties restored</th>"
        "</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Review of {escape(name)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Review of {escape(name)}</h1>"
        f"<h2>Findings</h2>{f'<ul>{listed}</ul>' if listed else '<p>None.</p>'}"
        f"<h2>Prose that differs</h2>{table if rows else '<p>None.</p>'}</body></html>\n"
    )


def _row(difference: Difference) -> str:
    ours, theirs = _marked(difference.ours, difference.theirs)
    number = difference.place.line or ""
    return f'<tr><td>{number}</td><td class="text">{ours}</td><td class="text">{theirs}</td></tr>'


def _marked(ours: str, theirs: str) -> tuple[str, str]:
    """Mark the words that went and the words that came; a tie is one word."""
    left, right = _WORDS.findall(ours), _WORDS.findall(theirs)
    made: tuple[list[str], list[str]] = ([], [])
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        old, new = escape("".join(left[a:b])), escape("".join(right[c:d]))
        made[0].append(old if kind == "equal" or not old else f"<del>{old}</del>")
        made[1].append(new if kind == "equal" or not new else f"<ins>{new}</ins>")
    return "".join(made[0]), "".join(made[1])

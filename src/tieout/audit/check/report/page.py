"""Findings as one HTML page: the text with its marks, and beside each the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from tieout.audit.check.finding import TextFinding
from tieout.audit.check.report.terminal import doubted_and_other
from tieout.text.read import Text

_STYLE = """
body { font: 1rem/1.6 system-ui, sans-serif; color: #1b1b1b }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
.text { white-space: pre-wrap } mark { padding: 0 .1em; border-bottom: 2px solid; background: #fff }
mark.impossible { background: #fde0de; border-color: #a4140a }
mark.inconsistent { background: #fdefd2; border-color: #8a5300 }
mark.unlikely { background: #e2eefb; border-color: #1c5a9c }
mark.rounding, mark.other { background: #efefef; border-color: #666 }
li { margin: .6rem 0 } .rule { color: #555 } sup a { text-decoration: none }
@media print { body { max-width: none } }
"""


def page(sections: Iterable[str], count: int, files: int) -> str:
    """Return the whole page around the sections of the files."""
    said = f"{count} finding{'' if count == 1 else 's'} in {files} text{'' if files == 1 else 's'}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{said}</title><style>{_STYLE}</style></head><body>\n<h1>{said}</h1>\n"
        + "".join(sections)
        + "</body></html>\n"
    )


def section(text: Text, findings: Sequence[TextFinding], number: int) -> str:
    """Return one file's part of the page; `number` keeps the marks of different files apart."""
    if not findings:
        return f"<section><h2>{escape(text.source)}</h2><p>Nothing found.</p></section>\n"
    listed = "".join(
        f'<li id="f{number}-{index}"><strong>{finding.certainty.value}</strong>: {escape(finding.message)} '
        f'<span class="rule">[{finding.rule}]</span></li>\n'
        for index, finding in enumerate(findings, start=1)
    )
    return (
        f"<section><h2>{escape(text.source)}</h2>\n<ol>\n{listed}</ol>\n"
        f'<div class="text">{_marked(text.content, findings, number)}</div></section>\n'
    )


def _marked(content: str, findings: Sequence[TextFinding], number: int) -> str:
    marks: list[tuple[int, int, str, int]] = []
    for index, finding in enumerate(findings, start=1):
        doubted, other = doubted_and_other(finding)
        marks += [(piece.start, piece.end, finding.certainty.value, index) for piece in doubted]
        marks += [(piece.start, piece.end, "other", index) for piece in other]
    parts, position = [], 0
    for start, end, kind, index in sorted(marks, key=lambda mark: (mark[0], mark[2] == "other")):
        if start < position:
            continue  # a number can serve two findings; its first mark stands
        parts.append(escape(content[position:start]))
        link = f'<sup><a href="#f{number}-{index}">{index}</a></sup>'
        parts.append(f'<mark class="{kind}">{escape(content[start:end])}</mark>{link}')
        position = end
    parts.append(escape(content[position:]))
    return "".join(parts)

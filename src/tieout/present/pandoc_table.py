"""The table as pandoc's syntax tree: bare for plain text; for Typst with rules, indents and kept rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tieout.present.table import Cell, Emphasis, Table, kept_with_next, marks, padding, spanners, widths
from tieout.values.tie import Tie

FIGURE_SPACE = "\N{FIGURE SPACE}"
PUNCTUATION_SPACE = "\N{PUNCTUATION SPACE}"
API_VERSION = [1, 23, 1]
NOTES_CLASS = "tieout-table-notes"

Node = dict[str, Any]
Attributes = list[tuple[str, str]]

_ALIGN = {"left": "AlignLeft", "center": "AlignCenter", "right": "AlignRight", "decimal": "AlignLeft"}
_THICK, _THIN = "0.8pt", "0.4pt"
_INDENT_PT = 10


def plain_document(table: Table) -> str:
    """Return the table and its notes as a pandoc JSON document, with alignment and indents alone."""
    return _document(_blocks(table, is_typst=False))


def typst_document(table: Table) -> str:
    """Return the table and its notes as a pandoc JSON document whose attributes pandoc's Typst writer prints.

    Rules are strokes of cells, in the manner of booktabs; a last column without width holds unbreakable cells
    that span the rows which stay on one page.
    """
    layout = f"#set table.hline(stroke: {_THIN})\n#set par(justify: false, leading: 0.5em, spacing: 0.6em)"
    blocks = [_raw_block(layout), *_blocks(table, is_typst=True)]
    return _document([_div([], [("typst:text:size", "9pt")], blocks)])


def _blocks(table: Table, *, is_typst: bool) -> list[Node]:
    notes = [_node("Para", inlines) for inlines in note_inlines(table)]
    made = _typst_table(table) if is_typst else _plain_table(table)
    attributes = [("typst:text:size", "8pt")] if is_typst else []
    return [made, *([_div([NOTES_CLASS], attributes, notes)] if notes else [])]


def note_inlines(table: Table) -> list[list[Node]]:
    """Return the paragraphs below the table: general notes, then each footnote behind its mark."""
    letters = marks(table)
    found = [_inlines(note, letters) for note in table.notes]
    for name, letter in letters.items():
        found.append([_superscript(letter), *_inlines(table.footnotes[name], letters)])
    return found


def _plain_table(table: Table) -> Node:
    letters, moved = marks(table), padding(table)
    head = [
        _row([_cell(_inlines(content, letters), span=span) for content, span in line])
        for line in _headings(table)
    ]
    body = []
    for number, line in enumerate(table.rows):
        stub = [_str("\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}" * line.level), *_inlines(line.stub, letters)]
        contents = [
            [*_pad(moved.get((number, at), (0, 0))), *_inlines(content, letters)]
            for at, content in enumerate(line.cells or [Cell()] * len(table.columns))
        ]
        body.append(_row([_cell(stub), *(_cell(content) for content in contents)]))
    columns = [[_node(_ALIGN[one.align]), _node("ColWidthDefault")] for one in (table.stub, *table.columns)]
    return _table([], columns, head, body)


def _typst_table(table: Table) -> Node:
    letters, moved, runs = marks(table), padding(table), _runs(kept_with_next(table))
    body, last = [], len(table.rows) - 1
    for number, line in enumerate(table.rows):
        stroke = ("typst:stroke", f"(bottom: {_THICK})" if number == last else "none")
        above = 4 if number == 0 else 6 if line.is_group else 2.5
        below = 4 if number == last else 2.5
        stub = _inlines(line.stub, letters)
        label = [_node("Strong", stub)] if line.is_group else stub
        span = 1 if line.cells else 1 + len(table.columns)
        cells = [_cell(label, [stroke, ("typst:inset", _inset(line.level, above, below))], span)]
        for at, content in enumerate(line.cells):
            inlines = [*_pad(moved.get((number, at), (0, 0))), *_inlines(content, letters)]
            cells.append(_cell(inlines, [stroke, ("typst:inset", _inset(0, above, below))]))
        if number in runs:
            keep = [("typst:breakable", "false"), ("typst:inset", "0pt"), ("typst:stroke", "none")]
            cells.append(_cell([], keep, rows=runs[number]))
        body.append(_row(cells))
    columns = [
        [_node(_ALIGN[one.align]), {"t": "ColWidth", "c": width}]
        for one, width in zip((table.stub, *table.columns), widths(table), strict=True)
    ]
    columns.append([_node("AlignLeft"), {"t": "ColWidth", "c": 0.0001}])
    return _table(["typst:no-figure"], columns, _typst_head(table, letters), body)


def _typst_head(table: Table, letters: dict[str, str]) -> list[Any]:
    headings, head = _headings(table), []
    for depth, line in enumerate(headings):
        is_spanners = depth < len(headings) - 1
        attributes = [
            ("typst:stroke", f"(top: {_THICK})" if depth == 0 else "none"),
            ("typst:inset", _inset(0)),
            ("typst:align", "center + bottom" if is_spanners else "bottom"),
        ]
        cells = []
        for content, span in line:
            inlines = _inlines(content, letters)
            cells.append(
                _cell(_underlined(inlines) if is_spanners and inlines else inlines, attributes, span)
            )
        head.append(_row([*cells, _cell([], [("typst:stroke", "none"), ("typst:inset", "0pt")])]))
    return head


def _runs(kept: Sequence[bool]) -> dict[int, int]:
    """Return how many rows stay together, by the first of them; single rows are runs of one."""
    runs, first = {}, 0
    for number, stays in enumerate(kept):
        if not stays:
            runs[first] = number - first + 1
            first = number + 1
    return runs


def _headings(table: Table) -> list[list[tuple[Cell, int]]]:
    """Return the heading rows, from the top, as cells with the number of columns that each covers."""
    labels = [(table.stub.label, 1), *((one.label, 1) for one in table.columns)]
    if not any(one.spanner for one in table.columns):
        return [labels]
    over = [(Cell() if spanner is None else spanner.label, span) for spanner, span in spanners(table)]
    return [[(Cell(), 1), *over], labels]


def _inset(level: int, above: float = 4, below: float = 4) -> str:
    return f"(left: {2 + _INDENT_PT * level}pt, right: 4pt, top: {above}pt, bottom: {below}pt)"


def _underlined(inlines: list[Node]) -> list[Node]:
    # a block inside the cell ends before the cell's edge, so that two spanners side by side keep a gap
    block = f"#block(width: 100%, inset: (bottom: 3pt), stroke: (bottom: {_THIN}))["
    return [_raw(block), *inlines, _raw("]")]


def _inlines(content: Cell, letters: dict[str, str]) -> list[Node]:
    made: list[Node] = []
    for part in content.parts:
        if isinstance(part, Tie):
            attributes = ["", ["tie"], [["key", f"{part.key}.{part.facet}"]]]
            made.append({"t": "Span", "c": [attributes, _words(part.text)]})
        elif isinstance(part, Emphasis):
            made.append(_node("Emph", _words(part.text)))
        else:
            made += _words(part)
    if content.notes:
        made.append(_superscript(",".join(letters[name] for name in content.notes)))
    return made


def _words(text: str) -> list[Node]:
    made: list[Node] = []
    for number, word in enumerate(text.split(" ")):
        if number:
            made.append(_node("Space"))
        if word:
            made.append(_str(word))
    return made


def _pad(missing: tuple[int, int]) -> list[Node]:
    spaces = FIGURE_SPACE * missing[0] + PUNCTUATION_SPACE * missing[1]
    return [_str(spaces)] if spaces else []


def _superscript(text: str) -> Node:
    return _node("Superscript", [_str(text)])


def _node(kind: str, content: Any = None) -> Node:
    return {"t": kind} if content is None else {"t": kind, "c": content}


def _str(text: str) -> Node:
    return {"t": "Str", "c": text}


def _raw(text: str) -> Node:
    return {"t": "RawInline", "c": ["typst", text]}


def _raw_block(text: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", text]}


def _div(classes: list[str], attributes: Attributes, blocks: list[Node]) -> Node:
    return {"t": "Div", "c": [["", classes, [list(pair) for pair in attributes]], blocks]}


def _cell(
    inlines: list[Node], attributes: Attributes | None = None, span: int = 1, rows: int = 1
) -> list[Any]:
    pairs = [list(pair) for pair in attributes or []]
    blocks = [_node("Plain", inlines)] if inlines else []
    return [["", [], pairs], _node("AlignDefault"), rows, span, blocks]


def _row(cells: list[list[Any]]) -> list[Any]:
    return [["", [], []], cells]


def _table(classes: list[str], columns: list[Any], head: list[Any], body: list[Any]) -> Node:
    nothing = ["", [], []]
    bodies = [[nothing, 1, [], body]]
    return {
        "t": "Table",
        "c": [["", classes, []], [None, []], columns, [nothing, head], bodies, [nothing, []]],
    }


def _document(blocks: list[Node]) -> str:
    document = {"pandoc-api-version": API_VERSION, "meta": {}, "blocks": blocks}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))

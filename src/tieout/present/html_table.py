"""The table as HTML, by great-tables. Importing this module does not import it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from html import escape
from typing import Any

from tieout.present.table import Cell, Emphasis, Table, marks, padding, spanners
from tieout.values.tie import Tie

_STUB = "stub"
_GREEDY = "thead, tbody, tfoot, tr, td, th { border-style: none; }"
_LOOK = {
    "quarto_disable_processing": True,
    "table_font_size": "0.875em",
    "table_background_color": "transparent",
    "table_border_top_color": "currentColor",
    "table_border_top_width": "1.5px",
    "table_border_bottom_color": "currentColor",
    "table_border_bottom_width": "0px",
    "column_labels_border_top_style": "none",
    "column_labels_border_bottom_color": "currentColor",
    "column_labels_border_bottom_width": "1px",
    "table_body_border_top_style": "none",
    "table_body_border_bottom_color": "currentColor",
    "table_body_border_bottom_width": "1.5px",
    "table_body_hlines_style": "none",
    "stub_border_style": "none",
    "data_row_padding": "3px",
    "data_row_padding_horizontal": "6px",
    "column_labels_padding": "4px",
    "column_labels_padding_horizontal": "6px",
    "source_notes_padding": "2px",
    "source_notes_padding_horizontal": "6px",
}


def html(table: Table) -> str:
    """Return the table with its notes; equal bytes for an equal table.

    Ties are `<span class="tie" data-key="KEY">`, marks are `<sup>`. great-tables takes the cells
    from a pyarrow table, so pandas need not be installed.
    """
    import pyarrow  # noqa: PLC0415  (150 ms that a cached table does not pay)
    from great_tables import GT, loc, style  # noqa: PLC0415  (as above)
    from great_tables import html as gt_html  # noqa: PLC0415  (as above)

    letters = marks(table)
    names = [f"c{number}" for number in range(len(table.columns))]
    columns = {_STUB: _stubs(table, letters)}
    columns |= {name: _column(table, at, letters) for at, name in enumerate(names)}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PyArrow Table support")
        made = GT(pyarrow.table(columns), rowname_col=_STUB, id=f"tieout-{table.name}")
        made = made.fmt_passthrough(columns=[_STUB, *names], escape=False)
        made = _headings(made, table, names, letters, gt_html)
        made = made.tab_options(**_LOOK)
        if groups := [number for number, line in enumerate(table.rows) if line.is_group]:
            made = made.tab_style(style.text(weight="bold"), loc.stub(rows=groups))
        for note in _notes(table, letters):
            made = made.tab_source_note(gt_html(note))
        text: str = made.as_raw_html()
    return _scoped(_with_labels_in_the_last_row(text), f"#tieout-{table.name}")


def _headings(made: Any, table: Table, names: Sequence[str], letters: dict[str, str], ready: Any) -> Any:
    labels = {
        name: ready(_content(one.label, letters)) for name, one in zip(names, table.columns, strict=True)
    }
    made = made.cols_label(**labels).tab_stubhead(ready(_content(table.stub.label, letters)))
    at = 0
    for number, (spanner, span) in enumerate(spanners(table)):
        if spanner is not None:
            label = ready(_content(spanner.label, letters))
            made = made.tab_spanner(label=label, columns=list(names[at : at + span]), id=f"spanner{number}")
        at += span
    for name, one in zip(names, table.columns, strict=True):
        made = made.cols_align("left" if one.align == "decimal" else one.align, columns=name)
    return made


def _with_labels_in_the_last_row(text: str) -> str:
    """Move the headings that span two rows into the lower one, where the Word and Typst tables have them.

    great-tables lets them begin beside the spanners: one would read "Characteristic, Patients, No." here and
    "Patients, Characteristic, No." elsewhere.
    """
    from lxml import html as markup  # noqa: PLC0415  (a cached table does not need it)

    start, end = text.index("<thead>"), text.index("</thead>") + len("</thead>")
    table = markup.fragment_fromstring(f"<table>{text[start:end]}</table>")
    rows = list(table.iter("tr"))
    if len(rows) < 2:
        return text
    at = 0
    for cell in list(rows[0]):
        if cell.attrib.pop("rowspan", "1") == "1":
            at += int(cell.get("colspan", "1"))
            continue
        cell.addprevious(markup.fragment_fromstring("<td></td>"))
        rows[1].insert(at, cell)
        at += 1
    head: str = markup.tostring(next(table.iter("thead")), encoding="unicode")
    return text[:start] + str(head) + text[end:]


def _stubs(table: Table, letters: dict[str, str]) -> list[str]:
    made = []
    for line in table.rows:
        text = _content(line.stub, letters)
        # a block, so that the second line of a long label is indented like the first
        indent = f'<div style="padding-left:{1.25 * line.level:g}em">{text}</div>'
        made.append(indent if line.level else text)
    return made


def _column(table: Table, at: int, letters: dict[str, str]) -> list[str]:
    moved = padding(table)
    made = []
    for number, line in enumerate(table.rows):
        digits, commas = moved.get((number, at), (0, 0))
        text = _content(line.cells[at], letters) if line.cells else ""
        width = f"calc({digits}ch + {commas * 0.28:g}em)" if commas else f"{digits}ch"
        pad = f'<span style="display:inline-block;width:{width}"></span>' if digits or commas else ""
        made.append(pad + text)
    return made


def _notes(table: Table, letters: dict[str, str]) -> list[str]:
    notes = [_content(note, letters) for note in table.notes]
    return notes + [
        f"<sup>{mark}</sup>{_content(table.footnotes[name], letters)}" for name, mark in letters.items()
    ]


def _content(content: Cell, letters: dict[str, str]) -> str:
    made = []
    for part in content.parts:
        if isinstance(part, Tie):
            key = escape(f"{part.key}.{part.facet}")
            made.append(f'<span class="tie" data-key="{key}">{escape(part.text)}</span>')
        elif isinstance(part, Emphasis):
            made.append(f"<em>{escape(part.text)}</em>")
        else:
            made.append(escape(part))
    if content.notes:
        made.append(f"<sup>{','.join(letters[name] for name in content.notes)}</sup>")
    return "".join(made)


def _scoped(text: str, table_id: str) -> str:
    # great-tables writes this rule for every table of the page, not for its own alone
    greedy = f"{table_id} {_GREEDY}\n tr {{ background-color: transparent; }}"
    own = ", ".join(f"{table_id} {name}" for name in ("thead", "tbody", "tfoot", "tr", "td", "th"))
    look = (
        f"{table_id} .gt_table {{ font-family: inherit; font-variant-numeric: lining-nums tabular-nums; }}\n"
        f"{table_id} .gt_row {{ vertical-align: top; }}\n"
        f"{table_id} sup {{ line-height: 0; }}\n</style>"
    )
    return text.replace(greedy, f"{own} {{ border-style: none; }}").replace("</style>", look, 1)

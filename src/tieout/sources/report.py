"""What an abstractor works through: every fault of a reading, file by file, as HTML.

The page stands beside the data in a folder that git ignores, never among the outputs. It shows no cell's
content unless the author asks for the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from tieout.sources.cells import native_text
from tieout.sources.fault import Effect, Fault
from tieout.sources.files import read_raw
from tieout.sources.on_disk import stays_on_disk
from tieout.sources.raw import ReadError
from tieout.sources.reading import Reading
from tieout.sources.registry import Registry, Table
from tieout.sources.typedfiles import read_parquet_rows

FOLDER = "validation"
EFFECTS: Mapping[Effect, str] = {
    "block": "Blocks: nothing is derived until this is mended",
    "set aside": "Set aside: the row is in the quarantine and is counted",
    "report": "Reported: the row is used as it is",
}
_ORDER: Sequence[Effect] = ("block", "set aside", "report")
_LISTED_ROWS = 400

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 2px solid #444; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc; }
thead th { border-bottom: 2px solid #444; }
.rows { font-variant-numeric: tabular-nums; max-width: 24rem; }
.block { border-left: .4rem solid #b3261e; } .aside { border-left: .4rem solid #b06000; }
.report { border-left: .4rem solid #3f6f9f; }
code { background: #f1f1f1; padding: 0 .25rem; } .bad { background: #ffe08a; font-weight: 600; }
"""


@dataclass(frozen=True, slots=True)
class FaultyRows:
    """The cells of the rows of one table that have a fault, as the file holds them, by row number."""

    names: tuple[str, ...]
    cells: Mapping[int, tuple[str, ...]]


def faults_by_file(faults: Iterable[Fault]) -> list[tuple[str, list[Fault]]]:
    """Group faults by file; in each, what blocks comes first, then by the first row."""

    def order(fault: Fault) -> tuple[str, int, int, str, str]:
        first = fault.rows[0] if fault.rows else 0
        return (fault.file, _ORDER.index(fault.effect), first, fault.column, fault.code)

    ordered = sorted(faults, key=order)
    return [(file, list(group)) for file, group in groupby(ordered, key=lambda fault: fault.file)]


def read_faulty_rows(table: Table, folder: Path, faults: Iterable[Fault]) -> FaultyRows:
    """Read a table's file once more and keep the rows that have a fault; none where it cannot be read."""
    wanted = sorted({row for fault in faults if fault.table == table.name for row in fault.rows})
    try:
        on_disk = stays_on_disk(table, folder)
        raw = read_parquet_rows(folder / table.file, wanted, table) if on_disk else read_raw(table, folder)
        cells = raw.cells
    except ReadError:
        return FaultyRows((), {})
    kept = cells.loc[cells.index.intersection(wanted)]
    rows = kept.itertuples(index=True, name=None)
    texts = {int(row[0]): tuple(native_text(cell) for cell in row[1:]) for row in rows}
    return FaultyRows(tuple(str(name) for name in cells.columns), texts)


def html_report(reading: Reading, registry: Registry, rows: Mapping[str, FaultyRows] | None = None) -> str:
    """Return the report as one page without scripts.

    `rows` are shown with their content where they are given, by table; without them no cell appears.
    """
    parts = [_summary(reading)]
    for file, faults in faults_by_file(reading.faults):
        parts += [f"<h2>{escape(file)}</h2>", _fault_table(faults)]
        for table in registry.tables:
            shown = rows.get(table.name) if rows and table.file == file else None
            if shown and shown.cells:
                parts.append(_row_table(shown, [f for f in faults if f.table == table.name], table.name))
    body = "\n".join(parts)
    head = f'<meta charset="utf-8"><title>Registry: findings</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _summary(reading: Reading) -> str:
    counts = Counter[Effect]()
    for fault in reading.faults:
        counts[fault.effect] += max(1, len(fault.rows) + fault.further)
    quarantine = reading.tables["quarantine"]
    lines = [
        f"<li class={_css(effect)!r}>{escape(EFFECTS[effect])}: {counts[effect]}</li>"
        for effect in _ORDER
        if counts[effect]
    ]
    aside = Counter(quarantine["table"].tolist())
    rows = [
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in (escape(name), total, total - out, out)) + "</tr>"
        for name, total in reading.in_file.items()
        for out in (aside[name],)
    ]
    head = "<tr><th>Table</th><th>Rows in the file</th><th>Rows read</th><th>Rows set aside</th></tr>"
    found = f"<ul>{''.join(lines)}</ul>" if lines else "<p>Nothing was found.</p>"
    table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    note = "<p>Rows are numbered as a spreadsheet shows them: the header is row 1.</p>"
    return f"<h1>Registry: findings</h1>\n{found}\n{table}\n{note}"


def _css(effect: Effect) -> str:
    return effect.split()[-1]


def _fault_table(faults: Iterable[Fault]) -> str:
    rows = []
    for fault in faults:
        listed = ", ".join(str(row) for row in fault.rows[:_LISTED_ROWS])
        more = len(fault.rows) + fault.further - _LISTED_ROWS
        where = f"{listed} and {more} more" if more > 0 else listed or "whole file"
        facts = "".join(f"<br>{escape(name)}: {escape(value)}" for name, value in fault.facts.items())
        column = f"<code>{escape(fault.column)}</code>" if fault.column else ""
        rows.append(
            f'<tr><td class="{_css(fault.effect)}">{column}</td><td class="rows">{where}</td>'
            f"<td>{escape(fault.message)}{facts}</td><td>{escape(fault.remedy)}</td>"
            f"<td><code>{escape(fault.code)}</code></td></tr>"
        )
    head = "<tr><th>Column</th><th>Rows</th><th>What is wrong</th><th>What to do</th><th>Code</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _row_table(shown: FaultyRows, faults: Sequence[Fault], name: str) -> str:
    marked = marked_cells(shown, faults)
    head = "".join(f"<th>{escape(column)}</th>" for column in ("Row", *shown.names))
    body = []
    for row, cells in shown.cells.items():
        data = "".join(
            f'<td class="bad">{escape(cell)}</td>' if (row, at) in marked else f"<td>{escape(cell)}</td>"
            for at, cell in enumerate(cells)
        )
        body.append(f"<tr><td>{row}</td>{data}</tr>")
    caption = f"<caption>The rows of {escape(name)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def marked_cells(shown: FaultyRows, faults: Iterable[Fault]) -> dict[tuple[int, int], list[Fault]]:
    """Return the faults of each cell, by row number and place of the column; a row's own mark every cell."""
    marked: dict[tuple[int, int], list[Fault]] = {}
    for fault in faults:
        columns = [part.strip() for part in fault.column.split(", ")]
        at = [place for place, name in enumerate(shown.names) if name in columns]
        for row in fault.rows:
            if row in shown.cells:
                for place in at or range(len(shown.names)):
                    marked.setdefault((row, place), []).append(fault)
    return marked

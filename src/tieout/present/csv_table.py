"""The table as comma-separated values: words alone, without marks, one line a row."""

from __future__ import annotations

import csv
import io

from tieout.present.table import Table


def csv_text(table: Table) -> str:
    r"""Return the table's words: a header line, then the rows; two spaces a level; `\n` at line ends.

    A column under a spanner is headed "spanner: label", so that every column has one name. Hard spaces are
    for pages: here they are plain ones.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    headings = [
        f"{one.spanner.label.text}: {one.label.text}" if one.spanner else one.label.text
        for one in table.columns
    ]
    writer.writerow([table.stub.label.text, *headings])
    for line in table.rows:
        cells = [content.text for content in line.cells] or [""] * len(table.columns)
        writer.writerow([f"{'  ' * line.level}{line.stub.text}", *cells])
    return out.getvalue().replace("\N{NO-BREAK SPACE}", " ")

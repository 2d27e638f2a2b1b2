"""A CSV beside each table that a document prints, for readers who go on to compute."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tieout.document.execute import Executed
from tieout.present.csv_table import csv_text
from tieout.present.printed import PrintedTable
from tieout.values.files import write_whole
from tieout.values.project import Project

FOLDER = "tables"


def write_tables(executed: Iterable[Executed], project: Project) -> list[Path]:
    """Write `tables/NAME.csv` into the output folder for each printed table; return what changed."""
    printed = {
        each.value.model.name: each.value.model
        for document in executed
        for each in document.evaluated
        if isinstance(each.value, PrintedTable)
    }
    changed = []
    for name, table in printed.items():
        path, content = project.output / FOLDER / f"{name}.csv", csv_text(table).encode()
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)
            changed.append(path)
    return changed

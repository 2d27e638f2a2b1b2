"""Whether a file has the columns and rows that its description expects."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tieout.sources.fault import Fault
from tieout.sources.raw import file_fault
from tieout.sources.registry import Table


def check_shape(names: Sequence[str], rows: int, blank: Sequence[int], table: Table) -> list[Fault]:
    """Find columns that lack or are unknown, blank rows, and a table without rows."""
    faults = []
    if blank:
        message = "this row is blank" if len(blank) == 1 else "these rows are blank"
        faults.append(
            Fault(
                "registry/blank-row",
                message,
                table.name,
                table.file,
                rows=tuple(blank),
                remedy="delete the row",
                effect="set aside",
            )
        )
    if not rows and not table.may_be_empty:
        remedy = "export the table again, or declare may_be_empty=True"
        faults.append(file_fault(table, "empty-table", "the table has no rows", remedy))
    have, known = list(names), [column.header for column in table.columns]
    for name in (column for column in known if column not in have):
        near = difflib.get_close_matches(name, [n for n in have if n not in known], 1)
        message = "the file lacks this column"
        remedy = f"rename the column {near[0]}, or say source=" if near else "add the column to the file"
        faults.append(Fault("registry/lacking-column", message, table.name, table.file, name, remedy=remedy))
    if table.extra_columns == "refuse":
        for name in (column for column in have if column not in known):
            message = "the registry's description does not know this column"
            remedy = 'describe it, or declare extra_columns="ignore"'
            fault = Fault("registry/unknown-column", message, table.name, table.file, name, remedy=remedy)
            faults.append(fault)
    return faults

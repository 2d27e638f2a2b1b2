"""What makes rows one and the same: keys, duplicates, foreign keys, and ids that differ only in padding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.fault import Effect, Fault
from tieout.sources.numbering import may_repeat, stands_in
from tieout.sources.registry import ForeignKey, Registry, Table
from tieout.sources.typed import cell_fault

REPEATED = (
    "this row repeats an earlier row in every column",
    "delete the copy, or declare the columns that tell two such rows apart",
)


def bare_id(value: object) -> str:
    """Return an id without what differs by accident: case, spaces and marks, leading zeros of each number.

    >>> bare_id("P-007") == bare_id("p7") == bare_id(" P 0007")
    True
    """
    return _bare(str(value).replace("\n", ""))


def bare_ids(values: Iterable[object]) -> list[str]:
    """Return `bare_id` of each value; together they are read as one text with a line for each."""
    texts = [str(value) for value in values]
    whole = "\n".join(texts)
    if whole.count("\n") >= len(texts):  # one of them is several lines, or there is none
        return [bare_id(text) for text in texts]
    return _bare(whole).split("\n")


def _bare(text: str) -> str:
    plain = re.sub(r"(?:[^\S\n]|[_./#-])+", "", text).casefold()
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def check_keys(frame: pd.DataFrame, table: Table) -> list[Fault]:
    """Find rows that share a key, or are equal in every column where a table has no key.

    `frame` is indexed by row. An equal copy of a row is set aside where the table says so; two rows of one
    key with different content always block, since nobody can know which is right.
    """
    of = list(table.key) or list(frame.columns)
    if frame.empty:
        return []
    known = frame[list(table.key)].notna().all(axis=1)  # of no key, everything
    given = frame if known.all() else frame[known]
    repeat = may_repeat([given[name] for name in of])
    again = given.duplicated(of, keep="first") if repeat else pd.Series(data=False, index=given.index)
    copies = again & given.duplicated(keep="first") if again.any() else again
    one = table[of[0]] if len(table.key) == 1 else None
    column = one.header if one else ", ".join(table[name].header for name in table.key)
    faults = []
    if copies.any():
        faults.append(
            _rows_fault(
                "duplicate-row",
                *REPEATED,
                given.index[copies],
                table,
                effect=table.bad_rows,
            )
        )
    if (conflicts := again & ~copies).any():
        faults.append(
            _rows_fault(
                "duplicate-key",
                f"an earlier row has the same {column} with other content",
                "keep the row that is right, or widen key=",
                given.index[conflicts],
                table,
                column=column,
                effect="block",
            )
        )
    if one and one.role == "identifier":
        faults += _padded_twins(given[one.name], table)
    return faults


def _padded_twins(ids: pd.Series[Any], table: Table) -> list[Fault]:
    different = ids.drop_duplicates()
    twins = pd.Series(bare_ids(different), dtype=object).duplicated(keep="first").to_numpy()
    if not twins.any():
        return []
    message = "this identifier differs from an earlier one only in padding, case or punctuation"
    remedy = "write the identifier the same way in every row, if it is one patient"
    rows = different.index[twins].to_numpy()
    return [cell_fault("padded-id", message, remedy, rows, column=table[str(ids.name)], table=table)]


def check_references(
    frames: Mapping[str, pd.DataFrame], registry: Registry, table: Table, aside: Mapping[str, set[str]]
) -> list[Fault]:
    """Find values that no row of the other table holds.

    `aside` are, by ``table.column``, values that stand only in rows set aside: their children go aside too.
    """
    faults = []
    for reference in table.refers:
        if reference.target in frames.get(reference.table, ()):
            faults += _check_reference(frames, registry, table, reference, aside)
    return faults


def _check_reference(
    frames: Mapping[str, pd.DataFrame],
    registry: Registry,
    table: Table,
    reference: ForeignKey,
    aside: Mapping[str, set[str]],
) -> list[Fault]:
    own = frames[table.name][reference.column].dropna()
    parents = frames[reference.table][reference.target].dropna()
    orphans = own[~stands_in(own, parents)]
    if orphans.empty:
        return []
    column, there = table[reference.column], registry[reference.table]
    gone = orphans.astype(str).isin(aside.get(f"{reference.table}.{reference.target}", set()))
    known = set(bare_ids(parents.unique()))
    padded = ~gone & pd.Series(bare_ids(orphans), orphans.index, dtype=object).isin(known)
    unknown = ~gone & ~padded
    facts = {"table": reference.table, "file": there.file}
    faults = []
    if gone.any():
        message = f"the row of {reference.table} that this belongs to was set aside"
        faults.append(
            _rows_fault(
                "parent-set-aside",
                message,
                f"mend the row in {there.file}",
                orphans.index[gone],
                table,
                column=column.header,
                effect="set aside",
            )
        )
    if padded.any():
        message = f"this identifier stands in {reference.table} with other padding, case or punctuation"
        remedy = "write the identifier the same way in both files"
        rows = orphans.index[padded].to_numpy()
        faults.append(cell_fault("padded-id", message, remedy, rows, column=column, table=table, facts=facts))
    if unknown.any():
        faults.append(unknown_reference(reference, table, registry, orphans.index[unknown].to_numpy()))
    return faults


def unknown_reference(reference: ForeignKey, table: Table, registry: Registry, rows: np.ndarray) -> Fault:
    """Return the fault of rows that refer to what no row of the other table is."""
    column, there = table[reference.column], registry[reference.table]
    message = f"{reference.table} has no such {reference.target}"
    remedy = f"add the row to {there.file}, or correct this one"
    facts = {"table": reference.table, "file": there.file}
    return cell_fault("unknown-reference", message, remedy, rows, column=column, table=table, facts=facts)


def _rows_fault(
    code: str,
    message: str,
    remedy: str,
    rows: pd.Index[Any] | np.ndarray,
    table: Table,
    *,
    column: str = "",
    effect: Effect,
) -> Fault:
    where = tuple(int(row) for row in rows)
    return Fault(f"registry/{code}", message, table.name, table.file, column, where, remedy, effect=effect)

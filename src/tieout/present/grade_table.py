"""Toxicity by worst grade: a row a term, a column a grade, the number evaluable beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.present.keys import members, tie
from tieout.present.table import Cell, Content, Row, Spanner, Table, column, group, row
from tieout.values.navigate import Branch
from tieout.values.result import Count

GRADE_COLUMNS: Mapping[str, str] = {
    "any_grade": "Any",
    "grade_1": "Grade 1",
    "grade_2": "Grade 2",
    "grade_3": "Grade 3",
    "grade_4": "Grade 4",
    "grade_3_or_worse": "Grade ≥3",
}


def grade_table(
    r: Branch,
    name: str,
    terms: Mapping[str, str],
    *,
    columns: Mapping[str, str] = GRADE_COLUMNS,
    heading: Content = "Patients, No. (%)",
    further: Mapping[str, Sequence[tuple[str, int]]] | None = None,
    stub: str = "Toxicity",
    notes: Sequence[Cell] = (),
) -> Table:
    """Make a table of toxicity by grade.

    Parameters
    ----------
    terms : label by key; below each key stand counts such as `grade_3` and `evaluable`.
    columns : heading by the name of the count; the first is the widest ("any").
    further : further groups of rows by heading, each a list of (key of a count, level of indent): their
        number is printed in the first column, as support such as transfusion has no grade.
    """
    spanner = Spanner(Cell((heading,)) if not isinstance(heading, Cell) else heading)
    made = [column("Evaluable, No."), *(column(label, spanner=spanner) for label in columns.values())]
    rows: list[Row] = [group("Worst grade")] if further else []
    for key, label in terms.items():
        cells = [tie(r, f"{key}.{which}", "n_percent") for which in columns]
        rows.append(row(label, tie(r, f"{key}.evaluable", "n"), *cells, level=1 if further else 0))
    for label, counts in (further or {}).items():
        rows.append(group(label))
        for key, level in counts:
            cells_after = [""] * (len(columns) - 1)
            text = _label(r, key)
            rows.append(row(text, tie(r, key, "of"), tie(r, key, "n_percent"), *cells_after, level=level))
    return Table(name, column(stub, "left"), tuple(made), tuple(rows), {}, tuple(notes))


def _label(r: Branch, key: str) -> str:
    prefix, _, last = key.rpartition(".")
    found = dict(members(r, prefix))[f"{prefix}.{last}"]
    if not isinstance(found, Count):
        raise TypeError(f"{key} is a {type(found).__name__}: a row of a toxicity table counts patients")
    return found.meaning.label

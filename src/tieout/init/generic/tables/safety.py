"""Table: adverse events by worst grade, by group."""

from __future__ import annotations

from tieout.present.keys import tie
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import Spanner, Table, cell, column, row
from tieout.values.navigate import Branch

_TERMS = {"fatigue": "Fatigue", "nausea": "Nausea", "infection": "Infection", "rash": "Rash"}
_GRADES = {"any_grade": "Any grade", "grade_3_or_worse": "Grade ≥3"}
_NBSP = "\N{NO-BREAK SPACE}"


def table(r: Branch) -> PrintedTable:
    """Return the table of adverse events."""
    groups = {"a": r.outcomes.survival.a, "b": r.outcomes.survival.b}
    columns = []
    for name, group in groups.items():
        head = cell(f"Treatment {name.upper()} (N{_NBSP}={_NBSP}", group.n, "), No. (%)")
        spanner = Spanner(head)
        columns += [column(label, spanner=spanner) for label in _GRADES.values()]
    rows = []
    for term, label in _TERMS.items():
        keys = [f"safety.{name}.{term}.{grade}" for name in groups for grade in _GRADES]
        rows.append(row(label, *(tie(r, key, "n_percent") for key in keys)))
    notes = (
        cell(
            "Worst grade in each patient by the Common Terminology Criteria for Adverse Events, version ",
            r.study.ctcae_version.text,
            ".",
        ),
    )
    return printed(Table("safety", column("Adverse event", "left"), tuple(columns), tuple(rows), {}, notes))

"""Table: the patients before treatment, by group."""

from __future__ import annotations

from tieout.present.characteristics import Characteristic, ComparedGroup, characteristics_table
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import cell
from tieout.values.navigate import Branch

_NBSP = "\N{NO-BREAK SPACE}"
_VARIABLES = [
    Characteristic("age"),
    Characteristic("sex", "Sex"),
    Characteristic("severity", "Severity"),
    Characteristic("marker"),
]


def table(r: Branch) -> PrintedTable:
    """Return the table of baseline characteristics."""
    a, b = r.outcomes.survival.a, r.outcomes.survival.b
    groups = [
        ComparedGroup(cell(f"Treatment A (N{_NBSP}={_NBSP}", a.n, ")"), "baseline.a"),
        ComparedGroup(cell(f"Treatment B (N{_NBSP}={_NBSP}", b.n, ")"), "baseline.b"),
    ]
    differences = r.baseline.differences
    compared = {
        "age": differences.age.value_bare,
        "sex": differences.sex.value_bare,
        "severity": differences.severity.value_bare,
        "marker": differences.marker.value_bare,
    }
    notes = (cell("Percentages are of the patients in whom the characteristic is known."),)
    return printed(
        characteristics_table(
            r,
            "baseline",
            groups,
            {"": _VARIABLES},
            compared=compared,
            compared_label="Standardized difference",
            notes=notes,
        )
    )

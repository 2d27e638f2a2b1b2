"""Table: relapse or death, crude and adjusted hazard ratios."""

from __future__ import annotations

from tieout.present.printed import PrintedTable, printed
from tieout.present.regression_table import Term, regression_table
from tieout.present.table import cell
from tieout.values.navigate import Branch

_CRUDE, _ADJUSTED = "outcomes.crude", "outcomes.adjusted"
_TERMS = [
    Term("Treatment"),
    Term("Treatment A", is_reference=True, level=1),
    Term("Treatment B", (f"{_CRUDE}.treatment.b", f"{_ADJUSTED}.treatment.b"), 1),
    Term("", ("", f"{_ADJUSTED}.age")),
    Term("Sex"),
    Term("Female", is_reference=True, level=1),
    Term("Male", ("", f"{_ADJUSTED}.sex.male"), 1),
    Term("Severity"),
    Term("Mild", is_reference=True, level=1),
    Term("Moderate", ("", f"{_ADJUSTED}.severity.moderate"), 1),
    Term("Severe", ("", f"{_ADJUSTED}.severity.severe"), 1),
]


def table(r: Branch) -> PrintedTable:
    """Return the table of the Cox regressions."""
    notes = (
        cell("Patients whose severity is unknown are not in the adjusted model."),
        cell("Abbreviations: CI, confidence interval; HR, hazard ratio."),
    )
    return printed(regression_table(r, "regression", _TERMS, ["Crude", "Adjusted"], notes=notes))

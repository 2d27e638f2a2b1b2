"""Table: hematologic toxicity by worst grade during chemotherapy after LuPSMA, and the support it needed."""

from __future__ import annotations

from tieout.present.grade_table import grade_table
from tieout.present.keys import members
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import cell
from tieout.values.navigate import Branch

_TERMS = {
    "toxicity.anemia": "Anemia",
    "toxicity.thrombocytopenia": "Thrombocytopenia",
    "toxicity.neutropenia": "Neutropenia",
}


def table(r: Branch) -> PrintedTable:
    """Return the table of toxicity."""
    support = [
        ("toxicity.support", 1),
        *((key, 2) for key, _ in members(r, "toxicity.kinds")),
        ("toxicity.gcsf", 1),
    ]
    notes = (
        cell(
            "Grades are those of the Common Terminology Criteria for Adverse Events, version ",
            r.study.ctcae_version.text,
            ", by laboratory values. Patients who had several kinds of support are counted in each.",
        ),
    )
    return printed(grade_table(r, "toxicity", _TERMS, further={"Support": support}, notes=notes))

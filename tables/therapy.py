"""Table: systemic therapy after LuPSMA, and response to it."""

from __future__ import annotations

from tieout.present.keys import members
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import cell
from tieout.present.therapy_table import TherapyRow, TherapyWords, therapy_table
from tieout.values.navigate import Branch

_NBSP = "\N{NO-BREAK SPACE}"


def table(r: Branch) -> PrintedTable:
    """Return the table of subsequent therapy."""
    groups = [key.rpartition(".")[2] for key, _ in members(r, "therapy.groups")]
    sections = {
        "": [TherapyRow("flow.next_line", "response.psa50", "n", label="Any next line")],
        "Regimen": [
            TherapyRow(f"therapy.groups.{name}", f"response.groups.{name}", level=1, notes=("overlap",))
            for name in groups
        ],
        "Drug": [TherapyRow(key, level=1, notes=("overlap",)) for key, _ in members(r, "therapy.drugs")],
        "Course": [
            TherapyRow("therapy.gap", level=1),
            TherapyRow("therapy.cycles", level=1, notes=("chemotherapy",)),
        ],
    }
    words = TherapyWords(
        patients=cell(f"Patients (n{_NBSP}={_NBSP}", r.flow.next_line.n, "), No. (%)"),
        responses=cell("PSA-50 response, No. of total (%)"),
        footnotes={
            "overlap": cell("Patients who had several are counted in each."),
            "chemotherapy": cell("In the ", r.therapy.chemotherapy.n, " patients who received chemotherapy."),
        },
        notes=(
            cell(
                "Abbreviation: PSA-50, a fall of prostate-specific antigen by ",
                r.study.psa_fall.text,
                "% or more.",
            ),
        ),
    )
    return printed(therapy_table(r, "therapy", sections, words))

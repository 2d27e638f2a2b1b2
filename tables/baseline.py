"""Table: the patients before cycle 1, with the number unknown of each characteristic."""

from __future__ import annotations

from tieout.present.characteristics import Characteristic, ComparedGroup, characteristics_table
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import cell
from tieout.values.navigate import Branch

_ROWS = {
    "": [
        Characteristic("age"),
        Characteristic("ecog", "ECOG performance status"),
        Characteristic("sites", "Metastatic site"),
        Characteristic("prior", "Prior therapy"),
    ],
    "Laboratory values": [
        Characteristic("labs.psa", "PSA"),
        Characteristic("labs.hemoglobin"),
        Characteristic("labs.alkaline_phosphatase"),
        Characteristic("labs.lactate_dehydrogenase"),
        Characteristic("labs.albumin"),
    ],
}


def table(r: Branch) -> PrintedTable:
    """Return the table of baseline characteristics."""
    everybody = ComparedGroup(
        cell("Patients (N\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}", r.flow.treated.n, ")"), "baseline"
    )
    notes = (
        cell(
            "Percentages are of the patients in whom the characteristic is known. "
            "A patient may have several metastatic sites and several prior therapies, and is counted in each."
        ),
        cell("Abbreviations: ECOG, Eastern Cooperative Oncology Group; PSA, prostate-specific antigen."),
    )
    return printed(characteristics_table(r, "baseline", [everybody], _ROWS, notes=notes))

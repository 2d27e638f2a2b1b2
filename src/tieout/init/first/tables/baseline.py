"""Table: the patients' characteristics, every one that was derived."""

from __future__ import annotations

from tieout.present.characteristics import Characteristic, ComparedGroup, characteristics_table
from tieout.present.keys import members, result
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import cell
from tieout.values.navigate import Branch

_NBSP = "\N{NO-BREAK SPACE}"


def table(r: Branch) -> PrintedTable:
    """Return the table of characteristics, in the order of derivation."""
    names = dict.fromkeys(key.split(".")[1] for key, _ in members(r, "baseline"))
    variables = [Characteristic(name, _heading(r, name)) for name in names]
    everybody = ComparedGroup(cell(f"Patients (N{_NBSP}={_NBSP}", r.flow.included.n, ")"), "baseline")
    notes = (cell("Percentages are of the patients in whom the characteristic is known."),)
    return printed(characteristics_table(r, "baseline", [everybody], {"": variables}, notes=notes))


def _heading(r: Branch, name: str) -> str:
    """Return what stands above the levels of a characteristic; one row alone has its result's own label."""
    heading = result(r, f"baseline.{name}.heading")
    return heading.meaning.label if heading else ""

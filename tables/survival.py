"""Table: overall survival at landmarks."""

from __future__ import annotations

from tieout.present.keys import members
from tieout.present.landmark_table import SurvivalGroup, landmark_table
from tieout.present.printed import PrintedTable, printed
from tieout.present.table import cell
from tieout.values.navigate import Branch


def table(r: Branch) -> PrintedTable:
    """Return the table of survival at every landmark that was derived, from the first month on."""
    months = sorted(int(key.rpartition("_")[2]) for key, _ in members(r, "survival.os_at"))
    everybody = SurvivalGroup(cell("All patients"), "survival.os")
    notes = (cell("Kaplan-Meier estimates; time runs from the ", r.study.time_zero.text, "."),)
    return printed(
        landmark_table(r, "survival", [everybody], [month for month in months if month], notes=notes)
    )

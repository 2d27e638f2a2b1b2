"""What is wrong with a registry: one fault in one column, with all rows that have it.

A fault is what the reports mark; `findings` spreads faults out to one finding a row, for the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tieout.values.finding import Finding, Place

SHOWN_ROWS = 20
Effect = Literal["block", "set aside", "report"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, at every row where it is.

    `rows` are counted as a spreadsheet shows them (the header is row 1); none: the column or file as a whole.
    `effect` says what becomes of the rows: they "block" the run, are "set aside" in the quarantine, or stay
    and are reported. `further` counts rows that are wrong too and not listed (in a table that stays on disk).
    Nothing here holds a cell's content.
    """

    code: str
    message: str
    table: str
    file: str
    column: str = ""
    rows: tuple[int, ...] = ()
    remedy: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    effect: Effect = "block"
    further: int = 0

    @property
    def blocks(self) -> bool:
        """Nothing can be derived until this is mended."""
        return self.effect == "block"

    def findings(self) -> list[Finding]:
        """One finding a row, the first twenty, and one for how many more there are."""
        column = self.column or None

        def at(row: int | None, message: str) -> Finding:
            place = Place(self.file, row, column)
            facts = {**self.facts, "row": "set aside"} if self.effect == "set aside" else self.facts
            return Finding(self.code, message, place, facts, self.remedy, self.blocks)

        if not self.rows:
            return [at(None, self.message)]
        found = [at(row, self.message) for row in self.rows[:SHOWN_ROWS]]
        more = len(self.rows) + self.further - SHOWN_ROWS
        if more > 0:
            first = self.rows[SHOWN_ROWS]
            found.append(at(first, f"{self.message} (here and in {more - 1} more rows)"))
        return found


def findings_of(faults: Iterable[Fault]) -> list[Finding]:
    """Spread faults out to findings: what blocks comes first, then by file, row and column."""
    found = [finding for fault in faults for finding in fault.findings()]

    def order(finding: Finding) -> tuple[bool, str, int, str, str]:
        place = finding.place or Place("")
        return (not finding.blocks, place.file, place.line or 0, str(place.column or ""), finding.code)

    return sorted(found, key=order)

"""What is wrong with a registry: one fault in one column, with all rows that have it.

A fault is what the reports mark; `findings` spreads faults out to one finding a row, for the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tieout.values.finding import Finding, Place

SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, at every row where it is.

    `rows` are counted as a spreadsheet shows them (the header is row 1); empty: the column or file as a whole.
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
    blocks: bool = True

    def findings(self) -> list[Finding]:
        """One finding a row, the first twenty, and one for how many more there are."""
        column = self.column or None

        def at(row: int | None, message: str) -> Finding:
            place = Place(self.file, row, column)
            return Finding(self.code, message, place, self.facts, self.remedy, self.blocks)

        if not self.rows:
            return [at(None, self.message)]
        found = [at(row, self.message) for row in self.rows[:SHOWN_ROWS]]
        more = len(self.rows) - SHOWN_ROWS
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

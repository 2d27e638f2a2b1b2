"""A registry as it was read: its tables, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.sources.fault import Fault, findings_of
from tieout.values.finding import Finding

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Reading:
    """A registry as it was read.

    Attributes
    ----------
    tables : a frame a table, and "quarantine": the rows that were set aside, with the columns
        table, file, row, column, code, and the patient where it could be read.
    rows : for each table, the row in its file of each row of its frame, in the same order.
    in_file : for each table, how many rows its file has; always the frame's rows plus the quarantine's.
    faults : everything that is wrong; nothing in it holds a cell's content.
    """

    tables: Mapping[str, pd.DataFrame]
    rows: Mapping[str, np.ndarray]
    in_file: Mapping[str, int]
    faults: tuple[Fault, ...]

    @property
    def findings(self) -> list[Finding]:
        """The faults as findings, what blocks first."""
        return findings_of(self.faults)

    @property
    def is_usable(self) -> bool:
        """Nothing blocks."""
        return not any(fault.blocks for fault in self.faults)

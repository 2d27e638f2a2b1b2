"""A tie as it stands in a rendered document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintedTie:
    """The key of a tie, its text, and where that text begins in the words of the document."""

    key: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the tie's text ends."""
        return self.start + len(self.text)

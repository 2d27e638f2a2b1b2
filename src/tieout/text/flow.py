"""Characters gathered from a tree of elements, with the ties that stand among them."""

from __future__ import annotations

import re

from tieout.text.script import raised
from tieout.text.ties import PrintedTie

_SPACE = re.compile(r"[ \t\n\r\f]+")


class Flow:
    """Collects text in reading order: runs of blanks become one, blocks end a line, ties keep their place."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._last = "\n"
        self._open: list[tuple[str, int]] = []
        self._ties: list[tuple[str, int, int]] = []
        self._notes = 0

    def add(self, text: str, *, keep_space: bool = False) -> None:
        """Append characters; blanks collapse as in HTML unless `keep_space`."""
        if not keep_space:
            text = _SPACE.sub(" ", text)
            if self._last in " \n\t":
                text = text.removeprefix(" ")
        self._put(text)

    def line(self) -> None:
        """End the present line, unless nothing stands in it."""
        if self._last != "\n":
            self._put("\n")

    def cell(self) -> None:
        """End a table's cell."""
        self._put("\t")

    def open_tie(self, key: str) -> None:
        """A tie begins here."""
        self._open.append((key, self._length))

    def close_tie(self) -> None:
        """The innermost open tie ends here."""
        key, start = self._open.pop()
        self._ties.append((key, start, self._length))

    def note(self) -> None:
        """A footnote's mark: a Word file holds none, Word numbers the notes in their order."""
        self._notes += 1
        self._put(raised(str(self._notes)))

    def finish(self) -> tuple[str, tuple[PrintedTie, ...]]:
        """Return the text and its ties in reading order; blanks at a tie's ends do not belong to it."""
        text = "".join(self._parts)
        made = []
        for key, start, end in sorted(self._ties, key=lambda tie: (tie[1], -tie[2])):
            inside = text[start:end]
            lead = len(inside) - len(inside.lstrip(" \n\t"))
            made.append(PrintedTie(key, inside.strip(" \n\t"), start + lead))
        return text, tuple(made)

    def _put(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._length += len(text)
            self._last = text[-1]

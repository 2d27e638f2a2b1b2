"""From a word in pandoc's tree, which knows no lines, to the line where its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from tieout.audit.passages import Passage
from tieout.text.pandoc import TABLE_CLASS
from tieout.values.finding import Place

_WORD = re.compile(r"\w+")
_SPAN = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\{\.(?:tie|given|claim)\b[^}]*\}")
_CODE = re.compile(r"`[^`]*`")
_LONGEST = 2000  # characters of a line that somebody wrote
_AROUND = 5  # words compared on each side


class SourceLine(Protocol):
    """A line of the executed document, with the place of the line that its author wrote."""

    @property
    def text(self) -> str:
        """Markdown."""
        ...

    @property
    def place(self) -> Place:
        """Where it was written."""
        ...


class _Word(NamedTuple):
    text: str
    line: int
    column: int
    is_free: bool  # not inside a tie, given or claim


@dataclass(slots=True)
class Locator:
    """Finds words of a document's passages in its lines; a place is given out once.

    `written` are the lines as typed, with the inline code that was evaluated: columns count in them.
    """

    lines: Sequence[SourceLine]
    written: Sequence[SourceLine] = ()
    _words: list[_Word] = field(default_factory=list)
    _at: dict[str, list[int]] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)
    _blocks: list[Place] = field(default_factory=list)
    _is_read: bool = False

    def _read(self) -> None:
        """Take the lines apart when a place is first asked for; a clean document never pays for it."""
        for number, line in enumerate(self.lines):
            if line.text.lstrip().startswith("`") and f".{TABLE_CLASS}" in line.text:
                self._blocks.append(line.place)
            if line.text.startswith('"') and len(line.text) > _LONGEST:
                continue  # a prepared table's JSON: its words are no source
            inside = [match.span() for match in _SPAN.finditer(line.text)]
            for match in _WORD.finditer(line.text):
                is_free = not any(a <= match.start() < b for a, b in inside)
                word = _Word(match.group(), number, match.start(), is_free)
                if not _is_markup(word.column, line.text):
                    self._at.setdefault(word.text, []).append(len(self._words))
                    self._words.append(word)
        self._is_read = True

    def place(self, passage: Passage, start: int) -> Place:
        """Return where the character at `start` of a passage was written."""
        if not self._is_read:
            self._read()
        if passage.cell is not None and passage.cell.block is not None:
            return self.of_table(passage.cell.block)
        found = list(_WORD.finditer(passage.text))
        wanted = [match.group() for match in found]
        here = next((i for i, match in enumerate(found) if match.end() > start), None)
        if here is None:
            return self._first()
        best, score = None, -1.0
        for index in self._at.get(wanted[here], ()):
            if index in self._used:
                continue
            likeness = self._likeness(wanted, here, index) + (0.5 if self._words[index].is_free else 0)
            if likeness > score:
                best, score = index, likeness
        if best is None:
            return self._first()
        self._used.add(best)
        return self._placed(best)

    def of_table(self, block: int) -> Place:
        """Return where the document prints its prepared table of this number, counted from 0."""
        if not self._is_read:
            self._read()
        return self._blocks[block] if block < len(self._blocks) else self._first()

    def _likeness(self, wanted: list[str], here: int, index: int) -> int:
        same = 0
        for step in range(1, _AROUND + 1):
            for side in (-step, step):
                mine, theirs = here + side, index + side
                if 0 <= mine < len(wanted) and 0 <= theirs < len(self._words):
                    same += wanted[mine] == self._words[theirs].text
        return same

    def _placed(self, index: int) -> Place:
        word = self._words[index]
        line = self.lines[word.line]
        typed = next((each for each in self.written if each.place == line.place), None)
        if typed is None:
            return Place(line.place.file, line.place.line, None if self.written else word.column + 1)
        earlier = (one for one in self._words[:index] if one.line == word.line and one.text == word.text)
        before = sum(one.is_free == word.is_free for one in earlier)
        code = [match.span() for match in _CODE.finditer(typed.text)]
        columns = [
            match.start() + 1
            for match in re.finditer(rf"(?<!\w){re.escape(word.text)}(?!\w)", typed.text)
            if not any(a <= match.start() < b for a, b in code)
        ]
        column = columns[min(before, len(columns) - 1)] if columns else None
        return Place(line.place.file, line.place.line, column)

    def _first(self) -> Place:
        return Place(self.lines[0].place.file, 1) if self.lines else Place("")


def _is_markup(column: int, text: str) -> bool:
    """Whether a word stands in the attributes of a span: `{.tie key="flow.hospice.n"}`."""
    opened = text.rfind("]{", 0, column)
    return opened >= 0 and text.find("}", opened) > column

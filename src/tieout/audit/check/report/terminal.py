"""Findings for a terminal: the sentence, and a mark under each number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from tieout.audit.check.finding import Certainty, Piece, TextFinding
from tieout.audit.check.reading import Reading
from tieout.text.read import Text

_WIDTH = 100
_DOUBTED, _OTHER = "^", "-"
_COLOURS = {
    Certainty.IMPOSSIBLE: "31",
    Certainty.INCONSISTENT: "33",
    Certainty.UNLIKELY: "36",
    Certainty.ROUNDING: "2",
}


def show(text: Text, reading: Reading, findings: Sequence[TextFinding]) -> str:
    """Return all findings of a text, with colour codes that a pipe must strip."""
    return "".join(_finding(text, reading, finding) for finding in findings)


def _finding(text: Text, reading: Reading, finding: TextFinding) -> str:
    certainty = f"\x1b[{_COLOURS[finding.certainty]}m{finding.certainty.value}\x1b[0m"
    head = f"{text.place(finding.start)}: {certainty}: {finding.message} [{finding.rule}]\n"
    return head + "".join(f"    {line}\n" for line in _marked(reading, finding))


def _marked(reading: Reading, finding: TextFinding) -> Iterator[str]:
    marks = doubted_and_other(finding)
    pieces = sorted([*marks[0], *marks[1]], key=lambda piece: piece.start)
    for sentence in reading.sentences:
        inside = [piece for piece in pieces if sentence.start <= piece.start < sentence.end]
        if not inside:
            continue
        words = "".join(
            " " if char.isspace() else char for char in reading.text[sentence.start : sentence.end]
        )
        under = [" "] * len(words)
        for piece in inside:
            sign = _DOUBTED if piece in marks[0] else _OTHER
            for place in range(piece.start - sentence.start, min(piece.end, sentence.end) - sentence.start):
                under[place] = sign
        yield from _wrapped(words, "".join(under))


def doubted_and_other(finding: TextFinding) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces to mark as doubted and the others; a stretch gives way to the numbers inside it."""
    first, *rest = finding.pieces
    inner = [piece for piece in rest if first.start <= piece.start and piece.end <= first.end]
    if not inner:
        return [first], rest
    return inner, [piece for piece in rest if piece not in inner]


def _wrapped(words: str, under: str) -> Iterator[str]:
    """Break a long sentence into lines, and show those that carry a mark, with one line before."""
    lines = textwrap.wrap(words, _WIDTH, drop_whitespace=False, break_on_hyphens=False)
    position = 0
    for line in lines:
        marks = under[position : position + len(line)].rstrip()
        position += len(line)
        if marks:
            yield line.rstrip()
            yield marks
        elif position <= _WIDTH or under[position:].strip():
            yield line.rstrip()

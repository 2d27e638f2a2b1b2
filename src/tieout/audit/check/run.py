"""One text in, its findings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieout.audit.check.catalogue import RULES
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding
from tieout.audit.check.reading import Reading, closed, read

_LOOK_BACK = 8


def check_text(text: str, *, rounding: bool = False, rules: Sequence[Rule] = RULES) -> list[TextFinding]:
    """Return what cannot be true in a text, in its order; `rounding` adds differences of a last digit.

    >>> [finding.message for finding in check_text("Of 40 patients, 12/40 (35%) responded.")]
    ['12/40 is 30%, not 35%; 14/40 would give 35%']
    """
    return check_reading(read(text), rounding=rounding, rules=rules)


def check_reading(
    reading: Reading, *, rounding: bool = False, rules: Sequence[Rule] = RULES
) -> list[TextFinding]:
    """Return the findings of a text that was read already; see `check_text`."""
    found: list[TextFinding] = []
    for rule in rules:
        found += [
            _closed(reading.text, finding)
            for finding in rule.check(reading)
            if rounding or finding.certainty is not Certainty.ROUNDING
        ]
    return _told_once(found)


def _told_once(found: Sequence[TextFinding]) -> list[TextFinding]:
    """Return the findings by place; of two that doubt the same numbers, the earlier rule's."""
    kept: list[TextFinding] = []
    for finding in sorted(found, key=lambda finding: (finding.start, finding.end)):
        clash = [
            other for other in kept[-_LOOK_BACK:] if finding.start < other.end and other.start < finding.end
        ]
        if not clash:
            kept.append(finding)
        elif found.index(finding) < min(map(found.index, clash)):
            kept = [other for other in kept if other not in clash]
            kept.append(finding)
    return kept


def _closed(text: str, finding: TextFinding) -> TextFinding:
    """Take in the bracket that a piece opened: 7 pts (47%) and not 7 pts (47%."""
    pieces = (Piece(piece.start, closed(text, piece.start, piece.end)) for piece in finding.pieces)
    return replace(finding, pieces=tuple(pieces))

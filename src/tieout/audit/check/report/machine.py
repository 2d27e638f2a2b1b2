"""Findings for other programs: JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tieout.audit.check.finding import TextFinding
from tieout.text.read import Text


def items(text: Text, findings: Sequence[TextFinding]) -> list[dict[str, Any]]:
    """Return the findings of a text as plain values; `start` and `end` count characters of the text read."""
    return [_item(text, finding) for finding in findings]


def _item(text: Text, finding: TextFinding) -> dict[str, Any]:
    place = text.place(finding.start)
    return {
        "file": text.source,
        "line": place.line,
        "column": place.column,
        "start": finding.start,
        "end": finding.end,
        "quote": text.content[finding.start : finding.end],
        "rule": finding.rule,
        "certainty": finding.certainty.value,
        "message": finding.message,
        "pieces": [
            {"start": piece.start, "end": piece.end, "quote": text.content[piece.start : piece.end]}
            for piece in finding.pieces
        ],
    }


def dump(items: Sequence[dict[str, Any]]) -> str:
    """Return the findings of all files as one JSON list."""
    return json.dumps(items, ensure_ascii=False, indent=1)

"""The outputs of one document must say the same words and print the same ties, in the same order."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.values.finding import Finding


def check_outputs_agree(made: Mapping[str, bytes], document: str) -> list[Finding]:
    """Compare outputs by their words and ties."""
    return []

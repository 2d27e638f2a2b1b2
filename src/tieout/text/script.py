"""Raised and lowered digits: `13.2` with a footnote 3 is never the number 13.23."""

from __future__ import annotations

_PLAIN = "0123456789+-−=()n"
_RAISED = str.maketrans(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans(_PLAIN[:-1], "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def raised(text: str) -> str:
    """Return digits and signs as Unicode superscripts; other characters as they are.

    >>> raised("3")
    '³'
    """
    return text.translate(_RAISED)


def lowered(text: str) -> str:
    """Return digits and signs as Unicode subscripts; other characters as they are."""
    return text.translate(_LOWERED)

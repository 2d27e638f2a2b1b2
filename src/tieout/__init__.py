"""Abstracts and manuscripts whose every number ties out to the data.

What an author's document needs stands here: ``results()``, ``claim()``, ``between()`` and ``figure()``.
Importing this reads no file, and each name is loaded when it is first asked for: the command line needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tieout.present.figure_file import figure
    from tieout.values.claim import claim
    from tieout.values.tie import between
    from tieout.venue.styled import results

__all__ = ["between", "claim", "figure", "results"]
__version__ = "0.1.0"

_HOMES = {
    "between": "tieout.values.tie",
    "claim": "tieout.values.claim",
    "figure": "tieout.present.figure_file",
    "results": "tieout.venue.styled",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415

    return getattr(importlib.import_module(_HOMES[name]), name)

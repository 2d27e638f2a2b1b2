"""Abstracts and manuscripts whose every number ties out to the data.

What an author's document needs stands here: ``results()``, ``claim()`` and ``figure()``. Importing this reads no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.values.claim import claim
from tieout.values.condition import between
from tieout.values.navigate import results

if TYPE_CHECKING:
    from tieout.present.figure_file import figure

__all__ = ["between", "claim", "figure", "results"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # loaded when first asked for: `derive` and the command line draw nothing
    if name == "figure":
        from tieout.present.figure_file import figure  # noqa: PLC0415

        return figure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

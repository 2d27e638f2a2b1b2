"""Abstracts and manuscripts whose every number ties out to the data.

What an author's document needs stands here: ``results()`` and ``claim()``. Importing this package reads no file.
"""

from tieout.values.claim import claim
from tieout.values.condition import between
from tieout.values.navigate import results

__all__ = ["between", "claim", "results"]
__version__ = "0.1.0"

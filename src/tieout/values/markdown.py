"""Writing text into Markdown so that pandoc reads back the same characters."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape(text: str) -> str:
    r"""Put a backslash before every ASCII punctuation mark; other characters, hard spaces among them, stay.

    >>> escape("17 (49%)")
    '17 \\(49\\%\\)'
    """
    return _PUNCTUATION.sub(r"\\\1", text)

"""Bytes into characters: which encoding a text was saved in, and what is no text at all."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(raw: bytes) -> str:
    """Return the characters of a text file, with `\\n` for every line end.

    A byte-order mark decides; otherwise UTF-8, and Windows-1252 for what is not UTF-8 (Word's "plain text"
    in Western Europe). Every sequence of bytes decodes: what has no meaning becomes U+FFFD.

    >>> decode(b"47 \\xb1 3\\r\\n")
    '47 ± 3\\n'
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = raw.decode(encoding, errors="replace")
            break
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")

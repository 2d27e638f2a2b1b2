"""The door of the reading room: any file in, its text, words and ties out."""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from tieout.text.docx import UnreadableDocxError, read_docx
from tieout.text.html import read_html
from tieout.text.pdf import UnreadablePdfError, read_pdf
from tieout.text.plain import decode
from tieout.text.ties import PrintedTie
from tieout.values.finding import Finding, FindingsError, Place

STANDARD_INPUT = "-"
LARGEST_BYTES = 200_000_000

_HTML = {".html", ".htm", ".xhtml"}
_RICH_TEXT = b"{\\rtf"
_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_FEW = 100  # one character in so many may be damaged
_HYPHENS = re.compile("[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SOFT HYPHEN}]")


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a file, as characters; every offset of a finding counts into `content`."""

    content: str
    source: str
    ties: tuple[PrintedTie, ...] = ()
    _starts: tuple[int, ...] = field(default=(), repr=False, compare=False)

    def place(self, offset: int) -> Place:
        """Return the file, line and column of an offset, both counted from 1."""
        starts = self._line_starts()
        line = bisect_right(starts, offset) - 1
        return Place(self.source, line + 1, offset - starts[line] + 1)

    def _line_starts(self) -> tuple[int, ...]:
        if not self._starts:
            found = (0, *(match.end() for match in re.finditer("\n", self.content)))
            object.__setattr__(self, "_starts", found)
        return self._starts


def read_text(path: Path | str) -> Text:
    """Read TXT, Markdown, DOCX, HTML or PDF; `-` reads standard input.

    Raises
    ------
    FindingsError
        `text/absent`, `text/too-large` or `text/unreadable`, when the file cannot be read.
    """
    name = str(path)
    if name == STANDARD_INPUT:
        return text_of(sys.stdin.buffer.read(LARGEST_BYTES), name)
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_BYTES:
            have = {
                "have": f"{file.stat().st_size // 1_000_000} MB",
                "need": f"{LARGEST_BYTES // 1_000_000} MB",
            }
            raise FindingsError(
                [Finding("text/too-large", "this file is too large to be a text", Place(name), have)]
            )
        raw = file.read_bytes()
    except FileNotFoundError:
        raise _unreadable("text/absent", "there is no such file", name, "check the spelling") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _unreadable(
            "text/unreadable", "this file cannot be read", name, f"mend this: {reason}"
        ) from None
    return text_of(raw, name)


def text_of(raw: bytes, source: str) -> Text:
    """Return the text of a file's bytes; their beginning says what they are, else the name of `source`.

    Raises
    ------
    FindingsError
        `text/unreadable`, when the bytes are a damaged DOCX or PDF, or no text at all; `text/no-words`, when
        a DOCX or PDF holds none, such as scanned pages.
    """
    suffix = Path(source).suffix.lower()
    try:
        if raw.startswith(b"%PDF-") or suffix == ".pdf":
            return _with_words(Text(read_pdf(raw), source))
        if raw.startswith(b"PK\x03\x04") or suffix == ".docx":
            content, ties = read_docx(raw)
            return _with_words(Text(content, source, ties))
    except (UnreadablePdfError, UnreadableDocxError) as error:
        raise _unreadable(
            "text/unreadable",
            f"this file cannot be read: {error}",
            source,
            "save it anew, or save it as text",
        ) from None
    if suffix in _HTML or re.match(rb"\s*(<!doctype html|<html|<\?xml)", raw[:200], re.IGNORECASE):
        content, ties = read_html(raw)
        return Text(content, source, ties)
    content = decode(raw)
    if raw.startswith(_RICH_TEXT) or len(_NEVER_IN_TEXT.findall(content)) * _FEW > len(content):
        remedy = "save it as DOCX, PDF or plain text"
        raise _unreadable("text/unreadable", "this file is no plain text", source, remedy)
    return Text(content, source)


def _with_words(text: Text) -> Text:
    """Return a text that holds a word: of scanned pages nothing could be found, and that is no good news."""
    if text.content.strip():
        return text
    message, remedy = "this file holds no words, only pictures or nothing", "recognise its text (OCR) first"
    raise _unreadable("text/no-words", message, text.source, remedy)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in a form that is equal whichever format printed them.

    Ligatures, raised digits and kinds of blanks are made alike (NFKC), and hyphens inside words are left out,
    for a PDF does not say whether a hyphen at a line's end belongs to the word.

    >>> words("non-evaluable: 17 (49 %)")
    ('nonevaluable:', '17', '(49', '%)')
    """
    return tuple(_HYPHENS.sub("", unicodedata.normalize("NFKC", text)).split())


def _unreadable(code: str, message: str, source: str, remedy: str) -> FindingsError:
    return FindingsError([Finding(code, message, Place(source), {}, remedy)])

"""Reading a PDF back as text: lines with their places, without line numbers and running heads."""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tieout.text.script import raised

_HYPHEN = "\ufffe"  # how PDFium marks a word that was broken at a line's end
_MOST_PAGES = 5_000
_MOST_CHARACTERS = 50_000_000
_SAME_HEIGHT_POINTS = 3.0
_ALONE = threading.Lock()  # PDFium serves one thread at a time


class UnreadablePdfError(Exception):
    """The file is no PDF, or is locked."""


@dataclass(frozen=True, slots=True)
class PdfLine:
    """One printed line; places are in points from the page's lower left corner."""

    text: str
    page: int
    left: float
    bottom: float
    right: float
    top: float


class _Glyph(NamedTuple):  # a manuscript has tens of thousands: a frozen dataclass takes four times as long
    char: str
    left: float
    bottom: float
    right: float
    top: float


def read_pdf(raw: bytes, *, line_numbers: bool = False, running_heads: bool = False) -> str:
    """Return the text of a PDF, a line a printed line, pages parted by an empty line.

    Words broken at a line's end are joined (whether their hyphen was the author's or the typesetter's, a PDF
    does not say); ligatures are resolved; raised digits become Unicode superscripts. Numbers that count the
    lines in the margin, and heads and feet that come back page after page, are left out unless asked for.

    Raises
    ------
    UnreadablePdfError
        when the bytes are no PDF, or need a password.
    """
    pages = read_pdf_lines(raw)
    if not line_numbers:
        pages = [without_line_numbers(page) for page in pages]
    if not running_heads:
        pages = without_running_heads(pages)
    return "\n\n".join(_joined(page) for page in pages)


def read_pdf_lines(raw: bytes) -> list[list[PdfLine]]:
    """Return the lines of each page in the order in which they were written.

    Raises
    ------
    UnreadablePdfError
        when the bytes are no PDF, or need a password.
    """
    import pypdfium2  # type: ignore[import-untyped]  # it has no stubs  # noqa: PLC0415  (30 ms a text saves)

    pages: list[list[PdfLine]] = []
    left_to_read = _MOST_CHARACTERS
    try:
        with opened_pdf(raw) as document:
            for number in range(min(len(document), _MOST_PAGES)):
                try:
                    page = document[number]
                    glyphs = _glyphs(page.get_textpage(), left_to_read)
                except pypdfium2.PdfiumError:  # one damaged page does not hide the others
                    glyphs = []
                left_to_read -= len(glyphs)
                pages.append([line for part in _split(glyphs) if (line := _line(part, number)) is not None])
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdfError("it is damaged, locked, or no PDF") from error
    return pages


@contextlib.contextmanager
def opened_pdf(raw: bytes) -> Iterator[Any]:
    """Yield a PDF as pypdfium2 opens it, to one thread at a time.

    Raises
    ------
    pypdfium2.PdfiumError
        when the bytes are no PDF, or need a password.
    """
    import pypdfium2  # noqa: PLC0415  (as above)

    with _ALONE:
        document = pypdfium2.PdfDocument(raw)
        try:
            yield document
        finally:
            document.close()


def _glyphs(page: Any, most: int) -> list[_Glyph]:
    """Return a page's characters, asked of the library itself: its Python wrapper takes most of the time.

    Raises
    ------
    pypdfium2.PdfiumError
        when a character has no place.
    """
    from ctypes import c_double  # noqa: PLC0415  (a text without PDF needs none of it)

    import pypdfium2  # noqa: PLC0415  (as above)
    from pypdfium2 import raw  # noqa: PLC0415

    unicode_of, is_hyphen, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_IsHyphen, raw.FPDFText_GetCharBox
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    handle = page.raw
    made: list[_Glyph] = []
    for index in range(min(page.count_chars(), most)):
        code = unicode_of(handle, index)
        char = chr(code) if 0 < code < 0x110000 else ""
        if not char.isalnum() and is_hyphen(handle, index) == 1:  # of a letter it need not be asked
            char = _HYPHEN
        if char and not 0xD800 <= code <= 0xDFFF:
            if not box_of(handle, index, left, right, bottom, top):
                raise pypdfium2.PdfiumError("a character has no place")
            made.append(_Glyph(char, left.value, bottom.value, right.value, top.value))
    return made


def _split(glyphs: Sequence[_Glyph]) -> Iterable[list[_Glyph]]:
    line: list[_Glyph] = []
    for glyph in glyphs:
        if glyph.char in "\r\n":
            if line:
                yield line
            line = []
        else:
            line.append(glyph)
    if line:
        yield line


def _line(glyphs: Sequence[_Glyph], page: int) -> PdfLine | None:
    inked = [g for g in glyphs if not g.char.isspace() and g.char != _HYPHEN and g.top > g.bottom]
    if not inked:
        return None
    text = "".join(_with_scripts(glyphs))
    return PdfLine(
        text,
        page,
        min(g.left for g in inked),
        min(g.bottom for g in inked),
        max(g.right for g in inked),
        max(g.top for g in inked),
    )


def _with_scripts(glyphs: Sequence[_Glyph]) -> Iterable[str]:
    """Yield the characters, digits that stand small and high as superscripts.

    A digit is raised when it is clearly smaller than the last full digit or capital before it, its foot
    stands well above that one's, and its head is no lower; old-style figures fail the last test or the first.
    """
    full: _Glyph | None = None
    for glyph in glyphs:
        height = glyph.top - glyph.bottom
        if glyph.char.isdigit() and full is not None:
            tall = full.top - full.bottom
            if height < 0.85 * tall and glyph.bottom - full.bottom > 0.25 * tall and glyph.top > full.top:
                yield raised(glyph.char)
                continue
        if (glyph.char.isdigit() or glyph.char.isupper()) and height > 0:
            full = glyph
        yield glyph.char


def without_line_numbers(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """Return a page's lines without the numbers that count them.

    They stand on lines of their own, outside of the text's left or right edge, and rise evenly.
    """
    wide = [line for line in lines if len(line.text.split()) >= 3]
    if not wide:
        return list(lines)
    left, right = min(line.left for line in wide), max(line.right for line in wide)
    numbers = [
        line for line in lines if line.text.strip().isdecimal() and (line.right < left or line.left > right)
    ]
    values = [int(line.text) for line in numbers]
    if values != sorted(values):
        return list(lines)
    counted = set(map(id, numbers))
    return _without_leading_numbers([line for line in lines if id(line) not in counted])


def _without_leading_numbers(lines: list[PdfLine]) -> list[PdfLine]:
    """Take off the numbers with which lines begin, where each counts one more than the line before."""
    leading = [re.match(r"\s*(\d+)\s", other.text) for other in lines]
    values = [int(match.group(1)) for match in leading if match]
    if len(values) < 5 or len(values) < 0.8 * len(lines):
        return lines
    steps = [later - earlier for earlier, later in itertools.pairwise(values)]
    if sum(step == 1 for step in steps) < 0.8 * len(steps):
        return lines
    return [replace(line, text=re.sub(r"^\s*\d+\s", "", line.text)) for line in lines]


def without_running_heads(pages: Sequence[Sequence[PdfLine]]) -> list[list[PdfLine]]:
    """Return the pages without heads, feet and page numbers.

    A head or foot is the outermost line of a page whose words, digits aside, stand at the same height on
    another page too; a lone page number at the foot counts on a single page as well.
    """
    marks: Counter[tuple[str, int]] = Counter()
    for page in pages:
        marks.update({_mark(line) for line in _outermost(page)})
    kept = []
    for page in pages:
        outer = {id(line) for line in _outermost(page)}
        kept.append(
            [
                line
                for line in page
                if id(line) not in outer or (marks[_mark(line)] < 2 and not _is_page_number(line, page))
            ]
        )
    return kept


def _outermost(page: Sequence[PdfLine]) -> list[PdfLine]:
    if len(page) < 2:
        return []
    top, bottom = max(line.top for line in page), min(line.bottom for line in page)
    return [
        line
        for line in page
        if abs(line.top - top) < _SAME_HEIGHT_POINTS or abs(line.bottom - bottom) < _SAME_HEIGHT_POINTS
    ]


def _mark(line: PdfLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.strip()), round(line.bottom / _SAME_HEIGHT_POINTS)


def _is_page_number(line: PdfLine, page: Sequence[PdfLine]) -> bool:
    text = line.text.strip()
    lone = re.fullmatch(r"(page\s*)?\d{1,4}(\s*(of|/|–|-)\s*\d{1,4})?", text, re.IGNORECASE)
    return bool(lone) and line.bottom <= min(other.bottom for other in page)


def _joined(lines: Sequence[PdfLine]) -> str:
    text = "\n".join(line.text.strip() for line in lines)
    return re.sub(rf"{_HYPHEN}\s*", "", text)

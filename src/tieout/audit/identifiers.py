"""Identifiers in what was written: every word of every file, held against keyed hashes of the registry's own.

A file is read as characters wherever they hide: inside a Word file's parts, a PDF's text, metadata and
attachments, and what HTML embeds.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from tieout.text.pdf import opened_pdf
from tieout.values.finding import Finding, Place

SHORTEST = 4  # letters and digits; a shorter identifier stands in any text
SHORTEST_NUMBER = 5  # digits alone: a shorter one is a year, or a number like any other
_INNARDS = frozenset({".docx", ".pdf", ".png", ".tiff", ".xlsx", ".xml", ".rels"})
_TAG = re.compile(r"<[^>]*>")
_BINARY = frozenset({".docx", ".pdf", ".png", ".tiff", ".xlsx"})
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_BETWEEN = r"[^\w\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+"  # what may stand between the words of one line
_EMBEDDED = re.compile(rb"base64,([A-Za-z0-9+/=\s]{16,})")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def spelled(identifier: str) -> str:
    """Return an identifier as it is looked for: its words in small letters; nothing when it is too short.

    >>> spelled("MRN-00123"), spelled("17"), spelled("2023")
    ('mrn 00123', '', '')
    """
    words = " ".join(_WORD.findall(identifier.lower().replace("_", " ")))
    return words if _is_long_enough(words) else ""


def _is_long_enough(words: str) -> bool:
    bare = words.replace(" ", "")
    return len(bare) >= (SHORTEST_NUMBER if bare.isdigit() else SHORTEST)


def plain_words(listed: Iterable[str]) -> frozenset[str]:
    """Return those of a study's names that are no identifiers although a patient may be called so.

    A name that holds a digit is never among them: it lets its digits stand, and no patient's number.

    >>> sorted(plain_words(["Brown", "May", "PSA-50", "van den Berg"]))
    ['brown', 'van den berg']
    """
    return frozenset(spelled(name) for name in listed if not _DIGIT.search(name)) - {""}


def check_contents(
    contents: Iterable[tuple[str, bytes]],
    is_identifier: Callable[[str], bool],
    shapes: Iterable[tuple[int, ...]],
    *,
    show: bool = False,
    names_file: str = "analysis/names.txt",
) -> list[Finding]:
    """Return a finding for each file in which an identifier stands: where and how often, and which if asked.

    Parameters
    ----------
    contents : files by the name that a finding shows, and their bytes.
    is_identifier : whether words, as `spelled` gives them, are an identifier.
    shapes : the shapes that identifiers have (`shape_of`).
    show : whether the findings may hold the identifiers, for the author's eyes.
    names_file : where a study lists the words that are no identifiers.
    """
    looked_for, known = frozenset(shapes), dict[str, bool]()
    found = []
    for name, raw in contents:
        suffix = Path(name).suffix.lower()
        hits: list[tuple[int, str]] = []
        for text, is_shown in texts_of(raw, suffix):
            hits += _identifiers_in(text, is_identifier, looked_for, known, is_shown=is_shown)
        if hits:
            place = Place(name, hits[0][0] if suffix not in _BINARY else None)
            remedy = "find out what prints it; results, tables and figures need no identifier"
            if not all(_DIGIT.search(run) for _, run in hits):
                remedy += f". A plain word, or the name of an author, goes into {names_file}"
            facts = {"times": str(len(hits))}
            if show:
                facts["have"] = ", ".join(sorted({run for _, run in hits}))
            else:
                remedy += ". --show-identifiers says which"
            message = "an identifier of the registry stands in this file"
            found.append(Finding("disclosure/identifier", message, place, facts, remedy))
    return found


def texts_of(raw: bytes, suffix: str) -> Iterator[tuple[str, bool]]:
    """Yield everything in a file that can be read as characters, and whether it is shown to somebody.

    What is not shown, the innards of a PDF or a Word file, is full of digits that name nobody.
    """
    if raw.startswith(b"PK\x03\x04"):
        yield from _zipped(raw)
        return
    if raw.startswith(b"%PDF-"):
        yield from _of_pdf(raw)
        return
    yield raw.decode("utf-8", errors="replace"), suffix not in _INNARDS
    for match in _EMBEDDED.finditer(raw):
        try:
            yield base64.b64decode(match[1]).decode("utf-8", errors="replace"), False
        except (binascii.Error, ValueError):
            continue
    if suffix == ".png":
        yield from _chunks(raw)


def _zipped(raw: bytes) -> Iterator[tuple[str, bool]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            for name in package.namelist():
                content = package.read(name)
                if name.endswith((".xml", ".rels")):
                    for between in ("", " "):  # a word in several runs; the words of cells side by side
                        yield _TAG.sub(between, content.decode("utf-8", errors="replace")), True
                yield from texts_of(content, Path(name).suffix.lower())
    except zipfile.BadZipFile:
        yield raw.decode("utf-8", errors="replace"), False


def _of_pdf(raw: bytes) -> Iterator[tuple[str, bool]]:
    with opened_pdf(raw) as document:
        shown = [" ".join(str(value) for value in document.get_metadata_dict().values())]
        shown += [page.get_textpage().get_text_bounded() for page in document]
        attached = [document.get_attachment(number) for number in range(document.count_attachments())]
        contents = [bytes(attachment.get_data()) for attachment in attached]
    yield from ((text, True) for text in shown)
    for content in contents:
        yield from texts_of(content, "")
    yield _STREAM.sub(b" ", raw).decode("utf-8", errors="replace"), False
    for match in _STREAM.finditer(raw):  # metadata and whatever else a reader of pages does not see
        try:
            content = zlib.decompress(match[1])
        except zlib.error:
            content = match[1]
        yield content.decode("utf-8", errors="replace"), False


def _chunks(raw: bytes) -> Iterator[tuple[str, bool]]:
    """Yield a PNG's compressed texts; the plain ones were read with the file."""
    for match in re.finditer(rb"(?:zTXt|iTXt)([^\0]*)\0\0(.*?)(?=IDAT|IEND)", raw, re.DOTALL):
        try:
            yield zlib.decompress(match[2]).decode("utf-8", errors="replace"), True
        except zlib.error:
            continue


def shape_of(identifier: str) -> tuple[int, ...]:
    """Return how long the words of an identifier are; nothing else of it need be known to look for it.

    >>> shape_of("mrn 00123")
    (3, 5)
    """
    return tuple(len(word) for word in identifier.split())


def _identifiers_in(
    text: str,
    is_identifier: Callable[[str], bool],
    shapes: frozenset[tuple[int, ...]],
    known: dict[str, bool],
    *,
    is_shown: bool,
) -> list[tuple[int, str]]:
    lines, hits = text.lower().replace("_", " "), []
    for words in sorted({len(shape) for shape in shapes}):
        for match in _run_of(words, shapes).finditer(lines):
            run = " ".join(_WORD.findall(match[1]))
            if run not in known:
                known[run] = shape_of(run) in shapes and is_identifier(run)
            if known[run] and (not run.isdigit() or (is_shown and _stands_alone(match, lines))):
                hits.append((lines.count("\n", 0, match.start()) + 1, run))
    return sorted(hits)


@lru_cache(maxsize=64)
def _run_of(words: int, shapes: frozenset[tuple[int, ...]]) -> re.Pattern[str]:
    """Return the pattern of so many words of one line, each as long as it may be in one of the shapes."""
    lengths = list(zip(*(shape for shape in shapes if len(shape) == words), strict=True))
    parts = [rf"\w{{{min(one)},{max(one)}}}" for one in lengths]
    # \b is twice as fast as looking behind, and the same beside a letter or digit
    return re.compile(rf"\b(?=({_BETWEEN.join(parts)})\b)")


def _stands_alone(match: re.Match[str], text: str) -> bool:
    """Whether digits stand in a text as a word, not as a part of a decimal number, a colour or a path."""
    before, after = text[max(match.start() - 1, 0) : match.start()], text[match.end(1) : match.end(1) + 2]
    return before not in {".", "#"} and not re.match(r"\.\d", after)

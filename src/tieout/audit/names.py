"""Names that hold digits and count nothing: `CTCAE v5.0`, `PSA-50`, `kg/m²`. A study lists its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.values.finding import Finding, FindingsError, Place

# Powers of a unit, powers of ten that scale a unit, ordinals, and identifiers that cannot be quantities.
_EVERYWHERE = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{1,4}\u2060?[²³](?![⁰¹²³⁴-⁹])"  # mm², kg/m²
    r"|(?:[×x]\s?)?\b10\u2060?[⁰¹²³⁴-⁹]+(?=\s?/\s?[^\W\d_])"  # 10⁹/L
    r"|(?<=[^\W\d_])\u2060?[⁻⁰¹²³⁴-⁹]+(?![^\W\d_])"  # m⁻²
    r"|\b\d+(?:st|nd|rd|th)\b"  # 1st, 95th
    r"|\bNCT\d{8}\b"
    r"|\b10\.\d{4,9}/\S+"  # a DOI
    r"|https?://\S+"
)
_WORD = re.compile(r"\w", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a study as one pattern; `listed` are the lines of its file, in order."""

    listed: tuple[str, ...] = ()
    _pattern: re.Pattern[str] | None = None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each name in a text."""
        for pattern in (self._pattern, _EVERYWHERE):
            if pattern is not None:
                yield from (match.span() for match in pattern.finditer(text))


def names(listed: Sequence[str]) -> Names:
    """Make the names of a study; blanks and hyphens match their hard kinds, and a name ends where it ends.

    >>> [text[a:b] for text in ["PSA-50 of 50", "PSA-500"] for a, b in names(["PSA-50"]).spans(text)]
    ['PSA-50']
    """
    if not listed:
        return Names()
    whole = "|".join(_pattern_of(name) for name in sorted(listed, key=len, reverse=True))
    return Names(tuple(listed), re.compile(whole))


def read_names(path: Path, shown: str) -> Names:
    """Read a study's names: one a line, `#` begins a comment; no file is no names.

    Raises
    ------
    FindingsError
        when a line is a bare number, which would let that number stand loose everywhere.
    """
    if not path.is_file():
        return Names()
    listed, found = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name = re.sub(r"(^|\s)#.*", "", line).strip()
        if not name:
            continue
        if not re.search(r"[^\W\d_]", name):
            remedy = "write the name with its words, such as PSA-50"
            message = "a name needs a letter: a bare number would stand loose everywhere"
            found.append(Finding("audit/bare-name", message, Place(shown, number), {}, remedy))
            continue
        listed.append(name)
    if found:
        raise FindingsError(found)
    return names(listed)


def _pattern_of(name: str) -> str:
    parts = re.split(r"(\s+|-)", name)
    made = "".join(
        r"[\s\u00a0\u202f]+" if part.isspace() else r"[-\u2010\u2011]" if part == "-" else re.escape(part)
        for part in parts
    )
    if name[0].isalpha():  # at the beginning of a sentence
        made = f"[{name[0].lower()}{name[0].upper()}]{made[1:]}"
    before = r"(?<!\w)" if _WORD.match(name[0]) else ""
    after = r"(?!\w|[.,]\d)" if _WORD.match(name[-1]) else ""
    return before + made + after

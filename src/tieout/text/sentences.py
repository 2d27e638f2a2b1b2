"""Sentences and sections, by place."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATED = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|cf|al|fig|figs|tab|ref|refs|dr|mr|ms|prof|no|nos|approx|ca|st|resp|pts|pt|incl"
    r"|wk|mo"
    r"|yr|min|max|d\.f|b\.d|(?-i:[a-z])))\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.?!][)\]\"'”’]{0,2}(?=\s+[\"“'(\[]{0,2}[A-Z0-9À-Þ])|\n\s*\n|\n(?=\s*[-*•#|])")
_HEADING = re.compile(
    r"(?:^|(?<=[.\n:;!?])\s{0,4})\W{0,4}"
    r"(background|introduction|objectives?|aims?|purpose|design|setting|patients|participants"
    r"|materials? and methods"
    r"|methods?|interventions?|main outcome measures?|results?|findings|conclusions?|interpretation"
    r"|discussion"
    r"|abstract|summary|funding|trial registration)\b(?:\*\*)?\s?(?:/\w+)?[:.\n]",
    re.IGNORECASE,
)


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each sentence; abbreviations and decimals end none.

    >>> [(0, 11), (12, 33)] == sentence_bounds("It was 7.3. Of 35, vs. 12 others.")
    True
    """
    made, start = [], 0
    for match in _END.finditer(text):
        if match.group()[0] == "." and _ABBREVIATED.search(
            text, max(start, match.start() - 12), match.start() + 1
        ):
            continue
        made.append((start, match.end()))
        start = match.end()
    made.append((start, len(text)))
    return [trimmed for bounds in made if (trimmed := _trim(text, *bounds)) is not None]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    inside = text[start:end]
    if not inside.strip():
        return None
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place and the name, in small letters, of each section's heading."""
    for match in _HEADING.finditer(text):
        yield match.start(1), match.group(1).lower()

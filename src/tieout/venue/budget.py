"""How much of a venue's limit each part of a text takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tieout.venue.count import COUNTERS, Unit
from tieout.venue.parts import AbstractParts
from tieout.venue.portal import portal_parts, table_lines
from tieout.venue.profile import Length, Profile

# A sentence ends at . ! or ? before white space and a capital or digit, not behind an initial or these words.
_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bvs\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bal\.)(?<!\bNo\.)\s+(?=[A-Z0-9\[(])"
)


@dataclass(frozen=True, slots=True)
class Budget:
    """What counts, part by part, against the limit, and the longest sentences and ties with their sizes."""

    unit: Unit
    limit: int
    lines: tuple[tuple[str, int], ...]
    longest_sentences: tuple[tuple[str, int], ...]
    longest_ties: tuple[tuple[str, int], ...]

    @property
    def used(self) -> int:
        """The whole of what counts."""
        return sum(size for _, size in self.lines)

    @property
    def left(self) -> int:
        """What may still be written; negative when there is too much."""
        return self.limit - self.used

    def __str__(self) -> str:
        return f"{self.used:,} of {self.limit:,} {self.unit}"


def abstract_budget(parts: AbstractParts, profile: Profile) -> Budget | None:
    """Count an abstract as its portal text against its venue's limit; None where the venue has none."""
    return budget_of(parts, profile.abstract, profile) if profile.abstract else None


def text_budget(parts: AbstractParts, profile: Profile) -> Budget | None:
    """Count a manuscript's text; where the journal names its sections, declarations do not count."""
    if not (length := profile.text):
        return None
    named = {name for heading in length.headings for name in alternatives(heading)}
    counted = tuple(s for s in parts.sections if not named or plain(s[0]) in named)
    return budget_of(replace(parts, sections=counted), length, profile)


def budget_of(parts: AbstractParts, length: Length, profile: Profile) -> Budget:
    """Count the parts that count.

    A heading stands before its text as in the portal, `Results: …`, so that the sum over title, headings,
    body and a printed table is the count of the pasted text.
    """
    count, shown = COUNTERS[length.unit], portal_parts(parts, profile.portal)
    lines: list[tuple[str, int]] = []
    if "title" in length.counts:
        lines.append(("title", count(shown.title)))
    for heading, text in shown.sections:
        prefix = f"{heading}: " if heading and "headings" in length.counts else ""
        size = count(prefix + text) if "body" in length.counts else count(prefix)
        lines.append((heading or "text", size))
    if "table" in length.counts:
        lines += [
            (f"table {number}", sum(count(line) for line in table_lines(table, profile.portal)))
            for number, table in enumerate(shown.tables, start=1)
        ]
    if "references" in length.counts and shown.references:
        lines.append(("references", sum(count(entry) for entry in shown.references)))
    said = [
        sentence for _, text in shown.sections for line in text.split("\n") for sentence in sentences(line)
    ]
    ties = {f"{key} prints {text}": count(text) for key, text in parts.ties}
    return Budget(
        length.unit, length.limit, tuple(lines), _largest({s: count(s) for s in said}), _largest(ties)
    )


def sentences(text: str) -> list[str]:
    """Split a paragraph into sentences.

    >>> sentences("OS was 13.1 months vs. 9. Of 35, 17 died.")
    ['OS was 13.1 months vs. 9.', 'Of 35, 17 died.']
    """
    return [sentence for sentence in _END.split(text) if sentence]


def plain(heading: str) -> str:
    """Return a heading as it is compared: without case, final colon, and `&` or `/` for "and"."""
    return " ".join(re.sub(r"\s*[&/]\s*", " and ", heading.casefold()).rstrip(":. ").split())


def alternatives(heading: str) -> set[str]:
    """Return the names under which a section may stand: `Patients and methods | Methods` are two."""
    return {plain(name) for name in heading.split("|")}


def _largest(sizes: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(sizes.items(), key=lambda item: -item[1])[:3])

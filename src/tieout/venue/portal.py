"""The text for a submission portal: plain, a line a paragraph, its signs as the portal takes them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from tieout.venue.parts import AbstractParts, TableText
from tieout.venue.profile import Portal, Profile

_INVISIBLE = re.compile("[\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]")
_SPACES = re.compile(
    "[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}\N{HAIR SPACE}\t ]+"
)
# A form that takes HTML swallows everything behind "<" when a letter follows; a blank saves it.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SPELLED = {
    "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "±": "+/-", "×": "x", "÷": "/", "·": ".", "−": "-", "–": "-",
    "—": "--", "‑": "-", "‐": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "-", "→": "->",
    "°": " degrees", "µ": "micro", "μ": "micro", "†": "*", "‡": "**", "§": "section ", "©": "(c)", "®": "(R)",
    "™": "(TM)", "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O",
}  # fmt: skip


def portal_text(parts: AbstractParts, profile: Profile) -> str:
    """Return the text to paste: the title, then a line a paragraph with its section's heading in front.

    Tables stand behind the text, a line a row, unless the portal has a form of its own for them.
    """
    shown = portal_parts(parts, profile.portal)
    lines = [shown.title] if shown.title else []
    for heading, text in shown.sections:
        paragraphs = text.split("\n") if text else [""]
        first = f"{heading}: {paragraphs[0]}".strip() if heading else paragraphs[0]
        lines += [line for line in (first, *paragraphs[1:]) if line]
    if profile.portal.table != "apart":
        lines += [line for table in shown.tables for line in table_lines(table, profile.portal)]
    lines += shown.references
    return "\n".join(lines) + "\n"


def portal_parts(parts: AbstractParts, portal: Portal) -> AbstractParts:
    """Return the parts with their signs as the portal takes them: what is counted is what is pasted."""

    def say(text: str) -> str:
        return "\n".join(portal_signs(line, portal) for line in text.split("\n"))

    return replace(
        parts,
        title=say(parts.title),
        sections=tuple((say(heading), say(text)) for heading, text in parts.sections),
        tables=tuple(
            TableText(say(t.caption), tuple(tuple(say(cell) for cell in row) for row in t.rows))
            for t in parts.tables
        ),
        figures=tuple(say(caption) for caption in parts.figures),
        references=tuple(say(entry) for entry in parts.references),
    )


def portal_signs(text: str, portal: Portal) -> str:
    """Return one line with plain blanks, nothing invisible, and its signs kept or spelled.

    >>> portal_signs("median ≥ 13.1 months", Portal(unicode="spell"))
    'median >= 13.1 months'
    """
    plain = _TAG.sub("< ", _SPACES.sub(" ", _INVISIBLE.sub("", text))).strip()
    if portal.unicode == "keep":
        return plain
    return "".join(character if character.isascii() else _spell(character) for character in plain)


def table_lines(table: TableText, portal: Portal) -> list[str]:
    """Return a table as lines: its caption, then a line a row."""
    mark = {"tabs": "\t", "rows": "; ", "apart": " "}[portal.table]
    lines = [table.caption, *(mark.join(row).strip() for row in table.rows)]
    return [line for line in lines if line]


def unspellable(text: str) -> str:
    """Return the signs of `text` that have no spelling in ASCII, each once."""
    return "".join(
        dict.fromkeys(c for c in text if not c.isascii() and not c.isspace() and not _spell(c).isascii())
    )


def _spell(character: str) -> str:
    if character in _SPELLED:
        return _SPELLED[character]
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if plain and plain.isascii():
        return plain
    name = unicodedata.name(character, "")
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", name)
    if not found:
        return character
    return found[2].lower() if found[1] == "SMALL" else found[2].capitalize()

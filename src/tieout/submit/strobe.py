"""The STROBE checklist of a cohort study, filled from anchors in the text.

An anchor is the attribute `strobe` of a heading, a div or a span: `# Setting {strobe="5"}`,
`[…]{strobe="12c 12d"}`. What stands outside of the text, and what does not apply, stands in the front matter:
`strobe: {1a: Title, 6b: not applicable}`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from tieout.values.finding import Finding, Place
from tieout.venue.parts import plain_text

Node = Mapping[str, Any]
_WITH_ATTRIBUTES = {"Div": 0, "Span": 0, "Header": 1}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item of the checklist and the sections where the text answers it; none is a gap."""

    number: str
    name: str
    where: tuple[str, ...]


def checklist(tree: Node, declared: Mapping[str, str]) -> tuple[ChecklistItem, ...]:
    """Return every item of the checklist with its places; `declared` comes from the front matter."""
    found: dict[str, list[str]] = {str(number): [str(where)] for number, where in declared.items()}
    for numbers, section in _anchors(tree["blocks"], ["Text"]):
        for number in numbers:
            places = found.setdefault(number, [])
            if section not in places:
                places.append(section)
    return tuple(
        ChecklistItem(number, name, tuple(found.get(number, ()))) for number, name in _items().items()
    )


def check_strobe(tree: Node, declared: Mapping[str, str], document: str) -> list[Finding]:
    """Return a note on the items that nothing answers, and a finding for each anchor of no item."""
    known, place = _items(), Place(document)
    used = {str(n) for n in declared} | {
        n for numbers, _ in _anchors(tree["blocks"], ["Text"]) for n in numbers
    }
    found = [
        Finding("submit/strobe-item", f"STROBE has no item {number}", place, {}, "correct the anchor")
        for number in sorted(used - known.keys())
    ]
    gaps = {item.number: item.name for item in checklist(tree, declared) if not item.where}
    if gaps:
        items = f"{len(gaps)} items" if len(gaps) > 1 else "1 item"
        message = f"nothing in the text answers {items} of the STROBE checklist"
        remedy = f'mark each place, as {{strobe="{next(iter(gaps))}"}}, or declare it in the front matter'
        found.append(Finding("submit/strobe-gap", message, place, gaps, remedy, blocks=False))
    return found


def checklist_markdown(items: tuple[ChecklistItem, ...]) -> str:
    """Return the checklist as Markdown, a table row an item."""
    rows = [f"| {i.number} | {i.name} | {'; '.join(i.where) or 'not reported'} |" for i in items]
    head = ["| Item | What is reported | Where |", "|:--|:------------------------------|:----------------|"]
    return "\n".join(["# STROBE checklist, cohort studies", "", *head, *rows, "", _source(), ""])


def _anchors(blocks: Any, section: list[str]) -> Iterator[tuple[list[str], str]]:
    """Yield the items of each anchor with the section where it stands; `section` holds the last heading."""
    for node in blocks if isinstance(blocks, list | tuple) else ():
        if isinstance(node, list | tuple):
            yield from _anchors(node, section)
        if not isinstance(node, Mapping):
            continue
        kind: str = node.get("t", "")
        content: Any = node.get("c")
        if kind == "Header":
            section[0] = plain_text(content[2])
        elif kind == "Div" and "abstract" in content[0][1]:
            section[0] = "Abstract"
        if kind in _WITH_ATTRIBUTES:
            attributes = dict(content[_WITH_ATTRIBUTES[kind]][2])
            if numbers := attributes.get("strobe", "").split():
                yield numbers, section[0]
        yield from _anchors(content if isinstance(content, list | tuple) else [content], section)


def _items() -> dict[str, str]:
    items: dict[str, str] = _data()["items"]
    return items


def _source() -> str:
    return str(_data()["source"])


def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("strobe.toml").read_text(encoding="utf-8"))

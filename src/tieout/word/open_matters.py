"""Comments that nobody closed, and tracked changes that nobody accepted or rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.values.finding import Finding, Place
from tieout.word.names import COMMENTS, DOCUMENT, W
from tieout.word.package import Package, parse_part
from tieout.word.tree import paragraph_numbers, place_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_EXTENDED = "word/commentsExtended.xml"
_W14_PARAGRAPH = "{http://schemas.microsoft.com/office/word/2010/wordml}paraId"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_CHANGES = {
    f"{W}ins": "insertion",
    f"{W}del": "deletion",
    f"{W}moveFrom": "move",
    f"{W}moveTo": "move",
    f"{W}rPrChange": "change of formatting",
    f"{W}pPrChange": "change of formatting",
}


def check_open_matters(package: Package, name: str) -> list[Finding]:
    """Return a finding for each open comment, and one for each author's tracked changes of one kind."""
    return [*_check_comments(package, name), *_check_changes(package, name)]


def _check_comments(package: Package, name: str) -> list[Finding]:
    if COMMENTS not in package.parts:
        return []
    places = _comment_places(parse_part(package, DOCUMENT), name)
    closed = _closed_paragraphs(package)
    found = []
    for comment in parse_part(package, COMMENTS).iter(f"{W}comment"):
        if any(p.get(_W14_PARAGRAPH) in closed for p in comment.iter(f"{W}p")):
            continue
        author = comment.get(f"{W}author", "") or "somebody"
        place = places.get(comment.get(f"{W}id", ""), Place(name))
        message, remedy = f"a comment by {author} is open", "answer it, and close it in Word"
        found.append(Finding("word/open-comment", message, place, {}, remedy))
    return found


def _comment_places(body: Element, name: str) -> dict[str, Place]:
    numbers = paragraph_numbers(body)
    return {
        mark.get(f"{W}id", ""): place_of(mark, numbers, name)
        for mark in body.iter(f"{W}commentReference", f"{W}commentRangeStart")
    }


def _closed_paragraphs(package: Package) -> set[str | None]:
    """Return the paragraphs of comments that Word marks as done."""
    if _EXTENDED not in package.parts:
        return set()
    root = parse_part(package, _EXTENDED)
    return {entry.get(f"{_W15}paraId") for entry in root if entry.get(f"{_W15}done") in ("1", "true")}


def _check_changes(package: Package, name: str) -> list[Finding]:
    counted: dict[tuple[str, str], list[Place]] = {}
    for part in package.text_parts():
        root = parse_part(package, part)
        numbers = paragraph_numbers(root)
        for element in root.iter(*_CHANGES):
            who = element.get(f"{W}author", "") or "somebody"
            places = counted.setdefault((who, _CHANGES[str(element.tag)]), [])
            places.append(place_of(element, numbers, name))
    return [
        Finding(
            "word/open-change",
            f"{len(places)} tracked {kind}{'s' if len(places) > 1 else ''} by {who} "
            f"{'are' if len(places) > 1 else 'is'} neither accepted nor rejected",
            places[0],
            {"paragraphs": ", ".join(dict.fromkeys(str(p.line) for p in places if p.line))},
            "accept or reject in Word",
        )
        for (who, kind), places in counted.items()
    ]

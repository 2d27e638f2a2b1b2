"""Bringing every number of an edited Word file up to date, in place, and touching nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.values.facets import FACETS, show
from tieout.values.finding import Finding, Place
from tieout.values.store import Store
from tieout.values.style import AMA, NumberStyle
from tieout.word.comments import Comment, add_comments
from tieout.word.marks import KeyBook, Mark, find_marks, key_book
from tieout.word.names import DOCUMENT, W
from tieout.word.package import Package, parse_part, part_bytes
from tieout.word.replace import Tracker, apply_edits, plan_edits, track_edits
from tieout.word.shape import find_printed
from tieout.word.tree import paragraph_numbers, place_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class Change:
    """A tie whose number was brought up to date: what stood there, and what stands there now."""

    key: str
    old: str
    new: str
    place: Place


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """Words that the data no longer bear out, with the reason; `keys` are the results they speak of."""

    words: str
    reason: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A refreshed file, what changed in it, and what could not be changed."""

    package: Package
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints a key with its facet from a store in a number style."""

    store: Store
    book: KeyBook
    style: NumberStyle = AMA

    def text(self, key: str) -> str | None:
        """Return what the tie prints now; None where the store has no such result or facet."""
        result_key, _, facet = key.rpartition(".")
        result = self.store.results.get(result_key)
        if result is None or facet not in FACETS[type(result)]:
            return None
        return show(result, facet, self.style)

    def unit(self, key: str) -> str:
        """Return the unit that the printed text may carry."""
        return getattr(self.store.results.get(key.rpartition(".")[0]), "unit", "")


def make_printer(store: Store, style: NumberStyle = AMA) -> Printer:
    """Return the printer of a store."""
    return Printer(store, key_book(store), style)


def refresh_values(
    package: Package,
    printer: Printer,
    name: str,
    *,
    broken_claims: Sequence[BrokenClaim] = (),
    tracked: bool = False,
    date: str,
) -> Refreshed:
    """Bring every tie of a Word file up to date.

    Parameters
    ----------
    package : the file that co-authors edited.
    printer : the store's values now.
    name : the file's name, for places.
    broken_claims : claims that no longer hold; each becomes a comment at its place.
    tracked : write tracked changes by "Tieout" instead of changing the text.
    date : the date of tracked changes and comments, as `2026-01-31T12:00:00Z`.

    Returns
    -------
    The file with only the changed parts replaced, and a finding for each tie that was left alone: its result
    is gone, or its words were replaced by others.
    """
    changes: list[Change] = []
    findings: list[Finding] = []
    parts: dict[str, bytes] = {}
    roots = {part: parse_part(package, part) for part in package.text_parts()}
    tracker = Tracker(_largest_id(roots.values()), date)
    for part, root in roots.items():
        done, found = _refresh_part(root, printer, name, tracker if tracked else None)
        findings += found
        changes += done
        if done:
            parts[part] = part_bytes(root)
    package = package.with_parts(parts)
    comments, found = _comments_on(broken_claims, roots[DOCUMENT], printer.book, name)
    if comments:
        package = add_comments(package, comments, date)
        package = package.with_parts({DOCUMENT: part_bytes(roots[DOCUMENT])})
    return Refreshed(package, tuple(changes), (*findings, *found))


def _refresh_part(
    root: Element, printer: Printer, name: str, tracker: Tracker | None
) -> tuple[list[Change], list[Finding]]:
    changes, findings = [], []
    numbers = paragraph_numbers(root)
    for mark in find_marks(root, printer.book):
        if mark.kind != "tie":
            continue
        place = place_of(mark.nodes[0], numbers, name)
        new = printer.text(mark.key)
        if new is None:
            findings.append(_gone(mark, place))
            continue
        if mark.text == new:
            continue
        span = find_printed(mark.text, new, printer.unit(mark.key))
        if span is None:
            findings.append(_overwritten(mark, new, place))
            continue
        old = mark.text[span[0] : span[1]]
        if old == new:
            continue
        edits = plan_edits(mark.nodes, *span, new)
        if tracker is None:
            apply_edits(edits)
        else:
            track_edits(edits, tracker)
        changes.append(Change(mark.key, old, new, place))
    return changes, findings


def _gone(mark: Mark, place: Place) -> Finding:
    known = not mark.key.startswith("?")
    message = f"the result r.{mark.key} no longer exists" if known else "a tie whose result no longer exists"
    facts = {"left as": mark.text}
    return Finding(
        "word/unknown-result", message, place, facts, "take the number out, or tie it to another result"
    )


def _overwritten(mark: Mark, new: str, place: Place) -> Finding:
    message = f"the words where r.{mark.key} was printed were replaced by others"
    facts = {"left as": mark.text, "would print": new}
    return Finding(
        "word/overwritten", message, place, facts, "write the number, or change the text in the .qmd"
    )


def _comments_on(
    claims: Sequence[BrokenClaim], body: Element, book: KeyBook, name: str
) -> tuple[list[Comment], list[Finding]]:
    """Find where each broken claim stands: by its control, else by its words in a control without a tag."""
    comments: dict[tuple[Mark, str], Comment] = {}
    findings: list[Finding] = []
    marks = [mark for mark in find_marks(body, book) if mark.kind in ("claim", "control")]
    numbers = paragraph_numbers(body)
    for claim in dict.fromkeys(claims):
        places = _places_of(claim, marks)
        message = f"the data no longer bear out “{claim.words}”"
        comments |= {(m, claim.words): Comment(m.nodes, f"{message}: {claim.reason}") for m in places}
        where = [place_of(mark.nodes[0], numbers, name) for mark in places] or [Place(name)]
        remedy = "change the words" if places else "look for these words, they are no longer marked"
        findings += [
            Finding("word/false-claim", message, place, {"reason": claim.reason}, remedy) for place in where
        ]
    return list(comments.values()), findings


def _places_of(claim: BrokenClaim, marks: Sequence[Mark]) -> list[Mark]:
    """Return where a claim stands: by its tag; its words alone decide only where the tags are lost."""
    keys = set(claim.keys)
    tagged = [m for m in marks if m.kind == "claim" and (not keys or set(m.key.split()) == keys)]
    by_words = [mark for mark in tagged if _same_words(mark.text, claim.words)]
    untagged = [mark for mark in marks if mark.kind == "control" and _same_words(mark.text, claim.words)]
    return by_words or untagged or (tagged if keys else [])


def _same_words(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _largest_id(roots: Iterable[Element]) -> int:
    largest = 0
    for root in roots:
        for element in root.iter():
            value = element.get(f"{W}id") if isinstance(element.tag, str) else None
            if value and value.lstrip("-").isdigit():
                largest = max(largest, int(value))
    return largest

"""Changing the text of a mark: in place, or as tracked changes. Runs keep their formatting."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.word.names import AUTHOR, XML_SPACE, W
from tieout.word.tree import emptied_copy, parent_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Numbers and what stands between them: "17 (49%)" is 17, " (", 49, "%)".
_TOKENS = re.compile(r"\d[\d,.]*|\D+")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `start` to `end` of one text node by `text`."""

    node: Element
    start: int
    end: int
    text: str


@dataclass(slots=True)
class Tracker:
    """Numbers and dates tracked changes; `next_id` stays above every id of the file."""

    next_id: int
    date: str

    def element(self, name: str) -> Element:
        """Return an empty `w:ins` or `w:del` with its own id."""
        from lxml import etree  # noqa: PLC0415  (50 ms that --help need not pay)

        self.next_id += 1
        made = etree.Element(f"{W}{name}")
        made.set(f"{W}id", str(self.next_id))
        made.set(f"{W}author", AUTHOR)
        made.set(f"{W}date", self.date)
        return made


def plan_edits(nodes: Sequence[Element], start: int, end: int, new: str) -> list[Edit]:
    """Return what must change in `nodes` so that their text from `start` to `end` reads `new`.

    Numbers are replaced one by one where old and new have as many, so that each keeps its run's formatting.
    """
    old = "".join(node.text or "" for node in nodes)[start:end]
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if len(before) != len(after):
        before, after = [old], [new]
    edits: list[Edit] = []
    at = start
    for was, becomes in zip(before, after, strict=True):
        if was != becomes:
            edits += _edits_of(nodes, at, at + len(was), becomes)
        at += len(was)
    return edits


def _edits_of(nodes: Sequence[Element], start: int, end: int, new: str) -> list[Edit]:
    """Put `new` where the first replaced character stood and take the others away."""
    edits: list[Edit] = []
    at = 0
    for node in nodes:
        length = len(node.text or "")
        low, high = max(start, at), min(end, at + length)
        if low < high:
            edits.append(Edit(node, low - at, high - at, "" if edits else new))
        at += length
    return edits


def apply_edits(edits: Sequence[Edit]) -> None:
    """Change text nodes in place."""
    for edit in reversed(edits):  # from behind, so that offsets in one node stay true
        text = edit.node.text or ""
        set_text(edit.node, text[: edit.start] + edit.text + text[edit.end :])


def set_text(node: Element, text: str) -> None:
    """Set a text node, asking Word to keep the blanks at its ends."""
    node.text = text
    if text != text.strip():
        node.set(XML_SPACE, "preserve")


def track_edits(edits: Sequence[Edit], tracker: Tracker) -> None:
    """Make the changes as deletions and insertions that a reader may accept or reject, one a text node."""
    for edit in reversed(_joined(edits)):
        if parent_of(edit.node).tag != f"{W}r":
            apply_edits([edit])  # text outside of a run cannot be tracked
            continue
        removed = _isolated_run(edit)
        deleted = tracker.element("del")
        removed.addprevious(deleted)
        deleted.append(removed)
        if edit.text:
            _insert_behind(deleted, _run_like(removed, edit.text), tracker)
        for text in removed.iter(f"{W}t"):
            text.tag = f"{W}delText"


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """Join the edits of one text node: a reader wants "17 (49%)" struck whole."""
    joined: list[Edit] = []
    for edit in edits:
        if joined and joined[-1].node is edit.node:
            last = joined.pop()
            between = (edit.node.text or "")[last.end : edit.start]
            edit = Edit(edit.node, last.start, edit.end, last.text + between + edit.text)  # noqa: PLW2901  (grown)
        joined.append(edit)
    return joined


def _isolated_run(edit: Edit) -> Element:
    """Split the run around the replaced characters; return the run that holds these alone."""
    run, text = parent_of(edit.node), edit.node.text or ""
    children = [child for child in run if child.tag != f"{W}rPr"]
    at = children.index(edit.node)
    left, right = text[: edit.start], text[edit.end :]
    if left or at:
        _add_run(run, children[:at], left, edit.node, before=True)
    if right or at < len(children) - 1:
        _add_run(run, children[at + 1 :], right, edit.node, before=False)
    set_text(edit.node, text[edit.start : edit.end])
    return run


def _add_run(run: Element, children: Sequence[Element], text: str, like: Element, *, before: bool) -> None:
    """Make a run beside `run` with its formatting, these children, and `text` on the inner side."""
    made = emptied_copy(run)
    if (properties := run.find(f"{W}rPr")) is not None:
        made.append(copy.deepcopy(properties))
    piece = copy.copy(like)
    set_text(piece, text)
    moved = [*children, piece] if before else [piece, *children]
    made.extend(child for child in moved if child is not piece or text)
    if before:
        run.addprevious(made)
    else:
        run.addnext(made)


def _run_like(run: Element, text: str) -> Element:
    made = copy.deepcopy(run)
    for child in list(made):
        if child.tag == f"{W}t":
            set_text(child, text)
        elif child.tag != f"{W}rPr":
            made.remove(child)
    return made


def _insert_behind(deleted: Element, run: Element, tracker: Tracker) -> None:
    """Put an insertion behind a deletion; inside somebody else's insertion it splits that one."""
    inserted = tracker.element("ins")
    inserted.append(run)
    outer = parent_of(deleted)
    if outer.tag not in (f"{W}ins", f"{W}moveTo"):
        deleted.addnext(inserted)
        return
    rest = list(deleted.itersiblings())
    outer.addnext(inserted)
    if rest:
        remains = emptied_copy(outer)
        tracker.next_id += 1
        remains.set(f"{W}id", str(tracker.next_id))
        remains.extend(rest)
        inserted.addnext(remains)

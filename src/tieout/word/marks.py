"""Finding the ties, claims and givens of a Word file, whoever saved it last.

Word keeps a content control's tag; LibreOffice drops it and keeps the bookmark. So a tie is read by its tag,
else by its bookmark `t<8 letters of the key's hash>_<n>`, to whose name LibreOffice adds `_Copy_1` when it
stands twice.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tieout.values.facets import FACETS
from tieout.values.store import Store
from tieout.word.names import W
from tieout.word.tree import is_gone, shown_nodes

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Kind = Literal["tie", "claim", "given", "control"]

_BOOKMARK = re.compile(r"t([a-z2-7]{8})_\d+(?:_Copy_\d+)*")
_TAG_LIMIT = 64  # Word refuses a longer tag; the filter cuts it and adds the hash


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A place that the tool printed.

    `key` is a tie's key with its facet, a claim's keys, a given's source; a `control` lost its tag and was
    no tie: it is a claim or a given that LibreOffice saved. `nodes` are the text nodes that show.
    """

    kind: Kind
    key: str
    nodes: tuple[Element, ...]

    @property
    def text(self) -> str:
        """What the place shows."""
        return "".join(node.text or "" for node in self.nodes)


@dataclass(frozen=True, slots=True)
class KeyBook:
    """All keys with a facet that a store can print, by the tag and by the hash that a Word file holds."""

    by_tag: Mapping[str, str]
    by_hash: Mapping[str, str]


def key_hash(key: str) -> str:
    """Return eight characters of base32 from the first forty bits of the key's SHA-1.

    >>> len(key_hash("flow.hospice.n_percent"))
    8
    """
    digest = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
    return base64.b32encode(digest[:5]).decode().lower()


def limited_tag(text: str) -> str:
    """Return a tag as the filter writes it: cut to Word's 64 characters, told apart by the hash."""
    return text if len(text) <= _TAG_LIMIT else f"{text[: _TAG_LIMIT - 9]}~{key_hash(text)}"


def key_book(store: Store) -> KeyBook:
    """Return the keys of a store as a Word file writes them."""
    keys = [f"{key}.{facet}" for key, result in store.results.items() for facet in FACETS[type(result)]]
    return KeyBook({limited_tag(key): key for key in keys}, {key_hash(key): key for key in keys})


def find_marks(root: Element, book: KeyBook) -> list[Mark]:
    """Return the marks of a part in the order of the text, those that show nothing left out.

    A tie whose key the store no longer knows keeps its tag as key, or `?` and the hash of its bookmark.
    """
    controls = [_control(sdt, book) for sdt in root.iter(f"{W}sdt") if not is_gone(sdt)]
    tied = {node: mark for mark in controls if mark.kind == "tie" for node in mark.nodes}
    marks = [mark for mark in controls if mark.kind != "control"]
    bookmarked: set[Element] = set()
    for name, nodes in _bookmarks(root):
        match = _BOOKMARK.fullmatch(name)
        own = tuple(node for node in nodes if node not in tied and node not in bookmarked)
        if match and nodes and not any(node in tied for node in nodes) and own:
            marks.append(Mark("tie", book.by_hash.get(match[1], f"?{match[1]}"), own))
            bookmarked |= set(own)
    marks += [
        mark for mark in controls if mark.kind == "control" and not any(n in bookmarked for n in mark.nodes)
    ]
    place = {node: number for number, node in enumerate(root.iter(f"{W}t"))}
    shown = [mark for mark in marks if mark.nodes and mark.text]
    return sorted(shown, key=lambda mark: place[mark.nodes[0]])


def _control(sdt: Element, book: KeyBook) -> Mark:
    found = sdt.find(f"{W}sdtPr/{W}tag")
    tag = "" if found is None else found.get(f"{W}val", "")
    content = sdt.find(f"{W}sdtContent")
    nodes = tuple(shown_nodes(content)) if content is not None else ()
    if not tag:
        return Mark("control", "", nodes)
    for kind in ("claim", "given"):
        if tag.startswith(f"{kind}:"):
            return Mark(kind, tag.partition(":")[2], nodes)
    if tag in book.by_tag:
        return Mark("tie", book.by_tag[tag], nodes)
    return Mark("tie", tag, nodes) if _is_ours(sdt) else Mark("control", "", nodes)


def _is_ours(sdt: Element) -> bool:
    """Whether a control with an unknown tag has our bookmark: a tie whose result is gone."""
    near = [*sdt.iter(f"{W}bookmarkStart")]
    before = sdt.getprevious()
    if before is not None and before.tag == f"{W}bookmarkStart":
        near.append(before)
    return any(_BOOKMARK.fullmatch(mark.get(f"{W}name", "")) for mark in near)


def _bookmarks(root: Element) -> Iterator[tuple[str, list[Element]]]:
    """Yield each bookmark's name with the text nodes that show between its ends."""
    opened: dict[str, tuple[str, list[Element]]] = {}
    for element in root.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}t"):
        if element.tag == f"{W}bookmarkStart":
            opened[element.get(f"{W}id", "")] = (element.get(f"{W}name", ""), [])
        elif element.tag == f"{W}t":
            if opened and not is_gone(element):
                for _, nodes in opened.values():
                    nodes.append(element)
        elif element.get(f"{W}id", "") in opened:
            yield opened.pop(element.get(f"{W}id", ""))

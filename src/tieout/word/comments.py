"""Writing comments into a Word file, beside those that are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.word.names import AUTHOR, COMMENTS, COMMENTS_KIND, COMMENTS_TYPE, DOCUMENT, W_NAMESPACE, W
from tieout.word.package import Package, parse_part, part_bytes, with_relationship
from tieout.word.tree import paragraph_of, parent_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class Comment:
    """Words for the margin beside some text nodes of the body."""

    nodes: Sequence[Element]
    words: str


def add_comments(package: Package, comments: Iterable[Comment], date: str) -> Package:
    """Return the package with comments by the tool.

    The parsed document in which the comments' nodes stand is changed in place; the caller stores it back. A
    comment with the same words at the same place is not written twice.
    """
    from lxml import etree  # noqa: PLC0415  (50 ms that --help need not pay)

    package = _with_comments_part(package)
    root = parse_part(package, COMMENTS)
    used = [int(entry.get(f"{W}id", "0")) for entry in root.iter(f"{W}comment")]
    present = {
        (entry.get(f"{W}id"), "".join(node.text or "" for node in entry.iter(f"{W}t")))
        for entry in root.iter(f"{W}comment")
    }
    number = max(used, default=-1)
    for comment in comments:
        if not comment.nodes or any(
            (near, comment.words) in present for near in _ids_around(comment.nodes[0])
        ):
            continue
        number += 1
        _surround(comment.nodes, number)
        entry = etree.SubElement(root, f"{W}comment")
        entry.set(f"{W}id", str(number))
        entry.set(f"{W}author", AUTHOR)
        entry.set(f"{W}date", date)
        entry.set(f"{W}initials", AUTHOR[0])
        for line in comment.words.split("\n"):
            paragraph = etree.SubElement(entry, f"{W}p")
            text = etree.SubElement(etree.SubElement(paragraph, f"{W}r"), f"{W}t")
            text.text = line
    return package.with_parts({COMMENTS: part_bytes(root)})


def _with_comments_part(package: Package) -> Package:
    if COMMENTS in package.parts:
        return package
    empty = f'<w:comments xmlns:w="{W_NAMESPACE}"/>'.encode()
    package, _ = with_relationship(package, DOCUMENT, COMMENTS_KIND, "comments.xml", COMMENTS_TYPE)
    return package.with_parts({COMMENTS: empty})


def _ids_around(node: Element) -> list[str | None]:
    """Return the ids of the comments that begin in the node's paragraph."""
    paragraph = paragraph_of(node)
    if paragraph is None:
        return []
    return [mark.get(f"{W}id") for mark in paragraph.iter(f"{W}commentRangeStart")]


def _surround(nodes: Sequence[Element], number: int) -> None:
    """Put the comment's range around the runs of these nodes, and its mark behind them."""
    from lxml import etree  # noqa: PLC0415  (as above)

    first, last = _run_of(nodes[0]), _run_of(nodes[-1])
    start = etree.Element(f"{W}commentRangeStart")
    start.set(f"{W}id", str(number))
    first.addprevious(start)
    end = etree.Element(f"{W}commentRangeEnd")
    end.set(f"{W}id", str(number))
    last.addnext(end)
    run = etree.Element(f"{W}r")
    reference = etree.SubElement(run, f"{W}commentReference")
    reference.set(f"{W}id", str(number))
    end.addnext(run)


def _run_of(node: Element) -> Element:
    """Return the child of the paragraph that holds a text node: the whole control or tracked change."""
    element = node
    for above in node.iterancestors():
        if above.tag == f"{W}p":
            return element
        element = above
    return parent_of(node)

"""Walking about in the parts of a Word file."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tieout.values.finding import Place
from tieout.word.names import GONE, W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def parent_of(element: Element) -> Element:
    """Return the element around this one, which is never a part's root."""
    parent = element.getparent()
    if parent is None:
        raise ValueError(f"{element.tag} stands alone")
    return parent


def emptied_copy(element: Element) -> Element:
    """Return a copy with the same attributes and without children."""
    made = copy.copy(element)
    for child in list(made):
        made.remove(child)
    return made


def is_gone(element: Element) -> bool:
    """Whether a tracked change took the element away, or it is a fallback for old programs."""
    return any(above.tag in GONE for above in element.iterancestors())


def shown_nodes(element: Element) -> list[Element]:
    """Return the text nodes below an element that show."""
    return [node for node in element.iter(f"{W}t") if not is_gone(node)]


def paragraph_of(element: Element) -> Element | None:
    """Return the paragraph around an element."""
    return next((above for above in element.iterancestors() if above.tag == f"{W}p"), None)


def paragraph_numbers(root: Element) -> Mapping[Element, int]:
    """Return the number of each paragraph of a part, from 1."""
    return {paragraph: number for number, paragraph in enumerate(root.iter(f"{W}p"), start=1)}


def place_of(element: Element, numbers: Mapping[Element, int], name: str) -> Place:
    """Return an element's place: the file and the number of its paragraph."""
    paragraph = element if element.tag == f"{W}p" else paragraph_of(element)
    return Place(name, None if paragraph is None else numbers.get(paragraph))


def text_of(element: Element) -> str:
    """Return the text that shows below an element."""
    return "".join(node.text or "" for node in shown_nodes(element))

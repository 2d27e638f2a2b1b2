"""Reading HTML back as text, with its ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.text.flow import Flow
from tieout.text.script import lowered, raised
from tieout.text.ties import PrintedTie

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNSEEN_NAMES = (
    "head script style template noscript svg nav button select option textarea object iframe canvas audio "
    "video annotation annotation-xml"
)
_BLOCK_NAMES = (
    "address article aside blockquote caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html body li main ol p pre section summary table tbody tfoot "
    "thead tr ul"
)
_UNSEEN, _BLOCKS = frozenset(_UNSEEN_NAMES.split()), frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_DEEPEST = 400


def read_html(raw: bytes | str) -> tuple[str, tuple[PrintedTie, ...]]:
    """Return what a reader sees of an HTML page, a line a block, and its ties (`span.tie[data-key]`).

    Scripts, styles, navigation, drawings and elements marked `hidden` are left out; cells of a row are parted
    by tabs; raised and lowered digits become Unicode superscripts and subscripts.
    """
    import lxml.html  # noqa: PLC0415  (50 ms that a text file need not pay)
    from lxml import etree  # noqa: PLC0415

    flow = Flow()
    text = raw.decode("utf-8", errors="replace") if isinstance(raw, bytes) else raw
    text = text.replace("\0", "").removeprefix("\ufeff")
    if text.lstrip().startswith("<?xml"):  # lxml refuses a declared encoding on characters
        text = text[text.find(">") + 1 :]
    try:
        root = lxml.html.document_fromstring(text) if text.strip() else None
    except (etree.ParserError, ValueError):  # nothing but comments or control characters
        root = None
    if root is not None:
        _walk(root, flow, keep=False, depth=0)
    return flow.finish()


def _walk(element: HtmlElement, flow: Flow, *, keep: bool, depth: int) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in _UNSEEN or element.get("hidden") is not None or depth > _DEEPEST:
        return
    if element.get("role") == "doc-backlink":  # the way back from a footnote is no word of the text
        return
    if tag == "br":
        flow.add("\n", keep_space=True)
        return
    block = tag in _BLOCKS
    if block:
        flow.line()
    key = element.get("data-key") if "tie" in (element.get("class") or "").split() else None
    if key is not None:
        flow.open_tie(key)
    keep = keep or tag == "pre"
    shape = raised if tag == "sup" else lowered if tag == "sub" else str
    if element.text:
        flow.add(shape(element.text), keep_space=keep)
    for child in element:
        _walk(child, flow, keep=keep, depth=depth + 1)
        if child.tail:
            flow.add(shape(child.tail), keep_space=keep)
    if key is not None:
        flow.close_tie()
    if tag in _CELLS:
        flow.cell()
    if block:
        flow.line()

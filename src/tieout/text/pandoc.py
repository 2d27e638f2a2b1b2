"""Pandoc's syntax tree: how to step into it. What its words mean is the business of whoever walks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
Blocks = Sequence[Node]

TABLE_CLASS = "tieout-table"
QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}


def is_prepared_table(node: Node) -> bool:
    """Whether a node is a table that the tool made: a code block that holds its model."""
    return bool(node.get("t") == "CodeBlock" and TABLE_CLASS in node["c"][0][1])


def prepared_model(block: Node) -> Mapping[str, Any]:
    """Return what a prepared table holds: `name`, `html`, `openxml`, `ast`, `typst`, `csv`."""
    model: Mapping[str, Any] = json.loads(block["c"][1])
    return model


def prepared_blocks(block: Node) -> Blocks:
    """Return the blocks of a prepared table: the table, then its notes."""
    held = prepared_model(block)["ast"]
    document = json.loads(held) if isinstance(held, str) else held
    blocks: Blocks = document.get("blocks", [document])
    return blocks


def blocks_inside(kind: str, content: Any) -> list[Blocks]:
    """Return the lists of blocks inside a quotation, a list or lines of verse; none for other blocks.

    A term and a line of verse stand as a plain paragraph.
    """
    if kind == "BlockQuote":
        return [content]
    if kind in {"BulletList", "OrderedList"}:
        return list(content if kind == "BulletList" else content[1])
    if kind == "LineBlock":
        return [[{"t": "Plain", "c": line}] for line in content]
    if kind == "DefinitionList":
        return [blocks for term, meanings in content for blocks in ([{"t": "Plain", "c": term}], *meanings)]
    return []


def table_rows(content: Any) -> tuple[list[Any], list[Any]]:
    """Return the rows of a table's head, and all others, the foot last."""
    _, _, _, head, bodies, foot = content
    return list(head[1]), [row for body in bodies for row in (*body[2], *body[3])] + list(foot[1])


def meta_blocks(value: Node | None) -> Blocks:
    """Return what metadata such as a title or an abstract hold, as blocks; nothing for lists and maps."""
    kind = value["t"] if value else ""
    content: Any = value["c"] if value else None
    if kind == "MetaInlines":
        return [{"t": "Plain", "c": content}]
    if kind == "MetaString":
        return [{"t": "Plain", "c": [{"t": "Str", "c": content}]}]
    return list(content) if kind == "MetaBlocks" else []

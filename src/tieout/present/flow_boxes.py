"""From the derived flow to its diagram and its description, for any study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tieout.present.flow_diagram import FlowBox
from tieout.present.keys import tie
from tieout.present.table import Cell, cell
from tieout.values.navigate import Branch, store_of
from tieout.values.result import Count, Curve


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    label: str
    parent: str
    kind: str
    n: int


def flow_boxes(
    r: Branch, prefix: str = "flow", *, more: Mapping[str, tuple[FlowBox, ...]] | None = None
) -> FlowBox:
    """Return the boxes of a derived flow: populations in a line, exclusions aside, dispositions below.

    Parameters
    ----------
    prefix : where the flow stands; `PREFIX.tree` has the columns name, label, parent, kind and n, and each
        name is a count beside it.
    more : further boxes below a disposition, by its name.

    Notes
    -----
    Reasons of exclusion are printed even at zero. Dispositions without patients get no box: they are printed
    in the description, `describe_flow`.
    """
    nodes = _nodes(r, prefix)
    more = more or {}

    def boxes(parent: str) -> tuple[FlowBox, ...]:
        below = [node for node in nodes if node.parent == parent and node.kind != "exclusion"]
        return tuple(box(node) for node in below if node.n or node.kind == "population")

    def box(node: _Node) -> FlowBox:
        key = f"{prefix}.{node.name}"
        children = boxes(node.name) + more.get(node.name, ())
        printed = tie(r, key, "n" if node.kind == "population" else "n_percent")
        return FlowBox(node.label, cell(printed), children, _aside(node.name))

    def _aside(parent: str) -> tuple[tuple[str, Cell], ...]:
        reasons = [node for node in nodes if node.parent == parent and node.kind == "exclusion"]
        return tuple((node.label, cell(tie(r, f"{prefix}.{node.name}", "n"))) for node in reasons)

    (root,) = boxes("")
    return root


def describe_flow(r: Branch, prefix: str = "flow") -> str:
    """Return the flow in words, every box and every zero: the diagram's alternative text."""
    nodes = _nodes(r, prefix)

    def n(node: _Node) -> str:
        return tie(r, f"{prefix}.{node.name}", "n").text

    sentences = []
    for node in nodes:
        below = [other for other in nodes if other.parent == node.name]
        out = [f"{other.label}, {n(other)}" for other in below if other.kind == "exclusion"]
        parts = [f"{other.label}, {n(other)}" for other in below if other.kind == "disposition"]
        head = f"{node.label}: {n(node)}" if node.kind == "population" else ""
        if out:
            sentences.append(f"{head}; excluded: {'; '.join(out)}.")
        elif head:
            sentences.append(f"{head}.")
        if parts:
            sentences.append(f"Of {n(node)} ({node.label}): {'; '.join(parts)}.")
    return "Flow diagram. " + " ".join(sentences)


def _nodes(r: Branch, prefix: str) -> list[_Node]:
    store = store_of(r)
    tree = store[f"{prefix}.tree"]
    if not isinstance(tree, Curve):
        raise TypeError(
            f"{prefix}.tree is a {type(tree).__name__}: the flow of derive has a table of boxes there"
        )
    columns = [[str(value) for value in tree.columns[name]] for name in ("name", "label", "parent", "kind")]
    nodes = []
    for name, label, parent, kind in zip(*columns, strict=True):
        count = store[f"{prefix}.{name}"]
        nodes.append(_Node(name, label, parent, kind, count.n if isinstance(count, Count) else 0))
    return nodes

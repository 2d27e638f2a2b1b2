"""Figure: who was in the registry, who was analyzed, and what became of them by the cutoff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.flow_boxes import describe_flow, flow_boxes
from tieout.present.flow_diagram import flow_figure
from tieout.present.style import FigureStyle
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw the flow."""
    return flow_figure(flow_boxes(r), style)


def describe(r: Branch) -> str:
    """Say the flow in words."""
    return describe_flow(r)

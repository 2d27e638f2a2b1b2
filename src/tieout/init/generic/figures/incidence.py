"""Figure: cumulative incidence of relapse by treatment, death without relapse competing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.curves import CurveWords, curve_line, curves_figure
from tieout.present.style import FigureStyle
from tieout.present.table import cell
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GROUPS = {"a": "Treatment A", "b": "Treatment B"}


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw one curve a group, with Gray's test."""
    lines = [
        curve_line(r, f"outcomes.incidence.{name}.relapse_curve", label, value="incidence")
        for name, label in _GROUPS.items()
    ]
    notes = (cell("Gray's test ", r.outcomes.incidence.gray.relapse.p),)
    words = CurveWords("Months from the first day of treatment", "Cumulative incidence of relapse, %", notes)
    return curves_figure(lines, words, style, kind="incidence", last=36)


def describe(r: Branch) -> str:
    """Say what the curves show."""
    a, b = r.outcomes.incidence.a.relapse_at.month_24, r.outcomes.incidence.b.relapse_at.month_24
    return (
        "Curves of the cumulative incidence of relapse, which rise with time. At 24 months: "
        f"treatment A, {a.value.text}; treatment B, {b.value.text}."
    )

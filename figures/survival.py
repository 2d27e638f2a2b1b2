"""Figure: overall survival of the whole cohort, from cycle 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.curves import CurveWords, at_risk_ties, curve_line, curves_figure, describe_curve
from tieout.present.style import FigureStyle
from tieout.present.table import cell
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STEP_MONTHS = 3


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw the Kaplan-Meier curve with its band, its median and the numbers at risk."""
    line = curve_line(
        r,
        "survival.os_curve",
        at_risk=at_risk_ties(r, "survival.os_at_risk", _STEP_MONTHS),
        median=r.survival.os.median,
    )
    notes = (cell("Median, ", r.survival.os.median), cell("(", r.survival.os.ci, ")"))
    words = CurveWords("Months from first cycle of LuPSMA", "Overall survival, %", notes)
    return curves_figure([line], words, style)


def describe(r: Branch) -> str:
    """Say what the curve shows."""
    return describe_curve(
        "Kaplan-Meier curve of overall survival from the first cycle of LuPSMA",
        r.survival.os,
        at_risk_ties(r, "survival.os_at_risk", _STEP_MONTHS),
    )

"""Figure: relapse-free survival by treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.curves import CurveWords, at_risk_ties, curve_line, curves_figure, describe_curve
from tieout.present.style import FigureStyle
from tieout.present.table import cell
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GROUPS = {"a": "Treatment A", "b": "Treatment B"}
_STEP_MONTHS = 6


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw one Kaplan-Meier curve a group, with the test and the hazard ratio."""
    lines = [
        curve_line(
            r,
            f"outcomes.survival.{name}_curve",
            label,
            at_risk=at_risk_ties(r, f"outcomes.survival.{name}_at_risk", _STEP_MONTHS),
        )
        for name, label in _GROUPS.items()
    ]
    ratio = r.outcomes.crude.treatment.b
    medians = {label: getattr(r.outcomes.survival, name).median_ci for name, label in _GROUPS.items()}
    notes = (
        *(cell(f"{label}, median ", median) for label, median in medians.items()),
        cell("HR ", ratio.value, " (", ratio.ci, ")"),
        cell("Log-rank ", r.outcomes.log_rank.p),
    )
    words = CurveWords("Months from the first day of treatment", "Relapse-free survival, %", notes)
    return curves_figure(lines, words, style, last=36)


def describe(r: Branch) -> str:
    """Say what the curves show."""
    return " ".join(
        describe_curve(
            f"Kaplan-Meier curve of relapse-free survival, {label}",
            getattr(r.outcomes.survival, name),
            at_risk_ties(r, f"outcomes.survival.{name}_at_risk", _STEP_MONTHS),
        )
        for name, label in _GROUPS.items()
    )

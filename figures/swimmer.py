"""Figure: the course of each patient who began a next line, without names and in the order of length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.style import FigureStyle
from tieout.present.swimmer import SwimmerWords, swimmer_figure
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WORDS = SwimmerWords(
    bars={
        "lupsma": "LuPSMA",
        "cabazitaxel": "Cabazitaxel with or without platinum",
        "platinum": "Platinum without cabazitaxel",
        "other_chemotherapy": "Other chemotherapy",
        "non_chemotherapy": "No chemotherapy",
    },
    marks={"death": "Died", "alive": "Alive at last contact"},
    x_label="Months from first cycle of LuPSMA",
)


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw a lane for each patient."""
    return swimmer_figure(r, "therapy.swimmer", _WORDS, style)


def describe(r: Branch) -> str:
    """Say who is shown, and how they fared as a group."""
    n = r.flow.next_line.n.text
    return (
        f"Swimmer plot of the {n} patients who began a next line after LuPSMA: one lane a patient from the "
        f"first cycle to death or last contact. {r.therapy.groups.cabazitaxel.n.text} of {n} received "
        f"cabazitaxel; the next line began a median of {r.therapy.gap.median_range.text} after stopping."
    )

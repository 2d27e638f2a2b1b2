"""Figure: best change of PSA on the line after LuPSMA, a bar a patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.style import FigureStyle
from tieout.present.waterfall import WaterfallWords, waterfall_figure
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WORDS = WaterfallWords(
    y_label="Best change of PSA from baseline, %",
    groups={
        "cabazitaxel": "Cabazitaxel with or without platinum",
        "platinum": "Platinum without cabazitaxel",
        "other_chemotherapy": "Other chemotherapy",
        "non_chemotherapy": "No chemotherapy",
    },
)


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw a bar for each patient with a PSA on therapy, and the line of response."""
    return waterfall_figure(r, "response.waterfall", _WORDS, style)


def describe(r: Branch) -> str:
    """Say how many responded, and who is not shown."""
    return (
        "Waterfall plot of the best change of PSA from baseline on the next line after LuPSMA, by regimen. "
        f"PSA fell by half or more in {r.response.psa50.n_of_percent.text} patients; "
        f"{r.response.without_psa.n.text} had no PSA on therapy and are not shown."
    )

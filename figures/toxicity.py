"""Figure: worst grade of hematologic toxicity during chemotherapy after LuPSMA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.present.grade_bars import grade_bars_figure
from tieout.present.style import FigureStyle
from tieout.values.navigate import Branch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TERMS = {
    "toxicity.anemia": "Anemia",
    "toxicity.thrombocytopenia": "Thrombocytopenia",
    "toxicity.neutropenia": "Neutropenia",
}


def draw(r: Branch, style: FigureStyle) -> Figure:
    """Draw a bar a term, its parts the worst grades."""
    return grade_bars_figure(r, _TERMS, style)


def describe(r: Branch) -> str:
    """Say the share with grade 3 or worse of each term."""
    severe = [
        f"anemia, {r.toxicity.anemia.grade_3_or_worse.n_of_percent.text}",
        f"thrombocytopenia, {r.toxicity.thrombocytopenia.grade_3_or_worse.n_of_percent.text}",
        f"neutropenia, {r.toxicity.neutropenia.grade_3_or_worse.n_of_percent.text}",
    ]
    head = "Stacked bars of the worst grade of each term, in percent of patients"
    return f"{head}. Grade 3 or worse: {'; '.join(severe)}."

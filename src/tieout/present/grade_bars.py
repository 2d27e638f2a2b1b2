"""Stacked bars of toxicity: a bar a term, its parts the worst grades, from light to dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tieout.present.keys import result, tie
from tieout.present.lettering import text_width_mm, wrapped
from tieout.present.style import FigureStyle, axes_mm, new_figure, size_mm
from tieout.values.navigate import Branch
from tieout.values.result import Count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BAR_MM, _LABEL_MM, _RIGHT_MM, _TOP_MM, _BOTTOM_MM = 9.0, 40.0, 5.0, 7.0, 11.0
GRADES = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5")


def grade_bars_figure(
    r: Branch,
    terms: Mapping[str, str],
    style: FigureStyle,
    *,
    grades: Sequence[str] = GRADES,
    x_label: str = "Patients, %",
) -> Figure:
    """Draw one bar a term; below each key stand counts such as `grade_3`, of the patients evaluable.

    Each part prints its number of patients. Grades that nobody had are in no legend.
    """
    label_mm = min(_LABEL_MM, max(text_width_mm(label, style.text_pt) for label in terms.values()) + 4)
    height = _BAR_MM * len(terms)
    figure = new_figure(style.width_mm, height + _TOP_MM + _BOTTOM_MM)
    axes = axes_mm(figure, label_mm, _BOTTOM_MM, style.width_mm - label_mm - _RIGHT_MM, height)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(terms) - 0.4, -0.6)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
    axes.set_xlabel(x_label, labelpad=2)
    names = ["\n".join(wrapped(label, style.text_pt, label_mm - 3)) for label in terms.values()]
    axes.set_yticks(range(len(terms)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    used: set[int] = set()
    for at, key in enumerate(terms):
        used |= _bar(axes, r, (at, key), grades, style)
    _legend(axes, [number for number in range(len(grades)) if number in used], grades, style)
    return figure


def _bar(
    axes: Axes, r: Branch, place: tuple[int, str], grades: Sequence[str], style: FigureStyle
) -> set[int]:
    at, key = place
    left, used = 0.0, set()
    width_mm, _ = size_mm(axes)
    for number, grade in enumerate(grades):
        found = result(r, f"{key}.{grade}")
        if not isinstance(found, Count) or not found.n or not found.of:
            continue
        used.add(number)
        share = found.n / found.of
        color = style.grades[number % len(style.grades)]
        axes.barh(
            at, share, left=left, height=0.62, color=color, edgecolor=style.ink, linewidth=0.5, zorder=3
        )
        text = tie(r, f"{key}.{grade}", "n").text
        if text_width_mm(text, style.small_pt) + 1 < share * width_mm:
            ink = "white" if number >= 3 or _is_dark(color) else style.ink
            axes.text(
                left + share / 2,
                at,
                text,
                ha="center",
                va="center",
                fontsize=style.small_pt,
                color=ink,
                zorder=4,
            )
        left += share
    return used


def _is_dark(color: str) -> bool:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.45


def _legend(axes: Axes, used: Sequence[int], grades: Sequence[str], style: FigureStyle) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415  (matplotlib only when something is drawn)

    handles = [
        Patch(
            facecolor=style.grades[number % len(style.grades)],
            edgecolor=style.ink,
            linewidth=0.5,
            label=grades[number].replace("_", " ").capitalize(),
        )
        for number in used
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=max(len(handles), 1),
        frameon=False,
        fontsize=style.small_pt,
        handlelength=1.2,
        borderaxespad=0.1,
        borderpad=0.2,
    )

"""The waterfall plot: each patient's best change, from the greatest rise to the deepest fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.present.keys import result
from tieout.present.style import FigureStyle, axes_mm, new_figure
from tieout.present.table import Cell
from tieout.values.navigate import Branch
from tieout.values.result import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT_MM, _RIGHT_MM, _TOP_MM, _BOTTOM_MM = 15.0, 3.0, 3.0, 6.0


@dataclass(frozen=True, slots=True, eq=False)
class WaterfallWords:
    """The words of a waterfall plot: labels by group in the legend's order, and notes that may hold ties."""

    y_label: str
    groups: Mapping[str, str]
    x_label: str = "Patients"
    notes: Sequence[Cell] = ()


def waterfall_figure(
    r: Branch,
    key: str,
    words: WaterfallWords,
    style: FigureStyle,
    *,
    lines: Sequence[float] = (-0.5,),
    highest: float = 1.0,
    height_mm: float = 62.0,
) -> Figure:
    """Draw the bars of the curve at `key`: column change, a share such as -0.72, and, with groups, group.

    The first colour, grey, is left to the treatment before: groups look as in the swimmer plot.

    Parameters
    ----------
    lines : changes at which a dashed line is drawn, such as the threshold of response.
    highest : rises beyond it are cut there and marked by an arrowhead.
    """
    changes, groups = _bars(r, key)
    figure = new_figure(style.width_mm, height_mm + _TOP_MM + _BOTTOM_MM)
    axes = axes_mm(figure, _LEFT_MM, _BOTTOM_MM, style.width_mm - _LEFT_MM - _RIGHT_MM, height_mm)
    top = min(highest, max([0.25, *changes]) * 1.05)
    order = list(words.groups)
    for at, (change, group) in enumerate(zip(changes, groups, strict=True)):
        kind = order.index(group) if group in order else len(order)
        axes.bar(
            at,
            min(change, highest),
            width=0.78,
            color=style.bar_colors[(kind + 1) % len(style.bar_colors)],
            hatch=style.hatches[(kind + 1) % len(style.hatches)],
            edgecolor=style.ink,
            linewidth=0.5,
            zorder=3,
        )
        if change > highest:
            axes.plot([at], [highest], "^", color=style.ink, markersize=4, clip_on=False, zorder=4)
    _set_axes(axes, len(changes), top, words, style)
    for line in lines:
        axes.axhline(line, color=style.muted, linewidth=0.7, linestyle=(0, (4, 2)), zorder=2)
    _legend(axes, [group for group in order if group in groups], words, style)
    return figure


def _bars(r: Branch, key: str) -> tuple[list[float], list[str]]:
    found = result(r, key)
    if not isinstance(found, Curve):
        raise TypeError(f"{key} is not a curve: a waterfall plot needs one with changes")
    changes = [float(change or 0) for change in found.columns["change"]]
    groups = [str(group) for group in found.columns.get("group", [""] * len(changes))]
    order = sorted(range(len(changes)), key=lambda at: -changes[at])
    return [changes[at] for at in order], [groups[at] for at in order]


def _set_axes(axes: Axes, bars: int, top: float, words: WaterfallWords, style: FigureStyle) -> None:
    axes.axhline(0, color=style.ink, linewidth=style.axis_pt, zorder=4)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(-0.8, max(bars, 1) - 0.2)
    axes.set_ylim(-1.0, top)
    axes.set_xticks([])
    ticks = [-1, -0.75, -0.5, -0.25, *(tick for tick in (0, 0.25, 0.5, 0.75, 1) if tick <= top)]
    axes.set_yticks(ticks, [_signed(tick) for tick in ticks])
    axes.set_xlabel(words.x_label, labelpad=3)
    axes.set_ylabel(words.y_label, labelpad=2)


def _signed(tick: float) -> str:
    sign = "\N{MINUS SIGN}" if tick < 0 else "+" if tick > 0 else ""
    return f"{sign}{abs(tick) * 100:g}"


def _legend(axes: Axes, groups: Sequence[str], words: WaterfallWords, style: FigureStyle) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415  (matplotlib only when something is drawn)

    handles = [
        Patch(
            facecolor=style.bar_colors[(kind + 1) % len(style.bar_colors)],
            hatch=style.hatches[(kind + 1) % len(style.hatches)],
            edgecolor=style.ink,
            linewidth=0.5,
            label=words.groups[group],
        )
        for kind, group in enumerate(words.groups)
        if group in groups
    ]
    handles += [Patch(visible=False, label=note.text) for note in words.notes]
    axes.legend(handles=handles, loc="lower left", frameon=False, fontsize=style.small_pt, handlelength=1.8)

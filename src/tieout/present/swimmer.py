"""The swimmer plot: one lane a patient, bars for treatments, marks for what happened at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tieout.present.keys import result
from tieout.present.style import FigureStyle, axes_mm, new_figure
from tieout.values.navigate import Branch
from tieout.values.result import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LANE_MM, _BAR_SHARE = 4.6, 0.62
_LEFT_MM, _RIGHT_MM, _TOP_MM, _BOTTOM_MM = 12.0, 4.0, 2.0, 11.0
_MARKS = ("X", "o", "D", "^", "s")


@dataclass(frozen=True, slots=True)
class SwimmerWords:
    """The words of a swimmer plot.

    `bars` and `marks` give the label of each kind in the curve's column `what`, in the legend's order. Of
    `marks`, those in `ongoing` are drawn as an arrow that points beyond the lane's end.
    """

    bars: Mapping[str, str]
    marks: Mapping[str, str]
    ongoing: Sequence[str] = ("alive",)
    x_label: str = "Months"
    y_label: str = "Patients"


def swimmer_figure(r: Branch, key: str, words: SwimmerWords, style: FigureStyle) -> Figure:
    """Draw the lanes of the curve at `key`: columns lane, what, start and end; the longest lane on top.

    A row whose kind is among the marks is drawn at its `end`, each other one as a bar. The lanes carry no
    names: their order says nothing of who they are.

    Raises
    ------
    TypeError
        when there is no curve at `key`.
    ValueError
        when it holds a kind for which there are no words.
    """
    rows = _rows(r, key)
    if strange := sorted({what for _, what, _, _ in rows} - {*words.bars, *words.marks}):
        raise ValueError(f"{key} holds “{strange[0]}”, for which the figure has no words")
    ends: dict[int, float] = {}
    for lane, _, _, end in rows:
        ends[lane] = max(end, ends.get(lane, 0.0))
    place = {lane: at for at, lane in enumerate(sorted(ends, key=lambda lane: (ends[lane], lane)))}
    height = _LANE_MM * len(place) + 1.0
    figure = new_figure(style.width_mm, height + _TOP_MM + _BOTTOM_MM)
    axes = axes_mm(figure, _LEFT_MM, _BOTTOM_MM, style.width_mm - _LEFT_MM - _RIGHT_MM, height)
    longest = max(ends.values(), default=1.0)
    axes.set_xlim(0, longest * 1.06)
    axes.set_ylim(-0.6, len(place) - 0.4)
    axes.set_yticks([])
    axes.set_xlabel(words.x_label, labelpad=2)
    axes.set_ylabel(words.y_label, labelpad=4)
    for lane, end in ends.items():
        axes.plot([0, end], [place[lane]] * 2, color=style.muted, linewidth=0.5, zorder=1)
    for lane, what, start, end in rows:
        if what in words.bars:
            _bar(axes, place[lane], (start, end), list(words.bars).index(what), style)
        elif what in words.ongoing:
            _arrow(axes, place[lane], end, longest, style)
        else:
            mark = _MARKS[list(words.marks).index(what) % len(_MARKS)]
            axes.plot([end], [place[lane]], mark, color=style.ink, markersize=4.2, clip_on=False, zorder=4)
    _legend(axes, {what for _, what, _, _ in rows}, words, style)
    return figure


def _rows(r: Branch, key: str) -> list[tuple[int, str, float, float]]:
    found = result(r, key)
    if not isinstance(found, Curve):
        raise TypeError(f"{key} is not a curve: a swimmer plot needs one with lanes")
    columns = [found.columns.get(name, ()) for name in ("lane", "what", "start", "end")]
    return [
        (int(lane or 0), str(what), float(start or 0), float(end or 0))
        for lane, what, start, end in zip(*columns, strict=True)
    ]


def _bar(axes: Axes, y: float, span: tuple[float, float], kind: int, style: FigureStyle) -> None:
    axes.barh(
        y,
        span[1] - span[0],
        left=span[0],
        height=_BAR_SHARE,
        color=style.bar_colors[kind % len(style.bar_colors)],
        hatch=style.hatches[kind % len(style.hatches)],
        edgecolor=style.ink,
        linewidth=0.5,
        zorder=3,
    )


def _arrow(axes: Axes, y: float, end: float, longest: float, style: FigureStyle) -> None:
    line = {
        "arrowstyle": "-|>",
        "linewidth": 0.8,
        "color": style.ink,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 6,
    }
    axes.annotate("", (end + longest * 0.035, y), (end, y), arrowprops=line, annotation_clip=False)


def _legend(axes: Axes, used: set[str], words: SwimmerWords, style: FigureStyle) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415  (matplotlib only when something is drawn)
    from matplotlib.patches import Patch  # noqa: PLC0415  (as above)

    handles: list[Line2D | Patch] = [
        Patch(
            facecolor=style.bar_colors[kind % len(style.bar_colors)],
            hatch=style.hatches[kind % len(style.hatches)],
            edgecolor=style.ink,
            linewidth=0.5,
            label=label,
        )
        for kind, (what, label) in enumerate(words.bars.items())
        if what in used
    ]
    for kind, (what, label) in enumerate(words.marks.items()):
        mark = ">" if what in words.ongoing else _MARKS[kind % len(_MARKS)]
        line = "solid" if what in words.ongoing else "none"
        if what in used:
            shape: dict[str, Any] = {"linestyle": line, "linewidth": 0.8, "marker": mark, "markersize": 4.2}
            handles.append(Line2D([], [], color=style.ink, label=label, **shape))
    axes.legend(handles=handles, loc="lower right", frameon=False, fontsize=style.small_pt, handlelength=1.8)

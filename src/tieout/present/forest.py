"""The forest plot: estimates with their intervals in rows, and the same numbers in words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from tieout.present.keys import result, tie
from tieout.present.labels import estimate_facet
from tieout.present.lettering import text_width_mm
from tieout.present.style import FigureStyle, axes_mm, canvas_mm, new_figure
from tieout.values.navigate import Branch
from tieout.values.result import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW_MM, _TOP_MM, _BOTTOM_MM, _GAP_MM, _INDENT_MM = 4.6, 6.5, 15.0, 4.0, 3.0


# ticks of a logarithmic axis by how far it reaches from 1 on either side
_TICKS = (
    (2.6, (0.5, 0.75, 1.0, 1.5, 2.0)),
    (5.2, (0.25, 0.5, 1.0, 2.0, 4.0)),
    (16.0, (0.1, 0.3, 1.0, 3.0, 10.0)),
)


@dataclass(frozen=True, slots=True, eq=False)
class ForestRow:
    """One row: a heading without a key, or the key of an estimate; `level` indents."""

    label: str
    key: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ForestWords:
    """The words around a forest plot; `lower` and `higher` say whom each side of the line favours."""

    stub: str = "Subgroup"
    measure: str = "HR (95% CI)"
    lower: str = ""
    higher: str = ""
    numbers: str = "Events/Patients"


def forest_figure(r: Branch, rows: Sequence[ForestRow], words: ForestWords, style: FigureStyle) -> Figure:
    """Draw estimates of one scale; ratios stand on a logarithmic axis with their line at 1, others at 0.

    Squares are sized by precision. An interval that leaves the axis ends in an arrowhead; one that is not
    estimable is printed in words alone.
    """
    found = [_estimate(r, row) for row in rows]
    is_ratio = any(one is not None and one.scale == "ratio" for one in found)
    texts = [_texts(r, row) for row in rows]
    heads = (words.stub, words.numbers, words.measure, "P value")
    wide = [
        max(
            text_width_mm(head, style.text_pt, "bold"),
            *(text_width_mm(line[at], style.text_pt) for line in texts),
            0,
        )
        for at, head in enumerate(heads)
    ]
    wide[0] = max(
        wide[0], *(text_width_mm(row.label, style.text_pt) + _INDENT_MM * row.level for row in rows)
    )
    height = _ROW_MM * len(rows)
    figure = new_figure(style.width_mm, height + _TOP_MM + _BOTTOM_MM)
    left = 1.0 + wide[0] + _GAP_MM + wide[1] + _GAP_MM
    right = 1.0 + wide[3] + _GAP_MM + wide[2] + _GAP_MM
    if style.width_mm - left - right < 25:
        raise ValueError(f"the forest plot does not fit into {style.width_mm:g} mm: draw it wider")
    axes = axes_mm(figure, left, _BOTTOM_MM, style.width_mm - left - right, height)
    span = _set_axis(axes, found, len(rows), is_ratio=is_ratio, style=style)
    for at, one in enumerate(found):
        if one is not None:
            _draw(axes, (at, _precision(one, found, is_ratio=is_ratio)), one, span, style)
    starts = (1.0, 1.0 + wide[0] + _GAP_MM, style.width_mm - right + _GAP_MM, style.width_mm - 1.0 - wide[3])
    _print(figure, rows, texts, (heads, starts), style)
    _sides(axes, words, style)
    return figure


def _estimate(r: Branch, row: ForestRow) -> Estimate | None:
    if not row.key:
        return None
    found = result(r, row.key)
    if not isinstance(found, Estimate):
        raise TypeError(f"{row.key} is not an estimate: a forest plot draws nothing else")
    return found


def _texts(r: Branch, row: ForestRow) -> tuple[str, str, str, str]:
    found = _estimate(r, row)
    if found is None:
        return ("", "", "", "")
    has_numbers = found.n is not None and found.events is not None
    numbers = f"{tie(r, row.key, 'events').text}/{tie(r, row.key, 'n').text}" if has_numbers else ""
    p = tie(r, row.key, "p_bare").text if found.p is not None else ""
    return ("", numbers, tie(r, row.key, estimate_facet(found)).text, p)


def _set_axis(
    axes: Axes, found: Sequence[Estimate | None], rows: int, *, is_ratio: bool, style: FigureStyle
) -> tuple[float, float]:
    known = [
        value
        for one in found
        if one is not None
        for value in (one.value, one.low, one.high)
        if value is not None and (value > 0 or not is_ratio)
    ]
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    if is_ratio:
        axes.set_xscale("log")
        reach = min(max([2.0, *(max(value, 1 / value) for value in known)]) * 1.05, 16.0)
        low, high = 1 / reach, reach
        ticks = next(ticks for most, ticks in _TICKS if reach <= most)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    else:
        reach = max([abs(value) for value in known], default=1.0) * 1.1 or 1.0
        low, high = -reach, reach
    axes.set_xlim(low, high)
    axes.axvline(1 if is_ratio else 0, color=style.muted, linewidth=style.axis_pt, zorder=1)
    return low, high


def _precision(one: Estimate, found: Sequence[Estimate | None], *, is_ratio: bool) -> float:
    def width(of: Estimate | None) -> float | None:
        if of is None or of.low is None or of.high is None or (is_ratio and of.low <= 0):
            return None
        return log(of.high / of.low) if is_ratio else of.high - of.low

    widths = [known for known in map(width, found) if known]
    own = width(one)
    return min(widths) / own if own and widths else 0.3


def _draw(
    axes: Axes, place: tuple[int, float], one: Estimate, span: tuple[float, float], style: FigureStyle
) -> None:
    if one.value is None:
        return
    (at, precision), (low, high) = place, span
    color = style.colors[0]
    if one.low is not None and one.high is not None:
        start, end = max(one.low, low), min(one.high, high)
        axes.plot([start, end], [at, at], color=style.ink, linewidth=0.9, zorder=2)
        for is_cut, x, mark in ((one.low < low, low, "<"), (one.high > high, high, ">")):
            if is_cut:
                axes.plot([x], [at], mark, color=style.ink, markersize=4, clip_on=False, zorder=3)
    if low <= one.value <= high:
        axes.plot([one.value], [at], "s", color=color, markersize=2.5 + 4.0 * precision**0.5, zorder=3)


def _print(
    figure: Figure,
    rows: Sequence[ForestRow],
    texts: Sequence[tuple[str, str, str, str]],
    heads: tuple[tuple[str, ...], tuple[float, ...]],
    style: FigureStyle,
) -> None:
    canvas = canvas_mm(figure)
    for head, x in zip(*heads, strict=True):
        canvas.text(x, _TOP_MM - 2.5, head, fontsize=style.text_pt, fontweight="bold", va="baseline")
    for at, (row, line) in enumerate(zip(rows, texts, strict=True)):
        y = _TOP_MM + _ROW_MM * (at + 0.5)
        weight = "normal" if row.key else "bold"
        x = heads[1][0] + _INDENT_MM * row.level
        canvas.text(x, y, row.label, fontsize=style.text_pt, fontweight=weight, va="center")
        for start, text in zip(heads[1][1:], line[1:], strict=True):
            canvas.text(start, y, text, fontsize=style.text_pt, va="center")


def _sides(axes: Axes, words: ForestWords, style: FigureStyle) -> None:
    for text, x, align in ((words.lower, 0.48, "right"), (words.higher, 0.52, "left")):
        if text:
            axes.annotate(
                text,
                (x, 0),
                (0, -22),
                xycoords="axes fraction",
                textcoords="offset points",
                ha=align,
                va="top",
                fontsize=style.small_pt,
            )

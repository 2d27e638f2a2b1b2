"""Curves over time with band, marks and numbers at risk: Kaplan-Meier and cumulative incidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tieout.present.keys import tie
from tieout.present.lettering import MM_PER_POINT, text_width_mm
from tieout.present.style import FigureStyle, axes_mm, new_figure, size_mm
from tieout.present.table import Cell
from tieout.values.navigate import Branch, store_of
from tieout.values.result import Curve
from tieout.values.tie import Tie

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Number = float | int | None
_TOP_MM, _RIGHT_MM, _AXIS_MM = 2.5, 4.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class CurveLine:
    """One group's steps, and what is printed about it.

    Parameters
    ----------
    label : the group's name; alone in a figure it may be empty.
    times, values : where it steps, and the height from there on, in [0, 1]; the first row is at time 0.
    low, high : the band's bounds at the same times; None where there is none.
    censored_at : times at which somebody was censored.
    at_risk : ties of the numbers at risk, by time; competing causes share theirs: give them to one line.
    median : the tie of the median, where a line shall mark it.
    """

    label: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]
    censored_at: tuple[float, ...] = ()
    at_risk: Mapping[float, Tie] = field(default_factory=dict)
    median: Tie | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CurveWords:
    """The words around the curves. `notes` stand in the plot, a line each, and may hold ties."""

    x_label: str
    y_label: str
    notes: tuple[Cell, ...] = ()
    at_risk_label: str = "No. at risk"


def curve_line(
    r: Branch,
    key: str,
    label: str = "",
    *,
    value: str = "survival",
    at_risk: Mapping[float, Tie] | None = None,
    median: Tie | None = None,
) -> CurveLine:
    """Make a line of the curve `key` in the store: columns time, `value`, low, high and, for marks, censored.

    Steps at which the value is not estimable (None) are left out.
    """
    curve = store_of(r)[key]
    if not isinstance(curve, Curve):
        raise TypeError(f"{key} is a {type(curve).__name__}: a figure needs the steps of a curve")
    columns = curve.columns
    rows = [number for number, height in enumerate(columns[value]) if height is not None]
    times = _numbers(columns["time"])
    lost = columns.get("censored", (0,) * len(times))
    return CurveLine(
        label,
        tuple(times[row] for row in rows),
        tuple(_numbers([columns[value][row] for row in rows])),
        tuple(_number(columns["low"][row]) for row in rows),
        tuple(_number(columns["high"][row]) for row in rows),
        tuple(times[row] for row in rows if float(lost[row] or 0) > 0),
        at_risk or {},
        median,
    )


def at_risk_ties(r: Branch, prefix: str, step: int = 1) -> dict[float, Tie]:
    """Return the numbers at risk below `prefix`, keys such as `month_12`, at multiples of `step`."""
    found: dict[float, Tie] = {}
    for rest, _ in store_of(r).under(prefix):
        digits = re.search(r"_(\d+)$", rest)
        if digits and int(digits[1]) % step == 0:
            found[float(digits[1])] = tie(r, f"{prefix}.{rest}", "n")
    return dict(sorted(found.items()))


def describe_curve(subject: str, median: Branch, at_risk: Mapping[float, Tie], unit: str = "months") -> str:
    """Return a survival curve in words, for its alternative text; `median` is the branch of the median."""
    people = f"{median.n.text} patients, {median.events.text} events"
    risk = "; ".join(f"{number.text} at {time:g} {unit}" for time, number in at_risk.items())
    return f"{subject}: {people}; median {median.median_ci.text}." + (
        f" Numbers at risk: {risk}." if risk else ""
    )


def curves_figure(
    lines: Sequence[CurveLine],
    words: CurveWords,
    style: FigureStyle,
    *,
    kind: Literal["survival", "incidence"] = "survival",
    height_mm: float = 70.0,
    last: float | None = None,
    are_censored_marked: bool = True,
) -> Figure:
    """Draw curves over time with numbers at risk aligned under the axis.

    Parameters
    ----------
    lines : in the order of the legend; several are told apart by colour and by dashes.
    kind : survival falls, and its words stand in the upper right; an incidence rises, and they stand in the
        upper left, without marks of censoring.
    height_mm : of the plot itself; the numbers at risk come below it.
    last : where the axis ends; by default at the last time of any line.
    """
    end = last if last is not None else max(max(line.times) for line in lines)
    ticks = sorted({time for line in lines for time in line.at_risk if time <= end}) or _steps(end)
    counted = [line for line in lines if line.at_risk]
    rows = len(counted) + (len(counted) > 1)
    row_mm = style.small_pt * MM_PER_POINT * 1.4
    left = _left_mm(counted, words, style)
    below = _AXIS_MM + rows * row_mm + (2.0 if rows else 0.0)
    figure = new_figure(style.width_mm, below + height_mm + _TOP_MM)
    axes = axes_mm(figure, left, below, style.width_mm - left - _RIGHT_MM, height_mm)
    _set_axes(axes, words, ticks, end)
    for number, line in enumerate(lines):
        _draw_line(
            axes, line, number, style, end, are_censored_marked=are_censored_marked and kind == "survival"
        )
    _draw_words(axes, lines, words, style, is_right=kind == "survival")
    if counted:
        _draw_risk(axes, counted, words, style, (ticks, left, row_mm))
    return figure


def _numbers(column: Sequence[object]) -> list[float]:
    return [float(value) for value in column if isinstance(value, int | float)]


def _number(value: object) -> Number:
    return float(value) if isinstance(value, int | float) else None


def _steps(end: float) -> list[float]:
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600) if end / step <= 9 or step == 600)
    return [float(step * number) for number in range(int(end // step) + 1)]


def _left_mm(counted: Sequence[CurveLine], words: CurveWords, style: FigureStyle) -> float:
    axis = 13.0
    if not counted:
        return axis
    labels = [words.at_risk_label, *(line.label for line in counted if len(counted) > 1)]
    widest = max(text_width_mm(label, style.small_pt, "bold") for label in labels)
    return max(axis, widest + 5.0)


def _set_axes(axes: Axes, words: CurveWords, ticks: Sequence[float], end: float) -> None:
    axes.set_xlim(0, end * 1.01)
    axes.set_ylim(0, 1.02)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
    axes.set_xlabel(words.x_label, labelpad=2)
    axes.set_ylabel(words.y_label, labelpad=3)


def _draw_line(
    axes: Axes, line: CurveLine, number: int, style: FigureStyle, end: float, *, are_censored_marked: bool
) -> None:
    color, dash = style.colors[number % len(style.colors)], style.dashes[number % len(style.dashes)]
    axes.plot(
        line.times,
        line.values,
        drawstyle="steps-post",
        color=color,
        linestyle=dash,
        label=line.label,
        zorder=3,
    )
    known = [
        at for at, (low, high) in enumerate(zip(line.low, line.high, strict=True)) if None not in (low, high)
    ]
    if known:
        axes.fill_between(
            [line.times[at] for at in known],
            [float(line.low[at] or 0) for at in known],
            [float(line.high[at] or 0) for at in known],
            step="post",
            color=color,
            alpha=style.band_alpha,
            linewidth=0,
            zorder=1,
        )
    if are_censored_marked and line.censored_at:
        heights = [_height(line, time) for time in line.censored_at]
        axes.plot(
            line.censored_at,
            heights,
            linestyle="none",
            marker="|",
            markersize=4.5,
            markeredgewidth=0.8,
            color=color,
            zorder=4,
        )
    value = line.median.number() if line.median is not None else None
    if isinstance(value, int | float) and value <= end:
        axes.plot(
            [0, value, value],
            [0.5, 0.5, 0],
            color=style.muted,
            linewidth=0.6,
            linestyle=(0, (3, 2)),
            zorder=2,
        )


def _height(line: CurveLine, time: float) -> float:
    return [value for at, value in zip(line.times, line.values, strict=True) if at <= time][-1]


def _draw_words(
    axes: Axes, lines: Sequence[CurveLine], words: CurveWords, style: FigureStyle, *, is_right: bool
) -> None:
    width_mm, height_mm = size_mm(axes)
    step = style.text_pt * MM_PER_POINT * 1.35 / height_mm
    entries = [(line.label, number) for number, line in enumerate(lines) if line.label and len(lines) > 1]
    entries += [(note.text, -1) for note in words.notes]
    if not entries:
        return
    widest = max(text_width_mm(text, style.text_pt) for text, _ in entries)
    x = 1 - (widest + 1) / width_mm if is_right else 12 / width_mm
    y = 1 - step
    for text, number in entries:
        axes.text(
            x, y, text, transform=axes.transAxes, fontsize=style.text_pt, verticalalignment="center", zorder=5
        )
        if number >= 0:
            color, dash = style.colors[number % len(style.colors)], style.dashes[number % len(style.dashes)]
            axes.plot(
                [x - 9 / width_mm, x - 1.5 / width_mm],
                [y, y],
                transform=axes.transAxes,
                color=color,
                linestyle=dash,
            )
        y -= step


def _draw_risk(
    axes: Axes,
    lines: Sequence[CurveLine],
    words: CurveWords,
    style: FigureStyle,
    place: tuple[Sequence[float], float, float],
) -> None:
    from matplotlib.transforms import blended_transform_factory  # noqa: PLC0415  (only when drawn)

    ticks, left_mm, row_mm = place
    width_mm, height_mm = size_mm(axes)
    numbers = blended_transform_factory(axes.transData, axes.transAxes)
    y = -(_AXIS_MM + 2.0) / height_mm
    x = -(left_mm - 1.0) / width_mm

    def label(text: str, weight: str, color: str) -> None:
        axes.text(
            x,
            y,
            text,
            transform=axes.transAxes,
            fontsize=style.small_pt,
            fontweight=weight,
            color=color,
            va="center",
        )

    if len(lines) > 1:
        label(words.at_risk_label, "bold", style.ink)
        y -= row_mm / height_mm
    for line in lines:
        is_alone = len(lines) == 1
        label(words.at_risk_label if is_alone else line.label, "bold" if is_alone else "normal", style.ink)
        for tick in ticks:
            if tick in line.at_risk:
                axes.text(
                    tick,
                    y,
                    line.at_risk[tick].text,
                    transform=numbers,
                    fontsize=style.small_pt,
                    ha="center",
                    va="center",
                )
        y -= row_mm / height_mm

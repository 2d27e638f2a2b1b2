"""The cohort flow diagram: boxes sized to their text, arrows at right angles, exclusions aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.present.lettering import MM_PER_POINT, text_width_mm, wrapped
from tieout.present.style import FigureStyle, canvas_mm, new_figure
from tieout.present.table import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PAD_MM = (1.8, 1.4)
_GAP_MM = 3.5
_LEVEL_GAP_MM = 8.0
_ASIDE_GAP_MM = 3.0
_LEADING = 1.25
_WIDEST_MM, _NARROWEST_MM = 62.0, 14.0
_EXCLUDED = "Excluded"


@dataclass(frozen=True, slots=True, eq=False)
class FlowBox:
    """One box: its words, its number, and what became of its patients.

    Parameters
    ----------
    label : what the patients in it have in common.
    count : their number, printed in bold below the label.
    children : the boxes below it, from left to right.
    aside : why patients left between this box and its only child, and how many for each reason; drawn to the
        right of the arrow.
    """

    label: str
    count: Cell
    children: tuple[FlowBox, ...] = ()
    aside: tuple[tuple[str, Cell], ...] = ()

    def __post_init__(self) -> None:
        if self.aside and len(self.children) != 1:
            raise ValueError(f"{self.label}: exclusions stand beside an arrow to exactly one box")


@dataclass(slots=True)
class _Placed:
    """A box with its lines; `x` is its centre from the left, `y` its top from above, in millimetres."""

    lines: list[tuple[str, bool]]
    width: float
    height: float
    children: list[_Placed]
    aside: _Placed | None = None
    is_left: bool = False
    x: float = 0.0
    y: float = 0.0


def flow_figure(root: FlowBox, style: FigureStyle) -> Figure:
    """Draw a flow diagram as wide as `style.width_mm` and as high as it needs.

    Boxes on one level share their upper edge. Labels are broken so that the widest level fits.

    Raises
    ------
    ValueError
        when the boxes of one level do not fit beside each other even with a word a line.
    """
    placed = _laid_out(root, style)
    left, right = _extent(placed)
    shift = (style.width_mm - (left + right)) / 2
    bottom = 0.0
    for box in _every(placed):
        box.x += shift
        bottom = max(bottom, box.y + box.height)
    figure = new_figure(style.width_mm, bottom + 0.6)
    axes = canvas_mm(figure)
    for box in _every(placed):
        _draw_arrows(axes, box, style)
    for box in _every(placed):
        _draw_box(axes, box, style)
    return figure


def _laid_out(root: FlowBox, style: FigureStyle) -> _Placed:
    depths = _depth(root)
    limits = [_WIDEST_MM] * depths
    while True:
        placed = _sized(root, style, limits, 0)
        _spread(placed)
        _drop(placed, 0.3)
        left, right = _extent(placed)
        if right - left <= style.width_mm - 0.6:
            return placed
        widest = max(
            range(depths),
            key=lambda depth: _level_width(placed, depth) if limits[depth] > _NARROWEST_MM else 0,
        )
        if limits[widest] <= _NARROWEST_MM:
            raise ValueError(f"the flow diagram does not fit into {style.width_mm:g} mm: draw it wider")
        limits[widest] -= 1


def _depth(box: FlowBox) -> int:
    return 1 + max((_depth(child) for child in box.children), default=0)


def _sized(box: FlowBox, style: FigureStyle, limits: Sequence[float], depth: int) -> _Placed:
    lines = [(line, False) for line in wrapped(box.label, style.text_pt, limits[depth])]
    lines.append((box.count.text, True))
    made = _box(lines, style)
    made.children = [_sized(child, style, limits, depth + 1) for child in box.children]
    if box.aside:
        reasons = [
            (line, False)
            for label, count in box.aside
            for line in wrapped(f"{label}: {count.text}", style.text_pt, style.width_mm * 0.36)
        ]
        made.aside = _box([(_EXCLUDED, True), *reasons], style)
        made.aside.is_left = True
    return made


def _box(lines: list[tuple[str, bool]], style: FigureStyle) -> _Placed:
    width = max(
        text_width_mm(line, style.text_pt, "bold" if is_bold else "regular") for line, is_bold in lines
    )
    height = len(lines) * style.text_pt * _LEADING * MM_PER_POINT
    return _Placed(lines, width + 2 * _PAD_MM[0], height + 2 * _PAD_MM[1], [])


def _spread(box: _Placed) -> list[tuple[float, float]]:
    """Place the boxes below `box` as close as their outlines allow; return its outline, level by level.

    The outline is (left, right) on each level, from the box's own centre, which is at 0.
    """
    outline: list[tuple[float, float]] = []
    for child in box.children:
        below = _spread(child)
        shift = max(
            (right - left + _GAP_MM for (_, right), (left, _) in zip(outline, below, strict=False)), default=0
        )
        _move(child, shift)
        moved = [(left + shift, right + shift) for left, right in below]
        outline = [
            (min(old[0], new[0]), max(old[1], new[1])) for old, new in zip(outline, moved, strict=False)
        ] + (outline[len(moved) :] or moved[len(outline) :])
    centre = (box.children[0].x + box.children[-1].x) / 2 if box.children else 0.0
    for child in box.children:
        _move(child, -centre)
    right = max(box.width / 2, _ASIDE_GAP_MM * 2 + box.aside.width if box.aside else 0)
    if box.aside:
        box.aside.x = _ASIDE_GAP_MM * 2 + box.aside.width / 2
    return [(-box.width / 2, right), *((left - centre, right - centre) for left, right in outline)]


def _move(box: _Placed, by: float) -> None:
    for one in _every(box):
        one.x += by


def _drop(root: _Placed, top: float) -> None:
    level = [root]
    while level:
        height = max(box.height for box in level)
        gap = _LEVEL_GAP_MM
        for box in level:
            box.y = top
            if box.aside:
                box.aside.y = top + box.height + _ASIDE_GAP_MM
                gap = max(gap, box.aside.height + 2 * _ASIDE_GAP_MM)
        top += height + gap
        level = [child for box in level for child in box.children]


def _every(box: _Placed) -> Iterator[_Placed]:
    yield box
    if box.aside:
        yield box.aside
    for child in box.children:
        yield from _every(child)


def _extent(root: _Placed) -> tuple[float, float]:
    boxes = list(_every(root))
    return min(box.x - box.width / 2 for box in boxes), max(box.x + box.width / 2 for box in boxes)


def _level_width(root: _Placed, depth: int) -> float:
    level = [root]
    for _ in range(depth):
        level = [child for box in level for child in box.children]
    return sum(box.width + _GAP_MM for box in level)


def _draw_box(axes: Axes, box: _Placed, style: FigureStyle) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415  (matplotlib only when something is drawn)

    corner = (box.x - box.width / 2, box.y)
    axes.add_patch(
        Rectangle(
            corner, box.width, box.height, facecolor="white", edgecolor=style.ink, linewidth=style.axis_pt
        )
    )
    step = style.text_pt * _LEADING * MM_PER_POINT
    x = corner[0] + _PAD_MM[0] if box.is_left else box.x
    for number, (line, is_bold) in enumerate(box.lines):
        axes.text(
            x,
            box.y + _PAD_MM[1] + step * (number + 0.76),
            line,
            fontsize=style.text_pt,
            fontweight="bold" if is_bold else "normal",
            horizontalalignment="left" if box.is_left else "center",
            verticalalignment="baseline",
            color=style.ink,
        )


def _draw_arrows(axes: Axes, box: _Placed, style: FigureStyle) -> None:
    start = box.y + box.height
    if box.aside:
        middle = box.aside.y + box.aside.height / 2
        _arrow(axes, [(box.x, middle), (box.aside.x - box.aside.width / 2, middle)], style)
    if not box.children:
        return
    end = box.children[0].y
    bus = end - _LEVEL_GAP_MM / 2
    for child in box.children:
        points = [(box.x, start), (box.x, bus), (child.x, bus), (child.x, end)]
        straight = abs(child.x - box.x) < 0.01
        _arrow(axes, [points[0], points[-1]] if straight else points, style)


def _arrow(axes: Axes, points: Sequence[tuple[float, float]], style: FigureStyle) -> None:
    from matplotlib.patches import Polygon  # noqa: PLC0415  (as in _draw_box)

    (x0, _), (x1, y1) = points[-2:]
    length, half = 2.0, 0.8
    along = (1.0, 0.0) if x1 > x0 else (0.0, 1.0)
    base = (x1 - along[0] * length, y1 - along[1] * length)
    line = [*points[:-1], base]
    axes.plot(*zip(*line, strict=True), color=style.ink, linewidth=style.axis_pt, solid_joinstyle="miter")
    across = (along[1] * half, along[0] * half)
    head = [(x1, y1), (base[0] + across[0], base[1] + across[1]), (base[0] - across[0], base[1] - across[1])]
    axes.add_patch(Polygon(head, closed=True, facecolor=style.ink, edgecolor="none"))

"""The flow diagram: nothing overlaps, nothing crosses, every number of the flow is there."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from matplotlib.patches import Rectangle

from tieout.present.flow_boxes import describe_flow, flow_boxes
from tieout.present.flow_diagram import FlowBox, flow_figure
from tieout.present.style import FigureStyle, drawing
from tieout.present.table import cell


def drawn(root, width=170.0):
    style = FigureStyle(width_mm=width)
    with drawing(style):
        made = flow_figure(root, style)
    (axes,) = made.axes
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return made, axes, boxes


def deep(children=3):
    def box(label, *below, aside=()):
        return FlowBox(label, cell("17 (49%)"), below, aside)

    leaves = [box(f"What became of them, number {number}") for number in range(children)]
    middle = box("Stopped early for progression", *leaves)
    return box(
        "In the registry",
        box(
            "Treated",
            box("Completed"),
            middle,
            box("Died during treatment", box("a"), box("b")),
            box("On treatment"),
        ),
        aside=(("In a trial", cell("5")), ("Began before June 2022, which is before approval", cell("0"))),
    )


def corners(box):
    return box.get_x(), box.get_x() + box.get_width(), box.get_y(), box.get_y() + box.get_height()


@pytest.mark.parametrize("width", [170.0, 110.0])
def test_boxes_stay_apart_and_inside_the_figure(width):
    _, axes, boxes = drawn(deep(), width)
    assert len(boxes) == 12
    for box in boxes:
        left, right, top, bottom = corners(box)
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= axes.get_ylim()[0]
    for one, other in combinations(boxes, 2):
        left, right, top, bottom = corners(one)
        left2, right2, top2, bottom2 = corners(other)
        assert right < left2 or right2 < left or bottom < top2 or bottom2 < top


def test_every_line_of_text_stands_inside_its_box():
    made, axes, boxes = drawn(deep())
    renderer = made.canvas.get_renderer()
    inverse = axes.transData.inverted()
    assert len(axes.texts) >= 2 * len(boxes) - 1
    for text in axes.texts:
        (x0, y0), (x1, y1) = inverse.transform(text.get_window_extent(renderer).get_points())
        inside = [
            box
            for box in boxes
            if corners(box)[0] < x0 < x1 < corners(box)[1]
            and corners(box)[2] < min(y0, y1) < max(y0, y1) < corners(box)[3]
        ]
        assert len(inside) == 1, text.get_text()


def test_arrows_run_at_right_angles_and_cross_neither_each_other_nor_a_box():
    _, axes, boxes = drawn(deep(4))
    paths = [list(zip(*line.get_data(), strict=True)) for line in axes.lines]
    pieces = [(number, a, b) for number, path in enumerate(paths) for a, b in pairwise(path)]
    for _, (x0, y0), (x1, y1) in pieces:
        assert abs(x0 - x1) < 0.01 or abs(y0 - y1) < 0.01
        for box in boxes:
            left, right, top, bottom = corners(box)
            apart = max(x0, x1) <= left + 0.01 or min(x0, x1) >= right - 0.01
            assert apart or max(y0, y1) <= top + 0.01 or min(y0, y1) >= bottom - 0.01
    for (one, a, b), (other, c, d) in combinations(pieces, 2):
        first_is_level, second_is_level = abs(a[1] - b[1]) < 0.01, abs(c[1] - d[1]) < 0.01
        if one == other or first_is_level == second_is_level:
            continue
        (level, upright) = ((a, b), (c, d)) if first_is_level else ((c, d), (a, b))
        strictly_x = (
            min(level[0][0], level[1][0]) + 0.01 < upright[0][0] < max(level[0][0], level[1][0]) - 0.01
        )
        strictly_y = (
            min(upright[0][1], upright[1][1]) + 0.01 < level[0][1] < max(upright[0][1], upright[1][1]) - 0.01
        )
        assert not (strictly_x and strictly_y)


def test_the_derived_flow_prints_every_number_and_leaves_out_empty_dispositions(r):
    _, axes, boxes = drawn(flow_boxes(r))
    texts = [text.get_text() for text in axes.texts]
    for wanted in (
        "103",
        "96",
        "18\xa0(19%)",
        "35\xa0(36%)",
        "17\xa0(49%)",
        "15\xa0(43%)",
        "3\xa0(9%)",
        "10\xa0(10%)",
    ):
        assert wanted in texts
    assert "Began before June 2022: 0" in texts
    assert "Stopped for toxicity" not in texts
    assert len(boxes) == 10


def test_the_description_names_every_box_and_every_zero(r):
    assert describe_flow(r) == (
        "Flow diagram. In the registry: 103; excluded: Treated within a trial, 5; Began after July 2023, 2; "
        "Began before June 2022, 0. Treated with standard-of-care LuPSMA: 96. "
        "Of 96 (Treated with standard-of-care LuPSMA): Completed 6 cycles, 18; "
        "Stopped early for progression, 35; "
        "Stopped for toxicity, 0; Died during treatment, 10; On treatment at the cutoff, 33. "
        "Of 35 (Stopped early for progression): Entered hospice, 17; Began another line of therapy, 15; "
        "Had a treatment break, 3."
    )


def test_a_level_that_cannot_fit_is_refused():
    leaves = tuple(FlowBox(f"Incomprehensibilities {number}", cell("1")) for number in range(12))
    with pytest.raises(ValueError, match="does not fit into 85 mm"):
        drawn(FlowBox("All", cell("12"), leaves), 85.0)


def test_exclusions_need_one_way_on():
    with pytest.raises(ValueError, match="exactly one box"):
        FlowBox("All", cell("12"), (), (("Left", cell("1")),))

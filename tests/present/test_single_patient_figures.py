"""Swimmer, waterfall, stacked grades and forest: every row of the store is drawn, in its place."""

from __future__ import annotations

import pytest
from matplotlib.patches import Rectangle

from tieout.present.forest import ForestRow, ForestWords, forest_figure
from tieout.present.grade_bars import grade_bars_figure
from tieout.present.style import FigureStyle, drawing
from tieout.present.swimmer import SwimmerWords, swimmer_figure
from tieout.present.waterfall import WaterfallWords, waterfall_figure
from tieout.values.navigate import results
from tieout.values.result import Count, Curve, Estimate, Meaning, Results
from tieout.values.store import make_store, write_store

X = Meaning("x")
LANES = [
    (1, "lupsma", 0.0, 4.0),
    (1, "caba", 5.0, 7.0),
    (1, "alive", 7.0, 7.0),
    (2, "lupsma", 0.0, 3.0),
    (2, "death", 9.5, 9.5),
    (3, "lupsma", 0.0, 2.0),
    (3, "death", 3.0, 3.0),
]
SWIMMER = SwimmerWords({"lupsma": "LuPSMA", "caba": "Cabazitaxel"}, {"death": "Died", "alive": "Alive"})


def ratio(value, low, high, **more):
    return Estimate(value, low, high, X, "ratio", **more)


@pytest.fixture
def r(tmp_path):
    study = Results(
        lanes=Curve(dict(zip(("lane", "what", "start", "end"), zip(*LANES, strict=True), strict=True)), X),
        bars=Curve({"change": (-0.8, 1.7, 0.2, -0.3), "group": ("a", "b", "a", "b")}, X),
        anemia=Results(grade_1=Count(6, 12, X), grade_2=Count(0, 12, X), grade_3=Count(3, 12, X)),
        hr=Results(
            all=ratio(0.62, 0.51, 0.75, p=0.0004, n=96, events=33),
            wide=ratio(1.4, 0.2, 90.0, p=0.6, n=5, events=3),
            none=ratio(None, None, None, n=3, events=0),
        ),
    )
    write_store(make_store(study, {}, {}), tmp_path)
    return results(tmp_path)


def drawn(make, *arguments, width=170.0, **more):
    style = FigureStyle(width_mm=width)
    with drawing(style):
        made = make(*arguments, style, **more)
        made.canvas.draw()
    return made, style


def bars_of(axes):
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def test_a_swimmer_has_a_lane_a_patient_the_longest_on_top_and_a_mark_at_each_end(r):
    made, style = drawn(swimmer_figure, r, "lanes", SWIMMER)
    axes = made.axes[0]
    spans = [
        (bar.get_x(), bar.get_x() + bar.get_width(), bar.get_y() + bar.get_height() / 2)
        for bar in bars_of(axes)
    ]
    assert spans == [(0, 4, 1), (5, 7, 1), (0, 3, 2), (0, 2, 0)]
    deaths = [
        tuple(map(float, line.get_data()[axis]) for axis in (0, 1))
        for line in axes.lines
        if line.get_marker() == "X"
    ]
    assert sorted([*x, *y] for x, y in deaths) == [[3.0, 0.0], [9.5, 2.0]]
    assert [tuple(map(float, arrow.xyann)) for arrow in axes.texts if hasattr(arrow, "xyann")] == [(7.0, 1.0)]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "LuPSMA",
        "Cabazitaxel",
        "Died",
        "Alive",
    ]
    looks = {(bar.get_facecolor(), bar.get_hatch()) for bar in bars_of(axes)}
    assert len(looks) == 2
    assert style.hatches[1] in {hatch for _, hatch in looks}


def test_a_swimmer_refuses_a_kind_without_words(r):
    with pytest.raises(ValueError, match="“death”, for which the figure has no words"):
        drawn(swimmer_figure, r, "lanes", SwimmerWords(SWIMMER.bars, {"alive": "Alive"}))


def test_a_waterfall_falls_from_left_to_right_and_cuts_what_is_higher_than_its_axis(r):
    words = WaterfallWords("Change, %", {"a": "A", "b": "B"})
    made, _ = drawn(waterfall_figure, r, "bars", words)
    axes = made.axes[0]
    assert [bar.get_height() for bar in bars_of(axes)] == [1.0, 0.2, -0.3, -0.8]
    cut = [line for line in axes.lines if line.get_marker() == "^"]
    assert [list(line.get_xdata()) for line in cut] == [[0]]
    assert [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == "--"] == [-0.5]
    assert [label.get_text() for label in axes.get_yticklabels()][:3] == ["−100", "−75", "−50"]


def test_a_bar_of_grades_has_a_part_a_grade_with_its_number(r):
    made, _ = drawn(grade_bars_figure, r, {"anemia": "Anemia"})
    axes = made.axes[0]
    assert [(bar.get_x(), bar.get_width()) for bar in bars_of(axes)] == [(0, 0.5), (0.5, 0.25)]
    assert [text.get_text() for text in axes.texts] == ["6", "3"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["Grade 1", "Grade 3"]
    assert len({bar.get_facecolor() for bar in bars_of(axes)}) == 2


def test_a_forest_prints_the_numbers_that_it_draws_on_a_scale_where_2_and_a_half_are_equally_far(r):
    rows = [
        ForestRow("All", "hr.all"),
        ForestRow("Age"),
        ForestRow("<70", "hr.wide", 1),
        ForestRow("≥70", "hr.none", 1),
    ]
    made, _ = drawn(forest_figure, r, rows, ForestWords(lower="Favors A", higher="Favors B"))
    axes, canvas = made.axes
    assert axes.get_xscale() == "log"
    squares = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "s"]
    assert squares == [(0.62, 0), (1.4, 2)]
    assert [line.get_ydata()[0] for line in axes.lines if line.get_marker() == ">"] == [2]
    texts = [text.get_text() for text in canvas.texts]
    for wanted in ("33/96", "0.62\xa0(0.51–0.75)", "<.001", "1.40\xa0(0.20–90.00)", "not estimable", "0/3"):
        assert wanted in texts
    renderer = made.canvas.get_renderer()
    places = [text.get_window_extent(renderer) for text in canvas.texts if text.get_text()]
    plot = axes.get_window_extent(renderer)
    assert all(place.x1 < plot.x0 or place.x0 > plot.x1 for place in places)
    assert min(place.x0 for place in places) >= 0
    assert max(place.x1 for place in places) <= made.bbox.x1 + 1


def test_a_forest_that_has_no_room_is_refused(r):
    with pytest.raises(ValueError, match="does not fit into 60 mm"):
        drawn(forest_figure, r, [ForestRow("All", "hr.all")], ForestWords(), width=60.0)


@pytest.mark.parametrize("make", [swimmer_figure, waterfall_figure])
def test_what_is_no_curve_is_refused(r, make):
    words = SWIMMER if make is swimmer_figure else WaterfallWords("x", {})
    with pytest.raises(TypeError, match="is not a curve"):
        drawn(make, r, "hr.all", words)

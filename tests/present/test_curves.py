"""Curves: the drawn steps, band, marks and numbers at risk are the store's."""

from __future__ import annotations

import pytest
from matplotlib.collections import PolyCollection

from tieout.present.curves import CurveWords, at_risk_ties, curve_line, curves_figure, describe_curve
from tieout.present.style import FigureStyle, drawing
from tieout.present.table import cell

WORDS = CurveWords("Months", "Overall survival, %")


def drawn(lines, words=WORDS, width=85.0, **more):
    style = FigureStyle(width_mm=width)
    with drawing(style):
        made = curves_figure(lines, words, style, **more)
        made.canvas.draw()
    return made, made.axes[0]


def whole(r):
    return curve_line(
        r, "survival.os_curve", at_risk=at_risk_ties(r, "survival.os_at_risk", 3), median=r.survival.os.median
    )


def test_steps_band_and_marks_are_those_of_the_store(r):
    _, axes = drawn([whole(r)])
    steps = next(line for line in axes.lines if line.get_drawstyle() == "steps-post")
    assert list(steps.get_xdata()) == [0, 1.5, 2, 4, 5, 7, 9.5, 11, 12.5]
    assert list(steps.get_ydata())[:3] == pytest.approx([1, 1, 85 / 95])
    marks = next(line for line in axes.lines if line.get_marker() == "|")
    assert list(marks.get_xdata()) == [1.5, 4, 7, 12.5]
    assert marks.get_ydata()[1] == pytest.approx(85 / 95)
    band = next(item for item in axes.collections if isinstance(item, PolyCollection))
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(min(whole(r).low))


def test_numbers_at_risk_stand_under_their_ticks(r):
    made, axes = drawn([whole(r)])
    numbers = {text.get_text(): text for text in axes.texts if text.get_text().isdigit()}
    assert {text: number.get_position()[0] for text, number in numbers.items()} == {
        "96": 0,
        "85": 3,
        "65": 6,
        "59": 9,
        "35": 12,
    }
    assert list(axes.get_xticks()) == [0, 3, 6, 9, 12]
    renderer = made.canvas.get_renderer()
    label = next(text for text in axes.texts if text.get_text() == "No. at risk")
    assert label.get_window_extent(renderer).x0 >= 0
    assert label.get_window_extent(renderer).x1 < numbers["96"].get_window_extent(renderer).x0


def test_the_median_is_marked_where_it_is_and_not_where_it_is_not_reached(r):
    _, axes = drawn([whole(r)], last=14)
    assert [list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 3][:1] == [
        [0, 13.1, 13.1]
    ]
    never = curve_line(r, "arms.a.os_curve", "A", median=r.arms.a.os.median)
    _, axes = drawn([never])
    assert not [line for line in axes.lines if list(line.get_ydata()) == [0.5, 0.5, 0]]


def test_groups_are_told_apart_by_colour_and_by_dashes_and_each_has_its_numbers(r):
    lines = [
        curve_line(r, f"arms.{arm}.os_curve", label, at_risk=at_risk_ties(r, f"arms.{arm}.os_at_risk", 3))
        for arm, label in (("a", "Cabazitaxel"), ("b", "Other therapy"))
    ]
    notes = (cell("HR, ", r.arms.hr.value_ci), cell("Log-rank ", r.arms.log_rank.p))
    _, axes = drawn(lines, CurveWords("Months", "Overall survival, %", notes), 170)
    steps = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
    assert len({line.get_color() for line in steps}) == len({line.get_linestyle() for line in steps}) == 2
    texts = [text.get_text() for text in axes.texts]
    assert "HR, 0.62 (95%\xa0CI, 0.51–0.75)" in texts
    assert "Log-rank P\xa0=\xa0.03" in texts
    assert texts.count("Cabazitaxel") == 2
    assert "56" in texts
    assert "40" in texts


def test_an_incidence_starts_at_zero_and_has_no_marks(r):
    line = curve_line(r, "survival.os_curve")
    _, axes = drawn([line], kind="incidence")
    assert not [one for one in axes.lines if one.get_marker() == "|"]


def test_something_else_than_a_curve_is_refused(r):
    with pytest.raises(TypeError, match="needs the steps of a curve"):
        curve_line(r, "survival.os")


def test_the_description_gives_the_numbers_that_the_figure_shows(r):
    text = describe_curve("Overall survival", r.survival.os, at_risk_ties(r, "survival.os_at_risk", 6))
    assert text == (
        "Overall survival: 96 patients, 46 events; median 13.1\xa0months (95%\xa0CI, 9.8 to not reached). "
        "Numbers at risk: 96 at 0 months; 65 at 6 months; 35 at 12 months."
    )

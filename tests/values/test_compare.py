"""What changed between two states of a result, in words."""

from dataclasses import replace

import pytest

from tieout.values.compare import what_changed
from tieout.values.result import Count, Curve, Estimate, Fact, Meaning

M = Meaning("L")
TREE = Curve({"name": ("treated", "hospice"), "n": (96, 17)}, M, display=False)
STEPS = Curve({"time": (0.0, 1.5, 2.0), "survival": (1.0, 0.9, 0.8)}, M)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (Count(17, 35, M), Count(18, 36, M), ["n 17, now 18", "of 35, now 36"]),
        (Count(17, 35, M), Count(17, 35, M, low=0.3), ["low not there, now 0.3"]),
        (Count(1, 2, M), Fact(1, M), ["a Count, now a Fact"]),
        (Estimate(0.6, 0.5, 0.7, M, p=0.04), Estimate(0.6, 0.5, 0.7, M, p=0.06), ["p 0.04, now 0.06"]),
        (TREE, replace(TREE, columns={**TREE.columns, "n": (96, 18)}), ["n of hospice 17, now 18"]),
        (
            TREE,
            Curve({"name": ("treated",), "n": (96,), "kind": ("p",)}, M, display=False),
            ["column kind is new", "rows 2, now 1"],
        ),
        (Curve({"a": (1,), "b": (1,)}, M, display=False), Curve({"b": (2,)}, M, display=False),
         ["column a is gone", "b of row 1 1, now 2"]),
        (TREE, TREE, []),
    ],
)  # fmt: skip
def test_what_changed_is_said_number_by_number(old, new, said):
    assert what_changed(old, new) == said


def test_of_a_curve_that_shows_single_patients_no_value_is_told():
    other = replace(STEPS, columns={**STEPS.columns, "survival": (1.0, 0.95, 0.85)})
    assert what_changed(STEPS, other) == ["survival in 2 of 3 rows"]


def test_many_differing_rows_are_counted():
    old, new = (Curve({"n": tuple(range(start, start + 9))}, M, display=False) for start in (0, 1))
    assert what_changed(old, new) == ["n in 9 of 9 rows"]

"""The published figures come back, by derivation, at the precision at which they were printed.

The expected values are those of the published abstract, written out here and nowhere read from the study.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tieout.values.facets import FACETS, show
from tieout.values.rounding import half_up
from tieout.values.style import AMA

COUNTS = {
    "flow.treated": 96,
    "flow.completed": 18,
    "flow.stopped": 35,
    "flow.died": 10,
    "flow.on_treatment": 33,
    "flow.stopped_toxicity": 0,
    "flow.stopped_other": 0,
    "flow.overdue": 0,
    "flow.completed_next_line": 0,
    "flow.hospice": 17,
    "flow.next_line": 15,
    "flow.treatment_break": 3,
    "flow.died_after_stop": 0,
    "flow.no_record": 0,
    "therapy.groups.cabazitaxel": 11,
    "therapy.groups.platinum": 1,
    "therapy.groups.other_chemotherapy": 0,
    "therapy.groups.non_chemotherapy": 4,
    "therapy.cisplatin_substituted": 1,
    "therapy.chemotherapy": 12,
    "therapy.both": 1,
    "therapy.group_sum": 16,
    "response.psa50": 4,
    "response.groups.cabazitaxel": 4,
    "toxicity.anemia.grade_3_or_worse": 4,
    "toxicity.thrombocytopenia.grade_3_or_worse": 2,
    "toxicity.support": 7,
    "toxicity.support_any_therapy": 7,
    "toxicity.support_outside": 0,
}


@pytest.mark.parametrize(("key", "n"), COUNTS.items())
def test_a_published_count_is_derived(first_cut: Any, key: str, n: int) -> None:
    assert first_cut[key].n == n


@pytest.mark.parametrize(
    ("key", "median", "low", "high"),
    [("baseline.age", 72, 52, 87), ("treatment.cycles", 4, 1, 6), ("therapy.cycles", 3, 1, 7)],
)
def test_a_published_median_and_range_are_derived(
    first_cut: Any, key: str, median: int, low: int, high: int
) -> None:
    summary = first_cut[key]
    assert (summary.median, summary.low, summary.high) == (median, low, high)
    assert summary.missing == 0


@pytest.mark.parametrize(("key", "months"), [("survival.os", 13), ("survival.follow_up", 10)])
def test_a_published_median_time_is_derived(first_cut: Any, key: str, months: int) -> None:
    assert half_up(first_cut[key].median) == months


@pytest.mark.parametrize(
    ("key", "percent"),
    [
        ("response.psa50", "27%"),
        ("toxicity.anemia.grade_3_or_worse", "33%"),
        ("toxicity.thrombocytopenia.grade_3_or_worse", "17%"),
        ("toxicity.support_any_therapy", "47%"),
        ("toxicity.support", "58%"),
        ("flow.hospice", "49%"),
        ("flow.next_line", "43%"),
    ],
)
def test_a_percentage_is_that_of_its_group(first_cut: Any, key: str, percent: str) -> None:
    assert show(first_cut[key], "percent", AMA) == percent


def test_the_response_rate_has_its_exact_interval(first_cut: Any) -> None:
    # R: binom.test(4, 15)$conf.int gives 0.07787155 0.55100324
    response = first_cut["response.psa50"]
    assert (response.low, response.high) == pytest.approx((0.07787155, 0.55100324), abs=1e-8)


def test_the_follow_up_holds_as_it_was_designed(first_cut: Any) -> None:
    assert first_cut["survival.os"].events == 33
    assert first_cut["survival.os"].n == 96
    assert half_up(first_cut["survival.os"].median, 1) == half_up(13.0, 1)
    assert half_up(first_cut["survival.follow_up"].median, 1) == half_up(10.3, 1)
    curve = first_cut["survival.os_curve"].columns
    at_risk = next(n for time, n in zip(curve["time"], curve["at_risk"], strict=True) if time >= 13)
    assert at_risk == 13


def test_the_conclusion_of_the_abstract_cannot_be_derived(first_cut: Any) -> None:
    share = FACETS[type(first_cut["flow.hospice"])]["share"].number
    assert share is not None
    assert share(first_cut["flow.hospice"]) == Fraction(17, 35)
    assert share(first_cut["flow.next_line"]) == Fraction(15, 35)
    assert half_up(Fraction(1700, 35)) != 47
    assert half_up(Fraction(1500, 35)) != 44


def test_patients_without_a_later_psa_count_as_no_response_and_are_printed(first_cut: Any) -> None:
    assert first_cut["response.psa50"].of == 15
    assert first_cut["response.without_psa"].n == first_cut["response.psa50"].missing == 2

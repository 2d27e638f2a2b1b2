from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.derive.ctcae import grade, terms
from tieout.derive.units import convert, units
from tieout.values.finding import FindingsError


def one(value, unit, *, term, version="5.0", **columns):
    made = grade(pd.DataFrame({"value": [value], "unit": unit, **columns}), term, version=version)
    low, high = made["grade_low"].iloc[0], made["grade_high"].iloc[0]
    if low is pd.NA:
        return made["ungradable"].iloc[0]
    return int(low) if low == high else (int(low), int(high))


# Every bound of the criteria from both sides; lower is worse. Written from the printed CTCAE, not from the
# table.
LOW = [
    ("anemia", "g/dL", 13.0, [13.0, 12.9, 10.0, 9.9, 8.0, 7.9, 3.0], [0, 1, 1, 2, 2, 3, 3]),
    ("anemia", "g/L", 130.0, [130, 129, 100, 99, 80, 79], [0, 1, 1, 2, 2, 3]),
    ("anemia", "mmol/L", 8.1, [8.1, 8.0, 6.2, 6.1, 4.9, 4.8], [0, 1, 1, 2, 2, 3]),
    (
        "platelet_count_decreased",
        "10^9/L",
        150.0,
        [150, 149, 75, 74.999, 50, 49.999, 25, 24.999],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    ("platelet_count_decreased", "/uL", 150_000.0, [75_000, 74_999], [1, 2]),
    (
        "neutrophil_count_decreased",
        "10^9/L",
        1.8,
        [1.8, 1.79, 1.5, 1.49, 1.0, 0.99, 0.5, 0.49],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    (
        "white_blood_cell_decreased",
        "10^9/L",
        4.0,
        [4.0, 3.9, 3.0, 2.9, 2.0, 1.9, 1.0, 0.9],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    (
        "lymphocyte_count_decreased",
        "10^9/L",
        1.0,
        [1.0, 0.9, 0.8, 0.7, 0.5, 0.4, 0.2, 0.1],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    ("hypoalbuminemia", "g/dL", 3.5, [3.5, 3.4, 3.0, 2.9, 2.0, 1.9], [0, 1, 1, 2, 2, 3]),
    ("hypoalbuminemia", "g/L", 35.0, [35, 34, 30, 29, 20, 19], [0, 1, 1, 2, 2, 3]),
    (
        "hyponatremia",
        "mmol/L",
        136.0,
        [136, 135, 130, 129, 125, 124, 120, 119],
        [0, 1, 1, (2, 3), (2, 3), 3, 3, 4],
    ),
    ("hypokalemia", "mmol/L", 3.5, [3.5, 3.4, 3.0, 2.9, 2.5, 2.4], [0, (1, 2), (1, 2), 3, 3, 4]),
    ("hypocalcemia", "mg/dL", 8.5, [8.5, 8.4, 8.0, 7.9, 7.0, 6.9, 6.0, 5.9], [0, 1, 1, 2, 2, 3, 3, 4]),
    ("hypocalcemia", "mmol/L", 2.1, [2.1, 2.05, 2.0, 1.99, 1.75, 1.74, 1.5, 1.49], [0, 1, 1, 2, 2, 3, 3, 4]),
]
HIGH = [
    ("hypernatremia", "mmol/L", 145.0, [145, 146, 150, 151, 155, 156, 160, 161], [0, 1, 1, 2, 2, 3, 3, 4]),
    ("hyperkalemia", "mmol/L", 5.1, [5.1, 5.2, 5.5, 5.6, 6.0, 6.1, 7.0, 7.1], [0, 1, 1, 2, 2, 3, 3, 4]),
    (
        "hypercalcemia",
        "mg/dL",
        10.5,
        [10.5, 10.6, 11.5, 11.6, 12.5, 12.6, 13.5, 13.6],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    ("hypercalcemia", "mmol/L", 2.6, [2.6, 2.7, 2.9, 2.95, 3.1, 3.2, 3.4, 3.5], [0, 1, 1, 2, 2, 3, 3, 4]),
]


@pytest.mark.parametrize("version", ["5.0", "4.03"])
@pytest.mark.parametrize("case", LOW)
def test_each_lower_bound_divides_two_grades(case, version):
    term, unit, limit, values, grades = case
    if (term, version) == ("hyponatremia", "4.03"):
        grades = [0, 1, 1, 3, 3, 3, 3, 4]  # 4.03 has no grade 2: 120 to below 130 is 3
    assert [one(v, unit, term=term, version=version, lower_limit=limit) for v in values] == grades


@pytest.mark.parametrize("version", ["5.0", "4.03"])
@pytest.mark.parametrize("case", HIGH)
def test_each_upper_bound_divides_two_grades(case, version):
    term, unit, limit, values, grades = case
    assert [one(v, unit, term=term, version=version, upper_limit=limit) for v in values] == grades


RELATIVE = [
    (
        "alanine_aminotransferase_increased",
        40.0,
        [(40, 0), (41, 1), (120, 1), (121, 2), (200, 2), (201, 3), (800, 3), (801, 4)],
    ),
    ("aspartate_aminotransferase_increased", 40.0, [(40, 0), (120, 1), (121, 2), (201, 3), (801, 4)]),
    (
        "alkaline_phosphatase_increased",
        120.0,
        [(120, 0), (121, 1), (300, 1), (301, 2), (600, 2), (601, 3), (2401, 4)],
    ),
]


@pytest.mark.parametrize(("term", "limit", "pairs"), RELATIVE)
@pytest.mark.parametrize("version", ["5.0", "4.03"])
def test_enzymes_after_a_normal_baseline_are_multiples_of_the_limit(term, limit, pairs, version):
    for value, want in pairs:
        assert one(value, "U/L", term=term, version=version, upper_limit=limit, baseline=limit) == want, value


@pytest.mark.parametrize(
    ("term", "values"),
    [
        # ALT of 80 at baseline, limit 40: grade 1 from 1.5 x baseline on, inclusive
        (
            "alanine_aminotransferase_increased",
            [(100, 0), (119.9, 0), (120, 1), (240, 1), (241, 2), (400, 2), (401, 3), (1601, 4)],
        ),
        # alkaline phosphatase: grade 1 from 2.0 x baseline on
        ("alkaline_phosphatase_increased", [(159, 0), (160, 1), (200, 1), (201, 2), (401, 3), (1601, 4)]),
    ],
)
def test_version_5_takes_multiples_of_an_abnormal_baseline(term, values):
    for value, want in values:
        assert one(value, "U/L", term=term, upper_limit=40.0, baseline=80.0) == want, value


def test_bilirubin_after_an_abnormal_baseline_is_grade_1_as_soon_as_it_rises():
    got = [
        one(v, "mg/dL", term="blood_bilirubin_increased", upper_limit=1.2, baseline=2.0)
        for v in (2.0, 2.1, 3.0, 3.1, 6.0, 6.1, 20.0, 20.1)
    ]
    assert got == [0, 1, 1, 2, 2, 3, 3, 4]


def test_version_4_03_ignores_the_baseline_of_enzymes():
    assert (
        one(
            100,
            "U/L",
            term="alanine_aminotransferase_increased",
            version="4.03",
            upper_limit=40.0,
            baseline=80.0,
        )
        == 1
    )


def test_the_baseline_itself_is_graded_on_the_normal_range():
    got = one(
        130,
        "U/L",
        term="alanine_aminotransferase_increased",
        upper_limit=40.0,
        baseline=130.0,
        is_baseline=True,
    )
    assert got == 2


@pytest.mark.parametrize("version", ["5.0", "4.03"])
def test_creatinine_takes_the_worse_of_limit_and_baseline(version):
    def got(value, baseline):
        return one(
            value, "mg/dL", term="creatinine_increased", version=version, upper_limit=1.2, baseline=baseline
        )

    assert [got(v, 1.2) for v in (1.2, 1.3, 1.8, 1.9, 3.6, 3.7, 7.2, 7.3)] == [0, 1, 1, 2, 2, 3, 3, 4]
    assert got(0.91, 0.6) == 2  # within normal, more than 1.5 x baseline
    assert got(1.81, 0.6) == 3
    assert got(0.9, 0.6) == (0 if version == "5.0" else 1)  # 4.03 has >1 to 1.5 x baseline as grade 1


def test_the_inr_is_absolute_in_5_relative_in_4_03_and_to_baseline_with_anticoagulation():
    assert [one(v, "ratio", term="inr_increased") for v in (1.2, 1.21, 1.5, 1.6, 2.5, 2.6)] == [
        0,
        1,
        1,
        2,
        2,
        3,
    ]
    got = [
        one(v, "ratio", term="inr_increased", version="4.03", upper_limit=1.1)
        for v in (1.1, 1.2, 1.65, 1.7, 2.75, 2.8)
    ]
    assert got == [0, 1, 1, 2, 2, 3]
    assert one(3.0, "ratio", term="inr_increased", baseline=2.5, anticoagulated=True) == 1


def test_a_missing_limit_is_ungradable_and_never_grade_0():
    for term, value, unit in [
        ("anemia", 14.0, "g/dL"),
        ("platelet_count_decreased", 200.0, "10^9/L"),
        ("hyperkalemia", 4.0, "mmol/L"),
        ("alanine_aminotransferase_increased", 10.0, "U/L"),
        ("creatinine_increased", 0.8, "mg/dL"),
    ]:
        assert one(value, unit, term=term) == "no limit of normal or no baseline", term
    assert one(None, "g/dL", term="anemia", lower_limit=13.0) == "no value"


def test_a_grade_that_no_missing_limit_could_change_is_given():
    assert one(9.0, "g/dL", term="anemia") == 2
    assert one(20.0, "10^9/L", term="platelet_count_decreased") == 4


def test_a_missing_baseline_matters_only_where_it_could_change_the_grade():
    term = "alanine_aminotransferase_increased"
    assert one(40.0, "U/L", term=term, upper_limit=40.0) == 0  # normal: no baseline could make it abnormal
    assert one(100.0, "U/L", term=term, upper_limit=40.0) == "no limit of normal or no baseline"
    samples = pd.DataFrame({"value": [100.0], "unit": "U/L", "upper_limit": 40.0})
    assert grade(samples, term, missing_baseline="normal")["grade_low"].tolist() == [1]


def test_limits_are_read_in_the_unit_of_their_sample():
    assert one(75_000, "/uL", term="platelet_count_decreased", lower_limit=150_000) == 1
    assert one(7.5, "mmol/L", term="anemia", lower_limit=8.1) == 1


@pytest.mark.parametrize("unit", ["g/dl", "mg/dL", ""])
def test_an_unknown_unit_is_refused_without_the_value(unit):
    with pytest.raises(FindingsError) as caught:
        one(9.876, unit, term="anemia", lower_limit=13.0)
    assert caught.value.findings[0].code == "derive/unit"
    assert "9.876" not in str(caught.value)


def test_a_value_implausible_in_its_unit_is_refused():
    with pytest.raises(FindingsError, match="implausible"):
        one(95.0, "g/dL", term="anemia", lower_limit=13.0)
    with pytest.raises(FindingsError, match="implausible"):
        one(150_000.0, "10^9/L", term="platelet_count_decreased", lower_limit=150)


def test_an_unknown_term_or_version_names_the_known_ones():
    with pytest.raises(FindingsError, match="platelet_count_decreased"):
        one(1.0, "g/dL", term="thrombocytopenia")
    with pytest.raises(FindingsError, match=r"5\.0 or 4\.03"):
        terms("6.0")


def test_anaemia_and_low_albumin_have_no_numeric_grade_4():
    for version in ("5.0", "4.03"):
        for term in ("anemia", "hypoalbuminemia"):
            assert max(bound.grade_high for bound in terms(version)[term].bounds) == 3


ALL = [(version, name) for version in ("5.0", "4.03") for name in terms(version)]


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize(("version", "name"), ALL)
def test_a_grade_never_falls_as_the_laboratory_value_worsens(version, name, data):
    term = terms(version)[name]
    unit = data.draw(st.sampled_from(term.units))
    entry = units()[term.analyte, unit]
    numbers = st.floats(max(entry.lowest, 1e-3), entry.highest)
    values = sorted(data.draw(st.lists(numbers, min_size=2, max_size=8)))
    baseline, limit = data.draw(numbers), data.draw(numbers)
    samples = pd.DataFrame(
        {"value": values, "unit": unit, "lower_limit": limit, "upper_limit": limit, "baseline": baseline}
    )
    made = grade(samples, name, version=version)
    assert not made["grade_low"].isna().any()
    for side in ("grade_low", "grade_high"):
        steps = np.diff(made[side].to_numpy(dtype=int))
        assert (steps <= 0).all() if term.bounds[0].direction == "below" else (steps >= 0).all()


@given(st.sampled_from(sorted(units())), st.floats(0.001, 1000))
def test_a_conversion_of_units_round_trips(key, value):
    analyte, unit = key
    other = units()[key].to
    there = convert(analyte, np.array([value]), np.array([unit], dtype=object), other)
    back = convert(analyte, there, np.array([other], dtype=object), unit)
    assert back[0] == pytest.approx(value, rel=1e-6, abs=1e-5)


def test_every_unit_of_the_bounds_is_in_the_table_of_units_with_its_source():
    for version in ("5.0", "4.03"):
        for term in terms(version).values():
            for unit in term.units:
                assert (term.analyte, unit) in units()

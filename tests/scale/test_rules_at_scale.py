"""What DuckDB counts is what the evaluators on arrays count."""

from __future__ import annotations

import os
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.derive.ctcae import grade, terms
from tieout.derive.response import PsaRule, psa_changes
from tieout.derive.scale import (
    Rows,
    grades_at_scale,
    open_engine,
    psa_changes_at_scale,
    worst_grades_at_scale,
)
from tieout.derive.units import units
from tieout.derive.worst import worst_grades
from tieout.sources.engine import lay_frame, run
from tieout.values.finding import FindingsError

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

import ibis

from tieout.derive.scale import expressions

START = pd.Timestamp("2023-01-01")
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def engine():
    with open_engine(memory="500MB", threads=2, progress=None) as opened:
        yield opened


@cache
def units_of(analyte):
    return [(unit, entry) for (named, unit), entry in units().items() if named == analyte]


def values_in(draw, unit, entry, term, limit):
    """Draw a value: on a bound, a hair's breadth from it, between, at the ends of the plausible, unknown."""
    target = units()[term.analyte, term.units[0]]
    scale = entry.multiply * target.divide / (entry.divide * target.multiply)
    edges = [
        bound.bound * (limit or 1.0) if bound.multiple_of else bound.bound / scale for bound in term.bounds
    ]
    edges += [bound.bound for bound in term.bounds if bound.unit == unit]
    near = st.sampled_from(edges).flatmap(
        lambda edge: st.sampled_from(
            [edge, np.nextafter(edge, 0), edge + 5e-10, edge - 5e-10, edge + 1e-9, edge * 0.999]
        )
    )
    between = st.floats(entry.lowest, entry.highest)
    made = draw(st.one_of(near, between, st.just(entry.lowest), st.just(entry.highest), st.just(np.nan)))
    return made if np.isnan(made) else float(np.clip(made, entry.lowest, entry.highest))


@st.composite
def labs(draw, term, most=12):
    rows = []
    for _ in range(draw(st.integers(1, most))):
        unit, entry = draw(st.sampled_from(units_of(term.analyte)))
        inside = st.floats(entry.lowest, entry.highest)
        limit = draw(st.one_of(st.just(np.nan), inside, inside))
        value = values_in(draw, unit, entry, term, None if np.isnan(limit) else limit)
        rows.append(
            {
                "patient": draw(st.sampled_from(["a", "b", "c", "nobody"])),
                "date": START + pd.Timedelta(days=draw(st.integers(0, 12))),
                "test": "it",
                "value": value,
                "unit": draw(st.sampled_from([unit, unit, unit, None, "no unit"]))
                if np.isnan(value) and np.isnan(limit)
                else unit,
                "lower_limit": limit,
                "upper_limit": draw(st.sampled_from([limit, np.nan])),
            }
        )
    return pd.DataFrame(rows)


@st.composite
def with_baseline(draw, rows):
    choice = st.one_of(st.just(np.nan), st.sampled_from([0.5, 1.0, 1.5, 2.0]))
    made = rows.copy()
    made["baseline"] = [row.value * draw(choice) if row.unit else np.nan for row in rows.itertuples()]
    made["is_baseline"] = [draw(st.booleans()) for _ in range(len(rows))]
    made["anticoagulated"] = [draw(st.booleans()) for _ in range(len(rows))]
    return made


WINDOWS = pd.DataFrame(
    {
        "first": [START + pd.Timedelta(days=4), START, START + pd.Timedelta(days=6), START],
        "last": [START + pd.Timedelta(days=9), START + pd.Timedelta(days=12), pd.NaT, START],
    },
    index=pd.Index(["b", "a", "c", "unseen"]),
)
EVERY = [(version, term) for version in ("5.0", "4.03") for term in terms(version)]


@pytest.mark.parametrize(("version", "term"), EVERY)
@pytest.mark.parametrize("missing", ["ungradable", "normal"])
@settings(SLOW, max_examples=4)
@given(data=st.data())
def test_every_row_has_the_grade_of_the_evaluator(engine, version, term, missing, data):
    rows = data.draw(with_baseline(data.draw(labs(terms(version)[term], most=40))))
    expected = grade(rows, term, version=version, missing_baseline=missing)
    made = grades_at_scale(engine, Rows(rows, {}), term, "it", version=version, missing_baseline=missing)
    pd.testing.assert_frame_equal(made, expected)


@pytest.mark.parametrize("term", ["anemia", "hyponatremia", "creatinine_increased", "hypocalcemia"])
@SLOW
@given(data=st.data())
def test_patients_have_the_worst_grades_of_the_evaluator(engine, term, data):
    rows = data.draw(with_baseline(data.draw(labs(terms("5.0")[term]))))
    graded = rows.join(grade(rows, term))
    expected = worst_grades(graded, WINDOWS, patient="patient")
    made = worst_grades_at_scale(engine, Rows(rows, {}), WINDOWS, {term: "it"})[term]
    pd.testing.assert_frame_equal(made, expected)


TOGETHER = ["anemia", "hypernatremia", "hyponatremia", "creatinine_increased", "inr_increased"]


@pytest.mark.parametrize("numbered", [False, True])
@settings(SLOW, max_examples=15)
@given(data=st.data())
def test_several_terms_are_graded_together_from_a_file_that_says_nan(engine, tmp_path, numbered, data):
    tests = {term: terms("5.0")[term].analyte for term in TOGETHER}
    drawn = [
        data.draw(labs(terms("5.0")[term], most=6)).assign(test=test)
        for term, test in tests.items()
        if term != "hyponatremia"  # which looks at the sodium of hypernatremia
    ]
    rows = data.draw(with_baseline(pd.concat(drawn, ignore_index=True)))
    windows = WINDOWS
    if numbered:
        rows["patient"] = rows["patient"].map({"a": -3, "b": 2**40, "c": 0, "nobody": 7})
        windows = WINDOWS.set_axis([2**40, -3, 0, 99])
    file = tmp_path / "labs.parquet"
    arrays = {name: pa.array(rows[name].to_numpy()) for name in rows}  # keeps NaN, as some programs write it
    pq.write_table(pa.table(arrays), file)
    made = worst_grades_at_scale(engine, Rows(file, {}), windows, tests)
    for term, test in tests.items():
        own = rows[rows["test"] == test]
        expected = worst_grades(own.join(grade(own, term)), windows, patient="patient")
        pd.testing.assert_frame_equal(made[term], expected)


def test_grades_of_a_bound_rise_together_so_that_one_code_carries_both():
    for version, term in EVERY:
        pairs = sorted({(bound.grade_low, bound.grade_high) for bound in terms(version)[term].bounds})
        highs = [high for _, high in pairs]
        assert highs == sorted(highs), f"{term} {version}"
        assert all(0 < low <= high < 8 for low, high in pairs), f"{term} {version}"


def test_no_plausible_value_reaches_the_numbers_that_are_rounded_otherwise():
    for version, name in EVERY:
        term = terms(version)[name]
        for unit, entry in units_of(term.analyte):
            factor = 1 if unit in term.units else entry.multiply / entry.divide
            assert entry.highest * factor < 2.0**51 / 1e9, f"{name} {unit}"


@SLOW
@given(
    st.lists(
        st.one_of(
            st.floats(-1e7, 1e7),
            st.floats(allow_infinity=False, min_value=-1e290, max_value=1e290),
            st.integers(-(10**6), 10**6).map(lambda n: n / 1e9 + 5e-10),
            st.just(np.nan),
        ),
        min_size=1,
    )
)
def test_numbers_are_rounded_as_numpy_rounds_them(engine, numbers):
    lay_frame(engine, "numbers", pd.DataFrame({"row": range(len(numbers)), "number": numbers}))
    table = ibis.table({"row": "int64", "number": "float64"}, name="numbers")
    query = table.select("row", made=expressions.rounded(table.number * 1e9)).order_by("row")
    made = run(engine, "rounding", query)["made"].to_numpy(dtype=np.float64)
    np.testing.assert_array_equal(made, np.round(np.array(numbers), 9))


@pytest.mark.parametrize("who", ["a", "nobody"])
def test_of_days_with_one_remainder_only_the_same_day_is_two_values_on_a_day(engine, who):
    days = [START + pd.Timedelta(days=day) for day in (0, 61, 122, 183)]
    rows = pd.DataFrame({"patient": who, "date": days, "test": "psa", "value": [9.0, 3.0, 2.0, 3.0]})
    expected = psa_changes(rows.rename(columns={"value": "psa"}), WINDOWS, patient="patient")
    made = psa_changes_at_scale(engine, Rows(rows, {}), WINDOWS)
    pd.testing.assert_frame_equal(made, expected, check_dtype=False)
    again = pd.concat([rows, rows.iloc[[1, 1]]], ignore_index=True)
    with pytest.raises(FindingsError, match="two PSA values on one day") as refused:
        psa_changes_at_scale(engine, Rows(again, {}), WINDOWS)
    assert refused.value.findings[0].facts["rows"] == "2"


LINES = pd.concat({1: WINDOWS, 2: WINDOWS.iloc[[2, 0]] + pd.Timedelta(days=3)}, names=["line"]).swaplevel()


def test_a_doubled_day_of_a_patient_with_several_lines_is_counted_once(engine):
    days = [START + pd.Timedelta(days=day) for day in (0, 5, 5, 7)]
    rows = pd.DataFrame({"patient": "b", "date": days, "test": "psa", "value": [9.0, 3.0, 2.0, 3.0]})
    with pytest.raises(FindingsError, match="two PSA values on one day") as refused:
        psa_changes_at_scale(engine, Rows(rows, {}), LINES)
    assert refused.value.findings[0].facts["rows"] == "1"
    with pytest.raises(FindingsError, match="negative") as refused:
        psa_changes_at_scale(engine, Rows(rows.assign(value=-1.0), {}), LINES)
    assert refused.value.findings[0].facts["rows"] == "4"


@pytest.mark.parametrize("windows", [WINDOWS, LINES], ids=["patients", "lines"])
@pytest.mark.parametrize("rule", [PsaRule(), PsaRule(confirmed=True, confirm_days=3, baseline_days=2)])
@SLOW
@given(data=st.data())
def test_psa_changes_are_those_of_the_evaluator(engine, rule, windows, data):
    values = st.one_of(st.sampled_from([0.0, 1.0, 3.0, 10.0, 30.0, np.nan]), st.floats(0, 1e4))
    days = data.draw(
        st.lists(st.tuples(st.sampled_from("abcn"), st.integers(0, 12)), unique=True, min_size=1, max_size=30)
    )
    rows = pd.DataFrame(
        {
            "patient": [who for who, _ in days],
            "date": [START + pd.Timedelta(days=day) for _, day in days],
            "test": "psa",
            "value": [data.draw(values) for _ in days],
        }
    )
    expected = psa_changes(rows.rename(columns={"value": "psa"}), windows, rule, patient="patient")
    made = psa_changes_at_scale(engine, Rows(rows, {}), windows, rule)
    pd.testing.assert_frame_equal(made, expected, check_dtype=False)

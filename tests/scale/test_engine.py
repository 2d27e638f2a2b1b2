"""What large registries are read from, what is refused, and what holds the memory."""

from __future__ import annotations

import inspect
import os
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from tieout.derive.ctcae import grade
from tieout.derive.scale import (
    Engine,
    Rows,
    count_days,
    count_days_at_scale,
    expressions,
    open_engine,
    psa_changes_at_scale,
    worst_grades_at_scale,
)
from tieout.derive.worst import worst_grades
from tieout.values.finding import FindingsError

START = pd.Timestamp("2023-01-01")
LABS = pd.DataFrame(
    {
        "patient": ["a", "a", "a", "b"],
        "date": [START, START, START + pd.Timedelta(days=9), START],
        "test": "na",
        "value": [129.0, 121.0, 118.0, 151.0],
        "unit": "mmol/L",
        "lower_limit": 135.0,
        "upper_limit": 145.0,
    }
)
WINDOWS = pd.DataFrame(
    {"first": START + pd.Timedelta(days=5), "last": START + pd.Timedelta(days=30)}, index=["a", "b"]
)
LOW = {"hyponatremia": "na"}


@pytest.fixture
def engine():
    with open_engine(memory="200MB", threads=2, progress=None) as opened:
        yield opened


def expected(labs, term):
    return worst_grades(labs.join(grade(labs, term)), WINDOWS, patient="patient")


def test_two_terms_of_one_test_are_graded_in_one_pass(engine):
    made = worst_grades_at_scale(engine, Rows(LABS, {}), WINDOWS, LOW | {"hypernatremia": "na"})
    for term, table in made.items():
        pd.testing.assert_frame_equal(table, expected(LABS, term))


def test_of_two_samples_of_a_day_the_later_row_is_the_baseline_in_a_file_and_across_files(engine, tmp_path):
    one, folder = tmp_path / "one's.parquet", tmp_path / "many"
    folder.mkdir()
    LABS.to_parquet(one)
    LABS.iloc[:1].to_parquet(folder / "1.parquet")
    LABS.iloc[1:].to_parquet(folder / "2.parquet")
    for at in (one, folder):
        made = worst_grades_at_scale(engine, Rows(at, {}), WINDOWS, LOW)["hyponatremia"]
        pd.testing.assert_frame_equal(made, expected(LABS, "hyponatremia"))
    assert expected(LABS, "hyponatremia")["baseline_low"].tolist()[0] == 3


def test_columns_are_found_under_their_own_names_and_categories_are_texts(engine, tmp_path):
    named = LABS.rename(columns={"patient": "study no", "date": "collected_on"})
    named["unit"] = named["unit"].astype("category")
    named["test"] = named["test"].astype("category")
    named.to_parquet(tmp_path / "labs.parquet")
    for at in (tmp_path / "labs.parquet", named):
        rows = Rows(at, {"patient": "study no", "date": "collected_on"})
        made = worst_grades_at_scale(engine, rows, WINDOWS, LOW)["hyponatremia"]
        pd.testing.assert_frame_equal(made, expected(LABS, "hyponatremia"))


def test_whole_numbers_are_keys_too(engine):
    numbered = LABS.assign(patient=[1, 1, 1, 2])
    made = worst_grades_at_scale(engine, Rows(numbered, {}), WINDOWS.set_axis([1, 2]), LOW)["hyponatremia"]
    pd.testing.assert_frame_equal(made.set_axis(["a", "b"]), expected(LABS, "hyponatremia"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "mg/dL"}, "derive/unit"),
        ({"unit": None}, "derive/unit"),
        ({"value": 1500.0}, "derive/implausible"),
        ({"patient": "stranger", "value": 1500.0}, "derive/implausible"),
        ({"value": np.nan, "unit": "mg/dL"}, "derive/unit"),
    ],
)
def test_units_that_the_evaluator_refuses_are_refused(engine, change, code):
    wrong = LABS.copy()
    for name, value in change.items():
        wrong.loc[0, name] = value
    with pytest.raises(FindingsError) as ours:
        worst_grades_at_scale(engine, Rows(wrong, {}), WINDOWS, LOW)
    with pytest.raises(FindingsError) as theirs:
        grade(wrong, "hyponatremia")
    assert [finding.code for finding in ours.value.findings] == [code]
    assert [finding.code for finding in theirs.value.findings] == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"value": -1.0}, "derive/psa"), ({"date": START + pd.Timedelta(days=9)}, "derive/psa")],
)
def test_psa_that_the_evaluator_refuses_is_refused_of_strangers_too(engine, change, code):
    single = LABS.iloc[1:].reset_index(drop=True)
    for patients in (["a", "a", "b"], ["x", "x", "b"]):
        wrong = single.assign(patient=patients)
        for name, value in change.items():
            wrong.loc[0, name] = value
        with pytest.raises(FindingsError) as refused:
            psa_changes_at_scale(engine, Rows(wrong, {}), WINDOWS, test="na")
        assert [finding.code for finding in refused.value.findings] == [code]


def test_dates_with_times_of_day_are_refused(engine):
    late = LABS.assign(date=LABS["date"] + pd.Timedelta(hours=7))
    with pytest.raises(FindingsError, match="times of day"):
        worst_grades_at_scale(engine, Rows(late, {}), WINDOWS, LOW)
    with pytest.raises(FindingsError, match="times of day"):
        worst_grades_at_scale(engine, Rows(LABS, {}), WINDOWS + pd.Timedelta(hours=7), LOW)


def test_what_is_not_there_is_named(engine, tmp_path):
    with pytest.raises(FindingsError, match=r"none\.parquet is no Parquet file"):
        worst_grades_at_scale(engine, Rows(tmp_path / "none.parquet", {}), WINDOWS, LOW)
    with pytest.raises(FindingsError, match="lacks the columns of: date"):
        worst_grades_at_scale(engine, Rows(LABS, {"date": "day of sample"}), WINDOWS, LOW)
    with pytest.raises(FindingsError, match="lacks a laboratory term"):
        worst_grades_at_scale(engine, Rows(LABS, {}), WINDOWS, {"baldness": "na"})
    with pytest.raises(FindingsError, match="several windows"):
        worst_grades_at_scale(engine, Rows(LABS, {}), pd.concat([WINDOWS, WINDOWS]), LOW)


def test_days_counted_by_the_database_are_days_counted_in_memory(engine):
    random = np.random.default_rng(3)
    rows = pd.DataFrame(
        {name: random.integers(0, most, 500) for name, most in (("day", 90), ("cause", 3), ("group", 2))}
    )
    made = count_days_at_scale(engine, Rows(rows, {}), causes=2, groups=2)
    other = count_days(*(rows[name].to_numpy() for name in ("day", "cause", "group")), causes=2, groups=2)
    np.testing.assert_array_equal(made.time, other.time)
    np.testing.assert_array_equal(made.leaving, other.leaving)
    for column, value in (("day", -1), ("cause", 3), ("group", 2)):
        with pytest.raises(FindingsError, match="missing or out of range"):
            count_days_at_scale(engine, Rows(rows.replace({column: {0: value}}), {}), causes=2, groups=2)


def test_progress_is_told_and_ends_at_a_hundred():
    told = []
    with open_engine(threads=1, progress=lambda what, percent: told.append((what, percent))) as engine:
        worst_grades_at_scale(engine, Rows(LABS, {}), WINDOWS, LOW)
    assert told[-1] == ("grading", 100.0)


def test_work_beyond_the_memory_goes_to_disk_and_gives_the_same():
    size = 400_000
    random = np.random.default_rng(5)
    labs = pd.DataFrame({"patient": random.permutation(size), "date": START, "test": "na", "unit": "mmol/L"})
    labs = labs.assign(value=random.integers(110, 150, size).astype(float), lower_limit=135.0)
    windows = pd.DataFrame({"first": START, "last": START}, index=pd.RangeIndex(size))
    made = []
    for memory in ("60MB", "2GB"):
        with open_engine(memory=memory, threads=2, progress=None) as engine:
            made.append(worst_grades_at_scale(engine, Rows(labs, {}), windows, LOW)["hyponatremia"])
            limit = engine.connection.execute("SELECT current_setting('memory_limit')").fetchone()[0]
            assert (memory == "60MB") == (limit == "57.2 MiB")
    pd.testing.assert_frame_equal(*made)


@pytest.mark.parametrize(
    ("term", "value", "unit", "upper", "grade_low"),
    [
        (
            "hypernatremia",
            150.0000000005,
            "mmol/L",
            145.0,
            1,
        ),  # halves of the ninth decimal go to the even one
        ("creatinine_increased", 1.8, "mg/dL", 1.2, 1),  # 1.5 times 1.2 is 1.8, not 1.7999999999999998
        ("creatinine_increased", 1.800000001, "mg/dL", 1.2, 2),
    ],
)
def test_bounds_are_met_at_nine_decimals(engine, term, value, *, unit, upper, grade_low):
    row = LABS.iloc[[2]].reset_index(drop=True).assign(value=value, unit=unit, upper_limit=upper)
    row = row.assign(baseline=value, is_baseline=True)
    assert grade(row, term)["grade_low"].tolist() == [grade_low]
    made = worst_grades_at_scale(engine, Rows(row, {}), WINDOWS, {term: "na"})
    assert made[term].loc["a", "grade_low"] == grade_low


def test_expressions_know_no_database_and_only_the_engine_compiles_them():
    files = [*Path(expressions.__file__).parent.glob("*.py"), Path(inspect.getfile(Engine))]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    with_ibis = {stem for stem, text in texts.items() if re.search(r"^\s*(import|from) ibis", text, re.M)}
    assert with_ibis == {"expressions", "last_expressions", "psa_expressions", "unbound", "engine"}
    assert {stem for stem, text in texts.items() if re.search(r"^\s*import duckdb", text, re.M)} == {"engine"}
    assert not any("sources.engine" in texts[stem] for stem in with_ibis - {"engine"})


def test_rows_dated_after_the_day_are_not_seen(engine):
    seen = Rows(LABS, {}, until={"date": date(2023, 1, 1)})
    made = worst_grades_at_scale(engine, seen, WINDOWS, LOW)["hyponatremia"]
    early = LABS[LABS["date"] <= pd.Timestamp("2023-01-01")]
    assert made.equals(worst_grades_at_scale(engine, Rows(early, {}), WINDOWS, LOW)["hyponatremia"])

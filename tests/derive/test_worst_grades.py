from __future__ import annotations

import pandas as pd
import pytest

from tieout.derive import (
    dose_delays,
    grade_counts,
    grouping,
    reported_grades,
    shift_counts,
    support,
    toxicity,
    with_transfusion,
    worst_grades,
)
from tieout.values.finding import FindingsError

DAY = pd.Timestamp


def samples(*rows):
    table = pd.DataFrame(rows, columns=["patient_id", "date", "grade_low", "grade_high"])
    table["date"] = pd.to_datetime(table["date"])
    return table.astype({"grade_low": "Int64", "grade_high": "Int64"})


WINDOWS = pd.DataFrame({"first": DAY("2023-02-01"), "last": DAY("2023-03-01")}, index=["a", "b", "c"])


def test_both_days_of_the_window_count_and_no_others():
    graded = samples(
        ("a", "2023-01-31", 4, 4),
        ("a", "2023-02-01", 1, 1),
        ("a", "2023-03-01", 2, 2),
        ("a", "2023-03-02", 4, 4),
    )
    assert worst_grades(graded, WINDOWS).loc["a", "grade_low"] == 2


def test_a_patient_without_a_gradable_sample_is_not_evaluable_and_never_grade_0():
    graded = samples(("a", "2023-02-05", None, None), ("b", "2023-02-05", 0, 0))
    worst = worst_grades(graded, WINDOWS)
    assert worst["grade_low"].isna().tolist() == [True, False, True]
    assert worst["ungradable"].tolist() == [1, 0, 0]
    made = grade_counts(worst, label="Anemia", population="all")
    assert (made["grade_0"].n, made["grade_0"].of, made["evaluable"].n, made["ungradable"].n) == (1, 1, 1, 1)
    assert made["grade_0"].missing == 2


def test_a_grade_no_worse_than_the_baseline_did_not_emerge_on_treatment():
    graded = samples(
        ("a", "2023-01-20", 2, 2),
        ("a", "2023-02-05", 2, 2),
        ("b", "2023-01-20", 1, 1),
        ("b", "2023-02-05", 3, 3),
        ("c", "2023-02-05", 1, 2),
    )
    worst = worst_grades(graded, WINDOWS)
    assert worst["emergent_low"].tolist() == [0, 3, 1]
    assert worst["emergent_high"].tolist() == [0, 3, 2]
    shift = shift_counts(worst, label="Anemia", population="all")
    assert (shift["from_2_to_2"].n, shift["from_1_to_3"].n, shift["from_unknown_to_1"].n) == (1, 1, 1)
    assert sum(count.n for _, count in shift.flat()) == 3


def test_symptom_grades_count_at_the_end_that_is_asked_for():
    worst = worst_grades(samples(("a", "2023-02-05", 2, 3)), WINDOWS)
    low = grade_counts(worst, label="Hyponatremia", population="all")
    high = grade_counts(worst, label="Hyponatremia", population="all", symptoms="high")
    assert (low["grade_3_or_worse"].n, high["grade_3_or_worse"].n) == (0, 1)
    assert "symptoms" in low["grade_2"].meaning.method


def test_the_transfusion_clause_raises_to_grade_3_and_lowers_nothing():
    worst = worst_grades(samples(("a", "2023-02-05", 1, 1), ("b", "2023-02-05", 3, 3)), WINDOWS)
    raised = with_transfusion(worst, pd.Series({"a": True, "b": True, "c": False}))
    assert raised["grade_low"].tolist() == [3, 3, pd.NA]


def test_a_transfusion_is_emergent_only_above_the_baseline():
    before = (("a", "2023-01-20", 3, 3), ("b", "2023-01-20", 1, 1), ("c", "2023-01-20", 2, 2))
    during = (("a", "2023-02-05", 2, 2), ("b", "2023-02-05", 2, 2), ("c", "2023-02-05", 2, 2))
    worst = worst_grades(samples(*before, *during), WINDOWS)
    assert worst["emergent_low"].tolist() == [0, 2, 0]
    raised = with_transfusion(worst, pd.Series({"a": True, "b": True, "c": False}))
    assert raised["grade_low"].tolist() == [3, 3, 2]
    assert raised["emergent_low"].tolist() == [0, 3, 0]


def test_two_windows_of_one_patient_are_refused():
    with pytest.raises(FindingsError, match="several windows"):
        worst_grades(samples(), pd.concat([WINDOWS, WINDOWS]))


def test_grade_3_of_any_term_counts_a_patient_once_overall_and_in_the_regimen():
    anemia = worst_grades(samples(("a", "2023-02-05", 3, 3), ("b", "2023-02-05", 0, 0)), WINDOWS)
    platelets = worst_grades(samples(("a", "2023-02-05", 4, 4), ("b", "2023-02-05", 3, 3)), WINDOWS)
    regimen = grouping(
        pd.Series({"a": "x", "b": "y", "c": "y"}),
        levels={"x": ("x", "X"), "y": ("y", "Y")},
        label="Regimen",
        known_at=0,
    )
    made = toxicity(
        {"anemia": anemia, "platelets": platelets},
        {"anemia": "Anemia", "platelets": "Platelet count decreased"},
        population="treated",
        by=regimen,
    )
    assert (made["overall.grade_3_any_term"].n, made["overall.grade_3_any_term"].of) == (2, 2)
    assert made["x.anemia.grade_3_or_worse"].n == 1
    assert (made["y.anemia.grade_3_or_worse"].n, made["y.anemia.evaluable"].of) == (0, 2)
    assert made["y.anemia.evaluable"].meaning.population == "treated, Y"


def test_a_report_without_a_grade_is_not_grade_0():
    events = pd.DataFrame({"patient_id": ["a", "b"], "grade": pd.array([None, 2], "Int64")})
    assert reported_grades(events, WINDOWS.index)["grade_low"].tolist() == [pd.NA, 2, 0]


def test_support_outside_the_window_does_not_count():
    given = pd.DataFrame(
        {
            "patient_id": ["a", "a", "b", "c"],
            "kind": ["red cells", "platelets", "red cells", "vitamin"],
            "date": pd.to_datetime(["2023-02-02", "2023-02-03", "2023-04-01", "2023-02-02"]),
        }
    )
    kinds = {"red_cells": ("red cells", "Red cells"), "platelets": ("platelets", "Platelets")}
    made = support(given, WINDOWS, kinds, population="treated")
    assert (made["red_cells"].n, made["platelets"].n, made["any_kind"].n, made["any_kind"].of) == (1, 1, 1, 3)


def test_a_dose_within_the_tolerance_is_on_time():
    dates = pd.to_datetime(["2023-01-01", "2023-02-14", "2023-04-10"])
    doses = pd.DataFrame({"patient_id": "a", "date": dates})
    made = dose_delays(doses, planned_days=42, tolerance_days=2)
    assert made.loc["a"].tolist() == [3, 1, 13]

"""Toxicity and supportive care as results: by term, by regimen, and what patients needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tieout.derive.counts import count
from tieout.derive.groups import Grouping
from tieout.derive.masks import is_true
from tieout.derive.summaries import summarize
from tieout.derive.worst import grade_counts
from tieout.values.result import Result, Results


def toxicity(
    worst: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    *,
    population: str,
    method: str = "",
    by: Grouping | None = None,
) -> Results:
    """Count worst grades of several terms, overall and by regimen.

    Parameters
    ----------
    worst : key of a term -> its worst grades, one row a patient, all on the same index, from `worst_grades`
        or `reported_grades`.
    labels : key of a term -> its label.
    population, method : the words of the results.
    by : the regimens, or None. A patient whose regimen is unknown counts overall alone.

    Returns
    -------
    Results
        `overall` and, with `by`, each regimen: for each term as `grade_counts`, and `grade_3_any_term`, the
        patients with grade 3 or worse of any term, of those evaluable for at least one.

    Examples
    --------
    >>> grades = pd.DataFrame({"grade_low": pd.array([3, 0], "Int64"), "samples": 1})
    >>> made = toxicity({"anemia": grades}, {"anemia": "Anemia"}, population="treated")
    >>> made["overall.anemia.grade_3_or_worse"].n, made["overall.grade_3_any_term"].n
    (1, 1)
    """
    made = {"overall": _terms(worst, labels, population, method)}
    if by is not None and worst:
        codes = by.codes(next(iter(worst.values())).index)
        for code, (name, (_, regimen)) in enumerate(by.levels.items()):
            part = {term: table[codes == code] for term, table in worst.items()}
            made[name] = _terms(part, labels, f"{population}, {regimen}", method)
    return Results(made)


def reported_grades(
    events: pd.DataFrame, patients: pd.Index[Any], *, patient: str = "patient_id"
) -> pd.DataFrame:
    """Return each patient's worst grade of reported events; a patient without a report has grade 0.

    Parameters
    ----------
    events : one row an event of one term: the column named by `patient`, `grade` (1 to 5; NA where it was not
        graded).
    patients : everybody at risk of a report.
    patient : the name of the patient's column.

    Returns
    -------
    DataFrame, on `patients`
        `grade_low`, `grade_high`, `samples` (events) and `ungradable` as `worst_grades`; a patient all of
        whose events lack a grade is not evaluable.

    Examples
    --------
    >>> events = pd.DataFrame({"patient_id": ["a", "a"], "grade": [1, 3]})
    >>> reported_grades(events, pd.Index(["a", "b"]))["grade_low"].tolist()
    [3, 0]
    """
    inside = events[events[patient].isin(patients)]
    by_patient = inside.groupby(patient)
    samples = by_patient.size().reindex(patients).fillna(0).astype("int64")
    grade = by_patient["grade"].max().astype("Int64").reindex(patients)
    grade = grade.mask(samples == 0, 0)
    missing = inside["grade"].isna().groupby(inside[patient]).sum().reindex(patients).fillna(0)
    return pd.DataFrame(
        {"grade_low": grade, "grade_high": grade, "samples": samples, "ungradable": missing.astype("int64")}
    )


def support(
    given: pd.DataFrame,
    windows: pd.DataFrame,
    kinds: Mapping[str, tuple[object, str]],
    *,
    population: str,
    any_label: str = "Any support",
    patient: str = "patient_id",
) -> Results:
    """Count the patients who needed transfusions, growth factors and the like in their windows.

    Parameters
    ----------
    given : one row an administration: the column named by `patient`, `date`, `kind`.
    windows : one row a patient, indexed by patient: `first` and `last`, both days included.
    kinds : identifier -> (value of `kind`, label); other kinds are not counted.
    population, any_label : the words of the results.
    patient : the name of the patient's column.

    Returns
    -------
    Results
        each kind (a patient may count in several), `any_kind`, and `key_days`: the number of days with it a
        patient who needed it.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> dates = [day("2023-01-02"), day("2023-01-09")]
    >>> given = pd.DataFrame({"patient_id": "a", "kind": "red cells", "date": dates})
    >>> windows = pd.DataFrame({"first": day("2023-01-01"), "last": day("2023-02-01")}, index=["a", "b"])
    >>> kinds = {"red_cells": ("red cells", "Red-cell transfusion")}
    >>> made = support(given, windows, kinds, population="treated")
    >>> made["red_cells"].n, made["red_cells"].of, made["red_cells_days"].median
    (1, 2, 2.0)
    """
    joined = given.merge(windows[["first", "last"]], left_on=patient, right_index=True, how="inner")
    inside = joined[(joined["date"] >= joined["first"]) & (joined["date"] <= joined["last"])]
    made: dict[str, Result | Results] = {}
    counted = inside["kind"].isin([value for value, _ in kinds.values()])
    for name, (value, label) in kinds.items():
        some = inside[is_true(inside["kind"] == value)]
        made[name] = count(
            int(some[patient].nunique()), windows, label=label, population=population, overlaps=True
        )
        days = some.groupby(patient)["date"].nunique()
        made[f"{name}_days"] = summarize(
            days, label=f"{label}, days", population=f"{population} who needed it", unit="days"
        )
    made["any_kind"] = count(
        int(inside[counted][patient].nunique()), windows, label=any_label, population=population
    )
    return Results(made)


def dose_delays(
    doses: pd.DataFrame, *, planned_days: int, tolerance_days: int = 0, patient: str = "patient_id"
) -> pd.DataFrame:
    """Return how late each patient's doses came.

    Parameters
    ----------
    doses : one row a dose: the column named by `patient` and `date`; the order does not matter.
    planned_days : from one dose to the next.
    tolerance_days : a dose so many days late still counts as on time.
    patient : the name of the patient's column.

    Returns
    -------
    DataFrame, one row a patient
        `doses`, `delays` (intervals longer than planned and tolerated), `longest_delay` (days beyond the
        plan, 0 at least; missing with one dose).

    Examples
    --------
    >>> dates = pd.to_datetime(["2023-01-01", "2023-02-12", "2023-04-02"])
    >>> delays = dose_delays(pd.DataFrame({"patient_id": "a", "date": dates}), planned_days=42)
    >>> delays[["delays", "longest_delay"]].values.tolist()
    [[1, 7]]
    """
    ordered = doses.dropna(subset=["date"]).sort_values([patient, "date"], kind="stable")
    gap = ordered.groupby(patient)["date"].diff().dt.days
    late = (gap - planned_days).clip(lower=0)
    by_patient = late.groupby(ordered[patient])
    return pd.DataFrame(
        {
            "doses": ordered.groupby(patient).size(),
            "delays": (late > tolerance_days).groupby(ordered[patient]).sum().astype("int64"),
            "longest_delay": by_patient.max().astype("Int64"),
        }
    )


def delay_results(delays: pd.DataFrame, *, population: str, method: str = "") -> Results:
    """Count the patients with a delayed dose, of those who had at least two, and summarise the longest delay.

    Examples
    --------
    >>> longest = pd.array([7, None], "Int64")
    >>> delays = pd.DataFrame({"doses": [3, 1], "delays": [1, 0], "longest_delay": longest})
    >>> made = delay_results(delays, population="treated")
    >>> made["delayed"].n, made["delayed"].of, made["longest_delay"].median
    (1, 1, 7.0)
    """
    several = delays[delays["doses"] > 1]
    late = np.asarray(several["delays"] > 0, dtype=bool)
    return Results(
        delayed=count(late, several, label="Dose delayed", population=population, method=method),
        longest_delay=summarize(
            several["longest_delay"][late],
            label="Longest delay",
            population=f"{population} with a delayed dose",
            unit="days",
            method=method,
        ),
    )


def _terms(
    worst: Mapping[str, pd.DataFrame], labels: Mapping[str, str], population: str, method: str
) -> Results:
    made: dict[str, Result | Results] = {
        term: grade_counts(table, label=labels[term], population=population, method=method)
        for term, table in worst.items()
    }
    tables = list(worst.values())
    if tables:
        grades = pd.concat([table["grade_low"] for table in tables], axis=1)
        evaluable = grades.notna().any(axis=1)
        severe = (grades.fillna(0) >= 3).any(axis=1)
        made["grade_3_any_term"] = count(
            int(severe.sum()),
            int(evaluable.sum()),
            label="Grade 3 or worse of any term",
            population=population,
            method=method,
            missing=int((~evaluable).sum()),
        )
    return Results(made)

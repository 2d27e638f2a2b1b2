"""Laboratory values in memory or on disk, by the same names.

Each function takes a frame, or the `Rows` that a registry gives for a table that stays on disk; of those only
one row a patient reaches memory. `patient` and `date` name the columns of the table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date as Day  # noqa: N812  (a parameter is called date)
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from tieout.derive.ctcae import MissingBaseline, grade
from tieout.derive.provenance import refuse
from tieout.derive.response import PsaRule, psa_changes
from tieout.derive.units import convert
from tieout.derive.worst import worst_grades
from tieout.sources.engine import Rows, open_engine

Labs = TypeVar("Labs", pd.DataFrame, Rows)


def seen_until(table: Labs, day: Day, *, date: str) -> Labs:
    """Return the rows dated up to and including a day; rows without a date are not seen.

    Examples
    --------
    >>> table = pd.DataFrame({"given_on": pd.to_datetime(["2023-09-30", "2023-10-01"])})
    >>> len(seen_until(table, Day(2023, 9, 30), date="given_on"))
    1
    """
    if isinstance(table, Rows):
        named = table.columns.get(date, date)
        earliest = min(day, table.until.get(named, day))
        return dataclasses.replace(table, until={**table.until, named: earliest})
    return table[table[date] <= pd.Timestamp(day)]


def latest_days(table: pd.DataFrame | Rows, *, patient: str = "patient_id", date: str) -> pd.Series[Any]:
    """Return each patient's latest day in a table, indexed by patient; who has no known day is not there.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": "a", "given_on": pd.to_datetime(["2023-09-30", "2023-10-01"])})
    >>> latest_days(table, date="given_on")["a"].date().isoformat()
    '2023-10-01'
    """
    if isinstance(table, Rows):
        from tieout.derive.scale.last_values import latest_days_at_scale  # noqa: PLC0415  (only beyond memory)

        with open_engine() as engine:
            days = latest_days_at_scale(engine, _named(table, patient, date))
        return days.rename_axis(patient).rename(date)
    return table.groupby(patient)[date].max().dropna()


def last_values(
    labs: pd.DataFrame | Rows,
    windows: pd.DataFrame,
    tests: Mapping[str, str],
    *,
    patient: str = "patient_id",
    date: str = "date",
) -> pd.DataFrame:
    """Return the last known value of each test in each patient's window.

    Parameters
    ----------
    labs : a row a laboratory value: `test`, `value`, `unit`, and the columns that `patient` and `date` name.
        Of two values on one day the later row counts; unknown values are left out.
    windows : one row a patient, indexed by patient: `first` and `last`, dates, both days included.
    tests : test -> the unit wanted; the test is its analyte's name in the table of units.

    Returns
    -------
    DataFrame, on the index of `windows`
        a column a test; NaN where no value is known.

    Raises
    ------
    FindingsError
        when a unit is not known for its test, or a patient has several windows.

    Examples
    --------
    >>> labs = pd.DataFrame({"patient_id": "a", "test": "hemoglobin", "value": [9.5, 101.0],
    ...                      "unit": ["g/dL", "g/L"], "date": pd.to_datetime(["2023-01-01", "2023-01-02"])})
    >>> windows = pd.DataFrame({"first": [pd.Timestamp("2022-12-05")], "last": [pd.Timestamp("2023-01-02")]},
    ...                        index=["a"])
    >>> last_values(labs, windows, {"hemoglobin": "g/dL"})["hemoglobin"].tolist()
    [10.1]
    """
    if not windows.index.is_unique:
        raise refuse("window", "a patient has several windows", "take one window a patient at a time")
    if isinstance(labs, Rows):
        from tieout.derive.scale.last_values import last_values_at_scale  # noqa: PLC0415  (only beyond memory)

        with open_engine() as engine:
            return last_values_at_scale(engine, _named(labs, patient, date), windows, tests)
    known = labs.loc[
        labs["test"].isin(list(tests)) & labs["value"].notna(), [patient, "test", "value", "unit", date]
    ]
    joined = known.merge(windows[["first", "last"]], left_on=patient, right_index=True)
    inside = joined[joined[date].between(joined["first"], joined["last"])]
    last = inside.sort_values(date, kind="stable").groupby([patient, "test"], observed=True).tail(1)
    made = {}
    for test, unit in tests.items():
        own = last[last["test"] == test].set_index(patient)
        stated = own["unit"].to_numpy(dtype=object)
        values = convert(test, own["value"].to_numpy(dtype=np.float64), stated, unit)
        made[test] = pd.Series(values, index=own.index).reindex(windows.index)
    return pd.DataFrame(made, index=windows.index)


def worst_grades_of(
    labs: pd.DataFrame | Rows,
    windows: pd.DataFrame,
    tests: Mapping[str, str],
    *,
    version: str = "5.0",
    missing_baseline: MissingBaseline = "ungradable",
    patient: str = "patient_id",
    date: str = "date",
) -> dict[str, pd.DataFrame]:
    """Grade laboratory values by CTCAE and return each patient's worst grades in the own window, by term.

    Parameters
    ----------
    labs : a row a laboratory value, as for `ctcae.grade`, with `test` and the columns that `patient` and
        `date` name.
    windows : as for `worst.worst_grades`.
    tests : CTCAE's term -> the name of its test in `labs`.
    version, missing_baseline : as for `ctcae.grade`.

    Returns
    -------
    dict of DataFrame
        by term, what `worst.worst_grades` returns.

    Raises
    ------
    FindingsError
        when a term or a unit is unknown, values are implausible, or a patient has several windows.

    Examples
    --------
    >>> labs = pd.DataFrame({"patient_id": "a", "date": [pd.Timestamp("2023-01-10")], "test": "plt",
    ...                      "value": [49.0], "unit": "10^9/L", "lower_limit": 150.0, "upper_limit": 400.0})
    >>> windows = pd.DataFrame({"first": pd.Timestamp("2023-01-05"), "last": pd.Timestamp("2023-02-01")},
    ...                        index=["a"])
    >>> worst_grades_of(labs, windows, {"platelet_count_decreased": "plt"})[
    ...     "platelet_count_decreased"]["grade_low"].tolist()
    [3]
    """
    if isinstance(labs, Rows):
        from tieout.derive.scale.rules import worst_grades_at_scale  # noqa: PLC0415  (only beyond memory)

        rows = _named(labs, patient, date)
        with open_engine() as engine:
            return worst_grades_at_scale(
                engine, rows, windows, tests, version=version, missing_baseline=missing_baseline
            )
    made = {}
    for term, test in tests.items():
        samples = _dated(labs[labs["test"] == test], date)
        graded = grade(samples, term, version=version, missing_baseline=missing_baseline)
        made[term] = worst_grades(samples.join(graded), windows, patient=patient)
    return made


def psa_changes_of(
    labs: pd.DataFrame | Rows,
    therapy: pd.DataFrame,
    rule: PsaRule | None = None,
    *,
    test: str = "psa",
    patient: str = "patient_id",
    date: str = "date",
) -> pd.DataFrame:
    """Return each patient's, or each line's, baseline, nadir and best change of PSA, from laboratory values.

    Parameters
    ----------
    labs : a row a laboratory value: `test`, `value`, and the columns that `patient` and `date` name.
    therapy, rule : as for `response.psa_changes`, whose table this returns.
    test : the name of PSA among the tests.

    Raises
    ------
    FindingsError
        when a value is negative, a patient has two values on one day, or two rows of therapy that are not
        told apart by their line.

    Examples
    --------
    >>> labs = pd.DataFrame({"patient_id": "a", "test": "psa", "value": [10.0, 4.0],
    ...                      "date": pd.to_datetime(["2023-01-01", "2023-02-01"])})
    >>> therapy = pd.DataFrame({"first": [pd.Timestamp("2023-01-02")], "last": [pd.NaT]}, index=["a"])
    >>> float(psa_changes_of(labs, therapy)["best_change"].iloc[0])
    -0.6
    """
    if isinstance(labs, Rows):
        from tieout.derive.scale.psa_rules import psa_changes_at_scale  # noqa: PLC0415  (only beyond memory)

        with open_engine() as engine:
            return psa_changes_at_scale(engine, _named(labs, patient, date), therapy, rule, test=test)
    psa = labs.loc[labs["test"] == test, [patient, date, "value"]]
    return psa_changes(psa.set_axis([patient, "date", "psa"], axis=1), therapy, rule, patient=patient)


def _dated(labs: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return the rows with the day that is meant as `date`, whatever else is called so."""
    if date == "date":
        return labs
    return labs.drop(columns="date", errors="ignore").rename(columns={date: "date"})


def _named(rows: Rows, patient: str, date: str) -> Rows:
    """Return rows whose columns the rules know by what they are."""
    known = {"patient": rows.columns.get(patient, patient), "date": rows.columns.get(date, date)}
    return dataclasses.replace(rows, columns={**rows.columns, **known})

"""Worst grades of patients in their windows, treatment-emergent grades and the shift from baseline."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tieout.derive.counts import count
from tieout.derive.masks import is_true
from tieout.derive.provenance import refuse
from tieout.derive.rows import made_of
from tieout.values.result import Results

GRADES = (0, 1, 2, 3, 4, 5)


def worst_grades(
    samples: pd.DataFrame, windows: pd.DataFrame, *, patient: str = "patient_id"
) -> pd.DataFrame:
    """Return each patient's worst grade in the own window.

    Parameters
    ----------
    samples : one row a graded sample: the column named by `patient`, `date`, `grade_low`, `grade_high` (NA is
        ungradable), as `grade` gives them.
    windows : one row a patient, indexed by patient: `first` and `last`, dates, both days included. A patient
        with several rows is refused; one without samples stays, as not evaluable.
    patient : the name of the patient's column in `samples`.

    Returns
    -------
    DataFrame, on the index of `windows`
        `grade_low` and `grade_high` (the worst; NA when no sample could be graded), `samples`, `ungradable`
        (numbers in the window), `baseline_low` and `baseline_high` (the last gradable sample before the
        window), `emergent_low` and `emergent_high` (the worst grade where it exceeds the baseline's, else 0;
        without a baseline the worst).

    Examples
    --------
    >>> day = pd.Timestamp
    >>> samples = pd.DataFrame({"patient_id": "a", "grade_low": [1, 3, 4], "grade_high": [1, 3, 4],
    ...                         "date": [day("2023-01-01"), day("2023-01-10"), day("2023-03-01")]})
    >>> windows = pd.DataFrame({"first": day("2023-01-05"), "last": day("2023-02-01")}, index=["a"])
    >>> worst_grades(samples, windows)[["grade_low", "baseline_low", "emergent_low"]].values.tolist()
    [[3, 1, 3]]
    """
    if not windows.index.is_unique:
        raise refuse("window", "a patient has several windows", "grade one window a patient at a time")
    joined = samples.merge(windows[["first", "last"]], left_on=patient, right_index=True, how="inner")
    inside = joined[(joined["date"] >= joined["first"]) & (joined["date"] <= joined["last"])]
    by_patient = inside.groupby(patient, sort=False)
    made = pd.DataFrame(index=windows.index)
    for side in ("grade_low", "grade_high"):
        made[side] = by_patient[side].max().astype("Int64").reindex(windows.index)
    made["samples"] = by_patient.size().reindex(windows.index).fillna(0).astype("int64")
    missing = inside["grade_low"].isna().groupby(inside[patient]).sum()
    made["ungradable"] = missing.reindex(windows.index).fillna(0).astype("int64")
    before = joined[(joined["date"] < joined["first"]) & joined["grade_low"].notna()]
    last = before.sort_values("date", kind="stable").groupby(patient).tail(1).set_index(patient)
    for side in ("low", "high"):
        made[f"baseline_{side}"] = last[f"grade_{side}"].astype("Int64").reindex(windows.index)
        worst, base = made[f"grade_{side}"], made[f"baseline_{side}"].fillna(0)
        made[f"emergent_{side}"] = worst.where(worst.isna() | (worst > base), 0)
    return made


def with_transfusion(worst: pd.DataFrame, transfused: pd.Series[Any]) -> pd.DataFrame:
    """Return worst grades of anaemia under CTCAE's clause "transfusion indicated": a red-cell transfusion is
    grade 3, and emergent where the baseline was below it.

    Parameters
    ----------
    worst : from `worst_grades`.
    transfused : shape (n_patients,), booleans on the same index: a red-cell transfusion in the window. NA
        counts as none.

    Returns
    -------
    DataFrame
        the same table; who was transfused has at least grade 3, also without a gradable sample.

    Examples
    --------
    >>> two = pd.array([2, None], "Int64")
    >>> worst = pd.DataFrame({"grade_low": two, "grade_high": two})
    >>> with_transfusion(worst, pd.Series([True, True]))["grade_low"].tolist()
    [3, 3]
    """
    made = worst.copy()
    treated = is_true(transfused.reindex(worst.index))
    for side in ("grade_low", "grade_high"):
        raised = made[side].fillna(0).clip(lower=3).astype("Int64")
        made[side] = made[side].where(~treated, raised)
        base, emergent = side.replace("grade", "baseline"), side.replace("grade", "emergent")
        if emergent in made:
            exceeds = made[side] > made[base].fillna(0)
            made[emergent] = made[emergent].where(~treated, made[side].where(exceeds, 0))
    return made


def grade_counts(
    worst: pd.DataFrame,
    *,
    label: str,
    population: str,
    method: str = "",
    symptoms: str = "low",
    column: str = "grade",
) -> Results:
    """Count patients by worst grade of one term.

    Parameters
    ----------
    worst : from `worst_grades`, one row a patient.
    label, population, method : the words of the results; the label is the term's.
    symptoms : "low" counts a grade that symptoms would decide at its lower end, "high" at its upper.
    column : "grade", "emergent" or "baseline".

    Returns
    -------
    Results
        `grade_0` to `grade_5`, `any_grade` (1 or worse), `grade_3_or_worse`, each of those evaluable;
        `evaluable` of all; `ungradable`, patients with samples of which none could be graded, of all.

    Examples
    --------
    >>> worst = pd.DataFrame({"grade_low": pd.array([0, 3, None], "Int64"), "samples": [2, 1, 0]})
    >>> made = grade_counts(worst, label="Anemia", population="treated")
    >>> made["grade_3_or_worse"].n, made["grade_3_or_worse"].of, made["evaluable"].n, made["ungradable"].n
    (1, 2, 2, 0)
    """
    grades = worst[f"{column}_{symptoms}"]
    known = grades.dropna()
    words = "worst grade where symptoms decide: the lower" if symptoms == "low" else "the higher"
    ranged = f"{column}_high" in worst and not worst[f"{column}_low"].equals(worst[f"{column}_high"])
    parts = "; ".join(part for part in (method, words if ranged else "") if part)
    missing = len(worst) - len(known)

    def of_known(mask: pd.Series[bool], text: str) -> Any:
        true = is_true(mask)
        made = count(
            int(true.sum()), len(known), label=text, population=population, method=parts, missing=missing
        )
        return made_of(made, lambda: worst[is_true(grades.notna())][true])

    def of_all(mask: pd.Series[bool], text: str) -> Any:
        return count(is_true(mask), worst, label=text, population=population)

    unread = grades.isna() & (worst["samples"] > 0)
    return Results(
        {
            **{f"grade_{g}": of_known(known == g, f"{label}, grade {g}") for g in GRADES},
            "any_grade": of_known(known >= 1, f"{label}, any grade"),
            "grade_3_or_worse": of_known(known >= 3, f"{label}, grade 3 or worse"),
            "evaluable": of_all(grades.notna(), f"{label}, evaluable"),
            "ungradable": of_all(unread, f"{label}, ungradable"),
        }
    )


def shift_counts(worst: pd.DataFrame, *, label: str, population: str, symptoms: str = "low") -> Results:
    """Count patients by baseline grade and worst grade: `from_1_to_3`; the unknown baseline is
    `from_unknown_to_3`.

    Examples
    --------
    >>> worst = pd.DataFrame({"grade_low": [3, 1], "baseline_low": pd.array([1, None], "Int64")})
    >>> made = shift_counts(worst, label="Anemia", population="treated")
    >>> made["from_1_to_3"].n, made["from_unknown_to_1"].n
    (1, 1)
    """
    known = worst[worst[f"grade_{symptoms}"].notna()]
    start, end = known[f"baseline_{symptoms}"], known[f"grade_{symptoms}"]
    rows: dict[str, tuple[str, Any]] = {str(g): (f"grade {g}", is_true(start == g)) for g in GRADES[:5]}
    rows["unknown"] = ("an unknown grade", start.isna())
    return Results(
        {
            f"from_{first}_to_{g}": count(
                int((mask & (end == g)).sum()),
                len(known),
                label=f"{label}, from {words} to grade {g}",
                population=population,
            )
            for first, (words, mask) in rows.items()
            for g in GRADES
        }
    )

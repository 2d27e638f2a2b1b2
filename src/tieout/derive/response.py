"""PSA response: the baseline, the best change, the change at a time, and who declined by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from tieout.derive.counts import count
from tieout.derive.masks import is_true
from tieout.derive.proportions import IntervalMethod
from tieout.derive.provenance import meaning, refuse
from tieout.derive.rows import made_of
from tieout.values.result import Curve, Result, Results

AT = "#at"  # the place of a row of therapy; no column of a registry is called so
_DIGITS = 9  # 0.1 times a baseline of 30 is met by 3.0


@dataclass(frozen=True, slots=True)
class PsaRule:
    """What a PSA response is; `words` is what Methods prints.

    Attributes
    ----------
    baseline_days : the baseline is the last value within so many days up to and including the first day.
    confirmed : a decline counts only when a later value bears it out.
    confirm_days : how much later that value is at least; the first one that late decides.
    """

    baseline_days: int = 28
    confirmed: bool = False
    confirm_days: int = 21

    @property
    def words(self) -> str:
        """The rule in words."""
        base = f"PSA baseline: the last value within {self.baseline_days} days up to the first day of therapy"
        later = (
            f"confirmed by the first value at least {self.confirm_days} days later"
            if self.confirmed
            else "without confirmation"
        )
        return f"{base}; a decline counts at any time on therapy, {later}"


def psa_changes(
    psa: pd.DataFrame, therapy: pd.DataFrame, rule: PsaRule | None = None, *, patient: str = "patient_id"
) -> pd.DataFrame:
    """Return each patient's baseline, nadir and best change on therapy, or those of each line of therapy.

    Parameters
    ----------
    psa : one row a value: the column named by `patient`, `date`, `psa` (above or at 0; NA is unknown and left
        out).
    therapy : one row a patient, indexed by patient, or one row a line of therapy, indexed by patient and
        line: `first` and `last`, dates; values after `first` up to and including `last` count. `last` may be
        missing: without end.
    rule : the definition; by default a baseline of 28 days and no confirmation.
    patient : the name of the patient's column.

    Returns
    -------
    DataFrame, on the index of `therapy`
        `baseline`, `baseline_date`, `nadir`, `nadir_date` (of the first nadir), `best_change` (nadir /
        baseline - 1; with a rule of confirmation the best confirmed one), `values` (how many on therapy),
        `evaluable` (a baseline above 0 and at least one value on therapy). What is not known is missing.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> psa = pd.DataFrame({"patient_id": "a", "psa": [10.0, 4.0, 8.0],
    ...                     "date": [day("2023-01-01"), day("2023-02-01"), day("2023-03-01")]})
    >>> therapy = pd.DataFrame({"first": [day("2023-01-02")], "last": [pd.NaT]}, index=["a"])
    >>> float(psa_changes(psa, therapy)["best_change"].iloc[0])
    -0.6
    """
    rule = rule or PsaRule()
    before, after = psa_values(psa, therapy, rule.baseline_days, patient=patient)
    made = pd.DataFrame(index=range(len(therapy)))
    made["baseline"], made["baseline_date"] = before["psa"], before["date"]
    lowest = after.sort_values(["psa", "date"], kind="stable").groupby(AT).head(1).set_index(AT)
    made["nadir"], made["nadir_date"] = lowest["psa"], lowest["date"]
    made["values"] = after.groupby(AT).size().reindex(made.index, fill_value=0).astype("int64")
    made["evaluable"] = (made["baseline"] > 0) & (made["values"] > 0)
    reached = _confirmed_low(after, rule.confirm_days) if rule.confirmed else made["nadir"]
    made["best_change"] = _change(reached.reindex(made.index), made["baseline"]).where(made["evaluable"])
    return made.set_axis(therapy.index, axis=0)


def psa_values(
    psa: pd.DataFrame, therapy: pd.DataFrame, baseline_days: int, *, patient: str = "patient_id"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the baseline values, indexed by the place of their row in `therapy`, and the values on therapy,
    in the order of their dates, with that place as `AT`.

    Parameters
    ----------
    psa, therapy, patient : as in `psa_changes`.
    baseline_days : how old a baseline may be.

    Raises
    ------
    FindingsError
        when a value is negative, a patient has two values on one day, or two rows of therapy that are not
        told apart by their line.
    """
    require_lines(therapy, patient)
    known = psa.dropna(subset=["psa", "date"])
    if (negative := known["psa"] < 0).any():
        raise refuse("psa", "PSA values are negative", rows=int(negative.sum()))
    if (doubled := known.duplicated([patient, "date"])).any():
        raise refuse("psa", "patients have two PSA values on one day", "keep one", rows=int(doubled.sum()))
    ordered = known.sort_values("date", kind="stable")
    own = therapy[["first", "last"]].assign(**{AT: range(len(therapy))})
    own = own.set_axis(therapy.index.get_level_values(0), axis=0)
    joined = ordered.merge(own, left_on=patient, right_index=True, how="inner")
    joined = joined.sort_values("date", kind="stable")
    age = (joined["first"] - joined["date"]).dt.days
    before = joined[(age >= 0) & (age <= baseline_days)].groupby(AT).tail(1).set_index(AT)
    ended = joined["last"].notna() & (joined["date"] > joined["last"])
    after = joined[(joined["date"] > joined["first"]) & ~ended].copy()
    after["day"] = (after["date"] - after["first"]).dt.days
    return before, after


def require_lines(therapy: pd.DataFrame, patient: str) -> None:
    """Raise a finding where two rows of therapy are of one patient, or of one patient's line, or where the
    index names something else before the patient.
    """
    remedy = "take one line at a time, or index by patient and line"
    if not therapy.index.is_unique:
        raise refuse("therapy", "a patient has several rows of therapy", remedy)
    names = list(therapy.index.names)
    if patient in names[1:]:
        have = ", ".join(str(name) for name in names)
        raise refuse("therapy", "the patient is not the first level of therapy's index", remedy, have=have)


def psa_change_at(
    psa: pd.DataFrame,
    therapy: pd.DataFrame,
    *,
    day: int,
    within: int,
    baseline_days: int = 28,
    patient: str = "patient_id",
) -> pd.Series[Any]:
    """Return each patient's, or each line's, change from baseline at a day: the value nearest to it, of two
    equally near the earlier.

    Parameters
    ----------
    psa, therapy, patient : as in `psa_changes`.
    day : days after the first day of therapy.
    within : how far from it a value may lie.
    baseline_days : how old a baseline may be.

    Returns
    -------
    Series, on the index of `therapy`
        the change as a share of the baseline; missing without a baseline above 0 or a value within reach.

    Raises
    ------
    FindingsError
        as `psa_values`.

    Examples
    --------
    >>> dates = pd.to_datetime(["2023-01-01", "2023-03-20", "2023-05-01"])
    >>> psa = pd.DataFrame({"patient_id": "a", "psa": [10.0, 4.0, 8.0], "date": dates})
    >>> therapy = pd.DataFrame({"first": dates[:1], "last": [pd.NaT]}, index=["a"])
    >>> psa_change_at(psa, therapy, day=84, within=14).tolist()
    [-0.6]
    """
    before, after = psa_values(psa, therapy, baseline_days, patient=patient)
    near = after.assign(distance=(after["day"] - day).abs())
    near = near[near["distance"] <= within].sort_values(["distance", "day"], kind="stable")
    places = range(len(therapy))
    value = near.groupby(AT).head(1).set_index(AT)["psa"].reindex(places)
    baseline = before["psa"].reindex(places)
    return _change(value, baseline.where(baseline > 0)).set_axis(therapy.index)


def _change(value: pd.Series[Any], baseline: pd.Series[Any]) -> pd.Series[Any]:
    """Return changes as shares of the baseline."""
    with np.errstate(all="ignore"):  # a baseline may be as small as a number can be
        return (value / baseline - 1).round(_DIGITS)


def psa_response(
    changes: pd.DataFrame,
    *,
    population: str,
    rule: PsaRule | None = None,
    declines: Sequence[int] = (50, 90),
    denominator: Literal["evaluable", "treated"] = "evaluable",
    interval: IntervalMethod | None = "clopper-pearson",
    waterfall: bool = False,
) -> Results:
    """Count the patients whose PSA declined by at least so many per cent.

    Parameters
    ----------
    changes : from `psa_changes`, one row a patient; of several lines, take one row a patient first.
    population : whom they are.
    rule : the rule with which `changes` was made, for its words.
    declines : whole percentages.
    denominator : "evaluable" (a baseline and a value on therapy), or "treated": everybody, the others as no
        response.
    interval : of the proportions, or None.
    waterfall : whether to keep each patient's best change for a figure, without ids, in order of size.

    Returns
    -------
    Results
        `psa50`, `psa90`, … and `evaluable`; with `waterfall`, `waterfall` (column `change`).

    Examples
    --------
    >>> changes = pd.DataFrame({"best_change": [-0.5, -0.49, None], "evaluable": [True, True, False]})
    >>> made = psa_response(changes, population="treated", declines=[50])
    >>> made["psa50"].n, made["psa50"].of, made["psa50"].missing
    (1, 2, 1)
    """
    known = changes[changes["evaluable"]]
    of = len(known) if denominator == "evaluable" else len(changes)
    missing = len(changes) - len(known)
    words = (rule or PsaRule()).words
    policy = {
        "evaluable": "of patients with a baseline and a value on therapy",
        "treated": "of all treated patients, those not evaluable counted as no response",
    }[denominator]
    made: dict[str, Result | Results] = {}
    for percent in declines:
        # an evaluable patient whose decline nothing confirmed has no best change, and no response
        reached = is_true(known["best_change"] <= -percent / 100)
        declined = count(
            int(reached.sum()),
            of,
            label=f"PSA decline of at least {percent}%",
            population=population,
            method=f"{words}; {policy}",
            interval=interval,
            missing=missing,
        )
        made[f"psa{percent}"] = made_of(declined, partial(known.__getitem__, reached))
    evaluable = count(len(known), len(changes), label="Evaluable for PSA response", population=population)
    made["evaluable"] = made_of(evaluable, lambda: known)
    if waterfall:
        bars = np.sort(known["best_change"].dropna().to_numpy(dtype=np.float64))[::-1]
        columns = {"change": tuple(float(bar) for bar in bars)}
        made["waterfall"] = Curve(columns, meaning("Best change of PSA", population, words))
    return Results(made)


def _confirmed_low(after: pd.DataFrame, confirm_days: int) -> pd.Series[Any]:
    """Return the lowest level that a value reached and the first value at least so many days later kept.

    A pair of values bears out a decline to the higher of the two.
    """
    left = after[[AT, "day", "psa"]].assign(due=after["day"] + confirm_days)
    right = after[[AT, "day", "psa"]].rename(columns={"psa": "later", "day": "due"})
    pairs = pd.merge_asof(
        left.sort_values("due", kind="stable"),
        right.sort_values("due", kind="stable"),
        on="due",
        by=AT,
        direction="forward",
    )
    pairs["level"] = pairs[["psa", "later"]].max(axis=1, skipna=False)  # missing without a later value
    return pairs.groupby(AT)["level"].min()

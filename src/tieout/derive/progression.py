"""PSA progression by the Prostate Cancer Working Group 3, and what comes first of several dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tieout.derive.response import psa_values

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ProgressionRule:
    """When PSA has progressed; `words` is what Methods prints.

    Attributes
    ----------
    rise : relative to the nadir (the lowest value so far, the baseline included).
    rise_ng_ml : and absolute, in ng/mL.
    confirmed, confirm_days : a rise after a decline counts when the first value at least so many days later
        is as high.
    no_decline_days : before this day a rise without any decline before it does not count.
    confirm_without_decline : whether such a rise needs confirmation too; PCWG3 asks none.
    baseline_days : how old a baseline may be.
    """

    rise: float = 0.25
    rise_ng_ml: float = 2.0
    confirmed: bool = True
    confirm_days: int = 21
    no_decline_days: int = 84
    confirm_without_decline: bool = False
    baseline_days: int = 28

    @property
    def words(self) -> str:
        """The rule in words."""
        confirm = (
            f"confirmed by the first value at least {self.confirm_days} days later"
            if self.confirmed
            else "unconfirmed"
        )
        without = ", confirmed likewise" if self.confirmed and self.confirm_without_decline else ""
        return (
            f"PSA progression by PCWG3: a rise of at least {self.rise * 100:g}% and {self.rise_ng_ml:g} "
            f"ng/mL above the nadir, {confirm}; without a decline from baseline, after day "
            f"{self.no_decline_days}{without}"
        )


def psa_progression(
    psa: pd.DataFrame,
    therapy: pd.DataFrame,
    rule: ProgressionRule | None = None,
    *,
    patient: str = "patient_id",
) -> pd.DataFrame:
    """Return when each patient's PSA progressed.

    Parameters
    ----------
    psa : one row a value: the column named by `patient`, `date`, `psa`; unknown values are left out.
    therapy : one row a patient, indexed by patient: `first` and `last` (values later than `last` are not
        looked at; it may be missing).
    rule : the definition; by default PCWG3's.
    patient : the name of the patient's column.

    Returns
    -------
    DataFrame, on the index of `therapy`
        `progressed_on` (the date of the first rise that counts, missing without one), `declined` (whether any
        value fell below the baseline), `last_psa` (the last value's date, missing without any) and
        `evaluable` (a baseline and a value on therapy).

    Notes
    -----
    Scher et al. (2016), J Clin Oncol 34:1402.

    Examples
    --------
    >>> dates = pd.to_datetime(["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01"])
    >>> psa = pd.DataFrame({"patient_id": "a", "psa": [10.0, 4.0, 6.0, 9.0], "date": dates})
    >>> therapy = pd.DataFrame({"first": [pd.Timestamp("2023-01-01")], "last": [pd.NaT]}, index=["a"])
    >>> psa_progression(psa, therapy)["progressed_on"].iloc[0].date().isoformat()
    '2023-03-01'
    """
    rule = rule or ProgressionRule()
    before, after = psa_values(psa, therapy, rule.baseline_days, patient=patient)
    values = after[after[patient].isin(before.index)].sort_values([patient, "day"], kind="stable")
    values["baseline"] = values[patient].map(before["psa"])
    lowest = values.groupby(patient)["psa"].cummin().groupby(values[patient]).shift()
    values["nadir"] = np.fmin(lowest, values["baseline"])
    values["declined"] = values["nadir"] < values["baseline"]
    values["edge"] = np.maximum(values["nadir"] * (1 + rule.rise), values["nadir"] + rule.rise_ng_ml).round(
        _DIGITS
    )
    high = values["psa"] >= values["edge"]
    late = values["declined"] | (values["day"] >= rule.no_decline_days)
    counts = high & late & _borne_out(values, rule, patient)
    first = values[counts].groupby(patient).head(1).set_index(patient)["date"]
    made = pd.DataFrame(index=therapy.index)
    made["progressed_on"] = first.reindex(therapy.index)
    fell = (values["psa"] < values["baseline"]).groupby(values[patient]).any()
    made["declined"] = fell.reindex(therapy.index, fill_value=False)
    made["last_psa"] = after.groupby(patient)["date"].max().reindex(therapy.index)
    made["evaluable"] = made.index.isin(values[patient])
    return made


def earliest(*dates: pd.Series[Any]) -> pd.Series[Any]:
    """Return the earliest of several dates a patient; missing ones do not count.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> one, two = pd.Series(day(["2023-01-05", None])), pd.Series(day(["2023-01-03", None]))
    >>> earliest(one, two).astype(str).tolist()
    ['2023-01-03', 'NaT']
    """
    return pd.concat(list(dates), axis=1).min(axis=1)


def _borne_out(values: pd.DataFrame, rule: ProgressionRule, patient: str) -> pd.Series[Any]:
    """Return for which values the first one at least so many days later reaches the same edge."""
    if not rule.confirmed:
        return pd.Series(data=True, index=values.index)
    left = values[[patient, "day"]].assign(due=values["day"] + rule.confirm_days, row=values.index)
    right = values[[patient, "day", "psa"]].rename(columns={"psa": "later", "day": "due"})
    pairs = pd.merge_asof(
        left.sort_values("due", kind="stable"),
        right.sort_values("due", kind="stable"),
        on="due",
        by=patient,
        direction="forward",
    ).set_index("row")
    kept = pairs["later"].reindex(values.index) >= values["edge"]
    return kept if rule.confirm_without_decline else kept | ~values["declined"]

"""PSA progression by the Prostate Cancer Working Group 3, and what comes first of several dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from tieout.derive.protocol import DAYS_PER_MONTH, DayCount
from tieout.derive.provenance import refuse
from tieout.derive.response import AT, psa_values
from tieout.derive.times import time_to_event, time_words

_DIGITS = 9
CountedDeaths = Literal["any", "on therapy", "none"]
CensoredAt = Literal["last PSA", "last contact"]
_DEATH_WORDS = {
    "any": "or to death of any cause",
    "on therapy": "or to death of any cause up to the end of therapy",
    "none": "deaths do not count",
}


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
            f"ng/mL above the nadir, {confirm}; without a decline from baseline, from day "
            f"{self.no_decline_days} on{without}; baseline: the last value within {self.baseline_days} days "
            "up to the first day of therapy"
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
    therapy : one row a patient, indexed by patient, or by patient and line: `first` and `last` (values later
        than `last` are not looked at; it may be missing).
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
    values = after[after[AT].isin(before.index)].sort_values([AT, "day"], kind="stable")
    values["baseline"] = values[AT].map(before["psa"])
    lowest = values.groupby(AT)["psa"].cummin().groupby(values[AT]).shift()
    values["nadir"] = np.fmin(lowest, values["baseline"])
    values["declined"] = values["nadir"] < values["baseline"]
    values["edge"] = np.maximum(values["nadir"] * (1 + rule.rise), values["nadir"] + rule.rise_ng_ml).round(
        _DIGITS
    )
    high = values["psa"] >= values["edge"]
    late = values["declined"] | (values["day"] >= rule.no_decline_days)
    counts = high & late & _borne_out(values, rule)
    made = pd.DataFrame(index=range(len(therapy)))
    made["progressed_on"] = values[counts].groupby(AT).head(1).set_index(AT)["date"]
    fell = (values["psa"] < values["baseline"]).groupby(values[AT]).any()
    made["declined"] = fell.reindex(made.index, fill_value=False)
    made["last_psa"] = after.groupby(AT)["date"].max()
    made["evaluable"] = made.index.isin(values[AT])
    return made.set_axis(therapy.index, axis=0)


def psa_progression_free_survival(
    psa: pd.DataFrame,
    therapy: pd.DataFrame,
    died_on: pd.Series[Any],
    cutoff: date,
    rule: ProgressionRule | None = None,
    *,
    deaths: CountedDeaths = "any",
    censored_at: CensoredAt = "last PSA",
    last_contact: pd.Series[Any] | None = None,
    day_count: DayCount = "difference",
    days_per_month: float = DAYS_PER_MONTH,
    patient: str = "patient_id",
) -> pd.DataFrame:
    """Return the time from the first day of therapy to PSA progression or death, one row a patient.

    Parameters
    ----------
    psa, therapy, rule, patient : as in `psa_progression`, of one line a patient. Values after the cutoff are
        unseen, also as confirmation of an earlier one.
    died_on : dates on the index of `therapy`; missing for who is not known to have died.
    cutoff : the last day of which anything is known.
    deaths : "any" death is an event, also long after the last PSA; only one "on therapy", up to and including
        `last` (any where that is missing); or "none".
    censored_at : where a patient without an event leaves: at the "last PSA" that was looked at (on the first
        day, where progression could not have been seen for want of a baseline or of a later value), or at
        `last_contact`.
    last_contact : dates on the index of `therapy`, needed where `censored_at` says so.
    day_count, days_per_month : as in `time_to_event`.

    Returns
    -------
    DataFrame, on the index of `therapy`
        as `time_to_event` makes it, for `kaplan_meier`, `log_rank` or `cox`, with `cause` ("PSA progression",
        "death" or "") and `evaluable` beside it. `attrs["definition"]` says every rule in words.

    Raises
    ------
    FindingsError
        as `time_to_event` and `psa_progression`; and where last contacts are asked for and not given.

    Notes
    -----
    Scher et al. (2016), J Clin Oncol 34:1402: time to PSA progression is reported with its rule of censoring.

    Examples
    --------
    >>> dates = pd.to_datetime(["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01"])
    >>> psa = pd.DataFrame({"patient_id": "a", "psa": [10.0, 4.0, 6.0, 9.0], "date": dates})
    >>> therapy = pd.DataFrame({"first": dates[[0, 0]], "last": pd.NaT}, index=["a", "b"])
    >>> died_on = pd.Series([None, dates[2]], index=["a", "b"], dtype="datetime64[ns]")
    >>> times = psa_progression_free_survival(psa, therapy, died_on, date(2023, 9, 30))
    >>> times[["time_days", "is_event", "cause"]].values.tolist()
    [[59, True, 'PSA progression'], [59, True, 'death']]
    """
    rule = rule or ProgressionRule()
    if (censored_at == "last contact") != (last_contact is not None):
        raise refuse(
            "psa-pfs", "last contacts are given where, and only where, patients are censored at them"
        )
    if therapy.index.nlevels > 1:
        raise refuse("psa-pfs", "a time to event is of one line a patient", "take one line at a time")
    found = psa_progression(psa[psa["date"] <= pd.Timestamp(cutoff)], therapy, rule, patient=patient)
    died_on = died_on.reindex(therapy.index)
    counted = died_on
    if deaths == "on therapy":
        counted = died_on.where(therapy["last"].isna() | (died_on <= therapy["last"]))
    elif deaths == "none":
        counted = died_on.where(pd.Series(data=False, index=died_on.index))
    leaves = found["last_psa"].where(found["evaluable"]).fillna(therapy["first"])
    if last_contact is not None:
        leaves = last_contact.reindex(therapy.index)
    times = time_to_event(
        therapy["first"],
        earliest(found["progressed_on"], counted),
        leaves,
        cutoff,
        day_count=day_count,
        days_per_month=days_per_month,
    )
    progressed = found["progressed_on"].notna() & ~(counted < found["progressed_on"])
    times["cause"] = np.where(~times["is_event"], "", np.where(progressed, "PSA progression", "death"))
    times["censoring"] = times["censoring"].replace("last contact", censored_at)
    times["evaluable"] = found["evaluable"]
    where = "last PSA (the first day where progression was not evaluable)"
    time = time_words(
        cutoff, day_count, days_per_month, censored_at=where if censored_at == "last PSA" else censored_at
    )
    times.attrs["definition"] = f"to {rule.words}; {_DEATH_WORDS[deaths]}; {time}"
    return times


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


def _borne_out(values: pd.DataFrame, rule: ProgressionRule) -> pd.Series[Any]:
    """Return for which values the first one at least so many days later reaches the same edge."""
    if not rule.confirmed:
        return pd.Series(data=True, index=values.index)
    left = values[[AT, "day"]].assign(due=values["day"] + rule.confirm_days, row=values.index)
    right = values[[AT, "day", "psa"]].rename(columns={"psa": "later", "day": "due"})
    pairs = pd.merge_asof(
        left.sort_values("due", kind="stable"),
        right.sort_values("due", kind="stable"),
        on="due",
        by=AT,
        direction="forward",
    ).set_index("row")
    kept = pairs["later"].reindex(values.index) >= values["edge"]
    return kept if rule.confirm_without_decline else kept | ~values["declined"]

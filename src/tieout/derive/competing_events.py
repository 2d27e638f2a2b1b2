"""Competing risks as results: cumulative incidences, their curves, Gray's test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from tieout.derive.competing import IncidenceCurve, Variance, cumulative_incidence, gray_test
from tieout.derive.groups import Grouping, require_known
from tieout.derive.product_limit import Floats, Integers, none_if_nan
from tieout.derive.progression import earliest
from tieout.derive.protocol import DAYS_PER_MONTH, ConfType, DayCount
from tieout.derive.provenance import meaning, refuse
from tieout.derive.times import time_to_event
from tieout.values.result import Curve, Estimate, HypothesisTest, Result, Results

Causes = Mapping[str, tuple[object, str]]
_VARIANCE_WORDS = {"aalen": "Aalen's variance", "delta": "the delta method's variance"}
_CONF_WORDS = {"log": "log F", "log-log": "log(-log F)", "plain": "F"}


def time_to_first(
    start: pd.Series[Any],
    dates: Mapping[str, pd.Series[Any]],
    last_contact: pd.Series[Any],
    cutoff: date,
    *,
    day_count: DayCount = "difference",
    days_per_month: float = DAYS_PER_MONTH,
) -> pd.DataFrame:
    """Turn the dates of competing events into the time to the first and its cause.

    Parameters
    ----------
    start, last_contact, cutoff, day_count, days_per_month : as in `time_to_event`.
    dates : cause -> dates; of two on one day the first cause named counts.

    Returns
    -------
    DataFrame
        as `time_to_event` gives it, with `cause`: the name, or "" for censored.

    Examples
    --------
    >>> day = lambda *texts: pd.Series(pd.to_datetime(list(texts)))
    >>> made = time_to_first(day("2023-01-01", "2023-01-01"),
    ...     {"therapy": day("2023-02-01", None), "death": day("2023-03-01", "2023-01-11")},
    ...     day("2023-03-01", "2023-01-11"), date(2023, 9, 30))
    >>> made[["time_days", "cause"]].values.tolist()
    [[31, 'therapy'], [10, 'death']]
    """
    first = earliest(*dates.values())
    times = time_to_event(
        start, first, last_contact, cutoff, day_count=day_count, days_per_month=days_per_month
    )
    cause = pd.Series("", index=times.index, dtype=object)
    for name, when in reversed(list(dates.items())):
        cause = cause.mask(times["is_event"] & (when == first), name)
    times["cause"] = cause
    return times


def incidence(
    times: pd.DataFrame,
    causes: Causes,
    *,
    population: str,
    method: str = "",
    variance: Variance = "aalen",
    conf_type: ConfType = "log-log",
    at: Sequence[float] = (),
    level: float = 0.95,
    display: bool = True,
) -> Results:
    """Estimate the cumulative incidence of each cause in the presence of the others.

    Parameters
    ----------
    times : one row a patient, with `time_months` and `cause` ("" for censored), as from `time_to_first`; with
        `entry_days` (delayed entry) the length of a month must be known (`attrs["days_per_month"]`).
    causes : identifier -> (value of `cause`, label).
    population, method : the words of the results.
    variance : "aalen" (R `cmprsk`) or "delta" (R `survfit`).
    conf_type : the scale of the interval, "log-log", "log" or "plain".
    at : months at which to give the incidence.
    level : the confidence level.
    display : whether the curves are kept apart, as ones that can show single patients.

    Returns
    -------
    Results
        for each cause `key_curve` (columns time, incidence, low, high, at_risk, events, censored) and
        `key_at.month_12`.

    Raises
    ------
    FindingsError
        when the table holds a cause that is not declared; and with delayed entry unless the variance is
        "delta", as `cmprsk` defines none for it.

    Notes
    -----
    Agrees with R `cuminc` and `survfit` to 1e-8 (with delayed entry the estimate, as R's error is the robust
    one there).

    Examples
    --------
    >>> times = pd.DataFrame({"time_months": [1.0, 2.0, 3.0, 4.0], "cause": ["died", "left", "", "died"]})
    >>> causes = {"death": ("died", "Death"), "leaving": ("left", "Leaving")}
    >>> made = incidence(times, causes, population="all", at=[2])
    >>> made["death_at.month_2"].value, made["leaving_at.month_2"].value
    (0.25, 0.25)
    """
    codes = cause_codes(times, causes)
    time, entry = times["time_months"].to_numpy(dtype=np.float64), _entry_months(times, variance)
    words = (
        method,
        "Aalen-Johansen estimate",
        f"{level * 100:g}% CI on the scale of {_CONF_WORDS[conf_type]} with {_VARIANCE_WORDS[variance]}",
        str(times.attrs.get("definition", "")),
    )
    made: dict[str, Result | Results] = {}
    for code, (name, (_, label)) in enumerate(causes.items(), start=1):
        curve = cumulative_incidence(
            time, codes, code, entry=entry, variance=variance, conf_type=conf_type, level=level
        )
        about = meaning(f"Cumulative incidence: {label}", population, *words)
        made[f"{name}_curve"] = Curve(_steps(curve), about, display=display)
        if at:
            points = {f"month_{t:g}".replace(".", "_"): _incidence_at(curve, t, about) for t in at}
            made[f"{name}_at"] = Results(points)
    return Results(made)


def gray(
    times: pd.DataFrame,
    causes: Causes,
    group: Grouping,
    *,
    population: str,
    rho: float = 0.0,
    strata: pd.Series[Any] | None = None,
) -> Results:
    """Test for each cause whether its cumulative incidence differs between groups.

    Parameters
    ----------
    times, causes, population : as in `incidence`; `time_days` is used.
    group : the grouping, known at time zero.
    rho : the power of Gray's weight.
    strata : shape (n_patients,), or None. Patients whose group or stratum is unknown are left out and counted
        in the method.

    Returns
    -------
    Results
        a test for each cause, under its identifier.

    Raises
    ------
    FindingsError
        `derive/immortal-time` when the grouping is known only after the clock starts; with delayed entry, for
        which Gray's test is not defined.

    Notes
    -----
    Agrees with R `cmprsk::cuminc` to 1e-8; Gray (1988), Ann Stat 16:1141.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> causes = ["died", "died", "", "left", "died", ""]
    >>> times = pd.DataFrame({"time_days": [1, 2, 3, 4, 5, 6], "cause": causes})
    >>> causes = {"death": ("died", "Death"), "leaving": ("left", "Leaving")}
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 1, 2, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> gray(times, causes, arm, population="all")["death"].df
    1.0
    """
    require_known(group, times)
    if "entry_days" in times:
        remedy = "compare the cause-specific hazards with log_rank or cox, which respect the entry"
        raise refuse("entry", "Gray's test has no form for patients who enter late", remedy)
    groups = group.codes(times.index)
    blocks = np.zeros(len(times), dtype=np.int64)
    if strata is not None:
        blocks = pd.factorize(strata.reindex(times.index), sort=True)[0].astype(np.int64)
    complete = (groups >= 0) & (blocks >= 0)
    codes = cause_codes(times, causes)[complete]
    time = times["time_days"].to_numpy()[complete]
    left_out = f"{complete.sum()} of {len(times)} patients with complete data" if not complete.all() else ""
    made: dict[str, Result | Results] = {}
    for code, (name, (_, label)) in enumerate(causes.items(), start=1):
        statistic, df = gray_test(
            time, codes, code, groups[complete], groups=len(group.levels), rho=rho, strata=blocks[complete]
        )
        p = None if statistic is None else float(chdtrc(df, statistic))
        name_of_test = "Gray's test" + (f", rho {rho:g}" if rho else "")
        stratified = f"stratified by {strata.name}" if strata is not None else ""
        about = meaning(
            f"{label} by {group.label}",
            population,
            name_of_test,
            stratified,
            left_out,
            str(times.attrs.get("definition", "")),
        )
        made[name] = HypothesisTest(p, about, statistic, float(df))
    return Results(made)


def _entry_months(times: pd.DataFrame, variance: Variance) -> Floats | None:
    if "entry_days" not in times:
        return None
    if variance != "delta":
        raise refuse("entry", "Aalen's variance has no form for patients who enter late", 'variance="delta"')
    month = times.attrs.get("days_per_month")
    if not month:
        raise refuse("month", "the length of a month is unknown", 'set times.attrs["days_per_month"]')
    entry: Floats = times["entry_days"].to_numpy(dtype=np.float64) / month
    return entry


def cause_codes(times: pd.DataFrame, causes: Causes) -> Integers:
    """Return 0 for censored and 1, 2, … for the causes in their order; an undeclared cause is refused."""
    stated = times["cause"]
    codes = np.zeros(len(times), dtype=np.int64)
    for code, (value, _) in enumerate(causes.values(), start=1):
        codes[(stated == value).to_numpy(dtype=bool)] = code
    strays = int(((codes == 0) & ~(stated == "").to_numpy(dtype=bool)).sum())
    if strays:
        raise refuse("cause", "patients have a cause that is not declared", "declare it", rows=strays)
    return codes


def _steps(curve: IncidenceCurve) -> dict[str, tuple[float | int | str | None, ...]]:
    numbers = {
        "time": (0.0, curve.time),
        "incidence": (0.0, curve.incidence),
        "low": (0.0, curve.low),
        "high": (0.0, curve.high),
    }
    counts = {
        "at_risk": (curve.n, curve.at_risk),
        "events": (0, curve.events),
        "others": (0, curve.others),
        "censored": (0, curve.censored),
    }
    return {
        **{name: (start, *(none_if_nan(v) for v in column)) for name, (start, column) in numbers.items()},
        **{name: (start, *(int(v) for v in column)) for name, (start, column) in counts.items()},
    }


def _incidence_at(curve: IncidenceCurve, time: float, about: Any) -> Estimate:
    """Return the incidence at a time; after the last time observed it is not estimable while anyone is
    left.
    """
    place = int(np.searchsorted(curve.time, time, side="right")) - 1
    events = int(curve.events.sum())
    value: float | None = 0.0
    low: float | None = None
    high: float | None = None
    if place >= 0:
        value = float(curve.incidence[place])
        low, high = none_if_nan(curve.low[place]), none_if_nan(curve.high[place])
    if not len(curve.time) or (time > curve.time[-1] and curve.censored[-1] > 0):
        value = low = high = None
    return Estimate(value, low, high, about, "proportion", "", 0, curve.level, None, curve.n, events)

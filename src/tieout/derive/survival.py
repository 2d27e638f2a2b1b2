"""Kaplan-Meier as results: the median, survival at landmarks, numbers at risk, restricted means and the
curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.curve_results import (
    curve_result,
    quantile_result,
    restricted_mean_result,
    survival_result,
)
from tieout.derive.groups import Grouping, require_known
from tieout.derive.observed import tell
from tieout.derive.product_limit import (
    RiskTable,
    SurvivalCurve,
    is_at_risk,
    risk_table,
    survival_curve,
)
from tieout.derive.protocol import ConfType
from tieout.derive.provenance import meaning, refuse
from tieout.derive.rows import made_of
from tieout.values.result import Count, Meaning, Result, Results

Unit = Literal["months", "days"]
_Rows: TypeAlias = tuple[NDArray[np.generic], NDArray[np.bool_], NDArray[np.generic] | None]
_CONF_WORDS = {
    "log": "on the scale of log S",
    "log-log": "on the scale of log(-log S)",
    "plain": "on the scale of S",
}


def kaplan_meier(
    times: pd.DataFrame,
    name: str,
    *,
    label: str,
    population: str,
    method: str = "",
    conf_type: ConfType = "log",
    unit: Unit = "months",
    at: Sequence[float] = (),
    rmst: Sequence[float] = (),
    quantiles: Sequence[float] = (),
    events_by: bool = False,
    decimals: int = 1,
    level: float = 0.95,
    display: bool = True,
) -> Results:
    """Estimate survival by Kaplan and Meier.

    Parameters
    ----------
    times : one row a patient, from `time_to_event`: `time_days`, `time_months`, `is_event`, and optionally
        `entry_days` for delayed entry. No value is missing.
    name : the key of the median, an identifier, such as "os"; the other keys begin with it.
    label, population, method : the words of the results.
    conf_type : "log" (R's default), "log-log" (SAS's) or "plain".
    unit : of the printed times, and of `at` and `rmst`.
    at : times at which to give survival and numbers at risk; whole numbers name the keys.
    rmst : times up to which to give the restricted mean.
    quantiles : further quantiles than the median, as shares with the event: 0.25 is the time by which a
        quarter had it.
    events_by : whether to give also the numbers with the event and censored up to and including each time
        of `at`.
    decimals : of printed times.
    level : the confidence level.
    display : whether the curve is kept apart, as one that can show single patients.

    Returns
    -------
    Results
        `name` (the median), `name_curve` (columns time, survival, low, high, at_risk, events, censored, the
        first row at 0 with everybody), `name_at.month_12` (survival), `name_at_risk.month_12`,
        `name_rmst.month_24`, `name_quantile.share_25`, `name_events_by.month_12`,
        `name_censored_by.month_12`. Survival after the last time observed is not estimable unless it has
        reached 0.

    Notes
    -----
    Agrees with R `survfit`, `quantile` and `print(rmean = )` to 1e-8; the median on a plateau at exactly one
    half is its midpoint.

    Examples
    --------
    >>> times = pd.DataFrame({"time_days": [1, 2, 3, 4], "time_months": [1.0, 2.0, 3.0, 4.0],
    ...                       "is_event": [True, True, False, True]})
    >>> made = kaplan_meier(times, "os", label="Overall survival", population="all", at=[2])
    >>> made["os"].median, made["os_at.month_2"].value, made["os_at_risk.month_2"].n
    (3.0, 0.5, 3)
    """
    curve = curve_of(times, conf_type=conf_type, unit=unit, level=level)
    interval = f"{level * 100:g}% CI {_CONF_WORDS[conf_type]} with Greenwood's variance"
    definition = str(times.attrs.get("definition", ""))
    words = meaning(label, population, method, "Kaplan-Meier", interval, definition)
    made: dict[str, Result | Results] = {
        name: made_of(quantile_result(curve, 0.5, words, unit, decimals), lambda: times),
        f"{name}_curve": curve_result(curve, words, display=display),
    }
    made |= _at_times(times, curve, name, at, words=words, unit=unit)
    if events_by:
        made |= _ended(times, name, at, words, unit)
    stem = unit.removesuffix("s")
    if rmst:
        made[f"{name}_rmst"] = Results(
            {
                _key(stem, t): restricted_mean_result(
                    curve, t, _named(words, f"restricted mean to {t:g} {unit}"), unit
                )
                for t in rmst
            }
        )
    if quantiles:
        made[f"{name}_quantile"] = Results(
            {
                _key("share", q * 100): quantile_result(
                    curve, q, _named(words, f"{q:.0%} quantile"), unit, decimals
                )
                for q in quantiles
            }
        )
    results = Results(made)
    _tell(results, name, _columns(times, unit), at=at, conf_type=conf_type, level=level)
    return results


def kaplan_meier_by(
    times: pd.DataFrame,
    group: Grouping,
    *,
    label: str,
    population: str,
    method: str = "",
    conf_type: ConfType = "log",
    unit: Unit = "months",
    at: Sequence[float] = (),
    rmst: Sequence[float] = (),
    quantiles: Sequence[float] = (),
    decimals: int = 1,
    level: float = 0.95,
    display: bool = True,
) -> Results:
    """Estimate survival in each level of a grouping; the level's identifier is the key, as `name` in
    `kaplan_meier`.

    Parameters
    ----------
    times, label, population, method, conf_type, unit, at, rmst, quantiles, decimals, level, display : as in
        `kaplan_meier`.
    group : the grouping, known at time zero. A patient whose level is unknown is in no group.

    Returns
    -------
    Results
        for each level as `kaplan_meier`, and `unknown`, the number in no group.

    Raises
    ------
    FindingsError
        `derive/immortal-time` when the grouping is known only after the clock starts.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> times = pd.DataFrame({"time_days": [1, 2, 3], "time_months": [1.0, 2.0, 3.0], "is_event": True})
    >>> two = {"a": ("x", "Arm A"), "b": ("y", "Arm B")}
    >>> arm = grouping(pd.Series(["x", "x", "y"]), levels=two, label="Arm", known_at=0)
    >>> made = kaplan_meier_by(times, arm, label="Overall survival", population="all")
    >>> made["a"].median, made["b"].median
    (1.5, 3.0)
    """
    require_known(group, times)
    codes = group.codes(times.index)
    made = Results()
    for code, (name, (_, level_label)) in enumerate(group.levels.items()):
        made |= kaplan_meier(
            times[codes == code],
            name,
            label=f"{label}: {level_label}",
            population=f"{population}, {level_label}",
            method=method,
            conf_type=conf_type,
            unit=unit,
            at=at,
            rmst=rmst,
            quantiles=quantiles,
            decimals=decimals,
            level=level,
            display=display,
        )
    words = meaning(f"{group.label} unknown", population)
    return made | Results(unknown=Count(int((codes < 0).sum()), len(times), words))


def reverse_kaplan_meier(
    times: pd.DataFrame,
    name: str,
    *,
    label: str,
    population: str,
    ties: Literal["reversed", "events-first"] = "reversed",
    conf_type: ConfType = "log",
    unit: Unit = "months",
    decimals: int = 1,
    level: float = 0.95,
) -> Results:
    """Estimate follow-up: the time to censoring, where the event ends observation.

    Parameters
    ----------
    times, name, label, population, conf_type, unit, decimals, level : as in `kaplan_meier`.
    ties : who is at risk of being censored at a time at which others have the event. "reversed": those too,
        as R's `survfit(Surv(time, 1 - status))`; "events-first": they have left, as R's `prodlim(reverse =
        TRUE)`.

    Returns
    -------
    Results
        `name`, the median follow-up; its `events` are the patients censored.

    Notes
    -----
    Schemper and Smith (1996), Control Clin Trials 17:343.

    Examples
    --------
    >>> times = pd.DataFrame({"time_days": [1, 2, 3], "time_months": [1.0, 2.0, 3.0],
    ...                       "is_event": [True, False, False]})
    >>> reverse_kaplan_meier(times, "follow_up", label="Follow-up", population="all")["follow_up"].median
    2.5
    """
    table = _table(times, unit)
    at_risk = table.at_risk - (table.events if ties == "events-first" else 0)
    turned = RiskTable(table.time, at_risk, table.censored, table.events, table.n)
    curve = survival_curve(turned, conf_type=conf_type, level=level)
    tie_words = {
        "reversed": "at a tie, patients with the event are still at risk of censoring",
        "events-first": "at a tie, patients with the event have left",
    }
    definition = str(times.attrs.get("definition", ""))
    words = meaning(label, population, "reverse Kaplan-Meier", tie_words[ties], definition)
    results = Results({name: made_of(quantile_result(curve, 0.5, words, unit, decimals), lambda: times)})
    if ties == "reversed":
        time, is_event, entry = _columns(times, unit)
        _tell(results, name, (time, ~is_event, entry), at=(), conf_type=conf_type, level=level)
    return results


def curve_of(
    times: pd.DataFrame, *, conf_type: ConfType = "log", unit: Unit = "months", level: float = 0.95
) -> SurvivalCurve:
    """Return the product-limit curve of a table of times, for further computation."""
    return survival_curve(_table(times, unit), conf_type=conf_type, level=level)


def _at_times(
    times: pd.DataFrame,
    curve: SurvivalCurve,
    name: str,
    at: Sequence[float],
    *,
    words: Meaning,
    unit: Unit,
) -> dict[str, Result | Results]:
    """Return survival and the numbers at risk at each time asked for; nothing where none is."""
    if not at:
        return {}
    stem = unit.removesuffix("s")
    survival = {
        _key(stem, t): made_of(survival_result(curve, t, _named(words, f"at {t:g} {unit}")), lambda: times)
        for t in at
    }
    at_risk = {_key(stem, t): _at_risk(times, t, unit, _named(words, f"at risk at {t:g} {unit}")) for t in at}
    return {f"{name}_at": Results(survival), f"{name}_at_risk": Results(at_risk)}


def _ended(
    times: pd.DataFrame, name: str, at: Sequence[float], words: Meaning, unit: Unit
) -> dict[str, Result | Results]:
    """Return who had the event and who was censored up to and including each time asked for."""
    stem = unit.removesuffix("s")
    made: dict[str, Result | Results] = {}
    for what, is_event in (("events", True), ("censored", False)):
        counts = {
            _key(stem, t): _ended_by(
                times, t, unit, _named(words, f"{what} by {t:g} {unit}"), events=is_event
            )
            for t in at
        }
        if counts:
            made[f"{name}_{what}_by"] = Results(counts)
    return made


def _tell(
    results: Results, name: str, rows: _Rows, *, at: Sequence[float], conf_type: ConfType, level: float
) -> None:
    time, is_event, entry = rows
    tell(
        "kaplan-meier",
        results,
        name=name,
        time=time,
        is_event=is_event,
        entry=entry,
        at=tuple(at),
        conf_type=conf_type,
        level=level,
    )


def _table(times: pd.DataFrame, unit: Unit) -> RiskTable:
    """Count on whole days where the length of a month is known, and divide the distinct days alone."""
    month = times.attrs.get("days_per_month")
    if unit == "days" or not month:
        return risk_table(*_columns(times, unit))
    table = risk_table(*_columns(times, "days"))
    return replace(table, time=table.time / month)


def _columns(times: pd.DataFrame, unit: Unit) -> _Rows:
    time = times[f"time_{unit}"].to_numpy()
    is_event = times["is_event"].to_numpy(dtype=bool)
    if "entry_days" not in times:
        return time, is_event, None
    entry = times["entry_days"].to_numpy()
    if unit == "months":
        month = times.attrs.get("days_per_month")
        if not month:
            raise refuse("month", "the length of a month is unknown", 'set times.attrs["days_per_month"]')
        entry = entry / month
    return time, is_event, entry


def _at_risk(times: pd.DataFrame, time: float, unit: Unit, words: Any) -> Count:
    moment, _, entry = _columns(times, unit)
    present = is_at_risk(moment, time, entry)
    return made_of(Count(int(present.sum()), len(times), words), lambda: times[present])


def _ended_by(times: pd.DataFrame, time: float, unit: Unit, words: Meaning, *, events: bool = True) -> Count:
    moment, is_event, _ = _columns(times, unit)
    ended = (moment <= time) & (is_event == events)  # type: ignore[operator]
    return made_of(Count(int(ended.sum()), len(times), words), lambda: times[ended])


def _named(words: Meaning, detail: str) -> Meaning:
    return replace(words, label=f"{words.label}, {detail}")


def _key(stem: str, number: float) -> str:
    return f"{stem}_{number:g}".replace(".", "_")

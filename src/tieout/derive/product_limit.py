"""The product-limit estimator on counts per distinct time: the curve, its interval, quantiles, restricted
mean.

Everything here is plain numpy on sorted arrays, so that it scales and holds no table library's conventions.
`docs/decisions/median-ci.md` says why it is our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tieout.derive.protocol import ConfType
from tieout.derive.provenance import refuse

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Booleans: TypeAlias = NDArray[np.bool_]

TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))  # R's, for "the curve is at one half"


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """Counts at each distinct time, ascending: at risk just before it, events at it, censored at it."""

    time: Floats
    at_risk: Integers
    events: Integers
    censored: Integers
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """A product-limit curve with its interval; bounds are NaN where there is none.

    `greenwood` is Greenwood's sum: the variance of log S, infinite where S is 0.
    """

    table: RiskTable
    survival: Floats
    low: Floats
    high: Floats
    greenwood: Floats
    conf_type: ConfType
    level: float


def risk_table(
    time: NDArray[np.generic], is_event: Booleans, entry: NDArray[np.generic] | None = None
) -> RiskTable:
    """Count who is at risk, has the event and is censored at each distinct time.

    Parameters
    ----------
    time : shape (n,), not negative, without missing values; whole or not.
    is_event : shape (n,).
    entry : shape (n,), when each came under observation (delayed entry); at risk at t is `entry < t <= time`.
        None: everybody from the beginning, so that at risk at 0 is n.

    Raises
    ------
    FindingsError
        when a time is missing, negative, or not after its entry.
    """
    _require_times(time, entry)
    distinct, place = _distinct(time)
    size = len(distinct)
    events = np.bincount(place, weights=is_event, minlength=size).astype(np.int64)
    leaving = np.bincount(place, minlength=size).astype(np.int64)
    left_before = np.concatenate(([0], np.cumsum(leaving)[:-1])) if size else leaving
    entered = len(time) if entry is None else np.searchsorted(np.sort(entry), distinct, side="left")
    at_risk = (entered - left_before).astype(np.int64)
    return RiskTable(distinct.astype(np.float64), at_risk, events, leaving - events, len(time))


def survival_curve(table: RiskTable, *, conf_type: ConfType = "log", level: float = 0.95) -> SurvivalCurve:
    """Return the product-limit curve of a table of counts, with pointwise intervals.

    Notes
    -----
    Agrees with R `survfit(conf.type = "log" | "log-log" | "plain")` to 1e-8; Kaplan and Meier (1958),
    J Am Stat Assoc 53:457; Greenwood's variance. Where S is 0 there is no interval (R: NA).
    """
    n, d = table.at_risk.astype(np.float64), table.events.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        factors: Floats = np.where(d > 0, 1 - d / n, 1.0)
        terms: Floats = np.where(d > 0, d / (n * (n - d)), 0.0)
    survival = np.cumprod(factors, dtype=np.float64)
    greenwood = np.cumsum(terms, dtype=np.float64)
    low, high = bounds(survival, greenwood, conf_type, level)
    return SurvivalCurve(table, survival, low, high, greenwood, conf_type, level)


def bounds(
    survival: Floats, log_variance: Floats, conf_type: ConfType, level: float
) -> tuple[Floats, Floats]:
    """Return the interval of probabilities whose logarithms have the given variance, NaN where there is
    none.
    """
    z = float(ndtri(1 - (1 - level) / 2))
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # then a bound is 0 or 1
        error = np.sqrt(log_variance)
        if conf_type == "plain":
            half = z * survival * error
            return np.maximum(survival - half, 0.0), np.minimum(survival + half, 1.0)
        if conf_type == "log":
            inside = np.where(survival > 0, survival, np.nan)
            return inside * np.exp(-z * error), np.minimum(inside * np.exp(z * error), 1.0)
        if conf_type == "log-log":
            inside = np.where((survival > 0) & (survival < 1), survival, np.nan)
            scaled = z * error / np.log(inside)
            middle = np.log(-np.log(inside))
            return np.exp(-np.exp(middle - scaled)), np.exp(-np.exp(middle + scaled))
    raise refuse("conf-type", "this interval is unknown", have=conf_type, need="log, log-log or plain")


def quantile_time(time: Floats, survival: Floats, share: float) -> float | None:
    """Return when `share` of the patients have had the event, or None when the curve stays above.

    On a plateau at exactly `1 - share` it is the plateau's midpoint, as in R; on one that lasts to the end
    its beginning. NaN parts of a bound count as absent.

    Examples
    --------
    >>> quantile_time(np.array([1.0, 2.0, 4.0, 5.0]), np.array([0.75, 0.5, 0.25, 0.0]), 0.5)
    3.0
    """
    left = 1 - share
    below = ~np.isnan(survival) & (survival < left + TOLERANCE)
    if not below.any():
        return None
    times, values = time[below], survival[below]
    lower = values < values[0]
    if abs(values[0] - left) < TOLERANCE and lower.any():
        return float((times[0] + times[int(np.argmax(lower))]) / 2)
    return float(times[0])


def survival_at(curve: SurvivalCurve, time: float) -> tuple[float | None, float | None, float | None]:
    """Return (S, low, high) at a time; all None after the last time observed, unless the curve has reached
    0.
    """
    times = curve.table.time
    place = int(np.searchsorted(times, time, side="right")) - 1
    if place < 0:
        return (1.0, 1.0, 1.0) if len(times) else (None, None, None)
    if time > times[-1] and curve.survival[-1] > 0:
        return None, None, None
    value, low, high = (float(column[place]) for column in (curve.survival, curve.low, curve.high))
    return value, none_if_nan(low), none_if_nan(high)


def restricted_mean(curve: SurvivalCurve, until: float) -> tuple[float, float] | None:
    """Return the mean of min(T, until) and its standard error, or None when the curve ends before `until`.

    Notes
    -----
    Agrees with R `print(survfit, rmean = until)` to 1e-8, where the curve reaches that far; R carries the
    last value on beyond the last time observed, we do not.
    """
    times, survival = curve.table.time, curve.survival
    if not len(times) or (until > times[-1] and survival[-1] > 0):
        return None
    inside = times <= until
    steps = np.concatenate(([0.0], times[inside], [until]))
    heights = np.concatenate(([1.0], survival[inside]))
    areas = np.diff(steps) * heights
    after = np.cumsum(areas[::-1])[::-1][1:]  # the area that lies beyond each time
    n, d = (column[inside].astype(np.float64) for column in (curve.table.at_risk, curve.table.events))
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where((d > 0) & (n > d), d / (n * (n - d)), 0.0)
    return float(areas.sum()), sqrt(float((after**2 * hazard).sum()))


def is_at_risk(
    time: NDArray[np.generic], at: float, entry: NDArray[np.generic] | None = None
) -> NDArray[np.bool_]:
    """Return who has `time >= at`; with delayed entry only those with `entry < at`, and at 0 everybody."""
    present: NDArray[np.bool_] = time >= at  # type: ignore[operator]
    if entry is not None and at > 0:
        present = present & (entry < at)  # type: ignore[operator]
    return present


def sums_at(place: Integers, values: NDArray[np.generic], size: int) -> Floats:
    """Return the sum of the values at each place, shape (size,)."""
    made: Floats = np.bincount(place, weights=values, minlength=size).astype(np.float64)
    return made


def none_if_nan(value: float) -> float | None:
    """Return None for NaN."""
    return None if np.isnan(value) else float(value)


def _distinct(time: NDArray[np.generic]) -> tuple[NDArray[np.generic], Integers]:
    """Return the distinct times and each row's place among them; whole numbers are counted, not sorted."""
    if np.issubdtype(time.dtype, np.integer) and len(time) and int(time.max()) < 10 * len(time) + 1_000:
        whole = time.astype(np.int64)
        present = np.bincount(whole) > 0
        return np.flatnonzero(present), (np.cumsum(present) - 1)[whole]
    distinct, place = np.unique(time, return_inverse=True)
    return distinct, place.astype(np.int64)


def _require_times(time: NDArray[np.generic], entry: NDArray[np.generic] | None) -> None:
    bad = np.isnan(time.astype(np.float64)) | (time.astype(np.float64) < 0)
    if bad.any():
        raise refuse("time", "times are missing or negative", rows=int(bad.sum()))
    if entry is not None and (late := ~(entry < time)).any():  # type: ignore[operator]
        raise refuse(
            "entry",
            "patients leave at or before their entry",
            "leave them out by a reason of the flow",
            rows=int(late.sum()),
        )

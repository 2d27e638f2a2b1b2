"""What is read off a survival curve, as results: steps, quantiles, survival at a time, restricted means."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tieout.derive.product_limit import (
    SurvivalCurve,
    none_if_nan,
    quantile_time,
    restricted_mean,
    survival_at,
)
from tieout.values.result import Curve, Estimate, TimeToEvent


def curve_result(curve: SurvivalCurve, words: Any, *, display: bool) -> Curve:
    """Return a curve's steps as a result; its first row is the start, with everybody under observation."""
    table = curve.table
    start = {
        "time": 0.0,
        "survival": 1.0,
        "low": 1.0,
        "high": 1.0,
        "at_risk": table.n,
        "events": 0,
        "censored": 0,
    }
    steps = {
        "time": table.time,
        "survival": curve.survival,
        "low": curve.low,
        "high": curve.high,
        "at_risk": table.at_risk,
        "events": table.events,
        "censored": table.censored,
    }
    columns = {name: (start[name], *_plain(column)) for name, column in steps.items()}
    return Curve(columns, words, display=display)


def quantile_result(curve: SurvivalCurve, share: float, words: Any, unit: str, decimals: int) -> TimeToEvent:
    """Return the time at which survival falls to a share, with its interval."""
    time = curve.table.time
    value, low, high = (quantile_time(time, y, share) for y in (curve.survival, curve.low, curve.high))
    events = int(curve.table.events.sum())
    return TimeToEvent(curve.table.n, events, value, low, high, words, unit, decimals, curve.level)


def survival_result(curve: SurvivalCurve, time: float, words: Any) -> Estimate:
    """Return survival at a time, with its interval."""
    value, low, high = survival_at(curve, time)
    n, events = curve.table.n, int(curve.table.events.sum())
    return Estimate(
        value, low, high, words, scale="proportion", decimals=0, level=curve.level, n=n, events=events
    )


def restricted_mean_result(curve: SurvivalCurve, until: float, words: Any, unit: str) -> Estimate:
    """Return the mean time up to a time, with its interval; None where it is not estimable."""
    n, events = curve.table.n, int(curve.table.events.sum())
    found = restricted_mean(curve, until)
    if found is None:
        return Estimate(None, None, None, words, unit=unit, decimals=1, level=curve.level, n=n, events=events)
    value, error = found
    half = float(ndtri(1 - (1 - curve.level) / 2)) * error
    return Estimate(value, value - half, value + half, words, "number", unit, 1, curve.level, None, n, events)


def _plain(column: NDArray[Any]) -> list[float | int | None]:
    if np.issubdtype(column.dtype, np.integer):
        return [int(value) for value in column]
    return [none_if_nan(value) for value in column]

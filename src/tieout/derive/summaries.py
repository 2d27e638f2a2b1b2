"""Summaries of measurements: median, quartiles, range, mean and standard deviation, the unknown always
counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.masks import is_true
from tieout.derive.provenance import meaning, refuse
from tieout.derive.rows import made_of
from tieout.values.result import Results, Summary

QuantileType = Literal[7, 2]
_TYPE_WORDS = {7: "", 2: "quartiles of type 2 (SAS)"}


def quantile(values: NDArray[np.float64], share: Fraction, quantile_type: QuantileType = 7) -> float:
    """Return the quantile of known values, by R's type 7 (its default) or type 2 (SAS's default, PCTLDEF=5).

    Parameters
    ----------
    values : shape (n,), n > 0, without missing values.
    share : the probability, exact.
    quantile_type : 7 interpolates at (n - 1) p; 2 averages where n p is whole.

    Notes
    -----
    Agrees with R `quantile(type = 7)` and `quantile(type = 2)` to 1e-12; Hyndman and Fan (1996), Am Stat
    50:361.

    Examples
    --------
    >>> sample = np.array([1.0, 2.0, 3.0, 4.0])
    >>> quantile(sample, Fraction(1, 4)), quantile(sample, Fraction(1, 4), 2)
    (1.75, 1.5)
    """
    ordered = np.sort(values)
    if quantile_type == 7:
        place = (len(ordered) - 1) * share
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        part = float(place - below)
        return float(ordered[below] + part * (ordered[above] - ordered[below]))
    if quantile_type == 2:
        place = len(ordered) * share
        below = int(place)
        if place == below:
            return float((ordered[max(below - 1, 0)] + ordered[min(below, len(ordered) - 1)]) / 2)
        return float(ordered[below])
    raise refuse("quantile-type", "this type of quantile is unknown", have=quantile_type, need="7 or 2")


def summarize(
    values: pd.Series[Any],
    *,
    label: str,
    population: str,
    unit: str = "",
    decimals: int = 0,
    method: str = "",
    quantile_type: QuantileType = 7,
) -> Summary:
    """Summarise a measurement.

    Parameters
    ----------
    values : shape (n_patients,), numeric; NA is unknown and only counted.
    label, population, unit, method : the words of the result.
    decimals : how many decimals are printed (the mean and SD have one more).
    quantile_type : 7, R's default, or 2, SAS's default.

    Returns
    -------
    Summary
        all statistics None when nothing is known, the SD also when one value is; the SD divides by n - 1.

    Raises
    ------
    FindingsError
        when a value is infinite or no number.

    Examples
    --------
    >>> s = summarize(pd.Series([1, 2, 10, None]), label="Cycles", population="all")
    >>> s.n, s.missing, s.median, s.high
    (3, 1, 2.0, 10.0)
    """
    known = _known(values, label)
    words = meaning(label, population, method, _TYPE_WORDS.get(quantile_type, ""))
    missing = len(values) - len(known)
    if not len(known):
        nothing = Summary(0, missing, None, None, None, None, None, None, None, words, unit, decimals)
        return made_of(nothing, lambda: values)
    q1, middle, q3 = (quantile(known, Fraction(part, 4), quantile_type) for part in (1, 2, 3))
    sd = float(np.std(known, ddof=1)) if len(known) > 1 else None
    made = Summary(
        n=len(known),
        missing=missing,
        median=middle,
        q1=q1,
        q3=q3,
        low=float(known.min()),
        high=float(known.max()),
        mean=float(known.mean()),
        sd=sd,
        meaning=words,
        unit=unit,
        decimals=decimals,
    )
    return made_of(made, lambda: values)


def summarize_by(
    values: pd.Series[Any],
    groups: pd.Series[Any],
    *,
    levels: Mapping[str, tuple[object, str]],
    label: str,
    population: str,
    unit: str = "",
    decimals: int = 0,
    quantile_type: QuantileType = 7,
) -> Results:
    """Summarise a measurement in each group; a row whose group is unknown is in none.

    Parameters
    ----------
    values, groups : shape (n_patients,), the same rows.
    levels : identifier -> (value of the group, label of the group).

    Examples
    --------
    >>> made = summarize_by(pd.Series([1, 2, 6]), pd.Series(["x", "y", "y"]),
    ...     levels={"first": ("x", "X"), "second": ("y", "Y")}, label="Cycles", population="all")
    >>> made["second"].median
    4.0
    """
    return Results(
        {
            name: summarize(
                values[is_true(groups == value)],
                label=label,
                population=f"{population}, {group}",
                unit=unit,
                decimals=decimals,
                quantile_type=quantile_type,
            )
            for name, (value, group) in levels.items()
        }
    )


def _known(values: pd.Series[Any], label: str) -> NDArray[np.float64]:
    if not pd.api.types.is_numeric_dtype(values.dtype) and values.notna().any():
        raise refuse("number", f"“{label}” is not a column of numbers", have=values.dtype)
    known = values.dropna().to_numpy(dtype=np.float64)
    if not np.isfinite(known).all():
        raise refuse("infinite", f"“{label}” holds infinite values", rows=int((~np.isfinite(known)).sum()))
    return known

"""Standardised differences: how far two groups lie apart, whatever their size."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from tieout.derive.comparisons import Levels, complete, cross_table, samples
from tieout.derive.groups import Grouping
from tieout.derive.linear import quadratic
from tieout.derive.provenance import meaning
from tieout.values.result import Estimate


def standardized_difference(
    values: pd.Series[Any], group: Grouping, *, label: str, population: str
) -> Estimate:
    """Return the difference of two groups' means in units of their common standard deviation.

    For a category there is `standardized_difference_of_levels`.

    Parameters
    ----------
    values : shape (n_patients,); NA is left out, as is a patient of unknown group; the method says how many
        remain.
    group : two levels, each with known values.
    label, population : the words of the result.

    Returns
    -------
    Estimate
        first level minus second, without an interval; None when nothing varies or a group has one value.

    Raises
    ------
    FindingsError
        when there are not two groups with known values.

    Notes
    -----
    (m1 - m2) / sqrt((s1^2 + s2^2) / 2), first level minus second; Austin (2009), Stat Med 28:3083.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> age = pd.Series([1.0, 3.0, 2.0, 4.0])
    >>> round(standardized_difference(age, arm, label="Age", population="all").value, 4)
    -0.7071
    """
    one, two = samples(values, group, label, groups=2)
    value = None
    if len(one) > 1 and len(two) > 1 and (spread := (one.var(ddof=1) + two.var(ddof=1)) / 2) > 0:
        value = float((one.mean() - two.mean()) / sqrt(spread))
    about = meaning(label, population, "standardised difference of means", complete(values, group))
    return Estimate(value, None, None, about, n=len(one) + len(two))


def standardized_difference_of_levels(
    values: pd.Series[Any], levels: Levels, group: Grouping, *, label: str, population: str
) -> Estimate:
    """Return the distance of two groups' proportions over all levels, in units of their covariance.

    Parameters
    ----------
    values, levels : the category, shape (n_patients,), and its levels; the unknown are left out, as are
        levels that nobody has.
    group : two levels.
    label, population : the words of the result.

    Returns
    -------
    Estimate
        0 or more; None where one group is empty, fewer than two levels are left, or nothing varies.

    Notes
    -----
    Yang and Dalton (2012), SAS Global Forum 335-2012; for two levels it is |p1 - p2| / sqrt((p1 q1 + p2 q2) /
    2).

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> answer, levels = pd.Series(["y", "n", "y", "y"]), {"yes": ("y", "Yes"), "no": ("n", "No")}
    >>> made = standardized_difference_of_levels(answer, levels, arm, label="Answer", population="all")
    >>> round(made.value, 4)
    1.4142
    """
    table = cross_table(values, levels, group)
    value = None
    if table.shape[1] == 2 and table.shape[0] > 1:
        shares = table[1:] / table.sum(axis=0)
        one, two = shares[:, 0], shares[:, 1]
        spread = sum((np.diag(p) - np.outer(p, p) for p in (one, two)), np.zeros((len(one), len(one)))) / 2
        square = quadratic(one - two, spread)
        value = None if square is None else sqrt(square)
    about = meaning(label, population, "standardised difference of proportions", complete(values, group))
    return Estimate(value, None, None, about, n=int(table.sum()))

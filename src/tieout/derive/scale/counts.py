"""Millions of times to event as counts at each distinct time, which are all that the estimators look at.

Whole days are counted, not sorted; other times are sorted once. What the estimators
make of the counts is theirs (`product_limit`, `log_rank`, `competing`): nothing is estimated twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from tieout.derive.competing import IncidenceCurve, Variance, incidence_of_counts
from tieout.derive.log_rank_tests import LogRank, log_rank_sums, tested
from tieout.derive.product_limit import Booleans, Floats, Integers, RiskTable, survival_curve
from tieout.derive.protocol import ConfType
from tieout.derive.provenance import refuse

_CHUNK = 1 << 18  # rows counted at once: they stay in the processor's cache
_LONGEST = 1 << 24  # days; beyond (45,000 years) something else than days is counted


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many leave at each distinct time, by group and cause.

    Attributes
    ----------
    time : shape (n_times,), ascending.
    leaving : shape (groups, causes + 1, n_times); cause 0 is censored. Times stand last, so that sums over
        groups and causes run along whole arrays.
    """

    time: Floats
    leaving: Integers

    def at_risk(self) -> Integers:
        """Return how many of each group are at risk just before each time, shape (groups, n_times)."""
        return _from_here(self.leaving.sum(axis=1))


def count_days(
    day: NDArray[np.integer],
    cause: NDArray[np.integer] | Booleans,
    group: NDArray[np.integer] | None = None,
    *,
    causes: int = 1,
    groups: int = 1,
) -> Counts:
    """Count whole days.

    Parameters
    ----------
    day : shape (n,), whole numbers, not negative.
    cause : shape (n,), 0 or False for censored, else 1 to `causes`.
    group : shape (n,), 0 to `groups` - 1; None for one group.

    Raises
    ------
    FindingsError
        when a day is negative, or no number of days.

    Examples
    --------
    >>> made = count_days(np.array([5, 3, 3]), np.array([True, True, False]))
    >>> made.time.tolist(), made.leaving[0].tolist()
    ([3.0, 5.0], [[1, 0], [1, 1]])
    """
    if not len(day):
        return Counts(np.zeros(0), np.zeros((groups, causes + 1, 0), dtype=np.int64))
    last = int(day.max())
    if int(day.min()) < 0 or last >= _LONGEST:
        raise refuse("time", "times are negative or no number of days", have=f"{int(day.min())} to {last}")
    width = groups * (causes + 1)
    size = (last + 1) * width
    found = np.zeros(size, dtype=np.int64)
    step = max(_CHUNK, size)  # no chunk smaller than the table that it adds to
    for start in range(0, len(day), step):
        part = slice(start, start + step)
        cell = day[part].astype(np.int64) * width + cause[part]
        if group is not None:
            cell += group[part].astype(np.int64) * (causes + 1)
        found += np.bincount(cell, minlength=size)
    table = found.reshape(last + 1, groups, causes + 1)
    present = np.flatnonzero(table.any(axis=(1, 2)))
    return Counts(present.astype(np.float64), np.ascontiguousarray(table[present].transpose(1, 2, 0)))


def count_times(
    time: Floats,
    cause: NDArray[np.integer] | Booleans,
    group: NDArray[np.integer] | None = None,
    *,
    causes: int = 1,
    groups: int = 1,
) -> Counts:
    """Count times that are no whole days; arguments as for `count_days`.

    Examples
    --------
    >>> count_times(np.array([0.5, 0.25, 0.5]), np.array([1, 0, 1])).leaving[0].tolist()
    [[1, 0], [0, 2]]
    """
    width = groups * (causes + 1)
    order = np.argsort(time)
    ordered = time[order]
    if len(ordered) and not (ordered[0] >= 0 and np.isfinite(ordered[-1])):
        raise refuse("time", "times are missing or negative")
    cell = np.zeros(len(time), dtype=np.int16) if group is None else group.astype(np.int16) * (causes + 1)
    cell = (cell + cause)[order]
    starts = (
        np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, dtype=bool)
    )
    distinct = ordered[starts]
    if len(distinct) == len(ordered):
        leaving = np.stack([cell == one for one in range(width)]).astype(np.int64)
    else:
        place = np.cumsum(starts) - 1 + cell.astype(np.int64) * len(distinct)
        leaving = np.bincount(place, minlength=width * len(distinct))
    return Counts(distinct, leaving.reshape(groups, causes + 1, len(distinct)))


def counts_of_table(rows: pd.DataFrame, *, causes: int = 1, groups: int = 1) -> Counts:
    """Return the counts of a table of `day`, `cause`, `group` and `n`, as `day_counts` gives it."""
    time, place = np.unique(rows["day"].to_numpy(), return_inverse=True)
    leaving = np.zeros((groups, causes + 1, len(time)), dtype=np.int64)
    np.add.at(leaving, (rows["group"].to_numpy(), rows["cause"].to_numpy(), place), rows["n"].to_numpy())
    return Counts(time.astype(np.float64), leaving)


def risk_table_of(counts: Counts, group: int | None = None) -> RiskTable:
    """Return the table from which `survival_curve` estimates, of all or of one group, for any cause."""
    leaving = counts.leaving.sum(axis=0) if group is None else counts.leaving[group]
    time, censored, events = counts.time, leaving[0], leaving[1:].sum(axis=0)
    if group is not None:
        present = censored + events > 0
        time, censored, events = time[present], censored[present], events[present]
    at_risk = _from_here(censored + events)
    return RiskTable(time, at_risk, events, censored, int(at_risk[0]) if len(time) else 0)


def log_rank_of(counts: Counts, *, rho: float = 0.0, gamma: float = 0.0) -> LogRank:
    """Return the log-rank test between the groups, as `log_rank_counts` does from rows.

    Examples
    --------
    >>> days, group = np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1])
    >>> made = log_rank_of(count_days(days, np.ones(4, dtype=bool), group, groups=2))
    >>> round(made.statistic, 4), round(p_value(made), 4)
    (2.8824, 0.0896)
    """
    events = counts.leaving[:, 1:].sum(axis=1)
    here = events.sum(axis=0) > 0
    before = np.ones(int(here.sum()))
    if rho or gamma:
        survival = survival_curve(risk_table_of(counts)).survival
        before = np.concatenate(([1.0], survival[:-1]))[here]
    weight = before**rho * (1 - before) ** gamma
    at_risk, dead = (column[:, here].astype(np.float64).T for column in (counts.at_risk(), events))
    return tested(*log_rank_sums(at_risk, dead, weight))


def p_value(test: LogRank) -> float | None:
    """Return the probability of a statistic as large or larger, None where there is no statistic."""
    return None if test.statistic is None else float(chdtrc(test.df, test.statistic))


def incidence_of(
    counts: Counts,
    of: int,
    *,
    variance: Variance = "aalen",
    conf_type: ConfType = "log-log",
    level: float = 0.95,
) -> IncidenceCurve:
    """Return the cumulative incidence of one cause in all groups together, as `cumulative_incidence` does."""
    mine = counts.leaving[:, of].sum(axis=0).astype(np.float64)
    return incidence_of_counts(
        risk_table_of(counts), mine, variance=variance, conf_type=conf_type, level=level
    )


def _from_here(leaving: Integers) -> Integers:
    """Return the sums from each time on, along the last axis."""
    made: Integers = np.cumsum(leaving[..., ::-1], axis=-1)[..., ::-1]
    return made

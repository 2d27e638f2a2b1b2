"""Competing risks on counts per distinct time: cumulative incidence with both variances, and Gray's test.

Our own because lifelines breaks ties at random: `docs/decisions/tie-rule.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tieout.derive.linear import quadratic
from tieout.derive.log_rank_tests import counts_by_group
from tieout.derive.product_limit import Floats, Integers, RiskTable, bounds, risk_table, sums_at
from tieout.derive.protocol import ConfType

Variance = Literal["delta", "aalen"]


@dataclass(frozen=True, slots=True, eq=False)
class IncidenceCurve:
    """The cumulative incidence of one cause at each distinct time, with its variance and interval."""

    time: Floats
    at_risk: Integers
    events: Integers
    others: Integers
    censored: Integers
    incidence: Floats
    variance: Floats
    low: Floats
    high: Floats
    level: float
    n: int


def cumulative_incidence(
    time: NDArray[np.generic],
    cause: Integers,
    of: int,
    *,
    entry: NDArray[np.generic] | None = None,
    variance: Variance = "aalen",
    conf_type: ConfType = "log-log",
    level: float = 0.95,
) -> IncidenceCurve:
    """Estimate the cumulative incidence of one cause by Aalen and Johansen.

    Parameters
    ----------
    time : shape (n,).
    cause : shape (n,), 0 for censored, else the cause.
    of : the cause of interest.
    entry : delayed entry, or None.
    variance : "aalen" as R `cmprsk::cuminc`, or "delta" as R `survfit`.
    conf_type : the scale of the interval; R `survfit` takes "log".

    Notes
    -----
    Agrees with `cuminc` and `survfit` of R to 1e-8. Aalen (1978), Ann Stat 6:534; Marubini and Valsecchi
    (1995).
    """
    table = risk_table(time, cause > 0, entry)
    place = np.searchsorted(table.time, time.astype(np.float64))
    mine = sums_at(place, cause == of, len(table.time))
    return incidence_of_counts(table, mine, variance=variance, conf_type=conf_type, level=level)


def incidence_of_counts(
    table: RiskTable,
    mine: Floats,
    *,
    variance: Variance = "aalen",
    conf_type: ConfType = "log-log",
    level: float = 0.95,
) -> IncidenceCurve:
    """Return the cumulative incidence of one cause from counts at each distinct time.

    Parameters
    ----------
    table : counts of events of any cause.
    mine : shape (n_times,), the events of the cause of interest.
    variance, conf_type, level : as for `cumulative_incidence`.
    """
    n, d = table.at_risk.astype(np.float64), table.events.astype(np.float64)
    after = np.cumprod(np.where(d > 0, 1 - d / np.maximum(n, 1), 1.0), dtype=np.float64)
    before = np.concatenate(([1.0], after[:-1]))
    incidence = np.cumsum(np.where(mine > 0, before * mine / np.maximum(n, 1), 0.0), dtype=np.float64)
    steps = _Steps(n, mine, d - mine, before, after, incidence)
    spread = _aalen(steps) if variance == "aalen" else _delta(steps)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(incidence > 0, spread / incidence**2, 0.0)
    low, high = bounds(incidence, relative, conf_type, level)
    events = mine.astype(np.int64)
    return IncidenceCurve(
        table.time,
        table.at_risk,
        events,
        table.events - events,
        table.censored,
        incidence,
        spread,
        low,
        high,
        level,
        table.n,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """At each distinct time: at risk, events of the cause and of others, S just before and after, F."""

    n: Floats
    mine: Floats
    others: Floats
    before: Floats
    after: Floats
    incidence: Floats


def _aalen(steps: _Steps) -> Floats:
    """Aalen's variance with the hypergeometric correction for ties, as cmprsk."""
    n, mine, others, incidence = steps.n, steps.mine, steps.others, steps.incidence
    before, after = steps.before, steps.after
    with np.errstate(divide="ignore", invalid="ignore"):
        back = np.where(after > 0, 1 / after, 0.0)
        of_mine = np.where(mine > 0, before**2 * _tied(mine, n) * mine / n**2, 0.0)
        of_others = np.where((others > 0) & (after > 0), before**2 * _tied(others, n) * others / n**2, 0.0)
    here = incidence * back
    squares = (1 + here) ** 2 * of_mine + here**2 * of_others
    crossed = back * ((1 + here) * of_mine + here * of_others)
    inverses = back**2 * (of_mine + of_others)
    made = np.cumsum(squares) + incidence**2 * np.cumsum(inverses) - 2 * incidence * np.cumsum(crossed)
    return _held(made, mine)


def _delta(steps: _Steps) -> Floats:
    """The delta method's variance (Marubini and Valsecchi), which R's multi-state survfit gives too."""
    n, mine, before, incidence = steps.n, steps.mine, steps.before, steps.incidence
    d = mine + steps.others
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where((d > 0) & (n > d), d / (n * (n - d)), 0.0)
        own = np.where(mine > 0, before**2 * mine * (n - mine) / n**3, 0.0)
        cross = np.where(mine > 0, before * mine / n**2, 0.0)
    total, first, second = np.cumsum(hazard), np.cumsum(hazard * incidence), np.cumsum(hazard * incidence**2)
    made = incidence**2 * total - 2 * incidence * first + second + np.cumsum(own)
    made -= 2 * (incidence * np.cumsum(cross) - np.cumsum(cross * incidence))
    positive: Floats = np.maximum(made, 0.0)
    return positive


def _held(variance: Floats, mine: Floats) -> Floats:
    """The variance changes only where the incidence does, as cmprsk has it."""
    last = np.maximum.accumulate(np.where(mine > 0, np.arange(len(mine)), -1))
    made: Floats = np.where(last >= 0, variance[np.maximum(last, 0)], 0.0).astype(np.float64)
    return made


def _tied(d: Floats, n: Floats) -> Floats:
    made: Floats = np.where(d > 1, 1 - (d - 1) / np.maximum(n - 1, 1), 1.0)
    return made


def gray_test(
    time: NDArray[np.generic],
    cause: Integers,
    of: int,
    group: Integers,
    *,
    groups: int,
    rho: float = 0.0,
    strata: Integers | None = None,
) -> tuple[float | None, int]:
    """Compare cumulative incidences between groups: Gray's statistic and its degrees of freedom.

    Parameters
    ----------
    time, cause, group : shape (n,); groups are 0 to `groups` - 1.
    of : the cause of interest.
    rho : the power of the weight (1 - F(t-)).
    strata : shape (n,), or None.

    Notes
    -----
    Agrees with R `cmprsk::cuminc` to 1e-8; Gray (1988), Ann Stat 16:1141.
    """
    present = np.flatnonzero(np.bincount(group, minlength=groups))
    relabelled, count = np.searchsorted(present, group), len(present)
    if count < 2:
        return None, 0
    blocks = np.zeros(len(time), dtype=np.int64) if strata is None else strata
    score, variance = np.zeros(count - 1), np.zeros((count - 1, count - 1))
    for block in np.unique(blocks):
        inside = blocks == block
        one = _gray_stratum(
            time[inside], cause[inside] == of, cause[inside] > 0, relabelled[inside], groups=count, rho=rho
        )
        score, variance = score + one[0], variance + one[1]
    return quadratic(score, variance), count - 1


def _gray_stratum(
    time: NDArray[np.generic],
    is_mine: NDArray[np.bool_],
    is_event: NDArray[np.bool_],
    group: Integers,
    *,
    groups: int,
    rho: float,
) -> tuple[Floats, Floats]:
    """Return the scores of all groups but the last and their covariance, in the notation of Gray's paper.

    R_i = at_risk (1 - F_i) / S_i and h_i = at_risk / S_i just before each time; `pooled` is the common
    incidence.
    """
    distinct = np.unique(time[is_event]).astype(np.float64)
    if not len(distinct):
        return np.zeros(groups - 1), np.zeros((groups - 1, groups - 1))
    n, mine = counts_by_group(distinct, *_until(distinct, time, is_mine, group), groups=groups)
    _, others = counts_by_group(distinct, *_until(distinct, time, is_event & ~is_mine, group), groups=groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(n > 0, (n - mine - others) / n, 1.0)
    after = np.cumprod(steps, axis=0)
    before = np.vstack((np.ones(groups), after[:-1]))
    gains = np.where(n > 0, before * mine / np.maximum(n, 1), 0.0)
    own = np.vstack((np.zeros(groups), np.cumsum(gains, axis=0)[:-1]))
    here = n > 0
    h = np.where(here, n / np.where(before > 0, before, 1.0), 0.0)
    total = h.sum(axis=1)
    adjusted = np.where(here, h * (1 - own), 0.0)
    mine_all = mine.sum(axis=1)
    pooled_after = np.cumsum(mine_all / total)
    pooled_before = np.concatenate(([0.0], pooled_after[:-1]))
    weight = (1 - pooled_before) ** rho
    expected = mine_all[:, None] * adjusted / adjusted.sum(axis=1)[:, None]
    score = (weight[:, None] * np.where(here, mine - expected, 0.0)).sum(axis=0)
    # a[t, i, j]: the derivative of score i with respect to the hazard in group j; c sums it over time
    share = h / total[:, None]
    a = weight[:, None, None] * (h[:, :, None] * np.eye(groups) - h[:, :, None] * share[:, None, :])
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(mine_all > 0, mine_all / (total * (1 - pooled_before)), 0.0)
    if not np.isfinite(rate).all():  # events after the common incidence has reached 1: there is no such test
        return score[: groups - 1], np.full((groups - 1, groups - 1), np.nan)
    c = np.cumsum(a * rate[:, None, None], axis=0)
    left = np.where(after > 0, (1 - pooled_after)[:, None] / np.where(after > 0, after, 1.0), 0.0)
    last = c[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        tie = np.where(
            mine_all[:, None] > 1, 1 - (mine_all[:, None] - 1) / (total[:, None] * before - 1), 1.0
        )
        size = np.where(here, tie * before * mine_all[:, None] / (total[:, None] * np.maximum(n, 1)), 0.0)
        other_tie = _tied(others, n)
        other_size = np.where(
            (after > 0) & (others > 0), other_tie * before**2 * others / np.maximum(n, 1) ** 2, 0.0
        )
    toward = 1 - left
    first = a - toward[:, None, :] * c + toward[:, None, :] * last[None]
    second = -left[:, None, :] * c + left[:, None, :] * last[None]
    spread = np.einsum("tk,tik,tjk->ij", size, first, first, optimize=False)
    spread = spread + np.einsum("tk,tik,tjk->ij", other_size, second, second, optimize=False)
    keep = slice(0, groups - 1)
    return score[keep], spread[keep, keep]


def _until(
    distinct: Floats, time: NDArray[np.generic], holds: NDArray[np.bool_], group: Integers
) -> tuple[Floats, NDArray[np.bool_], Integers]:
    """Return rows with their times moved down to the last event time, where they count as at risk until."""
    place = np.searchsorted(distinct, time.astype(np.float64), side="right") - 1
    inside = place >= 0
    return distinct[place[inside]], holds[inside], group[inside]

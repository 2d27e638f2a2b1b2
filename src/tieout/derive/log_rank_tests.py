"""The log-rank test and its weighted and stratified kin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from tieout.derive.groups import Grouping, require_known
from tieout.derive.linear import quadratic
from tieout.derive.observed import tell
from tieout.derive.product_limit import Booleans, Floats, Integers, risk_table, sums_at, survival_curve
from tieout.derive.provenance import meaning
from tieout.values.result import HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """Observed and expected events a group (weighted), their covariance, the statistic and degrees of
    freedom.
    """

    observed: Floats
    expected: Floats
    variance: Floats
    statistic: float | None
    df: int


def log_rank_counts(
    time: NDArray[np.generic],
    is_event: Booleans,
    group: Integers,
    groups: int,
    *,
    strata: Integers | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    entry: NDArray[np.generic] | None = None,
) -> LogRank:
    """Compute a weighted, stratified log-rank test.

    Parameters
    ----------
    time, is_event, group : shape (n,); groups are 0 to `groups` - 1.
    strata : shape (n,), or None for one.
    rho, gamma : Fleming and Harrington's weight S(t-)^rho (1 - S(t-))^gamma, S of all groups of the stratum
        together.
    entry : delayed entry, shape (n,), or None.

    Notes
    -----
    Agrees with R `survdiff(rho = )` to 1e-8; groups without expected events do not count.
    """
    observed, expected = np.zeros(groups), np.zeros(groups)
    variance = np.zeros((groups, groups))
    blocks = np.zeros(len(time), dtype=np.int64) if strata is None else strata
    for block in np.unique(blocks):
        inside = blocks == block
        late = None if entry is None else entry[inside]
        counts = _Rows(time[inside], is_event[inside], group[inside], groups, late)
        made = _one_stratum(counts, rho, gamma)
        observed, expected, variance = observed + made[0], expected + made[1], variance + made[2]
    return tested(observed, expected, variance)


def tested(observed: Floats, expected: Floats, variance: Floats) -> LogRank:
    """Return the test from its sums by group; groups without expected events do not count."""
    used = np.flatnonzero(expected > 0)
    statistic = None
    if len(used) > 1:
        rest = used[1:]
        statistic = quadratic((observed - expected)[rest], variance[np.ix_(rest, rest)])
    return LogRank(observed, expected, variance, statistic, max(len(used) - 1, 0))


def log_rank(
    times: pd.DataFrame,
    group: Grouping,
    *,
    label: str,
    population: str,
    strata: pd.Series[Any] | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> HypothesisTest:
    """Test whether survival differs between groups.

    Parameters
    ----------
    times : from `time_to_event`; `entry_days` is respected.
    group : the grouping, known at time zero.
    label, population : the words of the result.
    strata : shape (n_patients,), or None. Patients whose group or stratum is unknown are left out and counted
        in the method.
    rho, gamma : 0, 0 is the log-rank test; rho 1 gives more weight to early events, gamma 1 to late ones.

    Raises
    ------
    FindingsError
        `derive/immortal-time` when the grouping is known only after the clock starts.

    Notes
    -----
    Agrees with R `survdiff` to 1e-8; Mantel (1966), Cancer Chemother Rep 50:163; Fleming and Harrington
    (1991).

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> times = pd.DataFrame({"time_days": [1, 2, 3, 4], "is_event": True})
    >>> two = {"a": ("a", "A"), "b": ("b", "B")}
    >>> arm = grouping(pd.Series(["a", "a", "b", "b"]), levels=two, label="Arm", known_at=0)
    >>> round(log_rank(times, arm, label="Survival by arm", population="all").statistic, 4)
    2.8824
    """
    require_known(group, times)
    codes = group.codes(times.index)
    blocks = np.zeros(len(times), dtype=np.int64)
    if strata is not None:
        blocks = pd.factorize(strata.reindex(times.index), sort=True)[0].astype(np.int64)
    complete = (codes >= 0) & (blocks >= 0)
    part = times[complete]
    entry = part["entry_days"].to_numpy() if "entry_days" in part else None
    made = log_rank_counts(
        part["time_days"].to_numpy(),
        part["is_event"].to_numpy(dtype=bool),
        codes[complete],
        len(group.levels),
        strata=blocks[complete],
        rho=rho,
        gamma=gamma,
        entry=entry,
    )
    name = "log-rank test" if rho == gamma == 0 else f"Fleming-Harrington test, rho {rho:g}, gamma {gamma:g}"
    words = (
        f"stratified by {strata.name}" if strata is not None else "",
        f"{len(part)} of {len(times)} patients with complete data" if len(part) < len(times) else "",
        str(times.attrs.get("definition", "")),
    )
    p = None if made.statistic is None else float(chdtrc(made.df, made.statistic))
    test = HypothesisTest(p, meaning(label, population, name, *words), made.statistic, float(made.df))
    tell(
        "log-rank",
        test,
        time=part["time_days"].to_numpy(),
        is_event=part["is_event"].to_numpy(dtype=bool),
        group=codes[complete],
        strata=blocks[complete] if strata is not None else None,
        rho=rho,
        gamma=gamma,
        entry=entry,
    )
    return test


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    time: NDArray[np.generic]
    is_event: Booleans
    group: Integers
    groups: int
    entry: NDArray[np.generic] | None


def _one_stratum(rows: _Rows, rho: float, gamma: float) -> tuple[Floats, Floats, Floats]:
    whole = risk_table(rows.time, rows.is_event, rows.entry)
    before = np.concatenate(([1.0], survival_curve(whole).survival[:-1]))
    weight = before**rho * (1 - before) ** gamma
    at_risk, events = counts_by_group(
        whole.time, rows.time, rows.is_event, rows.group, groups=rows.groups, entry=rows.entry
    )
    return log_rank_sums(at_risk, events, weight)


def log_rank_sums(at_risk: Floats, events: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the observed and expected events a group and their covariance, from counts at each time.

    Parameters
    ----------
    at_risk, events : shape (n_times, groups).
    weight : shape (n_times,).
    """
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    here = d > 0
    share = at_risk[here] / n[here, None]
    w, dead = weight[here], d[here]
    observed = (w[:, None] * events[here]).sum(axis=0)
    expected = (w[:, None] * dead[:, None] * share).sum(axis=0)
    scale = np.where(n[here] > 1, dead * (n[here] - dead) / np.maximum(n[here] - 1, 1), 0.0) * w**2
    spread = np.diag((scale[:, None] * share).sum(axis=0))
    return observed, expected, spread - np.einsum("t,ti,tj->ij", scale, share, share, optimize=False)


def counts_by_group(
    distinct: Floats,
    time: NDArray[np.generic],
    is_event: Booleans,
    group: Integers,
    *,
    groups: int,
    entry: NDArray[np.generic] | None = None,
) -> tuple[Floats, Floats]:
    """Return the numbers at risk and the events of each group at each distinct time, shape (n_times,
    groups).
    """
    place = np.searchsorted(distinct, time.astype(np.float64))
    cell = place * groups + group
    size = len(distinct) * groups
    events = sums_at(cell, is_event, size).reshape(-1, groups)
    leaving = np.bincount(cell, minlength=size).reshape(-1, groups).astype(np.float64)
    at_risk: Floats = np.cumsum(leaving[::-1], axis=0, dtype=np.float64)[::-1]
    if entry is not None:
        # who enters at or after a time is not yet at risk at it
        first = np.searchsorted(distinct, entry.astype(np.float64), side="right") - 1
        inside = first >= 0
        late = np.bincount(first[inside] * groups + group[inside], minlength=size).reshape(-1, groups)
        at_risk = at_risk - np.cumsum(late[::-1], axis=0)[::-1]
    return at_risk, events

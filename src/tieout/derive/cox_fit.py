"""Cox regression on sorted arrays: partial likelihood with Efron's or Breslow's ties, strata and delayed
entry.

All sums run over "ticks", the distinct event times of each stratum; a row is at risk from its first tick to
its last. Nothing here calls BLAS (see `linear`). Where the likelihood has no maximum, risks run to 0 and
infinity: numpy's warnings of that are off, the covariance is infinite, and the results say "not estimable".
Therneau and Grambsch (2000), Modeling Survival Data, gives the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tieout.derive.linear import inverse, quadratic, solve, weighted_outer
from tieout.derive.product_limit import Booleans, Floats, Integers, sums_at
from tieout.derive.provenance import refuse

Ties = Literal["efron", "breslow"]
_HALVINGS = 60  # a step so small changes nothing any more


@dataclass(frozen=True, slots=True, eq=False)
class Ticks:
    """When rows are at risk, in ticks.

    `first` and `last` bound each row's ticks (none when last < first); `start` and `stop` bound each
    stratum's. `leaves` is each row's last tick, or one past all ticks where it has none; `late` are the rows
    that enter after their stratum's first tick. `event_row` are the rows with an event in the order of ticks,
    `event_tick` their ticks, `share` Efron's l / d.
    """

    first: Integers
    last: Integers
    start: Integers
    stop: Integers
    leaves: Integers
    late: Integers
    time: Floats
    event_row: Integers
    event_tick: Integers
    share: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit:
    """Coefficients on the scale of the covariates, their model-based covariance, and the log likelihoods."""

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    score_statistic: float | None
    iterations: int
    covariates: Floats
    ticks: Ticks


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What one pass gives at given coefficients, all at the level of single events (after Efron's split of
    ties).
    """

    risk: Floats
    denominator: Floats
    mean: Floats
    log_likelihood: float
    score: Floats


def make_ticks(
    time: NDArray[np.generic],
    is_event: Booleans,
    *,
    ties: Ties = "efron",
    strata: Integers | None = None,
    entry: NDArray[np.generic] | None = None,
) -> Ticks:
    """Place rows on the ticks of their strata.

    Parameters
    ----------
    time, is_event, strata, entry : shape (n,); a row is at risk at t when `entry < t <= time`.
    """
    size = len(time)
    blocks = np.zeros(size, dtype=np.int64) if strata is None else strata
    first, last = np.zeros(size, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    starts, stops, moments, done = [], [], [], 0
    for block in np.unique(blocks):
        inside = blocks == block
        distinct = np.unique(time[inside & is_event])
        last[inside] = done + np.searchsorted(distinct, time[inside], side="right") - 1
        begin = 0 if entry is None else np.searchsorted(distinct, entry[inside], side="right")
        first[inside] = done + begin
        starts.append(done)
        done += len(distinct)
        stops.append(done)
        moments.append(distinct.astype(np.float64))
    rows = np.flatnonzero(is_event)
    rows = rows[np.argsort(last[rows], kind="stable")]
    ticks = last[rows]
    tied = np.bincount(ticks, minlength=done)
    order = np.arange(len(rows)) - (np.cumsum(tied) - tied)[ticks]
    share = order / tied[ticks] if ties == "efron" else np.zeros(len(rows))
    begins = np.array(starts, dtype=np.int64)
    enters_late = (last >= first) & ~np.isin(first, begins)
    return Ticks(
        first,
        last,
        begins,
        np.array(stops, dtype=np.int64),
        np.where(last >= first, last, done),
        np.flatnonzero(enters_late),
        np.concatenate(moments) if moments else np.zeros(0),
        rows,
        ticks,
        share,
    )


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def fit_cox(covariates: Floats, ticks: Ticks, *, tolerance: float = 1e-12, most: int = 40) -> CoxFit:
    """Maximise the partial likelihood by Newton's method with halving of steps.

    Parameters
    ----------
    covariates : shape (n, p), without missing values.
    ticks : from `make_ticks`.
    tolerance : relative change of the log likelihood at which to stop.
    most : iterations.

    Raises
    ------
    FindingsError
        when there is no event, a covariate is not finite, or the covariates determine each other.
    """
    if not np.isfinite(covariates).all():
        raise refuse("cox", "a covariate is infinite or missing", "leave these rows out by a reason")
    if not len(ticks.event_row):
        raise refuse("cox", "a Cox model needs at least one event")
    middle, scale = covariates.mean(axis=0), np.abs(covariates - covariates.mean(axis=0)).mean(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    x = np.asfortranarray((covariates - middle) / scale)  # every sum below runs along a column
    beta = np.zeros(x.shape[1])
    here = _sums(x, beta, ticks)
    start = here
    score_statistic = quadratic(here.score, information(x, here, ticks))
    rounds = 0
    for rounds in range(1, most + 1):
        step = solve(information(x, here, ticks), here.score)
        if step is None:
            if rounds == 1:
                raise refuse(
                    "cox-singular",
                    "the covariates determine each other, or one does not vary",
                    "leave one of them out",
                )
            break
        there = _sums(x, beta + step, ticks)
        for _ in range(_HALVINGS):
            if there.log_likelihood >= here.log_likelihood - 1e-9 * abs(here.log_likelihood):
                break
            step = step / 2
            there = _sums(x, beta + step, ticks)
        change = abs(there.log_likelihood - here.log_likelihood)
        beta, here = beta + step, there
        if change <= tolerance * abs(here.log_likelihood):
            break
    covariance = inverse(information(x, here, ticks))
    if covariance is None:
        covariance = np.full((len(beta), len(beta)), np.inf)
    return CoxFit(
        beta / scale,
        covariance / np.outer(scale, scale),
        here.log_likelihood,
        start.log_likelihood,
        score_statistic,
        rounds,
        covariates - middle,
        ticks,
    )


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def information(x: Floats, sums: _Sums, ticks: Ticks, weight: Floats | None = None) -> Floats:
    """Return the information matrix, each event's part times `weight` (shape (n_events,)).

    The sum over events of the weighted second moment is taken row by row: each row brings x x' times the sum
    of the weights over its ticks, less the part that Efron takes from those who have the event there.
    """
    w = np.ones(len(ticks.event_row)) if weight is None else weight
    per_event = w / sums.denominator
    by_row = _over_ticks(ticks, per_event) * sums.risk
    size = len(ticks.time)
    taken = sums_at(ticks.event_tick, per_event * ticks.share, size)
    by_row[ticks.event_row] -= taken[ticks.event_tick] * sums.risk[ticks.event_row]
    return weighted_outer(by_row, x) - weighted_outer(w, sums.mean)


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def score_residuals(fit: CoxFit) -> Floats:
    """Return each row's score residual, shape (n, p), on the scale of the covariates.

    Notes
    -----
    Agrees with R `residuals(coxph, type = "score")` to 1e-6.
    """
    x, ticks = fit.covariates, fit.ticks
    sums = _sums(x, fit.coefficients, ticks)
    size, p = len(ticks.time), x.shape[1]
    rate = 1 / sums.denominator
    total = _over_ticks(ticks, rate)
    moment = np.column_stack([_over_ticks(ticks, rate * sums.mean[:, j]) for j in range(p)])
    made = -sums.risk[:, None] * (x * total[:, None] - moment)
    k, rows = ticks.event_tick, ticks.event_row
    tied = np.bincount(k, minlength=size)[k]
    lost = sums_at(k, rate * ticks.share, size)[k]
    r = sums.risk[rows][:, None]
    for j in range(p):
        average = sums_at(k, sums.mean[:, j], size)[k] / tied
        taken = sums_at(k, rate * ticks.share * sums.mean[:, j], size)[k]
        made[rows, j] += (x[rows, j] - average) + r[:, 0] * (x[rows, j] * lost - taken)
    return made


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def robust_covariance(fit: CoxFit, clusters: Integers | None = None) -> Floats:
    """Return the sandwich covariance, residuals summed within clusters (by default each row is one).

    Notes
    -----
    Agrees with R `coxph(cluster = )` to 1e-6; Lin and Wei (1989), J Am Stat Assoc 84:1074.
    """
    residuals = score_residuals(fit)
    if clusters is not None:
        groups = int(clusters.max()) + 1
        columns = [sums_at(clusters, column, groups) for column in residuals.T]
        residuals = np.column_stack(columns)
    changes = np.einsum("ni,ij->nj", residuals, fit.covariance, optimize=False)
    return weighted_outer(np.ones(len(changes)), changes)


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def proportional_hazards(
    fit: CoxFit, moments: Floats, terms: list[list[int]]
) -> tuple[list[tuple[float | None, int]], tuple[float | None, int]]:
    """Return the score tests of proportional hazards of each term and of all: (chi-squared, degrees of
    freedom).

    Parameters
    ----------
    fit : the model.
    moments : g(t) of each tick, shape (n_ticks,).
    terms : the columns of each term.

    Notes
    -----
    The score test of adding x g(t), as R `cox.zph` since survival 3.0; agrees with it to 1e-6.
    """
    x, ticks, p = fit.covariates, fit.ticks, fit.covariates.shape[1]
    sums = _sums(x, fit.coefficients, ticks)
    g = moments[ticks.event_tick]
    g = g - g.mean()  # for the digits' sake: the test is the same without
    slope = (g[:, None] * (x[ticks.event_row] - sums.mean)).sum(axis=0)
    parts = [information(x, sums, ticks, w) for w in (np.ones(len(g)), g, g * g)]
    whole = np.block([[parts[0], parts[1]], [parts[1], parts[2]]])

    def test(columns: list[int]) -> tuple[float | None, int]:
        keep = [*range(p), *(p + column for column in columns)]
        u = np.concatenate((np.zeros(p), slope[columns]))
        return quadratic(u, whole[np.ix_(keep, keep)]), len(columns)

    return [test(term) for term in terms], test(list(range(p)))


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def _sums(x: Floats, beta: Floats, ticks: Ticks) -> _Sums:
    eta = (x * beta).sum(axis=1)
    top = float(eta.max()) if len(eta) else 0.0
    risk = np.exp(eta - top)
    k, rows, share = ticks.event_tick, ticks.event_row, ticks.share
    total = _at_ticks(ticks, risk)[k] - share * _of_events(ticks, risk)[k]
    moments = [
        (_at_ticks(ticks, risk * column)[k] - share * _of_events(ticks, risk * column)[k]) / total
        for column in x.T
    ]
    mean = np.array(moments).T if moments else np.zeros((len(rows), 0))  # columns stay whole
    score = (x[rows] - mean).sum(axis=0)
    # too long a step leaves no likelihood (NaN); the caller halves it
    log_likelihood = float((eta[rows] - top - np.log(total)).sum())
    return _Sums(risk, total, mean, log_likelihood, score)


def _at_ticks(ticks: Ticks, values: Floats) -> Floats:
    """Return the sum of a row's values over the rows at risk, at each tick."""
    size = len(ticks.time)
    leave = sums_at(ticks.leaves, values, size + 1)
    enter = sums_at(ticks.first[ticks.late], values[ticks.late], size)
    made = np.zeros(size)
    for start, stop in zip(ticks.start, ticks.stop, strict=True):
        made[start:stop] = np.cumsum(leave[start:stop][::-1])[::-1]
        if len(ticks.late):
            waiting = np.cumsum(enter[start:stop][::-1])[::-1]
            made[start : stop - 1] -= waiting[1:]
    return made


def _of_events(ticks: Ticks, values: Floats) -> Floats:
    """Return the sum of a row's values over the rows with an event, at each tick."""
    return sums_at(ticks.event_tick, values[ticks.event_row], len(ticks.time))


def _over_ticks(ticks: Ticks, per_event: Floats) -> Floats:
    """Return the sum of the events' values over each row's ticks at risk."""
    at = sums_at(ticks.event_tick, per_event, len(ticks.time))
    run = np.concatenate(([0.0], np.cumsum(at)))
    inside = ticks.last >= ticks.first
    return np.where(inside, run[ticks.last + 1] - run[np.minimum(ticks.first, len(at))], 0.0)

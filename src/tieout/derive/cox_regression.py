"""Cox regression as results: hazard ratios, joint tests, proportional hazards, concordance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr, ndtri

from tieout.derive.concordance import concordance
from tieout.derive.counts import count
from tieout.derive.cox_fit import (
    CoxFit,
    Ties,
    fit_cox,
    make_ticks,
    proportional_hazards,
    robust_covariance,
)
from tieout.derive.groups import Grouping, require_known
from tieout.derive.linear import quadratic
from tieout.derive.observed import tell
from tieout.derive.product_limit import Floats, Integers, risk_table, survival_curve
from tieout.derive.provenance import meaning, refuse
from tieout.values.result import Estimate, HypothesisTest, Result, Results

Transform = Literal["km", "identity", "log", "rank"]
_UNBOUNDED = (
    50.0  # a standard error of so many e-folds over a covariate's range: the likelihood has no maximum
)


@dataclass(frozen=True, slots=True, eq=False)
class Covariate:
    """A number in a regression.

    Attributes
    ----------
    name : the key of its hazard ratio.
    values : shape (n_rows,); NA leaves the row out.
    label : what it is called, with the step: "Age, per 10 years".
    per : the hazard ratio is that of so large a step.
    known_at : days from time zero at which the value is known, as for a `Grouping`.
    """

    name: str
    values: pd.Series[Any]
    label: str
    per: float = 1.0
    known_at: int | pd.Series[Any] = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """One column of the design: where its hazard ratio goes, and what it is called."""

    term: str
    key: str
    label: str
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """A fitted model with what its results need."""

    fit: CoxFit
    covariance: Floats
    columns: Sequence[_Column]
    rows: pd.DataFrame
    strata: Integers | None
    words: Sequence[str]
    population: str
    level: float
    n: int
    events: int


Term: TypeAlias = Covariate | tuple[str, Grouping]


def cox(
    times: pd.DataFrame,
    terms: Sequence[Term],
    *,
    population: str,
    method: str = "",
    ties: Ties = "efron",
    strata: pd.Series[Any] | None = None,
    cluster: pd.Series[Any] | None = None,
    transform: Transform = "km",
    level: float = 0.95,
) -> Results:
    """Fit a Cox model on the complete cases.

    Parameters
    ----------
    times : one row a patient from `time_to_event`, or several with `entry_days` (delayed entry, or
        time-varying covariates from `split_at`; then a column `patient` counts the patients). A row is at
        risk in `entry_days < t <= time_days`.
    terms : numbers (`Covariate`) and, as (key, grouping), categories whose first level is the reference.
    population, method : the words of the results.
    ties : "efron" (R's default) or "breslow" (SAS's).
    strata : each stratum has its own baseline hazard; or None.
    cluster : rows that belong together, for robust errors; or None for model-based ones.
    transform : of time, in the test of proportional hazards.
    level : the confidence level.

    Returns
    -------
    Results
        the hazard ratio of each term under its key (of a category, `key.level` for each level but the
        reference), with Wald's P; `key_joint`, Wald's test of a category with several levels;
        `key_proportional`; `analysed`, the complete cases of all; `likelihood_ratio`, `wald`, `score`;
        `proportional`, of all terms; `concordance` (without entry). A hazard ratio whose likelihood has no
        maximum (a group without events) is not estimable.

    Raises
    ------
    FindingsError
        `derive/immortal-time` when a term is known only after the clock starts; when there is no event, or
        the terms determine each other.

    Notes
    -----
    Agrees with R `coxph`, `cox.zph` and `concordance` to 1e-6.

    Examples
    --------
    >>> times = pd.DataFrame({"time_days": [5, 8, 3, 9, 2, 7], "is_event": [1, 1, 1, 0, 1, 0]})
    >>> age = Covariate("age", pd.Series([60, 70, 80, 50, 75, 65]), "Age, per 10 years", per=10)
    >>> made = cox(times, [age], population="all")
    >>> round(made["age"].value, 2), made["age"].n, made["age"].events
    (3.5, 6, 4)
    """
    columns = [column for term in terms for column in _columns(term, times)]
    if not columns:
        raise refuse("cox", "a Cox model needs at least one covariate")
    x = np.column_stack([column.values for column in columns])
    blocks = _codes(strata, times)
    groups = _codes(cluster, times)
    complete = ~np.isnan(x).any(axis=1) & (blocks >= 0) & (groups >= 0)
    rows = times[complete]
    within = blocks[complete] if strata is not None else None
    entry = rows["entry_days"].to_numpy() if "entry_days" in rows else None
    is_event = rows["is_event"].to_numpy(dtype=bool)
    ticks = make_ticks(rows["time_days"].to_numpy(), is_event, ties=ties, strata=within, entry=entry)
    fit = fit_cox(x[complete], ticks)
    covariance = fit.covariance
    if cluster is not None:
        covariance = robust_covariance(fit, np.unique(groups[complete], return_inverse=True)[1])
    words = (
        method,
        f"Cox regression, {ties.capitalize()}'s ties",
        f"stratified by {strata.name}" if strata is not None else "",
        f"errors robust to clusters of {cluster.name}" if cluster is not None else "",
        f"{level * 100:g}% CI and P by Wald",
        str(times.attrs.get("definition", "")),
    )
    n, events = _patients(rows), int(is_event.sum())
    model = _Model(fit, covariance, columns, rows, within, words, population, level, n, events)
    made = _ratios(model) | _model_tests(model) | _proportional(model, transform)
    analysed = count(_patients(rows), _patients(times), label="Complete cases", population=population)
    extra: dict[str, Result | Results] = {"analysed": analysed}
    if entry is None:
        extra["concordance"] = _concordance(model)
    results = made | Results(extra)
    tell(
        "cox",
        results,
        keys=[column.key for column in columns],
        covariates=x[complete],
        time=rows["time_days"].to_numpy(),
        is_event=is_event,
        entry=entry,
        strata=within,
        ties=ties,
        is_robust=cluster is not None,
        level=level,
    )
    return results


def split_at(times: pd.DataFrame, change_day: pd.Series[Any], name: str = "changed") -> pd.DataFrame:
    """Split each patient's time where a covariate changes, for a time-varying covariate.

    Parameters
    ----------
    times : one row a patient, from `time_to_event`.
    change_day : days from time zero at which the covariate becomes true; missing where it never does. At the
        day itself the patient still counts as before.
    name : the column that says whether the change has happened.

    Returns
    -------
    DataFrame
        rows with `entry_days`, `time_days`, `is_event`, `patient` (the index of `times`) and `name`. A change
        on day 0 or before is true from the beginning; one at or after the end never happens. The index is
        new: 0, 1, ….

    Examples
    --------
    >>> times = pd.DataFrame({"time_days": [10, 20], "is_event": [True, False]}, index=["a", "b"])
    >>> rows = split_at(times, pd.Series({"a": 4, "b": None}))
    >>> rows[["entry_days", "time_days", "is_event", "changed"]].values.tolist()
    [[-1, 4, False, False], [4, 10, True, True], [-1, 20, False, False]]
    """
    whole = times[["time_days", "is_event"]].assign(
        patient=times.index, entry_days=times.get("entry_days", -1), day=change_day.reindex(times.index)
    )
    moved = whole["day"].notna() & (whole["day"] > whole["entry_days"].clip(lower=0))
    inside = moved & (whole["day"] < whole["time_days"])
    from_start = whole["day"].notna() & (whole["day"] <= whole["entry_days"].clip(lower=0))
    before = whole.assign(**{name: from_start})
    before.loc[inside, "time_days"] = whole["day"][inside].astype("int64")
    before.loc[inside, "is_event"] = False
    after = whole[inside].assign(**{name: True})
    after["entry_days"] = after["day"].astype("int64")
    made = pd.concat([before, after]).drop(columns="day")
    made = made.sort_values(["patient", "entry_days"], kind="stable").reset_index(drop=True)
    made.attrs |= times.attrs
    return made


def _columns(term: Term, times: pd.DataFrame) -> list[_Column]:
    if isinstance(term, Covariate):
        values = pd.to_numeric(term.values.reindex(times.index)).to_numpy(dtype=np.float64, na_value=np.nan)
        known = Grouping(term.values, {}, term.label, term.known_at)
        require_known(known, times)
        return [_Column(term.name, term.name, term.label, values / term.per)]
    key, group = term
    require_known(group, times)
    codes = group.codes(times.index)
    made = []
    for code, (level, (_, label)) in enumerate(group.levels.items()):
        if code:
            values = np.where(codes < 0, np.nan, (codes == code).astype(np.float64))
            reference = group.levels[group.name_of_reference][1]
            made.append(_Column(key, f"{key}.{level}", f"{group.label}: {label} against {reference}", values))
    return made


def _codes(values: pd.Series[Any] | None, times: pd.DataFrame) -> Integers:
    if values is None:
        return np.zeros(len(times), dtype=np.int64)
    return pd.factorize(values.reindex(times.index), sort=True)[0].astype(np.int64)


def _patients(rows: pd.DataFrame) -> int:
    return int(rows["patient"].nunique()) if "patient" in rows else len(rows)


def _ratios(model: _Model) -> Results:
    z = float(ndtri(1 - (1 - model.level) / 2))
    tree: dict[str, dict[str, Result | Results]] = {}
    for i, column in enumerate(model.columns):
        value, error = float(model.fit.coefficients[i]), sqrt(float(model.covariance[i, i]))
        inside = model.fit.covariates[:, i]
        bounded = error * float(inside.max() - inside.min()) < _UNBOUNDED
        low = high = p = ratio = None
        if bounded:
            ratio, low, high = exp(value), exp(value - z * error), exp(value + z * error)
            p = 2 * float(ndtr(-abs(value / error)))
        words = meaning(column.label, model.population, *model.words)
        level, n, events = model.level, model.n, model.events
        made = Estimate(ratio, low, high, words, "ratio", "", 2, level, p, n, events)
        tree.setdefault(column.term, {})[column.key.partition(".")[2]] = made
    return Results({term: made.get("") or Results(made) for term, made in tree.items()})


def _terms(model: _Model) -> dict[str, list[int]]:
    made: dict[str, list[int]] = {}
    for i, column in enumerate(model.columns):
        made.setdefault(column.term, []).append(i)
    return made


def _test(model: _Model, label: str, statistic: float | None, df: int, name: str) -> HypothesisTest:
    p = None if statistic is None else float(chdtrc(df, statistic))
    return HypothesisTest(p, meaning(label, model.population, name, *model.words), statistic, float(df))


def _model_tests(model: _Model) -> Results:
    fit, size = model.fit, len(model.columns)
    ratio = 2 * (fit.log_likelihood - fit.null_log_likelihood)
    made: dict[str, Result | Results] = {
        "likelihood_ratio": _test(model, "Likelihood-ratio test of the model", ratio, size, ""),
        "wald": _test(
            model, "Wald test of the model", quadratic(fit.coefficients, model.covariance), size, ""
        ),
        "score": _test(model, "Score test of the model", fit.score_statistic, size, ""),
    }
    for term, columns in _terms(model).items():
        if len(columns) > 1:
            part = quadratic(fit.coefficients[columns], model.covariance[np.ix_(columns, columns)])
            label = f"{model.columns[columns[0]].label.partition(':')[0]}, all levels"
            made[f"{term}_joint"] = _test(model, label, part, len(columns), "Wald test")
    return Results(made)


def _proportional(model: _Model, transform: Transform) -> Results:
    terms = _terms(model)
    each, whole = proportional_hazards(model.fit, _moments(model, transform), list(terms.values()))
    name = f"score test of proportional hazards, time as {transform}"
    made: dict[str, Result | Results] = {
        f"{term}_proportional": _test(
            model, f"Proportional hazards: {model.columns[columns[0]].label}", statistic, df, name
        )
        for (term, columns), (statistic, df) in zip(terms.items(), each, strict=True)
    }
    return Results({**made, "proportional": _test(model, "Proportional hazards", *whole, name)})


def _moments(model: _Model, transform: Transform) -> Floats:
    """Return the transformed time of each tick, as R `cox.zph` takes it: "km" is 1 - S(t-) of all rows
    together.
    """
    time = model.fit.ticks.time
    all_times = model.rows["time_days"].to_numpy()
    if transform == "identity":
        return time
    if transform == "log":
        return np.log(np.maximum(time, 0.5))  # an event on day 0 has no logarithm
    if transform == "rank":
        ordered = np.sort(all_times.astype(np.float64))
        below, upto = (
            np.searchsorted(ordered, time, side="left"),
            np.searchsorted(ordered, time, side="right"),
        )
        ranks: Floats = (below + 1 + upto) / 2
        return ranks
    if transform == "km":
        entry = model.rows["entry_days"].to_numpy() if "entry_days" in model.rows else None
        table = risk_table(all_times, model.rows["is_event"].to_numpy(dtype=bool), entry)
        before = np.concatenate(([1.0], survival_curve(table).survival))
        left: Floats = 1 - before[np.searchsorted(table.time, time, side="left")]
        return left
    raise refuse("transform", "this transformation of time is unknown", have=transform)


def _concordance(model: _Model) -> Estimate:
    risk = np.round(
        (model.fit.covariates * model.fit.coefficients).sum(axis=1), 10
    )  # equal risks tie exactly
    is_event = model.rows["is_event"].to_numpy(dtype=bool)
    made = concordance(risk, model.rows["time_days"].to_numpy(), is_event, model.strata)
    words = meaning(
        "Concordance", model.population, "Harrell's C with the infinitesimal jackknife", *model.words
    )
    low = high = None
    if made.value is not None and made.error is not None:
        half = float(ndtri(1 - (1 - model.level) / 2)) * made.error
        low, high = max(0.0, made.value - half), min(1.0, made.value + half)
    return Estimate(made.value, low, high, words, "number", "", 2, model.level, None, model.n, model.events)

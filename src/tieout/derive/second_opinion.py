"""A second opinion: lifelines and statsmodels compute the study's estimates again, from the same inputs.

Clinical statistics programs its results twice, and by two hands. The estimators tell what they were given
(`tieout.derive.observed`); here two programs that share no code with them answer the same question, and every
number is compared. What they cannot answer by the same definition is not compared:

- the median where the curve lies at exactly one half (they take the first time, R and we the midpoint), its
  interval, and other quantiles;
- bounds where survival is 0 or 1 (they give 0 or 1, R and we give none);
- reverse Kaplan-Meier with events first, restricted means (lifelines' variance is that of min(T, tau));
- robust errors of a Cox model (lifelines' differ by up to 2.4e-3), its tests of proportional hazards and
  Breslow's likelihood; a model of which a ratio is not estimable;
- weighted log-rank tests with gamma above 0 that are stratified or have delayed entry;
- cumulative incidence and Gray's test (lifelines breaks ties at random), exact and rank tests, Yates's
  correction, summaries. R's values in `tests/reference` stand for those.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import exp, inf, isnan, nan
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tieout.derive.observed import Observation
from tieout.values.finding import Finding
from tieout.values.result import Meaning, Result

Program = Literal["lifelines", "statsmodels"]
CLOSED, FITTED = 1e-8, 1e-6  # the relative differences allowed: of closed forms, of iterated fits
_FLOOR = 1e-12  # smaller numbers are compared as if they were so large
# lifelines holds its precision against the step's square: by 1e-12 a P far out is still 6e-6 away
_CONVERGED = {"precision": 1e-20, "r_precision": 1e-16}
_HALF = 1e-7  # so near to one half a curve counts as at it


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number, ours and another program's; NaN is "not estimable", which must be so in both.

    `what` says which number of the result it is; `tolerance` is the relative difference allowed.
    """

    meaning: Meaning
    what: str
    ours: float
    theirs: float
    program: Program
    tolerance: float = CLOSED

    @property
    def difference(self) -> float:
        """The relative difference; infinite where only one of the two is estimable."""
        if isnan(self.ours) and isnan(self.theirs):
            return 0.0
        if isnan(self.ours) or isnan(self.theirs):
            return inf
        if self.ours == self.theirs:
            return 0.0
        return abs(self.ours - self.theirs) / max(abs(self.theirs), _FLOOR)

    @property
    def agrees(self) -> bool:
        """Whether the two are equal but for arithmetic."""
        return self.difference <= self.tolerance


def compare(observations: Iterable[Observation]) -> list[Comparison]:
    """Compute everything that was heard once more, and compare number by number.

    Parameters
    ----------
    observations : what `listening` collected.

    Returns
    -------
    list of Comparison
        in the order of the study; an estimator that no program answers by the same definition adds nothing.

    Examples
    --------
    >>> from tieout.derive import count
    >>> from tieout.derive.observed import listening
    >>> heard = []
    >>> with listening(heard.append):
    ...     _ = count(4, 15, label="Responders", population="all", interval="clopper-pearson")
    >>> [(one.what, one.program, one.agrees) for one in compare(heard)]
    [('lower bound', 'statsmodels', True), ('upper bound', 'statsmodels', True)]
    """
    answers: Mapping[str, Callable[..., Iterator[Comparison]]] = {
        "kaplan-meier": _kaplan_meier,
        "log-rank": _log_rank,
        "cox": _cox,
        "proportion": _proportion,
        "risk difference": _risk_difference,
        "risk ratio": _risk_ratio,
        "adjusted p": _adjusted,
        "chi-squared": _chi_squared,
    }
    made: list[Comparison] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs: of pandas' deprecations and of logarithms of zero
        for heard in observations:
            made += answers[heard.estimator](heard.made, **heard.given)
    return made


def check_agreement(comparisons: Sequence[Comparison], results: Mapping[str, Result]) -> list[Finding]:
    """Return a finding for each result of which a number differs, by its key where it is in the store."""
    keys = {result.meaning: key for key, result in results.items()}
    worst: dict[Meaning, Comparison] = {}
    for one in comparisons:
        known = worst.get(one.meaning)
        if not one.agrees and (known is None or one.difference > known.difference):
            worst[one.meaning] = one
    return [
        Finding(
            "derive/second-opinion",
            f"{one.program} computes another {one.what} of “{keys.get(about, about.label)}”",
            facts={
                "have": f"{one.ours:.12g}",
                "got": f"{one.theirs:.12g}",
                "difference": f"{one.difference:.1e}, allowed is {one.tolerance:.0e}",
                "method": about.method,
            },
            remedy="compute it by hand or in R before anything is printed, and report the case",
        )
        for about, one in worst.items()
    ]


def agreement(comparisons: Sequence[Comparison], results: Mapping[str, Result]) -> str:
    """Return what was compared, in one sentence."""
    if not comparisons:
        return (
            "no estimate of this study has a second opinion: lifelines and statsmodels define none of them so"
        )
    keys = {result.meaning: key for key, result in results.items()}
    largest = max(comparisons, key=lambda one: one.difference)
    compared = len({keys.get(one.meaning, one.meaning.label) for one in comparisons})
    programs = " and ".join(
        f"{name} {version(name)}" for name in sorted({one.program for one in comparisons})
    )
    where = keys.get(largest.meaning, largest.meaning.label)
    return (
        f"{programs} agree on {len(comparisons)} numbers of {compared} results; "
        f"the largest relative difference is {largest.difference:.1e} ({where})"
    )


def _kaplan_meier(
    made: Any,
    *,
    name: str,
    time: Any,
    is_event: Any,
    entry: Any,
    at: Sequence[float],
    conf_type: str,
    level: float,
) -> Iterator[Comparison]:
    median = made[name]
    yield Comparison(median.meaning, "number of events", median.events, int(is_event.sum()), "statsmodels")
    if not is_event.any():
        return
    fit = SurvfuncRight(time, is_event, entry=entry)
    survival, error = fit.surv_prob, fit.surv_prob_se
    if not (np.abs(survival - 0.5) < _HALF).any():
        yield Comparison(median.meaning, "median", _number(median.median), fit.quantile(0.5), "statsmodels")
    low, high = _bounds(survival, error, conf_type, level)
    if f"{name}_curve" in made.members:
        yield from _curve(made[f"{name}_curve"], fit, low, high)
        if entry is None:
            yield from _lifelines_curve(made[f"{name}_curve"], time, is_event, conf_type, level)
    estimates = made[f"{name}_at"].members.values() if at else ()
    for moment, estimate in zip(at, estimates, strict=True):
        place = int(np.searchsorted(fit.surv_times, moment, side="right")) - 1
        value = 1.0 if place < 0 else float(survival[place])
        is_seen = moment <= time.max() or value == 0
        about = estimate.meaning
        yield Comparison(about, "survival", _number(estimate.value), value if is_seen else nan, "statsmodels")
        if is_seen and 0 < value < 1:
            yield Comparison(about, "lower bound", _number(estimate.low), float(low[place]), "statsmodels")
            yield Comparison(about, "upper bound", _number(estimate.high), float(high[place]), "statsmodels")


def _curve(curve: Any, fit: Any, low: Any, high: Any) -> Iterator[Comparison]:
    """Compare the steps at which somebody has the event."""
    places = [i for i, events in enumerate(curve.columns["events"]) if events]
    if len(places) != len(fit.surv_times):
        yield Comparison(curve.meaning, "number of steps", len(places), len(fit.surv_times), "statsmodels")
        return
    columns = {
        "time": fit.surv_times,
        "survival": fit.surv_prob,
        "at_risk": fit.n_risk,
        "events": fit.n_events,
    }
    inside = (fit.surv_prob > 0) & (fit.surv_prob < 1)
    for what, theirs in {**columns, "low": low, "high": high}.items():
        for step, place in enumerate(places):
            if what in columns or inside[step]:
                ours = _number(curve.columns[what][place])
                yield Comparison(curve.meaning, f"{what} at a step", ours, float(theirs[step]), "statsmodels")


def _lifelines_curve(
    curve: Any, time: Any, is_event: Any, conf_type: str, level: float
) -> Iterator[Comparison]:
    fit = KaplanMeierFitter(alpha=1 - level).fit(time, is_event)
    moments = [i for i, events in enumerate(curve.columns["events"]) if events]
    at = [curve.columns["time"][i] for i in moments]
    theirs = fit.survival_function_.iloc[:, 0].reindex(at).to_numpy()
    bounds = fit.confidence_interval_.reindex(at).to_numpy()
    for step, place in enumerate(moments):
        ours = _number(curve.columns["survival"][place])
        yield Comparison(curve.meaning, "survival at a step", ours, float(theirs[step]), "lifelines")
        if conf_type == "log-log" and 0 < theirs[step] < 1:
            for side, what in enumerate(("low", "high")):
                ours = _number(curve.columns[what][place])
                yield Comparison(curve.meaning, f"{what} at a step", ours, bounds[step, side], "lifelines")


def _bounds(survival: Any, error: Any, conf_type: str, level: float) -> tuple[Any, Any]:
    """Put the other program's standard error on the scale that the study chose."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    with np.errstate(all="ignore"):  # where survival is 0 or 1 nothing is compared
        if conf_type == "plain":
            return np.clip(survival - z * error, 0, 1), np.clip(survival + z * error, 0, 1)
        relative = error / survival
        if conf_type == "log":
            return survival * np.exp(-z * relative), np.minimum(survival * np.exp(z * relative), 1)
        step = np.exp(z * relative / -np.log(survival))
        return survival**step, survival ** (1 / step)


def _log_rank(
    made: Any, *, time: Any, is_event: Any, group: Any, strata: Any, rho: float, gamma: float, entry: Any
) -> Iterator[Comparison]:
    is_plain = strata is None and entry is None
    if made.statistic is None or made.df != len(np.unique(group)) - 1 or (gamma and not is_plain):
        return  # a group in which nobody was ever at risk with an event does not count
    program: Program = "statsmodels"
    if gamma:
        weights = {"weightings": "fleming-harrington", "p": rho, "q": gamma}
        answer = multivariate_logrank_test(time, group, is_event, **weights)
        statistic, p, program = answer.test_statistic, answer.p_value, "lifelines"
    else:
        options = {"weight_type": "fh", "fh_p": rho} if rho else {}
        statistic, p = survdiff(time, is_event, group, strata=strata, entry=entry, **options)
    yield Comparison(made.meaning, "statistic", made.statistic, float(statistic), program)
    yield Comparison(made.meaning, "P", _number(made.p), float(p), program, FITTED)
    if is_plain and not rho and not gamma:
        answer = multivariate_logrank_test(time, group, is_event)
        yield Comparison(made.meaning, "statistic", made.statistic, answer.test_statistic, "lifelines")


def _cox(
    made: Any,
    *,
    keys: Sequence[str],
    covariates: Any,
    time: Any,
    is_event: Any,
    entry: Any,
    strata: Any,
    ties: str,
    is_robust: bool,
    level: float,
) -> Iterator[Comparison]:
    results = dict(made.flat())
    ratios = [results[key] for key in keys]
    if any(ratio.value is None for ratio in ratios):
        return
    program: Program = "lifelines"
    if ties == "efron":
        fit = _lifelines_cox(covariates, time, is_event, entry, strata)
        coefficients, errors = fit.params_.to_numpy(), fit.standard_errors_.to_numpy()
        p_values = fit.summary["p"].to_numpy()
        theirs = fit.log_likelihood_ratio_test().test_statistic
        test = results["likelihood_ratio"]
        yield Comparison(test.meaning, "statistic", _number(test.statistic), theirs, program, FITTED)
    else:
        program = "statsmodels"
        model = PHReg(time, covariates, status=is_event, entry=entry, strata=strata, ties="breslow")
        fit = model.fit(gtol=1e-12, maxiter=100)
        coefficients, errors, p_values = fit.params, fit.bse, fit.pvalues
    z = NormalDist().inv_cdf(0.5 + level / 2)
    for ratio, beta, error, p in zip(ratios, coefficients, errors, p_values, strict=True):
        about = ratio.meaning
        yield Comparison(about, "hazard ratio", ratio.value, exp(beta), program, FITTED)
        if not is_robust:
            yield Comparison(about, "lower bound", ratio.low, exp(beta - z * error), program, FITTED)
            yield Comparison(about, "upper bound", ratio.high, exp(beta + z * error), program, FITTED)
            yield Comparison(about, "P", ratio.p, float(p), program, FITTED)


def _lifelines_cox(covariates: Any, time: Any, is_event: Any, entry: Any, strata: Any) -> Any:
    """Fit by lifelines to the end; by default it stops 2.4e-5 away."""
    table = pd.DataFrame(covariates).rename(columns=str).assign(time=time, is_event=is_event)
    options: dict[str, Any] = {}
    if entry is not None:
        table, options["entry_col"] = table.assign(entry=entry), "entry"
    if strata is not None:
        table, options["strata"] = table.assign(stratum=strata), ["stratum"]
    return CoxPHFitter().fit(table, "time", "is_event", fit_options=_CONVERGED, **options)


def _proportion(made: Any, *, n: int, of: int, method: str, level: float) -> Iterator[Comparison]:
    names = {"clopper-pearson": "beta", "wilson": "wilson", "agresti-coull": "agresti_coull"}
    low, high = proportion_confint(n, of, alpha=1 - level, method=names[method])
    yield from _interval(made, max(0.0, float(low)), min(1.0, float(high)))


def _risk_difference(
    made: Any, *, first: tuple[int, int], second: tuple[int, int], level: float
) -> Iterator[Comparison]:
    low, high = confint_proportions_2indep(
        *first, *second, compare="diff", method="newcomb", alpha=1 - level, correction=False
    )
    yield from _interval(made, float(low), float(high))


def _risk_ratio(
    made: Any, *, first: tuple[int, int], second: tuple[int, int], level: float
) -> Iterator[Comparison]:
    if first[0] and second[0]:
        low, high = confint_proportions_2indep(
            *first, *second, compare="ratio", method="log", alpha=1 - level, correction=False
        )
        yield from _interval(made, float(low), float(high))


def _interval(made: Any, low: float, high: float) -> Iterator[Comparison]:
    yield Comparison(made.meaning, "lower bound", _number(made.low), low, "statsmodels")
    yield Comparison(made.meaning, "upper bound", _number(made.high), high, "statsmodels")


def _adjusted(made: Any, *, p: Sequence[float], method: str) -> Iterator[Comparison]:
    if not p:
        return
    theirs = multipletests(p, method={"holm": "holm", "benjamini-hochberg": "fdr_bh"}[method])[1]
    known = [test for _, test in made.flat() if test.p is not None]
    for test, value in zip(known, theirs, strict=True):
        yield Comparison(test.meaning, "adjusted P", test.p, float(value), "statsmodels")


def _chi_squared(made: Any, *, table: Any) -> Iterator[Comparison]:
    if made.statistic is None:
        return
    answer = Table(table, shift_zeros=False).test_nominal_association()
    yield Comparison(made.meaning, "statistic", made.statistic, float(answer.statistic), "statsmodels")
    yield Comparison(made.meaning, "P", _number(made.p), float(answer.pvalue), "statsmodels", FITTED)


def _number(value: float | None) -> float:
    return nan if value is None else float(value)

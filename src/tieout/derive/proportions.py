"""Confidence intervals of proportions, of their difference and of their ratio."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Literal

from scipy.special import betaincinv, ndtri

from tieout.derive.observed import tell
from tieout.derive.provenance import meaning, refuse
from tieout.values.result import Count, Estimate

IntervalMethod = Literal["clopper-pearson", "wilson", "agresti-coull"]

_NAMES: dict[str, str] = {
    "clopper-pearson": "Clopper-Pearson",
    "wilson": "Wilson",
    "agresti-coull": "Agresti-Coull",
}


def proportion_interval(
    n: int, of: int, *, method: IntervalMethod = "clopper-pearson", level: float = 0.95
) -> tuple[float, float]:
    """Return the confidence interval of the proportion `n / of`, in [0, 1].

    Parameters
    ----------
    n, of : how many, of how many; `of` is above zero.
    method : "clopper-pearson" (exact), "wilson" (score, without continuity correction) or "agresti-coull".
    level : the confidence level.

    Raises
    ------
    FindingsError
        when `n` does not fit in `of`, or the method is unknown.

    Notes
    -----
    Agrees with R `binom.test`, `prop.test(correct = FALSE)` and the formula of Agresti and Coull (1998),
    Am Stat 52:119, to 1e-8; Wilson (1927), J Am Stat Assoc 22:209; Clopper and Pearson (1934), Biometrika
    26:404.

    Examples
    --------
    >>> low, high = proportion_interval(4, 15)
    >>> f"{low:.3f} {high:.3f}"
    '0.078 0.551'
    """
    _require_fits(n, of)
    if method == "clopper-pearson":
        tail = (1 - level) / 2
        low = 0.0 if n == 0 else float(betaincinv(n, of - n + 1, tail))
        high = 1.0 if n == of else float(betaincinv(n + 1, of - n, 1 - tail))
        return low, high
    z = float(ndtri(1 - (1 - level) / 2))
    share = n / of
    if method == "wilson":
        middle = (share + z * z / (2 * of)) / (1 + z * z / of)
        half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
        # at the ends the formula is 0 or 1 but for the last binary digit
        return (0.0 if n == 0 else middle - half), (1.0 if n == of else middle + half)
    if method == "agresti-coull":
        total = of + z * z
        middle = (n + z * z / 2) / total
        half = z * sqrt(middle * (1 - middle) / total)
        return max(0.0, middle - half), min(1.0, middle + half)
    raise refuse("method", "this interval of a proportion is unknown", have=method, need=", ".join(_NAMES))


def interval_words(method: str, level: float = 0.95) -> str:
    """Return how Methods names an interval: "95% CI by Clopper-Pearson"."""
    return f"{level * 100:g}% CI by {_NAMES[method]}"


def risk_difference(  # the two groups' counts and the words that a result needs
    first: Count, second: Count, *, label: str, population: str, level: float = 0.95
) -> Estimate:
    """Return the difference of two independent proportions with Newcombe's hybrid score interval.

    Parameters
    ----------
    first, second : counts with denominators above zero; the difference is first minus second.
    label, population : the words of the result.
    level : the confidence level.

    Returns
    -------
    Estimate
        on the scale of proportions (a difference of 0.1 is 10 percentage points).

    Raises
    ------
    FindingsError
        when a count has no denominator above zero.

    Notes
    -----
    Newcombe (1998), Stat Med 17:873, method 10; the intervals of each proportion are Wilson's, without
    continuity correction. Agrees with the paper's worked example 56/70 - 48/80 = 0.2, (0.0524, 0.3339).

    Examples
    --------
    >>> from tieout.derive import count
    >>> one = count(56, 70, label="First", population="all")
    >>> two = count(48, 80, label="Second", population="all")
    >>> d = risk_difference(one, two, label="Difference", population="all")
    >>> f"{d.value:.4f} {d.low:.4f} {d.high:.4f}"
    '0.2000 0.0524 0.3339'
    """
    (n1, of1), (n2, of2) = _parts(first), _parts(second)
    p1, p2 = n1 / of1, n2 / of2
    low1, high1 = proportion_interval(n1, of1, method="wilson", level=level)
    low2, high2 = proportion_interval(n2, of2, method="wilson", level=level)
    value = p1 - p2
    low = value - sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    high = value + sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    words = f"difference of proportions, {level * 100:g}% CI by Newcombe's hybrid score method"
    made = Estimate(
        value,
        low,
        high,
        meaning(label, population, words),
        scale="proportion",
        decimals=1,
        level=level,
        n=of1 + of2,
    )
    tell("risk difference", made, first=(n1, of1), second=(n2, of2), level=level)
    return made


def risk_ratio(first: Count, second: Count, *, label: str, population: str, level: float = 0.95) -> Estimate:
    """Return the ratio of two independent proportions with the interval of Katz on the logarithm.

    A group without events has no such interval: the ratio is given where it exists, its bounds are None.

    Parameters
    ----------
    first, second : counts with denominators above zero; the ratio is first by second.
    label, population : the words of the result.
    level : the confidence level.

    Raises
    ------
    FindingsError
        when a count has no denominator above zero.

    Notes
    -----
    Katz et al. (1978), Biometrics 34:469: var(log RR) = 1/a - 1/m + 1/b - 1/n. Agrees with statsmodels
    `confint_proportions_2indep(compare="ratio", method="log")` to 1e-8.

    Examples
    --------
    >>> from tieout.derive import count
    >>> one = count(15, 30, label="First", population="all")
    >>> two = count(10, 40, label="Second", population="all")
    >>> ratio = risk_ratio(one, two, label="Ratio", population="all")
    >>> f"{ratio.value:.2f} {ratio.low:.3f} {ratio.high:.3f}"
    '2.00 1.049 3.812'
    """
    (n1, of1), (n2, of2) = _parts(first), _parts(second)
    value = (n1 / of1) / (n2 / of2) if n2 else None
    low = high = None
    if value:
        half = float(ndtri(1 - (1 - level) / 2)) * sqrt(1 / n1 - 1 / of1 + 1 / n2 - 1 / of2)
        low, high = exp(log(value) - half), exp(log(value) + half)
    words = f"ratio of proportions, {level * 100:g}% CI by Katz's logarithmic method"
    about = meaning(label, population, words)
    made = Estimate(value, low, high, about, scale="ratio", level=level, n=of1 + of2)
    tell("risk ratio", made, first=(n1, of1), second=(n2, of2), level=level)
    return made


def _parts(count: Count) -> tuple[int, int]:
    if not count.of:
        raise refuse("denominator", "a proportion needs a denominator above zero")
    return count.n, count.of


def _require_fits(n: int, of: int) -> None:
    if of <= 0 or not 0 <= n <= of:
        raise refuse("denominator", "a proportion needs 0 <= n <= of and of above zero", n=n, of=of)

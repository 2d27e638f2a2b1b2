"""The ways to print a result. A facet is a name, a printer, and the number that a claim may compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tieout.values.result import Count, Curve, Estimate, Fact, HypothesisTest, Result, Summary, TimeToEvent
from tieout.values.rounding import Number, exact
from tieout.values.style import NBSP, NumberStyle

NOT_REACHED = "not reached"
NOT_ESTIMABLE = "not estimable"

Comparable = Number | date | str | None


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to print a result; `number` is what comparisons in a claim use, where that makes sense."""

    about: str
    show: Callable[[Any, NumberStyle], str]
    number: Callable[[Any], Comparable] | None = None


def _with_unit(text: str, unit: str, style: NumberStyle) -> str:
    if not unit or not text.lstrip("-\u2212")[:1].isdigit():
        return text
    if unit == "%":  # printed as every other percentage is
        return f"{text}{style.percent_sign}"
    singular = text == "1" and unit.isalpha() and unit.endswith("s")  # 1 cycle, 1 day
    return f"{text}{NBSP}{unit[:-1] if singular else unit}"


def _level(level: float) -> str:
    return f"{level * 100:g}%{NBSP}CI"


_CI_LEVEL = Facet(
    "95%: the level of the interval",
    lambda r, s: f"{r.level * 100:g}{s.percent_sign}",
    lambda r: exact(r.level),
)


# Counts


def _percent(r: Count, style: NumberStyle) -> str:
    return NOT_ESTIMABLE if not r.of else style.percent(r.n, r.of)


def _n_percent(r: Count, style: NumberStyle) -> str:
    return f"{style.integer(r.n)}{NBSP}({_percent(r, style)})" if r.of else style.integer(r.n)


def _n_of(r: Count, style: NumberStyle) -> str:
    return f"{style.integer(r.n)} of {style.integer(r.of or 0)}"


def _share_interval(r: Count, style: NumberStyle) -> str:
    if r.low is None or r.high is None:
        return NOT_ESTIMABLE
    return style.interval(style.proportion(r.low, 1), style.proportion(r.high, 1))


_COUNT = {
    "n": Facet("17", lambda r, s: s.integer(r.n), lambda r: r.n),
    "of": Facet("the denominator: 35", lambda r, s: s.integer(r.of or 0), lambda r: r.of),
    "percent": Facet("49%", _percent),
    "share": Facet(
        "the proportion, for claims; prints as the percentage",
        _percent,
        lambda r: Fraction(r.n, r.of) if r.of else None,
    ),
    "n_percent": Facet("17 (49%)", _n_percent),
    "n_of": Facet("17 of 35", _n_of),
    "n_of_percent": Facet("17 of 35 (49%)", lambda r, s: f"{_n_of(r, s)}{NBSP}({_percent(r, s)})"),
    "words": Facet("seventeen", lambda r, s: s.words(r.n), lambda r: r.n),
    "words_capital": Facet("Seventeen", lambda r, s: s.words(r.n).capitalize(), lambda r: r.n),
    "missing": Facet("number unknown", lambda r, s: s.integer(r.missing), lambda r: r.missing),
    "ci": Facet("95% CI, 33.0%–65.1%", lambda r, s: f"{_level(r.level)}, {_share_interval(r, s)}"),
    "interval": Facet("33.0%–65.1%", _share_interval),
    "ci_level": _CI_LEVEL,
}

# Summaries


def _statistic(name: str, extra: int = 0) -> Callable[[Summary, NumberStyle], str]:
    def show(r: Summary, style: NumberStyle) -> str:
        value = getattr(r, name)
        return NOT_ESTIMABLE if value is None else style.decimal(value, r.decimals + extra)

    return show


def _between(first: str, second: str) -> Callable[[Summary, NumberStyle], str]:
    one, two = _statistic(first), _statistic(second)

    def show(r: Summary, style: NumberStyle) -> str:
        low, high = one(r, style), two(r, style)
        return NOT_ESTIMABLE if low == NOT_ESTIMABLE else style.interval(low, high)

    return show


def _united(show: Callable[[Summary, NumberStyle], str]) -> Callable[[Summary, NumberStyle], str]:
    return lambda r, s: _with_unit(show(r, s), r.unit, s)


_median, _mean, _sd = _statistic("median"), _statistic("mean", 1), _statistic("sd", 1)
_range, _iqr = _between("low", "high"), _between("q1", "q3")

_SUMMARY = {
    "n": Facet("number known", lambda r, s: s.integer(r.n), lambda r: r.n),
    "missing": Facet("number unknown", lambda r, s: s.integer(r.missing), lambda r: r.missing),
    "median": Facet("72 years", _united(_median), lambda r: r.median),
    "median_bare": Facet("72", _median, lambda r: r.median),
    "mean": Facet("71.4 years", _united(_mean), lambda r: r.mean),
    "mean_bare": Facet("71.4", _mean, lambda r: r.mean),
    "sd": Facet("8.1", _sd, lambda r: r.sd),
    "low": Facet("the smallest value", _statistic("low"), lambda r: r.low),
    "high": Facet("the largest value", _statistic("high"), lambda r: r.high),
    "range": Facet("52–87", _range),
    "iqr": Facet("66–78", _iqr),
    "median_range": Facet(
        "72 years (range, 52–87)", lambda r, s: f"{_united(_median)(r, s)} (range, {_range(r, s)})"
    ),
    "median_iqr": Facet(
        "72 years (IQR, 66–78)", lambda r, s: f"{_united(_median)(r, s)} (IQR, {_iqr(r, s)})"
    ),
    "median_range_bare": Facet("72 (52–87)", lambda r, s: f"{_median(r, s)}{NBSP}({_range(r, s)})"),
    "median_iqr_bare": Facet("72 (66–78)", lambda r, s: f"{_median(r, s)}{NBSP}({_iqr(r, s)})"),
    "mean_sd": Facet("71.4 (8.1)", lambda r, s: f"{_mean(r, s)}{NBSP}({_sd(r, s)})"),
}

# Estimates


def _point(value: float | None, r: Estimate, style: NumberStyle) -> str:
    if value is None:
        return NOT_ESTIMABLE
    if r.scale == "proportion":
        return style.proportion(value, r.decimals)
    return style.decimal(value, r.decimals)


def _bounds(r: Estimate, style: NumberStyle) -> str:
    return style.interval(_point(r.low, r, style), _point(r.high, r, style))


def _p_equals(p: float | None, style: NumberStyle) -> str:
    if p is None:
        return NOT_ESTIMABLE
    text = style.p_value(p)
    return f"P{NBSP}{text}" if text[0] in "<>" else f"P{NBSP}={NBSP}{text}"


def _p_bare(p: float | None, style: NumberStyle) -> str:
    return NOT_ESTIMABLE if p is None else style.p_value(p)


def _whole(value: int | None, style: NumberStyle) -> str:
    return NOT_ESTIMABLE if value is None else style.integer(value)


_ESTIMATE = {
    "value": Facet("0.62", lambda r, s: _with_unit(_point(r.value, r, s), r.unit, s), lambda r: r.value),
    "value_bare": Facet("0.62", lambda r, s: _point(r.value, r, s), lambda r: r.value),
    "low": Facet("the lower bound", lambda r, s: _point(r.low, r, s), lambda r: r.low),
    "high": Facet("the upper bound", lambda r, s: _point(r.high, r, s), lambda r: r.high),
    "ci": Facet("95% CI, 0.51–0.75", lambda r, s: f"{_level(r.level)}, {_bounds(r, s)}"),
    "interval": Facet("0.51–0.75", _bounds),
    "ci_level": _CI_LEVEL,
    "value_ci": Facet(
        "0.62 (95% CI, 0.51–0.75)",
        lambda r, s: f"{_with_unit(_point(r.value, r, s), r.unit, s)} ({_level(r.level)}, {_bounds(r, s)})",
    ),
    "value_interval": Facet(
        "0.62 (0.51–0.75)", lambda r, s: f"{_point(r.value, r, s)}{NBSP}({_bounds(r, s)})"
    ),
    "p": Facet("P = .03", lambda r, s: _p_equals(r.p, s), lambda r: r.p),
    "p_bare": Facet(".03", lambda r, s: _p_bare(r.p, s), lambda r: r.p),
    "n": Facet("patients analyzed", lambda r, s: _whole(r.n, s), lambda r: r.n),
    "events": Facet("events", lambda r, s: _whole(r.events, s), lambda r: r.events),
}

# Time to event


def _time(value: float | None, r: TimeToEvent, style: NumberStyle) -> str:
    return NOT_REACHED if value is None else style.decimal(value, r.decimals)


def _time_bounds(r: TimeToEvent, style: NumberStyle) -> str:
    return style.interval(_time(r.low, r, style), _time(r.high, r, style))


def _median_time(r: TimeToEvent, style: NumberStyle) -> str:
    return _with_unit(_time(r.median, r, style), r.unit, style)


_TIME_TO_EVENT = {
    "n": Facet("patients", lambda r, s: s.integer(r.n), lambda r: r.n),
    "events": Facet("events", lambda r, s: s.integer(r.events), lambda r: r.events),
    "censored": Facet("patients censored", lambda r, s: s.integer(r.n - r.events), lambda r: r.n - r.events),
    "median": Facet("13.1 months, or not reached", _median_time, lambda r: r.median),
    "median_bare": Facet("13.1", lambda r, s: _time(r.median, r, s), lambda r: r.median),
    "low": Facet("the lower bound", lambda r, s: _time(r.low, r, s), lambda r: r.low),
    "high": Facet("the upper bound", lambda r, s: _time(r.high, r, s), lambda r: r.high),
    "ci": Facet("95% CI, 9.8 to not reached", lambda r, s: f"{_level(r.level)}, {_time_bounds(r, s)}"),
    "interval": Facet("9.8 to not reached", _time_bounds),
    "ci_level": _CI_LEVEL,
    "median_ci": Facet(
        "13.1 months (95% CI, 9.8 to not reached)",
        lambda r, s: f"{_median_time(r, s)} ({_level(r.level)}, {_time_bounds(r, s)})",
    ),
    "median_interval": Facet(
        "13.1 (9.8 to not reached)", lambda r, s: f"{_time(r.median, r, s)} ({_time_bounds(r, s)})"
    ),
}

_TEST = {
    "p": Facet("P = .03", lambda r, s: _p_equals(r.p, s), lambda r: r.p),
    "p_bare": Facet(".03", lambda r, s: _p_bare(r.p, s), lambda r: r.p),
    "statistic": Facet(
        "4.71",
        lambda r, s: NOT_ESTIMABLE if r.statistic is None else s.decimal(r.statistic, 2),
        lambda r: r.statistic,
    ),
    "df": Facet("1", lambda r, s: NOT_ESTIMABLE if r.df is None else f"{r.df:g}", lambda r: r.df),
}


def _fact(r: Fact, style: NumberStyle) -> str:
    if isinstance(r.value, date):
        return style.day(r.value)
    if isinstance(r.value, int):
        return style.integer(r.value)
    if isinstance(r.value, float):
        return style.decimal(r.value, r.decimals) if r.decimals is not None else f"{r.value:g}"
    return r.value


def _fact_iso(r: Fact, _: NumberStyle) -> str:
    return r.value.isoformat() if isinstance(r.value, date) else str(r.value)


_FACT = {
    "text": Facet(
        "September 30, 2023; 28 days", lambda r, s: _with_unit(_fact(r, s), r.unit, s), lambda r: r.value
    ),
    "text_bare": Facet("the value without its unit", _fact, lambda r: r.value),
    "iso": Facet("2023-09-30", _fact_iso),
    "month": Facet(
        "September 2023",
        lambda r, _: f"{r.value:%B %Y}" if isinstance(r.value, date) else str(r.value),
    ),
    "words": Facet(
        "twenty-eight",
        lambda r, s: s.words(r.value) if isinstance(r.value, int) else _fact(r, s),
        lambda r: r.value,
    ),
}

FACETS: Mapping[type, Mapping[str, Facet]] = {
    Count: _COUNT,
    Summary: _SUMMARY,
    Estimate: _ESTIMATE,
    TimeToEvent: _TIME_TO_EVENT,
    HypothesisTest: _TEST,
    Fact: _FACT,
    Curve: {},
}
RESERVED = frozenset(name for facets in FACETS.values() for name in facets)


_OF_A_SHARE = frozenset({"of", "percent", "share", "n_of", "n_of_percent", "ci", "interval", "ci_level"})
_OF_AN_INTERVAL = frozenset({"ci", "interval", "ci_level"})


def lacking(result: Result, facet: str) -> str:
    """Return what a result lacks that one of its facets would print, and what to write; else "".

    A share of nobody and a bound that cannot be estimated are results and lack nothing.
    """
    if not isinstance(result, Count) or facet not in _OF_A_SHARE:
        return ""
    if result.of is None:
        return "the count has no denominator: derive it with count(…, of=…)"
    if facet in _OF_AN_INTERVAL and result.of and result.low is None:
        return 'the count has no interval: derive one with count(…, interval="clopper-pearson")'
    return ""


def show(result: Result, facet: str, style: NumberStyle) -> str:
    """Print `result` by one of its facets; KeyError names an unknown one."""
    return FACETS[type(result)][facet].show(result, style)

"""How tables and figures name a summary, and by which facet they print an estimate."""

from __future__ import annotations

from tieout.values.result import Estimate, Summary

_STATISTICS = {
    "median_range_bare": "median (range)",
    "median_iqr_bare": "median (IQR)",
    "mean_sd": "mean (SD)",
    "mean_bare": "mean",
    "median_bare": "median",
}
_SHORT_UNITS = {"years": "y", "months": "mo", "weeks": "wk", "days": "d"}  # AMA's abbreviations in tables


def summary_label(found: Summary, facet: str, label: str = "") -> str:
    """Return the stub of a summary; a unit that the label already names is not repeated.

    >>> from tieout.values.result import Meaning
    >>> age = Summary(1, 0, 72, 72, 72, 72, 72, 72, None, Meaning("Age"), "years")
    >>> summary_label(age, "median_range_bare")
    'Age, median (range), y'
    """
    name = label or found.meaning.label
    unit = "" if found.unit.lower() in name.lower() else _SHORT_UNITS.get(found.unit, found.unit)
    return ", ".join(part for part in (name, _STATISTICS.get(facet, ""), unit) if part)


def estimate_facet(found: Estimate) -> str:
    """Return the facet that prints an estimate with its interval, or alone where it has none.

    >>> from tieout.values.result import Meaning
    >>> estimate_facet(Estimate(None, None, None, Meaning("Hazard ratio")))
    'value_bare'
    """
    return "value_bare" if found.low is None and found.high is None else "value_interval"

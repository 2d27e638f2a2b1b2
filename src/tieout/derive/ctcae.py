"""Laboratory grades by CTCAE: committed tables of bounds, one evaluator on arrays.

Common Terminology Criteria for Adverse Events, National Cancer Institute: version 5.0 (27 November 2017) and
version 4.03 (14 June 2010). `tables/ctcae.csv` holds a row a bound; a value strictly beyond a bound has its
grade, so that platelets of 75 x 10^9/L are grade 1 and 74.999 are grade 2. A row says when it applies
(always, at a normal or an abnormal baseline, after baseline, with or without anticoagulation) and whether its
bound is absolute, a multiple of the sample's own limit of normal, or a multiple of the baseline.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.masks import is_true
from tieout.derive.provenance import refuse
from tieout.derive.units import convert, require_units

_TABLE = Path(__file__).parent / "tables" / "ctcae.csv"
_DIGITS = 9  # bounds are rounded here: 1.5 times a limit of 1.2 is 1.8, not 1.7999999999999998
MissingBaseline = Literal["ungradable", "normal"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One row of the table: strictly beyond the bound (or at it, where inclusive) the grade holds.

    `grade_low` and `grade_high` differ where the grade depends on symptoms that a laboratory does not know.
    """

    direction: str
    unit: str
    applies: str
    multiple_of: str
    bound: float
    inclusive: bool
    grade_low: int
    grade_high: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term's bounds in one version, for the analyte that it grades."""

    name: str
    version: str
    analyte: str
    bounds: Sequence[Bound]

    @property
    def units(self) -> tuple[str, ...]:
        """The units in which the criteria state the bounds, the first of them the one converted to."""
        return tuple(dict.fromkeys(bound.unit for bound in self.bounds))


@cache
def terms(version: str = "5.0") -> Mapping[str, Term]:
    """Return the laboratory terms of a version by name.

    Examples
    --------
    >>> [(b.bound, b.multiple_of, b.grade_low) for b in terms("5.0")["platelet_count_decreased"].bounds]
    [(1.0, 'limit', 1), (75.0, '', 2), (50.0, '', 3), (25.0, '', 4)]
    """
    rows: dict[str, list[Bound]] = {}
    analytes: dict[str, str] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["version"] != version:
                continue
            analytes[row["term"]] = row["analyte"]
            rows.setdefault(row["term"], []).append(
                Bound(
                    row["direction"],
                    row["unit"],
                    row["applies"],
                    row["multiple_of"],
                    float(row["bound"]),
                    row["inclusive"] == "yes",
                    int(row["grade_low"]),
                    int(row["grade_high"]),
                )
            )
    if not rows:
        raise refuse("ctcae-version", "this version of CTCAE is unknown", have=version, need="5.0 or 4.03")
    return {name: Term(name, version, analytes[name], tuple(bounds)) for name, bounds in rows.items()}


def grade(
    samples: pd.DataFrame,
    term: str,
    *,
    version: str = "5.0",
    missing_baseline: MissingBaseline = "ungradable",
) -> pd.DataFrame:
    """Grade laboratory values of one analyte.

    Parameters
    ----------
    samples : one row a sample, of the term's analyte (calcium corrected for albumin), with
        `value` (NaN is unknown), `unit`, `lower_limit` or `upper_limit` of normal in the same unit (whichever
        the term needs; NaN is unknown), and for baseline-relative terms `baseline` (in the same unit) and
        `is_baseline` (true for the baseline sample itself, which is graded on the normal range);
        `anticoagulated` for the INR, by default nobody is. A baseline is abnormal when it lies beyond the
        sample's own limit of normal.
    term : such as "anemia"; `terms(version)` lists them.
    version : "5.0" or "4.03".
    missing_baseline : a sample whose baseline is unknown is "ungradable" where the baseline could change the
        grade, or is graded as after a "normal" one.

    Returns
    -------
    DataFrame, on the index of `samples`
        `grade_low` and `grade_high` (Int64, equal unless symptoms decide; NA when ungradable) and
        `ungradable`, the reason in words or "". A missing limit never gives grade 0. Grades that no
        laboratory value decides (anaemia 4, hypoalbuminaemia 4) are not given.

    Raises
    ------
    FindingsError
        when the term, the version or a unit is unknown, or values are implausible in their unit.

    Notes
    -----
    The bounds are those of the NCI's tables; they were compared, term by term, with the criteria that
    pharmaverse's admiral keeps for versions 4 and 5. admiral takes the worse grade where symptoms decide, and
    everybody as anticoagulated; here the first is a range and the second a column.

    Examples
    --------
    >>> samples = pd.DataFrame({"value": [75.0, 74.999, 160.0, 160.0], "unit": "10^9/L",
    ...                         "lower_limit": [150, 150, 150, None]})
    >>> grade(samples, "platelet_count_decreased")["grade_low"].tolist()
    [1, 2, 0, <NA>]
    """
    known = terms(version)
    if term not in known:
        raise refuse(
            "ctcae-term", f"CTCAE {version} has no laboratory term {term} here", need=", ".join(known)
        )
    rules = known[term]
    value, unit = _numbers(samples, "value"), samples["unit"].to_numpy(dtype=object)
    require_units(rules.analyte, value, unit)
    certain_low, certain_high, possible = (np.zeros(len(samples), dtype=np.int64) for _ in range(3))
    for stated in rules.units:
        native = [other for other in rules.units if other != stated]
        here = unit == stated if stated != rules.units[0] else ~np.isin(unit.astype(str), native)
        part = _in_unit(samples[here], rules.analyte, stated)
        bounds = [bound for bound in rules.bounds if bound.unit == stated]
        certain_low[here], certain_high[here], possible[here] = _evaluate(part, bounds, missing_baseline)
    return _graded(samples, value, certain_low, certain_high, possible)


def _in_unit(samples: pd.DataFrame, analyte: str, unit: str) -> Mapping[str, NDArray[Any]]:
    """Return the columns that bounds look at, in one unit."""
    stated = samples["unit"].to_numpy(dtype=object)
    columns: dict[str, NDArray[Any]] = {
        name: convert(analyte, _numbers(samples, name), stated, unit)
        for name in ("value", "lower_limit", "upper_limit", "baseline")
    }
    for name in ("is_baseline", "anticoagulated"):
        given = samples[name] if name in samples else pd.Series(data=False, index=samples.index)
        columns[name] = is_true(given)
    return columns


def _evaluate(
    columns: Mapping[str, NDArray[Any]], bounds: Sequence[Bound], missing_baseline: MissingBaseline
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the grades that certainly hold (low, high) and the highest that an unknown limit leaves
    possible.
    """
    size = len(columns["value"])
    low, high, possible = (np.zeros(size, dtype=np.int64) for _ in range(3))
    for bound in bounds:
        holds, unknown = _holds(columns, bound, missing_baseline)
        low = np.where(holds, np.maximum(low, bound.grade_low), low)
        high = np.where(holds, np.maximum(high, bound.grade_high), high)
        possible = np.where(unknown, np.maximum(possible, bound.grade_high), possible)
    return low, np.maximum(low, high), possible


def _holds(
    columns: Mapping[str, NDArray[Any]], bound: Bound, missing_baseline: MissingBaseline
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a bound's grade certainly holds, and where nobody can know."""
    limit = columns["upper_limit" if bound.direction == "above" else "lower_limit"]
    baseline = columns["baseline"]
    reference = {"": np.ones(len(limit)), "limit": limit, "baseline": baseline}[bound.multiple_of]
    beyond, no_reference = _beyond(columns["value"], bound, reference)
    applies, unsure = _applies(columns, bound, limit, missing_baseline)
    if bound.applies == "baseline abnormal":
        # an abnormal baseline lies beyond the limit: a value within the bound on the limit is within that on
        # it too
        within_limit, no_limit = _beyond(columns["value"], bound, limit)
        unsure &= within_limit | no_limit
    return beyond & applies & ~no_reference, (applies & no_reference) | (unsure & (beyond | no_reference))


def _beyond(
    value: NDArray[np.float64], bound: Bound, reference: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a value lies beyond a multiple of a reference, and where the reference is unknown."""
    edge = np.round(bound.bound * reference, _DIGITS)
    beyond = value > edge if bound.direction == "above" else value < edge
    if bound.inclusive:
        beyond |= value == edge
    return beyond, np.isnan(reference) & ~np.isnan(value)


def _applies(
    columns: Mapping[str, NDArray[Any]],
    bound: Bound,
    limit: NDArray[np.float64],
    missing_baseline: MissingBaseline,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a bound applies, and where it is unknown whether it does."""
    baseline, first = columns["baseline"], columns["is_baseline"]
    nowhere = np.zeros(len(limit), dtype=bool)
    absent = ~first & (np.isnan(baseline) | np.isnan(limit))
    if missing_baseline == "normal":
        absent = ~first & ~np.isnan(baseline) & np.isnan(limit)
    abnormal = ~first & (baseline > limit if bound.direction == "above" else baseline < limit)
    if bound.applies == "always":
        return ~nowhere, nowhere
    if bound.applies == "after baseline":
        needed = ~first & ~(np.isnan(baseline) & (missing_baseline == "normal"))
        return needed, nowhere
    if bound.applies == "baseline normal":
        return ~abnormal & ~absent, absent
    if bound.applies == "baseline abnormal":
        return abnormal, absent
    if bound.applies == "anticoagulated":
        return columns["anticoagulated"] & ~first, nowhere
    if bound.applies == "not anticoagulated":
        return ~columns["anticoagulated"] | first, nowhere
    raise ValueError(f"the table of CTCAE bounds says “{bound.applies}”, which has no meaning")


def _graded(
    samples: pd.DataFrame,
    value: NDArray[np.float64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    possible: NDArray[np.int64],
) -> pd.DataFrame:
    unknown = np.isnan(value)
    open_ended = ~unknown & (possible > low)
    reason = np.where(unknown, "no value", np.where(open_ended, "no limit of normal or no baseline", ""))
    made = pd.DataFrame({"grade_low": low, "grade_high": high, "ungradable": reason}, index=samples.index)
    made[["grade_low", "grade_high"]] = made[["grade_low", "grade_high"]].astype("Int64")
    made.loc[unknown | open_ended, ["grade_low", "grade_high"]] = pd.NA
    return made


def _numbers(samples: pd.DataFrame, name: str) -> NDArray[np.float64]:
    if name not in samples:
        return np.full(len(samples), np.nan)
    return samples[name].to_numpy(dtype=np.float64, na_value=np.nan)

"""Grades and windows of registries beyond memory: tables of rows in, patient-level tables out.

The same definitions as `derive.ctcae` and `derive.worst`, run where the rows lie. What
comes back has the columns, the types and the index of those functions: everything after it stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.ctcae import Bound, MissingBaseline, Term, terms
from tieout.derive.provenance import refuse
from tieout.derive.scale.counts import Counts, counts_of_table
from tieout.derive.scale.laying import lay_samples, lay_windows, scattered
from tieout.derive.units import units
from tieout.sources.engine import Engine, Rows, kind_of, lay, lay_frame, run, run_columns
from tieout.values.finding import Finding, FindingsError


def worst_grades_at_scale(
    engine: Engine,
    labs: Rows,
    windows: pd.DataFrame,
    tests: Mapping[str, str],
    *,
    version: str = "5.0",
    missing_baseline: MissingBaseline = "ungradable",
) -> dict[str, pd.DataFrame]:
    """Return each patient's worst grades in the own window, by term.

    Parameters
    ----------
    engine : from `open_engine`.
    labs : a row a laboratory value: `patient`, `date` (whole days), `test`, `value`, `unit`, `lower_limit`,
        `upper_limit`; for relative terms `baseline`, `is_baseline`, `anticoagulated`. Missing limits are
        unknown, as in `ctcae.grade`.
    windows : as for `worst.worst_grades`: indexed by patient, `first` and `last`.
    tests : CTCAE's term -> the name of its laboratory test in `labs`.
    version, missing_baseline : as for `ctcae.grade`.

    Returns
    -------
    dict of DataFrame
        by term, what `worst_grades(grade(...), windows)` gives, equal to it.

    Raises
    ------
    FindingsError
        when a term, a unit or a column is unknown, values are implausible, or a patient has several windows.

    Examples
    --------
    >>> from tieout.derive.scale import open_engine
    >>> day = pd.Timestamp
    >>> labs = pd.DataFrame({"patient": "a", "date": [day("2023-01-01"), day("2023-01-10")], "test": "plt",
    ...                      "value": [75.0, 49.0], "unit": "10^9/L", "lower_limit": 150.0})
    >>> windows = pd.DataFrame({"first": day("2023-01-05"), "last": day("2023-02-01")}, index=["a"])
    >>> with open_engine(threads=1) as engine:
    ...     made = worst_grades_at_scale(engine, Rows(labs, {}), windows, {"platelet_count_decreased": "plt"})
    >>> made["platelet_count_decreased"][["grade_low", "baseline_low", "emergent_low"]].values.tolist()
    [[3, 1, 3]]
    """
    from tieout.derive.scale import expressions, unbound  # noqa: PLC0415  (Ibis is an extra)

    known = terms(version)
    if strays := [term for term in tests if term not in known]:
        have = ", ".join(strays)
        raise refuse(
            "ctcae-term", f"CTCAE {version} lacks a laboratory term", have=have, need=", ".join(known)
        )
    if not windows.index.is_unique:
        raise refuse("window", "a patient has several windows", "grade one window a patient at a time")
    samples = lay_samples(engine, labs)
    lay_windows(engine, windows)
    blocks = _lay_rates(engine, {term: (known[term], test) for term, test in tests.items()})
    places = unbound.windows_table("windows", kind_of(engine, "samples", "patient"))
    query = expressions.worst(
        samples,
        places,
        expressions.terms_table("terms"),
        expressions.rates_table("rates"),
        patients=len(windows),
        blocks=blocks,
        missing_baseline=missing_baseline,
    )
    cells = run_columns(engine, "grading", query)
    if (cells["place"] == unbound.STRANGE).any():
        _refuse_units(engine, samples, {test: known[term].analyte for term, test in tests.items()})
    if (strangers := cells["place"] == unbound.STRANGER).any():
        cells = {name: column[~strangers] for name, column in cells.items()}
    return dict(zip(tests, _worst_tables(cells, len(tests), windows.index), strict=True))


def grades_at_scale(
    engine: Engine,
    labs: Rows,
    term: str,
    test: str,
    *,
    version: str = "5.0",
    missing_baseline: MissingBaseline = "ungradable",
) -> pd.DataFrame:
    """Return the grade of every row of a test, as `ctcae.grade` does: for tests and for looking into.

    Examples
    --------
    >>> from tieout.derive.scale import open_engine
    >>> labs = pd.DataFrame({"test": "plt", "value": [75.0, 74.999], "unit": "10^9/L",
    ...                      "lower_limit": [150.0, None]})
    >>> with open_engine(threads=1) as engine:
    ...     made = grades_at_scale(engine, Rows(labs, {}), "platelet_count_decreased", "plt")
    >>> made["grade_low"].tolist()
    [1, 2]
    """
    from tieout.derive.scale import expressions  # noqa: PLC0415  (Ibis is an extra)

    samples = lay_samples(engine, labs)
    blocks = _lay_rates(engine, {term: (terms(version)[term], test)})
    tables = expressions.terms_table("terms"), expressions.rates_table("rates")
    query = expressions.grades(samples, *tables, blocks, missing_baseline)
    rows = run(engine, f"grading {term}", query.order_by("row"))
    both = rows["grades"].astype("Int64")
    made = pd.DataFrame({"grade_low": both // 8, "grade_high": both % 8})
    unread = np.where(made["grade_low"].isna(), "no limit of normal or no baseline", "")
    made["ungradable"] = np.where(rows["has_value"], unread, "no value")
    return made


def count_days_at_scale(engine: Engine, times: Rows, *, causes: int = 1, groups: int = 1) -> Counts:
    """Return the counts a day of a table of times, from which the estimators of `scale.counts` start.

    Parameters
    ----------
    engine : from `open_engine`.
    times : a row a patient: `day` (whole, not negative), `cause` (0 or false is censored), `group` (0, 1, …).

    Raises
    ------
    FindingsError
        when a day, cause or group is missing, or out of range.

    Examples
    --------
    >>> from tieout.derive.scale import open_engine
    >>> times = pd.DataFrame({"day": [5, 3, 3], "cause": [True, True, False], "group": 0})
    >>> with open_engine(threads=1) as engine:
    ...     made = count_days_at_scale(engine, Rows(times, {}))
    >>> made.time.tolist(), made.leaving[0].tolist()
    ([3.0, 5.0], [[1, 0], [1, 1]])
    """
    from tieout.derive.scale import unbound  # noqa: PLC0415  (Ibis is an extra)

    lay(engine, "times", times, ["day", "cause", "group"])
    rows = run(engine, "counting days", unbound.day_counts(unbound.times_table("times")))
    limits = {"day": None, "cause": causes + 1, "group": groups}
    wrong = rows[list(limits)].isna().any(axis=1)
    for name, limit in limits.items():
        wrong |= (rows[name] < 0) | (rows[name] >= (np.inf if limit is None else limit))
    if wrong.any():
        message = "days, causes or groups are missing or out of range"
        raise refuse("time", message, rows=int(rows.loc[wrong, "n"].sum()))
    return counts_of_table(rows, causes=causes, groups=groups)


def _worst_tables(
    cells: Mapping[str, NDArray[Any]], terms: int, index: pd.Index[Any]
) -> Iterator[pd.DataFrame]:
    """Yield, by term, what `worst_grades` gives, from a row of counts and codes of grades a patient."""
    blanks = {"worst": -1, "before": -1, "samples": 0, "gradable": 0}
    columns = {
        name: scattered(cells[name], cells["place"], terms * len(index), blank).reshape(terms, len(index))
        for name, blank in blanks.items()
    }
    for at in range(terms):
        worst, before, samples, gradable = (column[at] for column in columns.values())
        grades, base = (worst >> 3, worst & 7), np.where(before < 0, 0, before)
        made: dict[str, Any] = {"grade_low": _known(grades[0], worst), "grade_high": _known(grades[1], worst)}
        made |= {"samples": samples, "ungradable": samples - gradable}
        for side, grade, earlier in zip(("low", "high"), grades, (base >> 3, base & 7), strict=True):
            made[f"baseline_{side}"] = _known(earlier, before)
            made[f"emergent_{side}"] = _known(np.where(grade > earlier, grade, 0), worst)
        yield pd.DataFrame(made, index=index, copy=False)


def _known(grade: NDArray[np.int8], code: NDArray[np.int8]) -> pd.api.extensions.ExtensionArray:
    """Return grades, missing where there is no code."""
    return pd.arrays.IntegerArray(grade.astype(np.int64), code < 0)


def _lay_rates(engine: Engine, chosen: Mapping[str, tuple[Term, str]]) -> list[Sequence[Bound]]:
    """Lay the conversions before the engine; return the blocks of bounds that they name."""
    blocks: list[Sequence[Bound]] = []
    rows: list[tuple[object, ...]] = []
    for at, (term, _) in enumerate(chosen.values()):
        first = len(blocks)
        blocks += [[bound for bound in term.bounds if bound.unit == stated] for stated in term.units]
        for (analyte, unit), entry in units().items():
            if analyte != term.analyte:
                continue
            stated = unit if unit in term.units else term.units[0]
            target = units()[analyte, stated]
            scale = entry.multiply * target.divide, entry.divide * target.multiply
            block = first + term.units.index(stated)
            factors = (1.0, 1.0) if unit == stated else scale
            rows.append((at, unit, block, *factors, entry.lowest, entry.highest))
    columns = ["term", "unit", "block", "multiply", "divide", "lowest", "highest"]
    lay_frame(engine, "rates", pd.DataFrame(rows, columns=columns).astype({"term": "int8", "block": "int8"}))
    tests = pd.DataFrame({"test": [test for _, test in chosen.values()], "term": range(len(chosen))})
    lay_frame(engine, "terms", tests.astype({"term": "int8"}))
    return blocks


def _refuse_units(engine: Engine, samples: Any, analytes: Mapping[str, str]) -> None:
    """Raise what `units.require_units` raises, from counts by test and unit."""
    from tieout.derive.scale import expressions  # noqa: PLC0415  (Ibis is an extra)

    ranges = run(engine, "checking units", expressions.unit_ranges(samples, list(analytes)))
    found = []
    ordered = ranges[ranges["stated"] > 0].sort_values(["test", "unit"])
    extremes = zip(ordered["least"].astype(float), ordered["greatest"].astype(float), strict=True)
    named = zip(ordered["test"].astype(str), ordered["unit"].astype(str), ordered["stated"], strict=True)
    for (test, unit, stated_rows), (least, greatest) in zip(named, extremes, strict=True):
        entry = units().get((analytes[test], unit))
        if entry is None:
            need = ", ".join(stated for other, stated in units() if other == analytes[test])
            facts = {"rows": str(stated_rows), "need": need}
            message = f"{analytes[test]} has values in a unit that is not known for it"
            found.append(Finding("derive/unit", message, None, facts, "correct the unit in the registry"))
        elif least < entry.lowest or greatest > entry.highest:
            strange = run(engine, "checking units", expressions.implausible(samples, test, unit, entry))
            need = f"{entry.lowest:g} to {entry.highest:g} {unit}"
            facts = {"rows": str(strange["rows"].iloc[0]), "need": need}
            message = f"{analytes[test]} has values that are implausible in their unit"
            found.append(Finding("derive/implausible", message, None, facts, "see whether the unit is right"))
    raise FindingsError(found)

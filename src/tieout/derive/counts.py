"""Counting: how many, of how many, how many unknown; one count or one a level."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set, Sized
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.masks import is_true
from tieout.derive.observed import tell
from tieout.derive.proportions import IntervalMethod, interval_words, proportion_interval
from tieout.derive.provenance import meaning, refuse
from tieout.derive.rows import made_of
from tieout.values.result import Count, Results

Mask: TypeAlias = "pd.Series[bool] | NDArray[np.bool_]"
Denominator = Literal["all", "known"]

_WORDS = {
    "all": "denominator: all, the unknown included",
    "known": "denominator: those known",
}


def count(
    counted: Mask | Set[Hashable] | int,
    of: Sized | int | None,
    *,
    label: str,
    population: str,
    method: str = "",
    interval: IntervalMethod | None = None,
    missing: int = 0,
    overlaps: bool = False,
    level: float = 0.95,
) -> Count:
    """Count who is true in a mask, of how many.

    Parameters
    ----------
    counted : a whole number; booleans of shape (n_patients,), of which an unknown one (NA) is not counted, is
        added to `missing`, and stays in the denominator; or a set of patients, as they stand in the index of
        the table `of`. Of a number nobody can be shown the rows.
    of : the denominator: a number, or the table or mask whose rows are the denominator; None for a plain
        count.
    label, population, method : the words of the result.
    interval : the confidence interval of the proportion: "clopper-pearson", "wilson", "agresti-coull" or
        None.
    missing : how many of the population are unknown, where the mask cannot say it.
    overlaps : whether a patient may count in several siblings of this result.
    level : the confidence level of the interval.

    Raises
    ------
    FindingsError
        when the count does not fit in the denominator, the mask is not of booleans, or a patient of the set
        does not stand in the table's index just once.

    Examples
    --------
    >>> import pandas as pd
    >>> stopped = pd.DataFrame({"first_event": ["hospice", "break", "hospice"]})
    >>> hospice = count(stopped.first_event == "hospice", of=stopped, label="Hospice", population="stopped")
    >>> hospice.n, hospice.of
    (2, 3)
    """
    if isinstance(counted, Set):
        counted = _in_index(counted, of, label)
    if isinstance(counted, int | np.integer):
        n, unknown = int(counted), missing
    else:
        known, values = _booleans(counted, label)
        n, unknown = int(values.sum()), missing + int((~known).sum())
    total = None if of is None else int(of) if isinstance(of, int | np.integer) else len(of)
    if n < 0 or (total is not None and n > total):
        raise refuse("count", f"the count “{label}” does not fit in its denominator", n=n, of=total)
    low = high = None
    if interval and total:
        low, high = proportion_interval(n, total, method=interval, level=level)
    words = interval_words(interval, level) if interval else ""
    made = Count(n, total, meaning(label, population, method, words), unknown, low, high, level, overlaps)
    if interval and total:
        tell("proportion", made, n=n, of=total, method=interval, level=level)
    mask = counted
    if isinstance(mask, int | np.integer):
        return made
    return made_of(made, lambda: _rows_of(mask, of))


def levels(
    values: pd.Series[Any],
    *,
    levels: Mapping[str, tuple[object, str]],
    population: str,
    denominator: Denominator = "all",
    method: str = "",
    interval: IntervalMethod | None = None,
    unknown_label: str = "Unknown",
) -> Results:
    """Count each level of a categorical column, and the unknown.

    Parameters
    ----------
    values : shape (n_patients,); NA is unknown.
    levels : identifier -> (value in the column, label), in the order of print. Every level is counted, also
        at 0.
    population, method : the words of the results.
    denominator : "all" takes everybody, "known" those whose value is known. Each count's `missing` says how
        many are unknown.
    interval : the confidence interval of each proportion, or None.
    unknown_label : the label of the count of unknown values, under the key `unknown`; its denominator is
        everybody.

    Raises
    ------
    FindingsError
        when the column holds a value that is no level, or two levels share a value.

    Examples
    --------
    >>> import pandas as pd
    >>> made = levels(pd.Series(["a", "b", "a", None]), levels={"first": ("a", "A"), "second": ("b", "B")},
    ...               population="all", denominator="known")
    >>> [(key, c.n, c.of) for key, c in made.flat()]
    [('first', 2, 3), ('second', 1, 3), ('unknown', 1, 4)]
    """
    wanted = [value for value, _ in levels.values()]
    known = values.dropna()
    strays = int((~known.isin(wanted)).sum())
    if strays or len(set(wanted)) < len(wanted):
        raise refuse(
            "levels",
            "a categorical column holds values that are no declared level, or two levels share a value",
            "declare every value once; code the unknown as missing",
            rows=strays,
            column=values.name,
        )
    missing = len(values) - len(known)
    of = len(values) if denominator == "all" else len(known)
    policy = _WORDS[denominator] if missing else ""

    def level(value: object, label: str) -> Count:
        true = is_true(known == value)
        made = count(
            int(true.sum()),
            of,
            label=label,
            population=population,
            method="; ".join(part for part in (method, policy) if part),
            interval=interval,
            missing=missing,
        )
        return made_of(made, lambda: known[true])

    unknown = count(missing, len(values), label=unknown_label, population=population)
    made_of(unknown, lambda: values[values.isna()])
    return Results({**{name: level(*each) for name, each in levels.items()}, "unknown": unknown})


count_levels = levels  # `levels` is also the name of a parameter below


def levels_by(
    values: pd.Series[Any],
    groups: pd.Series[Any],
    *,
    levels: Mapping[str, tuple[object, str]],
    group_levels: Mapping[str, tuple[object, str]],
    population: str,
    denominator: Denominator = "all",
    method: str = "",
) -> Results:
    """Count each level of a categorical column in each group; a row whose group is unknown is in none.

    Parameters
    ----------
    values, groups : shape (n_patients,), the same rows.
    levels, group_levels : identifier -> (value, label).
    population, denominator, method : as in `levels`.

    Examples
    --------
    >>> import pandas as pd
    >>> made = levels_by(pd.Series(["a", "b", "a"]), pd.Series([1, 1, 2]), levels={"first": ("a", "A"),
    ...     "second": ("b", "B")}, group_levels={"one": (1, "One"), "two": (2, "Two")}, population="all")
    >>> made["one.first"].n, made["one.first"].of, made["two.first"].n
    (1, 2, 1)
    """
    return Results(
        {
            name: count_levels(
                values[is_true(groups == value)],
                levels=levels,
                population=f"{population}, {label}",
                denominator=denominator,
                method=method,
            )
            for name, (value, label) in group_levels.items()
        }
    )


def _in_index(patients: Set[Hashable], of: object, label: str) -> NDArray[np.bool_]:
    """Return the mask of a set of patients over the table that is the denominator."""
    index = getattr(of, "index", None)
    if not isinstance(index, pd.Index):
        raise refuse("patients", f"the patients of “{label}” need the table that they are of", have=type(of))
    mask: NDArray[np.bool_] = index.isin(list(patients))
    if mask.sum() != len(patients) or index[mask].has_duplicates:
        message = f"the patients of “{label}” do not stand in the table's index, each once"
        raise refuse("patients", message, n=len(patients), rows=int(mask.sum()))
    return mask


def _rows_of(mask: Mask, of: object) -> pd.DataFrame | pd.Series[Any]:
    """Return the rows of the denominator that are counted, or the mask's own where that is no such table."""
    true = is_true(mask)
    if isinstance(of, pd.DataFrame | pd.Series) and len(of) == len(true):
        return of[true]
    return pd.Series(mask)[true]


def _booleans(mask: Mask, label: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which entries are known and which are true; anything but booleans and NA is refused."""
    series = pd.Series(mask)
    known = series.notna().to_numpy(dtype=bool)
    if series.dtype == object:
        if not series[known].map(lambda value: isinstance(value, bool | np.bool_)).all():
            raise refuse("mask", f"the mask of “{label}” holds something else than true, false or unknown")
    elif not pd.api.types.is_bool_dtype(series.dtype):
        raise refuse("mask", f"the mask of “{label}” is not of booleans", have=series.dtype, need="bool")
    return known, is_true(series)

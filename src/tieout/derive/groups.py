"""A grouping knows since when it is known: what becomes known after time zero cannot be compared from time
zero.

A patient who responds at month three must have lived to month three. Comparing responders with the others
from the first day gives the responders that time for nothing (immortal time); Anderson, Cain and Gelber
(1983), J Clin Oncol 1:710.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.masks import is_true
from tieout.derive.provenance import refuse

LANDMARK = "landmark_days"  # where a table of times says that it was restarted


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A categorical variable of patients, its levels, and when each value became known.

    Attributes
    ----------
    values : shape (n_patients,); NA is unknown and leaves the patient out of a comparison, counted.
    levels : identifier -> (value, label); the first is the reference.
    label : what it is called.
    known_at : days from time zero; a whole number for all, or one a patient. 0 or less is baseline.
    """

    values: pd.Series[Any]
    levels: Mapping[str, tuple[object, str]]
    label: str
    known_at: int | pd.Series[Any]

    @property
    def name_of_reference(self) -> str:
        """The identifier of the first level."""
        return next(iter(self.levels))

    def codes(self, index: pd.Index[Any]) -> NDArray[np.int64]:
        """Return each row's level as 0, 1, …, and -1 where it is unknown, for the rows of `index`.

        Raises
        ------
        FindingsError
            when a value is no level, or a row has no value because the index does not match.
        """
        if not self.values.index.is_unique:
            raise refuse("index", f"“{self.label}” has several values for one row of its index")
        if strays := len(index.difference(self.values.index)):
            raise refuse("index", f"“{self.label}” lacks rows of the table of times", rows=strays)
        values = self.values.reindex(index)
        codes = np.full(len(values), -1, dtype=np.int64)
        for code, (value, _) in enumerate(self.levels.values()):
            codes[is_true(values == value)] = code
        strays = int(((codes < 0) & values.notna().to_numpy(dtype=bool)).sum())
        if strays:
            raise refuse("levels", f"“{self.label}” holds values that are no declared level", rows=strays)
        return codes


def grouping(
    values: pd.Series[Any],
    *,
    levels: Mapping[str, tuple[object, str]],
    label: str,
    known_at: int | pd.Series[Any],
) -> Grouping:
    """Declare a grouping for comparisons over time.

    Parameters
    ----------
    values : shape (n_patients,).
    levels : identifier -> (value, label), the reference first.
    label : what it is called.
    known_at : days from time zero at which the value is known, for all or one a patient: 0 for what is known
        at the start, the landmark's day for a response measured there.

    Examples
    --------
    >>> two = {"a": ("x", "Arm A"), "b": ("y", "Arm B")}
    >>> arm = grouping(pd.Series(["y", None, "x"]), levels=two, label="Arm", known_at=0)
    >>> arm.codes(pd.RangeIndex(3)).tolist()
    [1, -1, 0]
    """
    return Grouping(values, levels, label, known_at)


def require_known(group: Grouping, times: pd.DataFrame) -> None:
    """Refuse a comparison by what was not yet known when the clock started.

    Parameters
    ----------
    group : the grouping.
    times : the table of times; one made by `landmark` has a later start, and so has a row with `entry_days`.

    Raises
    ------
    FindingsError
        with the number of patients whose value became known later, and what to do instead.
    """
    start = pd.Series(int(times.attrs.get(LANDMARK, 0)), index=times.index)
    if "entry_days" in times:
        start = start + times["entry_days"].clip(lower=0)
    known = group.known_at
    since = (
        known.reindex(times.index) if isinstance(known, pd.Series) else pd.Series(known, index=times.index)
    )
    late = since > start
    if late.any():
        raise refuse(
            "immortal-time",
            f"“{group.label}” is known only after time zero, so that a plain comparison gives immortal time",
            "compare from a landmark, landmark(times, day), or give it to cox as a time-varying covariate",
            patients=int(late.sum()),
            of=len(times),
        )


def landmark(times: pd.DataFrame, day: int, *, days_per_month: float | None = None) -> pd.DataFrame:
    """Restart the clock at a landmark day, for those still under observation after it.

    An event or a censoring on the landmark day itself falls before it.

    Parameters
    ----------
    times : from `time_to_event`.
    day : days after time zero.
    days_per_month : the length of a month; by default the one the table was made with.

    Returns
    -------
    DataFrame
        the rows with `time_days > day`, their times counted from the landmark. `attrs` remembers the day, so
        that a grouping known by then may be compared.

    Examples
    --------
    >>> times = pd.DataFrame({"time_days": [10, 60, 90], "time_months": [0.3, 2.0, 3.0],
    ...                       "is_event": [True, True, False]})
    >>> landmark(times, 30, days_per_month=30)["time_days"].tolist()
    [30, 60]
    """
    month = days_per_month or times.attrs.get("days_per_month")
    if not month:
        raise refuse("month", "the length of a month is unknown", "give days_per_month")
    after = times[times["time_days"] > day].copy()
    after["time_days"] -= day
    after["time_months"] = after["time_days"] / month
    if "potential_days" in after:
        after["potential_days"] -= day
    if "entry_days" in after:
        after["entry_days"] = (after["entry_days"] - day).clip(lower=0)
    words = f"landmark on day {day}: {len(after)} of {len(times)} patients still under observation"
    before = times.attrs.get("definition", "")
    after.attrs |= {
        LANDMARK: int(times.attrs.get(LANDMARK, 0)) + day,
        "days_per_month": month,
        "definition": "; ".join(part for part in (before, words) if part),
    }
    return after

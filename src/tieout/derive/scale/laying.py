"""Laying samples and windows before the engine, and answers back at their patients' places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.provenance import refuse
from tieout.sources.engine import Engine, Rows, kind_of, lay, lay_frame

_SAMPLES = ("patient", "date", "test", "value", "unit", "lower_limit", "upper_limit")
_FURTHER = ("baseline", "is_baseline", "anticoagulated")


def lay_samples(engine: Engine, labs: Rows) -> Any:
    """Lay laboratory values before the engine as `samples`; return the unbound table of what they have."""
    return _table(engine, lay(engine, "samples", labs, [*_SAMPLES, *_FURTHER]))


def _table(engine: Engine, present: Sequence[str]) -> Any:
    from tieout.derive.scale import unbound  # noqa: PLC0415  (Ibis is an extra)

    kind = kind_of(engine, "samples", "patient") if "patient" in present else "string"
    return unbound.samples_table("samples", kind, present)


def lay_windows(engine: Engine, windows: pd.DataFrame) -> None:
    """Lay windows before the engine as a table, since its join reads it more than once.

    They are indexed by patient, or by patient and line; `at` is the place of a row.
    """
    frame = pd.DataFrame({"patient": windows.index.get_level_values(0), "at": np.arange(len(windows))})
    for name in ("first", "last"):
        day = pd.to_datetime(windows[name]).to_numpy(dtype="M8[ns]")
        if ((day != day.astype("M8[D]")) & ~np.isnat(day)).any():
            raise refuse("scale-day", "windows have times of day", "state whole days")
        frame[name] = day
    lay_frame(engine, "windows", frame)


def scattered(values: NDArray[Any], at: NDArray[Any], size: int, blank: object) -> NDArray[Any]:
    """Return an array with each value at its place."""
    made = np.full(size, blank, dtype=values.dtype)
    made[at] = values
    return made

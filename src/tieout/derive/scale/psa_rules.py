"""PSA of registries beyond memory: tables of rows in, one row a patient out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.provenance import refuse
from tieout.derive.response import PsaRule
from tieout.derive.scale.laying import lay_samples, lay_windows, scattered
from tieout.sources.engine import Engine, Rows, kind_of, lay_frame, run, run_columns


def psa_changes_at_scale(
    engine: Engine, labs: Rows, therapy: pd.DataFrame, rule: PsaRule | None = None, *, test: str = "psa"
) -> pd.DataFrame:
    """Return each patient's baseline, nadir and best change on therapy, as `response.psa_changes` does.

    Parameters
    ----------
    engine : from `open_engine`.
    labs : a row a laboratory value: `patient`, `date`, `test`, `value`.
    therapy : as for `psa_changes`: indexed by patient, `first` and `last`.
    rule : the definition; by default a baseline of 28 days and no confirmation.
    test : the name of PSA among the tests.

    Raises
    ------
    FindingsError
        when a value is negative, a patient has two values on one day, or two rows of therapy.

    Examples
    --------
    >>> from tieout.derive.scale import open_engine
    >>> day = pd.Timestamp
    >>> labs = pd.DataFrame({"patient": "a", "value": [10.0, 4.0], "test": "psa",
    ...                      "date": [day("2023-01-01"), day("2023-02-01")]})
    >>> therapy = pd.DataFrame({"first": [day("2023-01-02")], "last": [pd.NaT]}, index=["a"])
    >>> with open_engine(threads=1) as engine:
    ...     float(psa_changes_at_scale(engine, Rows(labs, {}), therapy)["best_change"].iloc[0])
    -0.6
    """
    from tieout.derive.scale import psa_expressions, unbound  # noqa: PLC0415  (Ibis is an extra)

    rule = rule or PsaRule()
    if not therapy.index.is_unique:
        raise refuse("therapy", "a patient has several rows of therapy", "take one line at a time")
    samples = lay_samples(engine, labs)
    lay_windows(engine, therapy)
    kind = kind_of(engine, "samples", "patient")
    windows = unbound.windows_table("windows", kind)
    values = psa_expressions.psa_values(samples, windows, [test], rule.baseline_days)
    found = run_columns(engine, "PSA by patient", psa_expressions.psa_summary(values))
    if (found["at"] == unbound.STRANGE).any():
        negative = run(engine, "checking PSA", psa_expressions.psa_negative(values))
        raise refuse("psa", "PSA values are negative", rows=int(negative["rows"].iloc[0]))
    is_suspect = _bits(found["days"]) < found["rows"]
    if is_suspect.any():
        _require_single_days(engine, values, found["at"][is_suspect])
    made = _psa_columns(found, len(therapy))
    reached = made["nadir"]
    if rule.confirmed:
        lows = run_columns(engine, "PSA confirmed", psa_expressions.psa_confirmed(values, rule.confirm_days))
        reached = scattered(lows["level"], lows["at"], len(therapy), np.nan)
    with np.errstate(all="ignore"):  # a baseline may be as small as a number can be
        change = np.round(reached / np.where(made["evaluable"], made["baseline"], np.nan) - 1, 9)
    return pd.DataFrame({**made, "best_change": change}, index=therapy.index)


def _require_single_days(engine: Engine, values: Any, at: NDArray[Any]) -> None:
    from tieout.derive.scale import psa_expressions  # noqa: PLC0415  (Ibis is an extra)

    lay_frame(engine, "suspects", pd.DataFrame({"at": at[~np.isnan(at)].astype(np.int64)}))
    query = psa_expressions.psa_doubled(values, psa_expressions.suspects_table("suspects"))
    doubled = run(engine, "checking PSA", query)["rows"].fillna(0).iloc[0]
    if doubled:
        rows = int(doubled)
        raise refuse("psa", "patients have two PSA values on one day", "keep one", rows=rows)


def _bits(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many bits are set in numbers that are not negative, by summing pairs, fours, eights, all."""
    pairs = numbers - ((numbers >> 1) & 0x5555555555555555)
    fours = (pairs & 0x3333333333333333) + ((pairs >> 2) & 0x3333333333333333)
    eights = (fours + (fours >> 4)) & 0x0F0F0F0F0F0F0F0F
    counted: NDArray[np.int64] = (eights * 0x0101010101010101) >> 56
    return counted


def _psa_columns(found: Mapping[str, NDArray[Any]], size: int) -> dict[str, NDArray[Any]]:
    known = ~np.isnan(found["at"])
    at = found["at"][known].astype(np.int64)
    blanks = {
        "baseline": np.nan,
        "baseline_date": np.datetime64("NaT"),
        "nadir": np.nan,
        "nadir_date": np.datetime64("NaT"),
        "values": 0,
    }
    made = {name: scattered(found[name][known], at, size, blank) for name, blank in blanks.items()}
    made["evaluable"] = (made["baseline"] > 0) & (made["values"] > 0)
    return made | {name: made[name].astype("M8[ns]") for name in ("baseline_date", "nadir_date")}

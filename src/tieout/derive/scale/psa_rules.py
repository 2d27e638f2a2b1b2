"""PSA of registries beyond memory: tables of rows in, one row a patient, or a line of therapy, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.provenance import refuse
from tieout.derive.response import PsaRule, require_lines
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
    therapy : as for `psa_changes`: indexed by patient, or by patient and line, `first` and `last`.
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
    require_lines(therapy, "patient")
    known = psa_expressions.psa_known(lay_samples(engine, labs), [test])
    lay_windows(engine, therapy)
    windows = unbound.windows_table("windows", kind_of(engine, "samples", "patient"))
    values = psa_expressions.psa_values(known, windows, rule.baseline_days)
    found = run_columns(engine, "PSA by patient", psa_expressions.psa_summary(values))
    if (found["at"] == unbound.STRANGE).any():
        negative = run(engine, "checking PSA", psa_expressions.psa_negative(known))
        raise refuse("psa", "PSA values are negative", rows=int(negative["rows"].iloc[0]))
    _require_single_days(engine, known, found, therapy.index.get_level_values(0))
    made = _psa_columns(found, len(therapy))
    reached = made["nadir"]
    if rule.confirmed:
        lows = run_columns(engine, "PSA confirmed", psa_expressions.psa_confirmed(values, rule.confirm_days))
        reached = scattered(lows["level"], lows["at"], len(therapy), np.nan)
    with np.errstate(all="ignore"):  # a baseline may be as small as a number can be
        change = np.round(reached / np.where(made["evaluable"], made["baseline"], np.nan) - 1, 9)
    return pd.DataFrame({**made, "best_change": change}, index=therapy.index)


def _require_single_days(
    engine: Engine, known: Any, found: Mapping[str, NDArray[Any]], patients: pd.Index[Any]
) -> None:
    """Refuse two values on one day. Who has as many remainders of days as values is cleared of it at once."""
    from tieout.derive.scale import psa_expressions  # noqa: PLC0415  (Ibis is an extra)

    is_clear = _bits(found["days"]) == found["rows"]
    if is_clear.all():
        return
    at = found["at"][is_clear & ~np.isnan(found["at"])].astype(np.int64)
    lay_frame(engine, "cleared", pd.DataFrame({"patient": patients[at].unique()}))
    cleared = psa_expressions.cleared_table("cleared", kind_of(engine, "samples", "patient"))
    doubled = run(engine, "checking PSA", psa_expressions.psa_doubled(known, cleared))
    if rows := int(doubled["rows"].fillna(0).iloc[0]):
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

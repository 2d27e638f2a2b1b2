"""Latest days and last values of tables beyond memory: rows in, one row a patient out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tieout.derive.scale.laying import lay_samples, lay_windows
from tieout.derive.units import convert
from tieout.sources.engine import Engine, Rows, kind_of, lay, run


def latest_days_at_scale(engine: Engine, rows: Rows) -> pd.Series[pd.Timestamp]:
    """Return each patient's latest day, indexed by patient; rows name `patient` and `date`.

    Examples
    --------
    >>> from tieout.derive.scale import open_engine
    >>> rows = pd.DataFrame({"patient": ["a", "a"], "date": pd.to_datetime(["2023-02-01", "2023-01-01"])})
    >>> with open_engine(threads=1) as engine:
    ...     latest_days_at_scale(engine, Rows(rows))["a"].date().isoformat()
    '2023-02-01'
    """
    from tieout.derive.scale import last_expressions, unbound  # noqa: PLC0415  (Ibis is an extra)

    present = lay(engine, "dated", rows, ["patient", "date"])
    table = unbound.samples_table("dated", kind_of(engine, "dated", "patient"), present)
    made = run(engine, "latest days", last_expressions.latest_days(table))
    days: pd.Series[pd.Timestamp] = made.set_index("patient")["latest"].astype("datetime64[ns]")
    return days


def last_values_at_scale(
    engine: Engine, labs: Rows, windows: pd.DataFrame, tests: Mapping[str, str]
) -> pd.DataFrame:
    """Return the last known value of each test in each patient's window, as `labs.last_values` does.

    Parameters
    ----------
    engine : from `open_engine`.
    labs : a row a laboratory value: `patient`, `date`, `test`, `value`, `unit`.
    windows : indexed by patient, `first` and `last`, both days included.
    tests : test -> the unit wanted.

    Raises
    ------
    FindingsError
        when a unit is not known for its test.
    """
    from tieout.derive.scale import last_expressions, unbound  # noqa: PLC0415  (Ibis is an extra)

    samples = lay_samples(engine, labs)
    lay_windows(engine, windows)
    kept = unbound.windows_table("windows", kind_of(engine, "samples", "patient"))
    query = last_expressions.last_values(samples, kept, list(tests))
    found = run(engine, "last values", query).set_index("at").reindex(range(len(windows)))
    made = {}
    for at, (test, unit) in enumerate(tests.items()):
        values = found[f"value_{at}"].to_numpy(dtype=np.float64)
        stated = found[f"unit_{at}"].to_numpy(dtype=object)
        made[test] = convert(test, values, stated, unit)
    return pd.DataFrame(made, index=windows.index)

"""Units of laboratory values: a committed table of conversions and of what is plausible in each unit."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tieout.derive.provenance import refuse
from tieout.values.finding import Finding, FindingsError

_TABLE = Path(__file__).parent / "tables" / "units.csv"
_DIGITS = 9  # a conversion is rounded here, so that 3 times 0.6 is 1.8 and a bound is met exactly


@dataclass(frozen=True, slots=True)
class Unit:
    """One way to state an analyte: value * multiply / divide is in the unit `to`; plausible between the last
    two.
    """

    to: str
    multiply: float
    divide: float
    lowest: float
    highest: float


@cache
def units() -> Mapping[tuple[str, str], Unit]:
    """Return the table of units by analyte and unit."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["analyte"], row["unit"]): Unit(
                row["to"],
                float(row["multiply"]),
                float(row["divide"]),
                float(row["lowest"]),
                float(row["highest"]),
            )
            for row in csv.DictReader(file)
        }


def check_units(analyte: str, values: NDArray[np.float64], unit: NDArray[np.object_]) -> list[Finding]:
    """Return a finding for each unit that is unknown for the analyte, or in which values are implausible.

    Parameters
    ----------
    analyte : such as "platelets".
    values : shape (n,); NaN is unknown and passes.
    unit : shape (n,), texts; where the value is unknown the unit may be too.

    Examples
    --------
    >>> [finding.code for finding in check_units("platelets", np.array([75000.0]), np.array(["10^9/L"]))]
    ['derive/implausible']
    """
    found = []
    known = ~np.isnan(values)
    for name in sorted({str(text) for text in unit[known]}):
        inside = known & (unit == name)
        if (entry := units().get((analyte, name))) is None:
            need = (
                ", ".join(stated for other, stated in units() if other == analyte)
                or "an analyte of the table"
            )
            rows = sum(str(text) == name for text in unit[known])  # a unit that is absent is one too
            facts = {"rows": str(rows), "need": need}
            message = f"{analyte} has values in a unit that is not known for it"
            found.append(Finding("derive/unit", message, None, facts, "correct the unit in the registry"))
            continue
        wrong = inside & ((values < entry.lowest) | (values > entry.highest))
        if wrong.any():
            facts = {"rows": str(int(wrong.sum())), "need": f"{entry.lowest:g} to {entry.highest:g} {name}"}
            message = f"{analyte} has values that are implausible in their unit"
            found.append(Finding("derive/implausible", message, None, facts, "see whether the unit is right"))
    return found


def require_units(analyte: str, values: NDArray[np.float64], unit: NDArray[np.object_]) -> None:
    """Raise FindingsError with all that `check_units` finds."""
    if found := check_units(analyte, values, unit):
        raise FindingsError(found)


def convert(
    analyte: str, values: NDArray[np.float64], unit: NDArray[np.object_], to: str
) -> NDArray[np.float64]:
    """Convert values of one analyte to one unit; NaN stays NaN.

    Parameters
    ----------
    analyte : such as "hemoglobin".
    values, unit : shape (n,).
    to : the unit wanted.

    Raises
    ------
    FindingsError
        when a unit is unknown for the analyte and another than the one wanted. Plausibility is the business
        of `require_units`.

    Examples
    --------
    >>> convert("hemoglobin", np.array([95.0, 9.5]), np.array(["g/L", "g/dL"], dtype=object), "g/dL").tolist()
    [9.5, 9.5]
    """
    stated = {str(text) for text in unit[~np.isnan(values)]}
    if stated <= {to}:
        return np.round(values, _DIGITS)
    target = units().get((analyte, to))
    if target is None:
        raise refuse("unit", f"{to} is no known unit of {analyte}")
    converted = np.full(len(values), np.nan)
    for name in stated:
        entry = units().get((analyte, name))
        if entry is None:
            raise refuse("unit", f"{analyte} has values in a unit that is not known for it")
        inside = unit == name
        scale = entry.multiply * target.divide, entry.divide * target.multiply
        converted[inside] = values[inside] if name == to else values[inside] * scale[0] / scale[1]
    return np.round(converted, _DIGITS)


def corrected_calcium(
    calcium: NDArray[np.float64], albumin: NDArray[np.float64], *, unit: str = "mg/dL"
) -> NDArray[np.float64]:
    """Return calcium corrected for albumin, the calcium that CTCAE grades.

    Parameters
    ----------
    calcium, albumin : shape (n,); mg/dL and g/dL, or mmol/L and g/L. NaN in either gives NaN.
    unit : the unit of calcium, "mg/dL" or "mmol/L".

    Raises
    ------
    FindingsError
        when the unit is another one.

    Notes
    -----
    Payne et al. (1973), Br Med J 4:643: calcium + 0.8 (4 - albumin), or calcium + 0.02 (40 - albumin).

    Examples
    --------
    >>> corrected_calcium(np.array([8.0]), np.array([3.0])).tolist()
    [8.8]
    """
    if unit == "mg/dL":
        return np.round(calcium + 0.8 * (4 - albumin), _DIGITS)
    if unit == "mmol/L":
        return np.round(calcium + 0.02 * (40 - albumin), _DIGITS)
    raise refuse("unit", f"{unit} is no known unit of calcium", need="mg/dL or mmol/L")

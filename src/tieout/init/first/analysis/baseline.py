"""A first Table 1: every measure and category of the patients' own table. Leave out what does not belong."""

from __future__ import annotations

import re

import pandas as pd

from analysis.cohort import HOME
from tieout.derive import count, levels, meaning, summarize
from tieout.sources import Column
from tieout.values.facets import RESERVED
from tieout.values.result import Fact, Result, Results

_POPULATION = "patients analyzed"


def baseline(patients: pd.DataFrame) -> Results:
    """Return a summary of each measure, and the counts of each category."""
    made: dict[str, Result | Results] = {}
    for column in HOME.columns:
        if column.name in patients and column.use in {"measure", "category"}:
            made[key_of(column.name)] = _characteristic(patients[column.name], column)
    return Results(made)


def key_of(name: str) -> str:
    """Return a name as a key: an identifier that no facet has."""
    key = re.sub(r"\W+", "_", name.lower(), flags=re.ASCII).strip("_") or "level"
    key = f"level_{key}" if key[0].isdigit() else key
    return f"{key}_" if key in RESERVED or key == "unknown" else key


def _characteristic(values: pd.Series, column: Column) -> Result | Results:  # type: ignore[type-arg]
    label = column.label or column.name.replace("_", " ").capitalize()
    if column.use == "measure":
        decimals = 0 if column.type == "integer" else 1
        return summarize(values, label=label, population=_POPULATION, unit=column.unit, decimals=decimals)
    if column.type == "yes_no":
        known = values.dropna().astype(bool)
        missing = int(values.isna().sum())
        method = "denominator: those known"
        return count(known, known, label=label, population=_POPULATION, method=method, missing=missing)
    kinds = (
        column.labels if column.type == "code" else {text: text for text in sorted(values.dropna().unique())}
    )
    named = {f"{key_of(code)}_{at}": (code, text) for at, (code, text) in enumerate(kinds.items(), 1)}
    counts = levels(values, levels=named, population=_POPULATION, denominator="known")
    return Results(heading=Fact(label, meaning(label, _POPULATION)), **counts.members)

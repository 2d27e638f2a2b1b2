"""Random tables with random faults: where they lie makes no difference to what is found."""

from __future__ import annotations

import dataclasses
import os
from datetime import date

import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.sources import (
    At,
    AtLeastOne,
    Column,
    ForeignKey,
    NotAbove,
    NotBefore,
    OneUnit,
    Registry,
    Required,
    Table,
)
from tieout.sources.read import load_registry

PATIENTS = Table(
    "patients",
    "patients.parquet",
    columns=(
        Column("patient_id", "text", role="identifier"),
        Column("birth_year", "integer", minimum=1900, maximum=2020),
        Column("died_on", "date", minimum="2000-01-01", maximum="2030-01-01", nullable=True),
    ),
    key=("patient_id",),
)
LABS = Table(
    "labs",
    "labs.parquet",
    columns=(
        Column("patient_id", "text", role="identifier", source="Who's that?"),
        Column("row", "integer", minimum=0, maximum=10**6),
        Column("taken_on", "date", nullable=True),
        Column("year", "integer", minimum=1900, maximum=2100, nullable=True),
        Column("test", "code", codes=("psa", "hb"), nullable=True),
        Column("value", "number", minimum=0, nullable=True),
        Column("unit", "code", codes=("ng/mL", "g/dL", "g/L"), nullable=True),
        Column("high", "number", nullable=True),
        Column("fasting", "yes_no", nullable=True),
        Column("note", "text", nullable=True),
    ),
    refers=(ForeignKey("patient_id", "patients"),),
)
RULES = (
    NotBefore(At("patients", "died_on"), At("labs", "taken_on"), which="last", blame="earlier"),
    NotBefore(At("patients", "died_on"), At("labs", "taken_on", where={"fasting": "yes"}), strict=True),
    NotBefore(At("labs", "taken_on", where={"test": "psa"}), At("patients", "birth_year"), strict=True),
    NotBefore(At("labs", "year"), At("patients", "birth_year")),
    NotBefore(At("labs", "taken_on"), At("labs", "year"), which="first"),
    NotBefore(At("labs", "year"), At("labs", "taken_on"), blame="earlier"),
    AtLeastOne(At("labs", "test", where={"test": "hb"}), of="patients"),
    AtLeastOne(At("labs", "note"), of="patients"),
    NotAbove("labs", "value", "high"),
    OneUnit("labs", "value", "unit", by="test", units={"psa": ("ng/mL",)}),
    Required("labs", "note", when={"fasting": "yes", "test": "*"}, only=True),
)
DAYS = [date(2020, 1, 1), date(2020, 1, 2), date(2019, 12, 31), date(1900, 1, 1), date(1870, 1, 1)]
NUMBERS = [0.0, 1.0, 2.5, -1.0, 999.0, -99.0, float("inf"), float("-inf"), float("nan")]


def maybe(values):
    return st.none() | st.sampled_from(values)


def rows(days, tests, numbers):
    row = st.tuples(
        maybe(["P0", "P1", "P2", "P9", ""]),
        st.sampled_from([0, 1, -1]),
        maybe(days),
        maybe([2019, 2020, 2021]),
        maybe(tests),
        maybe(numbers),
        maybe(["ng/mL", "g/dL", "g/L"]),
        maybe([0.0, 2.0, 3.0]),
        maybe([True, False]),
        maybe(["x", "", "y"]),
    )
    return st.lists(row, min_size=1, max_size=6)


MEN = st.lists(
    st.tuples(st.sampled_from([1960, 2020]), maybe([date(2020, 1, 1), date(2020, 1, 2)])),
    min_size=1,
    max_size=3,
)


def written(rows, men, folder):
    patients = pd.DataFrame(men, columns=["birth_year", "died_on"])
    patients.insert(0, "patient_id", [f"P{at}" for at in range(len(men))])
    patients["died_on"] = pd.to_datetime(patients["died_on"])
    patients.to_parquet(folder / "patients.parquet", index=False)
    labs = pd.DataFrame(rows, columns=[column.header for column in LABS.columns])
    days = pd.Series(labs["taken_on"].to_numpy(dtype="datetime64[us]"))
    labs["taken_on"] = days + pd.to_timedelta(labs.index * 3600, unit="s")  # a time of day is cut off
    types = {"row": "Int64", "year": "Int64", "value": "float64", "high": "float64", "fasting": "boolean"}
    texts = dict.fromkeys(["Who's that?", "test", "unit", "note"], "string")
    labs.astype(types | texts).to_parquet(folder / "labs.parquet", index=False)


def found(folder, rules, *, on_disk):
    labs = dataclasses.replace(LABS, on_disk_from=1 if on_disk else None)
    faults = load_registry(Registry((PATIENTS, labs), rules), folder).faults
    # Of rows that repeat, the last of each kind is named on disk.
    return {(f.code, f.table, f.column, f.rows, f.message) for f in faults if "duplicate" not in f.code}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder whose name is a pattern, a quoted text and a part of a partitioned table."""
    made = tmp_path_factory.mktemp("data") / "it's [1] folder=2"
    made.mkdir()
    return made


@settings(max_examples=12, deadline=None)
@given(rows=rows(DAYS, ["psa", "hb", "HB", ""], NUMBERS), men=MEN)
def test_random_cells_have_the_same_faults_on_disk(folder, rows, men):
    written(rows, men, folder)
    assert found(folder, (), on_disk=True) == found(folder, (), on_disk=False)


@settings(max_examples=12, deadline=None)
@given(rows=rows(DAYS[:3], ["psa", "hb"], NUMBERS[:3]), men=MEN)
def test_random_rows_break_the_same_rules_on_disk(folder, rows, men):
    written(rows, men, folder)
    assert found(folder, RULES, on_disk=True) == found(folder, RULES, on_disk=False)

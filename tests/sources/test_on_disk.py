"""A table that stays on disk is checked as a loaded one is: same codes, same rows, same words."""

from __future__ import annotations

import dataclasses
import os

import numpy as np
import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from tieout.sources import (
    At,
    AtLeastOne,
    AtMostOne,
    Column,
    ForeignKey,
    Format,
    InOrder,
    NotAbove,
    NotBefore,
    OneUnit,
    Registry,
    Required,
    Table,
)
from tieout.sources.engine import Rows
from tieout.sources.on_disk import sums_of_rows
from tieout.sources.read import load_registry, registry_digest
from tieout.sources.report import read_faulty_rows

DAY = pd.Timestamp("2023-01-10")

PATIENTS = Table(
    "patients",
    "patients.parquet",
    columns=(
        Column("patient_id", "text", role="identifier"),
        Column("referred_on", "date"),
        Column("died_on", "date", nullable=True),
    ),
    key=("patient_id",),
)
LABS = Table(
    "labs",
    "labs.parquet",
    columns=(
        Column("patient_id", "text", role="identifier", source="who"),
        Column("collected_on", "date", minimum="2020-01-01", maximum="2030-12-31"),
        Column("test", "code", codes=("psa", "hb")),
        Column("value", "number", minimum=0, maximum=1000),
        Column("unit", "code", codes=("ng/mL", "g/dL", "g/L"), nullable=True),
        Column("low", "number", nullable=True),
        Column("high", "number", nullable=True),
        Column("fasting", "yes_no", nullable=True),
        Column("note", "text", nullable=True),
    ),
    refers=(ForeignKey("patient_id", "patients"),),
)
RULES = (
    NotBefore(At("patients", "died_on"), At("labs", "collected_on"), which="last", blame="earlier"),
    NotBefore(At("labs", "collected_on", where={"test": "psa"}), At("patients", "referred_on")),
    NotAbove("labs", "low", "high"),
    OneUnit("labs", "value", "unit", by="test", units={"psa": ("ng/mL",)}),
    Required("labs", "note", when={"fasting": "yes"}, only=True),
)


def registry(*, on_disk, rules=RULES, **changes):
    labs = dataclasses.replace(LABS, on_disk_from=1 if on_disk else None, **changes)
    return Registry(tables=(PATIENTS, labs), rules=rules)


def good(rows=6):
    return pd.DataFrame(
        {
            "who": [f"P{at // 2}" for at in range(rows)],
            "collected_on": [DAY + pd.Timedelta(days=at) for at in range(rows)],
            "test": ["psa", "hb"] * (rows // 2),
            "value": np.arange(rows, dtype=float) + 1,
            "unit": ["ng/mL", "g/dL"] * (rows // 2),
            "low": 1.0,
            "high": np.nan,
            "fasting": pd.array([None, False] * (rows // 2), "boolean"),
            "note": None,
        }
    )


@pytest.fixture
def folder(tmp_path):
    patients = pd.DataFrame(
        {
            "patient_id": ["P0", "P1", "P2"],
            "referred_on": [DAY, DAY, DAY],
            "died_on": [pd.NaT, DAY + pd.Timedelta(days=3), pd.NaT],
        }
    )
    patients.to_parquet(tmp_path / "patients.parquet", index=False)
    return tmp_path


def told(reading):
    """Return what blocks: code, column, rows."""
    return sorted((f.code, f.column, f.rows, f.message, f.remedy) for f in reading.faults)


def test_a_good_table_reaches_the_analysis_as_rows_on_disk(folder):
    good().to_parquet(folder / "labs.parquet", index=False)
    reading = load_registry(registry(on_disk=True), folder)
    assert reading.findings == []
    kept = reading.tables["labs"]
    assert isinstance(kept, Rows)
    assert (kept.at, kept.columns) == (folder / "labs.parquet", {"patient_id": "who"})
    assert kept.types["who"] == "VARCHAR"
    assert reading.in_file["labs"] == 6
    assert isinstance(load_registry(registry(on_disk=False), folder).tables["labs"], pd.DataFrame)


def test_a_table_below_the_limit_is_loaded(folder):
    good().to_parquet(folder / "labs.parquet", index=False)
    seven = Registry(tables=(PATIENTS, dataclasses.replace(LABS, on_disk_from=7)), rules=RULES)
    assert isinstance(load_registry(seven, folder).tables["labs"], pd.DataFrame)


def broken(change):
    rows = good()
    change(rows)
    return rows


CHANGES = {
    "an empty cell": lambda rows: rows.__setitem__("who", ["P0", None, "P1", "P1", "P2", ""]),
    "a date before its range": lambda rows: rows.__setitem__(
        "collected_on", rows.collected_on.where(rows.index != 1, pd.Timestamp("2019-12-31"))
    ),
    "a date after its range": lambda rows: rows.__setitem__(
        "collected_on", rows.collected_on.where(rows.index != 5, pd.Timestamp("2031-01-01"))
    ),
    "values out of range": lambda rows: rows.__setitem__("value", [-1.0, 2, 3, 4, 1000.5, 6]),
    "a value that is none": lambda rows: rows.__setitem__("value", [1.0, 2, 3, np.nan, 5, 6]),
    "an unknown code": lambda rows: rows.__setitem__("test", ["psa", "hb", "psa", "hb", "psa", "HB"]),
    "a value without a unit": lambda rows: rows.__setitem__(
        "unit", ["ng/mL", None, "ng/mL", "g/dL", "ng/mL", "g/dL"]
    ),
    "a unit of its own": lambda rows: rows.__setitem__(
        "unit", ["ng/mL", "g/dL", "ng/mL", "g/dL", "ng/mL", "g/L"]
    ),
    "a unit that the rule lacks": lambda rows: rows.__setitem__(
        "unit", ["g/L", "g/dL", "ng/mL", "g/dL", "ng/mL", "g/dL"]
    ),
    "limits exchanged": lambda rows: rows.__setitem__("high", [np.nan, 0.5, 1.0, 2.0, np.nan, np.nan]),
    "a note that is absent": lambda rows: rows.__setitem__(
        "fasting", pd.array([True, False, None, None, None, None], "boolean")
    ),
    "a note that is not expected": lambda rows: rows.__setitem__("note", [None, "x", None, None, None, None]),
    "a sample after the death": lambda rows: rows.__setitem__(
        "collected_on", rows.collected_on.where(rows.index != 3, DAY + pd.Timedelta(days=4))
    ),
    "a sample before the referral": lambda rows: rows.__setitem__(
        "collected_on", rows.collected_on.where(rows.index > 1, DAY - pd.Timedelta(days=1))
    ),
    "an unknown patient": lambda rows: rows.__setitem__("who", ["P0", "P0", "P1", "P9", "P2", "P2"]),
    "a row that repeats": lambda rows: rows.__setitem__(
        slice(None), rows.iloc[[0, 1, 2, 3, 4, 4]].to_numpy()
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_wrong_is_found_at_the_same_rows_in_the_same_words(folder, name):
    broken(CHANGES[name]).convert_dtypes(
        convert_integer=False, convert_floating=False, convert_boolean=False
    ).to_parquet(folder / "labs.parquet", index=False)
    loaded = told(load_registry(registry(on_disk=False), folder))
    assert loaded
    assert told(load_registry(registry(on_disk=True), folder)) == loaded


@pytest.mark.parametrize(
    "rule",
    [
        AtMostOne(At("labs", "collected_on", where={"test": "psa"})),
        AtLeastOne(At("labs", "collected_on", where={"test": "hb"}), of="patients"),
        NotBefore(At("patients", "died_on"), At("labs", "collected_on"), which="last"),
        NotBefore(At("patients", "died_on"), At("labs", "collected_on"), which="first", strict=True),
        NotBefore(At("labs", "collected_on"), At("labs", "collected_on"), which="first"),
        NotBefore(At("labs", "collected_on"), At("patients", "referred_on"), blame="earlier"),
    ],
)
def test_rules_over_several_rows_find_what_they_find_in_loaded_tables(folder, rule):
    rows = good()
    rows.loc[1, ["test", "unit"]] = ["psa", "ng/mL"]
    rows.loc[3, "collected_on"] = DAY + pd.Timedelta(days=30)
    rows.loc[[4, 5], ["test", "unit"]] = ["psa", "ng/mL"]
    rows.loc[2, "collected_on"] = DAY + pd.Timedelta(days=3)
    rows.to_parquet(folder / "labs.parquet", index=False)
    loaded = load_registry(registry(on_disk=False, rules=(rule,)), folder)
    kept = load_registry(registry(on_disk=True, rules=(rule,)), folder)
    assert {(f.code, f.table, f.column) for f in kept.faults} == {
        (f.code, f.table, f.column) for f in loaded.faults
    }
    assert [f.rows[-1:] for f in kept.faults] == [f.rows[-1:] for f in loaded.faults]


@pytest.mark.parametrize("column", ["patient_id", "referred_on", "died_on"])
def test_a_column_that_the_loaded_table_lacks_is_the_one_finding(folder, column):
    good().to_parquet(folder / "labs.parquet", index=False)
    patients = pd.read_parquet(folder / "patients.parquet")
    patients.drop(columns=column).to_parquet(folder / "patients.parquet", index=False)
    rules = (
        *RULES,
        NotBefore(At("labs", "collected_on"), At("patients", "referred_on"), blame="earlier"),
        AtLeastOne(At("labs", "collected_on"), of="patients"),
    )
    kept = load_registry(registry(on_disk=True, rules=rules), folder)
    assert [(f.code, f.table, f.column) for f in kept.faults] == [
        ("registry/lacking-column", "patients", column)
    ]


def test_more_rows_than_are_listed_are_counted(folder, monkeypatch):
    from tieout.sources import disk_checks

    monkeypatch.setattr(disk_checks, "LISTED", 30)
    rows = pd.concat([good()] * 20, ignore_index=True).assign(value=-1.0, low=np.arange(120.0))
    rows.to_parquet(folder / "labs.parquet", index=False)
    (fault,) = load_registry(registry(on_disk=True, rules=()), folder).faults
    assert (len(fault.rows), fault.further) == (30, 90)
    assert fault.findings()[-1].message.endswith("(here and in 99 more rows)")


def test_what_cannot_be_checked_on_disk_is_said(folder):
    numbered = dataclasses.replace(LABS, columns=(*LABS.columns, Column("number", "integer")))
    good().assign(number=1).to_parquet(folder / "labs.parquet", index=False)
    ordered = Registry(
        tables=(PATIENTS, dataclasses.replace(numbered, on_disk_from=1)),
        rules=(InOrder("labs", number="number", date="collected_on"),),
    )
    assert [f.code for f in load_registry(ordered, folder).faults] == ["registry/on-disk-rule"]
    read = registry(on_disk=True, format=Format(missing=("NA",)))
    assert {f.code for f in load_registry(read, folder).faults} == {
        "registry/on-disk-format",
        "registry/unknown-column",
    }


def test_a_column_of_another_type_is_said(folder):
    good().assign(collected_on="10.01.2023").to_parquet(folder / "labs.parquet", index=False)
    (finding,) = load_registry(registry(on_disk=True), folder).findings
    assert (finding.code, finding.facts) == ("registry/on-disk-type", {"have": "VARCHAR", "need": "date"})


def test_the_sum_of_a_patients_rows_changes_with_what_a_day_had_seen(folder):
    good().to_parquet(folder / "labs.parquet", index=False)
    labs = registry(on_disk=True)["labs"]
    before = sums_of_rows(labs, folder, "patient_id", "2023-01-13")
    assert set(before) == {"P0", "P1"}
    changed = good()
    changed.loc[5, "value"] = 99.0
    changed.to_parquet(folder / "labs.parquet", index=False)
    assert sums_of_rows(labs, folder, "patient_id", "2023-01-13") == before
    changed.loc[3, "value"] = 99.0
    changed.to_parquet(folder / "labs.parquet", index=False)
    after = sums_of_rows(labs, folder, "patient_id", "2023-01-13")
    assert after["P0"] == before["P0"]
    assert after["P1"] != before["P1"]


def test_the_report_shows_the_rows_of_a_table_on_disk(folder):
    rows = good()
    rows.loc[4, "value"] = -1.0
    rows.to_parquet(folder / "labs.parquet", index=False, row_group_size=2)
    described = registry(on_disk=True)
    reading = load_registry(described, folder)
    shown = read_faulty_rows(described["labs"], folder, reading.faults)
    assert list(shown.cells) == [6]
    assert shown.cells[6][shown.names.index("value")] == "-1"


def test_a_table_may_lie_as_parquet_under_its_own_name(folder):
    csv = dataclasses.replace(registry(on_disk=True)["labs"], file="export of the laboratory.csv")
    described = Registry(tables=(PATIENTS, csv), rules=RULES)
    good().rename(columns={"who": "patient_id"}).to_parquet(folder / "labs.parquet", index=False)
    kept = load_registry(described, folder).tables["labs"]
    assert isinstance(kept, Rows)
    assert (kept.at, kept.columns) == (folder / "labs.parquet", {})
    before = registry_digest(described, folder)
    good().rename(columns={"who": "patient_id"}).assign(value=5.0).to_parquet(folder / "labs.parquet")
    assert registry_digest(described, folder) != before
    (folder / csv.file).write_text("who\n")
    assert "registry/lacking-column" in {f.code for f in load_registry(described, folder).faults}


def test_a_patient_who_is_a_number_in_the_file_is_a_text_to_the_analysis(folder):
    """As in a loaded table, whatever the file holds: the description says that it is a text."""
    from tieout.derive.labs import latest_days

    pd.DataFrame({"patient_id": ["7"], "referred_on": [DAY], "died_on": [pd.NaT]}).astype(
        {"died_on": "datetime64[ns]"}
    ).to_parquet(folder / "patients.parquet", index=False)
    late = DAY + pd.Timedelta(hours=23)  # a time of day is cut off
    good(2).assign(who=7, collected_on=late).to_parquet(folder / "labs.parquet", index=False)
    for on_disk in (True, False):
        reading = load_registry(registry(on_disk=on_disk), folder)
        assert reading.findings == []
        assert latest_days(reading.tables["labs"], date="collected_on").to_dict() == {"7": DAY}


def test_a_file_whose_rows_are_broken_is_told_without_a_cell(folder):
    good().to_parquet(folder / "labs.parquet", index=False, compression="snappy")
    content = bytearray((folder / "labs.parquet").read_bytes())
    content[4:400] = bytes(396)
    (folder / "labs.parquet").write_bytes(content)
    (fault,) = load_registry(registry(on_disk=True), folder).faults
    assert (fault.code, fault.file) == ("registry/broken-file", "labs.parquet")


def test_what_ties_two_tables_on_disk_is_said_not_to_be_checked(folder):
    good().to_parquet(folder / "labs.parquet", index=False)
    seen = Column("patient_id", "text", role="identifier")
    visits = Table(
        "visits",
        "visits.parquet",
        columns=(seen, Column("seen_on", "date")),
        key=("patient_id",),
        on_disk_from=1,
    )
    pd.DataFrame({"patient_id": ["P0"], "seen_on": [DAY]}).to_parquet(folder / "visits.parquet", index=False)
    labs = dataclasses.replace(
        LABS,
        on_disk_from=1,
        refers=(ForeignKey("patient_id", "visits"), ForeignKey("patient_id", "patients")),
    )
    rules = (
        NotBefore(At("labs", "collected_on"), At("visits", "seen_on")),
        AtLeastOne(At("patients", "referred_on"), of="labs"),
    )
    faults = load_registry(Registry((PATIENTS, visits, labs), rules), folder).faults
    assert {fault.code for fault in faults} == {"registry/on-disk-rule"}
    assert {fault.facts["rule"] for fault in faults} == {
        "labs.collected_on is not before visits.seen_on",
        "every patient of labs has one patients.referred_on",
        "labs.patient_id refers to visits.patient_id",
    }


def test_rows_of_a_key_that_is_not_given_are_not_alike(folder):
    rows = good().assign(note=["a", "a", "b", None, None, None])
    rows.to_parquet(folder / "labs.parquet", index=False)
    for on_disk in (True, False):
        (fault,) = load_registry(registry(on_disk=on_disk, rules=(), key=("note",)), folder).faults
        assert (fault.code, fault.rows) == ("registry/duplicate-key", (3,))


def test_a_row_of_a_loaded_table_that_a_table_on_disk_shows_wrong_blocks(folder):
    good().to_parquet(folder / "labs.parquet", index=False)
    rule = AtLeastOne(At("labs", "collected_on"), of="patients", bad_rows="set aside")
    ids = {"patient_id": ["P0", "P1", "P2", "P3"], "referred_on": DAY, "died_on": pd.NaT}
    pd.DataFrame(ids).astype({"died_on": "M8[ns]"}).to_parquet(folder / "patients.parquet", index=False)
    reading = load_registry(registry(on_disk=True, rules=(rule,)), folder)
    assert [(fault.table, fault.rows, fault.effect) for fault in reading.faults] == [
        ("patients", (5,), "block")
    ]


def test_tables_may_be_called_as_the_checks_call_their_own(folder):
    named = dataclasses.replace(LABS, name="bounds", on_disk_from=1)
    rules = (NotBefore(At("bounds", "collected_on"), At("patients", "referred_on")),)
    good().assign(_row=3).to_parquet(folder / "labs.parquet", index=False)
    described = Registry((PATIENTS, dataclasses.replace(named, extra_columns="ignore")), rules)
    assert load_registry(described, folder).findings == []


def test_a_file_with_an_index_shows_its_rows_whole(folder):
    rows = good()
    rows.loc[4, "value"] = -1.0
    rows.set_index("who").to_parquet(folder / "labs.parquet")
    described = registry(on_disk=True)
    shown = read_faulty_rows(described["labs"], folder, load_registry(described, folder).faults)
    assert "P2" in shown.cells[6]


def test_a_memory_that_is_no_amount_is_told(folder, monkeypatch):
    from tieout.values.finding import FindingsError

    good().to_parquet(folder / "labs.parquet", index=False)
    monkeypatch.setenv("TIEOUT_MEMORY", "much")
    with pytest.raises(FindingsError, match="no amount of memory"):
        load_registry(registry(on_disk=True), folder)

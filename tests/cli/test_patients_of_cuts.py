"""Who changed between two cuts: any cell that a cut had seen, and nothing that it had not."""

from __future__ import annotations

import dataclasses
import json
import os
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from tieout.cli._patients import patient_changes, remember_patients
from tieout.sources import Column, Registry, Table, load_registry

CUTOFF = date(2023, 6, 30)
LABS = Table(
    "labs",
    "labs.parquet",
    columns=(
        Column("patient_id", "text", role="identifier"),
        Column("taken_on", "date", nullable=True),
        Column("count", "integer", nullable=True),
        Column("value", "number", nullable=True),
        Column("test", "code", codes=("a", "b"), nullable=True),
        Column("fasting", "yes_no", nullable=True),
        Column("note", "text", nullable=True),
    ),
    key=("patient_id", "taken_on"),
)
ROWS = pd.DataFrame(
    {
        "patient_id": ["P1", "P1", "P2"],
        "taken_on": pd.to_datetime(["2023-06-30", "2023-07-01", "2023-01-01"]),
        "count": pd.array([1, 2, None], "Int64"),
        "value": [1.0, 2.0, 3.0],
        "test": ["a", "b", None],
        "fasting": pd.array([True, None, False], "boolean"),
        "note": ["x", None, "y"],
    }
)
OTHER = {
    "taken_on": pd.Timestamp("2023-06-29"),
    "count": 5,
    "value": 1.5,
    "test": "b",
    "fasting": False,
    "note": "z",
}


@pytest.fixture
def remembered(tmp_path):
    """Keep a cut of rows under a digest, in memory or on disk."""
    project = SimpleNamespace(data=tmp_path)

    def remember(rows, digest, *, on_disk):
        rows.to_parquet(tmp_path / "labs.parquet", index=False)
        described = Registry((dataclasses.replace(LABS, on_disk_from=1 if on_disk else None),))
        reading = load_registry(described, tmp_path)
        assert reading.findings == []
        remember_patients(project, described, reading.tables, CUTOFF, digest)

    return project, remember


def changed(project, old, new):
    found = patient_changes(project, old, new)
    return (found.entered, found.left, found.updated)


@pytest.mark.parametrize("on_disk", [False, True], ids=["loaded", "on disk"])
def test_a_change_of_any_cell_that_was_seen_changes_one_patient(remembered, on_disk):
    project, remember = remembered
    remember(ROWS, "before", on_disk=on_disk)
    for column, value in OTHER.items():
        for cell in (value, None):
            rows = ROWS.copy()
            rows.loc[0, column] = cell
            remember(rows, "after", on_disk=on_disk)
            assert changed(project, "before", "after") == (0, 0, 1), column


@pytest.mark.parametrize("on_disk", [False, True], ids=["loaded", "on disk"])
def test_rows_after_the_cutoff_and_their_order_change_nobody(remembered, on_disk):
    project, remember = remembered
    remember(ROWS, "before", on_disk=on_disk)
    rows = ROWS.copy()
    rows.loc[1, ["value", "note"]] = [9.0, "late"]
    rows = pd.concat([rows.iloc[::-1], rows.iloc[[1]].assign(patient_id="P3")], ignore_index=True)
    remember(rows, "after", on_disk=on_disk)
    assert changed(project, "before", "after") == (0, 0, 0)


def test_a_cut_on_disk_and_one_in_memory_are_not_compared(remembered):
    project, remember = remembered
    remember(ROWS, "loaded", on_disk=False)
    remember(ROWS, "kept", on_disk=True)
    assert patient_changes(project, "loaded", "kept") is None


def test_no_patient_stands_in_what_is_kept(remembered):
    project, remember = remembered
    remember(ROWS, "kept", on_disk=True)
    kept = (project.data / "derived" / "patients.json").read_text()
    assert "P1" not in kept
    assert len(json.loads(kept)["cuts"]["kept"]["patients"]) == 2

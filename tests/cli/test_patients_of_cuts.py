"""Who changed between two cuts: any cell that a cut had seen, and nothing that it had not."""

from __future__ import annotations

import dataclasses
import os
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from tieout.cli._patients import patient_changes, read_identifiers, remember_patients
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


def kept_by(project):
    folder = project.data / "derived" / "patients"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_no_patient_stands_in_what_is_kept(remembered):
    project, remember = remembered
    remember(ROWS, "kept", on_disk=True)
    kept = kept_by(project)
    assert sorted(kept) == ["identifiers", "kept", "known.json"]
    assert not any(who in content for content in kept.values() for who in (b"P1", b"p1", b"P2", b"p2"))
    assert len(kept["kept"]) == 2 * (12 + 12)


def test_after_twelve_cuts_the_oldest_goes_with_its_file(remembered):
    project, remember = remembered
    cuts = [f"cut{at}" for at in range(13)]
    for cut in cuts:
        remember(ROWS, cut, on_disk=False)
    assert sorted(kept_by(project)) == sorted([*cuts[1:], "identifiers", "known.json"])
    assert patient_changes(project, cuts[0], cuts[1]) is None
    assert changed(project, cuts[1], cuts[12]) == (0, 0, 0)


def test_a_cut_whose_hashes_are_gone_is_not_compared_and_files_of_no_cut_go(remembered):
    project, remember = remembered
    folder = project.data / "derived" / "patients"
    remember(ROWS, "before", on_disk=False)
    (folder / ".unfinished").write_bytes(b"x")
    remember(ROWS, "after", on_disk=False)
    assert sorted(kept_by(project)) == ["after", "before", "identifiers", "known.json"]
    (folder / "before").unlink()
    assert patient_changes(project, "before", "after") is None


def test_hashes_without_their_key_are_no_identifiers(remembered):
    project, remember = remembered
    remember(ROWS.assign(patient_id=["P-0001", "P-0001", "P-0002"]), "kept", on_disk=False)
    assert read_identifiers(project)
    (project.data / "derived" / "patients" / "known.json").unlink()
    assert not read_identifiers(project)


def test_every_identifier_is_known_and_nothing_else(remembered):
    project, remember = remembered
    assert not read_identifiers(project)
    rows = pd.concat([ROWS] * 40, ignore_index=True)
    rows["patient_id"] = [f"P-{at:04}" for at in range(len(rows))]
    remember(rows, "kept", on_disk=False)
    identifiers = read_identifiers(project)
    assert all(f"p {at:04}" in identifiers for at in range(len(rows)))
    assert not any(word in identifiers for word in ("p 0120", "p", "", "P-0001"))
    assert identifiers.shapes == {(1, 4)}

"""The study derives the same from laboratory values in memory and from a table that stays on disk."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from tieout.derive import read_protocol
from tieout.derive.labs import last_values, latest_days, psa_changes_of, seen_until, worst_grades_of
from tieout.derive.units import units
from tieout.sources import load_registry
from tieout.sources.engine import Rows
from tieout.sources.files import as_stored
from tieout.sources.synthesis import Wanted, synthesize_in_parts
from tieout.sources.synthetic_files import write_synthetic, written_as

ROOT = Path(__file__).parents[2]
PROTOCOL = read_protocol(ROOT / "analysis" / "protocol.toml")


@pytest.fixture(scope="module")
def described(study):
    from analysis.registry import REGISTRY

    return REGISTRY


@pytest.fixture(scope="module")
def folder(described, tmp_path_factory):
    """Twenty thousand synthetic patients with thirty laboratory values each, as Parquet."""
    made = tmp_path_factory.mktemp("data")
    ranges = {key: (unit.lowest, unit.highest) for key, unit in units().items()}
    parts = synthesize_in_parts(described, Wanted(20_000, 5, {"labs": 30}, ranges))
    write_synthetic(parts, written_as(described, "parquet"), made)
    return made


def tables(described, folder, *, on_disk_from):
    labs = dataclasses.replace(described["labs"], on_disk_from=on_disk_from)
    others = tuple(table for table in described.tables if table.name != "labs")
    reading = load_registry(dataclasses.replace(described, tables=(*others, labs)), folder)
    assert reading.findings == []
    return reading.tables


@pytest.fixture(scope="module")
def both(described, folder):
    return tables(described, folder, on_disk_from=None), tables(described, folder, on_disk_from=1)


def test_the_whole_study_is_the_same_from_either(study, both):
    loaded, kept = both
    assert isinstance(loaded["labs"], pd.DataFrame)
    assert isinstance(kept["labs"], Rows)
    results = dict(study.derive(loaded, PROTOCOL).flat())
    assert results["toxicity.anemia.evaluable"].n > 0
    assert results["response.without_psa"].n < results["response.without_psa"].of
    assert dict(study.derive(kept, PROTOCOL).flat()) == results


def test_the_analysis_data_are_the_same_from_either(study, both):
    for one, other in zip(*(study.data_set(tables, PROTOCOL) for tables in both), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_each_function_gives_the_same_from_either(both):
    loaded, kept = (one["labs"] for one in both)
    day = pd.Timestamp("2021-06-30").date()
    loaded, kept = (seen_until(one, day, date="collected_on") for one in (loaded, kept))
    latest = latest_days(loaded, date="collected_on")
    pd.testing.assert_series_equal(
        latest_days(kept, date="collected_on").sort_index(), latest.sort_index(), check_names=False
    )
    windows = pd.DataFrame({"first": latest - pd.Timedelta(days=60), "last": latest})
    windows = windows.sample(frac=1, random_state=1)  # the order is the caller's
    tests = {"hemoglobin": "g/L", "albumin": "g/dL", "psa": "ng/mL"}
    values = last_values(loaded, windows, tests, date="collected_on")
    assert values.notna().any().all()
    pd.testing.assert_frame_equal(last_values(kept, windows, tests, date="collected_on"), values)
    terms = {"anemia": "hemoglobin", "platelet_count_decreased": "platelets"}
    grades = worst_grades_of(loaded, windows, terms, date="collected_on")
    for term, worst in worst_grades_of(kept, windows, terms, date="collected_on").items():
        pd.testing.assert_frame_equal(worst, grades[term])
    changes = psa_changes_of(loaded, windows, date="collected_on")
    pd.testing.assert_frame_equal(psa_changes_of(kept, windows, date="collected_on"), changes)


def test_the_stored_registry_is_the_described_one_in_other_files(described, folder):
    assert [table.file for table in as_stored(described, folder).tables] == [
        f"{table.name}.parquet" for table in described.tables
    ]

"""The synthetic registry: made by a script, the same to the byte, and nothing in it is an answer."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = ("administrations", "cycles", "events", "labs", "patients", "support", "therapies")


@pytest.fixture(scope="module")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name in ("courses.py", "make_synthetic.py"):
        (folder / name).write_bytes((ROOT / "data" / name).read_bytes())
    subprocess.run([sys.executable, str(folder / "make_synthetic.py")], check=True)
    return folder


@pytest.mark.parametrize("table", TABLES)
def test_the_script_writes_the_committed_file_to_the_byte(made_again: Path, table: str) -> None:
    assert (made_again / f"{table}.csv").read_bytes() == (ROOT / "data" / f"{table}.csv").read_bytes()


def test_the_script_writes_no_other_table(made_again: Path) -> None:
    assert sorted(path.stem for path in made_again.glob("*.csv")) == sorted(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_that_it_is_synthetic(table: str) -> None:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        assert {row["origin"] for row in csv.DictReader(file)} == {"synthetic"}


def test_the_registry_goes_on_after_the_cutoff_to_the_end_of_march_2024() -> None:
    with (ROOT / "data" / "events.csv").open(encoding="utf-8", newline="") as file:
        days = [row["event_on"] for row in csv.DictReader(file)]
    assert max(days) == "2024-03-31"
    assert min(days) < "2023-09-30"


def test_some_values_are_missing_and_every_lab_has_its_unit() -> None:
    with (ROOT / "data" / "patients.csv").open(encoding="utf-8", newline="") as file:
        patients = list(csv.DictReader(file))
    with (ROOT / "data" / "labs.csv").open(encoding="utf-8", newline="") as file:
        labs = list(csv.DictReader(file))
    assert any(row["ecog"] == "" for row in patients)
    assert any(row[site] == "" for row in patients for site in ("lymph_node", "lung", "liver"))
    assert all(row["unit"] and row["value"] for row in labs)
    assert {row["unit"] for row in labs if row["test"] == "hemoglobin"} == {"g/dL", "g/L"}
    assert any(row["lower_limit"] == "" for row in labs if row["test"] != "psa")

"""Broken files: whatever the bytes, findings and no traceback, and every row is accounted for."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.sources import Column, Format, Reading, Redcap, Registry, Table, load_registry

COLUMNS = (
    Column("patient_id", "text", role="identifier"),
    Column("sex", "code", codes=("1", "2")),
    Column("seen", "date", nullable=True),
    Column("psa", "number", nullable=True),
)
DATA = pd.DataFrame(
    {
        "patient_id": [f"P{n}" for n in range(40)],
        "sex": [float(1 + n % 2) for n in range(40)],
        "seen": [f"2023-09-{1 + n % 30:02d}" for n in range(40)],
        "psa": [n / 8 for n in range(40)],
    }
)


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(DATA.columns))
    for row in DATA.to_numpy().tolist():
        book.active.append(row)
    book.save(path)


def _duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.register("data", DATA)
        connection.execute("CREATE TABLE t AS SELECT * FROM data")


def _sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    DATA.to_sql("t", connection, index=False)
    connection.close()


WRITERS: dict[str, Callable[[Path], Any]] = {
    "csv": lambda path: DATA.astype({"sex": int}).to_csv(path, index=False),
    "xlsx": _workbook,
    "parquet": DATA.to_parquet,
    "sav": lambda path: pyreadstat.write_sav(DATA, str(path)),
    "dta": lambda path: pyreadstat.write_dta(DATA, str(path)),
    "xpt": lambda path: pyreadstat.write_xport(DATA, str(path)),
    "sqlite": _sqlite,
    "duckdb": _duckdb,
}


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in WRITERS.items():
            write(Path(folder) / f"t.{ending}")
        return {ending: (Path(folder) / f"t.{ending}").read_bytes() for ending in WRITERS}


def read(content: bytes, ending: str, redcap: Redcap | None = None) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"t.{ending}").write_bytes(content)
        form = Format(query="SELECT * FROM t")
        table = Table("t", f"t.{ending}", COLUMNS, bad_rows="set aside", format=form, redcap=redcap)
        return load_registry(Registry((table,)), Path(folder))


def accounts_for_every_row(found: Reading) -> bool:
    frame = found.tables.get("t")
    read_rows = 0 if frame is None else len(frame)
    aside = found.tables["quarantine"]["row"].tolist()
    return len(set(aside)) == len(aside) and read_rows + len(aside) == found.in_file["t"]


SETTINGS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_the_unbroken_file_is_read_whole(originals: dict[str, bytes], ending: str) -> None:
    found = read(originals[ending], ending)
    assert found.findings == []
    assert len(found.tables["t"]) == 40


@pytest.mark.parametrize("ending", [*sorted(WRITERS), "xls", "ods", "sas7bdat", "por", "zsav", "xlsb"])
@SETTINGS
@given(content=st.binary(max_size=400))
def test_random_bytes_are_findings(ending: str, content: bytes) -> None:
    found = read(content, ending)
    assert accounts_for_every_row(found)
    assert found.findings


@pytest.mark.parametrize("ending", sorted(WRITERS))
@SETTINGS
@given(share=st.floats(0, 0.999))
def test_a_file_cut_short_loses_no_row_in_silence(
    originals: dict[str, bytes], ending: str, share: float
) -> None:
    content = originals[ending]
    found = read(content[: int(len(content) * share)], ending)
    assert accounts_for_every_row(found)
    # Text that ends with a whole row, and SAS transport that ends with a whole record of 80 bytes, hold no
    # count of rows: they cannot be told from a shorter table.
    if ending not in {"csv", "xpt"}:
        assert not found.is_usable or len(found.tables["t"]) == 40


@pytest.mark.parametrize("ending", sorted(WRITERS))
@SETTINGS
@given(places=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 7)), min_size=1, max_size=8))
def test_flipped_bits_raise_nothing(
    originals: dict[str, bytes], ending: str, places: list[tuple[float, int]]
) -> None:
    content = bytearray(originals[ending])
    for share, bit in places:
        content[int(len(content) * share)] ^= 1 << bit
    assert accounts_for_every_row(read(bytes(content), ending))


@SETTINGS
@given(cells=st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=8))
def test_any_text_in_any_cell_is_read_or_set_aside(cells: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    text = "\n".join(["patient_id,sex,seen,psa", *quoted]) + "\n"
    assert accounts_for_every_row(read(text.encode("utf-8", "surrogatepass"), "csv"))


def test_sas_transport_that_ends_within_a_record_is_refused(originals: dict[str, bytes]) -> None:
    found = read(originals["xpt"][:-90], "xpt")
    assert [finding.code for finding in found.findings] == ["registry/broken-file"]

"""Every reader gives back what the real libraries wrote."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyreadstat
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tieout.sources import Column, Format, Reading, Registry, Table, load_registry
from tieout.sources.adam import time_to_event_table
from tieout.sources.cells import read_cell

COLUMNS = (
    Column("patient_id", "text", role="identifier"),
    Column("sex", "code", codes={"1": "Male", "2": "Female"}),
    Column("seen", "date", nullable=True),
    Column("cycles", "integer", nullable=True, minimum=0, maximum=10),
    Column("psa", "number", unit="ng/mL", nullable=True, minimum=0, maximum=5000),
    Column("dead", "yes_no"),
)
EXPECTED = [
    ["P-01", "1", "2023-09-30", 6, 12.25, True],
    ["Ä 2", "2", None, None, None, False],
    ["P-03", "1", "1999-12-31", 0, 999.0, False],
]


def load(folder: Path, file: str, format_: Format | None = None, **changes: Any) -> Reading:
    table = Table("t", file, COLUMNS, key=("patient_id",), format=format_ or Format(), **changes)
    return load_registry(Registry((table,)), folder)


def content(reading: Reading) -> list[list[Any]]:
    assert reading.findings == []
    frame = reading.tables["t"].astype(object)
    frame["seen"] = [day if pd.isna(day) else f"{day:%Y-%m-%d}" for day in frame["seen"]]
    return frame.where(frame.notna(), None).to_numpy().tolist()


def rows(day: Any = date.fromisoformat) -> list[list[Any]]:
    return [[r[0], int(r[1]), day(r[2]) if r[2] else None, *r[3:]] for r in EXPECTED]


def frame() -> pd.DataFrame:
    return pd.DataFrame(rows(), columns=[column.name for column in COLUMNS])


@pytest.mark.parametrize(
    ("encoding", "declared", "delimiter"),
    [
        ("utf-8", "", ","),
        ("utf-8-sig", "", ";"),
        ("utf-16", "", "\t"),
        ("cp1252", "cp1252", ";"),
        ("mac_roman", "mac_roman", "|"),
    ],
)
def test_csv_of_any_encoding(tmp_path: Path, encoding: str, declared: str, delimiter: str) -> None:
    text = frame().to_csv(index=False, sep=delimiter)
    (tmp_path / "t.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert content(load(tmp_path, "t.csv", Format(encoding=declared))) == EXPECTED


def test_an_undeclared_encoding_is_a_finding_that_names_the_likely_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(frame().to_csv(index=False).encode("cp1252"))
    [finding] = load(tmp_path, "t.csv").findings
    assert (finding.code, finding.place.line if finding.place else 0) == ("registry/encoding", 3)
    assert "cp1252" in finding.remedy


def test_decimal_commas_and_day_first_dates_as_declared(tmp_path: Path) -> None:
    text = "patient_id;sex;seen;cycles;psa;dead\nP-01;1;30/09/2023;6;12,25;ja\nÄ 2;2;;;;nein\n"
    (tmp_path / "t.csv").write_text(text + "P-03;1;31/12/1999;0;999,0;nein\n", encoding="utf-8")
    declared = Format(decimal=",", dates="%d/%m/%Y", yes=("ja",), no=("nein",))
    assert content(load(tmp_path, "t.csv", declared)) == EXPECTED


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_a_workbook_of_either_calendar(tmp_path: Path, epoch: Any) -> None:
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    sheet = book.active
    sheet.append(["Registry of the department"])
    sheet.append([column.name for column in COLUMNS])
    for row in rows():
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    found = load(tmp_path, "t.xlsx", Format(header_row=2))
    assert content(found) == EXPECTED
    assert found.rows["t"].tolist() == [3, 4, 5]
    [finding] = load(tmp_path, "t.xlsx").findings
    assert finding.code == "registry/header-elsewhere"
    assert "header_row=2" in finding.remedy


def test_a_workbooks_own_numbers_need_no_declared_comma_and_texts_do(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([column.name for column in COLUMNS])
    for row in rows():
        book.active.append(row)
    book.active["E2"] = "12,25"
    book.save(tmp_path / "t.xlsx")
    assert content(load(tmp_path, "t.xlsx", Format(decimal=","))) == EXPECTED


def workbook_with(folder: Path, *, cells: dict[str, Any], merge: str = "") -> Reading:
    book = openpyxl.Workbook()
    book.active.append([column.name for column in COLUMNS])
    for row in rows():
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
        book.active[place].number_format = "General"
        if isinstance(value, str) and value.startswith("#"):
            book.active[place].data_type = "e"
    if merge:
        book.active.merge_cells(merge)
    book.save(folder / "t.xlsx")
    return load(folder, "t.xlsx")


@pytest.mark.parametrize(
    ("cells", "merge", "expected"),
    [
        ({"E2": "#N/A"}, "", [("registry/spreadsheet-error", 2, "psa")]),
        ({"E2": "=1/0"}, "", [("registry/spreadsheet-error", 2, "psa")]),
        ({"C2": 45199}, "", [("registry/serial-date", 2, "seen")]),
        ({"E2": "<0.1"}, "", [("registry/below-limit", 2, "psa")]),
        ({}, "E2:E3", [("registry/merged-cells", 2, None), ("registry/merged-cells", 3, None)]),
    ],
)
def test_what_a_workbook_hides_is_found(
    tmp_path: Path, cells: dict[str, Any], merge: str, expected: list[tuple[str, int, str | None]]
) -> None:
    found = workbook_with(tmp_path, cells=cells, merge=merge)
    assert [(f.code, f.place.line, f.place.column) for f in found.findings if f.place] == expected


def test_a_merged_header_is_named_as_what_it_is(tmp_path: Path) -> None:
    found = workbook_with(tmp_path, cells={}, merge="D1:E1")
    assert {f.code for f in found.findings} == {"registry/merged-cells", "registry/unnamed-column"}


def test_trailing_blank_rows_of_a_workbook_are_counted_and_set_aside(tmp_path: Path) -> None:
    found = workbook_with(tmp_path, cells={"A7": " ", "B8": ""})
    assert found.is_usable
    assert {f.code for f in found.findings} == {"registry/blank-row"}
    assert found.in_file["t"] == len(found.tables["t"]) + len(found.tables["quarantine"])


def test_one_of_many_sheets_must_be_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Baseline").append([column.name for column in COLUMNS])
    for row in rows():
        book["Baseline"].append(row)
    book.save(tmp_path / "t.xlsx")
    [finding] = load(tmp_path, "t.xlsx").findings
    assert (finding.code, finding.facts["sheets"]) == ("registry/sheet", "Sheet, Baseline")
    assert content(load(tmp_path, "t.xlsx", Format(sheet="Baseline"))) == EXPECTED


def test_parquet_with_its_own_types_and_as_text(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "t.parquet")
    assert content(load(tmp_path, "t.parquet")) == EXPECTED
    texts = frame().map(lambda cell: None if pd.isna(cell) else str(cell).removesuffix(".0"))
    pa.parquet.write_table(pa.Table.from_pandas(texts), tmp_path / "t.parquet")
    assert content(load(tmp_path, "t.parquet")) == EXPECTED


@pytest.mark.parametrize(
    ("ending", "write"), [("sav", "write_sav"), ("dta", "write_dta"), ("xpt", "write_xport")]
)
def test_files_of_the_statistical_packages(tmp_path: Path, ending: str, write: str) -> None:
    data = frame().assign(dead=lambda f: f["dead"].astype(float), sex=lambda f: f["sex"].astype(float))
    if ending == "xpt":
        getattr(pyreadstat, write)(data, str(tmp_path / "t.xpt"), file_format_version=8)
    else:
        labels = (
            {"sex": {1.0: "Male", 2.0: "Female"}} if ending == "sav" else {"sex": {1: "Male", 2: "Female"}}
        )
        getattr(pyreadstat, write)(data, str(tmp_path / f"t.{ending}"), variable_value_labels=labels)
    assert content(load(tmp_path, f"t.{ending}")) == EXPECTED


def test_value_labels_that_contradict_the_declared_ones_are_reported(tmp_path: Path) -> None:
    data = frame().assign(dead=lambda f: f["dead"].astype(float), sex=lambda f: f["sex"].astype(float))
    labels = {"sex": {1.0: "Female", 2.0: "Male"}}
    pyreadstat.write_sav(data, str(tmp_path / "t.sav"), variable_value_labels=labels)
    found = load(tmp_path, "t.sav")
    assert [(f.code, f.blocks) for f in found.findings] == [("registry/labels-differ", True)]


def test_duckdb_and_sqlite_by_a_query(tmp_path: Path) -> None:
    data = frame()
    with duckdb.connect(str(tmp_path / "r.duckdb")) as connection:
        connection.register("data", data)
        connection.execute("CREATE TABLE visits AS SELECT * FROM data")
    query = Format(query="SELECT * FROM visits ORDER BY rowid")
    assert content(load(tmp_path, "r.duckdb", query)) == EXPECTED
    connection = sqlite3.connect(tmp_path / "r.sqlite")
    data.assign(seen=data["seen"].astype(object).where(data["seen"].notna(), None).map(str)).replace(
        {"seen": {"None": None}}
    ).to_sql("visits", connection, index=False)
    connection.close()
    assert content(load(tmp_path, "r.sqlite", query)) == EXPECTED


@pytest.mark.parametrize("file", ["r.duckdb", "r.sqlite"])
def test_a_database_says_what_is_wrong_with_the_query(tmp_path: Path, file: str) -> None:
    if file == "r.duckdb":
        duckdb.connect(str(tmp_path / file)).close()
    else:
        sqlite3.connect(tmp_path / file).execute("VACUUM")
    [finding] = load(tmp_path, file, Format(query="SELECT * FROM visits")).findings
    assert finding.code == "registry/query"
    assert "visits" in finding.facts["reason"]
    assert [f.code for f in load(tmp_path, file).findings] == ["registry/no-query"]


def test_a_query_cannot_change_the_database(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "r.duckdb")) as connection:
        connection.execute("CREATE TABLE visits AS SELECT 1 AS a")
    sqlite = sqlite3.connect(tmp_path / "r.sqlite")
    sqlite.execute("CREATE TABLE visits AS SELECT 1 AS a")
    sqlite.commit()
    sqlite.close()
    for file in ("r.duckdb", "r.sqlite"):
        before = (tmp_path / file).read_bytes()
        assert not load(tmp_path, file, Format(query="DELETE FROM visits")).is_usable
        assert (tmp_path / file).read_bytes() == before


def test_cnsr_is_turned_at_the_door(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {
            "STUDYID": ["S1", "S1", "S1"],
            "USUBJID": ["1", "2", "3"],
            "PARAMCD": ["OS", "OS", "OS"],
            "STARTDT": [date(2022, 1, 1)] * 3,
            "ADT": [date(2022, 2, 1)] * 3,
            "AVAL": [31.0, 31.0, 31.0],
            "CNSR": [0.0, 1.0, 2.0],
        }
    )
    pyreadstat.write_xport(data, str(tmp_path / "adtte.xpt"))
    table = time_to_event_table("adtte.xpt", {"OS": "Overall survival (days)"})
    found = load_registry(Registry((table,)), tmp_path)
    assert found.findings == []
    assert found.tables["adtte"]["is_event"].tolist() == [True, False, False]


def test_an_unknown_ending_and_a_broken_file_are_findings(tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(b"PK")
    assert [f.code for f in load(tmp_path, "t.docx").findings] == ["registry/unknown-format"]
    for file in ("t.xlsx", "t.parquet", "t.sav", "t.dta", "t.xpt", "t.sas7bdat"):
        (tmp_path / file).write_bytes(b"PK\x03\x04 not what the ending says")
        assert [f.code for f in load(tmp_path, file).findings] == ["registry/broken-file"], file
    for file in ("t.duckdb", "t.sqlite"):
        (tmp_path / file).write_bytes(b"PK\x03\x04 not what the ending says" * 200)
        codes = [f.code for f in load(tmp_path, file, Format(query="SELECT 1")).findings]
        assert codes == ["registry/broken-file"], file


def test_an_open_quote_and_a_ragged_row_lose_nothing(tmp_path: Path) -> None:
    head = "patient_id,sex,seen,cycles,psa,dead\n"
    (tmp_path / "t.csv").write_text(head + 'P1,1,,,,no\n"P2,1,,,,no\nP3,1,,,,no\n', encoding="utf-8")
    [finding] = load(tmp_path, "t.csv").findings
    assert (finding.code, finding.place.line if finding.place else 0) == ("registry/quoting", 3)
    (tmp_path / "t.csv").write_text(
        head + "P1,1,,,,no\nP2,1,,3\nP3,1,,,,no,,\nP4,1,,,,no,x\n", encoding="utf-8"
    )
    found = load(tmp_path, "t.csv", bad_rows="set aside")
    assert found.in_file["t"] == 4
    assert found.tables["t"]["patient_id"].tolist() == ["P1", "P3"]
    assert found.tables["quarantine"]["row"].tolist() == [3, 5]


def test_texts_that_differ_behind_a_zero_byte_are_refused_and_not_merged(tmp_path: Path) -> None:
    frame().assign(patient_id=["P\0a", "P\0b", "P-03"]).to_parquet(tmp_path / "t.parquet")
    found = load(tmp_path, "t.parquet")
    assert [(f.code, f.place.line) for f in found.findings if f.place] == [
        ("registry/zero-byte", 2),
        ("registry/zero-byte", 3),
    ]


@pytest.mark.parametrize(
    "texts",
    [["a", "b", "a", None], [" a", "a", "", "a "], ["a", "#N/A", "#1"], ["a\0", "a"], ["–", "é", "a b"]],
)
def test_texts_of_a_parquet_file_are_read_as_those_of_a_workbook(tmp_path, texts):
    frame = pd.DataFrame({"id": [f"P{at}" for at in range(len(texts))], "note": texts})
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    columns = (Column("id", "text", role="identifier"), Column("note", "text", nullable=True))
    table = Table("t", "t.parquet", columns)
    reading = load_registry(Registry((table,), patient="id"), tmp_path)
    read = [read_cell((text or "").strip(), columns[1], Format()) for text in texts]
    values = [cell.value for cell in read]
    notes = reading.tables["t"]["note"].astype(object)
    assert notes.where(notes.notna(), None).tolist() == values
    assert [f.rows for f in reading.faults] == [(at + 2,) for at, cell in enumerate(read) if cell.problem]

"""One bad fixture a rule, with a good neighbour that must pass, and never a cell's content in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

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
    Reading,
    Registry,
    Required,
    Table,
    check_registry,
    load_registry,
    read_registry,
    registry_digest,
)
from tieout.values.finding import FindingsError

DEATH, CONTACT = {"event": "death"}, {"event": "last_contact"}
REGISTRY = Registry(
    tables=(
        Table(
            "patients",
            "patients.csv",
            (
                Column("patient_id", "text", role="identifier"),
                Column("birth_year", "integer", minimum=1900, maximum=2010),
                Column("ecog", "code", codes={"0": "Fully active", "1": "Restricted"}, nullable=True),
                Column("albumin", "number", unit="g/dL", minimum=1, maximum=7, nullable=True),
            ),
            key=("patient_id",),
        ),
        Table(
            "cycles",
            "cycles.csv",
            (
                Column("patient_id", "text", role="identifier"),
                Column("cycle", "integer", minimum=1),
                Column("date", "date"),
                Column("delayed", "yes_no"),
                Column("reason", "text", nullable=True),
            ),
            key=("patient_id", "cycle"),
            refers=(ForeignKey("patient_id", "patients"),),
        ),
        Table(
            "events",
            "events.csv",
            (
                Column("patient_id", "text", role="identifier"),
                Column("event", "code", codes=("death", "last_contact")),
                Column("date", "date"),
            ),
            refers=(ForeignKey("patient_id", "patients"),),
        ),
        Table(
            "labs",
            "labs.csv",
            (
                Column("patient_id", "text", role="identifier"),
                Column("date", "date"),
                Column("analyte", "code", codes=("psa", "ldh")),
                Column("value", "number", minimum=0, maximum=100000),
                Column("unit", "text", nullable=True),
                Column("low", "number", minimum=0, nullable=True),
                Column("high", "number", minimum=0, nullable=True),
            ),
            refers=(ForeignKey("patient_id", "patients"),),
        ),
    ),
    rules=(
        NotBefore(At("cycles", "date"), At("patients", "birth_year")),
        NotBefore(At("events", "date", DEATH), At("cycles", "date"), blame="earlier"),
        NotBefore(At("events", "date", CONTACT), At("labs", "date"), which="last"),
        InOrder("cycles", number="cycle", date="date"),
        AtMostOne(At("events", "date", DEATH)),
        AtLeastOne(At("cycles", "date", {"cycle": "1"}), of="patients"),
        Required("cycles", "reason", when={"delayed": "yes"}, only=True),
        OneUnit("labs", "value", "unit", by="analyte", units={"psa": ("ng/mL",)}),
        NotAbove("labs", "low", "high"),
    ),
)
GOOD = {
    "patients.csv": "patient_id,birth_year,ecog,albumin\nP01,1950,0,3.9\nP02,1948,,\n",
    "cycles.csv": (
        "patient_id,cycle,date,delayed,reason\n"
        "P01,1,2022-06-01,no,\nP01,2,2022-07-20,yes,platelets\nP02,1,2022-06-03,no,\n"
    ),
    "events.csv": "patient_id,event,date\nP01,death,2023-01-05\nP02,last_contact,2023-03-01\n",
    "labs.csv": (
        "patient_id,date,analyte,value,unit,low,high\n"
        "P01,2022-05-30,psa,85.1,ng/mL,,4\nP02,2022-06-01,ldh,999,U/L,120,246\nP02,2022-07-01,ldh,180,U/L,120,246\n"
    ),
}


def reading(folder: Path, files: Mapping[str, str], registry: Registry = REGISTRY) -> Reading:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_registry(registry, folder)


def spoiled(file: str, old: str, new: str) -> dict[str, str]:
    assert old in GOOD[file]
    return {**GOOD, file: GOOD[file].replace(old, new, 1)}


def places(found: Reading) -> list[tuple[str, str, int | None, object]]:
    return [(f.code, f.place.file, f.place.line, f.place.column) for f in found.findings if f.place]


def with_table(name: str, **changes: object) -> Registry:
    tables = tuple(replace(t, **changes) if t.name == name else t for t in REGISTRY.tables)  # type: ignore[arg-type]
    return replace(REGISTRY, tables=tables)


def test_a_good_registry_has_no_findings_and_typed_columns(tmp_path: Path) -> None:
    found = reading(tmp_path, GOOD)
    assert found.findings == []
    patients, cycles = found.tables["patients"], found.tables["cycles"]
    assert [str(kind) for kind in patients.dtypes] == ["object", "Int64", "category", "float64"]
    assert [str(kind) for kind in cycles.dtypes] == ["object", "Int64", "datetime64[ns]", "boolean", "object"]
    assert list(patients["ecog"].cat.categories) == ["0", "1"]
    assert patients["ecog"].isna().tolist() == [False, True]
    assert cycles["date"].dt.strftime("%Y-%m-%d").tolist() == ["2022-06-01", "2022-07-20", "2022-06-03"]
    assert found.rows["labs"].tolist() == [2, 3, 4]
    assert found.tables["quarantine"].empty


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("patients.csv", "1950", "195O", ("registry/not-a-number", 2, "birth_year")),
        ("patients.csv", "1950", "1850", ("registry/out-of-range", 2, "birth_year")),
        ("patients.csv", "1950", "", ("registry/missing", 2, "birth_year")),
        ("patients.csv", ",0,", ",5,", ("registry/unknown-code", 2, "ecog")),
        ("patients.csv", "3.9", "39", ("registry/out-of-range", 2, "albumin")),
        ("cycles.csv", "2022-07-20", "20/07/2022", ("registry/date-format", 3, "date")),
        ("cycles.csv", "2022-07-20", "07/08/2022", ("registry/ambiguous-date", 3, "date")),
        ("cycles.csv", "2022-07-20", "2022-05-20", ("registry/order", 3, "date")),
        ("cycles.csv", "2022-07-20", "2022-06-01", ("registry/order", 3, "date")),
        ("cycles.csv", "P01,2", "P01,3", ("registry/numbering", 3, "cycle")),
        ("cycles.csv", "2022-07-20", "2023-02-01", ("registry/order", 3, "date")),
        ("cycles.csv", "yes,platelets", "yes,", ("registry/missing", 3, "reason")),
        ("cycles.csv", "yes,platelets", "no,platelets", ("registry/not-expected", 3, "reason")),
        ("cycles.csv", "2022-06-03", "1947-06-03", ("registry/order", 4, "date")),
        (
            "events.csv",
            "P02,last_contact,2023-03-01",
            "P02,last_contact,2022-06-20",
            ("registry/order", 3, "date"),
        ),
        ("events.csv", "P02,last", "P09,last", ("registry/unknown-reference", 3, "patient_id")),
        ("events.csv", "P02,last", "p2,last", ("registry/padded-id", 3, "patient_id")),
        ("labs.csv", "85.1,ng/mL", "85.1,", ("registry/no-unit", 2, "unit")),
        ("labs.csv", "85.1,ng/mL", "85.1,ug/L", ("registry/mixed-units", 2, "unit")),
        ("labs.csv", "180,U/L", "180,ukat/L", ("registry/mixed-units", 4, "unit")),
        ("labs.csv", "999,U/L,120,246", "999,U/L,246,120", ("registry/limits", 3, "low")),
        ("labs.csv", "85.1", "<0.1", ("registry/below-limit", 2, "value")),
        ("labs.csv", "85.1", '"85,1"', ("registry/decimal-comma", 2, "value")),
    ],
)
def test_one_bad_cell_is_one_finding_at_its_place(
    tmp_path: Path, file: str, old: str, new: str, expected: tuple[str, int, str]
) -> None:
    code, row, column = expected
    found = reading(tmp_path, spoiled(file, old, new))
    assert (code, file, row, column) in places(found)
    assert {place[1] for place in places(found)} == {file}
    assert not found.is_usable
    for finding in found.findings:
        for secret in ("P01", "P02", "P09", "p2", "platelets", "2022-", "1947", "85"):
            assert secret not in finding.message + finding.remedy + "".join(finding.facts.values())


def test_a_code_for_missing_is_declared_together_with_a_column_that_may_be_empty(tmp_path: Path) -> None:
    def told(**changes: object) -> list[tuple[str, str, str]]:
        columns = list(REGISTRY["patients"].columns)
        columns[1] = Column("birth_year", "integer", **changes)  # type: ignore[arg-type]
        files = spoiled("patients.csv", "1950", "9999")
        found = reading(tmp_path, files, replace(with_table("patients", columns=tuple(columns)), rules=()))
        return [(f.code, f.message, f.remedy) for f in found.findings]

    ((code, _, remedy),) = told()
    assert code == "registry/sentinel"
    assert remedy.startswith("list it under missing= of the column, with nullable=True, or")
    ((_, _, remedy),) = told(nullable=True)
    assert remedy.startswith("list it under missing= of the column, or")
    ((code, message, _),) = told(missing=("9999",))
    assert (code, message) == (
        "registry/missing", "this cell is empty, or holds a code for a missing value, and may not"
    )  # fmt: skip
    assert told(missing=("9999",), nullable=True) == []


def test_two_rows_for_one_patient_block_and_equal_rows_are_told_apart(tmp_path: Path) -> None:
    other = spoiled("patients.csv", "P02,1948,,\n", "P02,1948,,\nP02,1949,,\n")
    assert places(reading(tmp_path, other)) == [("registry/duplicate-key", "patients.csv", 4, "patient_id")]
    same = spoiled("patients.csv", "P02,1948,,\n", "P02,1948,,\nP02,1948,,\n")
    assert places(reading(tmp_path, same)) == [("registry/duplicate-row", "patients.csv", 4, None)]
    padded = spoiled("patients.csv", "P02,1948,,\n", "P02,1948,,\nP2,1948,,\n")
    codes = [code for code, *_ in places(reading(tmp_path, padded))]
    assert "registry/padded-id" in codes


def test_one_death_and_one_first_cycle_a_patient(tmp_path: Path) -> None:
    twice = spoiled("events.csv", "P01,death,2023-01-05\n", "P01,death,2023-01-05\nP01,death,2023-01-06\n")
    assert places(reading(tmp_path, twice)) == [("registry/more-than-one", "events.csv", 3, "date")]
    untreated = spoiled("patients.csv", "P02,1948,,\n", "P02,1948,,\nP03,1940,,\n")
    assert places(reading(tmp_path, untreated)) == [("registry/none", "patients.csv", 4, "patient_id")]


def test_all_findings_come_at_once_sorted_by_what_they_block(tmp_path: Path) -> None:
    files = {**GOOD, "events.csv": "patient_id,event,date\n", "labs.csv": "patient_id,date,analyte,value\n"}
    del files["cycles.csv"]
    files["patients.csv"] = "patient_id,birth_year,ecog,alb\nP01,x,7,3\n,,,\n"
    found = reading(tmp_path, files)
    assert [(code, file, row) for code, file, row, _ in places(found)] == [
        ("registry/no-file", "cycles.csv", None),
        ("registry/empty-table", "events.csv", None),
        ("registry/empty-table", "labs.csv", None),
        ("registry/lacking-column", "labs.csv", None),
        ("registry/lacking-column", "labs.csv", None),
        ("registry/lacking-column", "labs.csv", None),
        ("registry/unknown-column", "patients.csv", None),
        ("registry/lacking-column", "patients.csv", None),
        ("registry/not-a-number", "patients.csv", 2),
        ("registry/unknown-code", "patients.csv", 2),
        ("registry/blank-row", "patients.csv", 3),
    ]
    assert "rename the column alb" in " ".join(finding.remedy for finding in found.findings)
    with pytest.raises(FindingsError) as error:
        read_registry(REGISTRY, tmp_path)
    assert list(error.value.findings) == check_registry(REGISTRY, tmp_path)


@pytest.mark.parametrize(
    ("file", "column"), [(table.file, column.header) for table in REGISTRY.tables for column in table.columns]
)
def test_a_column_that_is_absent_is_the_one_finding_whatever_keys_references_and_rules_read_it(
    tmp_path: Path, file: str, column: str
) -> None:
    rows = [line.split(",") for line in GOOD[file].splitlines()]
    at = rows[0].index(column)
    less = "".join(",".join(cells[:at] + cells[at + 1 :]) + "\n" for cells in rows)
    assert places(reading(tmp_path, {**GOOD, file: less})) == [
        ("registry/lacking-column", file, None, column)
    ]


@pytest.mark.parametrize("text", ["", "x", "x\n1\n", "\n", "\0", '"', ",,\n,,\n"])
@pytest.mark.parametrize("file", GOOD)
def test_a_file_of_something_else_is_found_and_nothing_breaks(tmp_path: Path, file: str, text: str) -> None:
    found = reading(tmp_path, {**GOOD, file: text})
    assert not found.is_usable
    assert {place[1] for place in places(found)} == {file}


def test_rows_set_aside_take_the_rows_that_belong_to_them_along_and_are_all_counted(tmp_path: Path) -> None:
    files = spoiled("patients.csv", "P02,1948,,\n", "P02,x,,\n\n")
    registry = replace(
        with_table("patients", bad_rows="set aside"),
        rules=(NotBefore(At("cycles", "date"), At("patients", "birth_year"), bad_rows="set aside"),),
    )
    found = reading(tmp_path, files, registry)
    assert found.is_usable
    aside = found.tables["quarantine"]
    assert aside[["table", "row", "column", "code", "patient_id"]].fillna("").to_numpy().tolist() == [
        ["patients", 4, "", "registry/blank-row", ""],
        ["patients", 3, "birth_year", "registry/not-a-number", "P02"],
        ["cycles", 4, "patient_id", "registry/parent-set-aside", "P02"],
        ["events", 3, "patient_id", "registry/parent-set-aside", "P02"],
        ["labs", 3, "patient_id", "registry/parent-set-aside", "P02"],
        ["labs", 4, "patient_id", "registry/parent-set-aside", "P02"],
    ]
    assert list(found.tables["patients"]["patient_id"]) == ["P01"]
    for name, total in found.in_file.items():
        assert len(found.tables[name]) + (aside["table"] == name).sum() == total
    assert all(not finding.blocks for finding in found.findings)


def test_what_belongs_to_a_row_that_a_rule_set_aside_goes_with_it(tmp_path: Path) -> None:
    rule = AtLeastOne(At("cycles", "date", {"cycle": "1"}), of="patients", bad_rows="set aside")
    files = spoiled("cycles.csv", "P02,1,2022-06-03,no,\n", "")
    found = reading(tmp_path, files, replace(REGISTRY, rules=(rule,)))
    assert found.is_usable
    aside = found.tables["quarantine"]
    assert aside[["table", "row", "code"]].to_numpy().tolist() == [
        ["patients", 3, "registry/none"],
        ["events", 3, "registry/parent-set-aside"],
        ["labs", 3, "registry/parent-set-aside"],
        ["labs", 4, "registry/parent-set-aside"],
    ]


def test_a_rule_that_only_reports_keeps_its_rows(tmp_path: Path) -> None:
    rule = NotBefore(At("events", "date", CONTACT), At("labs", "date"), which="last", bad_rows="report")
    files = spoiled("events.csv", "2023-03-01", "2022-06-20")
    found = reading(tmp_path, files, replace(REGISTRY, rules=(rule,)))
    assert places(found) == [("registry/order", "events.csv", 3, "date")]
    assert found.is_usable
    assert len(found.tables["events"]) == 2


def test_a_partial_date_breaks_a_rule_only_where_it_is_certain(tmp_path: Path) -> None:
    registry = with_table("events", format=Format(partial_dates="first"))
    files = spoiled("events.csv", "2023-01-05", "2022-07")
    found = reading(tmp_path, files, registry)
    assert found.findings == []
    assert found.tables["events"]["date_precision"].tolist() == ["month", "day"]
    later = spoiled("events.csv", "2023-03-01", "2022-07")
    later["labs.csv"] = later["labs.csv"].replace("2022-07-01", "2022-07-15")
    assert reading(tmp_path, later, registry).findings == []
    found = reading(tmp_path, spoiled("events.csv", "2023-01-05", "2022-06"), registry)
    assert places(found) == [("registry/order", "cycles.csv", 3, "date")]


def test_a_fault_in_many_rows_is_listed_twenty_times_and_then_counted(tmp_path: Path) -> None:
    rows = "".join(f"P01,{n},2022-06-{n:02d},maybe,\n" for n in range(1, 29))
    found = reading(tmp_path, {**GOOD, "cycles.csv": "patient_id,cycle,date,delayed,reason\n" + rows})
    words = [finding for finding in found.findings if finding.code == "registry/yes-no"]
    assert len(words) == 21
    assert "here and in 7 more rows" in words[-1].message
    fault = next(fault for fault in found.faults if fault.code == "registry/yes-no")
    assert fault.rows == tuple(range(2, 30))


def test_a_table_may_be_empty_and_may_have_other_columns_where_it_says_so(tmp_path: Path) -> None:
    files = {**GOOD, "labs.csv": "patient_id,date,analyte,value,unit,low,high,remark\n"}
    registry = with_table("labs", may_be_empty=True, extra_columns="ignore")
    found = reading(tmp_path, files, registry)
    assert found.findings == []
    assert [str(kind) for kind in found.tables["labs"].dtypes[:4]] == [
        "object",
        "datetime64[ns]",
        "category",
        "float64",
    ]


def test_the_digest_changes_with_a_byte_a_name_and_an_absence(tmp_path: Path) -> None:
    reading(tmp_path, GOOD)
    first = registry_digest(REGISTRY, tmp_path)
    assert first == registry_digest(REGISTRY, tmp_path)
    (tmp_path / "labs.csv").write_text(GOOD["labs.csv"] + "\n", encoding="utf-8")
    second = registry_digest(REGISTRY, tmp_path)
    (tmp_path / "labs.csv").unlink()
    assert len({first, second, registry_digest(REGISTRY, tmp_path)}) == 3


def test_a_description_that_cannot_hold_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="no column visit"):
        Table("cycles", "c.csv", (Column("cycle", "integer"),), key=("visit",))
    with pytest.raises(ValueError, match=r"no column patients\.death"):
        replace(REGISTRY, rules=(AtMostOne(At("patients", "death")),))
    with pytest.raises(ValueError, match="codes belong together"):
        Column("sex", "code")
    with pytest.raises(ValueError, match="only a number has a unit"):
        Column("sex", "text", unit="g")

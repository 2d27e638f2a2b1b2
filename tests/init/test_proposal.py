"""What is proposed from an export, and that the proposal reads it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from tieout.init.guess import guess_column, python_name
from tieout.init.proposal import propose
from tieout.init.source_text import registry_source
from tieout.sources import Column, Format, Registry, load_registry
from tieout.values.finding import FindingsError

LIMITS = Format(decimal=",", thousands=".", below_limit="limit")
HEADERS = {"PSA (ng/mL)": "psa", "PSA (µg/L)": "psa_2", "Größe": "gr_e", "class": "class_"}
DICTIONARY = (
    'Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",'
    "Text Validation Type OR Show Slider Number,Identifier?,Required Field?\n"
    "record_id,baseline,text,Record ID,,,,\n"
    'sex,baseline,radio,Sex,"1, Male | 2, Female",,,y\n'
    "given,cycles,text,Given on,,date_ymd,,y\n"
)


def written(registry: Registry) -> Registry:
    """The registry that its own source text makes."""
    names: dict[str, object] = {}
    exec(registry_source(registry), names)
    made = names["REGISTRY"]
    assert isinstance(made, Registry)
    return made


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Patient ID", ["1", "2", "3"], Column("patient_id", "text", role="identifier")),
        ("Surname", ["A", "B", "C"], Column("surname", "text", role="identifier")),
        ("weight_kg", ["70", "81.5", ""], Column("weight_kg", "number", unit="kg", minimum=0, nullable=True)),
        ("change", ["-3", "4"], Column("change", "integer")),
        ("day", ["2023-01-31"] * 3, Column("day", "date")),
        ("day", ["31/01/2023", "01/02/2023"], Column("day", "date", format=Format(dates="%d/%m/%Y"))),
        ("day", ["03/01/2023", "01/02/2023"], Column("day", "date")),
        ("dead", ["Yes", "no", "no"], Column("dead", "yes_no")),
        ("arm", ["x", "y"] * 6, Column("arm", "code", codes=("x", "y"))),
        ("stage", ["1", "2", "3"] * 4, Column("stage", "code", codes=("1", "2", "3"))),
        ("remark", ["seen well", "", "moved away"], Column("remark", "text", nullable=True)),
        (
            "psa",
            ["<0,1", "1.200,5"],
            Column(
                "psa", "number", minimum=0, format=Format(decimal=",", thousands=".", below_limit="limit")
            ),
        ),
        ("ldh", ["1", "250", "NA"], Column("ldh", "integer", minimum=0, missing=("NA",), nullable=True)),
        ("Birth year", ["1950", "1961"], Column("birth_year", "integer", role="date", minimum=0)),
        ("year", ["1", "2"] * 9, Column("year", "code", codes=("1", "2"))),
        ("Age (yrs)", ["50", "61"], Column("age", "integer", unit="years", minimum=0)),
        ("WBC (x10^9/L)", ["5.1", "6.2"], Column("wbc", "number", unit="x10⁹/L", minimum=0)),
        ("BMI [kg/m2]", ["20.5", "31.2"], Column("bmi", "number", unit="kg/m²", minimum=0)),
        ("empty", ["", ""], Column("empty", "text", nullable=True)),
        ("D.O.B.", ["1950-01-31"] * 3, Column("d_o_b", "date", role="identifier")),
        ("Last name", ["A"] * 3, Column("last_name", "text", role="identifier")),
        ("Drug name", ["x", "y"] * 6, Column("drug_name", "code", codes=("x", "y"))),
        ("# of cycles", ["4", "6"] * 6, Column("number_of_cycles", "integer", minimum=0)),
        ("Comments", ["lost", ""] * 6, Column("comments", "text", nullable=True)),
        ("seen", ["call 555-1234 first"] * 9, Column("seen", "text")),
        (
            "smoker",
            ["ex", "unk"] * 6,
            Column("smoker", "code", codes=("ex",), missing=("unk",), nullable=True),
        ),
    ],
)
def test_a_column_is_guessed_from_its_name_and_cells(header: str, cells: list[str], expected: Column) -> None:
    found = guess_column(header, python_name(header, set()), cells)
    assert (found.name, found.type, found.unit, found.use, found.nullable, tuple(found.codes)) == (
        expected.name,
        expected.type,
        expected.unit,
        expected.use,
        expected.nullable,
        tuple(expected.codes),
    )
    assert (found.minimum, found.missing, found.format) == (
        expected.minimum,
        expected.missing,
        expected.format,
    )


def test_a_workbook_becomes_a_table_a_sheet_tied_by_the_patient(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Visits"
    first.append(["Subject No", "seen"])
    other = book.create_sheet("Base line")
    other.append(["Subject No", "Age (years)"])
    for number in range(1, 5):
        other.append([f"S{number}", 50 + number])
        first.append([f"S{number % 2 + 1}", pd.Timestamp(2023, 1, number)])
    path = tmp_path / "registry.xlsx"
    book.save(path)
    registry, last = propose([path])
    assert last.isoformat() == "2023-01-04"
    assert [table.name for table in registry.tables] == ["base_line", "visits"]
    assert registry.patient == "subject_no"
    assert registry["base_line"].key == ("subject_no",)
    assert registry["visits"].refers[0].table == "base_line"
    assert registry["base_line"]["age"].unit == "years"
    again = written(registry)
    assert again == registry
    assert load_registry(again, tmp_path).is_usable


def test_value_labels_of_a_statistical_package_become_codes(tmp_path: Path) -> None:
    data = pd.DataFrame({"id": ["a", "b", "c"], "sex": [1.0, 2.0, 1.0]})
    path = tmp_path / "r.sav"
    pyreadstat.write_sav(data, str(path), variable_value_labels={"sex": {1.0: "Male", 2.0: "Female"}})
    registry, _ = propose([path])
    assert registry["r"]["sex"].labels == {"1": "Male", "2": "Female"}
    assert load_registry(written(registry), tmp_path).findings == []


@pytest.mark.parametrize(
    "export",
    [
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,sex,baseline_complete,given,cycles_complete\n"
        "1,,,2,2,,\n1,cycles,1,,,2023-01-01,2\n",
        "Record ID,Repeat Instrument,Repeat Instance,Sex,Complete?,Given on,Complete?\n"
        "1,,,Female,Complete,,\n1,Cycles,1,,,2023-01-01,Complete\n",
    ],
)
def test_a_redcap_export_with_its_dictionary_becomes_a_table_a_form(tmp_path: Path, export: str) -> None:
    (tmp_path / "export.csv").write_text(export)
    (tmp_path / "dictionary.csv").write_text(DICTIONARY)
    registry, _ = propose([tmp_path / "dictionary.csv", tmp_path / "export.csv"])
    again = written(registry)
    assert [table.name for table in again.tables] == ["baseline", "cycles"]
    found = load_registry(again, tmp_path)
    assert found.findings == []
    assert found.tables["baseline"]["sex"].tolist() == ["2"]
    assert found.tables["cycles"]["redcap_repeat_instance"].tolist() == [1]


def test_a_redcap_export_alone_asks_for_its_dictionary(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("record_id,redcap_repeat_instrument,redcap_repeat_instance\n1,,\n")
    with pytest.raises(FindingsError) as error:
        propose([tmp_path / "export.csv"])
    assert [f.code for f in error.value.findings] == ["init/needs-dictionary"]


def test_two_exports_of_one_name_would_lie_on_each_other(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    files = [tmp_path / "export.csv", tmp_path / "b" / "export.csv"]
    for file in files:
        file.write_text("id,age\n1,50\n")
    with pytest.raises(FindingsError, match=r"export\.csv: two exports have this name"):
        propose(files)


@pytest.mark.parametrize("rows", ["Registry of 2024,,\n,,\nid,age,sex\n1,50,M\n", "\nid,age\n"])
def test_lines_above_the_header_are_to_be_deleted_as_there_is_no_description_yet(
    tmp_path: Path, rows: str
) -> None:
    (tmp_path / "export.csv").write_text(rows)
    with pytest.raises(FindingsError) as error:
        propose([tmp_path / "export.csv"])
    assert "delete the rows above" in (error.value.findings[0].remedy or "")


def test_names_of_columns_are_made_python_and_unlike_each_other() -> None:
    taken: set[str] = set()
    for header, name in (
        ("PSA (ng/mL)", "psa"),
        ("PSA (µg/L)", "psa_2"),
        ("Größe", "gr_e"),
        ("class", "class_"),
    ):
        assert python_name(header, taken) == name
        taken.add(name)

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from tieout.cli.synthesize import command
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
    Redcap,
    Registry,
    Required,
    Table,
    load_registry,
    synthesis,
)
from tieout.sources.synthesis import synthesize
from tieout.sources.synthetic_files import add_answers, write_synthetic, written_as
from tieout.values.finding import FindingsError

ID = Column("patient_id", "text", role="identifier")
OF = (ForeignKey("patient_id", "patients"),)
DEATH = At("events", "date", where={"event": "death"})
STOP = At("events", "date", where={"event": "stop"})
GERMAN = Format(encoding="cp1252", delimiter=";", decimal=",", dates="%d.%m.%Y", yes=("ja",), no=("nein",))
REGISTRY = Registry(
    tables=(
        Table(
            "visits",
            "visits.csv",
            (
                ID,
                Column("visit", "integer", minimum=1, source="Besuch Nr."),
                Column("date", "date", minimum="2020-01-01", maximum="2023-12-31"),
                Column("late", "yes_no"),
                Column("reason", "text", nullable=True),
                Column("albumin", "number", unit="g/dL", minimum=1, maximum=7, nullable=True),
            ),
            key=("patient_id", "visit"),
            refers=(*OF,),
            format=GERMAN,
        ),
        Table(
            "patients",
            "base.xlsx",
            (
                ID,
                Column("site", "text", role="identifier"),
                Column("birth_year", "integer", minimum=1900, maximum=2010),
                Column("sex", "code", codes={"1": "Male", "2": "Female"}, nullable=True),
            ),
            key=("patient_id",),
            refers=(ForeignKey("site", "sites"),),
            format=Format(sheet="Baseline", labelled=True),
        ),
        Table(
            "sites",
            "base.xlsx",
            (Column("site", "text", role="identifier"),),
            key=("site",),
            format=Format(sheet="S"),
        ),
        Table(
            "events",
            "events.csv",
            (ID, Column("event", "code", codes=("seen", "stop", "death")), Column("date", "date")),
            refers=OF,
        ),
        Table(
            "labs",
            "labs.csv",
            (
                ID,
                Column("date", "date"),
                Column("analyte", "code", codes=("psa", "ldh")),
                Column("value", "number", minimum=0, maximum=500),
                Column("unit", "text", role="unit", nullable=True),
                Column("low", "number", minimum=0, nullable=True),
                Column("high", "number", minimum=0, nullable=True),
            ),
            refers=OF,
        ),
    ),
    rules=(
        NotBefore(At("visits", "date"), At("patients", "birth_year")),
        NotBefore(
            At("events", "date", where={"event": "stop"}), At("visits", "date"), which="last", strict=True
        ),
        *(NotBefore(DEATH, At(name, "date"), blame="earlier") for name in ("visits", "events", "labs")),
        InOrder("visits", number="visit", date="date"),
        AtMostOne(DEATH),
        AtLeastOne(At("visits", "date", where={"visit": "1"}), of="patients"),
        Required("visits", "reason", when={"late": "yes"}, only=True),
        OneUnit("labs", "value", "unit", by="analyte", units={"psa": ("ng/mL",), "ldh": ("U/L",)}),
        NotAbove("labs", "low", "high"),
    ),
)


def answers(frames):
    true = {}
    add_answers(true, frames)
    return true


@pytest.mark.parametrize("kind", ["as described", "csv", "parquet"])
@pytest.mark.parametrize("patients", [1, 7, 250])
def test_a_synthetic_registry_keeps_every_rule_of_its_description(
    tmp_path: Path, kind: str, patients: int
) -> None:
    frames = synthesize(REGISTRY, patients, seed=patients)
    described = written_as(REGISTRY, kind)  # type: ignore[arg-type]
    write_synthetic([frames], described, tmp_path)
    reading = load_registry(described, tmp_path)
    assert reading.findings == []
    assert len(reading.tables["patients"]) == patients
    stated = json.loads((tmp_path / "answers.json").read_text())
    read = {name: frame for name, frame in reading.tables.items() if name != "quarantine"}
    assert answers(read) == stated


def test_the_rules_have_something_to_hold_in_it() -> None:
    frames = synthesize(REGISTRY, 250, seed=1)
    events, visits = frames["events"], frames["visits"]
    assert (events["event"] == "death").sum() > 50
    assert (events["event"] == "stop").sum() > 20
    assert visits["reason"].notna().sum() > 50
    assert visits["albumin"].isna().sum() > 5
    assert frames["patients"]["sex"].isna().sum() > 2


def test_a_registry_with_a_rule_broken_on_purpose_is_found_out(tmp_path: Path) -> None:
    described = written_as(REGISTRY, "csv")
    frames = synthesize(REGISTRY, 40, seed=1)
    dead = frames["events"]["event"] == "death"
    frames["events"].loc[dead, "date"] = pd.Timestamp("2018-01-01")
    write_synthetic([frames], described, tmp_path)
    assert {f.code for f in load_registry(described, tmp_path).findings} == {"registry/order"}


def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path: Path) -> None:
    described = written_as(REGISTRY, "csv")
    contents = []
    for at, seed in enumerate((5, 5, 6)):
        folder = tmp_path / str(at)
        folder.mkdir()
        write_synthetic([synthesize(REGISTRY, 30, seed)], described, folder)
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]
    assert contents[0]["labs.csv"] != contents[2]["labs.csv"]


def test_a_table_of_another_source_becomes_plain_csv() -> None:
    table = replace(REGISTRY["events"], file="export.csv", redcap=Redcap("events", "dictionary.csv"))
    registry = Registry((REGISTRY["patients"], REGISTRY["sites"], table))
    described = written_as(registry, "as described")
    assert (described["events"].file, described["events"].redcap) == ("events.csv", None)
    assert described["patients"].file == "base.xlsx"


def test_the_command_needs_no_data_and_never_overwrites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [a.qmd]\ntieout:\n  registry: s:REGISTRY\n")
    text = (
        "from tieout.sources import Column, Registry, Table\n"
        "REGISTRY = Registry((Table('patients', 'p.csv', (Column('patient_id', 'text', role='identifier'),"
        " Column('psa', 'number')), key=('patient_id',)),))\n"
    )
    (tmp_path / "s.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "s", raising=False)
    result = CliRunner().invoke(command, ["--patients", "12", "--to", "made"])
    assert result.exit_code == 0, result.output
    assert len((tmp_path / "made/p.csv").read_text().splitlines()) == 13
    before = (tmp_path / "made/p.csv").read_bytes()
    again = CliRunner().invoke(command, ["--patients", "3", "--to", "made"])
    assert isinstance(again.exception, FindingsError)
    assert (tmp_path / "made/p.csv").read_bytes() == before


def test_parts_make_the_registry_that_is_described(tmp_path, monkeypatch):
    monkeypatch.setattr(synthesis, "ROWS_AT_ONCE", 60)  # ten patients a part
    parts = list(synthesis.synthesize_in_parts(REGISTRY, synthesis.Wanted(25, seed=3)))
    assert [len(part["patients"]) for part in parts] == [10, 10, 5]
    described = written_as(REGISTRY, "parquet")
    write_synthetic(parts, described, tmp_path)
    reading = load_registry(described, tmp_path)
    assert reading.findings == []
    assert reading.tables["patients"]["patient_id"].is_unique
    whole = {name: pd.concat([p[name] for p in parts if name in p]) for name in parts[0]}
    true = json.loads((tmp_path / "answers.json").read_text())
    assert true == json.loads(json.dumps(answers(whole)))


@pytest.mark.parametrize("kind", ["as described", "csv"])
def test_parts_follow_each_other_in_text_files_and_workbooks_too(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(synthesis, "ROWS_AT_ONCE", 60)
    described = written_as(REGISTRY, kind)
    parts = synthesis.synthesize_in_parts(REGISTRY, synthesis.Wanted(25, seed=3))
    write_synthetic(parts, described, tmp_path)
    reading = load_registry(described, tmp_path)
    assert reading.findings == []
    assert len(reading.tables["patients"]) == 25


def test_every_patient_has_as_many_rows_as_were_asked_for():
    (part,) = synthesis.synthesize_in_parts(REGISTRY, synthesis.Wanted(8, rows={"visits": 50}))
    assert part["visits"].groupby("patient_id").size().tolist() == [50] * 8
    assert part["patients"].equals(synthesize(REGISTRY, 8)["patients"])


@pytest.mark.parametrize("rows", [{"patients": 2}, {"nothing": 2}, {"visits": 0}])
def test_rows_that_cannot_be_are_refused(rows):
    with pytest.raises(FindingsError) as caught:
        list(synthesis.synthesize_in_parts(REGISTRY, synthesis.Wanted(8, rows=rows)))
    assert caught.value.findings[0].code == "synthesize/rows"


def test_values_lie_in_the_plausible_range_of_their_unit():
    labs = Table(
        "labs",
        "labs.csv",
        (
            ID,
            Column("date", "date"),
            Column("test", "code", codes=("psa", "hemoglobin")),
            Column("value", "number", minimum=0, maximum=100_000),
            Column("unit", "code", codes=("ng/mL", "g/dL")),
        ),
    )
    rule = OneUnit("labs", "value", "unit", by="test", units={"psa": ("ng/mL",), "hemoglobin": ("g/dL",)})
    patients = Table("patients", "patients.csv", (ID,), key=("patient_id",))
    described = Registry((patients, labs), (rule,))
    wanted = synthesis.Wanted(200, ranges={("hemoglobin", "g/dL"): (2.0, 25.0)})
    (part,) = synthesis.synthesize_in_parts(described, wanted)
    value = part["labs"].groupby("test", observed=True)["value"]
    assert value.min()["hemoglobin"] >= 2
    assert value.max()["hemoglobin"] <= 25
    assert value.max()["psa"] > 1000
    assert value.nunique()["hemoglobin"] > 100


def test_a_text_takes_the_values_that_its_description_names():
    drugs = Column("drug", "text", role="category", examples=("docetaxel", "cisplatin"))
    table = Table("drugs", "drugs.csv", (ID, Column("date", "date"), drugs))
    patients = Table("patients", "patients.csv", (ID,), key=("patient_id",))
    made = synthesize(Registry((patients, table)), 30)
    assert set(made["drugs"]["drug"]) == {"docetaxel", "cisplatin"}


LAB_IDS = {
    "numbered": Column("lab_id", "integer", minimum=1),
    "named": Column("lab_id", "text", role="identifier"),
}


@pytest.mark.parametrize("kind", LAB_IDS)
def test_a_key_without_the_patient_tells_rows_of_all_parts_apart(kind, monkeypatch):
    monkeypatch.setattr(synthesis, "ROWS_AT_ONCE", 60)
    patient = Column("patient_id", "text", role="identifier")
    described = Registry(
        tables=(
            Table("patients", "patients.csv", columns=(patient,), key=("patient_id",)),
            Table("labs", "labs.csv", columns=(LAB_IDS[kind], patient), key=("lab_id",)),
        )
    )
    parts = list(synthesis.synthesize_in_parts(described, synthesis.Wanted(20, 0, {"labs": 10})))
    labs = pd.concat(part["labs"] for part in parts)
    assert len(parts) > 1
    assert labs["lab_id"].nunique() == len(labs) == 200


def test_more_rows_than_a_patient_has_days_are_refused():
    patient = Column("patient_id", "text", role="identifier")
    cycles = Table("cycles", "c.csv", columns=(patient, Column("day", "date")), key=("patient_id", "day"))
    described = Registry(tables=(Table("patients", "p.csv", columns=(patient,), key=("patient_id",)), cycles))
    (part,) = synthesis.synthesize_in_parts(described, synthesis.Wanted(9, 0, {"cycles": 60}))
    assert len(part["cycles"]) == 9 * 60
    with pytest.raises(FindingsError, match="1 to 60 rows"):
        list(synthesis.synthesize_in_parts(described, synthesis.Wanted(9, 0, {"cycles": 61})))

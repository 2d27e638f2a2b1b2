"""What is generated from a registry's description: its data dictionary and its pandera schemas."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pandera.errors
import pytest

from tieout.sources import At, AtMostOne, Column, ForeignKey, Format, Registry, Table
from tieout.sources.dictionary import dictionary, dictionary_csv, dictionary_markdown
from tieout.sources.schema import table_schema

SEX = {"1": "Male", "2": "Female"}
REGISTRY = Registry(
    (
        Table(
            "patients",
            "p.csv",
            (
                Column("patient_id", "text", role="identifier", label="Study number"),
                Column(
                    "sex", "code", codes={"1": "Male", "2": "Female"}, missing=("9",), label="Sex | recorded"
                ),
                Column("psa", "number", unit="ng/mL", minimum=0, nullable=True, label="PSA"),
            ),
            key=("patient_id",),
            label="One row a patient",
            format=Format(missing=("NA",)),
        ),
        Table(
            "events",
            "e.csv",
            (
                Column("patient_id", "text", role="identifier"),
                Column("died_on", "date", maximum="2030-01-01"),
            ),
            refers=(ForeignKey("patient_id", "patients"),),
        ),
    ),
    rules=(AtMostOne(At("events", "died_on")),),
)


def test_the_dictionary_has_a_row_for_each_column_in_order() -> None:
    rows = dictionary(REGISTRY)
    assert [(r.table, r.column, r.type, r.unit, r.values, r.missing, r.role) for r in rows] == [
        ("patients", "patient_id", "text", "", "", "NA", "identifier"),
        ("patients", "sex", "code", "", "1 = Male; 2 = Female", "9, NA", "category"),
        ("patients", "psa", "number", "ng/mL", "0 or more", "empty, NA", "measure"),
        ("events", "patient_id", "text", "", "one of patients.patient_id", "never", "identifier"),
        ("events", "died_on", "date", "", "2030-01-01 or less", "never", "date"),
    ]


def test_the_dictionary_as_csv_and_markdown_says_the_same() -> None:
    read = list(csv.DictReader(io.StringIO(dictionary_csv(REGISTRY))))
    assert [row["column"] for row in read] == [row.column for row in dictionary(REGISTRY)]
    text = dictionary_markdown(REGISTRY)
    assert "## One row a patient" in text
    assert "| `psa` | PSA | number | ng/mL | 0 or more | empty, NA |" in text
    assert "Sex \\| recorded" in text
    assert "- a patient has at most one events.died_on" in text


def test_the_schema_takes_a_good_frame_and_refuses_each_broken_one() -> None:
    schema = table_schema(REGISTRY["patients"])
    kinds = pd.CategoricalDtype(["1", "2"])
    good = pd.DataFrame(
        {"patient_id": ["a", "b"], "sex": pd.Series(["1", "2"], dtype=kinds), "psa": [1.5, None]}
    )
    assert len(schema.validate(good)) == 2
    for column, values in (
        ("patient_id", ["a", "a"]),
        ("psa", [-1.0, 2.0]),
        ("psa", ["x", "y"]),
        ("sex", pd.Series(["1", None], dtype=kinds)),
        ("sex", ["1", "3"]),
    ):
        with pytest.raises(pandera.errors.SchemaError):
            schema.validate(good.assign(**{column: values}))

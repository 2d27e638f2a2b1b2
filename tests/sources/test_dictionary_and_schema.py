"""What is generated from a registry's description: its data dictionary and its pandera schemas."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pandera.errors
import pytest

from tieout.sources import At, AtMostOne, Column, ForeignKey, Format, Registry, Table, schema
from tieout.sources.dictionary import dictionary, dictionary_csv, dictionary_markdown
from tieout.sources.schema import check_schema, table_schema

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
    compiled = table_schema(REGISTRY["patients"])
    kinds = pd.CategoricalDtype(["1", "2"])
    good = pd.DataFrame(
        {"patient_id": ["a", "b"], "sex": pd.Series(["1", "2"], dtype=kinds), "psa": [1.5, None]}
    )
    assert len(compiled.validate(good)) == 2
    for column, values in (
        ("patient_id", ["a", "a"]),
        ("psa", [-1.0, 2.0]),
        ("psa", ["x", "y"]),
        ("sex", pd.Series(["1", None], dtype=kinds)),
        ("sex", ["1", "3"]),
    ):
        with pytest.raises(pandera.errors.SchemaError):
            compiled.validate(good.assign(**{column: values}))


VISITS = Table(
    "visits",
    "v.csv",
    (
        Column("note", "text", nullable=True),
        Column("arm", "code", codes=("a", "b")),
        Column("cycle", "integer", minimum=1, maximum=6),
        Column("dose", "number", minimum=0, nullable=True),
        Column("seen_on", "date", minimum="2020-01-01", maximum="2020-12-31"),
        Column("alive", "yes_no"),
    ),
)
ARMS = pd.CategoricalDtype(["a", "b"])
GOOD = pd.DataFrame(
    {
        "note": pd.Series(["x", None], dtype=object),
        "arm": pd.Series(["a", "b"], dtype=ARMS),
        "cycle": pd.Series([1, 6], dtype="Int64"),
        "dose": [0.0, None],
        "seen_on": pd.to_datetime(["2020-01-01", "2020-12-31"]),
        "alive": pd.Series([True, False], dtype="boolean"),
    }
)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("note", pd.Series(["x", "y"], dtype=object)),
        ("note", pd.Series([1.0, 2.0])),
        ("arm", pd.Series(["a", None], dtype=ARMS)),
        ("arm", pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["a", "b", "c"]))),
        ("arm", pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["b", "a"]))),
        ("arm", pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["a", "b"], ordered=True))),
        ("arm", pd.Series(["a", "b"], dtype=object)),
        ("cycle", pd.Series([0, 6], dtype="Int64")),
        ("cycle", pd.Series([1, 7], dtype="Int64")),
        ("cycle", pd.Series([1, None], dtype="Int64")),
        ("cycle", pd.Series([1, 6], dtype="int64")),
        ("dose", pd.Series([-0.1, None])),
        ("dose", pd.Series([float("inf"), 1.0])),
        ("dose", pd.Series([float("-inf"), 1.0])),
        ("seen_on", pd.to_datetime(pd.Series(["2019-12-31", "2020-06-01"]))),
        ("seen_on", pd.to_datetime(pd.Series(["2020-06-01", "2021-01-01"]))),
        ("seen_on", pd.to_datetime(pd.Series(["2020-06-01", None]))),
        ("alive", pd.Series([True, None], dtype="boolean")),
        ("alive", pd.Series([True, False])),
        ("alive", None),
    ],
)
def test_what_is_seen_without_pandera_is_what_pandera_says(
    column: str, values: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = GOOD.drop(columns=column) if values is None else GOOD.assign(**{column: values})
    seen = [check_schema(each, VISITS, {}, {}) for each in (GOOD, frame)]
    assert seen[0] == []
    monkeypatch.setattr(schema, "_passes", lambda *_: False)
    assert seen == [check_schema(each, VISITS, {}, {}) for each in (GOOD, frame)]

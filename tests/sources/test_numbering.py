"""Texts, identifiers and days that are looked at all at once say what they say one by one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.sources import At, Column, ForeignKey, NotBefore, Reading, Registry, Table, load_registry
from tieout.sources.bounds import out_of_order
from tieout.sources.keys import bare_id, bare_ids
from tieout.sources.numbering import may_repeat, numbered, share_values, written_out

PATIENTS = Table(
    "patients",
    "patients.parquet",
    (
        Column("patient_id", "text", role="identifier"),
        Column("birth_year", "integer", minimum=1900, maximum=2010, nullable=True),
    ),
    key=("patient_id",),
    may_be_empty=True,
)
VISITS = Table(
    "visits",
    "visits.parquet",
    (
        Column("patient_id", "text", role="identifier"),
        Column("day", "date", minimum="1950-01-01", maximum="2035-12-31", nullable=True),
        Column("note", "text", nullable=True),
    ),
    refers=(ForeignKey("patient_id", "patients"),),
    may_be_empty=True,
)
REGISTRY = Registry((PATIENTS, VISITS), (NotBefore(At("visits", "day"), At("patients", "birth_year")),))


def reading(folder: Path, patients: pd.DataFrame, visits: pd.DataFrame) -> Reading:
    patients.to_parquet(folder / "patients.parquet", index=False)
    visits.to_parquet(folder / "visits.parquet", index=False)
    return load_registry(REGISTRY, folder)


def patients(*ids: str | None) -> pd.DataFrame:
    years = pd.Series([1950] * len(ids), dtype="int64")
    return pd.DataFrame({"patient_id": pd.Series(ids, dtype=object), "birth_year": years})


def visits(*rows: tuple[str | None, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["patient_id", "day", "note"], dtype=object)
    return frame.assign(day=pd.to_datetime(frame["day"]))


def test_texts_of_parquet_reach_the_analysis_as_objects_with_nan_where_missing(tmp_path: Path) -> None:
    rows = visits(("P1", "2020-01-02", "a"), ("P2", None, None), ("P1", "2020-01-03", "a"))
    found = reading(tmp_path, patients("P1", "P2"), rows)
    assert found.findings == []
    table = found.tables["visits"]
    assert [str(kind) for kind in table.dtypes] == ["object", "datetime64[ns]", "object"]
    assert table["patient_id"].tolist() == ["P1", "P2", "P1"]
    assert [type(note) for note in table["note"]] == [str, float, str]
    assert found.rows["visits"].tolist() == [2, 3, 4]
    assert table.index.tolist() == [0, 1, 2]


def test_a_patient_is_the_same_in_all_tables_wherever_it_stands_and_whoever_else_does(tmp_path: Path) -> None:
    rows = visits(("P3", "2020-01-02", "a"), ("P1", "1949-01-02", None), ("P9", "2020-01-02", "b"))
    found = reading(tmp_path, patients("P1", "P2", "P3"), rows)
    assert [(f.code, f.rows) for f in found.faults] == [
        ("registry/out-of-range", (3,)),
        ("registry/unknown-reference", (4,)),
        ("registry/order", (3,)),
    ]


def test_a_rule_over_tables_without_rows_finds_nothing(tmp_path: Path) -> None:
    assert reading(tmp_path, patients(), visits()).findings == []


def test_a_day_before_the_first_whole_one_that_nanoseconds_count_is_a_finding(tmp_path: Path) -> None:
    rows = visits(("P1", "2020-01-02", "a")).astype({"day": "datetime64[us]"})
    rows.loc[0, "day"] = pd.Timestamp("1677-09-21 12:00:00").as_unit("us")
    found = reading(tmp_path, patients("P1"), rows)
    assert [(f.code, f.rows) for f in found.faults] == [("registry/implausible-date", (2,))]


@pytest.mark.parametrize("blank", [" ", "\u3000", "", None])
def test_a_row_is_blank_only_where_texts_and_numbers_are(tmp_path: Path, blank: str | None) -> None:
    rows = visits(("P1", None, blank), (blank, None, blank), (blank, "2020-01-02", blank))
    found = reading(tmp_path, patients("P1"), rows)
    assert [f.rows for f in found.faults if f.code == "registry/blank-row"] == [(3,)]


@given(st.lists(st.text(st.sampled_from("Pp07 .-_/#\n\t\u00a0\u0660ßİ\x1c") | st.characters(codec="utf-8"))))
def test_identifiers_are_bared_together_as_one_by_one(texts: list[str]) -> None:
    one_by_one = [
        re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[\s_./#-]+", "", text).casefold()) for text in texts
    ]
    assert bare_ids(texts) == one_by_one
    assert [bare_id(text) for text in texts] == one_by_one


VALUES = st.lists(st.sampled_from(["a", "b", "ä", "b ", None]))


@given(VALUES, VALUES, st.booleans())
def test_a_number_is_shared_where_a_value_is_and_gives_it_back(
    one: list[str | None], other: list[str | None], is_kept_once: bool
) -> None:
    columns = [pd.Series(one, dtype="category" if is_kept_once else object), pd.Series(other, dtype=object)]
    numbers, values = numbered(*columns)
    assert values.is_unique
    for own, given_ in zip(numbers, (one, other), strict=True):
        assert [None if number == -1 else values[number] for number in own] == given_
    for shared, given_ in zip(share_values(columns), (one, other), strict=True):
        written = written_out(shared)
        assert written.dtype == object
        assert written.where(written.notna(), None).tolist() == given_


@given(
    st.lists(st.tuples(VALUES.map(lambda v: v[0] if v else None), st.sampled_from([1, 2, None])), min_size=1)
)
def test_rows_may_repeat_only_where_two_are_equal(rows: list[tuple[str | None, int | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["id", "number"]).astype({"id": object, "number": "Int64"})
    assert may_repeat([frame["id"], frame["number"]]) == frame.duplicated().any()


def test_rows_of_more_kinds_than_can_be_counted_may_repeat() -> None:
    many = [pd.Series(range(1 << 16)) for _ in range(4)]
    assert may_repeat(many)  # they do not; whoever asks must look at them


DAYS = st.lists(
    st.tuples(
        st.sampled_from(["P1", "P2", None]),
        st.sampled_from([date(2020, 1, day) for day in (1, 2, 3)] + [None]),
    ),
    max_size=6,
)


@given(
    DAYS,
    DAYS,
    st.sampled_from(["any", "first", "last"]),
    st.sampled_from(["later", "earlier"]),
    st.booleans(),
)
def test_a_day_is_held_against_its_own_patients_bound(early, late, which, blame, is_strict):
    columns = (Column("patient_id", "text", nullable=True), Column("day", "date", nullable=True))
    registry = Registry((Table("early", "early.csv", columns), Table("late", "late.csv", columns)))
    rule = NotBefore(At("late", "day"), At("early", "day"), which=which, blame=blame, strict=is_strict)
    frames = {
        name: pd.DataFrame(rows, columns=["patient_id", "day"]).astype(
            {"patient_id": object, "day": "datetime64[ns]"}
        )
        for name, rows in (("early", early), ("late", late))
    }

    def days(rows, patient):
        return [day for who, day in rows if who == patient and who and day]

    expected = []
    for at, (who, day) in enumerate(early if blame == "earlier" else late):
        others = days(late if blame == "earlier" else early, who)
        if who and day and others:
            bound = min(others) if (which, blame) == ("first", "later") else max(others)
            is_wrong = day > bound if blame == "earlier" else day < bound
            if is_wrong or (is_strict and day == bound):
                expected.append(at)
    assert out_of_order(rule, frames, registry).tolist() == expected

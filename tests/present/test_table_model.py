"""The table model: marks, decimal places, outline, widths; and what it refuses."""

from __future__ import annotations

import csv
import io

import pytest

from tieout.present.csv_table import csv_text
from tieout.present.table import (
    Spanner,
    Table,
    cell,
    column,
    group,
    kept_with_next,
    marks,
    padding,
    row,
    spanners,
    widths,
)


def made(*rows, columns=1, **more):
    return Table(
        "t", column("Characteristic", "left"), tuple(column("No.") for _ in range(columns)), rows, **more
    )


def test_marks_are_letters_in_reading_order_headings_first():
    over = Spanner(cell("All", notes=("all",)))
    table = Table(
        "t",
        column("Characteristic", "left"),
        (column(cell("No.", notes=("number",)), spanner=over),),
        (row(cell("Age", notes=("late",)), cell("1", notes=("all",))),),
        {"late": cell("x"), "number": cell("y"), "all": cell("z")},
    )
    assert marks(table) == {"all": "a", "number": "b", "late": "c"}


def test_the_mark_after_z_is_aa():
    names = [f"n{number}" for number in range(28)]
    rows = [row(cell("x", notes=(name,)), "1") for name in names]
    letters = marks(made(*rows, footnotes={name: cell(name) for name in names}))
    assert (letters["n25"], letters["n26"], letters["n27"]) == ("z", "aa", "ab")


@pytest.mark.parametrize(
    ("rows", "footnotes", "words"),
    [
        ((row("Age", "1", "2"),), {}, "2 cells for 1 columns"),
        ((row(cell("Age", notes=("a",)), "1"),), {}, "marked but not written"),
        ((row("Age", "1"),), {"a": cell("never")}, "written but not marked"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(rows, footnotes, words):
    with pytest.raises(ValueError, match=words):
        made(*rows, footnotes=footnotes)


@pytest.mark.parametrize(
    ("texts", "missing"),
    [
        (["17 (49%)", "3 (9%)"], {(1, 0): (1, 0)}),
        (["1,043.3", "72", "5.2"], {(1, 0): (2, 1), (2, 0): (3, 1)}),
        (["<.001", ".20", "—", "not reached"], {(1, 0): (1, 0)}),
        (["\N{MINUS SIGN}12", "3"], {(1, 0): (2, 0)}),
        (["10", ""], {}),
    ],
)
def test_numbers_of_a_decimal_column_stand_under_each_other(texts, missing):
    assert padding(made(*(row("x", text) for text in texts))) == missing


def test_a_group_is_kept_whole_when_small_and_by_its_ends_when_large():
    small = made(group("G"), row("a", "1"), row("b", "2"), group("H"), row("c", "3"))
    assert kept_with_next(small) == (True, True, False, True, False)
    large = made(group("G"), *(row(str(number), "1") for number in range(12)))
    assert [number for number, kept in enumerate(kept_with_next(large)) if kept] == [0, 1, 11]


def test_indented_rows_stay_with_the_row_that_names_them():
    table = made(row("ECOG", ""), row("0", "1", level=1), row("1", "2", level=1), row("Age", "3"))
    assert kept_with_next(table) == (True, True, False, False)


def test_neighbours_under_one_spanner_are_joined_and_equal_words_are_not():
    one, other = Spanner(cell("A")), Spanner(cell("A"))
    columns = (column("1", spanner=one), column("2", spanner=one), column("3", spanner=other), column("4"))
    table = Table("t", column("", "left"), columns, ())
    assert [(None if spanner is None else spanner.label.text, span) for spanner, span in spanners(table)] == [
        ("A", 2),
        ("A", 1),
        (None, 1),
    ]


def test_widths_never_leave_the_page_and_declared_ones_keep_their_ratio():
    wide = made(row("x" * 200, *["y" * 60] * 5), columns=5)
    assert sum(widths(wide)) <= 1.001
    columns = (column("1", width=1), column("2", width=3))
    declared = widths(Table("t", column("", "left", width=2), columns, (row("x", "y" * 20, "z"),)))
    assert declared[2] / declared[1] == pytest.approx(3, rel=0.01)


def test_csv_has_one_name_a_column_and_the_words_without_marks(r):
    over = Spanner(cell("All patients, ", r.flow.treated.n))
    rows = (
        group("Course"),
        row(cell("Hospice", notes=("n",)), cell(r.flow.hospice.n_percent, notes=("n",)), "<b>", level=1),
    )
    columns = (column("No. (%)", spanner=over), column("Other"))
    table = Table("t", column("Characteristic", "left"), columns, rows, {"n": cell("note")})
    assert list(csv.reader(io.StringIO(csv_text(table)))) == [
        ["Characteristic", "All patients, 96: No. (%)", "Other"],
        ["Course", "", ""],
        ["  Hospice", "17 (49%)", "<b>"],
    ]

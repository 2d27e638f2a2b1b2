from __future__ import annotations

from datetime import date

import pytest

from tieout.sources.cells import Cell, native_text, read_cell
from tieout.sources.registry import Column, Format

NUMBER = Column("psa", "number", unit="ng/mL")
DAY = Column("seen", "date")


def number(text: str, column: Column = NUMBER, **format_: object) -> Cell:
    return read_cell(text, column, Format(**format_))  # type: ignore[arg-type]


def day(text: str, **format_: object) -> Cell:
    return read_cell(text, DAY, Format(**format_))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "value"), [("1.5", 1.5), ("-0.25", -0.25), ("1e3", 1000.0), (".5", 0.5)])
def test_a_plain_number_is_read(text: str, value: float) -> None:
    assert number(text) == Cell(value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1,5", "decimal-comma"),
        ("1,234", "thousands"),
        ("1.234.567", "thousands"),
        ("12 345.6", "thousands"),
        ("<0.1", "below-limit"),
        ("≥100", "below-limit"),
        ("12 ng/mL", "unit-in-cell"),
        ("5-Mar", "not-a-number"),
        ("NA", "not-a-number"),
        ("nan", "not-a-number"),
        ("inf", "not-a-number"),
        ("1e999", "not-a-number"),
        ("1_000", "not-a-number"),
        ("१२", "not-a-number"),
        ("-99", "sentinel"),
        ("999.0", "sentinel"),
        ("#N/A", "spreadsheet-error"),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_or_none_is_refused(text: str, problem: str) -> None:
    assert number(text) == Cell(problem=problem)


def test_declared_marks_of_numbers_are_understood_and_no_others() -> None:
    german = {"decimal": ",", "thousands": "."}
    assert number("1.234,5", **german) == Cell(1234.5)
    assert number("0,5", **german) == Cell(0.5)
    assert number("1.5", **german) == Cell(problem="thousands")
    assert number("12.34", **german) == Cell(problem="thousands")
    assert number("1,234.5", thousands=",") == Cell(1234.5)
    assert number("1,5", thousands=",") == Cell(problem="decimal-comma")


def test_a_limit_keeps_its_sign_and_is_halved_only_when_declared() -> None:
    assert number("<0.2", below_limit="limit") == Cell(0.2, mark="<")
    assert number("<0.2", below_limit="half") == Cell(0.1, mark="<")
    assert number(">500", below_limit="half") == Cell(500.0, mark=">")
    assert number("≤ 5", below_limit="limit") == Cell(5.0, mark="<")


def test_a_sentinel_is_a_value_where_the_range_has_room_and_missing_where_declared() -> None:
    assert number("999", Column("ldh", "number", minimum=0, maximum=5000)) == Cell(999.0)
    assert number("-99", Column("delta", "number", minimum=-200)) == Cell(-99.0)
    assert number("-99", Column("psa", "number", missing=("-99",))) == Cell()
    assert number("9999", Column("days", "integer", minimum=0)) == Cell(problem="sentinel")


def test_whole_numbers_stay_exact_and_fractions_are_refused() -> None:
    whole = Column("count", "integer", minimum=0, maximum=1e30)
    assert number("9007199254740993", whole) == Cell(9007199254740993)
    assert number("3.0", whole) == Cell(3)
    assert number("3.5", whole) == Cell(problem="not-whole")
    assert number("99999999999999999999", whole) == Cell(problem="not-whole")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("03/04/2023", "ambiguous-date"),
        ("31/12/2023", "date-format"),
        ("12/31/2023", "date-format"),
        ("31.12.23", "date-format"),
        ("45199", "serial-date"),
        ("2023-05", "partial-date"),
        ("2023", "partial-date"),
        ("UN/05/2023", "partial-date"),
        ("2023-05-UNK", "partial-date"),
        ("2023-02-30", "not-a-date"),
        ("soon", "not-a-date"),
        ("1900-01-01", "date-sentinel"),
        ("9999-12-31", "date-sentinel"),
        ("0223-05-01", "implausible-date"),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_or_none_is_refused(text: str, problem: str) -> None:
    assert day(text) == Cell(problem=problem)


def test_a_date_is_read_as_declared() -> None:
    assert day("2023-09-30") == Cell(date(2023, 9, 30), mark="day")
    assert day("2023-09-30T14:05:00") == Cell(date(2023, 9, 30), mark="day")
    assert day("03/04/2023", dates="%d/%m/%Y") == Cell(date(2023, 4, 3), mark="day")
    assert day("03/04/2023", dates="%m/%d/%Y") == Cell(date(2023, 3, 4), mark="day")
    assert day("2023-09-30", dates="%d/%m/%Y") == Cell(problem="date-format")
    assert day("04/31/2023", dates="%m/%d/%Y") == Cell(problem="date-format")


@pytest.mark.parametrize(
    ("rule", "of_month", "of_year"),
    [
        ("first", date(2024, 2, 1), date(2024, 1, 1)),
        ("middle", date(2024, 2, 15), date(2024, 7, 1)),
        ("last", date(2024, 2, 29), date(2024, 12, 31)),
    ],
)
def test_a_partial_date_follows_the_declared_rule_and_says_how_much_was_known(
    rule: str, of_month: date, of_year: date
) -> None:
    assert day("2024-02", partial_dates=rule) == Cell(of_month, mark="month")
    assert day("02/2024", partial_dates=rule) == Cell(of_month, mark="month")
    assert day("2024", partial_dates=rule) == Cell(of_year, mark="year")
    assert day("2024-13", partial_dates=rule) == Cell(problem="not-a-date")


def test_serial_dates_of_both_spreadsheet_calendars() -> None:
    # 45199 is 30 September 2023 in Excel's 1900 system; the 1904 system counts 1,462 days less.
    assert day("45199", serial_dates="1900").value == date(2023, 9, 30)
    assert day("43737", serial_dates="1904").value == date(2023, 9, 30)
    assert day("61", serial_dates="1900") == Cell(problem="not-a-date")


def test_yes_no_and_codes_take_only_what_is_declared() -> None:
    answer = Column("dead", "yes_no")
    assert [read_cell(text, answer, Format()).value for text in ("Yes", "0", "TRUE", "n")] == [
        True,
        False,
        True,
        False,
    ]
    assert read_cell("perhaps", answer, Format()).problem == "yes-no"
    sex = Column("sex", "code", codes={"1": "Male", "2": "Female"})
    assert read_cell("2", sex, Format()) == Cell("2")
    assert read_cell("Female", sex, Format()).problem == "unknown-code"
    assert read_cell("Female", sex, Format(labelled=True)) == Cell("2")


def test_a_files_own_values_are_written_as_a_text_file_would() -> None:
    values = [None, float("nan"), 7.0, 7.25, True, date(2023, 9, 30), " x ", 10**20]
    assert [native_text(v) for v in values] == [
        "",
        "",
        "7",
        "7.25",
        "true",
        "2023-09-30",
        "x",
        "100000000000000000000",
    ]

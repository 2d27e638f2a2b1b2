"""What one cell says: pure functions from a text to a value, or to the reason why it has none.

Nothing is guessed: a text that can be read in two ways is refused until the format is declared.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from tieout.sources.dates import DATE_SENTINELS, read_date
from tieout.sources.registry import Column, Format

NUMBER_SENTINELS = frozenset({-9.0, -99.0, -999.0, -9999.0, 999.0, 9999.0, 99999.0})
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FORMULA!"}
)
INT64 = 2**63
FIRST_DAY, LAST_DAY = date(1880, 1, 1), date(2199, 12, 31)

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_SIGNED_LIMIT = re.compile(r"([<>≤≥]=?)\s*(.+)")
_COMMA_DECIMAL = re.compile(r"[+-]?\d+,\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}([, '’\u00a0\u202f]\d{3})+(\.\d+)?|[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?")
_WITH_UNIT = re.compile(r"[+-]?\d+([.,]\d+)?(\s+[%a-zA-Zµμ°×].*|%|[a-zA-Zµμ][a-zA-Zµμ/].*)")

PROBLEMS: dict[str, tuple[str, str]] = {
    "not-a-number": (
        "this is not a number",
        "correct the cell, or list its text under missing= of the column",
    ),
    "not-whole": ("this is not a whole number", "correct the cell, or declare the column as a number"),
    "decimal-comma": (
        "this number has a decimal comma",
        'declare Format(decimal=",") if the whole table is written so',
    ),
    "thousands": (
        "this number has thousands separators, or a decimal comma: it can be read in two ways",
        "declare thousands= and decimal= in the table's Format, or correct the cell",
    ),
    "below-limit": (
        "this result is a limit (such as <0.1), not a number",
        'declare Format(below_limit="limit") or "half"; the sign is kept in a column of its own',
    ),
    "unit-in-cell": (
        "the unit stands in the cell",
        "give the unit its own column, or declare it and take it out",
    ),
    "sentinel": (
        "this looks like a code for a missing value (such as -99 or 999)",
        "list it under missing= of the column, or declare minimum= and maximum= that allow it",
    ),
    "date-sentinel": (
        "this looks like a code for an unknown date (such as 1900-01-01)",
        "list it under missing= of the column, or correct the date",
    ),
    "not-a-date": (
        "this cannot be read as a date",
        "correct the cell, or declare how dates are written here",
    ),
    "date-format": (
        "this date is not written as declared",
        "correct the cell, or declare dates= in the table's Format (dates are never guessed)",
    ),
    "ambiguous-date": (
        "this date can be read in two ways (day first or month first)",
        "declare dates= in the table's Format, for instance %d/%m/%Y or %m/%d/%Y",
    ),
    "partial-date": (
        "this date lacks its day or month",
        'declare partial_dates= ("first", "middle" or "last"); how much was known is kept beside it',
    ),
    "serial-date": (
        "this is a spreadsheet's day number, not a date",
        'declare serial_dates="1900" (or "1904": old Macintosh workbooks), or format the cells as dates',
    ),
    "implausible-date": ("this date is before 1880 or after 2199", "correct the year"),
    "unknown-code": ("this code is not in the list of codes", "correct the cell, or add the code to codes="),
    "yes-no": (
        "this is neither yes nor no",
        "correct the cell, or declare yes= and no= in the table's Format",
    ),
    "zero-byte": ("this text holds a zero byte", "type the cell again"),
    "spreadsheet-error": (
        "this cell holds a spreadsheet's error, or a formula that was never computed",
        "mend the formula, open the workbook once in its program, and save it",
    ),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it was read: its value (None: missing), or the problem that it has.

    `mark` is the sign of a limit (``<``) or the precision of a date (``month``).
    """

    value: Any = None
    problem: str = ""
    mark: str = ""


MISSING = Cell()


def read_cell(text: str, column: Column, format_: Format) -> Cell:
    """Read one text (stripped of outer white space) by its column's declaration."""
    if text == "" or text in column.missing or text in format_.missing:
        return MISSING
    if "\0" in text:
        return Cell(problem="zero-byte")
    if text in SPREADSHEET_ERRORS:
        return Cell(problem="spreadsheet-error")
    if column.type == "text":
        return Cell(text)
    if column.type == "code":
        return _code(text, column, format_)
    if column.type == "yes_no":
        return _yes_no(text, format_)
    if column.type == "date":
        return _date(text, column, format_)
    return _number(text, column, format_)


def _code(text: str, column: Column, format_: Format) -> Cell:
    labels = column.labels
    if format_.labelled:
        coded = [code for code, label in labels.items() if label.strip() == text]
        return Cell(coded[0]) if len(coded) == 1 else Cell(problem="unknown-code")
    return Cell(text) if text in labels else Cell(problem="unknown-code")


def _yes_no(text: str, format_: Format) -> Cell:
    word = text.casefold()
    if word in {known.casefold() for known in format_.yes}:
        return Cell(value=True)
    if word in {known.casefold() for known in format_.no}:
        return Cell(value=False)
    return Cell(problem="yes-no")


def _date(text: str, column: Column, format_: Format) -> Cell:
    day, precision, problem = read_date(text, format_)
    if problem or day is None:
        return Cell(problem=problem or "not-a-date")
    if day in DATE_SENTINELS and not (column.minimum and str(column.minimum) <= day.isoformat()):
        return Cell(problem="date-sentinel")
    if not FIRST_DAY <= day <= LAST_DAY:
        return Cell(problem="implausible-date")
    return Cell(day, mark=precision)


def _number(text: str, column: Column, format_: Format) -> Cell:
    mark = ""
    if limit := _SIGNED_LIMIT.fullmatch(text):
        if format_.below_limit == "refuse":
            return Cell(problem="below-limit")
        mark, text = limit[1][0].replace("≤", "<").replace("≥", ">"), limit[2]
    value, problem = _parse(text, format_)
    if value is None:
        return Cell(problem=problem)
    if mark == "<" and format_.below_limit == "half":
        value /= 2
    elif not mark and value in NUMBER_SENTINELS and not _is_allowed(value, column):
        return Cell(problem="sentinel")
    if column.type == "number":
        return Cell(value, mark=mark)
    if not float(value).is_integer():
        return Cell(problem="not-whole")
    exact = int(text) if re.fullmatch(r"[+-]?\d+", text) else int(value)
    return Cell(exact, mark=mark) if -INT64 <= exact < INT64 else Cell(problem="not-whole")


def sentinels_of(column: Column) -> list[float] | list[date]:
    """Return the numbers or dates that stand for a missing value in a column; none where it has a range."""
    if column.minimum is not None and column.maximum is not None:
        return []
    if column.type == "date":
        least = str(column.minimum or "9999-99")
        return sorted(day for day in DATE_SENTINELS if day.isoformat() < least)
    if column.type in {"number", "integer"}:
        return sorted(value for value in NUMBER_SENTINELS if not _is_allowed(value, column))
    return []


def _is_allowed(value: float, column: Column) -> bool:
    """A number that often stands for a missing value is one where the declared range has room for it."""
    if value < 0:
        return column.minimum is not None and float(column.minimum) <= value
    return column.maximum is not None and value <= float(column.maximum)


def _parse(text: str, format_: Format) -> tuple[float | None, str]:
    plain = text
    if format_.thousands:
        mark = re.escape(format_.thousands)
        decimal = re.escape(format_.decimal)
        if re.fullmatch(rf"[+-]?\d{{1,3}}({mark}\d{{3}})+({decimal}\d*)?", text):
            plain = text.replace(format_.thousands, "")
    if format_.decimal != "." and "." not in plain:
        plain = plain.replace(format_.decimal, ".")
    elif format_.decimal != ".":
        return None, "thousands"
    if _PLAIN.fullmatch(plain) and plain.isascii():
        value = float(plain)
        return (value, "") if math.isfinite(value) else (None, "not-a-number")
    if _GROUPED.fullmatch(text):
        return None, "thousands"
    if _COMMA_DECIMAL.fullmatch(text):
        return None, "decimal-comma"
    return None, "unit-in-cell" if _WITH_UNIT.fullmatch(text) else "not-a-number"


def native_text(value: object) -> str:
    """Write a workbook's or database's own value the way a text file would hold it.

    Whole floats lose their ``.0``, dates are ISO, true and false are words, missing is empty.
    """
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  (NaN and NaT differ from themselves)
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time().isoformat() == "00:00:00"
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip()
    return str(value).strip()

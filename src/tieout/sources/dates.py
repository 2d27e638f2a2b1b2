"""Reading a date: ISO unless another format is declared, never guessed, partial dates by a declared rule."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta

from tieout.sources.registry import Format

DATE_SENTINELS = frozenset(
    {date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1901, 1, 1), date(1904, 1, 1)}
    | {date(9999, 12, 31), date(9999, 1, 1), date(2099, 12, 31), date(1800, 1, 1), date(1582, 10, 14)}
)

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_UNKNOWN = r"(?:UNK?|XX|\?\?|NK|--|00)"
_ISO_PARTIAL = re.compile(
    rf"(\d{{4}})(?:-(?:(\d{{2}})|{_UNKNOWN}))?(?:-{_UNKNOWN})?", re.ASCII | re.IGNORECASE
)
_MONTH_YEAR = re.compile(
    rf"(?:{_UNKNOWN}[/.-])?(?:(\d{{1,2}})|{_UNKNOWN})[/.-](\d{{4}})", re.ASCII | re.IGNORECASE
)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})( .*)?", re.ASCII)
_SERIAL = re.compile(r"\d{4,6}(\.\d+)?", re.ASCII)

Precision = str
Read = tuple[date | None, Precision, str]


def read_date(text: str, format_: Format) -> Read:
    """Return the day, how much of it was known ("day", "month", "year"), or the problem.

    >>> read_date("2023-05-17", Format())
    (datetime.date(2023, 5, 17), 'day', '')
    >>> read_date("2023-05", Format(partial_dates="middle"))
    (datetime.date(2023, 5, 15), 'month', '')
    >>> read_date("03/04/2023", Format())[2]
    'ambiguous-date'
    """
    if format_.serial_dates and _SERIAL.fullmatch(text) and len(text.split(".", maxsplit=1)[0]) > 4:
        return _serial(float(text), format_.serial_dates)
    if whole := _whole(text, format_):
        return whole, "day", ""
    if partial := _partial_parts(text):
        if format_.partial_dates == "refuse":
            return None, "", "partial-date"
        return _complete(*partial, format_.partial_dates)
    return None, "", _problem(text, format_)


def _whole(text: str, format_: Format) -> date | None:
    try:
        if format_.dates != "iso":
            return datetime.strptime(text, format_.dates).date()  # noqa: DTZ007  (a day has no time zone)
        if (iso := _ISO.fullmatch(text)) is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        return None
    return None


def _partial_parts(text: str) -> tuple[int, int | None] | None:
    if match := _ISO_PARTIAL.fullmatch(text):
        year, month = int(match[1]), int(match[2]) if match[2] else None
    elif match := _MONTH_YEAR.fullmatch(text):
        year, month = int(match[2]), int(match[1]) if match[1] else None
    else:
        return None
    plausible = 1880 <= year <= 2199 and (month is None or 1 <= month <= 12)
    return (year, month) if plausible else None


def _complete(year: int, month: int | None, rule: str) -> Read:
    precision = "year" if month is None else "month"
    if rule == "first":
        return date(year, month or 1, 1), precision, ""
    if rule == "middle":
        return (date(year, 7, 1) if month is None else date(year, month, 15)), precision, ""
    last = month or 12
    return date(year, last, calendar.monthrange(year, last)[1]), precision, ""


def _serial(number: float, epoch: str) -> Read:
    """Count days as a spreadsheet does; its 1900 has a 29 February, so day 0 is 1899-12-30."""
    start = date(1899, 12, 30) if epoch == "1900" else date(1904, 1, 1)
    return start + timedelta(days=int(number)), "day", ""


def _problem(text: str, format_: Format) -> str:
    if slashed := _SLASHED.fullmatch(text):
        first, second = int(slashed[1]), int(slashed[2])
        both = 1 <= first <= 12 and 1 <= second <= 12 and first != second
        return "ambiguous-date" if both and format_.dates == "iso" else "date-format"
    if _SERIAL.fullmatch(text):
        return "serial-date"
    if _ISO.fullmatch(text):
        return "not-a-date" if format_.dates == "iso" else "date-format"
    return "not-a-date"

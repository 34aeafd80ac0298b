"""Days, months, quarters and semesters in Indonesian."""

import datetime as dt
import re

from babel.dates import format_date

from .numbers import LOCALE, MISSING, is_missing

ROMAN = ("I", "II", "III", "IV")


def date(value: str | dt.date) -> str:
    """Write a day: `1 Juni 2024`."""
    return format_date(_day(value), "d MMMM y", locale=LOCALE)


def month(value: str) -> str:
    """Write a month: `Juni 2024`."""
    return format_date(_day(value), "MMMM y", locale=LOCALE)


def month_short(value: str, year: bool = False) -> str:
    """Write a month for an axis: `Jun`, or `Jun 2024`."""
    return format_date(_day(value), "MMM y" if year else "MMM", locale=LOCALE)


def date_short(value: str | dt.date) -> str:
    """Write a day for an axis or a narrow column: `1 Jun 2024`."""
    return format_date(_day(value), "d MMM y", locale=LOCALE)


def time(value: str | dt.date | None) -> str:
    """Write any time of the tables: a date, a month, `2024-Q2`, `2024-S2`, or the first and last of several (`a/b`).

    Empty is `tidak ada data`.
    """
    if isinstance(value, dt.date):
        return date(value)
    if is_missing(value) or not value:
        return MISSING
    if "/" in value:
        return " s.d. ".join(time(part) for part in value.split("/"))
    if part := re.fullmatch(r"(\d{4})-([QS])([1-4])", value):
        year, kind, order = part.groups()
        return f"{'Triwulan' if kind == 'Q' else 'Semester'} {ROMAN[int(order) - 1]} {year}"
    return month(value) if re.fullmatch(r"\d{4}-\d{2}", value) else date(value)


def months_between(first: str, last: str) -> int:
    """Count the months from one month to another."""
    a, b = _day(first), _day(last)
    return (b.year - a.year) * 12 + b.month - a.month


def _day(value: str | dt.date) -> dt.date:
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(value if len(value) > 7 else f"{value}-01")

"""Cells as text or as a file typed them become dates, whole numbers and identifiers; what cannot is listed."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from explorer.config import Limits

# What databases and programs write for "nothing here".
BLANKS = ("", "null", "nan", "nat", "<na>")
_LONGEST_BLANK = max(map(len, BLANKS))
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?|Z)?", re.ASCII)
_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: +[\d:.]+(?: ?[AaPp][Mm])?)?", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)  # how Excel keeps a date
_WHOLE = re.compile(r"[+-]?\d{1,9}(?:\.0*)?", re.ASCII)
_EXCEL_ZERO = date(1899, 12, 30)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def read_date(text: str) -> date | None:
    """A date as councils' systems write it, day before month; None for anything else.

    >>> read_date("2019-04-01"), read_date("1/4/2019"), read_date("01-Apr-2019"), read_date("13/25/2019")
    (datetime.date(2019, 4, 1), datetime.date(2019, 4, 1), datetime.date(2019, 4, 1), None)
    """
    if found := _ISO.fullmatch(text):
        return _day(*found.groups())
    if found := _BRITISH.fullmatch(text):
        return _day(*reversed(found.groups()))
    if found := _NAMED.fullmatch(text):
        day, month, year = found.groups()
        numbers = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(month.lower())]
        return _day(year, str(numbers[0]), day) if numbers else None
    if _SERIAL.fullmatch(text):
        return _EXCEL_ZERO + timedelta(days=int(float(text)))
    return None


def read_whole(text: str) -> int | None:
    """A whole number, "2" or "2.0"; None for anything else."""
    return int(float(text)) if _WHOLE.fullmatch(text) else None


def dates(column: pl.Series, limits: Limits) -> pl.Series:
    """A column as dates; null where a cell is none, or in a year that ``limits`` does not believe."""
    found = column.dt.date() if _has_days(column) else _parsed(text(column), read_date, pl.Date())
    believed = found.dt.year().is_between(limits.earliest_year, limits.latest_year)
    return found.set(~believed, None)


def wholes(column: pl.Series) -> pl.Series:
    """A column as whole numbers; null where a cell is none."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64, strict=False)
    return _parsed(text(column), read_whole, pl.Int64())


def text(column: pl.Series) -> pl.Series:
    """A column as text without spaces around it; null where a cell holds nothing.

    A number that Excel or Parquet keeps as 123.0 is "123": an identifier has no fraction.
    """
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        fraction = (whole.cast(pl.Float64) != column).fill_null(value=True)
        column = whole.cast(pl.String).zip_with(~fraction, column.cast(pl.String))
    trimmed = column.cast(pl.String).str.strip_chars()
    short = (trimmed.str.len_bytes() <= _LONGEST_BLANK).arg_true()  # few identifiers are: the rest need no look
    blank = short.filter(trimmed.gather(short).str.to_lowercase().is_in(BLANKS))
    return trimmed.scatter(blank, None) if blank.len() else trimmed


def _has_days(column: pl.Series) -> bool:
    return column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime)


def _parsed(column: pl.Series, read: Callable[[str], date | int | None], dtype: pl.DataType) -> pl.Series:
    """Read each different text once: a million plans start on a few thousand days."""
    texts = column.drop_nulls().unique()
    values = pl.Series([read(cell) for cell in texts], dtype=dtype)
    return column.replace_strict(texts, values, default=None, return_dtype=dtype)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

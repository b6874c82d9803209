"""Tables as an Excel workbook in which no cell can start anything."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from io import BytesIO
from math import isfinite

import polars as pl
import xlsxwriter

from explorer.provenance import Provenance

_WIDEST = 60  # characters
_CREATED = datetime(2018, 10, 1)  # always the same, so that the same tables give the same file
_MOST_ROWS = 1_048_575  # rows of one sheet beside its headings, by Excel's own limit
_LONGEST_TEXT = 32_767  # UTF-16 units of one cell, by Excel's own limit: it refuses a workbook with a longer one
_CUT = " (cut here: too long for Excel)"
_FIRST_DAY = date(1900, 3, 1)  # Excel knows no day before 1900, and takes that year for a leap year
_MOST_DIGITS = 10**15  # a larger whole number loses its last digits in Excel

Cell = str | int | float | date | None


ABOUT = "About"
# Text that is written stays text, whatever it begins with; nothing goes through a file on the way.
TEXT_IS_TEXT: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook_bytes(tables: Mapping[str, pl.DataFrame], provenance: Provenance | None = None) -> bytes:
    """One sheet a table, each with its headings in the first row, frozen and with a filter.

    Text is written as text: never as a formula, link or number (OWASP, CSV injection). Dates are dates. What Excel
    cannot hold is written as text: lists with semicolons, days before March 1900, very large numbers. A text that
    is too long for a cell is cut, and says so; a table with too many rows for a sheet goes on in "NAME 2".

    Args:
        tables: Sheet names (28 characters at most, so that there is room for a number) with their tables.
        provenance: Where they come from, on a sheet of its own behind them.
    """
    about = {} if provenance is None else {ABOUT: pl.DataFrame(provenance.lines, ["Part", "What it is"], orient="row")}
    stream = BytesIO()
    options = {**TEXT_IS_TEXT, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True})
        for name, table in _sheets({**tables, **about}):
            _write(book.add_worksheet(name), table, bold)
    return stream.getvalue()


def _sheets(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    for name, table in tables.items():
        yield name, table.head(_MOST_ROWS)
        for number, first in enumerate(range(_MOST_ROWS, table.height, _MOST_ROWS), 2):
            yield f"{name} {number}", table.slice(first, _MOST_ROWS)


def _write(sheet: xlsxwriter.workbook.Worksheet, table: pl.DataFrame, bold: xlsxwriter.format.Format) -> None:
    for place, column in enumerate(table.iter_columns()):
        cells = [_cell(value) for value in column.to_list()]
        sheet.write_string(0, place, fitting(column.name), bold)
        longest = max((len(str(cell)) for cell in cells[:1000]), default=0)
        sheet.set_column(place, place, min(max(longest, len(column.name)) + 2, _WIDEST))
        for row, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                sheet.write_string(row, place, cell)
            elif cell is not None:
                sheet.write(row, place, cell)
    sheet.freeze_panes(1, 0)
    if table.height:
        sheet.autofilter(0, 0, table.height, table.width - 1)


def _cell(value: object) -> Cell:
    """A value as Excel can hold it."""
    match value:
        case None | bool():
            return value
        case list():
            return fitting("; ".join("" if (cell := _cell(item)) is None else str(cell) for item in value))
        case int() | float() if isfinite(value) and (isinstance(value, float) or abs(value) < _MOST_DIGITS):
            return value
        case datetime() if value.date() < _FIRST_DAY or value.tzinfo is not None:  # Excel knows no time zones
            return str(value)
        case date() if isinstance(value, datetime) or value >= _FIRST_DAY:
            return value
        case _:
            return fitting(str(value))


def fitting(text: str) -> str:
    """A text cut to what a cell can hold; characters beyond the first plane count twice there."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST_TEXT:
        return text
    return units[: 2 * (_LONGEST_TEXT - len(_CUT))].decode("utf-16-le", errors="ignore") + _CUT

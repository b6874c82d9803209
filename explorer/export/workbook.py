"""Tables as an Excel workbook in which no cell can start anything."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

import polars as pl
import xlsxwriter

_WIDEST = 60  # characters
_CREATED = datetime(2018, 10, 1)  # always the same, so that the same tables give the same file


def workbook_bytes(tables: Mapping[str, pl.DataFrame]) -> bytes:
    """One sheet a table, each with its headings in the first row, frozen and with a filter.

    Text is written as text: never as a formula, link or number (OWASP, CSV injection). Dates are dates.

    Args:
        tables: Sheet names (31 characters at most, as Excel allows) with their tables.
    """
    stream = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            _write(book.add_worksheet(name), table, bold)
    return stream.getvalue()


def _write(sheet: xlsxwriter.workbook.Worksheet, table: pl.DataFrame, bold: xlsxwriter.format.Format) -> None:
    for place, column in enumerate(table.iter_columns()):
        sheet.write_string(0, place, column.name, bold)
        longest = max((len(str(cell)) for cell in column.head(1000)), default=0)
        sheet.set_column(place, place, min(max(longest, len(column.name)) + 2, _WIDEST))
        for row, cell in enumerate(column, start=1):
            if isinstance(cell, str):
                sheet.write_string(row, place, cell)
            elif cell is not None:
                sheet.write(row, place, cell)
    sheet.freeze_panes(1, 0)
    if table.height:
        sheet.autofilter(0, 0, table.height, table.width - 1)

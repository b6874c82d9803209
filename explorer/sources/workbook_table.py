"""The sheets of an Excel workbook as tables, read a row at a time so that an odd sheet cannot fill the memory."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any

import polars as pl
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import from_excel

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.headings import HEADING_ROWS, Table, check_width, heading_row, too_many_rows
from explorer.sources.package import checked_package
from explorer.sources.typed import DATE_COLUMNS
from explorer.sources.upload import Upload

_LAST_ROW = 1_048_576  # Excel's own last row
_MOST_SHEETS = 100
_DATES = frozenset({*DATE_COLUMNS, "review_dates"})


def workbook_tables(upload: Upload, known: frozenset[str], limits: Limits) -> list[Table]:
    """Every sheet of a workbook that has anything in it.

    Args:
        known: headings to look for, simplified.

    Raises:
        DataError: the workbook is damaged, locked, packed suspiciously or too wide.
    """
    book = _opened(upload.name, checked_package(upload, limits))
    if len(book.sheetnames) > _MOST_SHEETS:
        raise DataError(f"{upload.name}: the workbook has more than {_MOST_SHEETS} sheets; load one with List 7 alone.")
    tables = [_sheet(upload.name, book, sheet, known, limits) for sheet in book.sheetnames]
    return [table for table in tables if any(table.headings)]


def _opened(name: str, content: BytesIO) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drop-down lists that it does not keep
            return load_workbook(content, read_only=True, data_only=True, keep_links=False)
    except Exception as problem:  # a damaged workbook fails in many ways
        raise _damaged(name) from problem


def _damaged(place: str) -> DataError:
    return DataError(f"{place}: the workbook is cut short or damaged; open it in Excel, save it anew and load that.")


def _sheet(name: str, book: Workbook, sheet: str, known: frozenset[str], limits: Limits) -> Table:
    place = f"{name}, sheet '{sheet[:40]}'"
    head = [[_text(cell) for cell in row] for row in islice(_rows(place, book, sheet, limits), HEADING_ROWS)]
    found = heading_row(head, known)
    above = next((number for number, row in enumerate(head) if any(row)), 0) if found is None else found

    def take(wanted: Mapping[str, int]) -> pl.DataFrame:
        return _taken(place, book, sheet, above, wanted, limits)

    headings = tuple(cell or "" for cell in head[above]) if head else ()
    return Table(place, headings, take, sheet=sheet)


def _rows(place: str, book: Workbook, sheet: str, limits: Limits) -> Iterator[Sequence[Any]]:
    """The rows of a sheet as openpyxl types their cells; rows that the file skips come as empty ones."""
    page = book[sheet]
    if not hasattr(page, "reset_dimensions"):  # a sheet that is all chart
        return
    page.reset_dimensions()  # the size that a file declares can be wrong, or a trap
    try:
        for row in islice(page.iter_rows(values_only=True), _LAST_ROW):
            check_width(place, len(row), limits)
            yield row
    except DataError:
        raise
    except Exception as problem:
        raise _damaged(place) from problem


def _taken(
    place: str, book: Workbook, sheet: str, above: int, wanted: Mapping[str, int], limits: Limits
) -> pl.DataFrame:
    columns: dict[str, list[str | None]] = {name: [] for name in (*wanted, "position")}
    for number, row in enumerate(_rows(place, book, sheet, limits), 1):
        if number <= above + 1:
            continue
        cells = [
            _day(row[column], book.epoch) if name in _DATES and column < len(row) else _cell(row, column)
            for name, column in wanted.items()
        ]
        if not any(cells):
            continue
        if len(columns["position"]) == limits.max_rows:
            raise too_many_rows(place, limits)
        for kept, cell in zip(columns.values(), (*cells, f"row {number}"), strict=True):
            kept.append(cell)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String()))


def _cell(row: Sequence[Any], column: int) -> str | None:
    return _text(row[column]) if column < len(row) else None


def _day(value: object, epoch: datetime) -> str | None:
    """A cell of a date column; a bare number counts days as this workbook does (old Macs began in 1904)."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 10_000 <= value < 100_000:
        value = from_excel(value, epoch)
    return _text(value)


def _text(value: object) -> str | None:
    """A cell as text, without spaces around it; None for a blank one."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value).strip() or None

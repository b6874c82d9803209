"""Read one CSV file into a checked table; a bad cell is reported with its file and row."""

import csv
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from explorer.errors import DataError
from explorer.schema import Column, Table

FAULTS_SHOWN = 20  # a wholly wrong file would otherwise print a sentence a row
_ROW = "row in file"


def read_table(path: Path, table: Table) -> pl.DataFrame:
    """Read ``path`` by the rules of ``table``.

    Returns:
        The columns of ``table`` in their order and types; an empty cell is null.

    Raises:
        DataError: the file is missing or unreadable, a column is missing, unknown or doubled, a cell
            breaks its rule, or a key occurs twice. Rows are counted as in the file: the heading is row 1.
    """
    raw = _read_text(path)
    _check_columns(path.name, raw.columns, table)
    if raw.is_empty():
        raise DataError(f"{path.name}: the file has a heading and no rows.")
    raw = raw.with_row_index(_ROW, offset=2)
    faults: list[str] = []
    typed: dict[str, pl.Series] = {}
    for name, column in table.columns.items():
        typed[name], found = _column(path.name, raw, name, column)
        faults += found
    frame = pl.DataFrame(typed)
    if not faults:
        faults = list(_doubled_keys(path.name, frame, table.key))
    if faults:
        raise DataError(*shortened(faults))
    return frame


def shortened(faults: list[str]) -> list[str]:
    """The first faults, and a sentence that counts the rest."""
    rest = len(faults) - FAULTS_SHOWN
    return faults if rest <= 0 else [*faults[:FAULTS_SHOWN], f"... and {rest} more faults."]


def _read_text(path: Path) -> pl.DataFrame:
    try:
        content = path.read_bytes()
        content.decode("utf-8")
    except FileNotFoundError:
        raise DataError(f"{path.name}: the file is missing (looked in {path.parent.name}/).") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(f"{path.name}: the file cannot be read as UTF-8 text ({problem}).") from None
    if not content.strip():
        raise DataError(f"{path.name}: the file is empty.")
    try:
        # with has_header polars would quietly rename a doubled heading
        rows = pl.read_csv(content, has_header=False, infer_schema=False)
    except pl.exceptions.PolarsError as problem:
        reason = _ragged(content.decode()) or str(problem).splitlines()[0]
        raise DataError(f"{path.name}: the file is not a CSV with the same cells in every row ({reason}).") from None
    names = ["" if cell is None else cell.strip().removeprefix("\ufeff") for cell in rows.row(0)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise DataError(f"{path.name} row 1: the column '{doubled[0]}' stands twice.")
    frame = rows.slice(1)
    frame.columns = names
    return frame.with_columns(pl.all().str.strip_chars().replace("", None))


def _ragged(text: str) -> str:
    """The first row with more or fewer cells than the heading, in words; empty where there is none."""
    rows = csv.reader(text.splitlines())
    width = len(next(rows, []))
    for number, row in enumerate(rows, start=2):
        if row and len(row) != width:
            return f"row {number} has {len(row)} cells, the heading {width}"
    return ""


def _check_columns(file: str, found: list[str], table: Table) -> None:
    allowed = ", ".join(table.columns)
    missing = [name for name in table.columns if name not in found]
    unknown = [name for name in found if name not in table.columns]
    faults = [f"{file} row 1: the column '{name}' is missing; expected {allowed}." for name in missing]
    faults += [f"{file} row 1: unknown column '{name}'; expected {allowed}." for name in unknown]
    if faults:
        raise DataError(*faults)


def _column(file: str, raw: pl.DataFrame, name: str, column: Column) -> tuple[pl.Series, list[str]]:
    """Cast one column; the sentences say which cells break its rule."""
    text = raw[name]
    typed = (
        text.str.to_date("%Y-%m-%d", strict=False) if column.dtype is pl.Date else text.cast(column.dtype, strict=False)
    )
    bad = text.is_not_null() & typed.is_null()
    if column.required:
        bad = bad | text.is_null()
    if column.allowed:
        bad = bad | ~text.is_in(list(column.allowed)).fill_null(value=True)
    if column.dtype is pl.Float64:
        bad = bad | ~typed.is_finite().fill_null(value=True)
    if column.lowest is not None:
        bad = bad | (typed < column.lowest).fill_null(value=False)
    if column.highest is not None:
        bad = bad | (typed > column.highest).fill_null(value=False)
    rows = raw.filter(bad).select(_ROW, name).iter_rows()
    return typed.alias(name), [
        f"{file} row {row}: '{name}' is {'empty' if cell is None else repr(cell[:40])}; expected {column.rule}."
        for row, cell in rows
    ]


def _doubled_keys(file: str, frame: pl.DataFrame, key: tuple[str, ...]) -> Iterable[str]:
    doubled = frame.select(key).with_row_index(_ROW, offset=2).filter(frame.select(key).is_duplicated())
    first: dict[tuple[object, ...], int] = {}
    for row, *cells in doubled.iter_rows():
        known = first.setdefault(tuple(cells), row)
        if known != row:
            what = ", ".join(f"{name} {cell}" for name, cell in zip(key, cells, strict=True))
            yield f"{file} row {row}: {what} stands twice (first in row {known})."

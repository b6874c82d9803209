"""A table as a CSV file that a spreadsheet can open without running anything in it."""

import polars as pl

_STARTS_A_FORMULA = r"^[=+\-@\t\r]"


def csv_bytes(table: pl.DataFrame) -> bytes:
    """The table as UTF-8 CSV with a byte-order mark, so that Excel reads the letters right.

    A text cell that a spreadsheet would run as a formula is led by an apostrophe (OWASP, CSV injection).
    """
    text = pl.col(pl.String)
    safe = table.with_columns(
        pl.when(text.str.contains(_STARTS_A_FORMULA)).then(pl.lit("'") + text).otherwise(text).name.keep()
    )
    return b"\xef\xbb\xbf" + safe.with_columns(_plain_number(column) for column in safe).write_csv().encode()


def _plain_number(column: pl.Series) -> pl.Series:
    """Whole numbers without a point, others to four places: 261 and 22.0103."""
    if column.dtype != pl.Float64:
        return column
    whole = (column.drop_nulls() == column.drop_nulls().round()).all()
    return column.cast(pl.Int64) if whole else column.round(4)

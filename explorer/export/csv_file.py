"""A table as a CSV file that a spreadsheet can open without running anything in it."""

from collections.abc import Mapping, Sequence

import polars as pl

from explorer.provenance import Provenance

_STARTS_A_FORMULA = r"^[=+\-@\t\r]"


# Columns that say a part of the provenance already, by the heading that it has there.
_SAID_AS: Mapping[str, tuple[str, ...]] = {"Sources": ("source",), "Figures": ("data",)}
_MOST_TOLD = 10_000  # rows; in a longer table it stands in the first row alone, or it would be most of the file


def csv_bytes(table: pl.DataFrame, provenance: Provenance | None = None) -> bytes:
    """The table as UTF-8 CSV with a byte-order mark, so that Excel reads the letters right.

    A text cell that a spreadsheet would run as a formula is led by an apostrophe (OWASP, CSV injection).

    Args:
        provenance: Where the figures come from, as columns behind all others with the same words in each row: lines
            above the headings, or below the last row, would be read as figures. A part that a column of the table says
            already is not said twice.
    """
    table = table if provenance is None else _told(table, provenance)
    text = pl.col(pl.String)
    safe = table.with_columns(
        pl.when(text.str.contains(_STARTS_A_FORMULA)).then(pl.lit("'") + text).otherwise(text).name.keep()
    )
    return b"\xef\xbb\xbf" + safe.with_columns(_plain_number(column) for column in safe).write_csv().encode()


def _told(table: pl.DataFrame, provenance: Provenance) -> pl.DataFrame:
    full = {column.name.lower() for column in table if not column.is_null().any()}
    told = {
        _free(heading, table.columns): words
        for heading, words in provenance.lines
        if not {heading.lower(), *_SAID_AS.get(heading, ())} & full
    }
    rows = pl.int_range(pl.len()) < (table.height if table.height <= _MOST_TOLD else 1)
    return table.with_columns(pl.when(rows).then(pl.lit(words)).alias(heading) for heading, words in told.items())


def _free(heading: str, taken: Sequence[str]) -> str:
    """The heading, with words behind it where a column of the table is already called so."""
    return f"{heading} (of this file)" if heading.lower() in map(str.lower, taken) else heading


def _plain_number(column: pl.Series) -> pl.Series:
    """Whole numbers without a point, others to four places: 261 and 22.0103."""
    if column.dtype != pl.Float64:
        return column
    whole = (column.drop_nulls() == column.drop_nulls().round()).all()
    return column.cast(pl.Int64) if whole else column.round(4)

"""A Parquet file as a table; its cells keep the types they have."""

from collections.abc import Mapping

import polars as pl

from explorer.errors import DataError
from explorer.sources.headings import Table, check_width, too_many_rows, with_positions
from explorer.sources.plan_file import Limits
from explorer.sources.upload import Upload

# polars reports a file that breaks the format in more than one way
_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError)


def parquet_table(upload: Upload, limits: Limits) -> Table:
    """Look at a Parquet file without reading its cells.

    Raises:
        DataError: it is damaged, too wide or too long.
    """
    frame = pl.scan_parquet(upload.read())
    try:
        schema = frame.collect_schema()
        rows = int(frame.select(pl.len()).collect().item())
    except _BROKEN:
        raise _damaged(upload.name) from None
    check_width(upload.name, len(schema), limits)
    if rows > limits.max_rows:
        raise too_many_rows(upload.name, limits)
    names = schema.names()

    def take(wanted: Mapping[str, int]) -> pl.DataFrame:
        try:
            cells = frame.select(pl.col(names[number]).alias(name) for name, number in wanted.items()).collect()
        except _BROKEN:
            raise _damaged(upload.name) from None
        return with_positions(upload.name, cells, 1, limits)

    return Table(upload.name, tuple(names), take)


def _damaged(name: str) -> DataError:
    return DataError(f"{name}: the Parquet file is cut short or damaged; export it again.")

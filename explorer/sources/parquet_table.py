"""A Parquet file as a table; its cells keep the types they have.

Arrow reads it and not polars: a damaged length in the file makes polars end the whole program, where Arrow raises
an error. What a file says of itself can still be a trap, so sizes are checked before cells are unfolded.
"""

from collections.abc import Mapping
from io import BytesIO

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.headings import Table, check_width, too_many_rows, with_positions
from explorer.sources.upload import Upload, megabytes

_MOST_IN_LIST = 100  # reviews of one plan
_MOST_IN_HEADER = 1_000_000  # bytes of one text, or entries of one list, in what the file says of itself


def parquet_table(upload: Upload, limits: Limits) -> Table:
    """Look at a Parquet file without reading its cells.

    Raises:
        DataError: it is damaged, too wide or too long.
    """
    content = upload.read()
    file = _opened(upload.name, content, [])
    names = list(file.schema_arrow.names)
    check_width(upload.name, len(names), limits)
    if file.metadata.num_rows > limits.max_rows:
        raise too_many_rows(upload.name, limits)

    def take(wanted: Mapping[str, int]) -> pl.DataFrame:
        cells = _cells(upload.name, content, [names[number] for number in wanted.values()], limits)
        cells.columns = list(wanted)
        return with_positions(upload.name, cells, 1, limits)

    return Table(upload.name, tuple(names), take)


def _cells(name: str, content: bytes, columns: list[str], limits: Limits) -> pl.DataFrame:
    """Some columns as polars has them. Texts come folded (each different one once) and are unfolded when small."""
    leaves = _leaves(name, _opened(name, content, []), columns, limits)
    file = _opened(name, content, leaves)
    try:
        table = file.read(columns=columns)
        table.validate(full=True)
        unfolded = sum(_unfolded_bytes(chunk) for column in table.columns for chunk in column.chunks)
        if unfolded > limits.max_bytes:
            raise _too_large(name, unfolded, limits)
        frame = pl.from_arrow(pa.table({column: _plain(table.column(column)) for column in columns}))
    except DataError:
        raise
    except Exception as problem:  # every kind of damage has an error of its own
        raise _damaged(name) from problem
    assert isinstance(frame, pl.DataFrame)
    return frame


def _opened(name: str, content: bytes, folded: list[str]) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(
            BytesIO(content),
            read_dictionary=folded,
            thrift_string_size_limit=_MOST_IN_HEADER,
            thrift_container_size_limit=_MOST_IN_HEADER,
        )
    except Exception as problem:
        raise _damaged(name) from problem


def _leaves(name: str, file: pq.ParquetFile, columns: list[str], limits: Limits) -> list[str]:
    """The paths of the texts among some columns.

    Raises:
        DataError: by what the file says of itself, they would unfold to more than its rows can hold.
    """
    texts, size = [], 0
    for number in range(file.metadata.num_columns):
        leaf = file.schema.column(number)
        if leaf.path not in columns and leaf.path.partition(".")[0] not in columns:
            continue
        if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY":  # of a width that the file may set to anything
            raise DataError(f"{name}: the column '{leaf.path[:40]}' holds bytes, not plain cells; save it as text.")
        chunks = [file.metadata.row_group(group).column(number) for group in range(file.metadata.num_row_groups)]
        if sum(chunk.num_values for chunk in chunks) > _MOST_IN_LIST * limits.max_rows:
            raise too_many_rows(name, limits)
        size += sum(chunk.total_uncompressed_size for chunk in chunks)
        if leaf.physical_type == "BYTE_ARRAY":
            texts.append(leaf.path)
    if size > limits.max_bytes:
        raise _too_large(name, size, limits)
    return texts


def _unfolded_bytes(chunk: pa.Array) -> int:
    """What folded texts take once each row has its own; 0 for other cells, which are what they are."""
    while pa.types.is_nested(chunk.type) and hasattr(chunk, "values"):
        chunk = chunk.values
    if not pa.types.is_dictionary(chunk.type):
        return 0
    lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
    return int(pc.sum(lengths.take(chunk.indices)).as_py() or 0)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without folding."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_list(kind) and pa.types.is_dictionary(kind.value_type):
        return column.cast(pa.list_(kind.value_type.value_type))
    return column


def _too_large(name: str, size: int, limits: Limits) -> DataError:
    return DataError(
        f"{name}: the file would unpack to {megabytes(size)} and the limit is {megabytes(limits.max_bytes)}; "
        "load fewer years at a time."
    )


def _damaged(name: str) -> DataError:
    return DataError(f"{name}: the Parquet file is cut short or damaged; export it again.")

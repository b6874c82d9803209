"""One file of a nation's plan records, read a block of rows after the other, however long it is.

polars' streaming engine reads it. What that engine cannot read (a text that is not UTF-8, quotation marks that do not
pair up) is read whole by the reader of single files, which is slower and says what is wrong, up to the size that a
file in the browser may have.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from explorer.config import Limits
from explorer.errors import DataError
from explorer.nation.places import ALLOWED, AUTHORITY, Places
from explorer.sources import annex_a, plain, ssd
from explorer.sources.csv_table import SEPARATORS, csv_table
from explorer.sources.encoding import wide_encoding
from explorer.sources.headings import HEADING_ROWS, Table, check_width, heading_row, known_headings, matched, simple
from explorer.sources.quotation import costs_rows
from explorer.sources.signature import container
from explorer.sources.typed import typed_plans
from explorer.sources.upload import Upload, megabytes, received, shown_name

BLOCK = 500_000  # rows of a Parquet file
_PIECE = 1 << 20  # bytes of one column that are read at once where a group of rows has more than a block
_CSV_BLOCK = 1 << 25  # bytes
_MOST_UNPAIRED = 8  # blocks after which a quotation mark that has no other is taken for a fault
PLACE = "authority"
_LAYOUT: Mapping[str, tuple[str, ...]] = {**plain.LAYOUT, PLACE: AUTHORITY}
_KNOWN = known_headings(_LAYOUT, annex_a.LAYOUT, ssd.LAYOUT)
_MOST_IN_HEADER = 1_000_000  # bytes of one text, or entries of one list, in what a Parquet file says of itself
_ANY_SIZE = 10**15  # bytes: a file is never in memory whole, so nothing is too large


@dataclass(frozen=True)
class Opened:
    """A file whose headings are known and whose rows are still to be read.

    Attributes:
        place: its name, safe to show.
        parts: the rows as they stand in the file, one part after the other, under its own headings or numbers.
        types: the types of their columns.
        columns: for each name of ``schema.PLANS``, for "note" and ``PLACE``, the column of ``rows`` that holds it.
        about: how many rows there are, or nearly.
        size: its bytes.
        text: whether it is CSV, which the reader of single files may read where this one cannot.
    """

    place: str
    parts: Callable[[], Iterator[pl.LazyFrame]]
    types: Mapping[str, pl.DataType]
    columns: Mapping[str, str]
    about: int
    size: int
    text: bool = True

    def blocks(self, places: Places) -> Iterator[pl.DataFrame]:
        """The rows in the order of the file: the columns by their names, and ``PLACE`` as ``Places`` has it.

        Raises:
            DataError: the file is damaged.
        """
        authority = places.row_of(self.types[self.columns[PLACE]], self.columns[PLACE]).alias(PLACE)
        others = {name: _plain(column, self.types[column]) for name, column in self.columns.items() if name != PLACE}
        try:
            for part in self.parts():
                yield part.select(authority, **others).collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as problem:
            raise Unreadable(self.place) from problem


class Unreadable(DataError):
    """The streaming engine cannot read a file to its end."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: the file is cut short or damaged; export it again.")


def opened(path: Path, limits: Limits) -> Opened:
    """Look at a file without reading its rows.

    Args:
        path: Where it is. What is in it says whether it is CSV or Parquet, and never its name.
        limits: How wide a table may be, and how large a text that has to be read whole.

    Raises:
        DataError: it is no plain table of plans with a column for the authority, or cannot be read.
    """
    upload = received(path.name, path, limits.model_copy(update={"max_bytes": _ANY_SIZE}))
    match container(upload):
        case "parquet":
            return _parquet(upload, path, limits)
        case "text":
            return _csv(upload, path, limits)
        case _:
            raise DataError(f"{upload.name}: a workbook cannot be read here; save its sheet as CSV (UTF-8).")


def whole(path: Path, limits: Limits) -> Opened:
    """A text read whole by the reader of single files: for encodings and rows that are not quite well formed.

    Raises:
        DataError: as that reader says; or the text is too large for it.
    """
    upload = received(path.name, path, limits.model_copy(update={"max_bytes": _ANY_SIZE}))
    if upload.size > limits.max_upload_bytes:
        raise DataError(
            f"{upload.name}: the file is not CSV in UTF-8 with as many cells in each row, so it can only be "
            f"read up to {megabytes(limits.max_upload_bytes)}; export it again as CSV in UTF-8, or as Parquet."
        )
    table = csv_table(upload, _KNOWN, limits)
    wanted = _wanted(table)
    cells = table.take(wanted)
    names = {name: name for name in wanted}
    return Opened(upload.name, lambda: iter([cells.lazy()]), cells.schema, names, cells.height, upload.size)


def _parquet(upload: Upload, path: Path, limits: Limits) -> Opened:
    try:  # polars would end the whole program over some damage of what the file says of itself; Arrow says so
        with pq.ParquetFile(
            path, thrift_string_size_limit=_MOST_IN_HEADER, thrift_container_size_limit=_MOST_IN_HEADER
        ) as file:
            names, about = list(file.schema_arrow.names), file.metadata.num_rows
            groups = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
        check_width(upload.name, len(names), limits)
        rows = pl.scan_parquet(path, glob=False)
        held = rows.collect_schema()
    except DataError:
        raise
    except Exception as problem:  # every kind of damage has an error of its own
        raise Unreadable(upload.name) from problem
    wanted = _wanted(Table(upload.name, tuple(names), _nothing))
    columns = {name: names[place] for name, place in wanted.items()}
    _check_cells(upload.name, {name: held[column] for name, column in columns.items()}, limits)

    def parts() -> Iterator[pl.LazyFrame]:
        number = 0
        for first, length, together in _stretches(groups):
            if length > BLOCK:  # one group: polars would read it at once
                yield from _pieces(path, number, list(columns.values()), held)
            else:
                yield rows.slice(first, length)
            number += together

    return Opened(upload.name, parts, held, columns, about, upload.size, text=False)


def _csv(upload: Upload, path: Path, limits: Limits) -> Opened:
    start = upload.start()
    if wide_encoding(start) is not None or b"\n" not in start:
        return whole(path, limits)
    text = start.decode("utf-8-sig", errors="replace")
    shape = _shape(text)
    if shape is None and "\r" in text.replace("\r\n", ""):  # line ends of two kinds
        return whole(path, limits)
    separator, above, lines = shape or (",", 0, 1)
    headings = next(islice(_records(text, separator), above, None), [])
    check_width(upload.name, len(headings), limits)
    names = [f"column_{number + 1}" for number in range(len(headings))]
    types = dict.fromkeys(names, pl.String())

    def parts() -> Iterator[pl.LazyFrame]:
        for text in _texts(path, lines, separator):
            yield pl.scan_csv(text, has_header=False, schema=types, separator=separator)

    wanted = _wanted(Table(upload.name, tuple(headings), _nothing))
    about = upload.size * start.count(b"\n") // len(start)
    return Opened(upload.name, parts, types, {name: names[place] for name, place in wanted.items()}, about, upload.size)


def _stretches(groups: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Groups that are read together, about a block or one group at a time: the first row, how many, of how many."""
    first = length = together = 0
    for rows in groups:
        if length and length + rows > BLOCK:
            yield first, length, together
            first, length, together = first + length, 0, 0
        length, together = length + rows, together + 1
    if length:
        yield first, length, together


def _pieces(path: Path, group: int, columns: Sequence[str], types: Mapping[str, pl.DataType]) -> Iterator[pl.LazyFrame]:
    """One group of rows a block after the other, however long it is."""
    try:
        with pq.ParquetFile(
            path,
            buffer_size=_PIECE,
            pre_buffer=False,  # which would hold the group whole
            thrift_string_size_limit=_MOST_IN_HEADER,
            thrift_container_size_limit=_MOST_IN_HEADER,
        ) as file:
            for batch in file.iter_batches(BLOCK, row_groups=[group], columns=list(columns), use_threads=False):
                table = pl.DataFrame(pa.Table.from_batches([batch])).select(columns)
                yield table.cast({name: types[name] for name in columns}).lazy()
    except pa.ArrowException as problem:
        raise OSError from problem


def _texts(path: Path, above: int, separator: str) -> Iterator[bytes]:
    """A text in parts that each end with a row: at a line end before which quotation marks pair up."""
    with path.open("rb") as stream:
        for _ in range(above):
            stream.readline()
        rest = b""
        while more := stream.read(_CSV_BLOCK):
            rest += more
            end = last_row_end(rest)
            if end:
                _check_marks(path, rest[:end], separator)
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > _MOST_UNPAIRED * _CSV_BLOCK:
                raise OSError
        if rest.strip():
            _check_marks(path, rest, separator)
            yield rest


def _check_marks(path: Path, text: bytes, separator: str) -> None:
    """Refuse lines with a mark out of its place that has no other: rows would be missing from the figures.

    Raises:
        DataError: there is one.
    """
    if costs_rows(text, separator):
        raise DataError(
            f"{shown_name(path.name)}: a quotation mark stands alone in a cell, so the end of the cell is not known; "
            "take it out, or export the file again as CSV."
        )


def last_row_end(text: bytes) -> int:
    """Where the last row of a text ends that is there whole; 0 where none is.

    After a mark that opens a text no line end is one of a row until the next mark, so the way back goes from mark to
    mark, and each byte is looked at once: a mark that has no other must not cost more than a reading.
    """
    end = text.rfind(b"\n") + 1
    odd = text.count(b'"', 0, end) % 2
    while odd:
        mark = text.rfind(b'"', 0, end)
        end = text.rfind(b"\n", 0, mark) + 1
        odd ^= text.count(b'"', end, mark + 1) % 2
    return end


def _check_cells(place: str, types: Mapping[str, pl.DataType], limits: Limits) -> None:
    """Refuse columns that hold lists or bytes, as the reader of single files does, before any row is read."""
    if types[PLACE].is_nested() or types[PLACE] == pl.Binary:
        raise DataError(f"{place}: the column of the authority holds lists or bytes; write {ALLOWED}.")
    none = pl.DataFrame(schema={name: dtype for name, dtype in types.items() if name not in (PLACE, plain.NOTE)})
    typed_plans(place, none.with_columns(position=pl.lit("", pl.String)), limits)


def _wanted(table: Table) -> dict[str, int]:
    """Which column holds what.

    Raises:
        DataError: it is no plain table of plans, or it does not say whose they are.
    """
    if ssd.is_plans(table) or annex_a.is_list_7(table) or not plain.is_plain(table):
        raise DataError(
            f"{table.place}: the columns are not those of a plain table of plans; it needs "
            f"{', '.join(plain.REQUIRED)} and the authority of each row ({ALLOWED})."
        )
    if not table.has(*AUTHORITY):
        raise DataError(
            f"{table.place}: no column says whose plans these are; add one called 'authority' that holds for each row "
            f"{ALLOWED}."
        )
    found = matched(table, _LAYOUT, (*plain.REQUIRED, PLACE))
    notes = [number for number, heading in enumerate(table.headings) if simple(heading) == plain.NOTE]
    return found | ({plain.NOTE: notes[0]} if len(notes) == 1 else {})


def _plain(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column without folding, as the reader of single files has it."""
    if dtype in (pl.Categorical, pl.Enum):
        return pl.col(column).cast(pl.String)
    return pl.col(column)


def _shape(text: str) -> tuple[str, int, int] | None:
    """The separator that gives known headings, how many rows stand above them, and the lines down to them."""
    for separator in SEPARATORS:
        row = heading_row(list(islice(_records(text, separator), HEADING_ROWS)), _KNOWN)
        if row is not None:
            reader = csv.reader(_lines(text), delimiter=separator)
            for _ in range(row + 1):
                next(reader)
            return separator, row, reader.line_num
    return None


def _records(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(_lines(text), delimiter=separator)
    except csv.Error:  # an ill-formed rest is left off here; reading the rows refuses it
        return


def _lines(text: str) -> Iterator[str]:
    """Lines as ``_texts`` passes over them: a carriage return by itself, within a heading say, ends none."""
    return (line + "\n" for line in text.split("\n"))


def _nothing(_: Mapping[str, int]) -> pl.DataFrame:
    """The cells of a table that is only asked for its headings."""
    raise AssertionError

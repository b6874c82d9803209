"""Rows of many authorities put on disk so that those of one can be taken at once.

A child's history has to be seen whole, so each authority is counted by itself. For that its rows are brought together
on disk: each block of a file is sorted by authority and written to one Arrow file, a batch an authority. Nothing but
a block is ever in memory. polars can part a table by a key while it streams (``PartitionBy``), and give its blocks
(``collect_batches``), but either way its engine read ahead to the end of the file: 1.4 GB with 10,000,000 rows and 4 GB
with 30,000,000. So it is asked for one stretch of rows after the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from explorer.config import Limits
from explorer.errors import DataError
from explorer.nation.blocks import PLACE, Opened, Unreadable, opened, whole
from explorer.nation.places import ALLOWED, Places

_OLDEST = pl.CompatLevel.oldest()  # texts side by side, so that a part of a block is written without the rest of it


@dataclass(frozen=True)
class Slot:
    """The rows of one authority in one file.

    Attributes:
        place: the file they came from, safe to show.
        path: the Arrow file they stand in now.
        batches: their numbers in it, in the order of the first file.
        rows: how many they are.
    """

    place: str
    path: Path
    batches: tuple[int, ...]
    rows: int

    def read(self) -> pl.DataFrame:
        """The rows, in the order of the file."""
        with pa.memory_map(str(self.path)) as mapped:
            file = pa.ipc.open_file(mapped)
            held = pl.from_arrow(pa.Table.from_batches([file.get_batch(number) for number in self.batches]))
        assert isinstance(held, pl.DataFrame)
        return held.rechunk()


@dataclass(frozen=True)
class Shelved:
    """What one file held.

    Attributes:
        place: its name, safe to show.
        slots: where the rows of each authority are, by DfE number.
        nobody: rows that name no authority, or none that is known.
    """

    place: str
    slots: Mapping[str, Slot]
    nobody: int


def shelve(path: Path, target: Path, places: Places, limits: Limits, read: Callable[[int], None]) -> Shelved:
    """Put the rows of one file where those of each authority can be found.

    Args:
        path: The file.
        target: Where the Arrow file is to stand.
        places: Whom rows can be of.
        limits: As for ``opened``.
        read: Told after each block how many bytes of the file it was, or nearly.

    Raises:
        DataError: the file cannot be read to its end, no row names an authority, or there is no room on disk.
    """
    file = opened(path, limits)
    try:
        return _shelved(file, target, places, read)
    except Unreadable:
        if not file.text:  # there is no other reader that would know better
            raise
    return _shelved(whole(path, limits), target, places, read)


def _shelved(file: Opened, target: Path, places: Places, read: Callable[[int], None]) -> Shelved:
    batches: dict[int, list[int]] = {}
    rows: dict[int, int] = {}
    nobody = written = 0
    with _room(file.place), ExitStack() as kept, ThreadPoolExecutor(1) as beside:
        writing: Future[None] | None = None
        for block in file.blocks(places):
            known = block.filter(pl.col(PLACE).is_not_null()).sort(PLACE, maintain_order=True)
            nobody += block.filter(pl.col(PLACE).is_null()).filter(_holds_something(block)).height
            table = known.drop(PLACE).rechunk().to_arrow(compat_level=_OLDEST)
            lengths: list[int] = []
            for length, place in known[PLACE].rle().struct.unnest().iter_rows():
                batches.setdefault(place, []).append(written + len(lengths))
                rows[place] = rows.get(place, 0) + length
                lengths.append(length)
            written += len(lengths)
            if writing is None:
                writer = kept.enter_context(pa.ipc.new_file(str(target), table.schema))
            else:
                writing.result()  # one block waits at most, so that memory does not grow with the file
            writing = beside.submit(_write, writer, table, lengths)
            read(file.size * block.height // max(1, file.about))
        if writing is not None:
            writing.result()
    if nobody and not rows:
        raise DataError(f"{file.place}: no row says in its column of the authority whose it is; write {ALLOWED}.")
    slots = {
        places.numbers[place]: Slot(file.place, target, tuple(numbers), rows[place])
        for place, numbers in batches.items()
    }
    return Shelved(file.place, slots, nobody)


def _write(writer: pa.ipc.RecordBatchFileWriter, table: pa.Table, lengths: Sequence[int]) -> None:
    """Write stretches of a table, a batch each, while the next block is read."""
    first = 0
    for length in lengths:
        writer.write_table(table.slice(first, length), max_chunksize=length)
        first += length


@contextmanager
def _room(place: str) -> Iterator[None]:
    """Say that rows could not be put on disk: what fails in reading is a ``DataError`` by then."""
    try:
        yield
    except OSError as problem:
        raise DataError(
            f"{place}: the temporary folder has no room for its rows, or cannot be written to; make room there, or "
            "set TMPDIR to a folder on another disk."
        ) from problem


def _holds_something(block: pl.DataFrame) -> pl.Expr:
    """Whether a row has more than blanks in it; a blank row is no row of nobody."""
    cells = (pl.col(name) for name in block.columns if name != PLACE)
    texts = {name for name, dtype in block.schema.items() if dtype == pl.String}
    return pl.any_horizontal(
        (cell.str.strip_chars() != "").fill_null(value=False)
        if cell.meta.output_name() in texts
        else cell.is_not_null()
        for cell in cells
    )

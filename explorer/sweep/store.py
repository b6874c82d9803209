"""A sweep's results on the disk: one Parquet file a block, there whole or not at all, and read as one table.

``FOLDER/cells/as_at=2018/area=358.parquet`` holds ``cells.ROWS`` of one authority at one 31 March. Its metadata hold
the sweep's digest and why cells are missing, so that a stop at any moment loses nothing but the block in the making. A
block of which no cell could be worked out has a file without rows.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from explorer.errors import DataError
from explorer.sweep.cells import ROWS, Worked
from explorer.sweep.manifest import FILE, Manifest, Tried, clear_unfinished, differing, read_manifest, write_whole
from explorer.sweep.plan import Block

CELLS = "cells"
EVERY = "every.parquet"  # all authorities of a 31 March, in results that are gathered
_LOCK = ".lock"
_KEY = "sweep"


def file_of(block: Block) -> str:
    """Where a block's rows are, from the sweep's folder."""
    return f"{CELLS}/as_at={block.as_at}/area={block.area}.parquet"


def written(block: Block, found: Worked, name: str, digest: str, folder: Path) -> Tried:
    """Write what a block came to; what is told of it.

    Raises:
        DataError: the folder cannot be written to.
    """
    failed = dict(found.failed or {}) if not found.why else {}
    one = Tried(block.as_at, block.area, name, file_of(block), found.rows["scenario"].n_unique(), found.why, failed)
    told = {"digest": digest, "name": name, "done": one.done, "why": one.why, "failed": failed}
    content = BytesIO()
    found.rows.write_parquet(content, metadata={_KEY: json.dumps(told)})
    write_whole(folder / file_of(block), content.getvalue())
    return one


def opened(wanted: Manifest, folder: Path) -> tuple[Tried, ...]:
    """Make a folder ready for a sweep: the blocks that are there already, where it holds the same sweep.

    Raises:
        DataError: it holds another sweep or other files, or cannot be used.
    """
    if not check(wanted, folder):
        return ()
    clear_unfinished(folder)
    asked = [Block(*block) for block in wanted.asked["blocks"]]
    return tuple(one for block in asked if (one := _kept(block, wanted.digest, folder)) is not None)


def check(wanted: Manifest, folder: Path) -> bool:
    """Whether a folder holds the same sweep already, or nothing yet; nothing is written.

    Raises:
        DataError: it holds another sweep, gathered results or other files, or cannot be used.
    """
    if any((folder / CELLS).glob(f"*/{EVERY}")):
        raise DataError(
            f"{folder}: this folder holds gathered results, which go with the program; no sweep goes on in it. Give "
            "another folder with --out."
        )
    old = read_manifest(folder)
    if old is None:
        _check_empty(folder)
        return False
    apart = differing(old, wanted)
    if apart:
        raise DataError(
            f"{folder}: this folder holds another sweep, of '{old.asked['name']}'. It differs in: {', '.join(apart)}. "
            "Its results and these would not belong together: give another folder with --out, or remove this one."
        )
    return True


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this program writes to a folder no other does; the system ends it with the program, however that ends.

    Raises:
        DataError: another does, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("w")
    except OSError as problem:
        raise DataError(f"{folder}: the folder cannot be used ({problem.strerror}).") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataError(
                f"{folder}: another sweep is writing to this folder. Wait until it ends, or give another with --out."
            ) from None
        yield


def _check_empty(folder: Path) -> None:
    try:
        others = [path.name for path in folder.iterdir() if not path.name.startswith((".", FILE))]
    except FileNotFoundError:
        return
    except OSError as problem:
        raise DataError(f"{folder}: the folder cannot be used ({problem.strerror}).") from None
    if others:
        raise DataError(
            f"{folder}: this folder holds other files ({others[0]}) and no sweep. Give a new folder with --out."
        )


def _kept(block: Block, digest: str, folder: Path) -> Tried | None:
    """A block that is there; None where it is not, or its file is damaged or another sweep's: it is done again."""
    path = folder / file_of(block)
    if not path.is_file():
        return None
    try:
        told: dict[str, Any] = json.loads(pl.read_parquet_metadata(BytesIO(path.read_bytes()))[_KEY])
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError):
        return None
    if told.get("digest") != digest:
        return None
    return Tried(block.as_at, block.area, told["name"], file_of(block), told["done"], told["why"], told["failed"])


def read_rows(folder: Path, as_at: int | None = None) -> pl.LazyFrame:
    """The rows of a sweep as one table, read as far as they are asked for: ``cells.ROWS``, in no order.

    Args:
        as_at: of one 31 March alone.
    """
    one = "*" if as_at is None else str(as_at)
    files = sorted((folder / CELLS).glob(f"as_at={one}/*.parquet"))  # a folder's own name may have signs such as [
    if not files:
        return pl.LazyFrame(schema=ROWS)
    return pl.scan_parquet(files, hive_partitioning=False, schema=ROWS, glob=False)

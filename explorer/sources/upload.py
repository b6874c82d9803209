"""A file as it came: a name that is safe to show, its bytes, and whether it is small enough to look at."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from explorer.config import Limits
from explorer.errors import DataError
from explorer.wording import half_up

ACCEPTED = (
    "a CIN census return (XML), an Annex A workbook or its List 7 (xlsx or CSV), the ssd_cp_plans table (CSV or "
    "Parquet) or a plain table of plans (CSV or Parquet)"
)
START_BYTES, END_BYTES = 64 * 1024, 4 * 1024
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Upload:
    """One file. ``content`` is its bytes, or where they are."""

    name: str
    content: bytes | Path
    size: int

    def open(self) -> BinaryIO:
        """The bytes as a stream, from the beginning."""
        return BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def read(self) -> bytes:
        """All bytes. ``received`` has made sure that there are not too many."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()

    def start(self) -> bytes:
        """The first ``START_BYTES`` bytes."""
        with self.open() as stream:
            return stream.read(START_BYTES)

    def end(self) -> bytes:
        """The last ``END_BYTES`` bytes, an even number from the start (UTF-16 takes two bytes a character)."""
        with self.open() as stream:
            stream.seek(max(self.size - END_BYTES, 0) // 2 * 2)
            return stream.read()


def received(name: str, content: bytes | Path, limits: Limits) -> Upload:
    """Take a file in.

    Args:
        name: what the sender calls it; any text.
        content: its bytes, or a path to them.

    Raises:
        DataError: it is missing, empty or larger than ``limits.max_bytes``.
    """
    shown = shown_name(name)
    try:
        size = len(content) if isinstance(content, bytes) else _size(content)
    except OSError:
        raise DataError(f"{shown}: the file is not there or may not be read; check where it is kept.") from None
    if size == 0:
        raise DataError(f"{shown}: the file is empty; export it again.")
    if size > limits.max_bytes:
        raise DataError(
            f"{shown}: the file is {megabytes(size)} and the limit is {megabytes(limits.max_bytes)}; "
            "load fewer years at a time, or leave out columns that are not about plans."
        )
    return Upload(shown, content, size)


def _size(path: Path) -> int:
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb"):  # a file that may not be opened is told here, once
        return path.stat().st_size


def shown_name(name: str) -> str:
    """The last part of a name, without what a page or terminal might act on, cut to a readable length."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip()
    return printable[:_LONGEST_NAME] or "the file"


def megabytes(size: int) -> str:
    """A number of bytes in words: 512.0 MB."""
    return f"{half_up(size / 1e6)} MB" if size >= 50_000 else f"{size:,} bytes"

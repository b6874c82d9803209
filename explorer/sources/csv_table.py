"""A CSV file as a table: its encoding, separator and heading row are found, and its rows counted as they stand."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import islice

import polars as pl

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.encoding import decoded
from explorer.sources.headings import HEADING_ROWS, Table, check_width, heading_row, with_positions
from explorer.sources.quotation import all_in_place
from explorer.sources.upload import Upload

SEPARATORS = (",", "\t", ";", "|")


def csv_table(upload: Upload, known: frozenset[str], limits: Limits) -> Table:
    """Read a CSV file.

    Args:
        known: headings to look for, simplified.

    Raises:
        DataError: it is not text in a known encoding, has no rows, or is too wide.
    """
    text, notes = decoded(upload.name, upload.read())
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the line ends of old Macs
    if not text.strip():
        raise DataError(f"{upload.name}: the file holds nothing but blank lines; export it again.")
    separator, above = _shape(text, known)
    headings = next(islice(_records(text, separator), above, None), [])
    check_width(upload.name, len(headings), limits)
    try:
        below = _below(text, separator, above)
    except csv.Error:  # a cell of more than 131,072 letters, the csv module's own limit
        raise DataError(f"{upload.name}: a line has no end; export the file again as CSV.") from None
    body = _Body(upload.name, below, separator, len(headings), above + 2, limits)
    return Table(upload.name, tuple(headings), body.take, notes=notes)


@dataclass(frozen=True)
class _Body:
    """The rows under the headings: ``first_row`` is the number that a spreadsheet gives the first of them."""

    name: str
    text: str
    separator: str
    width: int
    first_row: int
    limits: Limits

    def take(self, wanted: Mapping[str, int]) -> pl.DataFrame:
        """Some columns under the names wanted, as text."""
        numbers = sorted(set(wanted.values()))
        content = self.text.encode()
        try:
            quick = all_in_place(content, self.separator)  # else polars may lose rows and not say so
            frame = self._quickly(content, numbers) if quick else self._row_by_row(numbers)
        except pl.exceptions.PolarsError:
            frame = self._row_by_row(numbers)
        columns = [frame.to_series(numbers.index(number)).alias(name) for name, number in wanted.items()]
        return with_positions(self.name, pl.DataFrame(columns), self.first_row, self.limits)

    def _quickly(self, content: bytes, numbers: list[int]) -> pl.DataFrame:
        if not content.strip():
            return pl.DataFrame(schema={str(number): pl.String() for number in numbers})
        return pl.read_csv(
            content,
            has_header=False,
            schema={f"column_{number + 1}": pl.String() for number in range(self.width)},
            columns=numbers,
            separator=self.separator,
            n_rows=self.limits.max_rows + 1,
        )

    def _row_by_row(self, numbers: list[int]) -> pl.DataFrame:
        """For files that are not quite well formed: slower, and able to say which row is wrong."""
        reader = csv.reader(StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        kept: list[list[str | None]] = []
        row = self.first_row
        try:
            for row, cells in enumerate(islice(reader, self.limits.max_rows + 1), self.first_row):
                if any(cell.strip() for cell in cells[self.width :]):
                    raise DataError(
                        f"{self.name} row {row}: there are {len(cells)} cells under {self.width} headings; "
                        "a cell with a comma in it needs quotation marks, so export the file again."
                    )
                kept.append([cells[number] if number < len(cells) else None for number in numbers])
        except csv.Error:
            raise DataError(
                f"{self.name}: after row {row} the quotation marks do not pair up; export the file again as CSV."
            ) from None
        return pl.DataFrame(kept, schema={str(number): pl.String() for number in numbers}, orient="row")


def _shape(text: str, known: frozenset[str]) -> tuple[str, int]:
    """The separator that gives known headings, and how many rows stand above them."""
    for separator in SEPARATORS:
        row = heading_row(_head(text, separator), known)
        if row is not None:
            return separator, row
    written = (number for number, row in enumerate(_head(text, ",")) if any(cell.strip() for cell in row))
    return ",", next(written, 0)


def _head(text: str, separator: str) -> list[list[str]]:
    return list(islice(_records(text, separator), HEADING_ROWS))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """The rows one by one; an ill-formed rest is left off (``_Body.take`` refuses it)."""
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        return


def _below(text: str, separator: str, above: int) -> str:
    """The text under the heading row."""
    stream = StringIO(text, newline="")
    reader = csv.reader(iter(stream.readline, ""), delimiter=separator)
    for _ in range(above + 1):
        next(reader, None)
    return text[stream.tell() :]

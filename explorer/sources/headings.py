"""The heading row of a table: where it stands, and which of its columns is which."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from explorer.config import Limits
from explorer.errors import DataError

HEADING_ROWS = 30  # a title, a date and a logo may stand above the headings
_ENOUGH = 2  # known headings that make a row the heading row
_SHOWN = 20
_TABLE = re.compile(r"^\[?\w+\]?\.\[?(?=[A-Za-z])")  # the "ssd_cp_plans." of a query's column


@dataclass(frozen=True)
class Table:
    """A table whose headings are known and whose cells are still to be fetched.

    Attributes:
        place: the file, and the sheet where there is one, for sentences.
        headings: as they stand in the file.
        take: given the names wanted and the number of each one's column, fetches those columns under those
            names, with ``position`` ("row 12") beside them; rows without any of the cells are left out.
            Raises DataError over more than ``Limits.max_rows`` rows.
        sheet: the sheet's name, "" where the file has none.
        notes: sentences about how the file was read.
    """

    place: str
    headings: tuple[str, ...]
    take: Callable[[Mapping[str, int]], pl.DataFrame]
    sheet: str = ""
    notes: tuple[str, ...] = ()

    def has(self, *variants: str) -> bool:
        """Is there a column with one of these headings."""
        return not {simple(heading) for heading in self.headings}.isdisjoint(map(simple, variants))


def simple(heading: str) -> str:
    """A heading without spaces, case, signs or a table's name before it: "Child Unique ID" is childuniqueid."""
    return re.sub(r"[^a-z0-9]", "", _TABLE.sub("", heading.strip()).lower())


def known_headings(*layouts: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Every heading of some layouts, simplified."""
    return frozenset(simple(variant) for layout in layouts for variants in layout.values() for variant in variants)


def heading_row(rows: Iterable[Sequence[str | None]], known: frozenset[str]) -> int | None:
    """The number (from 0) of the first row with the most known headings; None where no row has enough."""
    counts = [len({simple(cell) for cell in row if cell} & known) for row in rows]
    best = max(counts, default=0)
    return counts.index(best) if best >= _ENOUGH else None


def check_width(place: str, width: int, limits: Limits) -> None:
    """Refuse a table with too many columns."""
    if width > limits.max_columns:
        raise DataError(
            f"{place}: the table has more than {limits.max_columns} columns; leave out those that are not about "
            "plans, and clear cells far to the right."
        )


def matched(table: Table, layout: Mapping[str, tuple[str, ...]], required: Sequence[str]) -> dict[str, int]:
    """Which column of the table holds what.

    Args:
        layout: for each name of ``schema.PLANS`` the headings it may stand under, the surest first.
        required: names that must be found.

    Raises:
        DataError: a required column is missing, or a heading stands twice.
    """
    found: dict[str, int] = {}
    plain = [simple(heading) for heading in table.headings]
    for name, variants in layout.items():
        for variant in map(simple, variants):
            if plain.count(variant) > 1:
                raise DataError(f"{table.place}: the column '{variant_of(table, variant)}' stands twice; keep one.")
            if variant in plain:
                found[name] = plain.index(variant)
                break
    missing = [f"'{layout[name][0]}'" for name in required if name not in found]
    if missing:
        raise DataError(
            f"{table.place}: there is no column {' and no column '.join(missing)}; "
            f"the columns are {shown_headings(table.headings)}."
        )
    return found


def with_positions(place: str, cells: pl.DataFrame, first_row: int, limits: Limits) -> pl.DataFrame:
    """Number the rows as they stand in the file, and leave out those with nothing in them.

    Raises:
        DataError: there are more than ``limits.max_rows`` rows.
    """
    if cells.height > limits.max_rows:
        raise too_many_rows(place, limits)
    keep = pl.repeat(False, cells.height, dtype=pl.Boolean, eager=True)
    for column in cells:
        keep |= column.is_not_null() & (_trimmed(column) != "").fill_null(value=True)
        if keep.all():
            break
    rows = pl.int_range(first_row, first_row + pl.len())
    numbered = cells.with_columns(pl.format("row {}", rows).alias("position"))
    return numbered if keep.all() else numbered.filter(keep)


def _trimmed(column: pl.Series) -> pl.Series:
    """Text without spaces around it; nulls for a column that is no text."""
    return (
        column.str.strip_chars()
        if column.dtype == pl.String
        else pl.repeat(None, column.len(), dtype=pl.String, eager=True)
    )


def too_many_rows(place: str, limits: Limits) -> DataError:
    """The error for a table that is too long."""
    return DataError(f"{place}: there are more than {limits.max_rows:,} rows; load fewer years at a time.")


def variant_of(table: Table, plain: str) -> str:
    """A simplified heading as it stands in the table."""
    return next(heading for heading in table.headings if simple(heading) == plain)


def shown_headings(headings: Sequence[str]) -> str:
    """Headings in a sentence, cut to what can be read."""
    named = [heading.strip()[:40] for heading in headings if heading.strip()]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return (", ".join(named[:_SHOWN]) or "without names") + more

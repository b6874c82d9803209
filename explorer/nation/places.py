"""Whose a row is: the column that names the authority, and what may stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from explorer.sources.published import Published

# Headings under which the authority of a row may stand, the surest first. DfE's own tables have "old_la_code" for
# its numbers and "new_la_code" for the codes of ONS.
AUTHORITY: tuple[str, ...] = (
    "authority",
    "la_code",
    "la_number",
    "dfe_number",
    "dfe_code",
    "dfe_la_code",
    "old_la_code",
    "local_authority_code",
    "local_authority_number",
    "authority_code",
    "new_la_code",
    "gss_code",
    "ons_code",
    "local_authority",
    "lea_code",
    "lea",
    "la",
    "area_code",
    "area",
)
ALLOWED = "its DfE number such as 358, or its ONS code such as E08000009"


@dataclass(frozen=True)
class Places:
    """Every authority that rows can be of.

    Args:
        names: What each is called, by its DfE number.
        codes: The ONS code of each, by its DfE number.
        present: The DfE numbers of those that there are today.
    """

    names: Mapping[str, str]
    codes: Mapping[str, str]
    present: frozenset[str]

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The DfE numbers, in order."""
        return tuple(sorted(self.names))

    def row_of(self, dtype: pl.DataType, column: str) -> pl.Expr:
        """The place in ``numbers`` of what stands in a column; null where that is no authority.

        Args:
            dtype: The type of the column. A number kept with a fraction, 358.0, is 358, as it is for identifiers.
            column: Its name.

        Returns:
            An expression of type UInt16 that needs nothing but its own row.
        """
        places = {number: place for place, number in enumerate(self.numbers)}
        cell = pl.col(column)
        if dtype.is_integer():
            return _placed(cell, {int(number): place for number, place in places.items()})
        if dtype.is_float():
            return _placed(cell, {float(number): place for number, place in places.items()})
        known = places | {code.upper(): places[number] for number, code in self.codes.items()}
        known |= {f"{number}.0": place for number, place in places.items()}
        return _placed(cell.cast(pl.String).str.strip_chars().str.to_uppercase(), known)


def places_of(published: Published) -> Places:
    """The authorities of the published figures, past ones too."""
    rows = published.areas.filter(level="local_authority")
    return Places(
        dict(rows.select("area", "name").iter_rows()),
        dict(rows.select("area", "ons_code").iter_rows()),
        frozenset(rows.filter(pl.col("last_year") == pl.col("last_year").max())["area"]),
    )


def _placed(cell: pl.Expr, known: Mapping[str, int] | Mapping[int, int] | Mapping[float, int]) -> pl.Expr:
    return cell.replace_strict(dict(known), default=None, return_dtype=pl.UInt16)

"""One share of many authorities over the years, as published: the figure, what it is out of, and what is hidden."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
# Where a share's own whole is not published (reviews on time), the plans open say how large an authority is.
_SIZE = "plans_open"
# So many plans at everybody's share are added to an authority's own: a share of 0% has chance in it too. Published
# shares differ lastingly by 3.6 points and swing 2.8 times as much as independent plans would
# (bench/results/controlled.json), and 0.18 x 0.82 x 2.8 / 0.036^2 is about 300 (the mean of a beta-binomial).
_BORROWED = 300.0


@dataclass(frozen=True, eq=False)
class Panel:
    """One indicator in percent, (areas, years ending 31 March); NaN where nothing is known.

    Attributes:
        indicator: its name in config/indicators.yaml.
        areas: DfE numbers.
        years: in rising order, not always consecutive.
        stock: whether it is counted on the last day of the year, not over the year.
        least, most: what the share can be: equal where it is published, the ends of the range where DfE hid it.
        part: what was counted; of a hidden figure the middle of what it can be. NaN where it is not published.
        base: what it is out of. NaN where neither that nor a number in its place is known.
    """

    indicator: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    stock: bool
    least: Array
    most: Array
    part: Array
    base: Array

    @cached_property
    def middle(self) -> Array:
        """The share, or the middle of what a hidden one can be."""
        return np.asarray((self.least + self.most) / 2)

    @cached_property
    def hidden(self) -> Array:
        """Where a share is only known as a range."""
        return np.asarray(self.least < self.most)

    @cached_property
    def ends(self) -> tuple[date, ...]:
        """The last day of each year."""
        return tuple(date(year, 3, 31) for year in self.years)

    @cached_property
    def size(self) -> Array:
        """(areas,) the harmonic mean of what the shares are out of: chance in a share goes with one over it."""
        inverse = np.where(self.base > 0, 1 / np.where(self.base > 0, self.base, 1.0), np.nan)
        known = (~np.isnan(inverse)).sum(axis=1)
        mean = np.nansum(inverse, axis=1) / np.maximum(known, 1)
        return np.where(known > 0, 1 / np.where(known > 0, mean, 1.0), np.nan)

    def row(self, area: str) -> int:
        """Where an authority stands.

        Raises:
            ValueError: it has no figures here.
        """
        return self.areas.index(area)

    def chance(self, before: Array) -> Array:
        """(areas,) the variance, in points squared, that independent plans would give a year's share.

        Args:
            before: (years,) the years that the level is taken from.
        """
        wholes = np.where(np.isnan(self.middle[:, before]), 0.0, np.nan_to_num(self.base[:, before]))
        parts = np.nan_to_num(self.middle[:, before]) / 100 * wholes
        everybody = parts.sum() / max(float(wholes.sum()), 1.0)
        level = (parts.sum(axis=1) + _BORROWED * everybody) / (wholes.sum(axis=1) + _BORROWED)
        return np.asarray(1e4 * level * (1 - level) / self.size)

    def years_where(self, kept: Array) -> "Panel":
        """The same with some of its years."""
        cut = {name: getattr(self, name)[:, kept] for name in _ARRAYS}
        return replace(self, years=tuple(np.array(self.years)[kept].tolist()), **cut)

    def areas_where(self, kept: Array) -> "Panel":
        """The same with some of its authorities."""
        cut = {name: getattr(self, name)[kept] for name in _ARRAYS}
        return replace(self, areas=tuple(np.array(self.areas)[kept].tolist()), **cut)

    def of_area(self, area: str, last: int, without: Sequence[int] = ()) -> "Panel":
        """Nothing later than 31 March ``last``, and only the years in which the authority has a figure.

        Args:
            without: years that are left out.
        """
        known = ~np.isnan(self.middle[self.row(area)])
        wanted = [year <= last and year not in without for year in self.years]
        return self.years_where(known & np.array(wanted, dtype=bool))

    def comparable(self, area: str, most_hidden: float) -> "Panel":
        """The authority, and those that have a figure in every year and no more than a share of them hidden."""
        whole = ~np.isnan(self.middle).any(axis=1) & ~np.isnan(self.size)
        kept = whole & (self.hidden.mean(axis=1) <= most_hidden)
        kept[self.row(area)] = True
        return self.areas_where(kept)


_ARRAYS = ("least", "most", "part", "base")


def panel(table: pl.DataFrame, indicator: str, codes: Sequence[str], *, stock: bool) -> Panel:
    """The published figures of some authorities, over the years that give any.

    Args:
        table: ``schema.INDICATORS``.
        indicator: one in percent.
        codes: DfE numbers, in the order wanted.
        stock: whether it is counted on the last day of the year.
    """
    rows = table.filter(pl.col("indicator") == indicator, pl.col("area").is_in(list(codes)))
    known = rows.filter(pl.col("value").is_not_null() | pl.col("least").is_not_null())
    years = tuple(sorted(known["period"].unique().to_list()))
    place = {code: number for number, code in enumerate(codes)}
    least, most, part, base = (
        _grid(rows, wanted, place, years)
        for wanted in (pl.coalesce("value", "least"), pl.coalesce("value", "most"), pl.col("numerator"), pl.col("base"))
    )
    if np.isnan(base).all():
        sizes = table.filter(pl.col("indicator") == _SIZE, pl.col("area").is_in(list(codes)))
        base = _grid(sizes, pl.col("value"), place, years)
    hidden = least < most
    part = np.where(hidden, (least + most) / 200 * base, part)
    return Panel(indicator, tuple(codes), years, stock, least, most, part, base)


def _grid(rows: pl.DataFrame, wanted: pl.Expr, place: dict[str, int], years: tuple[int, ...]) -> Array:
    """(areas, years) one column; NaN where it is null or the row is not there."""
    grid = np.full((len(place), len(years)), np.nan)
    rows = rows.filter(pl.col("period").is_in(list(years))).with_columns(wanted=wanted.cast(pl.Float64))
    column = {year: number for number, year in enumerate(years)}
    at = [place[area] for area in rows["area"]], [column[year] for year in rows["period"]]
    grid[at] = rows["wanted"].fill_null(np.nan).to_numpy()
    return grid

"""One yearly figure of every authority as arrays, with the range of what is hidden and how much of it is chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.benchmark_entries import Suppression
from explorer.config import Indicator

Array = NDArray[Any]
CHILDREN = "children_0_17"
_PER = 1e4  # rates are per 10,000 children
_AVERAGED = 3  # years


@dataclass(frozen=True, eq=False)
class Yearly:
    """One indicator of every authority, (areas, years ending 31 March).

    Attributes:
        indicator, unit: its name and unit in config/indicators.yaml.
        areas, years: DfE numbers; consecutive years.
        least, most: what a figure can be; equal where it is published, NaN where nothing is known.
        low, high: ends of the figures that would be hidden, whether this one is or not (see ``scoring``); 0 where none.
        base: the plans that a share is of, or the children of a rate; NaN where not known.
        children: aged 0 to 17.
    """

    indicator: str
    unit: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    least: Array
    most: Array
    low: Array
    high: Array
    base: Array
    children: Array

    @cached_property
    def middle(self) -> Array:
        """The figure, or the middle of what a hidden one can be."""
        return np.asarray((self.least + self.most) / 2)

    @cached_property
    def recent(self) -> Array:
        """The mean of the last three years up to each, of those that are known."""
        return recent_mean(self.middle)

    @cached_property
    def parts(self) -> tuple[Array, Array]:
        """The two parts that the variance of a change is made of, as known each year: what moves, and what is chance.

        What moves is alike for all shares and, for counts and rates, in proportion to the figure. Chance is that of
        independent plans: p(1-p)/n of a share, the mean of a count. Each is up to a factor that is learnt from errors.
        """
        level, base = self.recent, recent_mean(self.base)
        one = np.ones_like(level)
        if self.unit == "count":
            level = np.fmax(level, 1.0)
            return level**2, level
        if self.unit == "per_10k":
            least = _PER / np.where(np.isnan(base), np.nanmedian(self.base), base)  # one child
            level = np.fmax(level, least)
            return level**2, level * least
        number = np.where(np.isnan(base), np.nan, np.fmax(base, 1.0))
        if np.isnan(number).all():
            return one, np.clip(level * (100 - level), 99.0, None)  # that of 1% at least
        number = np.where(np.isnan(number), np.nanmedian(number), number)
        share = np.clip(level / 100, 0.5 / number, 1 - 0.5 / number)
        return one, 1e4 * share * (1 - share) / number

    @cached_property
    def weight(self) -> Array:
        """What a score is divided by, so that authorities of every size weigh alike: of counts, 10,000 children."""
        if self.unit != "count":
            return np.ones_like(self.least)
        known = recent_mean(self.children)
        usual = np.nanmedian(known) if (~np.isnan(known)).any() else _PER
        return np.where(np.isnan(known), usual, known) / _PER

    def up_to(self, year: int) -> "Yearly":
        """Nothing later than 31 March ``year``."""
        end = self.years.index(year) + 1
        cut = {name: getattr(self, name)[:, :end] for name in _ARRAYS}
        return Yearly(self.indicator, self.unit, self.areas, self.years[:end], **cut)


_ARRAYS = ("least", "most", "low", "high", "base", "children")


def recent_mean(values: Array, years: int = _AVERAGED) -> Array:
    """The mean of the last years up to each, of those that are known; NaN where none is."""
    total, number = np.zeros_like(values), np.zeros_like(values)
    for back in range(min(years, values.shape[1])):
        shifted = values[:, : values.shape[1] - back]
        total[:, back:] += np.nan_to_num(shifted)
        number[:, back:] += ~np.isnan(shifted)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def load_yearly(table: pl.DataFrame, areas: tuple[str, ...], entry: tuple[str, Indicator], rule: Suppression) -> Yearly:
    """One indicator of some areas, over the years that give any figure of it.

    Args:
        table: ``schema.INDICATORS``.
        areas: DfE numbers, in the order wanted.
        entry: the indicator with its name.
        rule: which counts are hidden.
    """
    name, indicator = entry
    rows = table.filter(pl.col("indicator") == name, pl.col("area").is_in(list(areas)))
    known = rows.filter(pl.col("value").is_not_null() | pl.col("least").is_not_null())["period"]
    years = tuple(range(int(known.min()), int(known.max()) + 1)) if len(known) else ()  # type: ignore[arg-type]
    place = {area: number for number, area in enumerate(areas)}
    least, most, base = (
        _grid(rows.with_columns(wanted=wanted), place, years)
        for wanted in (pl.coalesce("value", "least"), pl.coalesce("value", "most"), pl.col("base"))
    )
    own = table.filter(pl.col("indicator") == CHILDREN, pl.col("area").is_in(list(areas)))
    children = _grid(own.with_columns(wanted="value"), place, years)
    if indicator.unit == "per_10k":
        base = children
    low, high = np.zeros_like(least), np.zeros_like(least)
    if rows["least"].is_not_null().any():
        scale = np.ones_like(base) if indicator.unit == "count" else indicator.scale / np.where(base > 0, base, np.nan)
        low, high = rule.lowest * scale, rule.highest * scale
        if indicator.unit == "percent":
            low, high = np.fmin(low, 100.0), np.fmin(high, 100.0)
        hidden = most > least
        low, high = np.where(hidden, np.fmin(low, least), low), np.where(hidden, np.fmax(high, most), high)
        unknown = np.isnan(low)
        low, high = np.where(unknown, 0.0, low), np.where(unknown, 0.0, high)
    return Yearly(name, indicator.unit, areas, years, least, most, low, high, base, children)


def _grid(rows: pl.DataFrame, place: Mapping[str, int], years: tuple[int, ...]) -> Array:
    """(areas, years) the column ``wanted``."""
    grid = np.full((len(place), len(years)), np.nan)
    rows = rows.filter(pl.col("period").is_in(list(years)))
    at = [place[area] for area in rows["area"]], [period - years[0] for period in rows["period"]]
    grid[at] = rows["wanted"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return grid

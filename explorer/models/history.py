"""The yearly counts of every authority as arrays: what is published, and the range of what is hidden.

Only the counts that the plan-flow model needs. A hidden band of durations is bounded by DfE's rule and by what the
published bands leave of the whole (see ``_bounded``).
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.benchmark_entries import Suppression

Array = NDArray[Any]
BANDS = ("up_to_3m", "3m_to_6m", "6m_to_1y", "1y_to_2y", "2y_plus")
_COUNTS = {"children": "children_0_17", "started": "plans_started", "repeats": "plans_started_repeat"}
_WHOLES = ("plans_open", "plans_ended")
_FROM_RATE = "plans_ended_per_10k"


@dataclass(frozen=True)
class Banded:
    """Counts by duration band, (5 bands, areas, years): a value in the middle of what it can be, and its ends.

    NaN where nothing is known.
    """

    value: Array
    least: Array
    most: Array

    def hidden(self) -> Array:
        """Where a count is only known as a range."""
        return np.asarray(self.least < self.most)

    def cut(self, areas: slice | list[int], years: slice) -> "Banded":
        """Some areas and years of it."""
        return Banded(*(getattr(self, field.name)[:, areas, years] for field in fields(self)))


@dataclass(frozen=True)
class History:
    """Yearly counts, (areas, years ending 31 March); NaN where a figure is not known.

    Attributes:
        areas: DfE numbers.
        years: consecutive.
        children: children aged 0 to 17.
        started, repeats, open, ended: plans. ``ended`` is worked out from its rate where the count is not published.
            A number of re-plans that DfE hid is the middle of what it can be.
        repeats_least, repeats_most: the ends of that; equal where it is published.
        open_bands, ended_bands: by duration.
    """

    areas: tuple[str, ...]
    years: tuple[int, ...]
    children: Array
    started: Array
    repeats: Array
    repeats_least: Array
    repeats_most: Array
    open: Array
    ended: Array
    open_bands: Banded
    ended_bands: Banded

    def up_to(self, year: int) -> "History":
        """Nothing later than 31 March ``year``."""
        return self._cut(slice(None), slice(0, self.years.index(year) + 1))

    def of(self, area: str) -> "History":
        """One area alone, with its children as in ``exposed``."""
        row = self.areas.index(area)
        return replace(self._cut([row], slice(None)), children=self.exposed[[row]])

    def _cut(self, areas: slice | list[int], years: slice) -> "History":
        kept = self.areas if isinstance(areas, slice) else tuple(self.areas[number] for number in areas)
        plain = {
            name: getattr(self, name)[areas, years]
            for name in ("children", "started", "repeats", "repeats_least", "repeats_most", "open", "ended")
        }
        bands = {name: getattr(self, name).cut(areas, years) for name in ("open_bands", "ended_bands")}
        return History(kept, self.years[years], **plain, **bands)

    @cached_property
    def exposed(self) -> Array:
        """Children of every year; an authority without any has those that would give it the rate of the others.

        (Three that ended in 2019 have no estimate of their own.) So nothing is said of how its rate differs.
        """
        done = filled(self.children)
        both = ~np.isnan(done) & ~np.isnan(self.started)
        none = np.isnan(done).all(axis=1) & ~np.isnan(self.started).all(axis=1)
        if both.any() and none.any():
            usual = self.started[both].sum() / done[both].sum()
            done[none] = (np.nanmean(self.started[none], axis=1) / usual)[:, None]
        return done

    @cached_property
    def left(self) -> Array:
        """Children who left a plan: those ended, gaps filled (see ``filled``); where none is known, those started."""
        known = filled(self.ended)
        return np.where(np.isnan(known), filled(self.started), known)

    @cached_property
    def first_starts(self) -> Array:
        """Plans of children who had none before."""
        return np.asarray(self.started - self.repeats)


def load_history(table: pl.DataFrame, areas: tuple[str, ...], suppression: Suppression) -> History:
    """The counts of some areas.

    Args:
        table: ``schema.INDICATORS``.
        areas: DfE numbers, in the order wanted.
        suppression: what a hidden count of DfE's can be.
    """
    names = [*_COUNTS.values(), *_WHOLES, _FROM_RATE, *(f"{kind}_{band}" for kind in _WHOLES for band in BANDS)]
    rows = table.filter(pl.col("indicator").is_in(names), pl.col("area").is_in(list(areas)))
    years = tuple(range(int(rows["period"].min()), int(rows["period"].max()) + 1))  # type: ignore[arg-type]
    place = pl.col("area").replace_strict({area: number for number, area in enumerate(areas)}, return_dtype=pl.Int64)
    rows = rows.with_columns(row=place, column=pl.col("period") - years[0])
    by_name = {str(key[0]): frame for key, frame in rows.partition_by("indicator", as_dict=True).items()}
    shape = (len(areas), len(years))
    values, hidden = {}, {}
    for name in names:
        values[name], hidden[name] = _grid(by_name.get(name), shape)
    children = values["children_0_17"]
    from_rate = np.round(values[_FROM_RATE] * children / 10_000)
    values["plans_ended"] = np.where(np.isnan(values["plans_ended"]), from_rate, values["plans_ended"])
    banded = [
        _bounded(
            values[kind],
            np.stack([values[f"{kind}_{band}"] for band in BANDS]),
            np.stack([hidden[f"{kind}_{band}"] for band in BANDS]),
            suppression,
        )
        for kind in _WHOLES
    ]
    counts = {field: values[name] for field, name in _COUNTS.items()}
    hid = hidden["plans_started_repeat"] == 1
    ends = [np.where(hid, np.fmin(end, counts["started"]), counts["repeats"]) for end in _ends(suppression)]
    counts |= {"repeats": (ends[0] + ends[1]) / 2, "repeats_least": ends[0], "repeats_most": ends[1]}
    return History(areas, years, **counts, open=values["plans_open"], ended=values["plans_ended"],
                   open_bands=banded[0], ended_bands=banded[1])  # fmt: skip


def _ends(rule: Suppression) -> tuple[float, float]:
    return float(rule.lowest), float(rule.highest)


def filled(known: Array) -> Array:
    """Each gap filled by the nearest year before it, else after it; a row that knows nothing stays empty."""
    done = known.copy()
    for year in range(1, done.shape[1]):
        done[:, year] = np.where(np.isnan(done[:, year]), done[:, year - 1], done[:, year])
    for year in range(done.shape[1] - 2, -1, -1):
        done[:, year] = np.where(np.isnan(done[:, year]), done[:, year + 1], done[:, year])
    return done


def _grid(rows: pl.DataFrame | None, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Values of one measure, and a code of how it is hidden: 0 not, 1 by DfE (a small count), 2 by this program."""
    values, hidden = np.full(shape, np.nan), np.zeros(shape, dtype=np.int8)
    if rows is not None:
        place = rows["row"].to_numpy(), rows["column"].to_numpy()
        values[place] = rows["value"].fill_null(np.nan).to_numpy()
        codes = pl.when(pl.col("status") == "suppressed").then(1).when(pl.col("status") == "withheld").then(2)
        hidden[place] = rows.select(codes.otherwise(0).cast(pl.Int8)).to_series().to_numpy()
    return values, hidden


def _bounded(whole: Array, known: Array, hidden: Array, rule: Suppression) -> Banded:
    """What the hidden bands of a whole can be.

    One hidden band is what the others leave. Of several, DfE hides a small one (1 to 5) and the next smallest beside
    it, which can be larger: the band that is largest in England takes what the rest leave. Where the whole or other
    bands are not there, one band that DfE hid alone is small. Of bands that this program hid nothing is known but that
    they share what is left; their values are in England's proportions. "In England" is up to the year itself: no count
    rests on a later one.
    """
    usual = np.cumsum(np.nansum(known, axis=1), axis=1) + 1.0
    there = ~np.isnan(known) | (hidden > 0)
    complete = there.all(axis=0) & ~np.isnan(whole)
    left = np.maximum(whole - np.nansum(known, axis=0), 0.0)
    number = (hidden > 0).sum(axis=0)
    ours = (hidden == 2).any(axis=0)
    alone = (number == 1) & ~complete & ~ours
    value, least, most = known.copy(), known.copy(), known.copy()
    weights = np.where(hidden > 0, usual[:, None, :], 0.0)
    taker = (weights == weights.max(axis=0)) & (hidden > 0)
    others = np.maximum(number - 1, 0)
    for band in range(len(BANDS)):
        mine = (hidden[band] > 0) & (complete | alone)
        share = left * weights[band] / np.maximum(weights.sum(axis=0), 1e-9)
        small_most = np.minimum(rule.highest, np.maximum(left - others * rule.lowest, 0))
        small_least = np.minimum(rule.lowest, small_most)
        rest_most = np.maximum(left - others * rule.lowest, 0)
        rest_least = np.maximum(left - others * rule.highest, np.minimum(rule.lowest, rest_most))
        low = np.where(taker[band], rest_least, small_least)
        high = np.where(taker[band], rest_most, small_most)
        low, high = np.where(ours, 0.0, low), np.where(ours, left, high)
        low, high = np.where(number == 1, left, low), np.where(number == 1, left, high)
        # fmin: what is left is not known where the whole is not
        low, high = np.where(alone, np.fmin(rule.lowest, left), low), np.where(alone, np.fmin(rule.highest, left), high)
        middle = np.where(ours & (number > 1), share, (low + high) / 2)
        for found, kept in ((middle, value), (low, least), (high, most)):
            kept[band] = np.where(mine, found, kept[band])
    return Banded(value, least, most)

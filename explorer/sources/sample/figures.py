"""Figures that the invented plans must give: the published ones of an authority, counted over many plans at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.errors import DataError
from explorer.sources.sample.families import Family
from explorer.sources.sample.settings import SampleSettings

Days = NDArray[np.int64]
Mask = NDArray[np.bool_]
Kind = Literal["started", "open", "open_band", "ended", "ended_band"]
# The bands by their names in the published measures, and their last days. The families have no length near
# those, so that counting in months gives the same band.
BANDS = ("up_to_3m", "3m_to_6m", "6m_to_1y", "1y_to_2y", "2y_plus")
LAST_DAYS = (91, 183, 364)  # the fourth ends the day before a plan is long
_DAY_0 = date(1970, 1, 1).toordinal()  # tables count days from here


@dataclass(frozen=True)
class Spells:
    """Plans as columns: whose they are (a number from 0), start, end (days) and previous plans."""

    family: Days
    start: Days
    end: Days
    previous: Days

    def started(self, first: int, last: int) -> Mask:
        """Plans that started from ``first`` to ``last``, both inclusive."""
        return (self.start >= first) & (self.start <= last)

    def ended(self, first: int, last: int) -> Mask:
        """Plans that ended from ``first`` to ``last``, both inclusive."""
        return (self.end >= first) & (self.end <= last)

    def open_at(self, day: int) -> Mask:
        """Plans open at the end of ``day``: a plan that ends then is not."""
        return (self.start <= day) & (self.end > day)


@dataclass(frozen=True)
class Figure:
    """One published count and the plans that it counts.

    Attributes:
        measure: Its name in measures.csv; ``band`` is the part of it behind ``plans_open_`` or ``plans_ended_``.
        status: As in measures.csv; ``value`` is null unless it is "published".
        counted: True for each plan that is counted.
    """

    kind: Kind
    measure: str
    band: str | None
    year: int
    status: str
    value: int | None
    counted: Mask

    @property
    def count(self) -> int:
        """How many of the plans are counted."""
        return int(self.counted.sum())


class PublishedCounts:
    """The published counts of one authority, by measure and year ending 31 March."""

    def __init__(self, measures: pl.DataFrame, area: str) -> None:
        rows = measures.filter(pl.col("area") == area).select("measure", "year_ending", "status", "value")
        self._area = area
        self._cells = {(measure, year): (status, value) for measure, year, status, value in rows.iter_rows()}

    def cell(self, measure: str, year: int) -> tuple[str, int | None]:
        """Status and count; "not_available" where there is no row."""
        status, value = self._cells.get((measure, year), ("not_available", None))
        return status, None if value is None else int(value)

    def known(self, measure: str, year: int) -> int:
        """A count that the sample cannot do without.

        Raises:
            DataError: it is not published.
        """
        value = self.cell(measure, year)[1]
        if value is None:
            raise DataError(
                f"measures.csv: the sample needs '{measure}' of area {self._area} for {year}, which is not published."
            )
        return value


def plan_spells(plans: pl.DataFrame) -> Spells:
    """Plan records (``schema.PLANS``) as columns, row by row. A plan that is open ends after every other day."""
    numbered = plans.select(
        (pl.col("family_id").rank("dense") - 1).cast(pl.Int64),
        pl.col("start_date").to_physical().cast(pl.Int64) + _DAY_0,
        (pl.col("end_date").to_physical().cast(pl.Int64) + _DAY_0).fill_null(date.max.toordinal()),
        "previous_plans",
    )
    return Spells(*(column.to_numpy() for column in numbered))


def family_spells(families: Sequence[Family]) -> Spells:
    """The plans of families as columns, family by family."""
    rows = [
        (number, plan.start, plan.end, plan.previous) for number, family in enumerate(families) for plan in family.plans
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Spells(*columns)


def bands(days: Days, long_plan_days: int) -> Mask:
    """One row a band of ``BANDS`` and one column a plan: does its length fall there."""
    limits = (*LAST_DAYS, long_plan_days - 1)
    inside: Mask = np.arange(len(BANDS))[:, None] == np.searchsorted(np.array(limits), days)
    return inside


def figures(plans: Spells, published: PublishedCounts, settings: SampleSettings) -> list[Figure]:
    """Every published count that the sample is held against, in a fixed order."""
    found = []
    for year in (settings.first.year, *settings.years):
        first, last = date(year - 1, 4, 1).toordinal(), date(year, 3, 31).toordinal()
        if year in settings.years:
            found += list(_started(plans, published, year, plans.started(first, last)))
        sides: list[tuple[Kind, Kind, Mask, Days]] = [("open", "open_band", plans.open_at(last), last - plans.start)]
        if year in settings.years:
            sides.append(("ended", "ended_band", plans.ended(first, last), plans.end - plans.start))
        for kind, band_kind, counted, days in sides:
            measure = f"plans_{kind}"
            found.append(Figure(kind, measure, None, year, *published.cell(measure, year), counted))
            for band, inside in zip(BANDS, bands(days, settings.long_plan_days.value), strict=True):
                name = f"{measure}_{band}"
                found.append(Figure(band_kind, name, band, year, *published.cell(name, year), counted & inside))
    return found


def _started(plans: Spells, published: PublishedCounts, year: int, counted: Mask) -> Iterator[Figure]:
    for measure, mask in (("plans_started", counted), ("plans_started_repeat", counted & (plans.previous > 0))):
        yield Figure("started", measure, None, year, "published", published.known(measure, year), mask)

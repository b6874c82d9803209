"""Invented authorities with brothers and sisters and no real change: what a test has to leave unflagged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.areas import Area, Areas, Comparators
from explorer.benchmark_entries import Benchmarks
from explorer.benchmarks.position import Figure, Position, position, position_among
from explorer.config import Indicator
from explorer.indicators import wilson_interval
from explorer.schema import ENGLAND, INDICATORS

Array = NDArray[Any]
YEARS = (2017, 2018)
NEIGHBOURS = 10


@dataclass(frozen=True)
class Null:
    """A country whose authorities do not change.

    Attributes:
        wholes: (areas,) plans started in each year.
        levels: (areas,) each authority's share, the same in both years.
    """

    wholes: Array
    levels: Array


def starts_in_families(whole: int, share: float, generator: np.random.Generator) -> tuple[int, int]:
    """Plans started and re-plans: families of one child and others by chance (two on average) that re-plan together."""
    sizes = 1 + generator.poisson(1.0, whole)
    kept = sizes[: int(np.searchsorted(np.cumsum(sizes), whole)) + 1]
    again = generator.random(len(kept)) < share
    return int(kept.sum()), int(kept[again].sum())


def figures(null: Null, entry: Indicator, benchmarks: Benchmarks, generator: np.random.Generator) -> pl.DataFrame:
    """Two years of such a country as ``schema.INDICATORS``."""
    rows = []
    for year in YEARS:
        for number, (whole, share) in enumerate(zip(null.wholes, null.levels, strict=True)):
            base, part = starts_in_families(int(whole), float(share), generator)
            low, high = wilson_interval(float(part), float(base), benchmarks)
            rows.append(
                {
                    "indicator": "simulated", "area": str(number), "period": year, "period_kind": "year",
                    "numerator": part, "denominator": base, "base": base, "value": round(entry.scale * part / base, 1),
                    "lower": entry.scale * low, "upper": entry.scale * high, "least": None, "most": None,
                    "status": "published", "source": "invented",
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=INDICATORS)


def register(number: int) -> Areas:
    """As many authorities."""
    made = [Area(str(code), "local_authority", str(code), str(code), None, *YEARS) for code in range(number)]
    made.append(Area(ENGLAND, "country", "England", "England", None, *YEARS))
    return Areas({area.code: area for area in made}, (), {})


def among_ten(known: Mapping[str, Figure], areas: Areas, entry: Indicator, number: int, year: int) -> Position:
    """One authority among the ten after it.

    Args:
        known: the figures of the year.
    """
    size = len(areas.authorities)
    members = tuple(str((number + step) % size) for step in range(1, NEIGHBOURS + 1))
    group = Comparators("ten", "Ten", "neighbours", "neighbour", members)
    return position_among(known, areas, ("simulated", entry), str(number), year, group)


def among_all(table: pl.DataFrame, areas: Areas, entry: Indicator, year: int) -> Position:
    """The first authority among all."""
    others = tuple(area.code for area in areas.authorities if area.code != "0")
    group = Comparators("all", "All", "authorities", "authority", others)
    return position(table, areas, ("simulated", entry), "0", year, group)

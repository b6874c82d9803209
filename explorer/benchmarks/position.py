"""One authority's figure among a group's: mean, median, pooled rate and rank, with bounds for hidden figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite
from statistics import fmean, median

import polars as pl

from explorer.areas import Areas, Comparators
from explorer.config import Indicator
from explorer.errors import SelectionError
from explorer.schema import ENGLAND, HIDDEN, INDICATORS
from explorer.wording import half_up

Bounds = tuple[float, float]


@lru_cache(maxsize=2**14)  # each authority is compared with every other, whose figures are the same each time
def _printed(value: float) -> float:
    """A number as DfE prints it."""
    return float(half_up(value))


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the indicator table; ``schema.INDICATORS`` says what each field is."""

    area: str
    status: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    base: float | None = None
    lower: float | None = None
    upper: float | None = None
    least: float | None = None
    most: float | None = None
    source: str | None = None

    @property
    def bounds(self) -> Bounds | None:
        """The least and most it can be: the value twice, or the range of a hidden one; None if unknown."""
        if self.value is not None:
            return self.value, self.value
        return None if self.least is None or self.most is None else (self.least, self.most)

    @property
    def as_published(self) -> Bounds | None:
        """The bounds to the one place that DfE publishes, for comparing: 5 of 900 would stand as 0.6."""
        bounds = self.bounds
        return None if bounds is None else (_printed(bounds[0]), _printed(bounds[1]))


@dataclass(frozen=True)
class Rank:
    """A place among authorities, 1 is best. Ties share the better place (as in LAIT).

    ``place`` is among the ``of`` authorities with a published value. ``best`` and ``worst`` are the places
    it can have among all ``of_bounded`` whose value is published or can be bounded.
    """

    place: int | None
    of: int
    best: int | None
    worst: int | None
    of_bounded: int


@dataclass(frozen=True)
class Comparison:
    """How many members of the group are certainly lower or higher, or level, and how many cannot be told."""

    lower: int
    level: int
    higher: int
    unknown: int


@dataclass(frozen=True)
class Position:
    """An authority's figure beside a group's, in the indicator's unit (percent, per 10,000 or a count).

    ``mean`` is the unweighted mean and ``median`` the middle of the members with a published value, the
    authority itself left out; ``pooled`` counts the plans of the ``pooled_from`` with counts together.
    ``mean_bounds`` and ``median_bounds`` take in the hidden ones at the least and most that they can be. They are None
    where nothing is known, or hidden figures that cannot be bounded leave them open: one is enough for the mean.
    """

    indicator: str
    area: str
    year: int
    group: Comparators
    figure: Figure
    members: tuple[Figure, ...]
    contributing: int
    mean: float | None
    mean_bounds: Bounds | None
    median: float | None
    median_bounds: Bounds | None
    pooled: float | None
    pooled_from: int
    comparison: Comparison
    rank: Rank
    england_rank: Rank
    england: Figure

    @property
    def group_size(self) -> int:
        """Members of the group, whether they have a figure or not."""
        return len(self.members)

    @property
    def bounded(self) -> int:
        """Members with a published value or a hidden one that can be bounded."""
        return sum(member.bounds is not None for member in self.members)


def position(
    table: pl.DataFrame,
    areas: Areas,
    indicator: tuple[str, Indicator],
    area: str,
    year: int,
    group: Comparators,
) -> Position:
    """Place ``area`` among ``group`` for one indicator and the year ending 31 March ``year``.

    Args:
        table: ``schema.INDICATORS``, from ``indicator_table``.
        indicator: Its name and its entry of config/indicators.yaml.

    Raises:
        SelectionError: the indicator has no figures in that year at all.
    """
    return position_among(figures_of(table, indicator[0], year), areas, indicator, area, year, group)


def figures_of(table: pl.DataFrame, name: str, year: int) -> Mapping[str, Figure]:
    """The figures of one indicator and year, by area.

    Raises:
        SelectionError: there are none at all.
    """
    rows = table.filter((pl.col("indicator") == name) & (pl.col("period") == year))
    if rows.is_empty():
        raise SelectionError(f"'{name}' has no published figures for {year}.")
    return {row["area"]: _figure(row) for row in rows.select(list(_FIELDS)).iter_rows(named=True)}


def position_among(
    figures: Mapping[str, Figure],
    areas: Areas,
    indicator: tuple[str, Indicator],
    area: str,
    year: int,
    group: Comparators,
) -> Position:
    """The same from the figures of that indicator and year, which many positions can share."""
    name, entry = indicator

    def get(code: str) -> Figure:
        known = figures.get(code)
        return known or Figure(code, "not_published" if areas[code].existed(year) else "no_authority")

    own, members = get(area), tuple(get(code) for code in group.members)
    values = [member.value for member in members if member.value is not None]
    everyone = [get(other.code) for other in areas.authorities if other.existed(year) and other.code != area]
    pooled, pooled_from = _pooled(members, entry)
    return Position(
        indicator=name,
        area=area,
        year=year,
        group=group,
        figure=own,
        members=members,
        contributing=len(values),
        mean=fmean(values) if values else None,
        mean_bounds=with_hidden(members, fmean),
        median=median(values) if values else None,
        median_bounds=_median_bounds(members),
        pooled=pooled,
        pooled_from=pooled_from,
        comparison=_comparison(own, members),
        rank=_rank(own, members, entry.polarity),
        england_rank=_rank(own, everyone, entry.polarity),
        england=get(ENGLAND),
    )


_FIELDS = tuple(name for name in INDICATORS if name not in ("indicator", "period", "period_kind"))


def _figure(row: dict[str, object]) -> Figure:
    return Figure(**row)  # type: ignore[arg-type]


def with_hidden(members: Sequence[Figure], average: Callable[[list[float]], float]) -> Bounds | None:
    """The least and most that an average can be; it rises with each member, so the ends are enough."""
    bounds = [member.bounds for member in members if member.status in ("published", *HIDDEN)]
    known = [pair for pair in bounds if pair is not None]
    if not known or len(known) < len(bounds):
        return None
    return average([low for low, _ in known]), average([high for _, high in known])


def _median_bounds(members: Sequence[Figure]) -> Bounds | None:
    """The least and most that the median can be; one hidden figure without bounds cannot move that of many far.

    None where the middle itself is not known.
    """
    unknown = -inf, inf
    bounds = [member.bounds or unknown for member in members if member.status in ("published", *HIDDEN)]
    if not bounds:
        return None
    least, most = (median(pair[end] for pair in bounds) for end in (0, 1))
    return (least, most) if isfinite(least) and isfinite(most) else None


def _pooled(members: Sequence[Figure], entry: Indicator) -> tuple[float | None, int]:
    """The group's plans counted together, as if it were one authority, and how many members have counts."""
    pairs = [
        (member.numerator, member.base)
        for member in members
        if member.value is not None and member.numerator is not None and member.base
    ]
    whole = sum(base for _, base in pairs)
    return (entry.scale * sum(part for part, _ in pairs) / whole if whole else None), len(pairs)


def _comparison(own: Figure, members: Sequence[Figure]) -> Comparison:
    mine, lower, level, higher, unknown = own.as_published, 0, 0, 0, 0
    for theirs in (member.as_published for member in members):
        if mine is None or theirs is None:
            unknown += 1
        elif theirs[1] < mine[0]:
            lower += 1
        elif theirs[0] > mine[1]:
            higher += 1
        elif theirs[0] == theirs[1] == mine[0] == mine[1]:
            level += 1
        else:
            unknown += 1
    return Comparison(lower, level, higher, unknown)


def _rank(own: Figure, others: Sequence[Figure], polarity: str) -> Rank:
    """LAIT's rank: lowest first where low is good, highest first where high is; none without polarity."""
    bounded = [bounds for other in others if (bounds := other.as_published) is not None]
    values = [other.value for other in others if other.value is not None]
    mine = own.as_published
    of = len(values) + (own.value is not None)
    if mine is None or polarity == "none":
        return Rank(None, of, None, None, len(bounded) + (mine is not None))
    if polarity == "high":  # the highest is best: turn everything round
        bounded, mine = [(-high, -low) for low, high in bounded], (-mine[1], -mine[0])
        values = [-value for value in values]
    place = None if own.value is None else 1 + sum(value < mine[0] for value in values)
    best = 1 + sum(high < mine[0] for _, high in bounded)
    worst = 1 + sum(low < mine[1] for low, _ in bounded)
    return Rank(place, of, best, worst, len(bounded) + 1)

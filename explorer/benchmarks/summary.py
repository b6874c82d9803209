"""All measures of an authority at once: where each stands, how it moved, and its course over the years."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.benchmarks.change import Change
from explorer.benchmarks.position import Bounds, Position
from explorer.benchmarks.standing import Standing, middle


@dataclass(frozen=True)
class Place:
    """A place in a group, the authority itself included, 1 the highest.

    ``best`` and ``worst`` are its ends among ``of``. ``chance`` says whether they allow for chance; where they do not,
    they are those of the figures as published, apart only where hidden ones can stand on either side.
    """

    best: int
    worst: int
    of: int
    chance: bool


@dataclass(frozen=True)
class Row:
    """One measure.

    Attributes:
        indicator: its name in config/indicators.yaml.
        standing: in the chosen year.
        change: on the year before; None where either is not published.
        course: the authority's position in every year that the measure has figures in, in order.
    """

    indicator: str
    standing: Standing
    change: Change | None
    course: tuple[Position, ...]

    @property
    def median(self) -> Bounds | None:
        """The group's median, with its hidden members where they can be bounded; in the indicator's unit."""
        found = self.standing.position
        if found.median_bounds is not None:
            return found.median_bounds
        return None if found.median is None else (found.median, found.median)

    @property
    def place(self) -> Place | None:
        """The place of its level where chance can be allowed for, or that of its figure; None without either."""
        found = self.standing
        if found.ranks is not None:
            return Place(*found.ranks, found.ranked, chance=True)
        known = found.position.bounded
        if found.position.figure.bounds is None or not known:
            return None
        told = found.position.comparison
        between = told.unknown - (found.position.group_size - known)  # hidden figures that reach over its own
        return Place(1 + told.higher, 1 + told.higher + between, known + 1, chance=False)

    @property
    def middles(self) -> tuple[float | None, ...]:
        """The group's middle in each year of the course; None where it has none."""
        return tuple(None if one.median is None and one.median_bounds is None else middle(one) for one in self.course)


def summary_rows(
    standings: Iterable[Standing],
    changes: Mapping[str, Change | None],
    courses: Mapping[str, Sequence[Position]],
) -> tuple[Row, ...]:
    """One row a measure, in the order of the standings.

    Args:
        standings: of one authority, year and group, each in a measure of its own.
        changes, courses: by measure; one that is missing is not known.
    """
    return tuple(
        Row(name, one, changes.get(name), tuple(courses.get(name, ())))
        for one in standings
        for name in (one.position.indicator,)
    )

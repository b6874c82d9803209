"""Which fifth of England's authorities a figure is in, from the lowest fifth to the highest."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from explorer.benchmarks.position import Bounds, Position

FEWEST = 5  # published figures: with fewer, some fifth would have none
_CUTS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Fifths:
    """Five groups of published figures, the lowest first, as nearly equal in size as equal figures allow.

    Attributes:
        limits: the four figures that part them: type-7 quantiles (Hyndman and Fan 1996, as in LAIT's quartiles).
            A figure on a limit is in the lower group, so equal figures are always in the same one.
        spans: the lowest and highest figure in each group; None where equal figures leave a group empty.
        sizes: how many figures are in each group.
        existing: how many authorities there were, with a figure or without.
    """

    limits: tuple[float, ...]
    spans: tuple[Bounds | None, ...]
    sizes: tuple[int, ...]
    existing: int

    @property
    def published(self) -> int:
        """How many authorities have a published figure."""
        return sum(self.sizes)

    def of(self, value: float) -> int:
        """The fifth that a figure is in: 1 is the lowest."""
        return 1 + bisect_left(self.limits, value)


def fifths(found: Position) -> Fifths | None:
    """The fifths of a position among all of England; None with fewer than five published figures."""
    figures = (found.figure, *found.members)
    existing = sum(figure.status != "no_authority" for figure in figures)
    return fifths_of((figure.value for figure in figures if figure.value is not None), existing)


def fifths_of(values: Iterable[float], existing: int) -> Fifths | None:
    """The fifths of some figures, of ``existing`` authorities; None with fewer than five figures."""
    known = sorted(values)
    if len(known) < FEWEST:
        return None
    # rounded, so that a figure is not parted from its equals by the last binary digit of a limit
    limits = tuple(round(limit, 9) for limit in np.quantile(known, _CUTS).tolist())
    groups: list[list[float]] = [[] for _ in range(len(_CUTS) + 1)]
    for value in known:
        groups[bisect_left(limits, value)].append(value)
    spans = tuple((group[0], group[-1]) if group else None for group in groups)
    return Fifths(limits, spans, tuple(len(group) for group in groups), existing)

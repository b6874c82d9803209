"""The counts behind a measure for many authorities: a part, the whole it is out of, and the ends of a hidden part."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.benchmarks.position import Figure

Array = NDArray[Any]


@dataclass(frozen=True)
class Tally:
    """Counts, one for each of ``areas``: those that have a whole, and a part that is known or bounded.

    Attributes:
        least, most: the ends of the part, equal where it is published.
        base: the whole, above 0: plans for a percentage, children for a rate.
    """

    areas: tuple[str, ...]
    least: Array
    most: Array
    base: Array

    @property
    def middle(self) -> Array:
        """The part, or the middle of what it can be."""
        return np.asarray((self.least + self.most) / 2)

    @property
    def share(self) -> Array:
        """Part of whole, 0 to 1."""
        return np.asarray(self.middle / self.base)

    @cached_property
    def row(self) -> dict[str, int]:
        """Where each area stands."""
        return {area: number for number, area in enumerate(self.areas)}


def tally(figures: Iterable[Figure], scale: float) -> Tally:
    """The counts of those figures that have any.

    Args:
        figures: of one indicator and year.
        scale: what a share of the indicator is multiplied by.
    """
    rows = []
    for figure in figures:
        ends = _ends(figure, scale)
        if ends is not None and figure.base:
            rows.append((figure.area, *ends, figure.base))
    columns: tuple[tuple[Any, ...], ...] = tuple(zip(*rows, strict=True)) if rows else ((), (), (), ())
    least, most, base = (np.array(column, dtype=float) for column in columns[1:])
    return Tally(columns[0], least, np.minimum(most, base), base)


def _ends(figure: Figure, scale: float) -> tuple[float, float] | None:
    """The ends of the part; of a published rate of rounded counts what the rate makes it."""
    if figure.base is None:
        return None
    if figure.value is not None:
        part = figure.numerator if figure.numerator is not None else figure.value * figure.base / scale
        return part, part
    if figure.least is None or figure.most is None:
        return None
    return round(figure.least * figure.base / scale, 6), round(figure.most * figure.base / scale, 6)

"""The four rules of a control chart: what in a stretch of figures is unusual beside its average and limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.models.trend_settings import ControlRules, Rule

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Side = Literal["above", "below", "rising", "falling"]
LEVEL = 1e-9  # two figures nearer to each other than this are level: sums of shares are not exact
_WINDOW, _OF_WINDOW = 3, 2  # two of three


@dataclass(frozen=True)
class Signal:
    """A sign that something is unusual: its rule, its first and last point, and which way it points."""

    rule: Rule
    first: int
    last: int
    side: Side

    @property
    def upward(self) -> bool:
        """Whether it is of higher figures than usual."""
        return self.side in ("above", "rising")


def signs(
    values: Array, centre: Array, limits: tuple[Array, Array], near: tuple[Array, Array], rules: ControlRules
) -> Iterator[Signal]:
    """What the four rules find in one stretch; a gap breaks every run.

    Args:
        values: (periods,) the figures, NaN at gaps.
        centre: (periods,) the average.
        limits, near: the lower and the upper limit, and those at two thirds of the way to them: (periods,) each.
        rules: How many figures each rule takes.
    """
    sides: tuple[tuple[Side, list[Flags]], ...] = (
        ("above", [values > line + LEVEL for line in (limits[1], centre, near[1])]),
        ("below", [values < line - LEVEL for line in (limits[0], centre, near[0])]),
    )
    for side, (outside, beyond, far) in sides:
        for place in np.flatnonzero(outside).tolist():
            yield Signal("outside", place, place, side)
        for first, last in _runs(beyond):
            if last - first + 1 >= rules.signs.shift.points:
                yield Signal("shift", first, last, side)
        for first, last in _windows(beyond, far):
            yield Signal("two_of_three", first, last, side)
    steps = np.diff(values)
    ways: tuple[tuple[Side, Flags], ...] = (("rising", steps > 0), ("falling", steps < 0))
    for side, going in ways:
        for first, last in _runs(going):
            if last - first + 2 >= rules.signs.trend.points:  # so many steps join one point more
                yield Signal("trend", first, last + 1, side)


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """The first and last place of every run of true ones."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True))


def _windows(beyond: Flags, near: Flags) -> list[tuple[int, int]]:
    """Three points on one side of the average of which two are beyond the near limit; those that overlap as one."""
    if len(beyond) < _WINDOW:
        return []
    every = np.lib.stride_tricks.sliding_window_view(beyond, _WINDOW).all(axis=1)
    two = np.lib.stride_tricks.sliding_window_view(near, _WINDOW).sum(axis=1) >= _OF_WINDOW
    return [(first, last + _WINDOW - 1) for first, last in _runs(every & two)]

"""The usual ranges at every size about one group's middle, and where each of England's authorities lies among them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.benchmarks.position import Bounds, Figure, Position
from explorer.benchmarks.standing import Everyone, limits_at, middle
from explorer.benchmarks.tally import Array

Place = Literal["within", "above", "below", "far_above", "far_below"]
_SIZES = 60  # of the lines drawn
MARGIN = 1.12  # how much further than the sizes themselves the lines go, as a ratio


@dataclass(frozen=True)
class Lying:
    """One authority and the ranges of its own size, in the indicator's unit.

    ``usual`` and ``far`` are None where its size is not known or the group has no middle. ``place`` is None there too,
    and where a hidden figure can be on either side of a limit.
    """

    figure: Figure
    usual: Bounds | None = None
    far: Bounds | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Around:
    """The ranges about a group's middle.

    Attributes:
        middle: what they lie about, in the indicator's unit; None where the group has no figures.
        sizes: (n,) wholes, evenly spaced on a logarithmic scale; empty where the group has no middle.
        usual: (n,) lower and upper limits of the usual range.
        far: (n,) those of the wide range.
        lying: every authority, those without a size too.
    """

    middle: float | None
    sizes: Array
    usual: tuple[Array, Array]
    far: tuple[Array, Array]
    lying: tuple[Lying, ...]


def around(found: Position, england: Position, everybody: Everyone, largest: float | None = None) -> Around:
    """Work out the ranges from the smallest authority of a year to its largest.

    Args:
        found: the authority among its group, whose median the ranges lie about.
        england: the same authority among all of England.
        everybody: how they differ.
        largest: a size that the lines go to where it is larger than every authority.
    """
    figures = (england.figure, *england.members)
    bases = [figure.base for figure in figures if figure.base]
    if not bases or (found.median is None and found.median_bounds is None):
        none = np.array([])
        return Around(None, none, (none, none), (none, none), tuple(Lying(figure) for figure in figures))
    rules = everybody.rules
    sizes = np.geomspace(min(bases) / MARGIN, max(*bases, largest or 0.0) * MARGIN, _SIZES)

    def at(wholes: Array, confidence: float) -> tuple[Array, Array]:
        return limits_at(found, everybody, wholes, confidence)

    own = np.array(bases)
    usual, far = (
        iter(zip(*(ends.tolist() for ends in at(own, confidence)), strict=True))
        for confidence in (rules.usual_confidence, rules.far_confidence)
    )
    lying = tuple(_lying(figure, next(usual), next(far)) if figure.base else Lying(figure) for figure in figures)
    lines = at(sizes, rules.usual_confidence), at(sizes, rules.far_confidence)
    return Around(middle(found), sizes, *lines, lying)


def _lying(figure: Figure, usual: Bounds, far: Bounds) -> Lying:
    bounds = figure.bounds
    if bounds is None:
        return Lying(figure, usual, far)
    places = {_place(value, usual, far) for value in bounds}
    return Lying(figure, usual, far, places.pop() if len(places) == 1 else None)


def _place(value: float, usual: Bounds, far: Bounds) -> Place:
    if value > usual[1]:
        return "far_above" if value > far[1] else "above"
    if value < usual[0]:
        return "far_below" if value < far[0] else "below"
    return "within"

"""In which quarter of England's authorities a figure lies, by the rules of DfE's LAIT."""

from dataclasses import dataclass

import numpy as np

from explorer.benchmarks.position import Position


@dataclass(frozen=True)
class Quarter:
    """Quarters of authorities, the best first.

    Attributes:
        limits: the three figures that part them, lowest first: type-7 quantiles over published figures.
        best, worst: the quarters that the authority can be in, 1 to 4; equal unless its figure is hidden.
        of: published figures of authorities.
    """

    limits: tuple[float, float, float]
    best: int
    worst: int
    of: int


def quarter(found: Position, polarity: str) -> Quarter | None:
    """The quarter of an authority; None without a good direction or a figure.

    Args:
        found: its position among all of England.
    """
    bounds = found.figure.as_published
    values = [one.value for one in (found.figure, *found.members) if one.value is not None]
    if polarity == "none" or bounds is None or not values:
        return None
    first, second, third = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    if polarity == "high":
        places = sorted(1 + sum(value < limit for limit in (first, second, third)) for value in bounds)
    else:
        places = sorted(1 + sum(value > limit for limit in (first, second, third)) for value in bounds)
    return Quarter((first, second, third), places[0], places[-1], len(values))

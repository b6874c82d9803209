"""How an authority's rate moves from year to year about England's: what lasts, what fades, what is chance.

Each yearly rate, in logarithms and less England's, is the sum of a lasting difference, one that fades by a factor each
year, and chance in the counts. A Kalman filter weighs them; how strong each is, is fitted by maximum likelihood to all
authorities together (empirical Bayes), so that a small authority is drawn towards England and a large one is not.
Source: Durbin and Koopman, Time Series Analysis by State Space Methods, chapter 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[Any]
_LONGEST_MEMORY = 0.98
# Where the search starts, as logarithms but for the memory (a logit): also a weak prior, for early years have few data.
_START = np.array([np.log(2.0), np.log(0.05), 0.5, np.log(0.02)])
_WEAK = 2.0  # standard deviation of that prior
_BOUNDS = [(-1.0, 3.0), (-9.0, 2.0), (-3.0, 5.0), (-9.0, 1.0)]
# A search stops somewhere near the top, and where hangs on the last digit of a logarithm, in which processors differ:
# some 0.00005 apart. Steps of Newton from there agree to nine places, and four of them are the same everywhere.
_PLACES = 4
_APART = 1e-3  # of the points that tell slope and curvature
_STEPS = 3
_NEAR = 0.01  # further than this no search ends from the top; there the curvature cannot be trusted


@dataclass(frozen=True)
class Movement:
    """How differences from England behave.

    Attributes:
        chance: what the variance of independent counts is multiplied by.
        lasting: variance of the difference that lasts.
        memory: share of the fading difference that is left after a year, 0 to 1.
        yearly: variance that each year adds to the fading difference.
    """

    chance: float
    lasting: float
    memory: float
    yearly: float

    @property
    def fading(self) -> float:
        """Variance of the fading difference in the long run."""
        return self.yearly / (1 - self.memory**2)


@dataclass(frozen=True)
class Difference:
    """What is known of some areas' differences from England after their last year.

    Attributes:
        mean: (2, areas): lasting and fading difference of the logarithm.
        variance: (2, 2, areas).
        prior_weight: (areas,), 0 to 1: variance left, of the variance that England's spread alone leaves.
    """

    mean: Array
    variance: Array
    prior_weight: Array


def filtered(seen: Array, variance: Array, movement: Movement) -> tuple[Difference, float]:
    """Weigh the years of some areas, and the log likelihood of them.

    Args:
        seen: (areas, years) differences from England in logarithms; NaN where there is none.
        variance: (areas, years) of independent counts.
        movement: how differences behave.
    """
    areas = seen.shape[0]
    mean = np.zeros((2, areas))
    spread = np.zeros((2, 2, areas))
    spread[0, 0], spread[1, 1] = movement.lasting, movement.fading
    fit = 0.0
    for year in range(seen.shape[1]):
        if year:
            mean[1] *= movement.memory
            spread[0, 1] *= movement.memory
            spread[1, 0] = spread[0, 1]
            spread[1, 1] = movement.memory**2 * spread[1, 1] + movement.yearly
        known = ~np.isnan(seen[:, year])
        both = spread[:, 0] + spread[:, 1]
        total = both[0] + both[1] + movement.chance * np.where(known, variance[:, year], 1.0)
        error = np.where(known, seen[:, year] - mean[0] - mean[1], 0.0)
        fit -= 0.5 * float(np.sum(np.where(known, np.log(total) + error**2 / total, 0.0)))
        gain = both / total * known
        mean = mean + gain * error
        spread = spread - gain[:, None] * both[None]
    left = spread.sum(axis=(0, 1)) / (movement.lasting + movement.fading)
    return Difference(mean, spread, np.clip(left, 0.0, 1.0)), fit


def fit_movement(seen: Array, variance: Array) -> Movement:
    """The movement under which the years of all areas are most likely; arguments as in ``filtered``."""

    def badness(point: Array) -> float:
        return -filtered(seen, variance, _movement(point))[1] + 0.5 * float(np.sum(((point - _START) / _WEAK) ** 2))

    found = minimize(badness, _START, method="L-BFGS-B", bounds=_BOUNDS).x
    return _movement(np.round(_sharpened(badness, found), _PLACES))


def _sharpened(badness: Callable[[Array], float], found: Array) -> Array:
    """The same lowest point, nearer than a search comes; what stands at a bound stays there."""
    low, high = np.array(_BOUNDS).T
    ways = np.eye(len(found))[(found - low > _NEAR) & (high - found > _NEAR)] * _APART
    if not len(ways):
        return found
    curvature, point = _curvature(badness, found, ways), found
    for _ in range(_STEPS):
        slope = np.array([badness(point + way) - badness(point - way) for way in ways]) / 2
        point = point - np.linalg.lstsq(curvature, slope)[0] @ ways
    return point if np.abs(point - found).max() < _NEAR else found


def _curvature(badness: Callable[[Array], float], point: Array, ways: Array) -> Array:
    """(ways, ways) second differences about a point."""
    here, there = badness(point), [badness(point + way) for way in ways]
    found = np.empty((len(ways), len(ways)))
    for row, one in enumerate(ways):
        for column, other in enumerate(ways[: row + 1]):
            both = badness(point + one + other)
            found[row, column] = found[column, row] = both - there[row] - there[column] + here
    return found


def _movement(point: Array) -> Movement:
    chance, lasting, memory, yearly = point
    return Movement(
        float(np.exp(chance)),
        float(np.exp(lasting)),
        float(_LONGEST_MEMORY / (1 + np.exp(-memory))),
        float(np.exp(yearly)),
    )


def paths(difference: Difference, movement: Movement, normals: Array) -> Array:
    """Ways in which one area's difference can go on, (years ahead, draws).

    Args:
        difference: of one area.
        movement: how differences behave.
        normals: (2 + years ahead, draws) standard normals.
    """
    (lasting, fading), spread = difference.mean[:, 0], difference.variance[:, :, 0]
    root = np.linalg.cholesky(spread + 1e-12 * np.eye(2))
    lasting = lasting + root[0, 0] * normals[0]
    fading = fading + root[1, 0] * normals[0] + root[1, 1] * normals[1]
    ahead = []
    for shock in normals[2:]:
        fading = movement.memory * fading + np.sqrt(movement.yearly) * shock
        ahead.append(lasting + fading)
    return np.stack(ahead)

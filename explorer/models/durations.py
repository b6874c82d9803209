"""How the chance of ending runs within a band of durations, from England's tables.

Published tables give open and ended plans in five bands. Within a band the chance of ending is not the same in every
month: after the review that follows six months many plans end at once. One slope a band, the same for all authorities,
brings England's open and ended plans as near to each other as a slope can (``_STEEPEST``); an authority's own level
then multiplies it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from explorer.models.flow.inputs import BAND_STARTS
from explorer.models.history import Banded

Array = NDArray[Any]
WIDTHS = tuple(int(width) for width in np.diff(BAND_STARTS))  # months; the last band has no end
_STEEPEST = 3.0  # of a slope: e^3 is twentyfold from one end of a band to the other
_PLACES = 6  # the search ends within ten of them, and processors differ in the last: see ``filtering``
_LEVELS = np.linspace(-9.0, 1.5, 400)  # logarithms of monthly hazards


@dataclass(frozen=True)
class Within:
    """The course of the hazard within each band.

    Attributes:
        shape: (25,) what multiplies the band's hazard at each completed month on the plan; the last row is 1.
    """

    shape: Array

    def rows(self, band: int) -> slice:
        """The rows of completed months of a band."""
        end = BAND_STARTS[band + 1] if band + 1 < len(BAND_STARTS) else len(self.shape)
        return slice(BAND_STARTS[band], end)

    @cached_property
    def _curves(self) -> tuple[Array, ...]:
        return tuple(_ended_of_open(self.shape[self.rows(band)]) for band in range(len(BAND_STARTS)))

    def level(self, band: int, rate: Array) -> Array:
        """The logarithm of the hazard under which ``exp(rate)`` of the band's open plans end in a month."""
        return np.asarray(np.interp(rate, self._curves[band], _LEVELS))

    def spread(self, band: int, hazard: float) -> Array:
        """How open plans of a band lie over its months where as many enter every month; sums to 1."""
        kept = _survivors(np.array([hazard]), self.shape[self.rows(band)])[0]
        return np.asarray(kept / kept.sum())


def _survivors(hazards: Array, shape: Array) -> Array:
    """(hazards, months): the share of those who entered a band that is still there at each month's beginning."""
    stay = np.exp(-hazards[:, None] * shape)
    return np.concatenate([np.ones((len(hazards), 1)), np.cumprod(stay[:, :-1], axis=1)], axis=1)


def _ended_of_open(shape: Array) -> Array:
    """The logarithm of the share of a band's open plans that end in a month, at each of ``_LEVELS``."""
    hazards = np.exp(_LEVELS)
    there = _survivors(hazards, shape)
    ending = 1 - np.exp(-hazards[:, None] * shape)
    return np.asarray(np.log((ending * there).sum(axis=1) / there.sum(axis=1)))


def within_bands(opened: Banded, ended: Banded) -> Within:
    """The slopes that make England's average open and ended plans of all years agree.

    Of the plans that enter a band so many are open on a day, which is how long they stay in it, and so many end in it.
    Level and slope follow from the two.

    Args:
        opened, ended: (5, areas, years), of the same years.
    """
    years = (~np.isnan(ended.value)).any(axis=1).all(axis=0)
    there = np.nansum(opened.value[:, :, years], axis=1).mean(axis=1)
    gone = np.nansum(ended.value[:, :, years], axis=1).mean(axis=1)
    entered = np.cumsum(gone[::-1])[::-1]
    shape = np.ones(BAND_STARTS[-1] + 1)
    for band, width in enumerate(WIDTHS):
        place = (np.arange(width) - (width - 1) / 2) / width
        slope = _slope(place, 12 * there[band] / entered[band], 1 - gone[band] / entered[band])
        shape[BAND_STARTS[band] : BAND_STARTS[band + 1]] = np.exp(slope * place)
    return Within(shape)


def _slope(place: Array, months_there: float, still_there: float) -> float:
    """The slope under which plans stay so many months in a band, and this share of them leaves it open."""

    def gap(point: Array) -> list[float]:
        stay = np.exp(-np.exp(point[0] + point[1] * place))
        survivors = np.concatenate([[1.0], np.cumprod(stay)])
        return [survivors[:-1].sum() - months_there, survivors[-1] - still_there]

    start = [np.log(max(1 - still_there, 0.01) / len(place)), 0.0]
    found = least_squares(gap, start, bounds=([_LEVELS[0], -_STEEPEST], [_LEVELS[-1], _STEEPEST]))
    return float(np.round(found.x[1], _PLACES))

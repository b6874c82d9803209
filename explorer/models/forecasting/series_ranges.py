"""How wide the ranges of a series' forecasts are: from the errors that each way has made so far, corrected by misses.

While few errors at a horizon are known, the variance that the model itself gives stands in for them. Errors of
forecasts that overlap count less. Then the width follows hits and misses (adaptive conformal inference, Gibbs and
Candes 2021), so that in the long run the 80% range holds what it should. Nothing later than the origin is used.
"""

from math import isnan
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.forecasting.series_models import Expected, Observed
from explorer.models.forecasting.settings import Ranges

Array = NDArray[Any]
_NORMAL = NormalDist()
_MISSES = 0.2  # of an 80% range
_LEAST, _MOST = 0.02, 0.5  # what the share of misses aimed at may become


def spreads(series: Observed, model: Expected, settings: Ranges, first: int) -> Array:
    """(times, ahead) the standard deviation of every forecast, as it was known when it was made.

    Args:
        series: the figures.
        model: what one model expected.
        settings: how ranges learn.
        first: the time from which on errors count.
    """
    chance = series.chance
    ahead = model.point.shape[1]
    found = np.full(model.point.shape, np.nan)
    one = _squares(series.values, model.point[:, 0], chance, 1, first)
    known = ~np.isnan(one)
    # the expected variance of a count stands in for a first error
    own = (settings.variance_to_mean + np.where(known, one, 0.0).cumsum()) / (1 + known.cumsum())
    for step in range(1, ahead + 1):
        squares = one if step == 1 else _squares(series.values, model.point[:, step - 1], chance, step, first)
        seen = ~np.isnan(squares)
        number = seen.cumsum() / step  # errors that do not overlap
        mean = np.where(seen, squares, 0.0).cumsum() / np.maximum(seen.cumsum(), 1)
        weight = settings.model_counts_as
        variance = (weight * own * model.growth[:, step - 1] + number * mean) / (weight + number)
        found[:, step - 1] = np.sqrt(variance * chance)
        found[:, step - 1] *= _widening(
            series.values, model.point[:, step - 1], found[:, step - 1], step, first, settings
        )
    return found


def _squares(values: Array, point: Array, chance: Array, step: int, first: int) -> Array:
    """(times,) at each time the squared error of the forecast made so many periods before, over its chance."""
    found = np.full(len(values), np.nan)
    found[step:] = (values[step:] - point[:-step]) ** 2 / chance[:-step]
    found[: first + step] = np.nan
    return found


def _widening(values: Array, point: Array, spread: Array, step: int, first: int, settings: Ranges) -> Array:
    """(times,) what each spread is multiplied by, after the hits and misses that were known by then."""
    usual = _NORMAL.inv_cdf(1 - _MISSES / 2)
    found, aimed, factor = np.ones(len(values)), _MISSES, 1.0
    for time in range(len(values)):
        made = time - step
        if made >= first:
            off = abs(values[time] - point[made])
            if not isnan(off):
                missed = off > usual * spread[made] * found[made]
                aimed = min(max(aimed + settings.step * (_MISSES - missed), _LEAST), _MOST)
                factor = _NORMAL.inv_cdf(1 - aimed / 2) / usual
        found[time] = factor
    return found

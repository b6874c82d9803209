"""The seven rates behind the plan flow, year by year: occurrences over exposure, with the chance in them.

- ``first_starts``: first plans started, over children.
- ``returns``: second or later plans started, over the children who left a plan in the ten years before, each weighed
  by how likely a return is so long after (see ``flow.inputs``).
- five ``ending`` rates: plans ended in a duration band (DfE table D7) over the average of the band's open plans at
  the two year ends (table D5) times twelve months.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.durations import Within
from explorer.models.history import BANDS, History

Array = NDArray[Any]
FIRST, RETURNS = "first_starts", "returns"
ENDING = tuple(f"ending_{band}" for band in BANDS)
RATES = (FIRST, RETURNS, *ENDING)
_HALF = 0.5  # added to a count before its logarithm is taken, so that none is endless
_POOL_YEARS = 10


@dataclass(frozen=True)
class Seen:
    """One rate of all areas.

    Attributes:
        log_rate: (areas, years), NaN where it cannot be worked out.
        variance: (areas, years) of independent counts.
        events, exposure: (areas, years): the counts themselves.
        england: (years,) the logarithm of all areas together.
    """

    log_rate: Array
    variance: Array
    events: Array
    exposure: Array
    england: Array


def seen_rates(history: History, within: Within, shape: Array) -> Mapping[str, Seen]:
    """Every rate of every area and year of a history.

    Args:
        shape: (120,) how likely a return is by months since leaving; sums to 1.
    """
    found = {
        FIRST: _seen(history.first_starts, history.exposed),
        RETURNS: _seen(history.repeats, expected_returns(history, shape)),
    }
    for band, name in enumerate(ENDING):
        opened = history.open_bands.value[band]
        around = np.full_like(opened, np.nan)
        around[:, 1:] = opened[:, :-1] + opened[:, 1:]
        raw = _seen(history.ended_bands.value[band], 6 * around, 1 / np.maximum(around, 1.0) / 2)
        found[name] = Seen(
            within.level(band, raw.log_rate), raw.variance, raw.events, raw.exposure, within.level(band, raw.england)
        )
    return found


def _seen(events: Array, exposure: Array, also: Array | float = 0.0) -> Seen:
    """Occurrences over exposure; ``also`` is the variance that chance in the exposure adds."""
    known = ~np.isnan(events) & ~np.isnan(exposure) & (np.nan_to_num(exposure) > 0)
    occurred, exposed = np.where(known, events, 0.0), np.where(known, exposure, 1.0)
    log_rate = np.where(known, np.log((occurred + _HALF) / exposed), np.nan)
    variance = 1 / (occurred + _HALF) + np.where(known, also, 0.0)
    total = np.where(known, exposure, 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        england = np.log(occurred.sum(axis=0) / total)
    england = np.where(np.isfinite(england), england, np.nan)
    return Seen(log_rate, variance, np.where(known, events, np.nan), np.where(known, exposure, np.nan), england)


def expected_returns(history: History, shape: Array) -> Array:
    """(areas, years): returns there would be in a year if everybody who left came back within ten years.

    Plans that ended are spread evenly over their year; before the first year as many as in it.
    """
    left = history.left
    months = np.arange(12)
    weight = np.zeros(_POOL_YEARS + 1)  # by how many years before
    weight[0] = sum(shape[: 12 - month - 1].sum() for month in months) / 12
    for back in range(1, _POOL_YEARS + 1):
        first = 12 * back - months  # months since leaving, at the year's beginning, of who left in each month
        weight[back] = sum(shape[max(at - 1, 0) : at + 11].sum() for at in first) / 12
    years = len(history.years)
    total = np.zeros_like(left)
    for year in range(years):
        for back in range(_POOL_YEARS + 1):
            total[:, year] += weight[back] * left[:, max(year - back, 0)]
    return total

"""How good a forecast was: CRPS and coverage, also where the truth is hidden and only known as a range.

The continuous ranked probability score is the area between a forecast's distribution and the truth; it is in the unit
of the figure, and 0 is perfect (Gneiting and Raftery 2007). Where the truth is only known to lie between two ends, the
forecast is scored on what it says outside of them alone (threshold-weighted CRPS, Gneiting and Ranjan 2011), so that a
hidden figure rewards and punishes no guess about where in its range it lies.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def crps(draws: Array, least: Array, most: Array) -> Array:
    """The score of some forecasts, (n,).

    Args:
        draws: (n, draws).
        least, most: (n,) ends of what the truth can be; equal where it is known.
    """
    low, high = least[:, None], most[:, None]
    moved = np.sort(np.where(draws < low, draws, np.where(draws > high, draws - (high - low), low)), axis=1)
    number = moved.shape[1]
    weights = 2 * np.arange(number) - number + 1
    # the fair estimate of a spread from finitely many draws (Ferro 2014): n - 1, not n
    spread = (weights * moved).sum(axis=1) / (number * (number - 1))
    return np.asarray(np.abs(moved - low).mean(axis=1) - spread)


def inside(draws: Array, least: Array, most: Array, share: float) -> Array:
    """Whether the truth lay in the middle ``share`` of each forecast, (n,) from 0 to 1.

    Of a hidden truth it is the part of the forecast's own weight within the range that lies in its middle share (0
    where the forecast gives the range no weight at all).
    """
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2], axis=1)
    known = least >= most
    held = (least >= low - _ROUNDING) & (least <= high + _ROUNDING)
    within = (draws >= least[:, None]) & (draws <= most[:, None])
    both = within & (draws >= low[:, None]) & (draws <= high[:, None])
    weight = within.sum(axis=1)
    part = np.where(weight > 0, both.sum(axis=1) / np.maximum(weight, 1), 0.0)
    return np.asarray(np.where(known, held, part), dtype=float)


_ROUNDING = 1e-9

"""How good a forecast was: CRPS and coverage, also where the truth is hidden and only known as a range.

The continuous ranked probability score is the area between a forecast's distribution and the truth; it is in the unit
of the figure, and 0 is perfect (Gneiting and Raftery 2007). Figures that would be hidden count as one point, whether
the truth is among them or not (threshold-weighted CRPS, Gneiting and Ranjan 2011): so a hidden truth rewards no guess
about where in its range it lies, and nobody scores better by forecasting anything but what they believe.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def crps(draws: Array, truth: Array, low: Array, high: Array) -> Array:
    """The score of some forecasts, (n,).

    Args:
        draws: (n, draws).
        truth: (n,); of a hidden one anything within its range.
        low, high: (n,) ends of the figures that count as one point; equal where there are none.
    """

    def one_point(figures: Array) -> Array:
        least, most = low[:, None], high[:, None]
        return np.where(figures < least, figures, np.where(figures > most, figures - (most - least), least))

    moved, at = np.sort(one_point(draws), axis=1), one_point(truth[:, None])
    number = moved.shape[1]
    weights = 2 * np.arange(number) - number + 1
    # the fair estimate of a spread from finitely many draws (Ferro 2014): n - 1, not n
    spread = (weights * moved).sum(axis=1) / (number * (number - 1))
    return np.asarray(np.abs(moved - at).mean(axis=1) - spread)


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

"""Is one way of forecasting a single series nearer than another by more than luck?

The mean difference of their scores is held against its own standard error. Forecasts further ahead overlap, so that
their errors go together; the standard error allows for that.
"""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_BEYOND = 2  # periods beyond the overlap over which scores may still go together: calm and unsettled times last


def standard_errors(difference: Array, horizon: int) -> float:
    """By how many of its standard errors a mean difference is above 0; 0 where too few are there to tell.

    Args:
        difference: (n,) how much nearer each forecast was, in the order that they were made in. One that is missing
            between two others is passed over.
        horizon: periods ahead.

    Source: Diebold and Mariano 1995, with the weights of Newey and West 1987 (Bartlett) over the overlap and a little
    more, and the correction for few forecasts of Harvey, Leybourne and Newbold 1997.
    """
    number = len(difference)
    overlap = 1 - (2 * horizon - 1 - horizon * (horizon - 1) / max(number, 1)) / max(number, 1)
    if number <= horizon or overlap <= 0:
        return 0.0
    mean = float(difference.mean())
    apart = difference - mean
    variance = float(apart @ apart)
    span = horizon - 1 + _BEYOND
    for back in range(1, min(span, number - 1) + 1):
        variance += 2 * (1 - back / (span + 1)) * float(apart[back:] @ apart[:-back])
    spread = sqrt(max(variance, 0.0)) / number
    if spread <= 1e-12 * abs(mean):
        return float(np.sign(mean)) * np.inf if mean else 0.0
    return mean / spread * sqrt(overlap)

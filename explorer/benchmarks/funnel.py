"""A funnel: how far authorities of a size usually lie from a middle, and which lies beyond.

Spiegelhalter (2005), funnel plots with additive overdispersion on the arcsine square root scale: authorities differ
by more than chance, so limits that know of chance alone would flag half of them. A whole counts for fewer children
than it has (design effect), because brothers and sisters come together.
"""

from dataclasses import dataclass
from math import asin, pi, sqrt
from statistics import NormalDist

import numpy as np

from explorer.benchmarks.tally import Array, Tally

_WINSORISED = 0.1  # at either end, so that the few that truly differ do not widen the limits (Spiegelhalter 2005)
_EXACT_BELOW = 30  # the arcsine is not good enough for a smaller whole
_FEWEST = 3


@dataclass(frozen=True)
class Spread:
    """How far authorities differ from each other by more than chance.

    Attributes:
        theta: the pooled share of all, 0 to 1.
        tau_squared: variance between authorities on the arcsine square root scale; 0: chance explains it all.
        phi: mean squared distance in standard errors, after winsorising; 1: chance alone.
        authorities: how many it was estimated on.
        design_effect: what wholes were divided by.
    """

    theta: float
    tau_squared: float
    phi: float
    authorities: int
    design_effect: float


def spread(counts: Tally, design_effect: float) -> Spread:
    """Estimate the spread of some authorities (all of England's) about their pooled share.

    A hidden part stands at the middle of what it can be.
    """
    number = len(counts.areas)
    if number < _FEWEST:
        theta = float(counts.middle.sum() / counts.base.sum()) if number else 0.0
        return Spread(theta, 0.0, 1.0, number, design_effect)
    theta = float(counts.middle.sum() / counts.base.sum())
    errors = standard_errors(counts.base, design_effect)
    z = (np.arcsin(np.sqrt(counts.share)) - asin(sqrt(theta))) / errors
    low, high = np.quantile(z, [_WINSORISED, 1 - _WINSORISED])
    phi = float((np.clip(z, low, high) ** 2).mean())
    weights = 1 / errors**2
    beyond = number * phi - (number - 1)
    divisor = float(weights.sum() - (weights**2).sum() / weights.sum())
    return Spread(theta, max(beyond / divisor, 0.0), phi, number, design_effect)


def standard_errors(base: Array, design_effect: float) -> Array:
    """Of the arcsine square root of a share."""
    return np.asarray(1 / (2 * np.sqrt(base / design_effect)))


def middle_variance(counts: Tally, found: Spread) -> float:
    """How unsure the median of a group is, on the arcsine square root scale: few authorities, each with its chance.

    The large-sample variance of a median is pi/2 times that of a mean.
    """
    number = len(counts.areas)
    if not number:
        return 0.0
    each = found.tau_squared + float((standard_errors(counts.base, found.design_effect) ** 2).mean())
    return each / number * (pi / 2 if number >= _FEWEST else 1.0)


def limits(centre: float, base: Array, found: Spread, confidence: float, unsure: float = 0.0) -> tuple[Array, Array]:
    """Within which shares authorities of some sizes usually lie, 0 to 1.

    Args:
        centre: the share that they are held against, 0 to 1.
        base: (n,) their wholes.
        found: how far authorities differ.
        confidence: 0.95 or 0.998, say.
        unsure: the variance of the centre, from ``middle_variance``.

    Returns:
        The lower and upper limits, (n,) each.
    """
    base = np.asarray(base, dtype=float)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    width = z * np.sqrt(standard_errors(base, found.design_effect) ** 2 + found.tau_squared + unsure)
    angle = asin(sqrt(centre))
    low, high = (np.sin(np.clip(angle + sign * width, 0, pi / 2)) ** 2 for sign in (-1, 1))
    small = base < _EXACT_BELOW
    if small.any():
        from scipy.stats import binom  # noqa: PLC0415 - it takes half a second to load, and few need it

        whole = np.maximum(np.round(base[small] / found.design_effect), 1)
        tail = (1 - confidence) / 2
        low[small] = np.minimum(low[small], binom.ppf(tail, whole, centre) / whole)
        high[small] = np.maximum(high[small], binom.ppf(1 - tail, whole, centre) / whole)
    return low, high

"""Chance from month to month, the same for a baseline and its what-if.

A flow with mean m and variance d m is drawn from a gamma distribution by its rank: each month, flow and draw has a
rank from 0 to 255, made once from a seed, and a table holds for each spread the mean of that 256th part of the
distribution. The 256 figures of a spread have mean 1 exactly, so a run's mean is that of the recursion; ranks are
kept and only the spread changes with a what-if, so that chance cancels from their difference. A gamma is never
negative and has any spread, which small authorities need: most months with no re-plan at all, some with three.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincinv, ndtr

from explorer.models.flow.inputs import BAND_STARTS, Array

Whole = NDArray[np.int64]

ENDINGS = slice(0, len(BAND_STARTS))
RETURNS = len(BAND_STARTS)
FIRST_STARTS = RETURNS + 1
_FLOWS = FIRST_STARTS + 1
_RANKS = 256
# The table's rows are 1 / spread in steps of a sixteenth of an octave, read from the bits of the float itself.
_SHIFT = 48  # leaves the exponent and four bits of the fraction
_LEAST, _MOST = 2.0**-7, 2.0**13
_Q_STEPS = 1024  # steps of a chance from 0 to 1 for which the widest possible spread is kept


def _bits(value: float) -> int:
    return int(np.array(value).view(np.int64) >> _SHIFT)


_FIRST_ROW = _bits(_LEAST)
_ROWS = _bits(_MOST) - _FIRST_ROW + 1
ANY_SPREAD = _FIRST_ROW


@dataclass(frozen=True)
class Dispersion:
    """Variance of a monthly flow as a multiple of its mean: above 1 because brothers and sisters come together.

    Args:
        first_starts, returns: Of plans started.
        ending: Of plans ended, by duration band.
        together: Correlation, 0 to 1, of a month's first starts and returns.
    """

    first_starts: float
    returns: float
    ending: tuple[float, ...]
    together: float = 0.0


@dataclass(frozen=True)
class Noise:
    """Ranks of every flow, (months, 7, draws): five endings by duration band, returns, first starts.

    They are kept as the place in the table at which a rank begins. Made by ``make_noise``.
    """

    places: Whole
    dispersion: Dispersion


def make_noise(seed: int, months: int, draws: int, dispersion: Dispersion) -> Noise:
    """Noise for runs of up to ``months``; a longer one from the same seed begins with the same months."""
    ranks = np.random.default_rng(seed).integers(0, _RANKS, (months, _FLOWS, draws), dtype=np.uint8)
    if dispersion.together:
        pairs = np.random.default_rng([seed, 1]).standard_normal((months, 2, draws))
        rest = np.sqrt(1 - dispersion.together**2)
        pairs[:, 1] = dispersion.together * pairs[:, 0] + rest * pairs[:, 1]
        ranks[:, [FIRST_STARTS, RETURNS]] = ndtr(pairs) * _RANKS
    return Noise(ranks * np.int64(_ROWS) - np.int64(_FIRST_ROW), dispersion)


@lru_cache(maxsize=1)
def table() -> Array:
    """(256, rows) what to multiply a mean by, for each rank and each spread; the last row has no spread."""
    edges = np.array([_LEAST * 2.0 ** (row // 16) * (1 + row % 16 / 16) for row in range(_ROWS)])
    shape = edges[:-1] * (1 + 1 / 48)  # about the middle of the row
    cuts = gammaincinv(shape[None, :], np.arange(1, _RANKS)[:, None] / _RANKS)
    below = np.vstack([np.zeros_like(shape), gammainc(shape[None, :] + 1, cuts), np.ones_like(shape)])
    means = np.diff(below, axis=0) * _RANKS
    return np.ascontiguousarray(np.hstack([means / means.mean(axis=0), np.ones((_RANKS, 1))]))


@lru_cache(maxsize=1)
def _widest() -> Whole:
    """(1024,) the bits of the widest spread with which a chance, times the highest rank, stays below 1."""
    highest = table()[-1]  # falls from row to row
    chances = np.arange(1, _Q_STEPS + 1) / _Q_STEPS
    rows = np.searchsorted(-highest, -0.95 / chances)
    return np.minimum(rows, _ROWS - 1).astype(np.int64) + _FIRST_ROW


def narrowest_needed(chance: Array) -> Whole:
    """Where the table has to be read at the earliest so that no more leave than there are."""
    step = np.minimum(chance * _Q_STEPS, _Q_STEPS - 1).astype(np.int64)
    return np.asarray(_widest().take(step), dtype=np.int64)


def factors(inverse: Array, earliest: Whole, places: Whole, row: Whole, out: Array) -> Array:
    """What to multiply the means of flows by.

    Args:
        inverse: 1 / the square of the coefficient of variation: mean / dispersion.
        earliest: See ``narrowest_needed``; ``ANY_SPREAD`` where nothing limits a flow.
        places: The ranks of these flows, of ``Noise.places``.
        row: Working space of the same shape.
        out: Where the factors go.
    """
    np.right_shift(inverse.view(np.int64), _SHIFT, out=row)
    np.maximum(row, earliest, out=row)
    np.minimum(row, _FIRST_ROW + _ROWS - 1, out=row)
    np.add(row, places, out=row)
    return np.asarray(table().take(row, out=out, mode="clip"))

"""Exponential smoothing and the local level for many settings, series and times in one pass.

Whatever stands at a time rests on figures up to that time alone. So one pass over a series gives the forecasts of every
origin, and the setting that would have been picked at each of them. A missing figure changes nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# (3, settings) alpha, beta and phi of every damped trend that is tried
TRENDS = np.array(
    [
        (alpha, alpha * share, phi)
        for alpha in np.linspace(0.1, 1.0, 10)
        for share in (0.0, 0.05, 0.1, 0.2, 0.3)
        for phi in (0.8, 0.85, 0.9, 0.95, 0.98)
    ]
).T


@dataclass(frozen=True)
class Smoothed:
    """Every setting on every series.

    Attributes:
        level, trend: (settings, series, times) after each time; NaN before the first figure.
        error: of the forecast one period ahead, NaN where there was none.
        variance: of that error, up to one factor common to all times.
    """

    level: Array
    trend: Array
    error: Array
    variance: Array


def damped(values: Array, alpha: Array, beta: Array, phi: Array, start: Array | None = None) -> Smoothed:
    """ETS(A,Ad,N) in innovation form, and with ``beta`` 0 ETS(A,N,N).

    Args:
        values: (series, times); NaN where there is none.
        alpha, beta, phi: (settings,) as statsmodels' ``ETSModel`` has them.
        start: (series,) level before the first time; None: the first figure of each series. The first trend is 0.

    Source: Hyndman, Koehler, Ord and Snyder 2008, table 2.2.
    """
    shape = (len(alpha), *values.shape)
    levels, trends, errors = np.full(shape, np.nan), np.zeros(shape), np.full(shape, np.nan)
    a, b, f = alpha[:, None], beta[:, None], phi[:, None]
    level = np.broadcast_to(np.full(len(values), np.nan) if start is None else start, shape[:2]).copy()
    trend = np.zeros(shape[:2])
    for time in range(values.shape[1]):
        figure = values[:, time]
        ahead = level + f * trend
        error = figure - ahead
        errors[:, :, time] = error
        begun, seen = ~np.isnan(level), ~np.isnan(figure)
        step = np.where(seen & begun, error, 0.0)
        level = np.where(begun, ahead + a * step, figure)
        trend = f * trend + b * step
        levels[:, :, time], trends[:, :, time] = level, trend
    return Smoothed(levels, trends, errors, np.ones((1, 1, 1)))


def local_level(values: Array, drift: Array, noise: Array) -> Smoothed:
    """The local level by the Kalman filter; the first figure of a series starts it (an exact diffuse start).

    Args:
        values: (series, times); NaN where there is none.
        drift, noise: variance of the level's steps and of the noise, (settings, series), or with a last axis of times.

    Returns:
        ``variance`` is that of the errors; ``trend`` is the variance of the level.

    Source: Durbin and Koopman 2012, chapter 2.
    """
    shape = (len(drift), *values.shape)
    levels, left, errors, spread = (np.full(shape, np.nan) for _ in range(4))
    drift, noise = (np.broadcast_to(one if one.ndim == 3 else one[:, :, None], shape) for one in (drift, noise))
    level, variance = np.full(shape[:2], np.nan), np.zeros(shape[:2])
    for time in range(values.shape[1]):
        figure, chance = values[:, time], noise[:, :, time]
        begun, seen = ~np.isnan(level), ~np.isnan(figure)
        before = variance + drift[:, :, time]
        total = before + chance
        error = figure - level
        weight = np.where(seen, before / total, 0.0)
        moved = np.where(begun, level + weight * np.where(seen & begun, error, 0.0), figure)
        variance = np.where(begun, before * (1 - weight), np.where(seen, chance, 0.0))
        level = moved
        levels[:, :, time], left[:, :, time], errors[:, :, time], spread[:, :, time] = level, variance, error, total
    return Smoothed(levels, left, errors, spread)


def damping(phi: float, ahead: int) -> float:
    """How many times its last trend a damped forecast has moved after some periods."""
    return float(np.sum(phi ** np.arange(1, ahead + 1)))


def likeliest(smoothed: Smoothed, weight: Array, first: int = 1) -> Array:
    """(times,) the setting with the highest likelihood of the one-step errors up to each time, the scale left free.

    Args:
        smoothed: (settings, series, times).
        weight: (series, times) what the variance of each error is taken to be, up to a factor.
        first: the time of the first error that counts.
    """
    variance = smoothed.variance * weight
    seen = ~np.isnan(smoothed.error) & ~np.isnan(variance)
    seen[:, :, :first] = False
    squares = np.where(seen, smoothed.error**2 / variance, 0.0).sum(axis=1).cumsum(axis=1)
    logs = np.where(seen, np.log(variance), 0.0).sum(axis=1).cumsum(axis=1)
    number = np.maximum(seen.sum(axis=1).cumsum(axis=1), 1)
    return np.asarray(np.argmin(number * np.log(np.maximum(squares, 1e-300) / number) + logs, axis=0))

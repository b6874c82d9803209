"""The ways to forecast one series of months or quarters: what each expected after every period, with nothing later."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.forecasting.smoothing import TRENDS, damped, likeliest, local_level

Array = NDArray[Any]
_ALPHA = np.linspace(0.02, 1.0, 50)
_AIRLINE = np.array([(one, other) for one in np.linspace(0, -0.95, 20) for other in np.linspace(0, -0.95, 20)]).T
_MOVEMENT = np.concatenate([[0.0], np.geomspace(1e-3, 10.0, 40)])  # variance of a level's steps over that of its noise


@dataclass(frozen=True, eq=False)
class Observed:
    """One series of months or quarters.

    Attributes:
        values: (times,); NaN where a figure is hidden or missing.
        season: periods a year, 12 or 4.
        percent: whether the figures are shares from 0 to 100; else they are counts.
        denominators: (times,) what shares are of; None where not known.
        flow: (times, ahead) what the plan flow expects of the periods after each; None where it does not know it.
    """

    values: Array
    season: int
    percent: bool = False
    denominators: Array | None = None
    flow: Array | None = None

    def up_to(self, times: int) -> "Observed":
        """The first periods alone."""
        parts = (None if one is None else one[:times] for one in (self.denominators, self.flow))
        return Observed(self.values[:times], self.season, self.percent, *parts)

    @property
    def carried(self) -> Array:
        """(times,) the last figure known at each time."""
        places = np.where(np.isnan(self.values), -1, np.arange(len(self.values)))
        last = np.maximum.accumulate(places)
        return np.where(last < 0, np.nan, self.values[last])

    @property
    def recent(self) -> Array:
        """(times,) the mean of the last year's figures that are known."""
        return _mean_of_last(self.values, self.season)

    @property
    def chance(self) -> Array:
        """(times,) what the variance of a figure is in proportion to: the mean of a count, p(1-p)/n of a share."""
        level = self.recent
        if not self.percent:
            return np.fmax(level, 1.0)
        number = np.ones_like(level) if self.denominators is None else _mean_of_last(self.denominators, self.season)
        number = np.fmax(number, 1.0)
        share = np.clip(level / 100, 0.5 / np.fmax(number, 2.0), 1 - 0.5 / np.fmax(number, 2.0))
        return np.asarray(1e4 * share * (1 - share) / number)


@dataclass(frozen=True, eq=False)
class Expected:
    """What one model expected.

    Attributes:
        point: (times, ahead) made after each time; NaN where none was made.
        growth: (times, ahead) the variance of its errors, by the model itself, over that of the first period ahead.
    """

    point: Array
    growth: Array


def _mean_of_last(values: Array, number: int) -> Array:
    """(times,) the mean of the last figures up to each time, of those that are known; NaN where none is."""
    known = ~np.isnan(values)
    total, count = np.cumsum(np.where(known, values, 0.0)), np.cumsum(known)
    before = np.concatenate([np.zeros(number), total])[: len(values)], np.concatenate([np.zeros(number), count])
    there = count - before[1][: len(values)]
    return np.where(there > 0, (total - before[0]) / np.maximum(there, 1), np.nan)


def expected(series: Observed, ahead: int, shortest_seasonal: int) -> dict[str, Expected]:
    """Every model but the average, by name.

    Args:
        series: the figures.
        ahead: periods.
        shortest_seasonal: figures from which on the seasonal ARIMA is tried.
    """
    flat = np.ones((len(series.values), ahead))
    level, movement = _local_level(series, ahead)
    steps, moved, season = np.arange(1, ahead + 1), movement[:, None], series.season
    # What errors of a single figure and of a mean would be if the series were the local level that fits it best.
    one = (2 + moved * steps) / (2 + moved)
    usual = 1 + 1 / season + moved * season / 3
    mean = (usual + moved * steps) / (usual + moved)
    found = {
        "last_value": Expected(series.carried[:, None] * flat, one),
        "seasonal_last_value": Expected(_a_year_before(series, ahead), flat),
        "recent_mean": Expected(series.recent[:, None] * flat, mean),
        "level": _smoothed(series, ahead, _ALPHA, 0 * _ALPHA, 0 * _ALPHA + 1),
        "trend": _smoothed(series, ahead, *TRENDS),
        "local_level": level,
    }
    if (~np.isnan(series.values)).sum() >= shortest_seasonal:
        found["seasonal_arima"] = _seasonal_arima(series, ahead, shortest_seasonal)
    if series.flow is not None:
        found["plan_flow"] = Expected(series.flow[:, :ahead], one)
    return found


def _a_year_before(series: Observed, ahead: int) -> Array:
    """(times, ahead) the same month or quarter a year before, of the last one that is known by then."""
    times = len(series.values)
    back = [series.season * -(-step // series.season) - step for step in range(1, ahead + 1)]
    places = np.arange(times)[:, None] - np.array(back)
    return np.where(places >= 0, series.values[np.maximum(places, 0)], np.nan)


def _start(series: Observed) -> Array:
    """(1,) the mean of the first year: what a level starts from."""
    first = int(np.argmax(~np.isnan(series.values)))
    return np.array([np.nanmean(series.values[first : first + series.season])])


def _smoothed(series: Observed, ahead: int, alpha: Array, beta: Array, phi: Array) -> Expected:
    """Exponential smoothing with the likeliest setting at each time."""
    made = damped(series.values[None], alpha, beta, phi, _start(series))
    best = likeliest(made, np.ones((1, len(series.values))), series.season)
    times = np.arange(len(best))
    damping = np.cumsum(phi[best, None] ** np.arange(1, ahead + 1), axis=1)
    point = made.level[best, 0, times][:, None] + damping * made.trend[best, 0, times][:, None]
    # Hyndman, Koehler, Ord and Snyder 2008, table 6.1: each past error stays in the level with this weight
    weights = alpha[best, None] + beta[best, None] * damping[:, :-1]
    growth = 1 + np.concatenate([np.zeros((len(best), 1)), np.cumsum(weights**2, axis=1)], axis=1)
    return Expected(point, growth)


def _local_level(series: Observed, ahead: int) -> tuple[Expected, Array]:
    """The local level with the likeliest ratio of movement to noise at each time, and (times,) that ratio."""
    drift = _MOVEMENT[:, None]
    made = local_level(series.values[None], drift, np.ones_like(drift))
    best = likeliest(made, np.ones((1, len(series.values))))
    times = np.arange(len(best))
    level, left, moved = made.level[best, 0, times], made.trend[best, 0, times], _MOVEMENT[best]
    first = left + moved + 1
    growth = (first[:, None] + moved[:, None] * np.arange(ahead)) / first[:, None]
    return Expected(level[:, None] * np.ones(ahead), growth), moved


def _seasonal_arima(series: Observed, ahead: int, shortest: int) -> Expected:
    """The airline model (0,1,1)(0,1,1), with the setting that has the least squared errors up to each time.

    Source: Box and Jenkins 1976, chapter 9, conditional least squares: the exact likelihood takes a hundred times as
    long, too long for a page.
    """
    values, season = series.values, series.season
    times, begin = len(values), season + 1
    figures, errors = airline(values, season, _AIRLINE[0], _AIRLINE[1], _start(series))
    counted = ~np.isnan(values) & (np.arange(times) > season)
    squares = np.where(counted, errors[:, begin:] ** 2, 0.0).cumsum(axis=1)
    best = np.argmin(squares, axis=0)
    one, other = _AIRLINE[:, best]
    at, own, lost = np.arange(times), figures[best], errors[best]  # as seen with the setting of each time
    made = np.empty((times, ahead))

    def figure(step: int) -> Array:
        """So many periods after each time, or before it."""
        return made[:, step - 1] if step > 0 else own[at, begin + at + step]

    def error(step: int) -> Array:
        return np.zeros(times) if step > 0 else lost[at, begin + at + step]

    for step in range(1, ahead + 1):
        moved = figure(step - 1) + figure(step - season) - figure(step - season - 1)
        shocks = one * error(step - 1) + other * error(step - season) + one * other * error(step - season - 1)
        made[:, step - 1] = moved + shocks
    made[(~np.isnan(values)).cumsum() < shortest] = np.nan
    # up to one season ahead each past error but the last stays with this weight
    return Expected(made, 1 + (1 + one[:, None]) ** 2 * np.arange(ahead))


def airline(values: Array, season: int, one: Array, other: Array, start: Array) -> tuple[Array, Array]:
    """The errors one period ahead of the airline model, for many settings.

    A missing figure is taken to be the one that was expected.

    Args:
        values: (times,); NaN where there is none.
        season: periods a year.
        one, other: (settings,) its two moving averages, with the signs that statsmodels gives them.
        start: (1,) the figure of every period before the first: so no seasons are known before any is seen.

    Returns:
        (settings, season + 1 + times) the figures, those that are missing as expected, and the errors.
    """
    begin = season + 1
    figures, errors = np.zeros((2, len(one), begin + len(values)))
    figures[:, :begin] = start
    for time, figure in enumerate(values, begin):
        ahead = figures[:, time - 1] + figures[:, time - season] - figures[:, time - begin]
        ahead += one * errors[:, time - 1] + other * errors[:, time - season] + one * other * errors[:, time - begin]
        figures[:, time] = ahead if np.isnan(figure) else figure
        errors[:, time] = figures[:, time] - ahead
    return figures, errors

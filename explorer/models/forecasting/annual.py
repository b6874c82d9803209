"""Forecasts of yearly figures: smoothing learnt from all authorities together, ranges from all their past errors.

On at most thirteen years what would be fitted to one authority is noise, so smoothing is fitted to all of them. A range
is as wide as the errors that forecasts so many years ahead have made by then, in all authorities, in proportion to
what is expected of a figure of that size: so a small authority has a wider one. Nothing is later than the origin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.forecasting.smoothing import TRENDS, Smoothed, damped, damping, likeliest, local_level
from explorer.models.forecasting.yearly import Yearly

Array = NDArray[Any]
POINTS = 99
CHANCES = (np.arange(POINTS) + 0.5) / POINTS  # of the quantiles that stand for a forecast
SMOOTHED = ("recent_mean", "level", "trend", "local_level")
MODELS = ("last_value", *SMOOTHED, "plan_flow", "average")
_ALPHA = np.linspace(0.05, 1.0, 20)
_RATIOS = np.geomspace(0.01, 100, 25)  # of chance to movement, as multiples of the usual
_SETTLED = 2  # years before which the errors of a forecast are those of its start


@dataclass(frozen=True, eq=False)
class Errors:
    """How far a model's forecasts were out, as learnt by one year.

    Attributes:
        ratio: of chance to movement in their variance.
        quantiles: (POINTS,) of the errors, each divided by the square root of movement + ratio x chance.
    """

    ratio: float
    quantiles: Array


@dataclass(frozen=True, eq=False)
class Pooled:
    """What all authorities' figures up to one year say of how an indicator is forecast.

    Attributes:
        year: ending 31 March; nothing later is in it.
        settings: of each smoothing model: alpha, beta and phi of level and trend, the ratio of chance to movement of
            the local level.
        errors: by model and years ahead.
    """

    indicator: str
    year: int
    settings: Mapping[str, tuple[float, ...]]
    errors: Mapping[tuple[str, int], Errors]


def learn_pooled(figures: Yearly, year: int, horizons: Sequence[int]) -> Pooled | None:
    """Fit every model to all authorities' years up to one; None where there are too few, or none for that one.

    Args:
        figures: of all authorities; later years are not looked at.
        year: the origin, ending 31 March.
        horizons: years ahead.
    """
    if year not in figures.years:
        return None
    known = figures.up_to(year)
    if len(known.years) <= max(horizons):
        return None
    moving, chance = known.parts
    usual = float(np.nanmedian(moving / chance))
    ratios = usual * _RATIOS
    last = _errors(known, known.middle, 1, ratios)
    before = np.roll(moving + last.ratio * chance, 1, axis=1)  # as expected a year earlier
    settings = _settings(known, before, ratios)
    errors = {
        (model, horizon): _errors(known, point, horizon, ratios)
        for model, by_horizon in points(known, settings, horizons).items()
        for horizon, point in by_horizon.items()
    }
    return Pooled(known.indicator, year, settings, errors)


def _settings(known: Yearly, weight: Array, ratios: Array) -> dict[str, tuple[float, ...]]:
    """The likeliest smoothing of all authorities together."""
    moving, chance = known.parts
    zero = np.zeros_like(_ALPHA)
    level = likeliest(damped(known.middle, _ALPHA, zero, zero + 1), weight)[-1]
    trend = likeliest(damped(known.middle, *TRENDS), weight)[-1]
    noise = ratios[:, None, None] * chance
    seen = local_level(known.middle, np.broadcast_to(moving, noise.shape), noise)
    return {
        "level": (float(_ALPHA[level]), 0.0, 1.0),
        "trend": tuple(float(one) for one in TRENDS[:, trend]),
        "local_level": (float(ratios[likeliest(seen, np.ones_like(chance))[-1]]),),
    }


def points(
    known: Yearly, settings: Mapping[str, tuple[float, ...]], horizons: Sequence[int]
) -> dict[str, dict[int, Array]]:
    """(areas, years) what each model expects so many years after each year, by model and years ahead."""
    moving, chance = known.parts
    one = np.ones(1)
    level, trend = (damped(known.middle, *(one * number for number in settings[model])) for model in ("level", "trend"))
    (ratio,) = settings["local_level"]
    seen: Smoothed = local_level(known.middle, moving[None], ratio * chance[None])
    flat = {
        "last_value": known.middle,
        "recent_mean": known.recent,
        "level": level.level[0],
        "local_level": seen.level[0],
    }
    found = {model: dict.fromkeys(horizons, figure) for model, figure in flat.items()}
    phi = settings["trend"][2]
    found["trend"] = {ahead: trend.level[0] + damping(phi, ahead) * trend.trend[0] for ahead in horizons}
    return found


def _errors(known: Yearly, point: Array, ahead: int, ratios: Array) -> Errors:
    """The errors of forecasts from every year on whose truth was known, and how they grow with size.

    What one year brings to all authorities at once is seen only as often as there are years. So that part of the
    variance is taken once more, over the number of years, as in a forecast from a mean of so many.
    """
    first = max(min(_SETTLED, point.shape[1] - ahead - 1), 0)
    origins = slice(first, point.shape[1] - ahead)
    error = known.middle[:, first + ahead :] - point[:, origins]
    moving, chance = (part[:, origins] for part in known.parts)
    there = ~(np.isnan(error) | np.isnan(moving + chance) | np.isnan(known.middle[:, origins]))
    variance = moving[there] + ratios[:, None] * chance[there]
    scaled = np.log((error[there] ** 2 / variance).mean(axis=1))
    ratio = float(ratios[np.argmin(scaled + np.log(variance).mean(axis=1))])
    standard = np.where(there, error / np.sqrt(moving + ratio * chance), 0.0)
    number = there.sum(axis=0)
    shared = standard.sum(axis=0)[number > 0] / number[number > 0]
    part = (shared**2).mean() * there.sum() / (standard**2).sum()
    widened = np.sqrt(1 + part / len(shared))
    return Errors(ratio, widened * np.quantile(standard[there], CHANCES))


def forecasts(
    known: Yearly, pooled: Pooled, horizons: Sequence[int], flow: Mapping[int, Array] | None = None
) -> dict[tuple[str, int], Array]:
    """(areas, POINTS) the quantiles of every forecast from the last year known, by model and years ahead.

    Args:
        known: up to the year of ``pooled``; of some areas or all.
        pooled: what all authorities say.
        horizons: years ahead.
        flow: by years ahead, (areas, POINTS) of the plan flow; NaN for an authority that it refuses.

    Returns:
        NaN where an authority has no figure in its last year. Shares are from 0 to 100, nothing is negative.
    """
    there = ~np.isnan(known.middle[:, -1])
    moving, chance = (part[:, -1] for part in known.parts)
    most = 100.0 if known.unit == "percent" else np.inf
    found: dict[tuple[str, int], Array] = {}
    for model, by_horizon in points(known, pooled.settings, horizons).items():
        for ahead, point in by_horizon.items():
            errors = pooled.errors[model, ahead]
            spread = np.sqrt(moving + errors.ratio * chance)[:, None] * errors.quantiles
            quantiles = np.clip(point[:, -1:] + spread, 0.0, most)
            found[model, ahead] = np.where(there[:, None], quantiles, np.nan)
    for ahead in horizons:
        members = [found[model, ahead] for model in ("last_value", *SMOOTHED)]
        if flow is not None and ahead in flow:
            found["plan_flow", ahead] = np.where(there[:, None], flow[ahead], np.nan)
            members.append(found["plan_flow", ahead])
        stacked = np.stack(members)
        number = (~np.isnan(stacked)).sum(axis=0)
        mean = np.nansum(stacked, axis=0) / np.maximum(number, 1)
        found["average", ahead] = np.where(there[:, None], mean, np.nan)
    return found

"""The test of yearly forecasts: from every past 31 March, with nothing later, scored on what came."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.models.forecasting.annual import CHANCES, POINTS, forecasts, learn_pooled
from explorer.models.forecasting.fan import FAN_CHANCES
from explorer.models.forecasting.settings import Test
from explorer.models.forecasting.yearly import Yearly
from explorer.models.scoring import crps, inside

Array = NDArray[Any]
_AT = [int(np.argmin(np.abs(CHANCES - chance))) for chance in FAN_CHANCES]  # the nearest of the quantiles there are
# One row a forecast. `crps`, `error`, `scale`, `pinball`: of counts per 10,000 children, else in the figure's unit.
# `scale`: the mean change from one year to the next so far. `crps_last`: of the last value. `in_80`, `in_95`: 0 to 1.
ROWS: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "model": pl.String,
    "origin": pl.Int64,
    "horizon": pl.Int64,
    "area": pl.String,
    "hidden": pl.Boolean,
    "crps": pl.Float64,
    "crps_last": pl.Float64,
    "error": pl.Float64,
    "scale": pl.Float64,
    "pinball": pl.Float64,
    "in_80": pl.Float64,
    "in_95": pl.Float64,
}
SUMMED = ("crps", "crps_last", "error", "scale", "pinball", "in_80", "in_95")
Flow = Callable[[str, int], Mapping[int, Array] | None]


def scored_rows(figures: Yearly, settings: Test, flow: Flow) -> pl.DataFrame:
    """Every forecast of one indicator with its score: ``ROWS``.

    Args:
        figures: of every authority.
        settings: horizons, and figures before the first forecast.
        flow: gives the plan flow's forecasts of an indicator from a year, as ``annual.forecasts`` takes them.
    """
    seen = (~np.isnan(figures.middle)).cumsum(axis=1)
    parts = [pl.DataFrame(schema=ROWS)]
    for base, origin in enumerate(figures.years[:-1]):
        pooled = learn_pooled(figures, origin, settings.horizons)
        if pooled is None or base + 1 < settings.shortest:
            continue
        known = figures.up_to(origin)
        made = forecasts(known, pooled, settings.horizons, flow(figures.indicator, origin))
        enough = seen[:, base] >= settings.shortest
        for (model, ahead), quantiles in made.items():
            if base + ahead < len(figures.years):
                parts.append(_scored(figures, base, ahead, model, quantiles, made["last_value", ahead], enough))
    return pl.concat(parts)


def _scored(
    figures: Yearly, base: int, ahead: int, model: str, quantiles: Array, last: Array, enough: Array
) -> pl.DataFrame:
    least, most, low, high = (getattr(figures, name)[:, base + ahead] for name in ("least", "most", "low", "high"))
    there = enough & ~np.isnan(least) & ~np.isnan(quantiles).any(axis=1) & ~np.isnan(last).any(axis=1)
    least, most, low, high, quantiles, last = (one[there] for one in (least, most, low, high, quantiles, last))
    weight = figures.weight[there, base]
    changes = np.abs(np.diff(figures.middle[:, : base + 1], axis=1))
    scale = np.nansum(changes, axis=1) / np.maximum((~np.isnan(changes)).sum(axis=1), 1)
    lost = _one_point(quantiles, low, high) - _one_point(least[:, None], low, high)
    return pl.DataFrame(
        {
            "indicator": figures.indicator,
            "model": model,
            "origin": figures.years[base],
            "horizon": ahead,
            "area": np.array(figures.areas)[there],
            "hidden": most > least,
            "crps": crps(quantiles, least, low, high) / weight,
            "crps_last": crps(last, least, low, high) / weight,
            "error": np.abs(lost[:, POINTS // 2]) / weight,
            "scale": scale[there] / weight,
            "pinball": pinball(lost[:, _AT]) / weight,
            "in_80": inside(quantiles, least, most, 0.80),
            "in_95": inside(quantiles, least, most, 0.95),
        },
        schema=ROWS,
    )


def pinball(over: Array) -> Array:
    """(n,) the mean quantile loss of a fan.

    Args:
        over: (n, 7) by how much each of its quantiles lies above the truth.

    Source: Koenker and Bassett 1978.
    """
    chances = np.array(FAN_CHANCES)
    return np.asarray(np.maximum((1 - chances) * over, -chances * over).mean(axis=1))


def _one_point(figures: Array, low: Array, high: Array) -> Array:
    """All figures that would be hidden moved to one point; see ``scoring``."""
    least, most = low[:, None], high[:, None]
    return np.where(figures < least, figures, np.where(figures > most, figures - (most - least), least))


def summed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows added up by indicator, model, origin and horizon: ``n`` and the sums of ``SUMMED``."""
    keys = ["indicator", "model", "origin", "horizon"]
    return rows.group_by(keys).agg(pl.len().alias("n"), *(pl.col(name).sum() for name in SUMMED)).sort(keys)

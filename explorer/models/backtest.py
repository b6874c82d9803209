"""The back-test: forecasts made with nothing later than each starting year, scored on what happened next.

For every authority and every 31 March from 2016 on, the plan flow looks one, two and three years ahead. Its scores
stand beside those of the last value carried forward and of a panel regression.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.benchmark_entries import Suppression
from explorer.errors import SelectionError
from explorer.models.calibration import Calibration, calibrate
from explorer.models.england import England, learn
from explorer.models.fit_settings import FitSettings
from explorer.models.flow import Noise, indicators, make_noise, run
from explorer.models.flow.inputs import YEAR
from explorer.models.history import History
from explorer.models.rivals import TESTED, Figures, figures, last_value, panel_regression
from explorer.models.scoring import crps, inside
from explorer.models.what_if import whole_children

Array = NDArray[Any]
HORIZONS = (1, 2, 3)
FIRST_ORIGIN = 2016
MODELS = ("plan_flow", "panel_regression", "last_value")
SIZES = ((0, 100), (100, 250), (250, 500), (500, 100_000))  # plans open at the start

# One row a forecast: what it was of, its score, and whether its 80% and 95% ranges held the truth (0 to 1).
SCORES: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "area": pl.String,
    "origin": pl.Int64,
    "horizon": pl.Int64,
    "model": pl.String,
    "plans_open": pl.Float64,
    "hidden": pl.Boolean,
    "crps": pl.Float64,
    "in_80": pl.Float64,
    "in_95": pl.Float64,
}


@dataclass(frozen=True)
class Settings:
    """How the back-test is run: of the what-if itself, so that what is tested is what the sliders move."""

    fit: FitSettings
    suppression: Suppression
    return_shape: Array
    draws: int
    seed: int
    fewest: int


@dataclass(frozen=True, eq=False)
class OriginWork:
    """Makes and scores the forecasts of one starting year, which asks nothing of the other years.

    Attributes:
        history: of every authority.
        names: what each is called.
        settings: how the forecasts are made.
    """

    history: History
    names: Mapping[str, str]
    settings: Settings

    def __call__(self, origin: int) -> pl.DataFrame:
        """``SCORES`` of the forecasts from 31 March of a year."""
        return pl.concat(_origin(self.history, self.names, self.settings, origin))


def back_test(
    history: History,
    names: Mapping[str, str],
    settings: Settings,
    progress: Callable[[float, str], object],
    each: Callable[[OriginWork, Sequence[int]], Iterable[pl.DataFrame]] = map,
) -> pl.DataFrame:
    """Every forecast with its score.

    Args:
        history: of every authority.
        names: what each is called.
        settings: how the forecasts are made.
        progress: told the share done and what is next.
        each: does the work of every starting year, and gives the results in their order.

    Returns:
        ``SCORES``. Only forecasts that all three models made and that have a truth, known or hidden.
    """
    origins = [year for year in history.years[:-1] if year >= FIRST_ORIGIN]
    results = iter(each(OriginWork(history, names, settings), origins))
    parts = []
    for number, origin in enumerate(origins):
        progress(number / len(origins), f"forecasts from 31 March {origin}")
        parts.append(next(results))
    progress(1.0, "done")
    return pl.concat(parts)


def _origin(history: History, names: Mapping[str, str], settings: Settings, origin: int) -> Iterator[pl.DataFrame]:
    known = history.up_to(origin)
    england = learn(known, settings.fit, settings.return_shape)
    drawn = _all_forecasts(known, england, names, settings)
    base = history.years.index(origin)
    # divided by the children as they were known then, as the forecasts are
    rule = settings.suppression
    before, truth = figures(known, rule), figures(history, rule, known.exposed[:, [-1]])
    for horizon in HORIZONS:
        if base + horizon >= len(history.years):
            continue
        for place, indicator in enumerate(TESTED):
            forecasts = {
                "plan_flow": drawn[:, horizon - 1, place],
                "panel_regression": panel_regression(before[indicator], horizon),
                "last_value": last_value(before[indicator], horizon),
            }
            yield _scored(history, truth[indicator], forecasts, indicator, base, horizon)


def _scored(
    history: History, truth: Figures, forecasts: Mapping[str, Array], indicator: str, base: int, horizon: int
) -> pl.DataFrame:
    least, most, low, high = (ends[:, base + horizon] for ends in (truth.least, truth.most, truth.low, truth.high))
    there = ~np.isnan(least)
    for draws in forecasts.values():
        there &= ~np.isnan(draws).any(axis=1)
    rows = [
        pl.DataFrame(
            {
                "indicator": indicator,
                "area": np.array(history.areas)[there],
                "origin": history.years[base],
                "horizon": horizon,
                "model": model,
                "plans_open": history.open[there, base],
                "hidden": (most > least)[there],
                "crps": crps(draws[there], least[there], low[there], high[there]),
                "in_80": inside(draws[there], least[there], most[there], 0.80),
                "in_95": inside(draws[there], least[there], most[there], 0.95),
            },
            schema=SCORES,
        )
        for model, draws in forecasts.items()
    ]
    return pl.concat(rows)


def _all_forecasts(known: History, england: England, names: Mapping[str, str], settings: Settings) -> Array:
    """(areas, years ahead, tested figures, draws) by the plan flow; NaN for an authority that is refused."""
    noise = make_noise(settings.seed, YEAR * len(HORIZONS), settings.draws, settings.fit.dispersion.of_flows)
    drawn = np.full((len(known.areas), len(HORIZONS), len(TESTED), settings.draws), np.nan)
    for number, area in enumerate(known.areas):
        if np.isnan(known.started[number, -1]):
            continue
        try:
            start = calibrate(known, england, area, names[area], settings.draws, settings.seed, settings.fewest)
        except SelectionError:
            continue
        drawn[number] = forecast(start, noise, settings.seed, float(known.exposed[number, -1]))
    return drawn


def forecast(start: Calibration, noise: Noise, seed: int, children: float) -> Array:
    """(years ahead, tested figures, draws) of one authority, in whole children.

    Args:
        children: what plans open are divided by, times 10,000.
    """
    months = YEAR * len(HORIZONS)
    figures = whole_children(indicators(run(start.state, start.rates, None, months, noise), start.state.year), seed)
    scale = {"plans_open": 1e4 / children}
    years = np.arange(YEAR - 1, months, YEAR)
    # A part of nothing is taken as 0.
    return np.stack([np.nan_to_num(figures[name][years]) * scale.get(name, 1.0) for name in TESTED], axis=1)


def summary(scores: pl.DataFrame) -> pl.DataFrame:
    """Scores by figure, horizon and model.

    Returns:
        ``indicator, horizon, model, n, crps, gain`` (percent better than the last value carried forward), ``in_80,
        in_95`` (percent of truths held) and, of truths that are published, ``in_80_known, in_95_known``.
    """
    return _summed(scores, ["indicator", "horizon"])


def by_size(scores: pl.DataFrame) -> pl.DataFrame:
    """The same by how many plans were open at the start: ``least_open`` to below ``most_open``."""
    parts = []
    for least, most in SIZES:
        some = scores.filter(pl.col("plans_open") >= least, pl.col("plans_open") < most)
        parts.append(_summed(some, ["indicator", "horizon"]).with_columns(least_open=least, most_open=most))
    return pl.concat(parts)


def _summed(scores: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    known = ~pl.col("hidden")
    table = scores.group_by([*keys, "model"], maintain_order=True).agg(
        n=pl.len(),
        crps=pl.col("crps").mean(),
        in_80=100 * pl.col("in_80").mean(),
        in_95=100 * pl.col("in_95").mean(),
        in_80_known=100 * pl.col("in_80").filter(known).mean(),
        in_95_known=100 * pl.col("in_95").filter(known).mean(),
    )
    last = table.filter(model="last_value").select(*keys, last="crps")
    gain = 100 * (1 - pl.col("crps") / pl.col("last"))
    return table.join(last, on=keys).with_columns(gain=gain).drop("last")

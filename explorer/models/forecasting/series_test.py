"""The test of a series of months or quarters on its own past, its fan where something helps, and its usual movement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from explorer.models.forecasting.annual import CHANCES
from explorer.models.forecasting.annual_test import pinball
from explorer.models.forecasting.fan import FAN_CHANCES, Fan, Score, Tested, choose, fan_of
from explorer.models.forecasting.luck import standard_errors
from explorer.models.forecasting.series_models import Expected, Observed, expected
from explorer.models.forecasting.series_ranges import spreads
from explorer.models.forecasting.settings import ForecastSettings
from explorer.models.scoring import crps
from explorer.models.what_if import month_end

Array = NDArray[Any]
# A spread rests on about a dozen errors that do not overlap, so tails are those of Student's t; the 80% range is left.
_FREEDOM = 12
_SHAPE, _FAN = (
    stdtrit(_FREEDOM, chances) * NormalDist().inv_cdf(0.9) / stdtrit(_FREEDOM, 0.9)
    for chances in (CHANCES, FAN_CHANCES)
)
_YEAR = 12
_LAST = "last_value"


@dataclass(frozen=True, eq=False)
class Rolled:
    """Every model's forecasts of a series from every period on.

    Attributes:
        series: the figures.
        point, spread: by model, (times, ahead) what is expected and its standard deviation; NaN where none is made.
    """

    series: Observed
    point: dict[str, Array]
    spread: dict[str, Array]

    def up_to(self, times: int) -> "Rolled":
        """The same of the first periods alone: nothing rests on a later one, so nothing is made again."""
        cut = [{name: one[:times] for name, one in by.items()} for by in (self.point, self.spread)]
        return Rolled(self.series.up_to(times), *cut)


def roll(series: Observed, settings: ForecastSettings) -> Rolled:
    """Make every forecast of a series with nothing later than the period it is made after.

    Args:
        series: the figures, with nothing later than the day that they are looked at from.
        settings: forecast.yaml.
    """
    test = settings.of_season(series.season)
    ahead = max(test.horizons)
    seen = (~np.isnan(series.values)).cumsum()
    if not seen.size or seen[-1] < test.shortest:
        return Rolled(series, {}, {})
    models = expected(series, ahead, test.shortest_seasonal)
    models["average"] = _average(models)
    first = int(np.argmax(seen >= test.shortest))
    spread = {name: spreads(series, model, settings.ranges, first) for name, model in models.items()}
    early = np.arange(len(seen)) < first
    return Rolled(
        series, {name: np.where(early[:, None], np.nan, model.point) for name, model in models.items()}, spread
    )


def _average(models: dict[str, Expected]) -> Expected:
    """The equal-weight average of those that there are at each time."""
    point, growth = (np.stack([getattr(model, name) for model in models.values()]) for name in ("point", "growth"))
    there = ~np.isnan(point)
    number = np.maximum(there.sum(axis=0), 1)
    means = [np.where(there, one, 0.0).sum(axis=0) / number for one in (point, growth)]
    return Expected(np.where(there.any(axis=0), means[0], np.nan), means[1])


def judged(rolled: Rolled, settings: ForecastSettings) -> Tested:
    """How every model did, and which is shown."""
    test = settings.of_season(rolled.series.season)
    scores = [
        score
        for name in settings.models
        if name in rolled.point
        for horizon in test.horizons
        if (score := score_of(scored(rolled, name, horizon), name, horizon)) is not None
    ]
    return choose(tuple(scores), test, settings)


def scored(rolled: Rolled, model: str, horizon: int) -> dict[str, Array]:
    """Each forecast of a model at one horizon that has a truth and a forecast of the last value beside it.

    Returns:
        ``origin`` (the place of the period it was made after), ``crps, crps_last, error, scale, pinball`` in the unit
        of the series, ``in_80, in_95`` (0 or 1). ``scale``: the mean change from one period to the next so far.
    """
    values = rolled.series.values
    truth = values[horizon:]
    made, last = (_quantiles(rolled, name, horizon)[: len(truth)] for name in (model, _LAST))
    there = ~(np.isnan(truth) | np.isnan(made).any(axis=1) | np.isnan(last).any(axis=1))
    changes = np.abs(np.diff(values, prepend=np.nan))
    seen = ~np.isnan(changes)
    scale = np.where(seen, changes, 0.0).cumsum() / np.maximum(seen.cumsum(), 1)
    truth, made, last, nothing = truth[there], made[there], last[there], np.zeros(int(there.sum()))
    fan = rolled.point[model][: len(there), horizon - 1][there, None] + (
        rolled.spread[model][: len(there), horizon - 1][there, None] * _FAN
    )
    fan = np.clip(fan, 0.0, _most(rolled.series))
    return {
        "origin": np.flatnonzero(there),
        "crps": crps(made, truth, nothing, nothing),
        "crps_last": crps(last, truth, nothing, nothing),
        "error": np.abs(fan[:, 3] - truth),
        "scale": scale[: len(there)][there],
        "pinball": pinball(fan - truth[:, None]),
        "in_80": ((fan[:, 1] <= truth) & (truth <= fan[:, 5])).astype(float),
        "in_95": ((fan[:, 0] <= truth) & (truth <= fan[:, 6])).astype(float),
    }


def _quantiles(rolled: Rolled, model: str, horizon: int) -> Array:
    """(times, POINTS) the quantiles of a model's forecasts."""
    point, spread = (by_model[model][:, horizon - 1] for by_model in (rolled.point, rolled.spread))
    found: Array = np.clip(point[:, None] + spread[:, None] * _SHAPE, 0.0, _most(rolled.series))
    return found


def _most(series: Observed) -> float:
    return 100.0 if series.percent else np.inf


def score_of(rows: dict[str, Array], model: str, horizon: int) -> Score | None:
    """Some forecasts of one model at one horizon (``scored``) as one score; None where there are none."""
    number = len(rows["origin"])
    if not number:
        return None
    sums = {name: float(one.sum()) for name, one in rows.items()}
    return Score(
        model=model,
        horizon=horizon,
        n=number,
        origins=number,
        mase=sums["error"] / sums["scale"] if sums["scale"] > 0 else float("nan"),
        pinball=sums["pinball"] / number,
        crps=sums["crps"] / number,
        gain=100 * (1 - sums["crps"] / sums["crps_last"]) if sums["crps_last"] > 0 else 0.0,
        in_80=100 * sums["in_80"] / number,
        in_95=100 * sums["in_95"] / number,
        sure=standard_errors(rows["crps_last"] - rows["crps"], horizon),
    )


def series_fan(rolled: Rolled, ends: Sequence[date], tested: Tested) -> Fan | None:
    """What is expected of the next months or quarters; None where nothing is shown.

    Args:
        rolled: of the figures up to the day that it is made.
        ends: the last day of each of their periods.
        tested: what ``judged`` said of it.
    """
    return None if tested.chosen is None else _fan(rolled, ends, tested.chosen, tested.reach)


def usual_movement(rolled: Rolled, ends: Sequence[date], settings: ForecastSettings) -> Fan | None:
    """How far from its last figure a series usually is some months or quarters later.

    It is the last figure carried forward, as far ahead as enough of such forecasts could be tested: a band for a stock
    (plans open on a day), which a control chart must not judge, whether or not anything forecasts it better.

    Args:
        rolled: of the figures up to the day that it is made.
        ends: the last day of each of their periods.
        settings: forecast.yaml.

    Returns:
        A fan of the model "last_value"; None where too few figures are known.
    """
    test = settings.of_season(rolled.series.season)
    if _LAST not in rolled.point:
        return None
    told = [horizon for horizon in test.horizons if len(scored(rolled, _LAST, horizon)["origin"]) >= test.fewest]
    return _fan(rolled, ends, _LAST, max(told)) if told else None


def _fan(rolled: Rolled, ends: Sequence[date], model: str, reach: int) -> Fan | None:
    if model not in rolled.point:
        return None
    point, spread = (by[model][-1, :reach] for by in (rolled.point, rolled.spread))
    if np.isnan(point).any() or np.isnan(spread).any():
        return None
    quantiles = np.clip(point[:, None] + spread[:, None] * _FAN, 0.0, _most(rolled.series))
    after = tuple(month_end(ends[-1], step * _YEAR // rolled.series.season) for step in range(1, reach + 1))
    return fan_of(model, after, quantiles)

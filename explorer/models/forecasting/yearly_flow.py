"""The plan flow as one of the ways to forecast yearly figures: of an authority, and of all for the test."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import SelectionError
from explorer.models.backtest import Settings
from explorer.models.calibration import Calibration, calibrate
from explorer.models.england import learn
from explorer.models.flow import INDICATORS, Noise, indicators, make_noise, run
from explorer.models.flow.inputs import YEAR
from explorer.models.forecasting.annual import CHANCES, POINTS
from explorer.models.history import History
from explorer.models.what_if import whole_children

Array = NDArray[Any]
_RATES = {f"{name}_per_10k": name for name in ("plans_open", "plans_started", "plans_ended")}
FLOW_INDICATORS = (*INDICATORS, *_RATES)


def flow_of(start: Calibration, noise: Noise, seed: int, children: float) -> dict[str, dict[int, Array]]:
    """One authority's quantiles by indicator and years ahead, each (1, POINTS), in whole children.

    Args:
        start: where it stands.
        noise: of as many months as are wanted.
        seed: where the random numbers that round to whole children start.
        children: what rates are worked out on, as known at the start; NaN where not.
    """
    months = noise.places.shape[0]
    figures = whole_children(indicators(run(start.state, start.rates, None, months, noise), start.state.year), seed)
    drawn = {name: figures[name] for name in INDICATORS} | {
        rate: figures[name] * 1e4 / children for rate, name in _RATES.items()
    }
    # A part of nothing is taken as 0.
    return {
        name: {
            month // YEAR: np.quantile(np.nan_to_num(paths[month - 1]), CHANCES)[None]
            for month in range(YEAR, months + 1, YEAR)
        }
        for name, paths in drawn.items()
    }


def flow_of_all(
    known: History, names: Mapping[str, str], settings: Settings, years: int
) -> dict[str, dict[int, Array]]:
    """Every authority's quantiles by indicator and years ahead, each (areas, POINTS); some seconds.

    Args:
        known: nothing later than the year that forecasts are made from.
        names: what each authority is called.
        settings: of the back-test.
        years: how many ahead.

    Returns:
        NaN for an authority that the plan flow refuses.
    """
    noise = make_noise(settings.seed, YEAR * years, settings.draws, settings.fit.dispersion.of_flows)
    england = learn(known, settings.fit, settings.return_shape)
    shape = (len(known.areas), POINTS)
    found = {name: {ahead: np.full(shape, np.nan) for ahead in range(1, years + 1)} for name in FLOW_INDICATORS}
    for number, area in enumerate(known.areas):
        if np.isnan(known.started[number, -1]):
            continue
        try:
            start = calibrate(known, england, area, names[area], settings.draws, settings.seed, settings.fewest)
        except SelectionError:
            continue
        own = flow_of(start, noise, settings.seed, float(known.exposed[number, -1]))
        for name, by_years in own.items():
            for ahead, quantiles in by_years.items():
                found[name][ahead][number] = quantiles[0]
    return found

"""The fan of one authority's yearly figure, by the model that the test picked, and how far it usually moves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.forecasting.annual import CHANCES, POINTS, Pooled, forecasts
from explorer.models.forecasting.fan import FAN_CHANCES, Fan, Tested, fan_of
from explorer.models.forecasting.settings import ForecastSettings
from explorer.models.forecasting.yearly import Yearly

Array = NDArray[Any]


def annual_fan(
    figures: Yearly,
    area: str,
    year: int,
    tested: Tested,
    pooled: Pooled | None,
    flow: Mapping[int, Array] | None = None,
) -> Fan | None:
    """What is expected of an authority's next years; None where nothing is shown or its last figure is not known.

    Args:
        figures: of every authority.
        area: its DfE number.
        year: the last one known, ending 31 March; later ones are not looked at.
        tested: the test as it stood in that year.
        pooled: what all authorities say in that year (``learn_pooled``); None: nothing, there are too few years.
        flow: by years ahead, (1, POINTS) of the authority's plan flow (``yearly_flow.flow_of``); None: it has none.
    """
    if tested.chosen is None:
        return None
    return _fan(figures, area, year, tested.chosen, tested.reach, pooled, flow)


def annual_usual_movement(
    figures: Yearly, area: str, year: int, pooled: Pooled | None, settings: ForecastSettings
) -> Fan | None:
    """How far from its last figure an authority's figure usually is some years later.

    It is the last figure carried forward, with the errors that this has made in all authorities: a band for a stock
    (plans open on 31 March), which a control chart must not judge, whether or not anything forecasts it better.

    Args:
        figures: of every authority.
        area: its DfE number.
        year: the last one known, ending 31 March; later ones are not looked at.
        pooled: what all authorities say in that year (``learn_pooled``); None: nothing, there are too few years.
        settings: forecast.yaml.

    Returns:
        A fan of the model "last_value"; None where its last figure is not known, or the measure is not forecast.
    """
    if figures.indicator in settings.not_forecast.reasons:
        return None
    return _fan(figures, area, year, "last_value", max(settings.yearly.horizons), pooled, None)


def _fan(
    figures: Yearly,
    area: str,
    year: int,
    model: str,
    reach: int,
    pooled: Pooled | None,
    flow: Mapping[int, Array] | None,
) -> Fan | None:
    if pooled is None or area not in figures.areas or year not in figures.years:
        return None
    known, row = figures.up_to(year), figures.areas.index(area)
    horizons = tuple(range(1, reach + 1))
    made = forecasts(known, pooled, horizons, None if flow is None else _in_row(flow, row, len(known.areas)))
    if (model, 1) not in made or np.isnan(made[model, 1][row]).any():
        return None
    ends = tuple(date(year + ahead, 3, 31) for ahead in horizons)
    quantiles = [np.interp(FAN_CHANCES, CHANCES, made[model, ahead][row]) for ahead in horizons]
    return fan_of(model, ends, np.stack(quantiles))


def _in_row(flow: Mapping[int, Array], row: int, areas: int) -> dict[int, Array]:
    """One authority's plan flow as that of all, of which no other is known."""
    placed = {}
    for ahead, quantiles in flow.items():
        placed[ahead] = np.full((areas, POINTS), np.nan)
        placed[ahead][row] = quantiles[0]
    return placed

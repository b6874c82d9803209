"""Simple forecasts that the plan flow has to beat: the last value carried forward, and a panel regression.

Both are normal distributions about one figure, with the spread of their own past errors over all authorities.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from explorer.benchmark_entries import Suppression
from explorer.models.history import History

Array = NDArray[Any]
TESTED = ("repeat_plan_percent", "ended_2y_plus_percent", "open_2y_plus_percent", "plans_open")
_QUANTILES = 400
_AVERAGED = 4  # years


@dataclass(frozen=True)
class Figures:
    """One tested figure of all authorities, (areas, years): what it can be, and its middle.

    Plans open are divided by the children of the year in which a forecast is made, so that authorities of different
    size weigh alike.

    Attributes:
        least, most: the ends; equal where the figure is known.
        younger: the share of the next younger duration band; of plans open, the plans started.
        low, high: the ends of figures that would be hidden, whether this one is or not; equal where none would be.
    """

    least: Array
    most: Array
    younger: Array | None
    low: Array
    high: Array

    @property
    def middle(self) -> Array:
        """The middle of what a figure can be."""
        return np.asarray((self.least + self.most) / 2)


def figures(history: History, rule: Suppression, children: Array | None = None) -> Mapping[str, Figures]:
    """Every tested figure in percent, plans open per 10,000 children.

    Args:
        rule: which counts are hidden.
        children: (areas, 1) that plans open of every year are divided by; None: each year's own.
    """
    children = history.exposed if children is None else children
    with np.errstate(divide="ignore", invalid="ignore"):
        share = [100 * ends / history.started for ends in (history.repeats_least, history.repeats_most)]
        ended = [100 * ends[-1] / history.ended for ends in (history.ended_bands.least, history.ended_bands.most)]
        opened = [100 * ends[-1] / history.open for ends in (history.open_bands.least, history.open_bands.most)]
        second_year = 100 * history.open_bands.value[3] / history.open
        long_plans = second_year + 100 * history.open_bands.value[4] / history.open
        rate, started = 1e4 * history.open / children, 1e4 * history.started / children
    return {
        "repeat_plan_percent": _figures(share, None, history.started, rule),
        "ended_2y_plus_percent": _figures(ended, long_plans, history.ended, rule),
        "open_2y_plus_percent": _figures(opened, second_year, history.open, rule),
        "plans_open": Figures(rate, rate, started, rate, rate),
    }


def _figures(ends: Sequence[Array], younger: Array | None, whole: Array, rule: Suppression) -> Figures:
    least, most = ends
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (100 * np.minimum(count, whole) / whole for count in (rule.lowest, rule.highest))
    hidden = most > least
    low, high = np.where(hidden, np.fmin(low, least), low), np.where(hidden, np.fmax(high, most), high)
    return Figures(least, most, younger, low, high)


def _normal(middle: Array, spread: float) -> Array:
    """(areas, quantiles) a normal distribution by its evenly spaced quantiles."""
    places = ndtri((np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    return np.asarray(middle[:, None] + spread * places)


def last_value(known: Figures, ahead: int) -> Array:
    """The last figure of each area, with the errors that it would have had so far at this many years ahead."""
    middle = known.middle
    errors = middle[:, ahead:] - middle[:, :-ahead]
    return _normal(middle[:, -1], float(np.sqrt(np.nanmean(errors**2))))


def panel_regression(known: Figures, ahead: int) -> Array:
    """A regression over all authorities and years so far.

    It looks at the last figure, the average of four years, and the next younger duration band (for plans open: the
    plans started).
    """
    middle, years = known.middle, known.middle.shape[1]
    inputs = [_inputs(known, year) for year in range(years)]
    told = np.concatenate(inputs[: years - ahead])
    truth = middle[:, ahead:].T.ravel()
    there = ~np.isnan(told).any(axis=1) & ~np.isnan(truth)
    weights = np.linalg.lstsq(told[there], truth[there], rcond=None)[0]
    errors = truth[there] - told[there] @ weights
    return _normal(inputs[-1] @ weights, float(errors.std()))


def _inputs(known: Figures, year: int) -> Array:
    recent = known.middle[:, max(0, year - _AVERAGED + 1) : year + 1]
    there = ~np.isnan(recent)
    average = np.nansum(recent, axis=1) / np.maximum(there.sum(axis=1), 1)
    columns = [np.ones(len(recent)), known.middle[:, year], np.where(there.any(axis=1), average, np.nan)]
    if known.younger is not None:
        columns.append(known.younger[:, year])
    return np.stack(columns, axis=1)

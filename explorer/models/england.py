"""England's rates at the end of one year, and how authorities' rates move about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import SelectionError
from explorer.models.durations import Within, within_bands
from explorer.models.filtering import Movement, fit_movement
from explorer.models.fit_settings import Drift, FitSettings
from explorer.models.flow.inputs import BAND_STARTS
from explorer.models.history import History
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS, Seen, seen_rates

Array = NDArray[Any]
_FEWEST_YEARS = 2
_LOOSE = 0.05  # variance of an authority about England, in the weights that centre all of them


@dataclass(frozen=True)
class EnglandRate:
    """One rate of England.

    Attributes:
        level: (years,) its logarithm, centred so that authorities' differences from it are 0 on average.
        yearly_change: the average of its changes so far.
        movement: how authorities differ from it.
    """

    level: Array
    yearly_change: float
    movement: Movement


@dataclass(frozen=True)
class England:
    """Everything that is learnt from all authorities together, with nothing later than ``year``.

    Attributes:
        year: ending 31 March.
        within: the course of the chance of ending within duration bands.
        return_shape: (120,), see ``flow.inputs``.
        rates: by the names of ``rates.RATES``.
        open_shares: (5,) of open plans by duration band, for authorities whose bands are hidden.
        long_share: of plans that ended in the last year that gives it, those of two years or more.
        settings: how it was fitted.
    """

    year: int
    within: Within
    return_shape: Array
    rates: Mapping[str, EnglandRate]
    open_shares: Array
    long_share: float
    settings: FitSettings


def learn(history: History, settings: FitSettings, return_shape: Array) -> England:
    """Fit England's rates to every authority's years; about half a second.

    Args:
        history: of all authorities; its last year is the year of the forecast's start.

    Raises:
        SelectionError: there are no two years of figures to learn from.
    """
    if len(history.years) < _FEWEST_YEARS:
        raise SelectionError(
            f"A what-if cannot start in {history.years[-1]}: how long plans last is learnt from the figures of two "
            f"years, and the first are those of {history.years[0]}. Pick a later year."
        )
    within = within_bands(history.open_bands, history.ended_bands)
    seen = seen_rates(history, within, return_shape)
    opened = np.nansum(history.open_bands.value[:, :, -1], axis=1)
    ended = np.nansum(history.ended_bands.value, axis=1)
    last = np.flatnonzero((ended > 0).all(axis=0))[-1]
    fitted = {name: _fitted(seen[name]) for name in RATES}
    share = float(ended[-1, last] / ended[:, last].sum())
    assert len(opened) == len(BAND_STARTS)
    return England(history.years[-1], within, return_shape, fitted, opened / opened.sum(), share, settings)


def _fitted(seen: Seen) -> EnglandRate:
    """England's level, centred on the authorities, and the movement of their differences from it."""
    differences = seen.log_rate - seen.england
    weights = np.where(np.isnan(differences), 0.0, 1 / (seen.variance + _LOOSE))
    centre = float((np.nan_to_num(differences) * weights).sum() / weights.sum())
    level = _carried(seen.england + centre)
    known = np.flatnonzero(~np.isnan(seen.england))
    change = (level[known[-1]] - level[known[0]]) / (known[-1] - known[0]) if len(known) > 1 else 0.0
    return EnglandRate(level, float(change), fit_movement(seen.log_rate - level, seen.variance))


def _carried(level: Array) -> Array:
    """Years without a figure have that of the nearest year before, else after."""
    known = np.flatnonzero(~np.isnan(level))
    places = np.arange(len(level))
    before = known[np.clip(np.searchsorted(known, places, side="right") - 1, 0, None)]
    return np.asarray(level[before])


def course(england: England, name: str, years: int) -> Array:
    """(years,) how far England's own course is taken to carry a rate's logarithm in the years ahead."""
    drift: Drift = england.settings.drift
    kind = name if name in (FIRST, RETURNS) else "ending"
    assert kind != "ending" or name in ENDING
    share: float = getattr(drift, kind)
    steps = share * england.rates[name].yearly_change * drift.kept_each_year ** np.arange(years)
    return np.asarray(np.cumsum(steps))

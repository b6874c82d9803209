"""The exact mean written as two sums: plans ended are past starts that last so long; re-plans are past endings.

starts_t = first_t + sum over s of ended_s K(s, t) and ended_t = sum over s of starts_s P(s, t): a hundred times less
work than a thousand draws, and another way to the numbers of ``engine.py``, which the tests compare.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.models.flow.inputs import (
    BAND_STARTS,
    LEFT_ROWS,
    SINCE_STARTS,
    YEAR,
    Array,
    Effects,
    Rates,
    State,
    kept,
    no_effect,
)

_LONG = BAND_STARTS[-1]
Whole = NDArray[np.int64]


def mean_flows(state: State, rates: Rates, effects: Effects | None, months: int) -> dict[str, Array]:
    """The exact mean of a run, for inputs with one draw.

    Returns:
        The arrays of ``Flows`` by name, each (months, 1).
    """
    effects = no_effect(months) if effects is None else effects
    year = np.minimum(np.arange(months) // YEAR, len(rates.ending) - 1)
    ends, still_open, ages = _plans(rates.ending[year, :, 0] * effects.ending[:months, :, 0], rates.ending_shape)
    returns, still_left = _pool(rates, effects, year)
    first = rates.first_starts[year, 0] * effects.first_starts[:months, 0]
    starts = np.concatenate([state.open[::-1, 0], np.zeros(months)])  # the long plans, then cohorts by month
    left = np.concatenate([state.left[::-1, 0], np.zeros(months)])
    gate, comes_back = effects.gate[:months, 0], float(np.ravel(effects.gate_comes_back)[0])
    repeats, held = np.zeros(months + effects.gate_delay), np.zeros(months)
    for month in range(months):
        back = returns[month] @ left
        held[month] = back * (1 - gate[month])
        repeats[month + effects.gate_delay] += held[month] * comes_back
        repeats[month] += back - held[month]
        left[LEFT_ROWS + month] = ends[month] @ starts
        starts[_LONG + 1 + month] = first[month] + repeats[month]
    figures = {  # an age of -1: begun in this month
        "started": starts[_LONG + 1 :],
        "repeats": repeats[:months],
        "ended": left[LEFT_ROWS:],
        "ended_long": (ends * (ages >= _LONG)) @ starts,
        "open": (still_open * (ages >= -1)) @ starts,
        "open_long": (still_open * (ages >= _LONG - 1)) @ starts,
        "left": still_left @ left,
        "held": held,
    }
    return {name: figure[:, None] for name, figure in figures.items()}


def _plans(hazard: Array, shape: Array) -> tuple[Array, Array, Whole]:
    """By month and cohort (the long plans first): the share that ends, that is open after it, and the age in it."""
    months = len(hazard)
    ages = np.arange(months)[:, None] + _LONG - np.arange(_LONG + 1 + months)
    ages[:, 0] = np.maximum(ages[:, 0], _LONG)
    age = np.clip(ages, 0, _LONG)
    band = np.searchsorted(BAND_STARTS, age, side="right") - 1
    stay = np.where(ages < 0, 1.0, np.exp(-np.take_along_axis(hazard, band, axis=1) * shape[age]))
    before, after = _there(stay)
    return before - after, after, ages


def _pool(rates: Rates, effects: Effects, year: Whole) -> tuple[Array, Array]:
    """By month and cohort of leaving: the share that would come back, and that is in the pool after it."""
    months = len(year)
    ages = np.arange(months)[:, None] + LEFT_ROWS - 1 - np.arange(LEFT_ROWS + months)
    inside = (ages >= 0) & (ages < LEFT_ROWS)
    age = np.clip(ages, 0, LEFT_ROWS - 1)
    band = np.searchsorted(SINCE_STARTS, age, side="right") - 1
    lasting = np.ones((LEFT_ROWS + months, len(SINCE_STARTS)))
    lasting[LEFT_ROWS:] = effects.leaving[:months, :, 0]
    hazard = rates.return_level[year, :1] * rates.return_shape[age]
    hazard *= np.take_along_axis(effects.returning[:months, :, 0], band, axis=1)
    hazard *= lasting[np.arange(LEFT_ROWS + months), band]
    would = np.where(inside, 1 - np.exp(-hazard), 0.0)
    stay = np.where(ages < LEFT_ROWS - 1, 1 - would * kept(effects)[:months, :1], 0.0)
    before, after = _there(stay)
    return before * would, after * (ages >= -1)


def _there(stay: Array) -> tuple[Array, Array]:
    """The shares that are there before and after each month, from the chances of staying."""
    after = np.asarray(np.cumprod(stay, axis=0), dtype=np.float64)
    return np.vstack([np.ones((1, stay.shape[1])), after[:-1]]), after

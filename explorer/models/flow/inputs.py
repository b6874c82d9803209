"""What the plan-flow engine starts from: who is on a plan, who left one, the rates, the effects of a what-if.

All arrays are numpy float arrays whose last axis is the draws: one possible world each. Where the text says
``draws|1`` an axis of length 1 stands for all draws. Time is in whole months; a hazard ``h`` is a monthly rate,
and the chance within the month is ``1 - exp(-h)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Completed months on the plan at which the published duration bands begin; a row a month, the last row holds the rest.
BAND_STARTS = (0, 3, 6, 12, 24)
OPEN_ROWS = BAND_STARTS[-1] + 1
# Completed months since leaving at which the bands of a return ratio begin, and after how many a child is let go.
SINCE_STARTS = (0, 12, 24)
LEFT_ROWS = 120
YEAR = 12
_LEAST_KEPT = 0.01


@dataclass(frozen=True)
class YearBefore:
    """Flows of the twelve months before the origin, each (12, draws|1), in children a month."""

    started: Array
    repeats: Array
    ended: Array
    ended_long: Array


@dataclass(frozen=True)
class State:
    """The authority at the origin, a month end.

    Args:
        open: (25, draws|1) children by completed months on the plan, 0 to 23 and then 24 or more.
        left: (120, draws|1) children by completed months since they left a plan.
        year: The flows of the year before, for figures over twelve months.
    """

    open: Array
    left: Array
    year: YearBefore


@dataclass(frozen=True)
class Rates:
    """Rates without any what-if, by forecast year; the last year holds on.

    Args:
        ending: (years, 5, draws|1) monthly hazard of a plan's ending by duration band.
        first_starts: (years, draws|1) first plans a month.
        return_level: (years, draws|1) hazard of ever coming back, added up over ten years: -ln(1 - share).
        return_shape: (120,) how that is spread over the months since leaving; adds up to 1. See ``return_shape``.
        ending_shape: (25,) times the hazard of ending at each completed month on the plan, within its band.
    """

    ending: Array
    first_starts: Array
    return_level: Array
    return_shape: Array
    ending_shape: Array = field(default_factory=lambda: np.ones(OPEN_ROWS))


@dataclass(frozen=True)
class Effects:
    """What a what-if does, month by month, as ratios; 1 is no effect.

    Args:
        ending: (months, 5, draws|1) times the hazard of ending, by duration band.
        first_starts: (months, draws|1) times the first plans.
        leaving: (months, 3, draws|1) times the hazard of return, ever after, of those who leave in the month,
            by time since leaving: under 12 months, 12 to 23, 24 or more.
        returning: (months, 3, draws|1) times the hazard of return in the month of all who left, whenever that was.
        gate: (months, draws|1) the share of would-be re-plans that go ahead at once.
        gate_comes_back: (draws|1) or a number: the share of those held back who come onto a plan after all. They
            are no longer among those who may return; the others still are.
        gate_delay: After how many months they come.
    """

    ending: Array
    first_starts: Array
    leaving: Array
    returning: Array
    gate: Array
    gate_comes_back: Array | float = 0.0
    gate_delay: int = 0


def no_effect(months: int) -> Effects:
    """Effects that change nothing."""
    by_month = np.ones((months, 1))
    since = np.ones((months, len(SINCE_STARTS), 1))
    return Effects(np.ones((months, len(BAND_STARTS), 1)), by_month, since, since, by_month)


def return_shape(power: float) -> Array:
    """How the hazard of return is spread over the ten years after leaving.

    Args:
        power: The shape of a Weibull distribution; under 1 the first months weigh most. See
            ``config/interventions.yaml`` for where it is borrowed from.

    Returns:
        (120,) shares that add up to 1.
    """
    edges = (np.arange(LEFT_ROWS + 1) / LEFT_ROWS) ** power
    return np.diff(edges)


def draws_of(state: State, rates: Rates, effects: Effects | None) -> int:
    """The number of draws that all inputs agree on.

    Raises:
        ValueError: where an array has the wrong shape, or a gate holds back nearly everybody for good.
    """
    bands, since = len(BAND_STARTS), len(SINCE_STARTS)
    years, any_months = len(rates.ending), -1
    named = [
        ("state.open", state.open, (OPEN_ROWS,)),
        ("state.left", state.left, (LEFT_ROWS,)),
        ("rates.ending", rates.ending, (years, bands)),
        ("rates.first_starts", rates.first_starts, (years,)),
        ("rates.return_level", rates.return_level, (years,)),
    ]
    if effects is not None:
        any_months = len(effects.ending)
        named += [
            ("effects.ending", effects.ending, (any_months, bands)),
            ("effects.first_starts", effects.first_starts, (any_months,)),
            ("effects.leaving", effects.leaving, (any_months, since)),
            ("effects.returning", effects.returning, (any_months, since)),
            ("effects.gate", effects.gate, (any_months,)),
        ]
        if float(np.min(kept(effects))) < _LEAST_KEPT:
            raise ValueError(f"A gate has to let through, at once or later, at least {_LEAST_KEPT:.0%} of re-plans.")
    draws = max(int(array.shape[-1]) for _, array, _ in named)
    _check(named, draws)
    return draws


def kept(effects: Effects) -> Array:
    """(months, draws|1) the share of would-be re-plans that go ahead, at once or later."""
    return np.asarray(effects.gate + (1 - effects.gate) * effects.gate_comes_back, dtype=np.float64)


def _check(named: Sequence[tuple[str, Array, tuple[int, ...]]], draws: int) -> None:
    for name, array, leading in named:
        if array.shape[:-1] != leading or array.shape[-1] not in (1, draws):
            raise ValueError(f"{name} has the shape {array.shape}; allowed: {(*leading, draws)} or {(*leading, 1)}.")

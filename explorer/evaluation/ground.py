"""Whose figures an expected path is worked out from: the authority's own before the start, or England's."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from explorer.models.calibration import Calibration, leaving_mix, monthly_rates
from explorer.models.england import England, course
from explorer.models.flow import BAND_STARTS, LEFT_ROWS, Array, Rates, State, YearBefore, equilibrium
from explorer.models.flow.inputs import OPEN_ROWS, YEAR
from explorer.models.rates import RATES

Whose = Literal["authority", "england"]
_CHILDREN = 1_000_000.0  # of England's: no share depends on how many there are


@dataclass(frozen=True, eq=False)
class Ground:
    """Who is on a plan and who left one at a date, and the rates from then on; everything with one draw.

    Attributes:
        as_at: 31 March.
        leaving_mix: (5,) the shares of the duration bands among plans that end.
    """

    whose: Whose
    as_at: date
    state: State
    rates: Rates
    leaving_mix: tuple[float, ...]

    @property
    def repeat_share(self) -> float:
        """The share of plans that are re-plans in the year before, 0 to 1."""
        return float(self.state.year.repeats.sum() / self.state.year.started.sum())

    def back_within(self, months: int) -> float:
        """Of children who leave a plan, the share who are on one again within so many months, 0 to 1."""
        hazard = float(self.rates.return_level[0, 0]) * float(self.rates.return_shape[:months].sum())
        return -float(np.expm1(-hazard))

    def settled(self) -> "Ground":
        """The same once the rates of the first year ahead have held for ever: nothing moves but by an effect."""
        first = Rates(
            ending=self.rates.ending[:1],
            first_starts=self.rates.first_starts[:1],
            return_level=self.rates.return_level[:1],
            return_shape=self.rates.return_shape,
            ending_shape=self.rates.ending_shape,
        )
        return replace(self, state=settled_state(first), rates=first)


def of_authority(calibration: Calibration) -> Ground:
    """An authority as the plan model finds it."""
    return Ground(
        "authority",
        calibration.as_at,
        calibration.central_state,
        calibration.central_rates,
        calibration.leaving_mix,
    )


def of_england(england: England) -> Ground:
    """England's rates, for an authority with too little to go on; settled, because nobody's own plans are known."""
    logs = {rate: (england.rates[rate].level[-1] + course(england, rate, 1))[:, None] for rate in RATES}
    rates = monthly_rates(logs, _CHILDREN, england)
    state = settled_state(rates)
    return Ground("england", date(england.year, 3, 31), state, rates, leaving_mix(rates, state))


def settled_state(rates: Rates) -> State:
    """Plans and children in the long run of the first year's rates; see ``flow.equilibrium``.

    A plan is open at the end of the month that it began in; of those who left, the chance of not having come back yet
    is exp(-level times the shape so far).
    """
    whole = equilibrium(rates.first_starts[0], rates.ending[0], rates.return_level[0], rates.ending_shape)
    widths = np.diff([*BAND_STARTS, OPEN_ROWS])
    hazard = rates.ending[0].repeat(widths, axis=0) * rates.ending_shape[:, None]
    reached = np.exp(-np.concatenate([np.zeros_like(hazard[:1]), np.cumsum(hazard[:-1], axis=0)]))
    opened = whole.started * reached
    opened[-1] = whole.open_long
    gone = np.concatenate([[0.0], np.cumsum(rates.return_shape)[: LEFT_ROWS - 1]])[:, None]
    left = whole.started * np.exp(-gone * rates.return_level[0])
    return State(opened, left, _steady(whole.started, whole.repeats, whole.started * whole.ended_long_share))


def _steady(started: Array, repeats: Array, ended_long: Array) -> YearBefore:
    even = np.ones((YEAR, 1))
    return YearBefore(even * started, even * repeats, even * started, even * ended_long)

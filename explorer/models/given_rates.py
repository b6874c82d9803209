"""Rates that somebody gives in the place of the calibrated ones, so that the engine can be checked against theory."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.calibration import Basis, Calibration, central_of
from explorer.models.flow import BAND_STARTS, LEFT_ROWS, OPEN_ROWS, LongRun, Rates, State, YearBefore, equilibrium
from explorer.models.flow.inputs import YEAR
from explorer.models.rates import ENDING, FIRST, RETURNS

Array = NDArray[Any]


@dataclass(frozen=True)
class Given:
    """What is given; None is as calibrated.

    Attributes:
        first_starts: first plans a month.
        hazards: (5,) monthly rate of ending by duration band; the chance within a month is 1 - exp(-rate).
        repeat_share: of the children who leave a plan, the share that comes back within ten years; below 1.
    """

    first_starts: float | None = None
    hazards: tuple[float, ...] | None = None
    repeat_share: float | None = None

    @property
    def any(self) -> bool:
        """Whether anything is given."""
        return not (self.first_starts is None and self.hazards is None and self.repeat_share is None)

    @property
    def all(self) -> bool:
        """Whether nothing is left to the calibration, so that the long run is known in closed form."""
        return not (self.first_starts is None or self.hazards is None or self.repeat_share is None)


def with_given(calibration: Calibration, given: Given) -> Calibration:
    """The calibration with the given rates: the same in every year and draw, and within each duration band."""
    rates, basis = calibration.rates, dict(calibration.basis)
    if given.first_starts is not None:
        rates = replace(rates, first_starts=np.full_like(rates.first_starts, given.first_starts))
        basis[FIRST] = _basis(basis[FIRST], given.first_starts)
    if given.hazards is not None:
        assert len(given.hazards) == len(BAND_STARTS)
        by_band = np.array(given.hazards, dtype=float)[:, None]
        ending = np.broadcast_to(by_band, rates.ending.shape).copy()
        rates = replace(rates, ending=ending, ending_shape=np.ones(OPEN_ROWS))
        basis |= {name: _basis(basis[name], rate) for name, rate in zip(ENDING, given.hazards, strict=True)}
    if given.repeat_share is not None:
        rates = replace(rates, return_level=np.full_like(rates.return_level, -np.log1p(-given.repeat_share)))
        basis[RETURNS] = _basis(basis[RETURNS], given.repeat_share)
    return replace(calibration, rates=rates, central_rates=central_of(rates), basis=basis)


def _basis(before: Basis, value: float) -> Basis:
    return replace(before, value=value, low=value, high=value, prior_weight=0.0, events=0.0, last_year=None)


def emptied(calibration: Calibration) -> Calibration:
    """The calibration with nobody on a plan, nobody who left one, and nothing that happened in the year before."""
    none = np.zeros((YEAR, 1))
    state = State(np.zeros((OPEN_ROWS, 1)), np.zeros((LEFT_ROWS, 1)), YearBefore(none, none, none, none))
    return replace(calibration, state=state, central_state=state)


def long_run(rates: Rates) -> LongRun | None:
    """Where rates of one draw lead that hold for ever; None where long plans never end."""
    if not (rates.ending[-1, -1] > 0).all():
        return None
    return equilibrium(rates.first_starts[-1], rates.ending[-1], rates.return_level[-1], rates.ending_shape)

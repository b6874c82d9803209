"""Children month by month: plans end, children come back or come for the first time, and everybody grows older.

Within a month: (1) open plans end, by completed months on the plan; (2) children who left a plan come back, by
completed months since they left; (3) all grow a month older; (4) new plans begin at age 0 and those who left enter
the pool. Without noise this is the exact mean; with noise its mean is the same, because each flow's mean is in
proportion to the children there. Method: ``shared/methods.md``, "Plan flow".
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.models.flow import noise as chance
from explorer.models.flow.inputs import BAND_STARTS, OPEN_ROWS, YEAR, Array, Effects, Rates, State, draws_of, kept
from explorer.models.flow.noise import ENDINGS, FIRST_STARTS, RETURNS, Noise
from explorer.models.flow.pool import Pool, changes
from explorer.models.flow.recursion import mean_flows
from explorer.models.flow.space import Space

_LONG = BAND_STARTS[-1]
_FLOWS = FIRST_STARTS + 1
_RESULTS = ("started", "repeats", "ended", "ended_long", "open", "open_long", "left")
_TINY = 1e-12
# Rows of a month's window of open plans, youngest last, of the bands that have an end.
_ROWS = tuple(slice(_LONG - to, _LONG - start) for start, to in pairwise(BAND_STARTS))


@dataclass(frozen=True)
class Flows:
    """What happens month by month: children, each (months, draws).

    Args:
        started: Plans started.
        repeats: Those of them that are re-plans.
        ended: Plans ended.
        ended_long: Those of them that had lasted two years or more.
        open: Plans open at the month's end.
        open_long: Those of them that have lasted two years or more.
        left: Children who left a plan within ten years and may come back, at the month's end.
        held: Would-be re-plans that the gate held back.
    """

    started: Array
    repeats: Array
    ended: Array
    ended_long: Array
    open: Array
    open_long: Array
    left: Array
    held: Array


def run(state: State, rates: Rates, effects: Effects | None, months: int, noise: Noise | None) -> Flows:
    """Run the model.

    Args:
        state: The authority at the origin.
        rates: Its rates, by forecast year.
        effects: What a what-if does; None: nothing, which gives the same numbers as ratios of 1.
        months: How many months; ``effects`` and ``noise`` need at least as many.
        noise: Chance from month to month; None: the mean.

    Raises:
        ValueError: where shapes do not fit, or a gate holds back nearly everybody for good.
    """
    draws = draws_of(state, rates, effects)
    if effects is not None and len(effects.ending) < months:
        raise ValueError(f"The effects are for {len(effects.ending)} months; {months} are needed.")
    if noise is not None:
        draws = noise.places.shape[2] if draws == 1 else draws
        if noise.places.shape[0] < months or noise.places.shape[2] != draws:
            raise ValueError(f"The noise has the shape {noise.places.shape}; needed: {(months, 7, draws)} or longer.")
    if draws == 1 and noise is None:
        return Flows(**mean_flows(state, rates, effects, months))
    one = _Run(state, rates, effects, months, draws, noise)
    flows = one.flows()
    one.space.give_back()
    return flows


class _Run:
    """One run: its state and working space, which every month uses again."""

    def __init__(
        self, state: State, rates: Rates, effects: Effects | None, months: int, draws: int, noise: Noise | None
    ) -> None:
        self.rates, self.effects, self.noise = rates, effects, noise
        self.months = months
        results = Space(len(_RESULTS) * months, draws, lasting=True)
        self.out = Flows(**{name: results.rows(months) for name in _RESULTS}, held=np.zeros((months, draws)))
        self.space = space = Space(
            4 * _FLOWS + 2 * OPEN_ROWS + 2 + _LONG + months + Pool.needs(months), draws, lasting=False
        )
        # Cohorts of open plans by month of starting: in month t the rows t to t + 23 are those under two years.
        self.cohorts = space.rows(_LONG + months)
        self.cohorts[:_LONG] = state.open[_LONG - 1 :: -1]
        self.pool = Pool(state.left, None if effects is None else effects.leaving, months, noise is not None, space)
        self.long, self.open = space.rows(2)  # plans of two years or more; all open plans
        self.long[:] = state.open[-1]
        self.open[:] = state.open.sum(axis=0)
        self.chance = space.rows(OPEN_ROWS)  # of ending: youngest last, then the long plans
        self.leave = space.rows(OPEN_ROWS)  # how many would, without chance
        # Rows of the arrays below: endings by duration band, returns, first starts.
        self.mean = space.rows(_FLOWS)
        self.drawn = space.rows(_FLOWS) if noise is not None else self.mean
        self.inverse = space.rows(_FLOWS)  # see noise.factors
        self.per_ending = space.rows(_FLOWS)[ENDINGS]
        self.row = np.empty((_FLOWS, draws), dtype=np.int64)
        self.earliest = np.full((_FLOWS, draws), chance.ANY_SPREAD)
        self._plan_changes()

    def _plan_changes(self) -> None:
        """In which months the rates differ from the month before."""
        rates, effects, months = self.rates, self.effects, self.months
        self.year = np.minimum(np.arange(months) // YEAR, len(rates.ending) - 1).tolist()
        self.new_ending = changes(rates.ending)[self.year] & _first(self.year)
        self.new_return = changes(rates.return_level)[self.year] & _first(self.year)
        self.new_first = changes(rates.first_starts)[self.year] & _first(self.year)
        self.kept: Array | None = None
        self.due: Array | None = None
        self.most_lasting = np.ones(1)
        if effects is None:
            return
        self.new_ending |= changes(effects.ending)[:months]
        self.new_return |= changes(effects.returning)[:months]
        self.new_first |= changes(effects.first_starts)[:months]
        if (effects.gate != 1).any():
            self.kept = kept(effects)
            self.due = np.zeros((months + effects.gate_delay, self.mean.shape[1]))
            self.new_return |= changes(self.kept)[:months]
        self.most_lasting = np.maximum(effects.leaving.max(axis=(0, 1)), 1)

    def flows(self) -> Flows:
        """All months."""
        for month in range(self.months):
            if self.new_ending[month]:
                self._set_ending(month)
            if self.new_return[month]:
                self._set_return(month)
            if self.new_first[month]:
                self._set_first(month)
            self.pool.returns(month, self.mean[RETURNS])
            self._would_end(month)
            if self.noise is not None:
                self._draw(month, self.noise)
            self._end(month)
            self._start(month)
        return self.out

    def _set_ending(self, month: int) -> None:
        """The chance of ending by completed months on the plan, and how much chance may spread it."""
        hazard = self.rates.ending[self.year[month]]
        if self.effects is not None:
            hazard = hazard * self.effects.ending[month]
        shape = -self.rates.ending_shape
        for number, rows in enumerate(_ROWS):
            np.multiply(hazard[number], shape[_LONG - 1 :: -1, None][rows], out=self.chance[rows])
        np.multiply(hazard[-1], shape[-1], out=self.chance[_LONG])
        np.expm1(self.chance, out=self.chance)
        np.negative(self.chance, out=self.chance)
        if self.noise is not None:
            # The mean is m = sum N q and the variance about d m (1 - q): 1 / spread = m / (d (1 - q)).
            for number, rows in enumerate((*_ROWS, slice(_LONG, OPEN_ROWS))):
                part = self.chance[rows]
                stay = 1 - part.mean(axis=0) + _TINY
                np.divide(1 / self.noise.dispersion.ending[number], stay, out=self.per_ending[number])
                self.earliest[number] = chance.narrowest_needed(part.max(axis=0))

    def _set_return(self, month: int) -> None:
        """The chances of returning."""
        returning = None if self.effects is None else self.effects.returning[month]
        gate = None if self.kept is None else self.kept[month]
        level = self.rates.return_level[self.year[month]]
        self.pool.set_rates(level, self.rates.return_shape, returning, gate)
        if self.noise is not None:
            most = self.most_lasting if returning is None else self.most_lasting * np.maximum(returning.max(axis=0), 1)
            highest = 1 - np.exp(-level * self.rates.return_shape.max() * most)
            self.earliest[RETURNS] = chance.narrowest_needed(highest)

    def _set_first(self, month: int) -> None:
        """First plans a month."""
        first = self.rates.first_starts[self.year[month]]
        if self.effects is not None:
            first = first * self.effects.first_starts[month]
        self.mean[FIRST_STARTS] = first
        if self.noise is not None:
            self.inverse[FIRST_STARTS] = first / self.noise.dispersion.first_starts

    def _draw(self, month: int, noise: Noise) -> None:
        """Chance makes the flows of the month larger or smaller than their means."""
        np.multiply(self.mean[ENDINGS], self.per_ending, out=self.inverse[ENDINGS])
        np.multiply(self.mean[RETURNS], 1 / noise.dispersion.returns, out=self.inverse[RETURNS])
        factor = chance.factors(self.inverse, self.earliest, noise.places[month], self.row, self.drawn)
        self.pool.correct(factor[RETURNS])
        for number, rows in enumerate((*_ROWS, slice(_LONG, OPEN_ROWS))):
            self.leave[rows] *= factor[number]
        factor *= self.mean

    def _would_end(self, month: int) -> None:
        """How many end in each month of age, and in each duration band, without chance."""
        window = self.cohorts[month : month + _LONG]
        np.multiply(window, self.chance[:_LONG], out=self.leave[:_LONG])
        np.multiply(self.long, self.chance[_LONG], out=self.leave[_LONG])
        for number, rows in enumerate(_ROWS):
            np.add.reduce(self.leave[rows], axis=0, out=self.mean[number])
        self.mean[len(_ROWS)] = self.leave[_LONG]

    def _end(self, month: int) -> None:
        """Plans end; the oldest cohort under two years then joins the long plans."""
        out, window = self.out, self.cohorts[month : month + _LONG]
        np.add.reduce(self.drawn[ENDINGS], axis=0, out=out.ended[month])
        out.ended_long[month] = self.leave[_LONG]
        np.subtract(window, self.leave[:_LONG], out=window)
        self.long -= self.leave[_LONG]
        self.long += window[0]
        out.open_long[month] = self.long

    def _start(self, month: int) -> None:
        """Plans begin, those who left enter the pool, and open plans are counted."""
        out = self.out
        repeats = self._through_the_gate(month) if self.due is not None else self.drawn[RETURNS]
        out.repeats[month] = repeats
        started = np.add(self.drawn[FIRST_STARTS], repeats, out=self.cohorts[_LONG + month])
        out.started[month] = started
        self.pool.add(month, out.ended[month], out.left[month])
        self.open += started
        self.open -= out.ended[month]
        np.maximum(self.open, self.long, out=self.open)  # the last digit of a sum, where nobody else is left
        out.open[month] = self.open

    def _through_the_gate(self, month: int) -> Array:
        """Re-plans of the month: those let through, and those held back some months ago who come after all."""
        assert self.due is not None
        assert self.effects is not None
        repeats: Array = self.drawn[RETURNS] * self.effects.gate[month]
        held = np.subtract(self.drawn[RETURNS], repeats, out=self.out.held[month])
        np.multiply(held, self.effects.gate_comes_back, out=self.due[month + self.effects.gate_delay])
        repeats += self.due[month]
        return repeats


def _first(years: list[int]) -> NDArray[np.bool_]:
    """(months,) whether a month is the first of its forecast year."""
    return changes(np.array(years)[:, None])

"""The children who left a plan and may come back, by the month in which they left.

Rows are months of leaving and never move: in month t the rows t to t + 119 are those who left within ten years, and
the chance that belongs to a row follows from its age. The rows hold what is *expected* of the pool; that chance took
more or fewer is one factor on all of them (``_scale``). A row is then only multiplied by its chance of staying, and
the returns are the fall of the sum: two passes over the rows a month, the largest single part of a run.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.models.flow.inputs import LEFT_ROWS, SINCE_STARTS, Array
from explorer.models.flow.space import Space

_TINY = 1e-300
_ONES = np.ones(LEFT_ROWS)  # a product with it is the fastest sum of rows
# Rows of a month's window, youngest last: under 12 months since leaving, 12 to 23, 24 or more.
_ENDS = (*SINCE_STARTS, LEFT_ROWS)
_SINCE = tuple(slice(LEFT_ROWS - to, LEFT_ROWS - start) for start, to in pairwise(_ENDS))


def changes(array: Array) -> NDArray[np.bool_]:
    """(months,) whether a month differs from the one before; the first one does."""
    changed = np.ones(len(array), dtype=np.bool_)
    changed[1:] = np.any(array[1:] != array[:-1], axis=tuple(range(1, array.ndim)))
    return changed


class Pool:
    """The pool of one run."""

    @staticmethod
    def needs(months: int) -> int:
        """The rows of working space that it takes."""
        return 4 * LEFT_ROWS + 3 * months + 4

    def __init__(self, left: Array, leaving: Array | None, months: int, noisy: bool, space: Space) -> None:
        """Take over those who left before.

        Args:
            left: (120, draws|1) children by completed months since they left.
            leaving: (months, 3, draws|1) lasting ratios of those who leave in a month; None: all are 1.
            months: Length of the run.
            noisy: Whether chance will take more or fewer than expected.
            space: Where the rows are.
        """
        self._rows = space.rows(LEFT_ROWS + months)
        self._rows[:LEFT_ROWS] = left[::-1]
        self._hazard = space.rows(LEFT_ROWS)  # minus the hazard of a child without a lasting ratio
        self._stay = space.rows(LEFT_ROWS)
        self._before, self._after, self._expected, self._work = space.rows(4)
        np.add.reduce(self._rows[:LEFT_ROWS], axis=0, out=self._before)
        self._scale = np.ones(len(self._before)) if noisy else None
        self._kept: Array | None = None
        self._leaving: Array | None = None
        self._same_is_old = True
        self._own = self._same = LEFT_ROWS + months
        if leaving is not None:
            self._cohorts(leaving[:months], months, space)

    def _cohorts(self, leaving: Array, months: int, space: Space) -> None:
        """Tell cohorts without a lasting ratio (first), each with its own, and all with the same one (last)."""
        changed = (leaving != 1).any(axis=(1, 2))
        if not changed.any():
            return
        self._own = LEFT_ROWS + int(np.argmax(changed))
        self._same = LEFT_ROWS + months - int(np.argmax(changes(leaving)[::-1])) - 1
        self._same = max(self._same, self._own)
        self._ratio = space.rows(self._same - self._own)  # as it is at the cohort's age
        self._chance = space.rows(self._same - self._own)
        self._leaving = leaving
        self._youngest = min(LEFT_ROWS, LEFT_ROWS + months - self._same)  # ages that the last ones come to
        self._stay_same = space.rows(self._youngest)

    def set_rates(self, level: Array, shape: Array, returning: Array | None, kept: Array | None) -> None:
        """Set the chances from this month on.

        Args:
            level: (draws|1) hazard of ever coming back.
            shape: (120,) its spread over the months since leaving.
            returning: (3, draws|1) times the hazard by time since leaving.
            kept: (draws|1) the share of would-be returns that leave the pool.
        """
        minus = -shape[::-1, None]
        hazard = self._stay if self._leaving is None else self._hazard
        for band, rows in enumerate(_SINCE):
            np.multiply(minus[rows], level if returning is None else level * returning[band], out=hazard[rows])
        np.exp(hazard, out=self._stay)
        _keep(self._stay, kept)
        self._kept = kept
        self._same_is_old = True

    def _stay_of_same(self) -> Array:
        """The chances of staying of the cohorts with the same lasting ratio, worked out once they are needed."""
        if self._same_is_old and self._leaving is not None:
            out, youngest = self._stay_same, self._youngest
            for rows, ratio in zip(_SINCE, self._leaving[-1], strict=True):
                start, stop = max(rows.start, LEFT_ROWS - youngest), rows.stop
                if start < stop:
                    part = out[start - LEFT_ROWS + youngest : stop - LEFT_ROWS + youngest]
                    np.multiply(self._hazard[start:stop], ratio, out=part)
            np.exp(out, out=out)
            _keep(out, self._kept)
            self._same_is_old = False
        return self._stay_same

    def returns(self, month: int, out: Array) -> None:
        """Take the expected returns of a month out of the rows; ``out`` (draws): those who would come back."""
        rows, end = self._rows, LEFT_ROWS + month
        plain = min(self._own, end)
        if month < plain:
            part = rows[month:plain]
            np.multiply(part, self._stay[: plain - month], out=part)
        if self._own < end:
            self._own_returns(month, max(self._own, month), min(self._same, end))
            same = rows[max(self._same, month) : end]
            if len(same):
                np.multiply(same, self._stay_of_same()[-len(same) :], out=same)
        np.matmul(_ONES, rows[month:end], out=self._after)
        expected = np.subtract(self._before, self._after, out=self._expected)
        np.maximum(expected, 0, out=expected)
        if self._scale is None:
            np.copyto(out, expected)
        else:
            np.multiply(expected, self._scale, out=out)
        if self._kept is not None:
            out /= self._kept

    def _own_returns(self, month: int, first: int, end: int) -> None:
        """Those of the cohorts with a lasting ratio of their own: the rows from ``first`` to before ``end``."""
        if self._leaving is None or first >= end:
            return
        for band in range(1, len(SINCE_STARTS)):
            older = LEFT_ROWS + month - 1 - SINCE_STARTS[band]  # the cohort that has come to this age
            if first <= older < end:
                self._ratio[older - self._own] = self._leaving[older - LEFT_ROWS, band]
        chance = self._chance[: end - first]
        ratio = self._ratio[first - self._own : end - self._own]
        np.multiply(self._hazard[first - month : end - month], ratio, out=chance)
        np.exp(chance, out=chance)
        _keep(chance, self._kept)
        self._rows[first:end] *= chance

    def correct(self, factor: Array) -> None:
        """Chance let ``factor`` (draws) times as many return as expected: the rest of the pool makes it up."""
        assert self._scale is not None
        more, work = self._expected, self._work
        np.subtract(1, factor, out=work)
        np.multiply(more, work, out=more)
        np.add(self._after, _TINY, out=work)
        np.divide(more, work, out=more)
        more += 1
        self._scale *= more

    def add(self, month: int, ended: Array, out: Array) -> None:
        """Put those who left a plan in this month into the pool; ``out`` (draws): children in it at month end."""
        row = self._rows[LEFT_ROWS + month]
        if self._scale is None:
            np.copyto(row, ended)
        else:
            np.divide(ended, self._scale, out=row)
        if self._leaving is not None and self._own <= LEFT_ROWS + month < self._same:
            self._ratio[LEFT_ROWS + month - self._own] = self._leaving[month, 0]
        np.subtract(self._after, self._rows[month], out=self._before)
        self._before += row
        if self._scale is None:
            np.copyto(out, self._before)
        else:
            np.multiply(self._before, self._scale, out=out)


def _keep(stay: Array, kept: Array | None) -> None:
    """Let only a share of those who would return leave: in place, 1 - kept * (1 - stay)."""
    if kept is not None:
        stay *= kept
        stay += 1 - kept

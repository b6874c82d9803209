"""The smallest effect that could be noticed by each date: how long it takes before an answer can be expected at all.

An effect is noticed where its range leaves out none. With a standard error s that happens so often as ``power`` says
for an effect of (z(1 - (1 - confidence) / 2) + z(power)) s: 2.8 s for 95% and 80% (Bloom 1995, "Minimum detectable
effects", Evaluation Review 19). Each function here says what s is for one way of asking. Brothers and sisters multiply
every variance by the design effect. All are closed forms of plain numbers; tests hold them to simulations.

An effect that is not all there yet is noticed by the part that is. So there are two figures for a date, which must
not be mixed up: the smallest FULL effect, of which only a part is there by then, and the part that is THERE by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np

from explorer.evaluation.drift import Drift
from explorer.evaluation.path import Array, Path, month_after, months_between
from explorer.evaluation.settings import Certainty

Way = Literal["lower", "higher"]
_NORMAL = NormalDist()
_NO_EXPOSURE = 1e-6
_MOST = 0.9  # of the share (of a rise: of what is not yet in it)
_YEAR = 12
_ROUNDS, _NEAR = 25, 1e-6  # until an effect and its standard error agree
_NO_ODDS = 30.0  # beyond, a share is 0 or 1


@dataclass(frozen=True)
class Asked:
    """How sure an answer has to be, each from 0 to 1: see ``certainty`` in config/evaluation.yaml."""

    confidence: float
    power: float

    @property
    def half_width(self) -> float:
        """Standard errors from the middle of a range to its end."""
        return _NORMAL.inv_cdf((1 + self.confidence) / 2)

    @property
    def multiple(self) -> float:
        """Standard errors of an effect that is noticed so often as ``power`` says."""
        return self.half_width + _NORMAL.inv_cdf(self.power)


def asked_of(certainty: Certainty) -> Asked:
    """What config/evaluation.yaml asks for."""
    return Asked(certainty.confidence.value, certainty.power.value)


@dataclass(frozen=True)
class Noticeable:
    """What could be noticed with the figures up to a day, in percentage points above 0.

    Attributes:
        share: of the full effect, what is there in the newest period.
        full: the smallest full effect that would be noticed; None where it would leave next to nothing of the share.
        there: the part of it that is there in the newest period: the smallest change from what would have been.
        margin: half of the range around a change that is there: a change beyond it is told from none.
    """

    end: date
    share: float
    full: float | None
    there: float | None
    margin: float | None


def two_shares(before: float, after: float, share: float, design_effect: float, asked: Asked) -> float:
    """The smallest difference, in points, between two shares: one year and the next, two groups of children.

    s^2 = design effect x p (1 - p) (1/n1 + 1/n2) (Fleiss, Levin and Paik 2003, "Statistical Methods for Rates and
    Proportions", chapter 4).

    Args:
        before, after: how many plans or children there are in each.
        share: of them, 0 to 1, without an effect.
    """
    return 100 * asked.multiple * sqrt(design_effect * share * (1 - share) * (1 / before + 1 / after))


def interrupted(
    ends: Sequence[date],
    months: int,
    path: Path,
    plans: float,
    share: float,
    design_effect: float,
    asked: Asked,
    *,
    way: Way = "lower",
    trend: bool = True,
    seasons: int = 0,
    wash_out: int = 0,
    stock: bool = False,
) -> tuple[Noticeable, ...]:
    """What an authority's own course could show, for every period after the start, with the figures up to it.

    A quasi-binomial model, logit share = level + trend + waves + b x exposure: s^2 of b is its place in
    design effect x (X' W X)^-1, W = n p (1 - p) (McCullagh and Nelder 1989, "Generalized Linear Models", 4.4 and 9.2).
    An effect b is turned into points at the share without an effect. How a share moves beyond trend and waves is not
    in it (see ``drift``), so with ``trend=False`` this is the best case.

    Args:
        ends: the last days of all periods in order, before and after the start.
        months: how many months a period has.
        plans: what the share is out of, in each period.
        share: without an effect, 0 to 1.
        way: which way the effect goes.
        trend: whether the course before may have a slope of its own; without one far smaller effects show.
        seasons: pairs of waves a year.
        wash_out: months after the start of which the periods are left out.
        stock: whether the share is counted on the last day.
    """
    since = np.array([months_between(path.start, end) for end in ends])
    kept = (since < 0) | (since - months + 1 >= wash_out)
    exposure = path.exposure(ends, months, stock=stock)
    columns = [np.ones(len(ends)), exposure]
    if trend:
        columns.append((since - since[0]) / max(float(since[-1] - since[0]), 1.0))
    for wave in range(1, seasons + 1):
        turn = 2 * np.pi * wave * since / _YEAR
        # With periods of half of a wave or longer one of a pair is the other again, or nothing at all.
        columns += [np.cos(turn), np.sin(turn)] if 2 * wave * months < _YEAR else []
    design = np.column_stack(columns)
    found = []
    for last in np.flatnonzero(since >= 0).tolist():
        rows = design[: last + 1][kept[: last + 1]]
        course = _Course(rows, plans / design_effect, share, -1 if way == "lower" else 1, asked)
        found.append(course.noticeable(ends[last], float(exposure[last])))
    return tuple(found)


def controlled(
    years: Sequence[int],
    path: Path,
    plans: float,
    share: float,
    design_effect: float,
    drift: Drift,
    others: int,
    asked: Asked,
    *,
    way: Way = "lower",
    stock: bool = False,
) -> tuple[Noticeable, ...]:
    """What the gap from all other authorities could show, for every year after the start, with the figures up to it.

    Difference in differences: the gap over the years on a level and the exposure, by least squares. With
    X = (1, exposure), s^2 of the effect is its place in (X'X)^-1 X' V X (X'X)^-1 (Bertrand, Duflo and Mullainathan
    2004, Quarterly Journal of Economics 119, on why V may not be taken as unrelated years). V has the chance of a
    share of n plans and what is different in every year on its diagonal, and the walk of ``drift`` everywhere; the
    others' mean adds one over their number.

    Args:
        years: ending 31 March, consecutive, before and after the start.
        plans: what the share is out of, in a year.
        share: without an effect, 0 to 1.
        drift: in percentage points.
        others: how many other authorities there are.
    """
    ends = [date(year, 3, 31) for year in years]
    exposure = path.exposure(ends, _YEAR, stock=stock)
    alone = design_effect * 1e4 * share * (1 - share) / plans + drift.year_sd**2
    steps = np.arange(len(years))
    variance = np.eye(len(years)) * alone + np.minimum.outer(steps, steps) * drift.step_sd**2
    variance *= 1 + 1 / others
    design = np.column_stack([np.ones(len(years)), exposure])
    found = []
    for last in [n for n, end in enumerate(ends) if end >= path.start]:
        rows = design[: last + 1]
        error = None
        if np.ptp(rows[:, 1]) > _NO_EXPOSURE:
            inverse = np.linalg.inv(rows.T @ rows)
            error = sqrt(float((inverse @ rows.T @ variance[: last + 1, : last + 1] @ rows @ inverse)[1, 1]))
        found.append(
            _in_points(ends[last], float(exposure[last]), error, _room(share, -1 if way == "lower" else 1), asked)
        )
    return tuple(found)


def cohorts(
    ends: Sequence[date],
    start: date,
    leaving: float,
    months_before: int,
    follow: int,
    share: float,
    design_effect: float,
    asked: Asked,
    *,
    way: Way = "lower",
) -> tuple[Noticeable, ...]:
    """What children who left a plan after the start could show beside those who left before, by each day.

    The effect is there at once for everybody who leaves after the start, but they have to be followed. Two shares as
    in ``two_shares``; those who left before, in the months that end with the start, are all followed in full.

    Args:
        start: the first day of the month in which it begins.
        leaving: children who leave a plan a month.
        months_before: how many months of leaving before the start are used.
        follow: for how many months each child is followed.
        share: of them who are on a plan again by then, 0 to 1, without an effect.
    """
    found = []
    for end in ends:
        after = months_between(start, end) + 1 - follow
        error = None
        if after > 0 and months_before > 0:
            error = two_shares(leaving * months_before, leaving * after, share, design_effect, asked) / asked.multiple
        found.append(_in_points(end, float(after > 0), error, _room(share, -1 if way == "lower" else 1), asked))
    return tuple(found)


def of_outcome(found: Sequence[Noticeable], followed: float, share: float) -> tuple[Noticeable, ...]:
    """What ``cohorts`` could notice, as points of the re-plan share: a figure of children followed is another one.

    The ratio of hazards that takes the share who are back from ``followed`` to so much less takes the re-plan share of
    the long run from ``share`` by R' = 1 - (1 - R)^ratio (methods, "Plan flow").

    Args:
        found: for children who should come back less often.
        followed: the share, 0 to 1, who are back at the end of the months that they are followed.
        share: re-plans of plans started, 0 to 1.
    """

    def points(fall: float | None) -> float | None:
        if fall is None:
            return None
        ratio = log(1 - followed + fall / 100) / log(1 - followed)
        return 100 * (share - 1 + float((1 - share) ** ratio))

    return tuple(
        Noticeable(one.end, one.share, points(one.full), points(one.there), points(one.margin)) for one in found
    )


def anchored(
    found: Sequence[Noticeable], end: date, half_width: float, share: float, asked: Asked, *, way: Way = "lower"
) -> tuple[Noticeable, ...]:
    """The same made as wide as the range of a result on one day, so that days to come agree with what a verdict shows.

    For ``controlled``: its closed form knows the authority and the usual drift, a result's range comes from placebos.
    On Trafford's re-plans the two agree within a tenth two years after the start, and after seven the placebos are a
    third wider.

    Args:
        end: a day of ``found``.
        half_width: of the range around the effect that is there by then, in points.
        share: without an effect, 0 to 1.
    """
    known = next((one.margin for one in found if one.end == end and one.margin), None)
    if known is None:
        return tuple(found)
    room, times = _room(share, -1 if way == "lower" else 1), half_width / known
    return tuple(
        one
        if not one.margin
        else _in_points(one.end, one.share, times * one.margin / asked.half_width / one.share, room, asked)
        for one in found
    )


def noticed_by(effect: float, found: Sequence[Noticeable]) -> date | None:
    """The first day by which a full effect of so many points (above 0) would be noticed; None where by none of them."""
    return next((one.end for one in found if one.full is not None and one.full <= effect), None)


def period_ends(first: date, months: int, number: int) -> tuple[date, ...]:
    """The last days of so many periods in a row.

    Args:
        first: the first day of the first one.
        months: how many months each has.
    """
    return tuple(month_after(first, months * (n + 1)) - timedelta(days=1) for n in range(number))


@dataclass(frozen=True)
class _Course:
    """An authority's periods up to a day: (periods, columns), the second one the exposure, and plans that count."""

    rows: Array
    plans: float
    share: float
    sign: int
    asked: Asked

    def noticeable(self, end: date, there: float) -> Noticeable:
        """The smallest effect on the log odds that is as large as its own multiple of standard errors, in points.

        The standard error grows with an effect that brings the share near to its end; so the two are found together.
        """
        error = self._error(0.0)
        if error is None or there < _NO_EXPOSURE:
            return Noticeable(end, there, None, None, None)
        margin = self._points(self.asked.half_width * error * there)
        effect = 0.0
        for _ in range(_ROUNDS):
            error = self._error(effect)
            effect, before = self.asked.multiple * (error or np.inf), effect
            if not self._possible(effect):
                return Noticeable(end, there, None, None, margin)
            if abs(effect - before) < _NEAR:
                break
        return Noticeable(end, there, self._points(effect), self._points(effect * there), margin)

    def _possible(self, effect: float) -> bool:
        return bool(self._points(effect) <= _room(self.share, self.sign))

    def _points(self, logits: float) -> float:
        """By how many points the share moves where its log odds move by so much."""
        return 100 * abs(float(self._moved(np.array(logits))) - self.share)

    def _moved(self, logits: Array) -> Array:
        odds = self.share / (1 - self.share) * np.exp(self.sign * np.minimum(logits, _NO_ODDS))
        return np.asarray(odds / (1 + odds))

    def _error(self, effect: float) -> float | None:
        """The standard error where the effect is so large; None where the periods cannot tell it from the rest."""
        shares = self._moved(effect * self.rows[:, 1])
        information = self.rows.T @ (self.rows * (self.plans * shares * (1 - shares))[:, None])
        if information[1, 1] < _NO_EXPOSURE or np.linalg.matrix_rank(information) < len(information):
            return None
        return sqrt(float(np.linalg.inv(information)[1, 1]))


def _in_points(end: date, there: float, error: float | None, room: float, asked: Asked) -> Noticeable:
    if error is None or there < _NO_EXPOSURE:
        return Noticeable(end, there, None, None, None)
    full, margin = asked.multiple * error, asked.half_width * error * there
    if full > room:
        return Noticeable(end, there, None, None, margin)
    return Noticeable(end, there, full, full * there, margin)


def _room(share: float, sign: int) -> float:
    """How many points an effect can be at most: one that leaves next to nothing of the share is none to look for."""
    return 100 * _MOST * (share if sign < 0 else 1 - share)

"""What a share over time is explained by: its level, its trend, the seasons, the pandemic, and the effect stated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from explorer.evaluation.path import Array, Path, month_after, months_between, step
from explorer.evaluation.shares import Months

_MONTHS = 12
_MOST_PAIRS = {1: 5, 3: 1}  # more waves than that in a year cannot be told apart from so few points
Window = tuple[date, date]  # first and last day
Shape = Literal["path", "level_and_slope"]


@dataclass(frozen=True)
class Plan:
    """How the question is asked, stated before it is.

    Attributes:
        pairs: waves of a year (a sine and a cosine each) that stand for the seasons; 0 for none.
        trend: whether the share may have been rising or falling all along (on the scale of log odds).
        shape: the effect arrives by its path; or as the classical change of level and of slope.
        pandemic: first and last day, with a level of their own; None for none.
        wash_out: months from the start that are left out.
        left_out: days whose periods are left out.
        errors: ranges from the spread of the figures around the fit; or Newey and West's, as a sensitivity only.
    """

    pairs: int
    trend: bool = True
    shape: Shape = "path"
    pandemic: Window | None = None
    wash_out: int = 0
    left_out: tuple[Window, ...] = ()
    errors: Literal["spread", "newey_west"] = "spread"


@dataclass(frozen=True)
class Design:
    """The columns of a fit.

    Attributes:
        names: of the columns: level, trend, season_1_sine, ..., pandemic, effect (or step and slope).
        columns: (periods, terms) for every period, also those that are left out.
        effect: (terms,) true for the columns of the effect.
    """

    names: tuple[str, ...]
    columns: Array
    effect: Array

    @property
    def without(self) -> Array:
        """(periods, terms) the same without the intervention."""
        return np.where(self.effect, 0.0, self.columns)


def design(ends: Sequence[date], months: Months, path: Path, plan: Plan, last: int) -> Design:
    """The columns for some periods.

    The effect's column is the exposure as a share of that of the period ``last``, so that its coefficient is the effect
    that is there by then. Years are counted from the start, so that the level is the one there.

    Raises:
        ValueError: more waves than the periods can tell apart.
    """
    if not 0 <= plan.pairs <= _MOST_PAIRS[months]:
        raise ValueError(f"Periods of {months} months can have at most {_MOST_PAIRS[months]} waves a year.")
    middles = np.array([months_between(path.start, end) for end in ends]) + 0.5 - (months - 1) / 2
    named = {"level": np.ones(len(ends))}
    if plan.trend:
        named["trend"] = middles / _MONTHS
    phase = 2 * np.pi * (middles + path.start.month) / _MONTHS
    for pair in range(1, plan.pairs + 1):
        named[f"season_{pair}_sine"], named[f"season_{pair}_cosine"] = np.sin(pair * phase), np.cos(pair * phase)
    if plan.pandemic:
        during = np.array([_touched(end, months, plan.pandemic) for end in ends])
        if during.any():
            named["pandemic"] = during
    added = _effect(ends, months, path, plan.shape, last)
    names = (*named, *added)
    columns = np.column_stack([*named.values(), *added.values()])
    return Design(names, columns, np.array([name in added for name in names]))


def _effect(ends: Sequence[date], months: Months, path: Path, shape: Shape, last: int) -> dict[str, Array]:
    if shape == "level_and_slope":
        since = step(path.start).exposure(ends, months)
        years = np.array([_years_since(path.start, end, months) for end in ends])
        return {"step": since, "slope": years}
    seen = path.exposure(ends, months)
    return {"effect": seen / seen[last] if seen[last] else seen}


def _years_since(start: date, end: date, months: Months) -> float:
    """Years since the start, in the mean of a period's months; none for months before it."""
    each = months_between(start, end) + 0.5 - np.arange(months)
    return float(np.maximum(each, 0).mean()) / _MONTHS


def _touched(end: date, months: Months, window: Window) -> float:
    """The share of a period's days that lie in a window."""
    start = month_after(end, 1 - months)
    first, last = max(start, window[0]), min(end, window[1])
    return max((last - first + timedelta(1)).days, 0) / (end - start + timedelta(1)).days


def touches(end: date, months: Months, window: Window) -> bool:
    """Whether a period has any day of a window."""
    return _touched(end, months, window) > 0


def without_a_lone_period(ends: Sequence[date], months: Months, used: Array, plan: Plan) -> Plan:
    """The plan without a term for the pandemic where only one period has any of it: that would take it out of the fit.

    Args:
        used: (periods,) which periods the fit rests on.
    """
    if plan.pandemic is None:
        return plan
    touched = sum(touches(end, months, plan.pandemic) for end, kept in zip(ends, used, strict=True) if kept)
    return replace(plan, pandemic=None) if touched == 1 else plan

"""How an effect is expected to arrive: the share of it that is there in each month after the start, stated first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
_MONTHS = 12


@dataclass(frozen=True)
class Path:
    """The share of the full effect that is there in each month from the start.

    Attributes:
        label: what it is called: "as the plan model says", "all at once".
        start: the first day of the month in which it begins.
        shares: the share in the middle of each month since then, 0 (nothing yet) to 1 (all of it); the last one lasts.
    """

    label: str
    start: date
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.start.day != 1 or not self.shares or not all(0 <= share <= 1 for share in self.shares):
            raise ValueError("A path starts on the first day of a month and has shares from 0 to 1.")

    def at(self, months: Array) -> Array:
        """The shares so many months after the start (0 is the first month); nothing before it."""
        known = np.asarray(self.shares, dtype=np.float64)
        place = np.clip(months, 0, len(known) - 1)
        return np.where(np.asarray(months) < 0, 0.0, known[place])

    def exposure(self, ends: Sequence[date], months: int, *, stock: bool = False) -> Array:
        """How much of the full effect each period has seen, 0 to 1.

        A flow that is counted over a period has the mean of its months: with a step on 1 September 2018 the year to
        31 March 2019 is exposed for 7 of 12 months. A stock counted on the period's last day has that month's share.

        Args:
            ends: the last day of each period.
            months: how many months a period has: 1, 3 or 12.
            stock: whether the figure is counted on the last day.

        Returns:
            (periods,) shares.
        """
        last = np.array([months_between(self.start, end) for end in ends], dtype=np.int64)
        if stock:
            return self.at(last)
        return np.asarray(self.at(last[:, None] - np.arange(months)).mean(axis=1), dtype=np.float64)

    def moved(self, months: int) -> "Path":
        """The same path begun so many months later (earlier below 0)."""
        return Path(self.label, month_after(self.start, months), self.shares)


def step(start: date, label: str = "all at once") -> Path:
    """All of the effect from the first month."""
    return Path(label, start, (1.0,))


def ramp(start: date, delay: int, rise: int, label: str) -> Path:
    """Nothing for so many months, then rising evenly over others to all of it."""
    since = np.arange(delay + rise + 1) + 0.5 - delay
    shares = np.clip(since / rise, 0, 1) if rise else (since > 0).astype(np.float64)
    return Path(label, start, tuple(float(share) for share in shares))


def months_between(start: date, end: date) -> int:
    """Months from the month of one day to that of another, below 0 where it is earlier."""
    return (end.year - start.year) * _MONTHS + end.month - start.month


def month_after(start: date, months: int) -> date:
    """The first day of the month so many months after that of a day."""
    number = start.year * _MONTHS + start.month - 1 + months
    return date(number // _MONTHS, number % _MONTHS + 1, 1)

"""Counts by period, some of them hidden: so many of so many plans by month or quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from explorer.evaluation.path import month_after
from explorer.models.series import Series

Months = Literal[1, 3]


@dataclass(frozen=True)
class Shares:
    """A share over time as its counts.

    Attributes:
        ends: the last day of each period, in order and none left out.
        parts: how many of them, such as re-plans; None where hidden.
        wholes: of how many, such as plans started; None where hidden.
        months: how many months a period has: 1 or 3.
    """

    ends: tuple[date, ...]
    parts: tuple[float | None, ...]
    wholes: tuple[float | None, ...]
    months: Months

    def __post_init__(self) -> None:
        if not len(self.ends) == len(self.parts) == len(self.wholes):
            raise ValueError("Every period has an end, a part and a whole.")
        for part, whole in zip(self.parts, self.wholes, strict=True):
            if part is not None and whole is not None and not 0 <= part <= whole:
                raise ValueError("A part is at least nothing and at most the whole.")

    @property
    def hidden(self) -> tuple[bool, ...]:
        """Which periods have no figure because it is hidden."""
        return tuple(part is None or whole is None for part, whole in zip(self.parts, self.wholes, strict=True))

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each period."""
        return tuple(month_after(end, 1 - self.months) for end in self.ends)

    def only(self, wanted: Sequence[bool]) -> "Shares":
        """Some of the periods."""
        rows = [row for row, is_wanted in enumerate(wanted) if is_wanted]
        parts, wholes = (tuple(column[row] for row in rows) for column in (self.parts, self.wholes))
        return Shares(tuple(self.ends[row] for row in rows), parts, wholes, self.months)

    def before(self, day: date) -> "Shares":
        """The periods that were over before a day."""
        return self.only([end < day for end in self.ends])


def shares_of(series: Series) -> Shares:
    """The counts behind a series of shares by month or quarter.

    A point without a value is hidden, unless it is out of nothing.

    Raises:
        ValueError: its periods are neither months nor quarters.
    """
    if series.kind not in ("month", "quarter"):
        raise ValueError("Counts come by month or by quarter.")
    empty = [point.value is None and point.denominator == 0 for point in series.points]
    shown = [point.value is not None or none for point, none in zip(series.points, empty, strict=True)]
    parts = tuple(
        (0.0 if none else point.numerator) if seen else None
        for point, none, seen in zip(series.points, empty, shown, strict=True)
    )
    wholes = tuple(point.denominator if seen else None for point, seen in zip(series.points, shown, strict=True))
    return Shares(series.ends, parts, wholes, 1 if series.kind == "month" else 3)

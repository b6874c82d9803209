"""Twelve months of plans beside the twelve before: what was counted, what does not agree, and why the open ones moved.

The same sums from yearly published figures and from plan records.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from explorer.benchmark_entries import Uncertainty
from explorer.models.history import History
from explorer.models.stock_change import Counts, Split, split
from explorer.plan_indicators import month_ends

OPEN, STARTED, ENDED, REPEATS = "plans_open", "plans_started", "plans_ended", "plans_started_repeat"


@dataclass(frozen=True)
class Tally:
    """One count, or why there is none.

    ``least`` and ``most`` bound a count that DfE hid. ``worked_out``: from a rate per 10,000, so that it may be one or
    two out.
    """

    value: float | None
    status: str = "published"
    least: float | None = None
    most: float | None = None
    worked_out: bool = False


@dataclass(frozen=True)
class Twelve:
    """Twelve months in counts of plans: open at the close of the day before them and of ``end``, and what came between.

    ``repeats`` are those of the started that were re-plans.
    """

    end: date
    opening: Tally
    closing: Tally
    started: Tally
    ended: Tally
    repeats: Tally


@dataclass(frozen=True)
class Movement:
    """Twelve months beside the twelve before.

    ``split`` is None where a count is missing, is too small or cannot be true beside the others.
    """

    after: Twelve
    before: Twelve
    split: Split | None

    @property
    def change(self) -> float | None:
        """More plans open at the end than at the start."""
        return _less(self.after.closing.value, self.after.opening.value)

    @property
    def net(self) -> float | None:
        """Started less ended: what the change would be if all counts agreed."""
        return _less(self.after.started.value, self.after.ended.value)

    @property
    def residual(self) -> float | None:
        """What the open plans moved by that started and ended do not account for."""
        return _less(self.change, self.net)


def movement(now: Twelve, before: Twelve, rule: Uncertainty) -> Movement:
    """Twelve months beside the twelve before, from counts of any source.

    Args:
        now: The twelve months.
        before: The twelve months that end where ``now`` begins.
        rule: The confidence and the design effect, for brothers and sisters who come and go together.
    """
    counts, counts_before = _plain(now), _plain(before)
    return Movement(now, before, split(counts, counts_before, rule) if counts and counts_before else None)


def _plain(one: Twelve) -> Counts | None:
    """The numbers, where all three that are needed are there."""
    opening, closing, started = (each.value for each in (one.opening, one.closing, one.started))
    if opening is None or closing is None or started is None:
        return None
    again = one.repeats
    ends: tuple[float, float] | None = None
    if again.value is not None:
        ends = again.value, again.value
    elif again.least is not None and again.most is not None:
        ends = min(again.least, started), min(again.most, started)
    return Counts(opening, closing, started, one.ended.value, ends)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def movements(table: pl.DataFrame, history: History, area: str, rule: Uncertainty) -> tuple[Movement, ...]:
    """Every year of one authority beside the year before, from yearly figures.

    Args:
        table: ``schema.INDICATORS``.
        history: the counts of every authority; it works out plans ended where only their rate is published.
        area: an authority's DfE number.
        rule: as in ``movement``.

    Returns:
        One a year of ``history``, in order. Years without a figure are there, and say why they have none.
    """
    names = (OPEN, STARTED, ENDED, REPEATS)
    found = {
        (row["indicator"], row["period"]): Tally(row["value"], row["status"], row["least"], row["most"])
        for row in table.filter(pl.col("area") == area, pl.col("indicator").is_in(names)).iter_rows(named=True)
    }
    ended = history.ended[history.areas.index(area)]
    for year, worked_out in zip(history.years, ended, strict=True):
        if (ENDED, year) not in found and not np.isnan(worked_out):
            found[ENDED, year] = Tally(float(worked_out), worked_out=True)

    def twelve(year: int) -> Twelve:
        counts = (found.get(key, _NONE) for key in ((OPEN, year - 1), *((name, year) for name in names)))
        return Twelve(date(year, 3, 31), *counts)

    return tuple(movement(twelve(year), twelve(year - 1), rule) for year in history.years)


_NONE = Tally(None, "not_published")


def movements_of_records(figures: pl.DataFrame, rule: Uncertainty) -> tuple[Movement, ...]:
    """Twelve months to each month end beside the twelve before, from the figures of plan records.

    Args:
        figures: ``plan_indicators.PLAN_INDICATORS`` after disclosure control, of one authority: those counted over
            twelve months, and plans open at month ends.
        rule: as in ``movement``.

    Returns:
        One for each month end at which plans open are given, in order.
    """
    flows = figures.filter(pl.col("period_kind") == "rolling_12m", pl.col("indicator").is_in([STARTED, ENDED, REPEATS]))
    stocks = figures.filter(pl.col("period_kind") == "month", pl.col("indicator") == OPEN)
    found = {
        (row["indicator"], row["period_end"]): Tally(row["value"], _RECORDS.get(row["status"], row["status"]))
        for row in pl.concat([flows, stocks]).iter_rows(named=True)
    }

    def twelve(end: date) -> Twelve:
        counts = ((OPEN, _year_before(end)), *((name, end) for name in (OPEN, STARTED, ENDED, REPEATS)))
        return Twelve(end, *(found.get(key, _NOT_HELD) for key in counts))

    ends = sorted({end for name, end in found if name == OPEN and month_ends(end, end)})
    return tuple(movement(twelve(end), twelve(_year_before(end)), rule) for end in ends)


_RECORDS = {"suppressed": "withheld", "refused": "not_in_records"}  # their words for what schema.STATUS_WORDS says
_NOT_HELD = Tally(None, "not_in_records")


def _year_before(end: date) -> date:
    """The month end twelve months before a month end; 29 February of a leap year has its own."""
    return end.replace(year=end.year - 1, day=monthrange(end.year - 1, end.month)[1])

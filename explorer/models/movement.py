"""Why the number of open plans moved: more of them came and went, or each lasted longer.

Plans open on average = plans that come and go in a year x years on a plan (Little 1961, Operations Research 9(3);
methods.md, "Plan flow"). So a change of the first is split, without anything left over, into what a change of
each of the other two comes to. The length is worked out from the three counts and not from single plans.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, sqrt
from statistics import NormalDist

import numpy as np
import polars as pl

from explorer.config import Uncertainty
from explorer.models.history import History
from explorer.plan_indicators import month_ends

OPEN, STARTED, ENDED, REPEATS = "plans_open", "plans_started", "plans_ended", "plans_started_repeat"
_TOLD_FROM = 5.0  # plans a year coming and going: below, the normal range of a ratio of counts is not worth its name


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
class Counts:
    """The same as plain numbers; ``repeats`` may be None."""

    opening: float
    closing: float
    started: float
    ended: float
    repeats: float | None = None

    @property
    def average(self) -> float:
        """Plans open on average: the middle of the two ends."""
        return (self.opening + self.closing) / 2

    @property
    def flow(self) -> float:
        """Plans that come and go in a year: the middle of started and ended."""
        return (self.started + self.ended) / 2

    @property
    def years(self) -> float:
        """Average length of a plan, in years."""
        return self.average / self.flow


@dataclass(frozen=True)
class Part:
    """What one cause comes to in plans open on average, with the range that chance leaves it."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the range leaves out no change at all."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Split:
    """A change of the plans open on average, in its parts: ``flow`` + ``length`` = ``change``.

    Attributes:
        average, average_before: plans open on average.
        flow_of, flow_before: plans that came and went in the twelve months.
        months, months_before: average length of a plan.
        flow: because more or fewer came and went; ``first`` + ``repeat`` where re-plans are known, else None.
        length: because plans lasted longer or shorter.
    """

    average: float
    average_before: float
    flow_of: float
    flow_before: float
    months: float
    months_before: float
    flow: Part
    length: Part
    first: Part | None
    repeat: Part | None

    @property
    def change(self) -> float:
        """More plans open on average than the year before; less than nought where fewer."""
        return self.average - self.average_before

    @property
    def told(self) -> bool:
        """Whether either cause is more than chance is likely to make."""
        return self.flow.clear or self.length.clear


@dataclass(frozen=True)
class Movement:
    """Twelve months beside the twelve before; ``split`` is None where a count is missing or too few come and go."""

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


def split(now: Counts, before: Counts, rule: Uncertainty) -> Split | None:
    """The change of the plans open on average, in its parts.

    With L = flow x W in both years, the change of L is exactly (change of flow) x mean W + (change of W) x mean flow.
    Re-plans are taken to be the same share of what came and went as of what started.

    The ranges are by the delta method. Counts have design effect x themselves as variance; a plan that starts and ends
    within the two years is in two of the counts, and how many do so is as for lengths that are exponential (see
    ``_spread``). How many were open is taken as it was. A test holds them against draws and simulated families.

    Returns:
        None where fewer than 5 plans a year came and went.
    """
    if min(now.flow, before.flow) < _TOLD_FROM:
        return None
    z = NormalDist().inv_cdf(0.5 + rule.confidence / 2)
    spread = _spread(now, before, rule.design_effect)

    def part(share_now: tuple[float, float], share_before: tuple[float, float]) -> Part:
        """What the flow of some kind of plan comes to: its share of all, and the variance of that."""
        (of_now, var_now), (of_before, var_before) = share_now, share_before
        length = (now.years + before.years) / 2
        moved = now.flow * of_now - before.flow * of_before
        # how the part moves with the flow of either year, whose length moves the other way
        by_now = of_now * length - moved * now.years / (2 * now.flow)
        by_before = -of_before * length - moved * before.years / (2 * before.flow)
        variance = by_now**2 * spread[0] + by_before**2 * spread[1] + 2 * by_now * by_before * spread[2]
        variance += length**2 * (now.flow**2 * var_now + before.flow**2 * var_before)
        return _ranged(moved * length, z * sqrt(max(variance, 0.0)))

    whole = (1.0, 0.0)
    flow = part(whole, whole)
    length = now.average - before.average - flow.value
    kinds: list[Part | None] = [None, None]
    again = _share(now, rule.design_effect), _share(before, rule.design_effect)
    if again[0] and again[1]:
        first = [(1 - share, variance) for share, variance in (again[0], again[1])]
        kinds = [part(first[0], first[1]), part(again[0], again[1])]
    return Split(
        average=now.average,
        average_before=before.average,
        flow_of=now.flow,
        flow_before=before.flow,
        months=12 * now.years,
        months_before=12 * before.years,
        flow=flow,
        # the two add up to what was counted: what chance gives to one it takes from the other
        length=_ranged(length, flow.high - flow.value),
        first=kinds[0],
        repeat=kinds[1],
    )


def _ranged(value: float, half: float) -> Part:
    return Part(value, value - half, value + half)


def _spread(now: Counts, before: Counts, design_effect: float) -> tuple[float, float, float]:
    """Variance of the flow of this year and the year before, and their covariance.

    A flow is half of started and ended together. Of the plans of a year, those of length W (exponential) that also end
    in it are 1 - W (1 - e^(-1/W)): they count twice. Of those left, 1 - e^(-1/W) end in the year after.
    """
    inside = [min(one.started, one.ended) * _ends_in_its_year(one.years) for one in (now, before)]
    length = (now.years + before.years) / 2
    over = min(now.flow - inside[0], before.flow - inside[1]) * (1 - exp(-1 / length) if length else 1.0)
    # half a plan more, so that a count of nought is not taken to be certain
    own = [one.started + one.ended + 1 + 2 * both for one, both in zip((now, before), inside, strict=True)]
    return design_effect * own[0] / 4, design_effect * own[1] / 4, design_effect * max(over, 0.0) / 4


def _ends_in_its_year(years: float) -> float:
    return 1 - years * (1 - exp(-1 / years)) if years else 1.0


def _share(one: Counts, design_effect: float) -> tuple[float, float] | None:
    """Re-plans as a share of plans started, and its variance; None where they are not known."""
    if one.repeats is None or not one.started:
        return None
    rounded = (one.repeats + 0.5) / (one.started + 1)  # as above: a share of nought is not certain
    return one.repeats / one.started, design_effect * rounded * (1 - rounded) / one.started


def _plain(one: Twelve) -> Counts | None:
    """The numbers, where all four that are needed are there."""
    opening, closing, started, ended = (each.value for each in (one.opening, one.closing, one.started, one.ended))
    if opening is None or closing is None or started is None or ended is None:
        return None
    return Counts(opening, closing, started, ended, one.repeats.value)


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


def movement_of(found: Sequence[Movement], year: int) -> Movement:
    """One year's of them.

    Raises:
        KeyError: it is not among them.
    """
    for one in found:
        if one.after.end.year == year:
            return one
    raise KeyError(year)


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

"""Whether those who left and came back can be told too closely from the re-plans that they began.

A child who left in a quarter and was back within some months began a re-plan in that quarter or one of those up to so
many months later. So over any stretch of quarters re-plans are at least as many as came back in it for certain, and
those within two years of the last plan are at most as many as may have come back in it. Where such a limit is near the
true number, it narrows what is hidden on either side: the re-plans, or those who came back by an earlier month. Where
it is a small count away or more, either side can move by a small count while the other stays.

Source: Hall 1935, "On representatives of subsets", Journal of the London Mathematical Society 10, 26-30: who came back
fits into the re-plans where it does over every set of quarters; as each returns within a stretch, stretches suffice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.disclosure.plan_sums import REPEAT, SOON
from explorer.plan_indicators.cohorts import STEPS

_QUARTER = 3  # months
_SOON = STEPS[-1]  # months within which a re-plan is counted as soon after the last plan
Stretches = NDArray[np.float64]  # (quarters, quarters): from the quarter of the row to that of the column


@dataclass(frozen=True)
class Replans:
    """Plans started that are re-plans, exact, by quarter.

    Attributes:
        ends: (quarters,) the last day of each, one after the other.
        every: (quarters,) how many began in it.
        soon: (quarters,) how many of these began within two years of the last plan; NaN where that is not counted.
    """

    ends: tuple[date, ...]
    every: NDArray[np.float64]
    soon: NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Those who left in some quarters, as readers see them.

    Attributes:
        first, last: the first and the last quarter, as places in ``Replans.ends``.
        left: how many left; None where that is hidden.
        back: how many were back, by the months that are shown.
    """

    first: int
    last: int
    left: int | None
    back: Mapping[int, int]

    def holds(self, other: "Group") -> bool:
        """Whether the other's quarters are among these."""
        return self.first <= other.first and other.last <= self.last

    @property
    def cuts(self) -> list[int]:
        """The months that are shown, from 0 on."""
        return [0, *sorted(self.back)]

    def between(self, after: int, cut: int) -> int:
        """How many came back between two of the months."""
        return self.back[cut] - (self.back[after] if after else 0)


@dataclass(frozen=True)
class Near:
    """A stretch over which a limit is too near the true number of re-plans: its quarters, and on which side."""

    first: int
    last: int
    below: bool

    def rests_on(self, group: Group) -> Iterator[tuple[bool, int, int]]:
        """The months shown of a group that can bear on the limit: whether only through others, and how many came back.

        All that came back between two of the months in days of the stretch bear on a lower limit themselves.
        """
        if group.first <= self.last and group.last + _SOON // _QUARTER >= self.first:
            for after, cut in pairwise(group.cuts):
                within = self.first <= group.first + after // _QUARTER and group.last + cut // _QUARTER <= self.last
                amount = group.between(after, cut)
                yield not self.below and not (within and amount), cut, amount


def replans_of(exact: pl.DataFrame) -> Replans:
    """The re-plans of every whole quarter.

    Args:
        exact: The columns of ``plan_indicators.PLAN_INDICATORS`` before disclosure control; its months are read.

    Returns:
        Of a quarter whose months are not all there, no re-plans: beside it nobody who came back is shown.
    """
    months = exact.filter(pl.col("indicator").is_in([REPEAT, SOON]), period_kind="month")
    quarter = pl.col("period_end").dt.truncate("1q").dt.offset_by(f"{_QUARTER - 1}mo").dt.month_end()
    whole = pl.col("numerator").is_not_null().sum() == _QUARTER
    rows = months.group_by("indicator", end=quarter).agg(pl.when(whole).then(pl.col("numerator").sum()).alias("sum"))
    found = {(name, end): value for name, end, value in rows.iter_rows()}
    ends = tuple(sorted({end for _, end in found}))
    every, soon = (np.array([found.get((name, end)) for end in ends], dtype=float) for name in (REPEAT, SOON))
    return Replans(ends, np.nan_to_num(every), soon)


def nearest(groups: Sequence[Group], everything: Sequence[Group], replans: Replans, least: int) -> Near | None:
    """The stretch of quarters over which a limit comes nearest to the number of re-plans; None where all are far.

    Args:
        groups: All who left, in longer periods and in the shorter ones within them; a quarter that is in none may
            have any number.
        everything: The same with all that is hidden of them. Re-plans within two years are nobody else's, so they may
            tell what is hidden by what is left over: they have to be that many more than all who came back.
        replans: The re-plans of the same quarters.
        least: How far from it every limit has to be, in re-plans.
    """
    quarters = len(replans.ends)
    complete = with_inferred(groups)
    certain, possible = came_back(complete, quarters), may_have_come_back(complete, quarters)
    without = may_have_come_back([replace(one, back={}) for one in groups], quarters)  # from the figures alone
    every, soon = _over_stretches(replans.every), _over_stretches(replans.soon)
    closest = np.fmin(every - certain, soon - came_back(everything, quarters))
    above = np.where(certain > 0, closest, np.inf)
    below = np.where((possible > 0) & (possible < without), possible - soon, np.inf)
    upright = np.tri(quarters, dtype=bool).T
    slack = [np.where(upright & ~np.isnan(one), one, np.inf) for one in (above, below)]
    lowest = [one.min(initial=np.inf) for one in slack]
    if min(lowest) >= least:
        return None
    side = int(np.argmin(lowest))
    first, last = np.unravel_index(int(np.argmin(slack[side])), slack[side].shape)
    return Near(int(first), int(last), side == 1)


def with_inferred(groups: Sequence[Group]) -> list[Group]:
    """The groups with the numbers that follow from others.

    Where nobody came back between two months, nobody did in shorter periods or between months within; and what is
    known of a period and of all its halves but one tells the last.
    """
    known = [{0: 0, **one.back} for one in groups]
    parts = [_parts(groups, one) for one in groups]
    before = -1
    while (size := sum(map(len, known))) != before:
        before = size
        for here, within in zip(known, parts, strict=True):
            for after, cut in combinations(sorted(here), 2):
                if here[after] == here[cut]:
                    here |= {step: here[cut] for step in STEPS if after < step < cut}
                    for part in within:
                        _made_equal(known[part], after, cut)
            for step in STEPS if within else ():
                _made_complete([here, *(known[part] for part in within)], step)
    return [
        replace(one, back={step: here[step] for step in here if step}) for one, here in zip(groups, known, strict=True)
    ]


def _parts(groups: Sequence[Group], whole: Group) -> list[int]:
    """The places of the longest groups that make up a group together; none where some of it is missing."""
    inside = [number for number, one in enumerate(groups) if one != whole and whole.holds(one)]
    longest = [one for one in inside if not any(groups[other].holds(groups[one]) for other in inside if other != one)]
    covered = sum(groups[one].last - groups[one].first + 1 for one in longest)
    return longest if covered == whole.last - whole.first + 1 else []


def _made_equal(known: dict[int, int], after: int, cut: int) -> None:
    """Where one of two numbers is known that are the same, both are."""
    for one, other in ((after, cut), (cut, after)):
        if one in known:
            known.setdefault(other, known[one])


def _made_complete(known: Sequence[dict[int, int]], step: int) -> None:
    """Of a whole and its parts the one that is not known follows from the others."""
    missing = [place for place, one in enumerate(known) if step not in one]
    if len(missing) == 1:
        rest = sum(one[step] for one in known[1:] if step in one)
        known[missing[0]][step] = rest if missing == [0] else known[0][step] - rest


def came_back(groups: Sequence[Group], quarters: int) -> Stretches:
    """How many are known to have come back within each stretch."""
    return _nested(groups, quarters, certain_of, np.maximum)


def may_have_come_back(groups: Sequence[Group], quarters: int) -> Stretches:
    """How many at most can have come back within each stretch and two years; infinite where that is not known."""
    found = _nested(groups, quarters, possible_of, np.minimum)
    for place in set(range(quarters)) - {place for one in groups for place in range(one.first, one.last + 1)}:
        found[:, place:] = np.inf
    return found


def certain_of(group: Group, quarters: int) -> Stretches:
    """Those between two months that are shown, in every stretch that holds all days on which they can be back."""
    found = np.zeros((quarters, quarters))
    for after, cut in combinations(group.cuts, 2):
        inside = found[: group.first + after // _QUARTER + 1, group.last + cut // _QUARTER :]
        np.maximum(inside, group.between(after, cut), out=inside)
    return found


def possible_of(group: Group, quarters: int) -> Stretches:
    """Those between two months that are shown, in every stretch that holds a day on which they can be back."""
    found = np.zeros((quarters, quarters))
    for after, cut in pairwise(group.cuts):
        found[: group.last + cut // _QUARTER + 1, group.first + after // _QUARTER :] += group.between(after, cut)
    known = group.cuts[-1]
    if known < _SOON:
        rest = np.inf if group.left is None else group.left - group.back.get(known, 0)
        found[: group.last + _SOON // _QUARTER + 1, group.first + known // _QUARTER :] += rest
    return found


def _nested(
    groups: Iterable[Group],
    quarters: int,
    of_one: Callable[[Group, int], Stretches],
    closer: Callable[[Stretches, Stretches], Stretches],
) -> Stretches:
    """Over all groups: each by itself or as the sum of those within it, whichever says more."""
    found: list[tuple[Group, Stretches]] = []
    for group in sorted(groups, key=lambda one: one.last - one.first):
        within = [(one, value) for one, value in found if group.holds(one)]
        found = [(one, value) for one, value in found if not group.holds(one)]
        own = of_one(group, quarters)
        parts = sum((value for _, value in within), np.zeros_like(own))
        found.append((group, closer(own, parts) if within else own))
    return sum((value for _, value in found), np.zeros((quarters, quarters)))


def _over_stretches(counts: NDArray[np.float64]) -> Stretches:
    """The sum from each quarter to each other; NaN where one is not counted."""
    missing = np.isnan(counts)
    total, gaps = (np.concatenate([[0], np.cumsum(one)]) for one in (np.where(missing, 0, counts), missing))
    sums = total[None, 1:] - total[:-1, None]
    return np.where(gaps[None, 1:] - gaps[:-1, None] > 0, np.nan, sums)

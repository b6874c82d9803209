"""Families made up from chance: brothers and sisters, their plans, and coming back onto a plan.

Days are counted as ``date.toordinal`` does. Nothing here knows a published figure; ``sample_choice`` picks
the families that together give the published figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log

import numpy as np

from explorer.sources.sample_settings import Invention

YEAR = 365.25  # days
YOUNGEST_LEAVER = 17 * YEAR  # nobody starts a plan at 17: there would be little time left for it
EIGHTEENTH = int(18 * YEAR) - 30  # plans end before this birthday
SHORTEST = 7  # days from start to end, and from one plan to the next
LONGEST_HISTORY = 16  # reviews: nearly eight years
# Lengths on which definitions disagree (90 days or 3 months, 729 days or 2 years) do not occur.
DISPUTED = frozenset((*range(88, 94), *range(180, 186), *range(363, 368), *range(727, 734)))
# Nor do starts that have a disputed length at 31 March or 30 September.
DISPUTED_STARTS = frozenset(((3, 30), (3, 31), (4, 1), (4, 2), (9, 28), (9, 29), (9, 30), (10, 1)))


@dataclass(frozen=True)
class InventedPlan:
    """One plan of one child: days, categories, and how many plans the child had before."""

    child: int
    start: int
    end: int
    previous: int
    initial: str
    latest: str
    referral: int
    reviews: tuple[int, ...]


@dataclass(frozen=True)
class Family:
    """The birth days of its children, and those of their plans that lie in the window."""

    births: tuple[int, ...]
    plans: tuple[InventedPlan, ...]


class Draws:
    """Uniform numbers that are the same on every machine: raw bits of a seeded generator, nothing derived."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)
        self._ready: list[float] = []

    def uniform(self) -> float:
        """A number from 0 up to, not including, 1."""
        if not self._ready:
            self._ready = [(bits >> 11) * 2.0**-53 for bits in self._bits.random_raw(65536).tolist()]
            self._ready.reverse()
        return self._ready.pop()

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def days(self, pair: Sequence[float]) -> int:
        """A whole number of days, evenly from the least to the most."""
        return int(pair[0] + self.uniform() * (pair[1] - pair[0] + 1))

    def place(self, shares: Sequence[float]) -> int:
        """The position of one share, drawn in proportion."""
        left = self.uniform() * sum(shares)
        for number, share in enumerate(shares):
            left -= share
            if left < 0:
                return number
        return len(shares) - 1

    def key(self, mix: Mapping[str, float]) -> str:
        """One name of a mix, drawn in proportion."""
        return list(mix)[self.place(list(mix.values()))]


def invent_families(invention: Invention, first: int, last: int, draws: Draws) -> list[Family]:
    """Make up ``invention.families`` families that each have a plan in the days ``first`` to ``last``."""
    earliest = invention.history_first.toordinal()
    families: list[Family] = []
    while len(families) < invention.families:
        start = _starting_day(earliest + int(draws.uniform() * (last - earliest)))
        family = _History(invention, draws, last).family(start)
        seen = tuple(plan for plan in family.plans if plan.start <= last and plan.end >= first)
        if seen:
            families.append(Family(family.births, seen))
    return families


class _History:
    """One family from its first plan to its last."""

    def __init__(self, invention: Invention, draws: Draws, last: int) -> None:
        self.given, self.draws, self.last = invention, draws, last
        self.births: list[int] = []
        self.previous: list[int] = []
        self.off_since = 0  # the day the family's plan before ended

    def family(self, start: int) -> Family:
        """The whole history; plans may end, but do not start, after the last day."""
        plans: list[InventedPlan] = []
        self._children(start)
        category = self.draws.key(self.given.category_mix)
        while True:
            now = self._together(start, category)
            plans += now
            if not now or not self.draws.chance(self.given.repeat_chance):
                break
            self.off_since = max(plan.end for plan in now)
            again = _starting_day(self.off_since + self._gap())
            if again > self.last:
                break
            self._baby(start, again)
            start = again
            if not self.draws.chance(self.given.category_kept):
                category = self.draws.key(self.given.category_mix)
        return Family(tuple(self.births), tuple(plans))

    def _children(self, start: int) -> None:
        birth = start - int(17 * YEAR * self.draws.uniform() ** self.given.age_skew)
        if self.draws.chance(self.given.unborn_share):
            birth = start + self.draws.days((10, 90))
        for _ in range(1 + self.draws.place(self.given.family_sizes)):
            self._child(birth)
            least, most = self.given.sibling_gap_years
            birth -= int(YEAR * (least + self.draws.uniform() * (most - least)))

    def _child(self, birth: int) -> None:
        self.births.append(birth)
        self.previous.append(0)

    def _baby(self, before: int, again: int) -> None:
        wanted = self.draws.chance(min(0.5, self.given.baby_rate * (again - before) / YEAR))
        if wanted and again - max(self.births) > YEAR:
            self._child(again - self.draws.days((10, 60)))

    def _gap(self) -> int:
        """Days off the plan: a Weibull cut off at the longest gap."""
        shape, scale = self.given.repeat_shape, self.given.repeat_scale_years
        reached = 1 - exp(-((self.given.repeat_most_years / scale) ** shape))
        years = scale * (-log(1 - self.draws.uniform() * reached)) ** (1 / shape)
        return SHORTEST + int(YEAR * years)

    def _together(self, start: int, category: str) -> list[InventedPlan]:
        """The plans that start on one day: every child young enough who joins."""
        reviews = self._reviews(start)
        shared = self._end(start, reviews)
        changed = self.draws.key(self.given.category_mix) if self.draws.chance(self.given.category_changes) else None
        referral = max(start - self.draws.days(self.given.referral_days), self.off_since + 1)
        plans = []
        for child, birth in enumerate(self.births):
            joins = self.previous[child] == 0 or self.draws.chance(self.given.joins_again)
            if start - birth >= YOUNGEST_LEAVER or not joins:
                continue
            end = self._end(start, reviews) if self.draws.chance(self.given.ends_apart) else shared
            if end > birth + EIGHTEENTH:
                end = _earlier(birth + EIGHTEENTH, start)
            own = self.draws.key(self.given.category_mix) if self.draws.chance(self.given.category_own) else category
            held = tuple(day for day in reviews if day <= end)
            plans.append(InventedPlan(child, start, end, self.previous[child], own, changed or own, referral, held))
            self.previous[child] += 1
        return plans

    def _reviews(self, start: int) -> list[int]:
        days = [_earlier(start + self.draws.days(self.given.first_review_days), start)]
        while len(days) < LONGEST_HISTORY:
            days.append(_earlier(days[-1] + self.draws.days(self.given.next_review_days), start))
        return days

    def _end(self, start: int, reviews: Sequence[int]) -> int:
        """A day at a review or between two, by the chances of the settings."""
        before = start
        for number, review in enumerate(reviews):
            if self.draws.chance(_at(self.given.ends_between, number)):
                return _later(max(before + int(self.draws.uniform() * (review - before)), start + SHORTEST), start)
            if self.draws.chance(_at(self.given.ends_at_review, number)):
                return review
            before = review
        return before


def _at(chances: Sequence[float], number: int) -> float:
    return chances[min(number, len(chances) - 1)]


def _working_day(day: int) -> bool:
    """Monday to Friday, and not between Christmas Eve and 2 January."""
    there = date.fromordinal(day)
    holiday = (there.month == 12 and there.day >= 24) or (there.month == 1 and there.day <= 2)
    return there.weekday() < 5 and not holiday


def _step(day: int) -> int:
    """Days to move a date that may not be: 2 to 5, by its week, so that no weekday gets all the weekends'."""
    return 2 + day // 7 % 4


def _starting_day(day: int) -> int:
    """A day from ``day`` on when a plan may start."""
    while not _working_day(day) or (date.fromordinal(day).month, date.fromordinal(day).day) in DISPUTED_STARTS:
        day += _step(day)
    return day


def _later(day: int, start: int) -> int:
    """A day from ``day`` on when a plan of ``start`` may end."""
    while not _working_day(day) or day - start in DISPUTED:
        day += _step(day)
    return day


def _earlier(day: int, start: int) -> int:
    """A day up to ``day`` when a plan of ``start`` may be reviewed or end."""
    while not _working_day(day) or day - start in DISPUTED:
        day -= _step(day)
    return day

"""Families made up from chance: brothers and sisters, their plans, and coming back onto a plan.

Days are counted as ``date.toordinal`` does. Nothing here knows a published figure; ``choice`` picks
the families that together give the published figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from explorer.sources.sample.days import day_after, day_before, starting_day
from explorer.sources.sample.draws import Draws
from explorer.sources.sample.settings import Invention

YEAR = 365.25  # days
YOUNGEST_LEAVER = 17 * YEAR  # nobody starts a plan at 17: there would be little time left for it
EIGHTEENTH = int(18 * YEAR) - 30  # plans end before this birthday
SHORTEST = 7  # days from start to end, and from one plan to the next
LONGEST_HISTORY = 16  # reviews: nearly eight years
BORN_AFTER_START = (10, 110)  # days from the start of a plan to the birth of the child it was made for
BORN_BEFORE_RETURN = (10, 60)  # days from the birth of a baby to the plan that the family comes back onto
MOST_BABIES = 0.5  # chance of a baby, however long the family was away


@dataclass(frozen=True)
class InventedPlan:
    """One plan of one child.

    Attributes:
        child: The place of the child in ``Family.births``.
        start, end, referral, reviews: Days.
        previous: How many plans the child had before, whether or not they lie in the window.
        initial, latest: Codes of the category of abuse.
    """

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


def invent_families(invention: Invention, first: int, last: int, draws: Draws) -> list[Family]:
    """Make up families that each have a plan in the days ``first`` to ``last``.

    Args:
        invention: How many, and how. Brothers and sisters start together and mostly end together; the risk of
            a re-plan falls with the time since the last plan (a Weibull with a shape below 1).
        first: The first day of the window.
        last: The last day of the window. No plan starts after it; one that ends after it is still open then.
        draws: Chance.
    """
    earliest = invention.history_first.value.toordinal()
    families: list[Family] = []
    while len(families) < invention.families.value:
        start = starting_day(earliest + int(draws.uniform() * (last - earliest)))
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
        category = self._category()
        while True:
            now = self._together(start, category)
            plans += now
            if not now or not self.draws.chance(self.given.repeat_chance.value):
                break
            self.off_since = max(plan.end for plan in now)
            again = starting_day(self.off_since + self._gap())
            if again > self.last:
                break
            self._baby(start, again)
            start = again
            if not self.draws.chance(self.given.category_kept.value):
                category = self._category()
        return Family(tuple(self.births), tuple(plans))

    def _children(self, start: int) -> None:
        birth = start - int(17 * YEAR * self.draws.uniform() ** self.given.age_skew.value)
        if self.draws.chance(self.given.unborn_share.value):
            birth = start + self.draws.days(BORN_AFTER_START)
        for _ in range(1 + self.draws.place(self.given.family_sizes.value)):
            self._child(birth)
            least, most = self.given.sibling_gap_years.value
            birth -= int(YEAR * (least + self.draws.uniform() * (most - least)))

    def _child(self, birth: int) -> None:
        self.births.append(birth)
        self.previous.append(0)

    def _baby(self, before: int, again: int) -> None:
        wanted = self.draws.chance(min(MOST_BABIES, self.given.baby_rate.value * (again - before) / YEAR))
        if wanted and again - max(self.births) > YEAR:
            self._child(again - self.draws.days(BORN_BEFORE_RETURN))

    def _category(self) -> str:
        return self.draws.key(self.given.category_mix.value)

    def _gap(self) -> int:
        """Days off the plan: a Weibull cut off at the longest gap."""
        shape, scale = self.given.repeat_shape.value, self.given.repeat_scale_years.value
        reached = 1 - exp(-((self.given.repeat_most_years.value / scale) ** shape))
        years = scale * (-log(1 - self.draws.uniform() * reached)) ** (1 / shape)
        return SHORTEST + int(YEAR * years)

    def _together(self, start: int, category: str) -> list[InventedPlan]:
        """The plans that start on one day: every child young enough who joins."""
        reviews = self._reviews(start)
        shared = self._end(start, reviews)
        changed = self._category() if self.draws.chance(self.given.category_changes.value) else None
        referral = max(start - self.draws.days(self.given.referral_days.value), self.off_since + 1)
        plans = []
        for child, birth in enumerate(self.births):
            joins = self.previous[child] == 0 or self.draws.chance(self.given.joins_again.value)
            if start - birth >= YOUNGEST_LEAVER or not joins:
                continue
            end = self._end(start, reviews) if self.draws.chance(self.given.ends_apart.value) else shared
            if end > birth + EIGHTEENTH:
                end = day_before(birth + EIGHTEENTH, start)
            own = self._category() if self.draws.chance(self.given.category_own.value) else category
            held = tuple(day for day in reviews if day <= end)
            plans.append(InventedPlan(child, start, end, self.previous[child], own, changed or own, referral, held))
            self.previous[child] += 1
        return plans

    def _reviews(self, start: int) -> list[int]:
        days = [day_before(start + self.draws.days(self.given.first_review_days.value), start)]
        while len(days) < LONGEST_HISTORY:
            days.append(day_before(days[-1] + self.draws.days(self.given.next_review_days.value), start))
        return days

    def _end(self, start: int, reviews: Sequence[int]) -> int:
        """A day at a review or between two, by the chances of the settings."""
        before = start
        for number, review in enumerate(reviews):
            if self.draws.chance(_at(self.given.ends_between.value, number)):
                return day_after(max(before + int(self.draws.uniform() * (review - before)), start + SHORTEST), start)
            if self.draws.chance(_at(self.given.ends_at_review.value, number)):
                return review
            before = review
        return before


def _at(chances: Sequence[float], number: int) -> float:
    return chances[min(number, len(chances) - 1)]

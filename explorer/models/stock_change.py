"""A year's change of the plans open, in three: what was under way, how many started, how long they stay.

Plans start at ``started`` a year and leave at a yearly rate ``leaving`` of those open: N' = started - leaving x N
(methods.md, "Plan flow", without re-plans and ages). The rate of a year is the one with which the counted starts lead
from the plans open at its start to exactly those open at its end; plans then stay 1 / rate years on average (Little
1961, Operations Research 9(3)).
"""

from dataclasses import dataclass
from math import exp, expm1, sqrt
from statistics import NormalDist

from scipy.optimize import brentq

from explorer.benchmark_entries import Uncertainty

WHOLE = 0.5  # from here a difference is shown as one plan
FEWEST = 5  # started, ended or open: below, the normal range of counts is not worth its name


@dataclass(frozen=True)
class Counts:
    """Twelve months in plain numbers: plans open before and at the end of them, and started.

    ``ended`` are those published, or None; ``repeats`` the ends of what re-plans can be, or None.
    """

    opening: float
    closing: float
    started: float
    ended: float | None = None
    repeats: tuple[float, float] | None = None

    @property
    def left(self) -> float:
        """Plans that must have ended, going by those open and those started."""
        return self.opening + self.started - self.closing

    @property
    def firsts(self) -> tuple[float, float] | None:
        """First plans: the ends of what re-plans leave of the started."""
        return (self.started - self.repeats[1], self.started - self.repeats[0]) if self.repeats else None

    @property
    def gap(self) -> float:
        """What the published endings differ from that by; nought where none are published."""
        return 0.0 if self.ended is None else abs(self.ended - self.left)


@dataclass(frozen=True)
class Part:
    """What one cause comes to in open plans, and the range that chance leaves it.

    ``hidden`` is half of what a hidden count leaves open: ``value`` is then the middle of what it can be.
    """

    value: float
    low: float
    high: float
    hidden: float = 0.0

    @property
    def clear(self) -> bool:
        """Whether the range leaves out no change at all, once it is rounded to whole plans."""
        return self.low >= WHOLE or self.high <= -WHOLE

    @property
    def least(self) -> float:
        """The lower end of what a hidden count leaves open."""
        return self.value - self.hidden

    @property
    def most(self) -> float:
        """The upper end of it."""
        return self.value + self.hidden


@dataclass(frozen=True)
class Split:
    """The change of the plans open in a year, in its parts: ``under_way`` + ``starts`` + ``staying`` = ``change``.

    Attributes:
        change: more plans open at the end than at the start.
        months, months_before: how long plans stay on average, were the year to go on for ever.
        under_way: the change had as many started as the year before, and had they stayed as long.
        starts: because more or fewer started; ``first`` + ``repeat``, which are None where re-plans are not known.
        staying: because plans stayed longer or shorter.
    """

    change: float
    months: float
    months_before: float
    under_way: float
    starts: Part
    staying: Part
    first: Part | None
    repeat: Part | None

    @property
    def told(self) -> bool:
        """Whether either cause is more than chance is likely to make."""
        return self.starts.clear or self.staying.clear


def open_after(opening: float, started: float, leaving: float) -> float:
    """Plans open after a year: those left of the ones there were, and those left of the ones started in it."""
    return opening * exp(-leaving) + started * _kept(leaving)


def leaving_rate(year: Counts) -> float:
    """Plans ended a year for each one open, so that the other counts fit exactly.

    Raises:
        ValueError: no plan is open at the end, or as many as were open and started.
    """
    if not 0 < year.closing < year.opening + year.started:
        raise ValueError("no rate leads from these starts to these plans open")
    top = 1.0
    while open_after(year.opening, year.started, top) > year.closing:
        top *= 2
    rate: float = brentq(lambda leaving: open_after(year.opening, year.started, leaving) - year.closing, 0.0, top)
    return rate


def split(now: Counts, before: Counts, rule: Uncertainty) -> Split | None:
    """The change of the plans open in a year, in its parts.

    ``starts`` and ``staying`` are the averages of the two orders in which last year's starts and rate can be changed
    into this year's (Shapley 1953); as the flow is linear in the starts, these are the products below.

    The ranges are by the delta method. Starts have design effect x themselves as variance (half a plan more, so that
    few are not taken to be certain). Of those open and those started, so many are still open at the end as in draws of
    each family with the chance of that (binomial x design effect); what the published endings disagree by is added to
    either end. Taken as counted: how many were open at the start, and so what was under way.

    Returns:
        None where fewer than 5 started, were open at the end or must have ended, in either year.
    """
    if min(one for year in (now, before) for one in (year.started, year.closing, year.left)) < FEWEST:
        return None
    z = NormalDist().inv_cdf(0.5 + rule.confidence / 2)
    rates = leaving_rate(now), leaving_rate(before)
    kept = (_kept(rates[0]) + _kept(rates[1])) / 2
    started = (now.started + before.started) / 2
    # how the part moves with the plans open at the end of either year
    moves = [
        _steepness(now.opening, started, rate) / _steepness(year.opening, year.started, rate)
        for year, rate in zip((now, before), rates, strict=True)
    ]
    chance = moves[0] ** 2 * _variance(now, rates[0]) + moves[1] ** 2 * _variance(before, rates[1])

    def starting(this: tuple[float, float], last: tuple[float, float]) -> Part:
        """What the starts of some kind come to, from the ends of what they can be in either year."""
        ends = kept * (this[0] - last[1]), kept * (this[1] - last[0])
        half = z * kept * sqrt(rule.design_effect * (sum(this) / 2 + sum(last) / 2 + 1))
        return Part(sum(ends) / 2, ends[0] - half, ends[1] + half, (ends[1] - ends[0]) / 2)

    stayed = open_after(now.opening, started, rates[0]) - open_after(now.opening, started, rates[1])
    half = z * sqrt(rule.design_effect * chance) + moves[0] * now.gap + moves[1] * before.gap
    firsts = now.firsts, before.firsts
    return Split(
        change=now.closing - now.opening,
        months=12 / rates[0],
        months_before=12 / rates[1],
        under_way=open_after(now.opening, before.started, rates[1]) - now.opening,
        starts=starting((now.started, now.started), (before.started, before.started)),
        staying=Part(stayed, stayed - half, stayed + half),
        first=starting(firsts[0], firsts[1]) if firsts[0] and firsts[1] else None,
        repeat=starting(now.repeats, before.repeats) if now.repeats and before.repeats else None,
    )


def _kept(leaving: float) -> float:
    """Of plans started evenly over a year, the share still open at its end."""
    return -expm1(-leaving) / leaving if leaving else 1.0


def _steepness(opening: float, started: float, leaving: float) -> float:
    """How many fewer are open after a year for each unit that the rate is higher."""
    return opening * exp(-leaving) + started * (1 - (1 + leaving) * exp(-leaving)) / leaving**2


def _variance(year: Counts, leaving: float) -> float:
    """Of the plans open at the end, where each open or started has its own chance of being so."""
    stays, kept = exp(-leaving), _kept(leaving)
    return year.opening * stays * (1 - stays) + year.started * kept * (1 - kept)

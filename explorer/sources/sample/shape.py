"""Rules that keep the look of chance: months as uneven as families make them, gaps and sizes as invented."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log

import numpy as np

from explorer.sources.sample.draws import Draws
from explorer.sources.sample.families import Family
from explorer.sources.sample.figures import PublishedCounts, Spells
from explorer.sources.sample.rules import Rule, by_family, month_ends
from explorer.sources.sample.settings import Invention, SampleSettings

MONTH_SLACK = 4  # plans by which a month may miss its target without a point
SHAPE_SLACK = 10  # the same for gaps and sizes
GAPS = (60, 180, 365, 1095)  # days off the plan that part the classes of gaps
FEWEST_UNBORN = 1  # if there are any: no other row of the file shows an expected birth date
# Of the plans that start in the three months before 31 March, and in the three before those, the share that is
# still open then is about one in these.
STARTED_WINTER, STARTED_AUTUMN = 1.05, 1.2
LEAST_A_MONTH = 3  # starts that a month aims at
LEAST_LEFT = 8.0  # the same after a figure of the slides has taken its share of the half-year


@dataclass(frozen=True)
class _Month:
    """The starts aimed at in one month."""

    first: date
    last: date
    starts: float


def shape_rules(
    families: Sequence[Family], plans: Spells, published: PublishedCounts, settings: SampleSettings, draws: Draws
) -> Iterator[Rule]:
    """All rules of this module, each with points except that of the unborn.

    Args:
        families: Those to choose from.
        plans: Their plans.
        published: The authority's counts.
        settings: sample.yaml.
        draws: Chance: months miss their average as they would if families came one by one.

    Raises:
        DataError: plans started in a year are not published.
    """
    weight = settings.weights.value.shape
    yield from _steady_rules(plans, len(families), settings, draws)
    for year in settings.years:
        for month in _months(year, published, settings, draws):
            counted = plans.started(month.first.toordinal(), month.last.toordinal())
            least, most = max(0, floor(month.starts - MONTH_SLACK)), ceil(month.starts + MONTH_SLACK)
            yield Rule(f"month {month.first}", by_family(counted, plans, len(families)), least, most, weight)
    yield from _kept_shares(families, settings)
    unborn = np.array([_unborn(family, settings.last.toordinal()) for family in families], dtype=np.float64)
    yield Rule("unborn on the last day", unborn, min(FEWEST_UNBORN, unborn.sum()), np.inf)


def _steady_rules(plans: Spells, families: int, settings: SampleSettings, draws: Draws) -> Iterator[Rule]:
    """Plans open in the months that the slides give a range for; without these they would lie along its edges."""
    for slide in (settings.slides.open_steady, settings.slides.open_back):
        for day in month_ends(slide.first, slide.last):
            target = slide.least + draws.uniform() * (slide.most - slide.least)
            open_then = by_family(plans.open_at(day.toordinal()), plans, families)
            least, most = floor(target - MONTH_SLACK), ceil(target + MONTH_SLACK)
            yield Rule(f"steady {day}", open_then, least, most, settings.weights.value.shape)


def _kept_shares(families: Sequence[Family], settings: SampleSettings) -> Iterator[Rule]:
    """Each class of gaps, and each size of family, has the share among the chosen that it has among all."""
    gaps = np.zeros((len(GAPS) + 1, len(families)))
    sizes = np.zeros((len(settings.invention.family_sizes.value), len(families)))
    for number, family in enumerate(families):
        sizes[min(len({plan.child for plan in family.plans}), len(sizes)) - 1, number] = 1
        for gap in _gaps(family):
            gaps[bisect_left(GAPS, gap), number] += 1
    for name, table in (("gap", gaps), ("size", sizes)):
        shares = table.sum(axis=1) / max(table.sum(), 1)
        for number, share in enumerate(shares):
            amounts = table[number] - share * table.sum(axis=0)
            yield Rule(f"{name} {number}", amounts, -SHAPE_SLACK, SHAPE_SLACK, settings.weights.value.shape)


def _gaps(family: Family) -> Iterator[int]:
    """Days from the end of each plan to the next of the same child."""
    ends: dict[int, int] = {}
    for plan in family.plans:
        if plan.child in ends:
            yield plan.start - ends[plan.child]
        ends[plan.child] = plan.end


def _unborn(family: Family, day: int) -> int:
    """Children on a plan on ``day`` who are born later."""
    return sum(plan.start <= day < min(plan.end, family.births[plan.child]) for plan in family.plans)


def _months(year: int, published: PublishedCounts, settings: SampleSettings, draws: Draws) -> Iterator[_Month]:
    """The starts aimed at in each month of a reporting year.

    Plans open for up to three months at 31 March started after Christmas, those of three to six months in the
    autumn, and a few more that have ended since. Within each part of the year the months share by season, and
    by chance.
    """
    ends = list(month_ends(date(year - 1, 4, 1), date(year, 3, 31)))
    total = published.known("plans_started", year)
    winter = STARTED_WINTER * (published.cell("plans_open_up_to_3m", year)[1] or total / 4)
    autumn = STARTED_AUTUMN * (published.cell("plans_open_3m_to_6m", year)[1] or total / 4)
    parts = [(ends[:6], total - winter - autumn), (ends[6:9], autumn), (ends[9:], winter)]
    slide = settings.slides.started
    if ends[0] <= slide.last <= ends[5]:
        known = [end for end in ends[:6] if end <= slide.last]
        rest = [end for end in ends[:6] if end > slide.last]
        parts[:1] = [(known, slide.least), (rest, max(parts[0][1] - slide.least, LEAST_LEFT * len(rest)))]
    season = settings.invention.start_season.value
    for months, starts in parts:
        usual = [season[end.month - 1] for end in months]
        means = [starts * share / sum(usual) for share in usual]
        drawn = [max(LEAST_A_MONTH, _chance_count(mean, settings.invention, draws)) for mean in means]
        for end, share in zip(months, drawn, strict=True):
            yield _Month(end.replace(day=1), end, max(0.0, starts) * share / sum(drawn))


def _chance_count(mean: float, invention: Invention, draws: Draws) -> int:
    """Children in a month when families arrive one by one: more spread than a Poisson count."""
    shares = invention.family_sizes.value
    average = sum((number + 1) * share for number, share in enumerate(shares)) / sum(shares)
    months, children = 0.0, 0
    while mean > 0:
        months += -log(1 - draws.uniform()) * average / mean
        if months > 1:
            break
        children += 1 + draws.place(shares)
    return children

"""What a choice of families has to keep to: each rule bounds a weighted count of the plans that are chosen."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log

import numpy as np
from numpy.typing import NDArray

from explorer.sources.sample_families import Draws, Family
from explorer.sources.sample_figures import Figure, Mask, PublishedCounts, Spells
from explorer.sources.sample_settings import Invention, SampleSettings, Slide

Amounts = NDArray[np.float64]
HALF_A_PLACE = 0.05  # a percentage of one decimal place, half up, stands for this much on either side
SMALLEST_STEP = 0.05  # shares of whole plans against those limits move in steps of this
MONTH_SLACK = 4  # plans by which a month's starts may miss their target without a point
SHAPE_SLACK = 10  # the same for gaps and sizes
GAPS = (60, 180, 365, 1095)  # days off the plan that part the classes of gaps
FEWEST, MOST_HIDDEN = 1, 5


@dataclass(frozen=True)
class Rule:
    """``least`` <= sum over the chosen families of ``amounts`` <= ``most``.

    Attributes:
        amounts: One number a family.
        weight: Points for each unit outside; None: the rule must hold.
        group: For a hidden figure, the total and year that it is part of.
    """

    name: str
    amounts: Amounts
    least: float
    most: float
    weight: float | None = None
    group: tuple[str, int] | None = None


def by_family(counted: Mask, plans: Spells, families: int) -> Amounts:
    """How many of the counted plans each family has."""
    return np.bincount(plans.family[counted], minlength=families).astype(np.float64)


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last day of every month from the month of ``first`` to that of ``last``."""
    day = first.replace(day=1)
    while day <= last:
        day = (day + timedelta(days=31)).replace(day=1)
        yield day - timedelta(days=1)


def slide_rules(plans: Spells, families: int, settings: SampleSettings) -> Iterator[Rule]:
    """The figures of the slides, all of which must hold."""
    slides = settings.slides
    for slide in (slides.open_steady, slides.open_peak, slides.open_back):
        for day in month_ends(slide.first, slide.last):
            open_then = by_family(plans.open_at(day.toordinal()), plans, families)
            yield Rule(f"{slide.label}, {day}", open_then, slide.least, slide.most)
    for slide, repeats in ((slides.started, False), (slides.started_repeat, True)):
        counted = plans.started(slide.first.toordinal(), slide.last.toordinal())
        if repeats:
            counted &= plans.previous > 0
        yield Rule(slide.label, by_family(counted, plans, families), slide.least, slide.most)
    slide = slides.open_long_percent
    at = slide.last.toordinal()
    for share, counted, days in (
        (slide, plans.open_at(at), at - plans.start),
        (slides.ended_long_percent, _ended(plans, slides.ended_long_percent), plans.end - plans.start),
    ):
        long = counted & (days >= settings.long_plan_days)
        yield from _share(share, by_family(long, plans, families), by_family(counted, plans, families))


def _ended(plans: Spells, slide: Slide) -> Mask:
    return plans.ended(slide.first.toordinal(), slide.last.toordinal())


def _share(slide: Slide, part: Amounts, whole: Amounts) -> Iterator[Rule]:
    """A percentage of one place as two linear rules: part / whole from p - 0.05 up to, not including, p + 0.05."""
    yield Rule(f"{slide.label}, not less", 100 * part - (slide.least - HALF_A_PLACE) * whole, 0, np.inf)
    above = 100 * part - (slide.most + HALF_A_PLACE) * whole
    yield Rule(f"{slide.label}, not more", above, -np.inf, -SMALLEST_STEP)


def figure_rules(found: list[Figure], plans: Spells, families: int, settings: SampleSettings) -> Iterator[Rule]:
    """Published counts: plans started must hold; the others have points; hidden ones are bounded."""
    weights = settings.weights
    points = {
        "open": weights.open,
        "open_band": weights.open_band,
        "ended": weights.ended,
        "ended_band": weights.ended_band,
    }
    for figure in found:
        name = f"{figure.measure} {figure.year}"
        amounts = by_family(figure.counted, plans, families)
        if figure.value is not None:
            weight = weights.long_band if figure.band == "2y_plus" else points.get(figure.kind)
            yield Rule(name, amounts, figure.value, figure.value, weight)
        elif figure.status == "suppressed":
            yield Rule(name, amounts, FEWEST, np.inf, group=(figure.kind, figure.year))


def shape_rules(
    families: list[Family], plans: Spells, published: PublishedCounts, settings: SampleSettings, draws: Draws
) -> Iterator[Rule]:
    """The look of chance: months as uneven as families make them, gaps and sizes as they were invented."""
    weight = settings.weights.shape
    for slide in (settings.slides.open_steady, settings.slides.open_back):
        for day in month_ends(slide.first, slide.last):  # or they would lie along the edges of the range
            target = slide.least + draws.uniform() * (slide.most - slide.least)
            open_then = by_family(plans.open_at(day.toordinal()), plans, len(families))
            yield Rule(
                f"steady {day}",
                open_then,
                floor(target - MONTH_SLACK),
                ceil(target + MONTH_SLACK),
                weight,
            )
    for year in settings.years:
        for first, last, target in _month_targets(year, published, settings, draws):
            started = by_family(plans.started(first, last), plans, len(families))
            least, most = max(0, floor(target - MONTH_SLACK)), ceil(target + MONTH_SLACK)
            yield Rule(f"month {date.fromordinal(first)}", started, least, most, weight)
    gaps = np.zeros((len(GAPS) + 1, len(families)))
    sizes = np.zeros((len(settings.invention.family_sizes), len(families)))
    for number, family in enumerate(families):
        sizes[min(len({plan.child for plan in family.plans}), len(sizes)) - 1, number] = 1
        for gap in _gaps(family):
            gaps[bisect_left(GAPS, gap), number] += 1
    for name, table in (("gap", gaps), ("size", sizes)):
        shares = table.sum(axis=1) / table.sum()
        for number, share in enumerate(shares):
            amounts = table[number] - share * table.sum(axis=0)
            yield Rule(f"{name} {number}", amounts, -SHAPE_SLACK, SHAPE_SLACK, weight)


def _gaps(family: Family) -> Iterator[int]:
    """Days from the end of each plan to the next of the same child."""
    ends: dict[int, int] = {}
    for plan in family.plans:
        if plan.child in ends:
            yield plan.start - ends[plan.child]
        ends[plan.child] = plan.end


def _month_targets(
    year: int, published: PublishedCounts, settings: SampleSettings, draws: Draws
) -> Iterator[tuple[int, int, float]]:
    """First day, last day and starts aimed at, for each month of a reporting year.

    Plans open for up to three months at 31 March started after Christmas, those of three to six months in the
    autumn, and a few more that have ended since; the rest is shared out by chance.
    """
    ends = list(month_ends(date(year - 1, 4, 1), date(year, 3, 31)))
    total = published.known("plans_started", year)
    winter = 1.05 * (published.cell("plans_open_up_to_3m", year)[1] or total / 4)
    autumn = 1.2 * (published.cell("plans_open_3m_to_6m", year)[1] or total / 4)
    blocks = [(ends[:6], total - winter - autumn), (ends[6:9], autumn), (ends[9:], winter)]
    slide = settings.slides.started
    if ends[0] <= slide.last <= ends[5]:
        known = [end for end in ends[:6] if end <= slide.last]
        rest = [end for end in ends[:6] if end > slide.last]
        left = max(blocks[0][1] - slide.least, 8.0 * len(rest))
        blocks[:1] = [(known, slide.least), (rest, left)]
    for block, starts in blocks:
        drawn = [max(3, _chance_count(starts / len(block), settings.invention, draws)) for _ in block]
        for end, share in zip(block, drawn, strict=True):
            yield end.replace(day=1).toordinal(), end.toordinal(), starts * share / sum(drawn)


def _chance_count(mean: float, invention: Invention, draws: Draws) -> int:
    """Children in a month when families arrive one by one: more spread than a Poisson count."""
    shares = invention.family_sizes
    average = sum((number + 1) * share for number, share in enumerate(shares)) / sum(shares)
    months, children = 0.0, 0
    while True:
        months += -log(1 - draws.uniform()) * average / mean
        if months > 1:
            return children
        children += 1 + draws.place(shares)

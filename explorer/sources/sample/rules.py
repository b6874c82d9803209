"""What a choice of families has to keep to: each rule bounds a weighted count of the plans that are chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from explorer.sources.sample.figures import Figure, Mask, Spells
from explorer.sources.sample.settings import SampleSettings, Slide

Amounts = NDArray[np.float64]
HALF_A_PLACE = 0.05  # a percentage of one decimal place, half up, stands for this much on either side
SMALLEST_STEP = 0.05  # shares of whole plans against those limits move in steps of this
FEWEST, MOST_HIDDEN = 1, 5  # what DfE hides


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
        long = counted & (days >= settings.long_plan_days.value)
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
    weights = settings.weights.value
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

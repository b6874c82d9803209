"""Briefings of the shipped data, made fast: how authorities differ is learnt once for all of them."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from explorer.briefing.briefing import Briefing
from explorer.briefing.facts import Whole
from explorer.briefing.gather import Gathered, gather
from explorer.briefing.judge import Places, Spreads, spreads_of
from explorer.briefing.make import Ask, brief
from explorer.records.shipped import load_sample
from explorer.world import World
from tests.fixtures import GROUP, TRAFFORD, shipped_world

MADE = date(2026, 1, 31)
MEETING = date(2018, 9, 30)
LINK = "http://localhost:8501/?area=358&v=1"


@lru_cache(maxsize=1)
def sample_world() -> World:
    """The shipped data with the sample's plan records."""
    world = shipped_world()
    return world.with_records(load_sample(world.config, world.rules))


@lru_cache
def _spreads(sample: bool) -> Spreads:
    return lru_cache(maxsize=None)(spreads_of(world_of(sample)))


def world_of(sample: bool) -> World:
    """The published figures, or with the sample in the place of Trafford's."""
    return sample_world() if sample else shipped_world()


def asked(ask: Ask, *, sample: bool = False) -> Briefing:
    """The briefing that was asked for."""
    places = Places(world_of(sample), ask.area, ask.whom, _spreads(sample))
    return brief(world_of(sample), ask, MADE, LINK, places.place, places.judge)


def at(area: str, as_at: date, *, sample: bool = False, group: str = GROUP) -> Briefing:
    """The briefing of an authority at a day."""
    return asked(Ask(area, as_at, group), sample=sample)


def gathered(area: str, as_at: date, name: str, *, sample: bool = False) -> Gathered:
    """The figures of one measure."""
    world = world_of(sample)
    places = Places(world, area, (GROUP, (), ()), _spreads(sample))
    return gather(world, area, as_at, name, places.place, places.judge, world.briefing.numbers)


def whole(area: str, as_at: date, *measures: Gathered) -> Whole:
    """What a briefing of published figures is made from, before anything is said; nothing is being done."""
    world = shipped_world()
    year = as_at.year if as_at >= date(as_at.year, 3, 31) else as_at.year - 1
    group = world.comparators(area, year, GROUP)
    return Whole(world, area, as_at, year, group, 2025, measures, ())


def month_ends(first: int, last: int) -> list[date]:
    """The last day of every month from April of a year to March of another."""
    firsts = [date(year, month, 1) for year in range(first, last + 1) for month in range(1, 13)]
    return [day - timedelta(1) for day in firsts if date(first, 4, 30) < day <= date(last, 4, 1)]


def picked(number: int, seed: int) -> Iterator[tuple[Ask, bool]]:
    """Random authorities, days and groups; every fifth is Trafford with the sample's plan records."""
    chance, world = random.Random(seed), shipped_world()
    codes = [area.code for area in world.areas.authorities]
    groups = list(world.config.benchmarks.groups)
    days = {False: month_ends(2013, 2025), True: month_ends(2016, 2025)}
    for place in range(number):
        sample = place % 5 == 0
        group = chance.choice(groups)
        chosen = tuple(chance.sample(codes, chance.randint(0, 8))) if group == "custom" else ()
        area = TRAFFORD if sample else chance.choice(codes)
        yield Ask(area, chance.choice(days[sample]), group, tuple(one for one in chosen if one != area)), sample


@lru_cache(maxsize=1)
def at_random() -> tuple[tuple[Ask, bool, Briefing], ...]:
    """200 of them with what was asked, for every test that walks over many."""
    return tuple((ask, sample, asked(ask, sample=sample)) for ask, sample in picked(200, seed=2018))

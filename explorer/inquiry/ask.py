"""What can be asked: an idea, a measure that it should move, since when, and how the effect should arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from explorer.areas import comparators
from explorer.evaluation.path import month_after
from explorer.world import World

PathChoice = Literal["plan", "ramp", "step"]
YEAR, MARCH = 12, 3


@dataclass(frozen=True)
class Ask:
    """What a reader asks.

    Attributes:
        area: DfE number.
        tried: an idea of interventions.yaml.
        outcome: a measure that it is expected to move.
        start: the first day of the month in which it began.
        path: how the effect arrives: as stated, or one of the others that may be chosen.
        last: the reporting year up to which anything is known.
    """

    area: str
    tried: str
    outcome: str
    start: date
    path: PathChoice
    last: int

    @property
    def end(self) -> date:
        """The last day of which anything is known."""
        return date(self.last, MARCH, 31)


def tried_and_expected(world: World) -> Mapping[str, tuple[str, ...]]:
    """The ideas that are expected to move anything, with the measures that they should move."""
    outcomes = world.evaluation.outcomes
    found = {
        name: tuple(impact.outcome for impact in one.impact if impact.outcome in outcomes)
        for name, one in world.models.what_if.interventions.items()
    }
    return {name: moved for name, moved in found.items() if moved}


def known_start(world: World, tried: str, area: str) -> date | None:
    """When an idea began in an authority, where interventions.yaml knows it."""
    found = world.models.what_if.interventions[tried].start_in(area)
    return None if found is None else month_after(found.date, 0)


def first_start(world: World, tried: str, area: str) -> date:
    """The month that a page opens on: the known one, else that of another idea there, else the first known anywhere."""
    ideas = world.models.what_if.interventions.values()
    mine = [month_after(one.date, 0) for idea in ideas if (one := idea.start_in(area)) is not None]
    anywhere = [month_after(one.date, 0) for idea in ideas for one in idea.began]
    return known_start(world, tried, area) or min(mine or anywhere)


def possible_starts(world: World, last: int) -> tuple[date, ...]:
    """Months that can be asked about: enough years before them for a comparison, and not after what is known."""
    first = world.years[0] - 1 + int(world.evaluation.controlled.fewest_before.value)
    months = (last - first) * YEAR
    return tuple(month_after(date(first, MARCH + 1, 1), number) for number in range(months))


def groups_beside(world: World, ask: Ask) -> Mapping[str, tuple[str, ...]]:
    """Others to compare with in the place of everybody: the statistical neighbours and the region, by their names."""
    found = {}
    for name, group in world.config.benchmarks.groups.items():
        if group.kind in ("statistical_neighbours", "region"):
            members = comparators(world.areas, world.config.benchmarks, name, ask.area, ask.last).members
            found[group.short_label] = tuple(members)
    return {label: members for label, members in found.items() if members}

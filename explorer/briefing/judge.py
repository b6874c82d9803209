"""Places among a group, worked out where no page keeps them: plain, and with chance allowed for."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.benchmarks.position import Position
from explorer.benchmarks.standing import Everyone, Standing, everyone, standing
from explorer.world import World

_ENGLAND = "england"  # the group of benchmarks.yaml that holds every authority
Spreads = Callable[[str, int], Everyone | None]  # a measure and a year: how England's authorities differ


@dataclass(frozen=True)
class Places:
    """Where one authority stands.

    Attributes:
        whom: A group, the authorities picked for it, and those left out, as ``World.position`` takes them.
        spreads: From ``spreads_of``; whoever makes many briefings of one world keeps what it gives.
    """

    world: World
    area: str
    whom: tuple[str, tuple[str, ...], tuple[str, ...]]
    spreads: Spreads

    def place(self, indicator: str, year: int) -> Position | None:
        """The place among the group; None where the measure has no figures in that year."""
        if not self.world.has(indicator, year):
            return None
        return self.world.position(self.area, indicator, year, *self.whom)

    def judge(self, indicator: str, year: int) -> Standing | None:
        """The same with chance allowed for, and with the year before."""
        now, every = self.place(indicator, year), self.spreads(indicator, year)
        if now is None or every is None:
            return None
        return standing(now, every, self.place(indicator, year - 1), self.spreads(indicator, year - 1))


def spreads_of(world: World) -> Spreads:
    """How all authorities differ in a measure and year, whoever asks; None where it has no figures."""
    benchmarks, any_area = world.config.benchmarks, world.areas.authorities[0].code

    def found(indicator: str, year: int) -> Everyone | None:
        if not world.has(indicator, year):
            return None
        scale = world.config.indicators[indicator].scale
        whole = world.position(any_area, indicator, year, _ENGLAND)
        return everyone(whole, scale, benchmarks.standing, benchmarks.uncertainty.design_effect)

    return found

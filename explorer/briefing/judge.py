"""Places among a group, worked out where no page keeps them: plain, and with chance allowed for."""

from dataclasses import dataclass

from explorer.benchmarks.position import Position
from explorer.benchmarks.standing import Everyone, Standing, everyone, standing
from explorer.world import World

_ENGLAND = "england"  # the group of benchmarks.yaml that holds every authority


@dataclass(frozen=True)
class Places:
    """Where one authority stands.

    Attributes:
        whom: A group, the authorities picked for it, and those left out, as ``World.position`` takes them.
    """

    world: World
    area: str
    whom: tuple[str, tuple[str, ...], tuple[str, ...]]

    def place(self, indicator: str, year: int) -> Position | None:
        """The place among the group; None where the measure has no figures in that year."""
        if not self.world.has(indicator, year):
            return None
        return self.world.position(self.area, indicator, year, *self.whom)

    def judge(self, indicator: str, year: int) -> Standing | None:
        """The same with chance allowed for, and with the year before."""
        now, every = self.place(indicator, year), self._everyone(indicator, year)
        if now is None or every is None:
            return None
        return standing(now, every, self.place(indicator, year - 1), self._everyone(indicator, year - 1))

    def _everyone(self, indicator: str, year: int) -> Everyone | None:
        if not self.world.has(indicator, year):
            return None
        benchmarks, scale = self.world.config.benchmarks, self.world.config.indicators[indicator].scale
        whole = self.world.position(self.area, indicator, year, _ENGLAND)
        return everyone(whole, scale, benchmarks.standing, benchmarks.uncertainty.design_effect)

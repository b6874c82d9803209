"""One authority in one measure: what several pages are drawn from begins with it."""

from dataclasses import dataclass

from explorer.app.selection import Selection
from explorer.config import Indicator
from explorer.world import World


@dataclass(frozen=True, eq=False)
class OneMeasure:
    """The choices that every page shares, and a measure.

    Attributes:
        chosen: the choices that every page shares; its authority is meant.
        indicator: a name of config/indicators.yaml.
    """

    world: World
    chosen: Selection
    indicator: str

    @property
    def entry(self) -> Indicator:
        """The measure."""
        return self.world.config.indicators[self.indicator]

    @property
    def name(self) -> str:
        """What the authority is called."""
        return self.world.areas.label(self.chosen.area)

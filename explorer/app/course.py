"""One figure of one authority over time, as it stood on a day: its chart, its forecast, and what was expected of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import cast

from explorer.app import cached_trends, parts, selection
from explorer.app.choices import Rebase
from explorer.app.one_measure import OneMeasure
from explorer.app.selection import Selection
from explorer.charts.picture import Picture
from explorer.models.forecasting import Fan, Tested
from explorer.models.series import Kind, Series
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.trend_settings import TrendSettings
from explorer.models.verdict import Verdict, verdict
from explorer.sentences.control import when
from explorer.sentences.forecasts import Step
from explorer.world import World

LAST_VALUE = "last_value"  # of config/forecast.yaml
# periods before the day, of which the first that had a forecast so far ahead is held against what came
_BACK: Mapping[Kind, tuple[int, ...]] = {"month": (12, 6, 3, 1), "quarter": (4, 2, 1), "year": (3, 2, 1)}


@dataclass(frozen=True)
class Expected:
    """What was expected of a stock some time before, and what came.

    ``fan`` was made from ``before``; where nothing forecasts the figure it is how far it usually moves.
    """

    before: Series
    came: Series
    fan: Fan

    @property
    def forecast(self) -> bool:
        """Whether it is a forecast, and not how far the figure usually moves."""
        return self.fan.model != LAST_VALUE


@dataclass(frozen=True)
class Course(OneMeasure):
    """One figure of one authority over time, as it stood on a day.

    Attributes:
        as_at: nothing later is used; what came next is drawn hollow.
        rebase: a new stretch of the chart that the reader began; None where there is none for this figure.
    """

    kind: Kind
    as_at: date
    rebase: Rebase | None

    @property
    def settings(self) -> TrendSettings:
        """How unusual figures are told."""
        return self.world.models.trends

    @cached_property
    def whole(self) -> Series:
        """Every period that there is."""
        area = self.chosen.area
        return cached_trends.series(self.world, area, self.indicator, self.kind, parts.from_records(self.world))

    @cached_property
    def known(self) -> Series:
        """What was complete on the day."""
        return self.whole.up_to(self.as_at)

    @cached_property
    def chart(self) -> ControlChart | NoChart:
        """The control chart, or why there is none."""
        rebases = [] if self.rebase is None else [self.rebase.end]
        return chart_for(self.known, self.entry, self.settings.rules, rebases)

    @cached_property
    def found(self) -> Verdict | None:
        """What the control chart says."""
        if isinstance(self.chart, NoChart) or not self.known.points:
            return None
        return verdict(self.known, self.chart, self.settings.alarm)

    @cached_property
    def forecast(self) -> tuple[Tested | None, Fan | None]:
        """The forecast from the day, with its test."""
        return _forecast(self.world, self.known)

    @cached_property
    def expected(self) -> Expected | None:
        """A stock held against what was expected of it: what a control chart cannot say of it. None for flows."""
        points = self.known.points
        if self.entry.period != "day":
            return None
        for made in (_fan, cached_trends.usual_movement):
            for back in _BACK.get(self.kind, ()):
                before, came = (replace(self.known, points=part) for part in (points[:-back], points[-back:]))
                fan = made(self.world, before)
                if fan is not None and len(fan.ends) >= back and any(point.value is not None for point in came.points):
                    return Expected(before, came, fan)
        return None

    @property
    def new_limits(self) -> tuple[date, str] | None:
        """The day and reason of the new stretch of the chart."""
        return None if self.rebase is None else (self.rebase.end, self.rebase.reason)

    @property
    def step(self) -> Step:
        """How the sentences of a forecast call a period."""
        if self.kind in ("month", "quarter"):
            return "month" if self.kind == "month" else "quarter"
        return "day" if self.entry.period == "day" else "year"

    def when(self, end: date) -> str:
        """Over which days a figure is counted: 'in August 2018'."""
        return when(self.entry, self.kind, end)

    def show(self, picture: Picture) -> None:
        """A picture, marked where it is drawn from plan records of the authority itself."""
        about = f"{self.indicator}-{self.kind}-{self.as_at}"
        newest = max([self.as_at, *(self.whole.ends if selection.chosen_of("came") else ())])
        parts.show(picture, self.world, alone(self.world, self.chosen), about, newest)


def alone(world: World, chosen: Selection) -> Selection:
    """The same choices compared with nobody: whose figures are drawn depends on the authority alone."""
    return replace(chosen, group=world.config.benchmarks.picked, chosen=(), without=())


def _fan(world: World, known: Series) -> Fan | None:
    return _forecast(world, known)[1]


def _forecast(world: World, known: Series) -> tuple[Tested | None, Fan | None]:
    if not known.points or known.points[-1].value is None:
        return None, None
    if known.kind == "year":
        return cached_trends.yearly_forecast(world, known.area, known.indicator, known.ends[-1].year)
    if known.kind in cached_trends.SEASONS:
        return cached_trends.series_forecast(world, known)
    return None, None


def rebase_of(area: str, indicator: str) -> Rebase | None:
    """The new stretch that the reader began for a figure, if it is this one."""
    found = cast(Rebase | None, selection.chosen_of("rebase"))
    return found if found is not None and (found.area, found.indicator) == (area, indicator) else None

"""What a control chart says of the newest period, and when a change is called real."""

from dataclasses import dataclass
from typing import Literal, cast

from explorer.models.control_signs import Signal
from explorer.models.series import Series
from explorer.models.spc import ControlChart
from explorer.models.trend_settings import Alarm, Charted
from explorer.plan_indicators.periods import a_year_before


@dataclass(frozen=True)
class Verdict:
    """What a chart says of its newest period and of the twelve months to it.

    Attributes:
        newest: the signs that the newest period is part of, the most telling first.
        recent: every sign that the last twelve months end or go through, those too.
        way: which way the change points that is called real; None where none is.
    """

    newest: tuple[Signal, ...]
    recent: tuple[Signal, ...]
    way: Literal["up", "down"] | None

    @property
    def alarm(self) -> bool:
        """Whether a change is called real."""
        return self.way is not None


def verdict(series: Series, chart: ControlChart, alarm: Alarm) -> Verdict:
    """What may be said of the newest period of a series.

    A change is called real by ``alarm`` in trends.yaml: where signs of enough rules, or one that is enough alone, point
    the same way within twelve months, and the limits are firm. Of two ways the one with the latest sign is told.

    Args:
        series: As the chart was made from it.
        chart: Its control chart.
        alarm: When a change is called real.
    """
    ends = series.ends
    since = a_year_before(ends[-1])
    recent = tuple(one for one in chart.signals if ends[one.last] > since and one.last >= chart.stretch)
    kind = cast(Charted, series.kind)
    alone = set(alarm.enough_alone[kind] if chart.kind == "p_prime" or kind not in alarm.of_shares_only else [])
    called: list[tuple[int, Literal["up", "down"]]] = []
    ways: tuple[Literal["up", "down"], ...] = ("up", "down")
    for way in ways:
        signs = [one for one in recent if one.upward == (way == "up")]
        rules = {one.rule for one in signs}
        if rules & alone or len(rules) >= alarm.signs_together:
            called.append((max(one.last for one in signs), way))
    newest = tuple(one for one in recent if one.last == len(ends) - 1)
    return Verdict(newest, recent, max(called)[1] if called and not chart.trial else None)

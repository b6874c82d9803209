"""The monitoring plan: what is expected, what came, when to look again, and which figure would count as what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from explorer.benchmarks.position import Figure
from explorer.evaluation.impact import Stated
from explorer.evaluation.monitoring_settings import Beside, MonitoringSettings
from explorer.evaluation.power import Asked, Noticeable, noticed_by
from explorer.evaluation.settings import Outcome
from explorer.models.what_if_entries import Intervention
from explorer.schema import HIDDEN
from explorer.wording import half_up

Kind = Literal["look", "decide", "after"]
Sign = Literal["success", "failing", "neither", "not_known", "hidden", "no_figure"]
_WHOLE = 100.0


@dataclass(frozen=True)
class Base:
    """The figure that is to be expected without an effect.

    Attributes:
        percent: 0 to 100.
        part, whole: the counts behind it; None where they are hidden or not published.
        first, last: the reporting years that it is the figure of.
    """

    percent: float
    part: float | None
    whole: float | None
    first: int
    last: int


@dataclass(frozen=True)
class Checkpoint:
    """One day to look again.

    Attributes:
        found: what could be noticed by then; ``found.share`` of the full effect should be there.
        success_at: the figure from which a change in the hoped direction is told from none; None where none could be.
        failing_at: the figure from which an effect worth noticing is ruled out.
        kind: only "look" before the day on which an effect worth noticing would be noticed, "decide" on it.
        came: the figure that came; None where the day is ahead.
        sign: what that figure is by this day's own two; "not_known" where there is neither. None where it is ahead.
    """

    found: Noticeable
    success_at: float | None
    failing_at: float | None
    kind: Kind
    came: Figure | None = None
    sign: Sign | None = None

    @property
    def end(self) -> date:
        """The last day of the figures that it looks at."""
        return self.found.end


@dataclass(frozen=True)
class MonitoringPlan:
    """Everything that the committee agrees to before it sees a result.

    Attributes:
        made_for: the day up to which figures are known; nothing later is in it.
        years: how far from the start it looks.
        decide_on: the day on which an effect worth noticing would be noticed; None where by none that was looked at.
        beside: what is watched beside the outcome, by the key of its entry.
    """

    idea: Intervention
    stated: Stated
    base: Base
    worth: float
    asked: Asked
    made_for: date
    years: float
    checkpoints: tuple[Checkpoint, ...]
    decide_on: date | None
    beside: Mapping[str, Beside]

    @property
    def sign(self) -> int:
        """-1 where a fall is hoped for."""
        return self.stated.impact.sign

    @property
    def past(self) -> tuple[Checkpoint, ...]:
        """The days whose figures are known."""
        return tuple(point for point in self.checkpoints if point.end <= self.made_for)

    @property
    def ahead(self) -> tuple[Checkpoint, ...]:
        """The days to look again."""
        return tuple(point for point in self.checkpoints if point.end > self.made_for)


def monitoring_plan(
    idea: Intervention,
    stated: Stated,
    base: Base,
    outcome: Outcome,
    found: Sequence[Noticeable],
    came: Mapping[date, Figure],
    made_for: date,
    asked: Asked,
    years: float,
    settings: MonitoringSettings,
) -> MonitoringPlan:
    """A plan with each checkpoint that is over and what came, the next ones, and one for the day of the decision.

    A change beyond the margin of its range is told from none: a sign of success. An effect worth noticing is ruled out
    where the change, with that margin on top, is smaller than the part of it that should be there: failing. So the two
    figures follow the same rule as the verdict, and between them it cannot be told.

    Args:
        found: what could be noticed with the figures up to each 31 March, by the way of asking that gives the verdict.
        came: the authority's figures by the last day of their year; no later ones than ``made_for``.
        made_for: the day up to which figures are known.
        years: how far from the start ``found`` looks.
    """
    decide_on = noticed_by(outcome.worth_noticing, found)
    sign, worth = stated.impact.sign, outcome.worth_noticing
    ahead = (*next_looks(found, made_for, int(settings.years.value)), decide_on)
    points = tuple(
        _with_what_came(
            Checkpoint(one, *_figures(one, base.percent, sign, worth), _kind(one.end, decide_on)), came, made_for, sign
        )
        for one in found
        if one.end <= made_for or one.end in ahead
    )
    return MonitoringPlan(idea, stated, base, worth, asked, made_for, years, points, decide_on, settings.beside)


def next_looks(found: Sequence[Noticeable], made_for: date, number: int) -> tuple[date, ...]:
    """The next days to look, after the one up to which figures are known; at most so many."""
    return tuple(one.end for one in found if one.end > made_for)[:number]


def _with_what_came(point: Checkpoint, came: Mapping[date, Figure], made_for: date, sign: int) -> Checkpoint:
    if point.end > made_for:
        return point
    figure = came.get(point.end)
    return replace(point, came=figure, sign=_sign(point, figure, sign))


def _sign(point: Checkpoint, figure: Figure | None, sign: int) -> Sign:
    """What a figure is by a day's two figures, all to the one place that readers see.

    A hidden one is none of them: even the range of what it can be holds only where it is itself the small number.
    """
    if figure is None or figure.value is None:
        return "hidden" if figure is not None and figure.status in HIDDEN else "no_figure"
    if point.success_at is None and point.failing_at is None:
        return "not_known"
    if point.success_at is not None and sign * half_up(figure.value) >= sign * half_up(point.success_at):
        return "success"
    if point.failing_at is not None and sign * half_up(figure.value) <= sign * half_up(point.failing_at):
        return "failing"
    return "neither"


def _figures(found: Noticeable, base: float, sign: int, worth: float) -> tuple[float | None, float | None]:
    """The figures of success and of failing; None where they would not be figures at all.

    Where no effect could be noticed, however large, a large change is somebody else's doing and no sign of success.
    """
    if found.margin is None:
        return None, None
    # What is told from none is not failing, even where it is so small that an effect worth noticing is ruled out too.
    failing = base + sign * min(worth * found.share - found.margin, found.margin)
    return None if found.full is None else _possible(base + sign * found.margin), _possible(failing)


def _possible(figure: float) -> float | None:
    return figure if 0 <= figure <= _WHOLE else None


def _kind(end: date, decide_on: date | None) -> Kind:
    if decide_on is None or end < decide_on:
        return "look"
    return "decide" if end == decide_on else "after"

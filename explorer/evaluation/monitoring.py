"""The monitoring plan: what is expected, when to look again, and which figure would count as success or as failing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from explorer.evaluation.impact import Size, Stated
from explorer.evaluation.monitoring_settings import Beside, MonitoringSettings
from explorer.evaluation.power import Asked, Noticeable, noticed_by
from explorer.evaluation.settings import Outcome
from explorer.models.what_if_entries import Intervention

Kind = Literal["look", "decide", "after"]
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
        size: what is believed of the effect by then; None where the plan model does not say.
    """

    found: Noticeable
    success_at: float | None
    failing_at: float | None
    kind: Kind
    size: Size | None

    @property
    def end(self) -> date:
        """The last day of the figures that it looks at."""
        return self.found.end


@dataclass(frozen=True)
class MonitoringPlan:
    """Everything that the committee agrees to before it sees a result.

    Attributes:
        decide_on: the day on which an effect worth noticing would be noticed; None where by none that was looked at.
        beside: what is watched beside the outcome, by the key of its entry.
    """

    idea: Intervention
    stated: Stated
    base: Base
    worth: float
    asked: Asked
    years: float
    checkpoints: tuple[Checkpoint, ...]
    decide_on: date | None
    beside: Mapping[str, Beside]

    @property
    def sign(self) -> int:
        """-1 where a fall is hoped for."""
        return self.stated.impact.sign


def monitoring_plan(
    idea: Intervention,
    stated: Stated,
    base: Base,
    outcome: Outcome,
    found: Sequence[Noticeable],
    sizes: Sequence[Size],
    asked: Asked,
    years: float,
    settings: MonitoringSettings,
) -> MonitoringPlan:
    """A plan with a checkpoint for each of the first years, and one for the day of the decision.

    A change beyond the margin of its range is told from none: a sign of success. An effect worth noticing is ruled out
    where the change, with that margin on top, is smaller than the part of it that should be there: failing. So the two
    figures follow the same rule as the verdict, and between them it cannot be told.

    Args:
        found: what could be noticed with the figures up to each 31 March, by the way of asking that gives the verdict.
        sizes: what is believed, for some of the same days.
        years: how far ahead ``found`` looks.
    """
    by_end = {size.end: size for size in sizes}
    decide_on = noticed_by(outcome.worth_noticing, found)
    kept = [one for number, one in enumerate(found) if number < settings.years.value or one.end == decide_on]
    sign, worth = stated.impact.sign, outcome.worth_noticing
    points = tuple(
        Checkpoint(one, *_figures(one, base.percent, sign, worth), _kind(one.end, decide_on), by_end.get(one.end))
        for one in kept
    )
    return MonitoringPlan(idea, stated, base, worth, asked, years, points, decide_on, settings.beside)


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

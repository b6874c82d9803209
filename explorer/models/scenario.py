"""A what-if: where the figures would settle with the sliders moved, beside where they settle today."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from explorer.models.calibration import Calibration
from explorer.models.plan_flow import LongRun, long_run

NO_EFFECT = 1.0  # a hazard ratio of one changes nothing
OUTCOMES = tuple(field.name for field in fields(LongRun))


@dataclass(frozen=True)
class Outcome:
    """One figure: today, in the scenario, and the difference with the range it can be in.

    ``hidden`` says that today's figure is not published: then none of the three may be shown as a number.
    """

    indicator: str
    baseline: float
    scenario: float
    difference: float
    low: float
    high: float
    hidden: bool


# The count that each outcome shows today, or a share of it.
_RESTS_ON = {
    "plans_open_2y_plus": "plans_open_2y_plus",
    "open_2y_plus_percent": "plans_open_2y_plus",
    "ended_2y_plus_percent": "plans_ended_2y_plus",
}


@dataclass(frozen=True)
class Scenario:
    """The outcomes of a what-if and the ratios that made it."""

    repeat_ratio: float
    ending_ratio: float
    outcomes: tuple[Outcome, ...]

    def __getitem__(self, indicator: str) -> Outcome:
        return next(outcome for outcome in self.outcomes if outcome.indicator == indicator)

    @property
    def has_effect(self) -> bool:
        """Whether any slider was moved."""
        return self.repeat_ratio != NO_EFFECT or self.ending_ratio != NO_EFFECT


def what_if(calibration: Calibration, repeat_ratio: float, ending_ratio: float) -> Scenario:
    """Move the two hazards and let the plans settle.

    The range of a difference comes from the corners of the calibration: it carries chance in the counts and
    hidden counts, and not doubt about the ratios, which are the reader's assumption.
    """
    baseline = long_run(calibration.flow)
    scenario = long_run(calibration.flow, repeat_ratio, ending_ratio)
    corners = [
        (long_run(flow), long_run(flow, repeat_ratio, ending_ratio))
        for flow in (calibration.flow, *calibration.corners)
    ]
    hidden = {count.measure for count in calibration.counts if count.hidden}
    outcomes = (_outcome(name, baseline, scenario, corners, _RESTS_ON.get(name) in hidden) for name in OUTCOMES)
    return Scenario(repeat_ratio, ending_ratio, tuple(outcomes))


def _outcome(
    name: str, baseline: LongRun, scenario: LongRun, corners: Iterable[tuple[LongRun, LongRun]], hidden: bool
) -> Outcome:
    """One outcome; its range is the least and most *relative* change of the corners, put to today's figure.

    Each corner has a today of its own, so their differences cannot be laid on the published one.
    """
    before, after = getattr(baseline, name), getattr(scenario, name)
    ratios = [_ratio(getattr(one, name), getattr(other, name)) for one, other in corners]
    return Outcome(name, before, after, after - before, before * (min(ratios) - 1), before * (max(ratios) - 1), hidden)


def _ratio(before: float, after: float) -> float:
    return after / before if before else 1.0

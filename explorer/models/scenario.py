"""A what-if: where the figures would settle with the sliders moved, beside where they settle today."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from explorer.disclosure import may_show_beside
from explorer.models.calibration import Calibration
from explorer.models.plan_flow import LongRun, long_run

NO_EFFECT = 1.0  # a hazard ratio of one changes nothing
OUTCOMES = tuple(field.name for field in fields(LongRun))


Bounds = tuple[float, float]


@dataclass(frozen=True)
class Outcome:
    """One figure today and in the scenario, each with its likely range, and the difference with its own.

    Today and the scenario share the chance in the counts, so the difference is known better than either.
    ``hidden`` says that today's figure is not published: then none of them may be shown as a number.
    """

    indicator: str
    baseline: float
    baseline_range: Bounds
    scenario: float
    scenario_range: Bounds
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

    The ranges are the least and most over the corners of the calibration: they carry chance in the counts and
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
    before, after = getattr(baseline, name), getattr(scenario, name)
    befores = [getattr(one, name) for one, _ in corners]
    afters = [getattr(other, name) for _, other in corners]
    differences = [other - one for one, other in zip(befores, afters, strict=True)]
    return Outcome(
        indicator=name,
        baseline=before,
        baseline_range=(min(befores), max(befores)),
        scenario=after,
        scenario_range=(min(afters), max(afters)),
        difference=after - before,
        low=min(differences),
        high=max(differences),
        hidden=not may_show_beside(baseline_shown=not hidden),
    )

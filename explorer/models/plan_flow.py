"""Plans in the long run: how re-plans, long plans and the number of children on plans hang together.

In equilibrium, with R the chance that a plan is followed by another and S(d) the share of plans that last
d months: plans started = first plans / (1 - R); the re-plan share is R; plans open = plans started x mean
duration (Little's law); the share of ended plans that lasted two years is S(24); the share of open plans
is the part of the mean duration that lies beyond 24 months.
"""

from dataclasses import dataclass
from math import log


@dataclass(frozen=True)
class PlanFlow:
    """The rates of one authority.

    Attributes:
        first_starts: First plans started in a year.
        repeat_share: R, the chance (0 to 1) that a plan is followed by another.
        reach_one_year: S(12), the share of plans (0 to 1) that last a year or more.
        reach_two_years: S(24).
        months_first_year: Months that an average plan spends open in its first year.
        months_second_year: Months in its second year.
        months_beyond: Months after two years.
    """

    first_starts: float
    repeat_share: float
    reach_one_year: float
    reach_two_years: float
    months_first_year: float
    months_second_year: float
    months_beyond: float


@dataclass(frozen=True)
class LongRun:
    """Where the figures settle: plans a year, plans open on a day, and the three shares in percent."""

    plans_started: float
    plans_started_repeat: float
    plans_open: float
    plans_open_2y_plus: float
    repeat_plan_percent: float
    open_2y_plus_percent: float
    ended_2y_plus_percent: float


def long_run(flow: PlanFlow, repeat_ratio: float = 1.0, ending_ratio: float = 1.0) -> LongRun:
    """The equilibrium with two hazards multiplied.

    Args:
        repeat_ratio: Multiplies the hazard of a re-plan at every time since leaving, so that
            R' = 1 - (1 - R)^ratio.
        ending_ratio: Multiplies the hazard of ending from twelve months on, so that
            S'(24) = S(12) (S(24) / S(12))^ratio. Within the second year, and beyond it, the hazard is
            taken as constant, which gives how the months spent there change.

    Raises:
        ValueError: a ratio is not above zero.
    """
    if repeat_ratio <= 0 or ending_ratio <= 0:
        raise ValueError("a hazard ratio must be above zero")
    repeat = 1 - (1 - flow.repeat_share) ** repeat_ratio
    starts = flow.first_starts / (1 - repeat)
    reach_two, second_year, beyond = _later_months(flow, ending_ratio)
    duration = flow.months_first_year + second_year + beyond
    return LongRun(
        plans_started=starts,
        plans_started_repeat=starts * repeat,
        plans_open=starts * duration / 12,
        plans_open_2y_plus=starts * beyond / 12,
        repeat_plan_percent=100 * repeat,
        open_2y_plus_percent=100 * beyond / duration if duration else 0.0,
        ended_2y_plus_percent=100 * reach_two,
    )


def _later_months(flow: PlanFlow, ratio: float) -> tuple[float, float, float]:
    """S'(24), and the months spent in the second year and beyond it, with the later hazard multiplied."""
    one, two = flow.reach_one_year, flow.reach_two_years
    if one <= 0 or two <= 0:  # nothing lasts that long: the months there shrink with the hazard alone
        return two, flow.months_second_year / ratio, flow.months_beyond / ratio
    reach = one * (two / one) ** ratio
    if two < one:
        hazard = log(one / two)  # over the second year; months = (S(12) - S(24)) / hazard x 12
        second = flow.months_second_year * ((one - reach) / (ratio * hazard)) / ((one - two) / hazard)
    else:
        second = flow.months_second_year
    return reach, second, flow.months_beyond * (reach / two) / ratio

"""The monitoring plan in words: what is expected, what each checkpoint would say, and what to do then."""

from explorer.config import Indicator
from explorer.evaluation.monitoring import Base, Checkpoint, MonitoringPlan
from explorer.sentences.impact import part_words
from explorer.wording import count, day, half_up, lowered, percent, possessive

NOT_KNOWN = "cannot be told"


def plan_title(plan: MonitoringPlan, entry: Indicator, name: str) -> str:
    """What the plan is for."""
    return f"Monitoring plan: {lowered(plan.idea.label)} and {possessive(name)} {lowered(entry.label)}"


def finding(plan: MonitoringPlan, entry: Indicator) -> str:
    """The answer in one sentence: by when the committee can expect one."""
    change = f"a {_way(plan)} of {_number(plan.worth)} points in {lowered(entry.label)}"
    often = f"{half_up(100 * plan.asked.power, 0)} of 100 cases"
    if plan.decide_on is None:
        return (
            f"Do not expect an answer from this figure alone: {change} would not be noticed in {often} within "
            f"{plan.years:g} years."
        )
    return f"Expect an answer by {day(plan.decide_on)}: {change} would be noticed by then in {often}."


def base_sentence(base: Base, entry: Indicator) -> str:
    """The figure without an effect, counts first."""
    when = f"in the year to March {base.last}" if base.first == base.last else f"from {base.first} to {base.last}"
    if base.part is None or base.whole is None:
        return f"{entry.label} were {percent(base.percent)} {when}. The numbers behind are hidden or not published."
    return f"{entry.label} were {count(base.part)} of {count(base.whole)}, or {percent(base.percent)}, {when}."


def there_words(point: Checkpoint) -> str:
    """How much of the full effect should be there by then: 'about a fifth'."""
    return part_words(point.found.share)


def smallest_words(point: Checkpoint) -> str:
    """The smallest change that would be noticed by then: '9.2 points'."""
    return "none, however large" if point.found.there is None else f"{half_up(point.found.there)} points"


def success_words(point: Checkpoint, plan: MonitoringPlan) -> str:
    """The figure that would be a sign of success: '15.2% or lower'."""
    return _figure(point.success_at, "lower" if plan.sign < 0 else "higher")


def failing_words(point: Checkpoint, plan: MonitoringPlan) -> str:
    """The figure that would count as failing: '27.9% or higher'."""
    return _figure(point.failing_at, "higher" if plan.sign < 0 else "lower")


def action_words(point: Checkpoint) -> str:
    """What to do at a checkpoint."""
    return {
        "look": "Look, and write it down. It is too early to decide.",
        "decide": "Decide: carry on, change it, or stop.",
        "after": "Look whether it has lasted.",
    }[point.kind]


def how_to_read(plan: MonitoringPlan) -> tuple[str, ...]:
    """What has to be known to use the two figures, as sentences."""
    return (
        "A figure as under “Sign of success” is more than chance. It is consistent with an effect, and no proof.",
        f"A figure as under “Failing” rules out a full effect of {_number(plan.worth)} points or more.",
        "Between the two it cannot be told. That is the most likely result in the first years.",
        "Both are for a time in which others stay as they are. If the others' average moves, move both by as much.",
    )


def no_decision(plan: MonitoringPlan) -> str:
    """What to do where no day for a decision could be given; empty where there is one."""
    if plan.decide_on is not None:
        return ""
    return (
        "No day can be given on which this figure alone would decide. Follow the children who left a plan as well, ask "
        "families and staff, and look at what is watched beside it. A figure that hardly moves is no success and no "
        "failure."
    )


def _way(plan: MonitoringPlan) -> str:
    return "fall" if plan.sign < 0 else "rise"


def _figure(value: float | None, side: str) -> str:
    return NOT_KNOWN if value is None else f"{percent(value)} or {side}"


def _number(value: float) -> str:
    return str(half_up(value)).removesuffix(".0")

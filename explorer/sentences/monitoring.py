"""The monitoring plan in words: what is expected, what came, what each checkpoint would say, and what to do then."""

from explorer.config import Indicator
from explorer.evaluation.monitoring import Base, Checkpoint, MonitoringPlan
from explorer.sentences.figures import counts, shown
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
    if plan.decide_on <= plan.made_for:
        return f"An answer could be had by {day(plan.decide_on)}: {change} would have been noticed by then in {often}."
    return f"Expect an answer by {day(plan.decide_on)}: {change} would be noticed by then in {often}."


def made_sentence(plan: MonitoringPlan) -> str:
    """For which day the plan was made."""
    return f"This plan was made with the figures up to {day(plan.made_for)}. Nothing later was used."


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
    if point.found.margin is None:
        return "too early for any"
    return "not even the largest" if point.found.there is None else f"{half_up(point.found.there)} points"


def success_words(point: Checkpoint, plan: MonitoringPlan) -> str:
    """The figure that would be a sign of success: '15.2% or lower'."""
    return _figure(point.success_at, "lower" if plan.sign < 0 else "higher")


def failing_words(point: Checkpoint, plan: MonitoringPlan) -> str:
    """The figure that would count as failing: '27.9% or higher'."""
    return _figure(point.failing_at, "higher" if plan.sign < 0 else "lower")


def came_words(point: Checkpoint, entry: Indicator) -> str:
    """The figure that came: '76 of 261, or 29.1%', 'hidden: 0.6% to 3.2%'."""
    if point.came is None:
        return "no figure"
    number = counts(point.came, entry) if point.came.value is not None else ""
    return f"{number}, or {shown(point.came, entry)}" if number else shown(point.came, entry)


def sign_words(point: Checkpoint) -> str:
    """What that figure was by the day's own two."""
    said = {
        "success": "A sign of success.",
        "failing": "A sign of failing.",
        "neither": "Neither: it cannot be told.",
        "not_known": "It cannot be told.",
        "hidden": "It cannot be told: the figure is hidden.",
        "no_figure": "It cannot be told: there is no figure.",
    }[point.sign or "no_figure"]
    return f"{said} This was the day to decide." if point.kind == "decide" else said


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
        f"A figure as under “Failing” speaks against a full effect of {_number(plan.worth)} points or more.",
        "Between the two it cannot be told. That is the most likely result in the first years.",
        "Both are for a time in which others stay as they are. If the others' average moves, move both by as much.",
        "One year's sign is not the answer. The answer takes all figures since the start together, and their checks.",
    )


def nothing_ahead(plan: MonitoringPlan) -> str:
    """That no checkpoint is left; empty where one is."""
    if plan.ahead:
        return ""
    return f"The plan looks {plan.years:g} years ahead from the start. All of its checkpoints are over."


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

"""Figures put into plain sentences: the same table behind every title, card, caption and command."""

from collections.abc import Sequence

import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.change import Change
from explorer.benchmarks.position import Comparison, Figure, Position, Rank
from explorer.config import Config, Indicator
from explorer.models.calibration import Calibration
from explorer.models.scenario import Outcome, Scenario
from explorer.schema import STATUS_WORDS
from explorer.wording import count, half_up, in_range, in_unit, listed, ordinal, percent, period, possessive


def title(found: Position, config: Config, areas: Areas) -> str:
    """The finding: 'Re-plans: Trafford was higher than 9 of 10 neighbours'."""
    entry = config.indicators[found.indicator]
    name, own = areas.label(found.area), found.figure
    if own.value is None:
        if own.status == "suppressed":
            return f"{entry.label}: {possessive(name)} figure is hidden"
        return f"{entry.label}: no figure for {name}"
    if not found.members:
        return f"{entry.label}: {name} was {in_unit(own.value, entry.unit)}"
    return f"{entry.label}: {name} was {standing(found)}"


def standing(found: Position) -> str:
    """How an authority stands in its group: 'higher than 9 of 10 neighbours (1 cannot be told)'."""
    told, size, noun = found.comparison, found.group_size, found.group.member_label
    if told.unknown == size:
        return f"not comparable with any of {_members(size, noun)}"
    word, number = ("higher", told.lower) if told.lower >= told.higher else ("lower", told.higher)
    if number == 0:
        return f"level with {told.level} of {_members(size, noun)}"
    if size == 1:
        return f"{word} than the one {noun}"
    return f"{word} than {'all' if number == size else f'{number} of'} {_members(size, noun)}{_untold(told)}"


def _members(size: int, noun: str) -> str:
    plural_noun = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{size} {noun if size == 1 else plural_noun}"


def _untold(told: Comparison) -> str:
    return f" ({told.unknown} cannot be told)" if told.unknown else ""


def own_figure(figure: Figure, entry: Indicator, name: str, year: int) -> str:
    """What an authority's figure is, with its counts, or why there is none."""
    when = period(entry.period, year)
    if figure.value is not None:
        said = entry.sentence.format(
            value=in_unit(figure.value, entry.unit),
            numerator=_part(figure),
            denominator=_whole(figure),
        )
        if "{value}" not in entry.sentence:
            said = f"{said} ({in_unit(figure.value, entry.unit)})"
        return f"{name}, {when}: {said}."
    if figure.status != "suppressed":
        return f"{name} has no figure for this, {when}: {STATUS_WORDS[figure.status]}."
    hidden = f"{name}'s figure, {when}, is hidden, because it or a figure beside it is small."
    if figure.least is None or figure.most is None:
        return f"{hidden} The source does not give the counts, so its range is not known."
    if entry.unit == "count":
        return f"{hidden} If it is itself a small number it is {in_range(figure.least, figure.most, entry.unit)}."
    return (
        f"{hidden} If the hidden count is itself a small number, {hidden_counts(figure, entry)}, "
        f"the figure is {in_range(figure.least, figure.most, entry.unit)}. It could be higher if it was "
        "hidden only to protect another number."
    )


def hidden_counts(figure: Figure, entry: Indicator) -> str:
    """The counts that a hidden figure can have: '1 to 5 of 155'."""
    if figure.least is None or figure.most is None:
        return "not known"
    if figure.base is None:
        return "a few of a few"
    return f"{hidden_part(figure, entry)} of {_whole(figure)}"


def hidden_part(figure: Figure, entry: Indicator) -> str:
    """What a hidden count can be: '1 to 5'."""
    if figure.least is None or figure.most is None or (entry.unit != "count" and figure.base is None):
        return "a small number"
    whole = 1.0 if figure.base is None or entry.unit == "count" else figure.base
    return in_range(figure.least * whole / entry.scale, figure.most * whole / entry.scale, "count")


def counts(figure: Figure, entry: Indicator) -> str:
    """The counts behind a figure for a table: '76 of 261', '1 to 5 of 155', or nothing."""
    if figure.value is None:
        known = figure.least is not None and entry.numerator is not None
        return hidden_counts(figure, entry) if known else ""
    return "" if figure.numerator is None else f"{_part(figure)} of {_whole(figure)}"


def shown(figure: Figure, entry: Indicator) -> str:
    """A figure for a table cell or label: '29.1%', 'hidden: 0.6% to 3.2%', 'not available'."""
    if figure.value is not None:
        return in_unit(figure.value, entry.unit)
    if figure.status == "suppressed" and figure.least is not None and figure.most is not None:
        return f"hidden: {in_range(figure.least, figure.most, entry.unit)}"
    return "hidden" if figure.status == "suppressed" else STATUS_WORDS[figure.status]


def headline(figure: Figure, entry: Indicator) -> str:
    """A figure at its shortest, for large type: '29.1%', 'Hidden', 'No figure'."""
    if figure.value is not None:
        return in_unit(figure.value, entry.unit)
    return "Hidden" if figure.status == "suppressed" else "No figure"


def _part(figure: Figure) -> str:
    return "not published" if figure.numerator is None else count(figure.numerator)


def _whole(figure: Figure) -> str:
    if figure.denominator is not None:
        return count(figure.denominator)
    return "a hidden number" if figure.base is None else f"about {count(figure.base)}"


def change_sentence(moved: Change | None, entry: Indicator) -> str:
    """How a figure moved since the year before, and whether chance alone could explain it."""
    if moved is None:
        return "No change can be given: this year or the year before is not published."
    before = shown(moved.before, entry)
    behind = counts(moved.before, entry)
    was = f"from {before}" + (f" ({behind})" if behind and entry.unit == "percent" else "")
    size = half_up(abs(moved.difference), 0 if entry.unit == "count" else 1)
    if not size:
        return f"No change on the year before ({before})."
    direction = "Up" if moved.difference > 0 else "Down"
    noun = {"percent": "percentage points", "per_10k": "per 10,000", "count": ""}[entry.unit]
    said = f"{direction} {f'{size:,} {noun}'.strip()} on the year before, {was}"
    match moved.clear:
        case None:
            return f"{said}."
        case True:
            return f"{said}: more than chance alone is likely to cause."
        case _:
            return f"{said}: chance alone could explain it."


def group_sentence(found: Position, config: Config) -> str:
    """What the group's average is, from how many of its members."""
    entry = config.indicators[found.indicator]
    size, noun = found.group_size, found.group.member_label
    if not size:
        return " ".join(found.group.notes) or "The group has no members."
    if found.mean is None or found.median is None:
        return f"None of {_members(size, noun)} has a published figure."
    said = (
        f"The median of {found.group.short_label} is {in_unit(found.median, entry.unit)} and the mean is "
        f"{in_unit(found.mean, entry.unit)}, from {found.contributing} of {size}."
    )
    return f"{said}{_hidden_average(found, entry)}"


def _hidden_average(found: Position, entry: Indicator) -> str:
    if found.bounded == found.contributing:
        return ""
    if found.mean_bounds is None or found.median_bounds is None:
        return " Some are hidden, and what they could be is not known."
    number = found.bounded - found.contributing
    hidden = next(member for member in found.members if member.value is None and member.bounds is not None)
    each = hidden_part(hidden, entry)
    noun = "hidden figure" if number == 1 else f"{number} hidden figures"
    return (
        f" Counting the {noun} as {each}, the median is {in_range(*found.median_bounds, entry.unit)} "
        f"and the mean {in_range(*found.mean_bounds, entry.unit)}."
    )


def range_sentence(figure: Figure) -> str:
    """The likely range of a published percentage; empty where there is none."""
    if figure.lower is None or figure.upper is None:
        return ""
    return f"Allowing for chance, its likely range is {in_range(figure.lower, figure.upper, 'percent')}."


def pooled_sentence(found: Position, config: Config) -> str:
    """The group's plans counted together; empty where there are no counts."""
    if found.pooled is None:
        return ""
    said = in_unit(found.pooled, config.indicators[found.indicator].unit)
    return f"Counting the plans of those {found.contributing} together gives {said}."


def england_sentence(found: Position, config: Config) -> str:
    """England's figure."""
    return f"England: {shown(found.england, config.indicators[found.indicator])}."


def rank_sentence(found: Position, config: Config, name: str) -> str:
    """An authority's rank among its group and England; empty for a measure without a good direction."""
    entry = config.indicators[found.indicator]
    if entry.polarity == "none" or found.rank.best is None:
        return ""
    best = "the lowest" if entry.polarity == "low" else "the highest"
    return (
        f"With {best} figure first, {name} is {_place(found.rank)} in this group and "
        f"{_place(found.england_rank)} in England."
    )


def _place(rank: Rank) -> str:
    if rank.best is None or rank.worst is None:
        return "not ranked"
    places = (
        ordinal(rank.best) if rank.best == rank.worst else f"between {ordinal(rank.best)} and {ordinal(rank.worst)}"
    )
    return f"{places} of {rank.of_bounded}"


def position_sentence(found: Position, config: Config, areas: Areas) -> str:
    """Everything about a position in one paragraph."""
    entry, name = config.indicators[found.indicator], areas.label(found.area)
    parts = (
        own_figure(found.figure, entry, name, found.year),
        group_sentence(found, config),
        pooled_sentence(found, config),
        england_sentence(found, config),
        rank_sentence(found, config, name),
    )
    return " ".join(part for part in parts if part)


def briefing_sentence(found: Sequence[Position], config: Config, areas: Areas) -> str:
    """The answer that the Briefing opens with: where the authority is above or below most of its group."""
    name = areas.label(found[0].area)
    ranked = [one for one in found if config.indicators[one.indicator].unit == "percent"]
    sides: dict[str, list[str]] = {"higher": [], "lower": [], "middle": [], "hidden": [], "none": []}
    for one in ranked:
        label = config.indicators[one.indicator].label
        sides[_side(one)].append(label[0].lower() + label[1:])
    noun = _members(2, found[0].group.member_label).removeprefix("2 ")
    parts = [
        f"{what} {listed(sides[side])}"
        for side, what in (
            ("higher", f"above most {noun} for"),
            ("lower", f"below most {noun} for"),
            ("middle", f"neither above nor below most {noun} for"),
        )
        if sides[side]
    ]
    said = f"In the year to March {found[0].year}, {name} was {listed(parts)}." if parts else ""
    if sides["hidden"]:
        said += f" The figure for {listed(sides['hidden'])} is hidden, because a number behind it is small."
    if sides["none"]:
        said += f" {name} has no published figure for {listed(sides['none'])}."
    return said.strip()


def _side(one: Position) -> str:
    if one.figure.value is None:
        return "hidden" if one.figure.status == "suppressed" else "none"
    told, known = one.comparison, one.group_size - one.comparison.unknown
    if 2 * told.lower > max(known, one.group_size - 1):
        return "higher"
    return "lower" if 2 * told.higher > max(known, one.group_size - 1) else "middle"


def gap_sentence(found: Position, config: Config) -> str:
    """How many plans lie between the authority and the median of its group; empty where none is known."""
    entry, own = config.indicators[found.indicator], found.figure
    if entry.unit != "percent" or own.numerator is None or not own.base or found.median is None:
        return ""
    gap = own.numerator - found.median * own.base / 100
    number = abs(half_up(gap, 0))
    if not number:
        return f"That is the same as the median of {found.group.short_label}, to the nearest plan."
    direction = "more" if gap > 0 else "fewer"
    return (
        f"That is about {count(float(number))} {direction} {'plan' if number == 1 else 'plans'} than if "
        f"{percent(found.median)}, the median of {found.group.short_label}, applied here."
    )


def scenario_title(scenario: Scenario, name: str, unit: str) -> str:
    """The finding of a what-if in children (counts) or in shares."""
    if not scenario.has_effect:
        return f"Nothing is changed yet: {name} stays as it is today"
    if unit == "count":
        return f"In the long run {name} would have {_moved(scenario['plans_started_repeat'], 're-plan')} a year"
    repeat = scenario["repeat_plan_percent"]
    return (
        f"Re-plans would settle at {percent(repeat.scenario)} of plans started, from {percent(repeat.baseline)} today"
    )


def scenario_sentence(scenario: Scenario, name: str) -> str:
    """What a what-if comes to: children, then where the range lies."""
    if not scenario.has_effect:
        return (
            "Both sliders stand at no effect. Move one to see what it would come to in the long run, if the "
            "change lasted and nothing else moved."
        )
    parts = [
        f"{_moved(scenario['plans_open'], 'child', 'children')} on a plan at any time",
        f"{_moved(scenario['plans_started_repeat'], 're-plan')} a year",
    ]
    long_plans = scenario["plans_open_2y_plus"]
    if not long_plans.hidden:
        parts.append(f"{_moved(long_plans, 'plan')} open for two years or more")
    return f"In the long run {name} would have {listed(parts)}."


def _moved(outcome: Outcome, noun: str, nouns: str | None = None) -> str:
    """A difference in whole plans or children, with its range: 'about 19 fewer re-plans (13 to 23)'."""
    number = abs(half_up(outcome.difference, 0))
    several = nouns or f"{noun}s"
    if not number:
        return f"about as many {several} as today"
    word = "fewer" if outcome.difference < 0 else "more"
    ends = sorted((abs(half_up(outcome.low, 0)), abs(half_up(outcome.high, 0))))
    said = f"about {number:,} {word} {noun if number == 1 else several}"
    return said if ends[0] == ends[1] else f"{said} (likely {ends[0]:,} to {ends[1]:,})"


def counts_used(calibration: Calibration, config: Config) -> pl.DataFrame:
    """The counts behind a what-if as a table for reading."""
    return pl.DataFrame(
        [
            {
                "Count": _count_label(item.measure, config),
                "Year to March": str(item.year),
                "Number": in_range(item.least, item.most, "count"),
                "Published": "hidden" if item.hidden else "yes",
            }
            for item in calibration.counts
        ]
    )


def _count_label(measure: str, config: Config) -> str:
    if measure in config.indicators:
        return config.indicators[measure].label
    return f"{config.indicators[measure.removesuffix('_1y_plus')].label} that had lasted a year or more"

"""A position in words: the finding, the group's average, rank and gap."""

from collections.abc import Sequence

from explorer.areas import Areas
from explorer.benchmarks.position import Comparison, Position, Rank
from explorer.config import Config, Indicator
from explorer.schema import HIDDEN
from explorer.sentences.figures import own_figure, shown
from explorer.wording import half_up, in_range, in_unit, listed, ordinal, possessive


def title(found: Position, config: Config, areas: Areas) -> str:
    """The finding: 'Re-plans: Trafford was higher than 9 of 10 neighbours'."""
    entry = config.indicators[found.indicator]
    name, own = areas.label(found.area), found.figure
    if own.value is None:
        if own.status in HIDDEN:
            return f"{entry.label}: {possessive(name)} figure is hidden"
        return f"{entry.label}: no figure for {name}"
    if not found.members:
        return f"{entry.label}: {name} was {in_unit(own.value, entry.unit)}"
    return f"{entry.label}: {name} was {standing(found)}"


def standing(found: Position) -> str:
    """How an authority stands in its group: 'higher than 9 of 10 neighbours (1 cannot be told)'."""
    told, size, noun = found.comparison, found.group_size, found.group.member_label
    if told.unknown == size:
        return f"not comparable with any of {members(size, noun)}"
    word, number = ("higher", told.lower) if told.lower >= told.higher else ("lower", told.higher)
    if number == 0:
        return f"level with {told.level} of {members(size, noun)}{_untold(told)}"
    if size == 1:
        return f"{word} than the one {noun}"
    return f"{word} than {'all' if number == size else f'{number} of'} {members(size, noun)}{_untold(told)}"


def members(size: int, noun: str) -> str:
    """A number of members with their noun: '10 neighbours', '1 authority'."""
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{size} {noun if size == 1 else several}"


def _untold(told: Comparison) -> str:
    return f" ({told.unknown} cannot be told)" if told.unknown else ""


def group_sentence(found: Position, config: Config) -> str:
    """What the group's average is, from how many of its members, and what hidden ones could make of it."""
    entry = config.indicators[found.indicator]
    size, noun = found.group_size, found.group.member_label
    if not size:
        return " ".join(found.group.notes) or "The group has no members."
    if found.mean is None or found.median is None:
        return f"None of {members(size, noun)} has a published figure."
    said = (
        f"The median of {found.group.short_label} is {in_unit(found.median, entry.unit)} and the mean is "
        f"{in_unit(found.mean, entry.unit)}, from {found.contributing} of {size}."
    )
    return f"{said}{_with_hidden(found, entry, config)}"


def _with_hidden(found: Position, entry: Indicator, config: Config) -> str:
    number = sum(member.status in HIDDEN for member in found.members)
    if not number:
        return ""
    if found.mean_bounds is None or found.median_bounds is None:
        said = f" Of the others {number} {'is' if number == 1 else 'are'} hidden, and what they could be is not known."
        if found.median_bounds is None:
            return said
        return f"{said.removesuffix('.')}; the median is {in_range(*found.median_bounds, entry.unit)} all the same."
    rule = config.benchmarks.suppression
    noun = "hidden count" if number == 1 else f"{number} hidden counts"
    return (
        f" Taking the {noun} as {rule.lowest} to {rule.highest}, the median is "
        f"{in_range(*found.median_bounds, entry.unit)} and the mean {in_range(*found.mean_bounds, entry.unit)}."
    )


def pooled_sentence(found: Position, config: Config) -> str:
    """The group's plans counted together; empty where there are no counts."""
    if found.pooled is None:
        return ""
    said = in_unit(found.pooled, config.indicators[found.indicator].unit)
    return (
        f"Counting {members(found.pooled_from, found.group.member_label)} together, as if they were one, gives {said}."
    )


def england_sentence(found: Position, config: Config) -> str:
    """England's figure."""
    return f"England: {shown(found.england, config.indicators[found.indicator])}."


def rank_sentence(found: Position, config: Config, name: str) -> str:
    """An authority's rank among its group and England; empty for a measure without a good direction."""
    entry = config.indicators[found.indicator]
    if entry.polarity == "none" or found.rank.best is None or not found.members:
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


def gap_sentence(found: Position, config: Config) -> str:
    """How many plans lie between the authority and the median of its group; empty where that is not known.

    Hidden members widen the median to a range, and the gap with it.
    """
    entry, own = config.indicators[found.indicator], found.figure
    if entry.unit != "percent" or own.numerator is None or not own.base or found.median_bounds is None:
        return ""
    low, high = (half_up(own.numerator - middle * own.base / 100, 0) for middle in reversed(found.median_bounds))
    middle = in_range(*found.median_bounds, entry.unit)
    if low <= 0 <= high:
        close = low == high
        return (
            f"To the nearest plan that is the same as at the median of {found.group.short_label}."
            if close
            else f"Whether that is more or fewer plans than at the median ({middle}) cannot be told."
        )
    ends = sorted((abs(low), abs(high)))
    number = f"{ends[0]:,}" if ends[0] == ends[1] else f"{ends[0]:,} to {ends[1]:,}"
    noun = "plan" if ends[1] == 1 else "plans"
    return (
        f"That is about {number} {'more' if low > 0 else 'fewer'} {noun} than if {middle}, the median of "
        f"{found.group.short_label}, applied here."
    )


def noise_sentence(found: Position, config: Config) -> str:
    """The likely range, and whether the median lies outside it; empty where there is no range.

    It takes the group's median as fixed, and hidden members at their least and most.
    """
    own, unit = found.figure, config.indicators[found.indicator].unit
    if own.lower is None or own.upper is None:
        return ""
    said = f"Allowing for chance, its likely range is {in_range(own.lower, own.upper, unit)}"
    if found.median_bounds is None:
        return f"{said}."
    low, high = found.median_bounds
    middle = f"the median ({in_range(low, high, unit)})"
    if own.lower > high:
        return f"{said}, all of it above {middle}."
    if own.upper < low:
        return f"{said}, all of it below {middle}."
    return f"{said}, which takes in {middle}: the gap may be no more than chance."


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
    shares = [one for one in found if config.indicators[one.indicator].unit == "percent"]
    sides: dict[str, list[str]] = {}
    for one in shares:
        label = config.indicators[one.indicator].label
        sides.setdefault(_side(one), []).append(label[0].lower() + label[1:])
    noun = members(2, found[0].group.member_label).removeprefix("2 ")
    parts = [
        f"{what} {listed(sides[side])}"
        for side, what in (
            ("higher", f"above most {noun} for"),
            ("lower", f"below most {noun} for"),
            ("middle", f"neither above nor below most {noun} for"),
        )
        if side in sides
    ]
    sentences = [f"In the year to March {found[0].year}, {name} was {listed(parts)}."] if parts else []
    # a sentence that stands first says whose figure it is and of when
    whose = "The" if parts else f"In the year to March {found[0].year} {possessive(name)}"
    for side, said in (
        (
            "untold",
            f"Whether {name} is above or below most {noun} cannot be told for {{}}, because some are not published.",
        ),
        ("alone", f"{name} is not compared with anyone yet for {{}}."),
        ("hidden", f"{whose} figure for {{}} is hidden, because it or a figure beside it is small."),
        ("none", f"{name} has no published figure for {{}}."),
    ):
        if side in sides:
            sentences.append(said.format(listed(sides[side], "or" if side in ("none", "hidden") else "and")))
    return " ".join(sentences)


def _side(one: Position) -> str:
    """On which side of most of its group an authority certainly is."""
    told, size = one.comparison, one.group_size
    if one.figure.value is None:
        return "hidden" if one.figure.status in HIDDEN else "none"
    if not size:
        return "alone"
    if 2 * told.lower > size:
        return "higher"
    if 2 * told.higher > size:
        return "lower"
    could_be = 2 * max(told.lower, told.higher) + 2 * told.unknown > size
    return "untold" if could_be else "middle"

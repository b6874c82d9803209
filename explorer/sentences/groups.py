"""A position in words: the finding, the group's average, rank and gap."""

from explorer.areas import Areas
from explorer.benchmarks.position import Comparison, Position, Rank
from explorer.config import Config, Indicator
from explorer.schema import HIDDEN
from explorer.sentences.figures import own_figure, shown
from explorer.wording import in_range, in_unit, ordinal, possessive


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

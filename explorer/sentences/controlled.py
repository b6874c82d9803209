"""A controlled comparison in words: how far from expected, how often others move as far, and how near it lay before."""

from collections.abc import Mapping

from explorer.config import Indicator
from explorer.evaluation.alike import StoodAlike
from explorer.evaluation.controlled import Controlled
from explorer.sentences.evaluation import by_words, points_words, range_words
from explorer.wording import count, half_up, in_range, listed, lowered, percent, period, plural, possessive

_SELDOM = 0.05  # as in the verdict: chance alone makes it in fewer than 5 of 100
_NOT_OFTEN = 0.2  # fewer than one in five: told apart from what is quite usual, and no more than that
_NAMED = 3
_MOST, _SOME = 0.75, 0.4  # of the ups and downs before


def effect_sentence(found: Controlled, entry: Indicator, name: str) -> str:
    """The effect that all years since the start give together, as it would be there by the last; then that year alone.

    With a single year since the start the two are one.
    """
    one, years = found.estimate, found.estimate.periods_after
    reach = range_words(one.lower, one.upper)
    size = f"anything from {reach}" if found.at_ends else points_words(one.effect)
    what = f"{possessive(name)} figure for {lowered(entry.label)}"
    if years == 1:
        said = f"{_when(found, entry)} {what} was {size} than its comparison would have it."
    else:
        by = by_words(entry, found.question.last)
        said = (
            f"The {years} years since the start are taken together, along the stated path. They put {what} {size} {by} "
            "than its comparison would have it."
        )
    if found.at_ends:
        return (
            f"{said} That allows for chance and for what the hidden figures can be. {own_year_sentence(found, entry)}"
        )
    return f"{said} The range is {reach}. {own_year_sentence(found, entry)}".strip()


def own_year_sentence(found: Controlled, entry: Indicator) -> str:
    """How far the last year's own figure was from its comparison; empty where the effect is just that."""
    low, high = last_gap(found)
    hidden = low != high
    if found.estimate.periods_after == 1 and not found.at_ends:
        return ""
    what, size = ("figure, which is hidden,", range_words(low, high)) if hidden else ("figure", points_words(low))
    return f"{_when(found, entry)} alone the {what} was {size} than expected. One year alone says little."


def last_gap(found: Controlled) -> tuple[float, float]:
    """The last year's figure less its comparison, in points: the same twice where the figure is published."""
    expected = float(found.expected[-1])
    return float(found.least[-1]) - expected, float(found.most[-1]) - expected


def rank_sentence(found: Controlled) -> str:
    """How many others, which had changes of their own too, moved as far."""
    where = found.place
    theirs = "its own comparison" if where.larger == 1 else "theirs"
    moved = f"{count(where.larger) if where.larger else 'none'} moved as far from {theirs}, or farther"
    said = (
        f"Of {count(where.of)} other authorities, over the same years, {moved}. They had changes of their own too, so "
        "they show how far figures move anyway. Small ones swing more, and that is allowed for."
    )
    if found.estimate.p_value <= _SELDOM:
        return f"{said} So such a difference is unusual."
    if found.estimate.p_value <= _NOT_OFTEN:
        return f"{said} So such a difference is not common, and chance can still make it."
    return f"{said} So such a difference is nothing unusual."


def ratio_sentence(found: Controlled) -> str:
    """The same by another measure: how much each one's distance from its comparison grew after the start."""
    number = count(found.ratio_larger) if found.ratio_larger else "none"
    return (
        "Another way to rank them is by how much the distance from the comparison grew after the start, either way. "
        f"Of {count(found.place.of)} others it grew as much or more in {number}."
    )


def fit_sentence(found: Controlled) -> str:
    """How near the comparison lay in the years before the start."""
    years = int(found.before.sum())
    near = f"In the {years} years before the start it lay {half_up(found.error_before)} points from its comparison"
    others = f"{count(found.better_fitted) if found.better_fitted else 'none'} lay nearer to theirs"
    said = f"{near} in a usual year. Of {count(found.place.of)} others {others}, allowing for size."
    if found.spread_before <= 0:
        return said
    share = 1 - (found.error_before / found.spread_before) ** 2
    how = "most" if share >= _MOST else "some" if share >= _SOME else "little"
    return f"{said} The comparison follows {how} of its ups and downs before."


def mix_sentence(found: Controlled, names: Mapping[str, str]) -> str:
    """Who the comparison is made of."""
    number = len(found.mix)
    what = "The comparison" if found.question.way == "difference_in_differences" else "The synthetic comparison"
    if number == 1:
        return f"{what} is {names[found.mix[0][0]]} alone."
    everybody = max(weight for _, weight in found.mix) <= 1.5 / number
    if everybody:
        return f"{what} is {count(number)} other authorities, all alike."
    top = [f"{names[area]} ({percent(100 * weight)})" for area, weight in found.mix[:_NAMED]]
    if number <= _NAMED:
        return f"{what} is a mix of {listed(top)}."
    return f"{what} is a mix of {count(number)} other authorities. {listed(top)} count most."


def left_out_sentence(found: Controlled) -> str:
    """How many others could not be compared; empty where all could."""
    number = len(found.left_out)
    if not number:
        return ""
    have = "has" if number == 1 else "have"
    return f"{plural(number, 'other authority', 'others')} {have} too many hidden or missing years to be compared with."


def alike_sentence(found: StoodAlike, entry: Indicator) -> str:
    """Regression to the mean by example: of those as high, how many moved as far by themselves."""
    reach = in_range(found.lowest, found.highest, entry.unit)
    before, after = period(entry.period, found.year), period(entry.period, found.last)
    said = f"Take the {len(found.areas)} authorities whose figure was nearest {before} ({reach})."
    if not half_up(found.change):
        return f"{said} Of them, the middle one was {points_words(found.usual)} {after}; this one had not changed."
    moved = "fallen" if found.change < 0 else "risen"
    number = count(found.as_far) if found.as_far else "none"
    usual = "unchanged" if not half_up(found.usual) else points_words(found.usual)
    return f"{said} Of them, {number} had {moved} as far or farther {after}. The middle one was {usual}."


def title(found: Controlled, entry: Indicator, name: str) -> str:
    """The finding for a picture: of the only year since the start, or of all of them together."""
    one, years = found.estimate, found.estimate.periods_after
    when = period(entry.period, found.question.last) if years == 1 else f"{years} years since the start together"
    what = f"{possessive(name)} {lowered(entry.label)}, {when}"
    unusual = "no more than others often move"
    if one.p_value <= _NOT_OFTEN:
        unusual = "more than others usually move" if one.p_value <= _SELDOM else "which chance can still make"
    size = range_words(one.lower, one.upper) if found.at_ends else points_words(one.effect)
    return f"{what}: {size} than expected, {unusual}"


def _when(found: Controlled, entry: Indicator) -> str:
    said = period(entry.period, found.question.last)
    return said[:1].upper() + said[1:]

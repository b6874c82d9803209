"""A controlled comparison in words: how far from expected, how often others move as far, and how near it lay before."""

from collections.abc import Mapping

from explorer.config import Indicator
from explorer.evaluation.alike import StoodAlike
from explorer.evaluation.controlled import Controlled
from explorer.sentences.evaluation import points_words, range_words
from explorer.sentences.what_if import way, way_range
from explorer.wording import count, half_up, in_range, listed, lowered, percent, period, plural, possessive

_SELDOM = 0.05  # as in the verdict: chance alone makes it in fewer than 5 of 100
_NAMED = 3
_MOST, _SOME = 0.75, 0.4  # of the ups and downs before


def effect_sentence(found: Controlled, entry: Indicator, name: str) -> str:
    """How far the figure was from what the comparison leads one to expect, in points."""
    one, hidden = found.estimate, bool(found.at_ends)
    reach = range_words(one.lower, one.upper)
    said = f"{_when(found, entry)} {possessive(name)} figure for {lowered(entry.label)} was"
    if hidden:
        return (
            f"{said} anything from {reach} than its comparison leads one to expect. "
            "That allows for chance and for what the hidden figures can be."
        )
    return f"{said} {points_words(one.effect)} than its comparison leads one to expect. The range is {reach}."


def count_sentence(found: Controlled, entry: Indicator, labels: Mapping[str, Indicator]) -> str:
    """The same in number; empty where the counts behind are not known.

    Args:
        labels: config/indicators.yaml, for what the counts are called.
    """
    if entry.numerator is None or entry.denominator is None or not found.base > 0:
        return ""
    one = found.estimate
    low, middle, high = (end * found.base / 100 for end in (one.lower, one.effect, one.upper))
    what, whole = labels[entry.numerator].label, lowered(labels[entry.denominator].label)
    reach = f"anything from {way_range(low, high, 'count')}" if low < 0 < high else way_range(low, high, "count")
    of = f"of {count(found.base)} {whole}"
    if found.at_ends:
        return f"{what}: {reach} than expected, {of}."
    return f"{what}: about {_about(middle)} than expected, {of}. It can be {reach}."


def _about(number: float) -> str:
    return way(number, "count") if half_up(number, 0) else "no more and no fewer"


def rank_sentence(found: Controlled) -> str:
    """How many others moved as far with nothing known to have begun there."""
    where = found.place
    theirs = "its own comparison" if where.larger == 1 else "theirs"
    moved = f"{count(where.larger) if where.larger else 'none'} moved as far from {theirs}, or farther"
    said = f"Of {count(where.of)} other authorities {moved}. Small ones swing more, and that is allowed for."
    if found.estimate.p_value <= _SELDOM:
        return f"{said} So chance alone seldom makes such a difference."
    return f"{said} So such a difference is nothing unusual."


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
    if number == 1:
        return f"The comparison is {names[found.mix[0][0]]} alone."
    everybody = max(weight for _, weight in found.mix) <= 1.5 / number
    if everybody:
        return f"The comparison is {count(number)} other authorities, all alike."
    top = [f"{names[area]} ({percent(100 * weight)})" for area, weight in found.mix[:_NAMED]]
    if number <= _NAMED:
        return f"The comparison is a mix of {listed(top)}."
    return f"The comparison is a mix of {count(number)} other authorities. {listed(top)} count most."


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
    """The finding for a picture: "Trafford's re-plans: 5.4 points lower than expected, which is not unusual"."""
    one = found.estimate
    what = f"{possessive(name)} {lowered(entry.label)}"
    unusual = "more than others usually move" if one.p_value <= _SELDOM else "no more than others often move"
    if found.at_ends:
        return f"{what}: {range_words(one.lower, one.upper)} than expected, {unusual}"
    return f"{what}: {points_words(one.effect)} than expected, {unusual}"


def _when(found: Controlled, entry: Indicator) -> str:
    said = period(entry.period, found.question.last)
    return said[:1].upper() + said[1:]

"""Where an authority stands once chance is allowed for, in words: verdict, how sure, and how many children."""

import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.change import Change
from explorer.benchmarks.quarters import Quarter
from explorer.benchmarks.sensitivity import Against
from explorer.benchmarks.standing import Gap, Standing, middle
from explorer.config import Config, Indicator
from explorer.sentences.verdicts import of_authorities
from explorer.wording import half_up, in_range, in_unit, listed, lowered, ordinal, possessive

_SURE, _LIKELY = 0.95, 0.8
_RATE = " per 10,000 children"
_WORTH_SAYING = 1.0  # a child: a smaller difference is none


def verdict_sentence(found: Standing, config: Config, name: str) -> str:
    """Higher, lower or similar, and why."""
    entry, group = config.indicators[found.position.indicator], found.position.group.short_label
    rule, who = config.benchmarks.suppression, name
    if found.position.figure.value is None:
        who = f"if {possessive(name)} hidden count is {rule.lowest} to {rule.highest}, it"
    usual = in_range(*found.usual, entry.unit) if found.usual else ""
    wide = in_range(*found.far, entry.unit) if found.far else ""
    rules = config.benchmarks.standing
    most, nearly_all = (of_authorities(share) for share in (rules.usual_confidence, rules.far_confidence))
    match found.why:
        case "far":
            return (
                f"{found.verdict.capitalize()}: {who} lies outside {wide}. That is where {nearly_all} authorities of "
                f"its size would lie around the median of {group}."
            )
        case "two_years":
            return (
                f"{found.verdict.capitalize()}: this year and the year before, {who} was outside the range that is "
                f"usual for its size (now {usual}). That is where {most} authorities of its size would lie around the "
                f"median of {group}."
            )
        case "usual":
            return (
                f"Similar, as authorities go: {who} lies within {usual}. That is where {most} authorities of its size "
                f"would lie around the median of {group}."
            )
        case "first_time":
            return (
                f"Similar so far: {who} is outside {usual}. That is where {most} authorities of its size would lie "
                f"around the median of {group}. But the year before it was not outside, as far as is known, and one "
                "year by itself is often a passing one."
            )
        case _:
            return _untold(found, entry, name)


def _untold(found: Standing, entry: Indicator, name: str) -> str:
    match found.why:
        case "no_counts":
            return (
                f"Whether {name} is higher or lower by more than chance cannot be tested: {lowered(entry.label)} are "
                "published without the counts behind them."
            )
        case "hidden":
            return f"Whether {name} is higher or lower cannot be told, because figures or the counts behind are hidden."
        case "no_group":
            return f"{name} is not compared with anyone who has a figure."
        case _:
            return f"{name} has no figure to compare."


def level_sentence(found: Standing, name: str) -> str:
    """How sure it is that the level is above the middle of the group, and which places it can have."""
    if found.above_middle is None or found.ranks is None:
        return ""
    above = found.above_middle
    side, chance = ("above", above) if above >= 0.5 else ("below", 1 - above)
    other = "below" if side == "above" else "above"
    sure = (
        f"almost certainly {side}"
        if chance >= _SURE
        else f"probably {side}"
        if chance >= _LIKELY
        else f"a little more likely {side} than {other}"
    )
    number = min(max(int(half_up(100 * chance, 0)), 50), 99)
    more = "more than " if chance > 0.995 else ""
    return (
        f"With chance taken off as far as can be, {possessive(name)} level is {sure} the group's middle "
        f"({more}{number} in 100). Its place is {_places(found)}."
    )


def _places(found: Standing) -> str:
    low, high = found.ranks or (1, 1)
    if (low, high) == (1, found.ranked):
        return f"anything from highest to lowest of {found.ranked}"
    if low == high:
        return f"{_place(low)} of {found.ranked}"
    return f"from {_place(low)} to {_place(high)} of {found.ranked}"


def _place(place: int) -> str:
    return "highest" if place == 1 else f"{ordinal(place)} highest"


def gap_to_middle_sentence(found: Standing, config: Config) -> str:
    """How many children lie between the authority and the middle of its group; empty where that is not known."""
    entry, gap = config.indicators[found.position.indicator], found.gap
    if gap is None or found.position.median_bounds is None or (entry.unit == "percent" and not entry.numerator):
        return ""
    what = config.indicators[entry.numerator].label if entry.numerator else entry.label.removesuffix(_RATE)
    when = "in the year" if entry.period == "year" else "on that day"
    middle = in_range(*found.position.median_bounds, entry.unit)
    group = found.position.group.short_label
    if max(abs(end) for end in gap.number) < _WORTH_SAYING / 2:
        return f"{what}: as many {when} as at the median of {group} ({middle}), to the nearest child.{_range(gap)}"
    said = f"{what}: about {_fewer(*gap.number)} {when} would match the median of {group} ({middle}).{_chance(gap)}"
    if gap.clear and found.verdict == "similar":
        said += " So it is no accident, but authorities often differ by as much."
    return said


def _chance(gap: Gap) -> str:
    said = _range(gap)
    verdict = "chance alone is not likely to make" if gap.clear else "chance alone could make"
    return f"{said.removesuffix('.')}: {verdict} the gap." if said else ""


def _range(gap: Gap) -> str:
    """What the gap can be with chance; empty where that is nought."""
    if half_up(gap.low, 0) == half_up(gap.high, 0) == 0:
        return ""
    return f" Allowing for chance, {_fewer(gap.low, gap.high)}."


def _fewer(low: float, high: float) -> str:
    """What would have to change, the other way round: a gap of 6 to 31 is '6 to 31 fewer'."""
    least, most = (int(half_up(end, 0)) for end in (low, high))
    if least == most:
        return f"{abs(least):,} {'fewer' if least > 0 else 'more'}" if least else "none fewer"
    if least >= 0 or most <= 0:
        ends = sorted((abs(least), abs(most)))
        return f"{ends[0]:,} to {ends[1]:,} {'fewer' if most > 0 else 'more'}"
    return f"anything from {-least:,} more to {most:,} fewer"


def fading_sentence(found: Standing, config: Config) -> str:
    """Regression to the mean; empty where there is nothing worth saying."""
    own, entry = found.position.figure, config.indicators[found.position.indicator]
    if found.fading is None or own.value is None or own.base is None:
        return ""
    if abs(found.fading) * own.base / entry.scale < _WORTH_SAYING:
        return ""
    difference = own.value - middle(found.position)
    side = "above" if difference > 0 else "below"
    centre = in_unit(middle(found.position), entry.unit)
    going = half_up(abs(found.fading))
    return (
        f"Of the {points(difference, entry)} {side} the group's middle ({centre}), about {going} would be expected to "
        "go by themselves, with nothing done: an unusual figure is often partly chance."
    )


def points(difference: float, entry: Indicator) -> str:
    """A difference without its sign: '7.6 points', '6.0 per 10,000'."""
    if entry.unit == "percent":
        return f"{half_up(abs(difference))} points"
    return in_unit(abs(difference), entry.unit)


def quarter_sentence(found: Quarter | None, polarity: str, name: str) -> str:
    """In which quarter of England's authorities; empty where there is no good direction."""
    if found is None:
        return ""
    which = ("highest", "second highest", "third highest", "lowest")
    ways = which if polarity == "high" else which[::-1]
    said = " or ".join(dict.fromkeys(ways[place - 1] for place in range(found.best, found.worst + 1)))
    return f"{name} is in the {said} quarter of the {found.of} authorities in England with a published figure."


def sensitivity_table(rows: tuple[Against, ...], config: Config, areas: Areas) -> pl.DataFrame:
    """The gap held against each way to say what is usual, for reading and for a file."""
    return pl.DataFrame(
        [
            {
                "Held against": _against(row, config, areas),
                "Usual, least": row.usual[0],
                "Usual, most": row.usual[1],
                "From": f"{row.members} of {row.of}",
                "Above (+) or below (-), least": row.gap[0],
                "Above (+) or below (-), most": row.gap[1],
                "In number, least": None if row.children is None else int(half_up(row.children[0], 0)),
                "In number, most": None if row.children is None else int(half_up(row.children[1], 0)),
            }
            for row in rows
        ],
        infer_schema_length=None,
    )


def _against(row: Against, config: Config, areas: Areas) -> str:
    if row.without is not None:
        return f"Median without {areas.label(row.without)}"
    words = {"median": "Median", "mean": "Mean", "pooled": "All counted together, as if they were one"}
    return words.get(row.how) or f"Median of {config.benchmarks.groups[row.how].label}"


def sensitivity_sentence(rows: tuple[Against, ...]) -> str:
    """Whether it depends on the way that the group is averaged, or on one member."""
    if not rows:
        return ""
    above, below, level = (sum(row.side == side for row in rows) for side in (1, -1, 0))
    if len(rows) in (above, below):
        side = "above" if above else "below"
        return f"However the group is averaged, and whoever is left out of it, the figure is {side}."
    untold = len(rows) - above - below - level
    ways = [
        f"{side} in {number}"
        for side, number in (("above", above), ("below", below), ("level", level), ("it cannot be told", untold))
        if number
    ]
    return f"Of {len(rows)} ways to say what is usual, the figure is {listed(ways)}."


def beside_sentence(difference: Change | None, entry: Indicator, name: str, other: str) -> str:
    """How two authorities differ, and whether chance could make it.

    Args:
        difference: from the other's figure to the one's.
    """
    if difference is None:
        return f"{name} and {other} cannot be compared: the figure of one of them is hidden or missing."
    size = half_up(abs(difference.difference), 1)
    side = "above" if difference.difference > 0 else "below"
    said = f"{possessive(name)} figure is {points(difference.difference, entry)} {side} that of {other}"
    if not size:
        said = f"{name} and {other} have the same figure"
    if difference.clear is None:
        return f"{said}. Whether that is more than chance cannot be tested: the counts are not published."
    verdict = "that is more than chance alone is likely to make" if difference.clear else "chance alone could make it"
    return f"{said}; {verdict}."

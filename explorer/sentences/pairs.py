"""Two measures of an authority held together: on which side of its group's middle it is on each, and what to ask."""

from typing import Literal

from explorer.areas import Areas
from explorer.benchmarks.position import Position
from explorer.config import Config
from explorer.schema import HIDDEN
from explorer.wording import listed, lowered

Side = Literal["above", "below", "at"]
_REPLANS = "repeat_plan_percent"
_LONG_PLANS = ("open_2y_plus_percent", "ended_2y_plus_percent")


def side(found: Position) -> Side | None:
    """On which side of its group's median a published figure is, wherever in their ranges hidden members are."""
    own = found.figure.value
    middle = found.median_bounds or (None if found.median is None else (found.median, found.median))
    if own is None or middle is None:
        return None
    if own > middle[1]:
        return "above"
    if own < middle[0]:
        return "below"
    return "at" if middle[0] == middle[1] else None


def pair_title(x: Position, y: Position, config: Config, areas: Areas) -> str:
    """The finding: 'Trafford is above the middle of its group on re-plans and below it on reviews on time'."""
    name = areas.label(x.area)
    known = [(one, told) for one in (x, y) if (told := side(one)) is not None]
    what = {one.indicator: lowered(config.indicators[one.indicator].label) for one in (x, y)}
    if not known:
        return (
            f"Whether {name} is above or below the middle of its group cannot be told for {listed(what.values(), 'or')}"
        )
    (first, first_side), *rest = known
    said = f"{name} is {first_side} the middle of its group"
    if not rest:
        (other,) = (one for one in (x, y) if one is not first)
        return f"{said} on {what[first.indicator]}; {_why(other, what[other.indicator])}"
    (second, second_side) = rest[0]
    if first_side == second_side:
        return f"{said} both on {what[first.indicator]} and on {what[second.indicator]}"
    return f"{said} on {what[first.indicator]} and {second_side} it on {what[second.indicator]}"


def _why(found: Position, label: str) -> str:
    """Why one of the two is not told."""
    if found.figure.status in HIDDEN:
        return f"its figure for {label} is hidden"
    if found.figure.value is None:
        return f"it has no figure for {label}"
    return f"on {label} it cannot be told"


def pair_caveats(x: Position, y: Position, config: Config) -> str:
    """What to bear in mind, and what to ask where one of the two may be the price of the other."""
    shown = {one.indicator: one for one in (x, y)}
    parts = []
    if _REPLANS in shown:
        parts.append("Some second plans are needed to keep a child safe, so nobody expects none.")
        long_plans = next((shown[name] for name in _LONG_PLANS if name in shown), None)
        if long_plans is not None and side(shown[_REPLANS]) == "above" and side(long_plans) == "below":
            parts.append("A low share of long plans beside many re-plans can mean that plans end too early: do they?")
    parts.append("A little above or below the middle can be chance, and the middle is not a target.")
    uncounted = [lowered(config.indicators[name].label) for name in shown if config.indicators[name].numerator is None]
    if uncounted:
        parts.append(f"No likely range can be given for {listed(uncounted)}: the counts are not published.")
    return " ".join(parts)

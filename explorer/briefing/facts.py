"""What is true of a measure, and of a whole briefing, by name: what the rules of briefing.yaml ask for."""

from collections.abc import Iterator, Sequence
from datetime import date

from explorer.briefing.gather import Gathered
from explorer.briefing_entries import Fact, Numbers, Overall
from explorer.models.what_if_entries import ActionEntry
from explorer.schema import HIDDEN
from explorer.wording import half_up
from explorer.world import World

_SIGNS: dict[int, Fact] = {1: "up", -1: "down", 0: "level"}


def facts(found: Gathered, numbers: Numbers) -> frozenset[Fact]:
    """What is true of one measure."""
    parts = (_figure, _change, _usual, _group)
    return frozenset(fact for part in parts for fact in part(found, numbers))


def _figure(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    own = found.now.figure
    if own.value is not None:
        yield "shown"
    else:
        yield "hidden" if own.status in HIDDEN else "no_figure"
    if own.value is None and own.bounds is not None:
        yield "bounded"
    if own.value is not None and own.numerator is not None and own.base:
        yield "counted"
    if own.value is not None and found.entry.numerator and own.base and own.base < numbers.few.value:
        yield "few"
    if found.entry.period == "day":
        yield "stock"
    if found.entry.unit == "count":
        yield "number"
    if found.kind != "year":
        yield "part_year"
    for fact, part in (("full_year", found.year), ("so_far", found.so_far), ("so_far_before", found.earlier)):
        if part is not None and part.figure.value is not None:
            yield fact  # type: ignore[misc]


def _change(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    moved = found.change
    if moved is None:
        return
    size = half_up(moved.difference, 0 if found.entry.unit == "count" else 1)
    sign = (size > 0) - (size < 0)
    yield _SIGNS[sign]
    if moved.clear is not None:
        yield "clear" if moved.clear else "maybe"
    hoped = {"low": -1, "high": 1}.get(found.entry.polarity)
    if moved.clear and sign and hoped is not None:
        yield "better" if sign == hoped else "worse"


def _usual(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    usual, value = found.usual, found.now.figure.value
    if usual is None:
        return
    yield "usual_known"
    yield "limits" if usual.how in ("limits", "trial") else "band" if usual.how == "band" else "seen"
    if usual.how == "trial":
        yield "trial"
    if value is not None:
        low, high = (float(half_up(end)) for end in (usual.low, usual.high))
        if low == high:
            yield "flat"
        yield "above_usual" if value > high else "below_usual" if value < low else "within_usual"
    if usual.peak is not None and usual.peak.figure.value is not None:
        yield "peak_above" if usual.peak.figure.value > usual.high else "peak_below"


def _group(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    if found.judged is not None:
        verdict = found.judged.verdict
        yield verdict
        if found.judged.gap is not None:
            yield "gap"
            if found.judged.gap.clear:
                yield "gap_clear"
    place, median = found.found, found.median
    if place is None:
        return
    if place.england.value is not None:
        yield "england_known"
    if median is None:
        return
    yield "compared"
    if half_up(median[0]) != half_up(median[1]):
        yield "median_range"
    times = found.times
    if times is not None and times >= numbers.twice_from.value:
        yield "twice" if times <= numbers.twice_to.value else "far_above_median"
    bounds, good = place.figure.as_published, found.compared_entry.polarity
    if bounds is None:
        return
    low, high = (float(half_up(end)) for end in median)
    side = (bounds[0] > high) - (bounds[1] < low)
    yield "above_median" if side > 0 else "below_median" if side < 0 else "near_median"
    if side and good != "none":
        yield "behind" if (side > 0) == (good == "low") else "ahead"


def overall(
    world: World,
    area: str,
    as_at: date,
    year: int,
    group: str,
    measures: Sequence[Gathered],
    actions: Sequence[ActionEntry],
    numbers: Numbers,
) -> frozenset[Overall]:
    """What is true of the briefing as a whole."""
    return frozenset([*_data(world, area, as_at, year, group, measures, numbers), *_doing(actions, as_at, numbers)])


def _data(
    world: World, area: str, as_at: date, year: int, group: str, measures: Sequence[Gathered], numbers: Numbers
) -> Iterator[Overall]:
    theirs = world.records is not None and world.records.area == area
    yield "records" if theirs else "published"
    if theirs and world.records is not None and world.records.invented:
        yield "invented"
    if any(one.now.figure.status in HIDDEN for one in measures):
        yield "some_hidden"
    members = [member for one in measures if one.found is not None for member in one.found.members]
    if any(member.status in HIDDEN for member in members):
        yield "some_members_hidden"
    if members == []:
        yield "no_group"
    if months_between(date(year, 3, 31), as_at) < numbers.published_after.value:
        yield "late"
    model = world.config.benchmarks.groups[group].model
    if model is not None and model > as_at.year:
        yield "later_model"
    if not world.areas[area].existed(year):
        yield "no_year"


def _doing(actions: Sequence[ActionEntry], as_at: date, numbers: Numbers) -> Iterator[Overall]:
    yield "actions" if actions else "no_actions"
    if any(one.status != "planned" for one in actions):
        yield "actions_begun"
    if any(one.status == "planned" for one in actions):
        yield "actions_planned"
    if actions and months_between(max(one.stood_on for one in actions), as_at) >= numbers.old_news.value:
        yield "old_actions"


def months_between(first: date, last: date) -> int:
    """Whole months from a month's end to another."""
    return 12 * (last.year - first.year) + last.month - first.month

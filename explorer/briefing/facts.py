"""What is true of one measure, and of a whole briefing, by name: what the rules of briefing.yaml ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from explorer.areas import Comparators
from explorer.benchmarks.standing import Gap, Standing
from explorer.briefing.gather import Gathered
from explorer.briefing.held import march, months_between
from explorer.briefing_entries import Fact, Numbers, Overall
from explorer.models.action_entries import ActionEntry
from explorer.schema import HIDDEN
from explorer.wording import half_up
from explorer.world import World

_WHY: dict[str, Fact] = {"not_applicable": "nothing_to_count", "low_reliability": "withdrawn"}
_HOPED = {"low": -1, "high": 1}
_STANDS_OUT: tuple[Fact, ...] = ("higher", "lower", "first_time", "edge", "outside_usual")


def facts(found: Gathered, numbers: Numbers) -> frozenset[Fact]:
    """What is true of one measure."""
    true = frozenset([
        *_figure(found, numbers),
        *_change(found),
        *_usual(found),
        *_group(found, numbers),
        *_judged(found),
    ])  # fmt: skip
    return true if true.isdisjoint(_STANDS_OUT) else true | {"stands_out"}


def _figure(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    own, entry = found.newest.figure, found.entry
    if own.value is not None:
        yield "shown"
        if own.value == 0:
            yield "zero"
        if entry.numerator is not None and own.numerator is not None and own.base:
            yield "counted"
            if own.base < numbers.few.value:
                yield "few"
    elif own.status in HIDDEN:
        yield "hidden"
        if own.bounds is not None:
            yield "bounded"
    elif own.status in _WHY:
        yield _WHY[own.status]
    yield from _periods(found)


def _periods(found: Gathered) -> Iterator[Fact]:
    if found.entry.period == "day":
        yield "stock"
    if found.entry.unit == "count":
        yield "number"
    if found.part_year:
        yield "part_year"
    if found.year is not None and found.year.figure.value is not None:
        yield "full_year"
    if found.so_far is not None:
        yield "so_far"
    if found.earlier is not None:
        yield "so_far_before"


def _change(found: Gathered) -> Iterator[Fact]:
    if found.before is not None and found.before.figure.status in HIDDEN:
        yield "before_hidden"
    moved = found.change
    if moved is None:
        return
    size = half_up(moved.difference, 0 if found.entry.unit == "count" else 1)
    sign = (size > 0) - (size < 0)
    yield "up" if sign > 0 else "down" if sign else "level"
    if moved.clear is not None:
        yield "clear" if moved.clear else "maybe"
    hoped = _HOPED.get(found.entry.polarity)
    if moved.clear and sign and hoped is not None and sign != hoped:
        yield "worse"


def _usual(found: Gathered) -> Iterator[Fact]:
    usual, value = found.usual, found.newest.figure.value
    if usual is None or value is None:
        return
    if usual.how == "band":
        yield "band"
    elif usual.how == "seen":
        yield "seen"
    else:
        yield "limits"
        if usual.how == "trial":
            yield "trial"
    low, high = float(half_up(usual.low)), float(half_up(usual.high))
    if low == high:
        yield "flat"
    yield "above_usual" if value > high else "below_usual" if value < low else "within_usual"
    if not low <= value <= high:
        yield "outside_usual"
    if usual.peak is not None and usual.peak.figure.value is not None:
        yield "peak_above" if usual.peak.figure.value > usual.high else "peak_below"


def _group(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    place = found.found
    if place is None:
        return
    if place.figure.value is not None:
        yield "own_shown"
    elif place.figure.status in HIDDEN:
        yield "own_hidden"
    if any(member.status in HIDDEN for member in place.members):
        yield "members_hidden"
    if found.median is not None:
        yield "compared"
        yield from _side(found)
        if _newest_above(found):
            yield "newest_above"
        yield from _times(found, numbers)


def _side(found: Gathered) -> Iterator[Fact]:
    """On which side of the median the authority certainly is, to the one place that is shown."""
    if found.found is None or found.median is None or found.found.figure.as_published is None:
        return
    own, hoped = found.found.figure.as_published, _HOPED.get(found.compared_entry.polarity)
    low, high = (float(half_up(end)) for end in found.median)
    side = (own[0] > high) - (own[1] < low)
    if side:
        yield "above_median" if side > 0 else "below_median"
    elif own == (low, high):
        yield "at_median"
    if side and hoped is not None and side != hoped:
        yield "behind"


def _newest_above(found: Gathered) -> bool:
    """Whether the newest figure, which can be of later days than those of the median, is above it."""
    value, alike = found.newest.figure.value, found.compared == found.name
    return value is not None and alike and found.median is not None and value > float(half_up(found.median[1]))


def _times(found: Gathered, numbers: Numbers) -> Iterator[Fact]:
    if found.times is None:
        return
    least, most = found.times
    if least > numbers.twice_to.value:
        yield "far_above_median"
    elif least >= numbers.twice_from.value and most <= numbers.twice_to.value:
        yield "twice"


def _judged(found: Gathered) -> Iterator[Fact]:
    judged = found.judged
    if judged is None:
        return
    if _at_the_edge(judged):
        yield "edge"
    elif judged.why == "first_time":
        yield "first_time"
        if _known_within(found.judged_before):
            yield "first_known"
    else:
        yield judged.verdict
    if judged.gap is not None:
        yield "gap"
        if _clear(judged.gap):
            yield "gap_clear"


def _at_the_edge(judged: Standing) -> bool:
    """Whether a figure lies outside the range of its size before both are rounded, and within it as printed.

    Or the other way about. So at nought nothing is below a range that is printed from nought.
    """
    own, usual = judged.position.figure.value, judged.usual
    if own is None or usual is None or judged.verdict == "cannot_tell":
        return False
    low, high = (float(half_up(end)) for end in usual)
    return (low <= float(half_up(own)) <= high) == (judged.verdict != "similar" or judged.why == "first_time")


def _known_within(before: Standing | None) -> bool:
    return before is not None and before.why == "usual" and before.position.figure.value is not None


def _clear(gap: Gap) -> bool:
    """Whether a gap is more than chance is likely to make, in whole children as it is told."""
    ends = [half_up(end, 0) for end in (gap.low, gap.high)]
    return gap.clear and all(ends)


@dataclass(frozen=True)
class Whole:
    """What a whole briefing is made from.

    Attributes:
        year: The newest reporting year that was over on the day.
        model: The year of the model behind the group, where it has one.
        doing: What was known on the day of what is being done.
    """

    world: World
    area: str
    as_at: date
    year: int
    group: Comparators
    model: int | None
    measures: Sequence[Gathered]
    doing: Sequence[ActionEntry]

    @property
    def newest(self) -> date:
        """The last day of the newest figures."""
        return max((one.newest.end for one in self.measures), default=march(self.year))

    def called(self, area: str) -> str:
        """The name of an authority as it was on the day: nobody knew then which would end ('until 2023').

        Where two have had the name it is the one that tells them apart.
        """
        known = self.world.areas[area]
        shared = sum(one.name == known.name for one in self.world.areas.authorities) > 1
        return known.label if shared or self.as_at > march(known.last_year) else known.name

    @property
    def changed(self) -> bool:
        """Whether the authority was split, merged or made by the day."""
        changes = (one for one in self.world.areas.changes if self.area in (*one.old, *one.new))
        return any(one.changed_on <= self.as_at for one in changes)


def overall(whole: Whole, numbers: Numbers) -> frozenset[Overall]:
    """What is true of the briefing as a whole."""
    return frozenset([
        *_data(whole),
        *_hidden(whole, numbers),
        *_time(whole, numbers),
        *_doing(whole, numbers),
    ])  # fmt: skip


def _data(whole: Whole) -> Iterator[Overall]:
    records = whole.world.records
    if records is None or records.area != whole.area:
        yield "published"
    else:
        yield "records"
        if records.invented:
            yield "invented"
    if not whole.group.members:
        yield "no_group"
    if not whole.world.areas[whole.area].existed(whole.year):
        yield "no_year"
    if whole.changed:
        yield "changed"


def _hidden(whole: Whole, numbers: Numbers) -> Iterator[Overall]:
    own = [
        figure for one in whole.measures for figure in (one.newest.figure, *([one.found.figure] if one.found else []))
    ]
    if any(figure.status in HIDDEN for figure in own):
        yield "some_hidden"
    every = [fact for one in whole.measures for fact in facts(one, numbers)]
    if "members_hidden" in every:
        yield "some_members_hidden"
    if "few" in every:
        yield "small"


def _time(whole: Whole, numbers: Numbers) -> Iterator[Overall]:
    if whole.as_at > march(whole.year) and not any(one.part_year for one in whole.measures):
        yield "since_march"
    if any(one.older for one in whole.measures):
        yield "earlier_day"
    if months_between(march(whole.year), whole.as_at) < numbers.published_after.value:
        yield "late"
    if whole.model is not None and whole.as_at < date(whole.model, int(numbers.model_from.value), 1):
        yield "later_model"


def _doing(whole: Whole, numbers: Numbers) -> Iterator[Overall]:
    yield "actions" if whole.doing else "no_actions"
    if any(one.status != "planned" for one in whole.doing):
        yield "actions_begun"
    if any(one.status == "planned" for one in whole.doing):
        yield "actions_planned"
    if whole.doing and months_between(max(one.stood_on for one in whole.doing), whole.as_at) >= numbers.old_news.value:
        yield "old_actions"

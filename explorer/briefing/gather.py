"""The figures behind one measure of a briefing: newest, a year before, so far this year, usually, and elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from explorer.benchmarks.change import Change, change
from explorer.benchmarks.position import Bounds, Figure, Position
from explorer.benchmarks.standing import Standing
from explorer.briefing.held import Dated, Held, a_year_earlier, full_year, march, month_end
from explorer.briefing.usual import Usual, usual
from explorer.briefing_entries import Numbers
from explorer.config import Indicator
from explorer.models.series import Kind, is_stock
from explorer.world import World

Place = Callable[[str, int], Position | None]  # a measure and a year: the place among the group
Judge = Callable[[str, int], Standing | None]  # the same with chance allowed for


@dataclass(frozen=True)
class Gathered:
    """One measure at a day.

    Attributes:
        name, entry: The measure.
        kind: Over which kind of period the figure is counted.
        newest: The newest figure that is shown; ``before`` the one a year earlier.
        older: Whether newer ones are hidden, or not there.
        year: The figure of the last full year where ``newest`` is another one.
        so_far: The newest one counted from 1 April on that is shown; ``earlier`` the one before it.
        usual: None where nothing can be said.
        found: The place among the group in the newest full year; None where it has no figures at all.
        judged: The same with chance allowed for.
        judged_before: The same a year earlier, where ``judged`` says that it was not outside then too.
        compared: The measure of ``found``, with its entry.
        source: Where ``newest`` comes from.
    """

    name: str
    entry: Indicator
    kind: Kind
    newest: Dated
    before: Dated | None
    older: bool
    year: Dated | None
    so_far: Dated | None
    earlier: Dated | None
    usual: Usual | None
    found: Position | None
    judged: Standing | None
    judged_before: Standing | None
    compared: str
    compared_entry: Indicator
    source: str

    @cached_property
    def change(self) -> Change | None:
        """From a year before to now; None where either is not shown."""
        if self.before is None:
            return None
        return change(self.before.figure, self.newest.figure, self.entry.scale)

    @property
    def part_year(self) -> bool:
        """Whether the newest figure is counted up to another day than 31 March."""
        return self.kind != "year"

    @property
    def times(self) -> Bounds | None:
        """The newest figure by the median of the group, which can be a range; None where either is not known.

        A number has none: it is compared by its rate.
        """
        value = self.newest.figure.value
        if value is None or self.median is None or not self.median[0] or self.compared != self.name:
            return None
        return value / self.median[1], value / self.median[0]

    @property
    def median(self) -> Bounds | None:
        """The median of the group, or its range where some members are hidden; None where nothing bounds it."""
        return None if self.found is None else self.found.median_bounds


def gather(world: World, area: str, as_at: date, name: str, place: Place, judge: Judge, numbers: Numbers) -> Gathered:
    """The figures of one measure.

    Args:
        as_at: Nothing later is used.
        name: The measure.
        place, judge: How places among the group are found; pages keep them.
        numbers: Of briefing.yaml.
    """
    entry, year = world.config.indicators[name], full_year(as_at)
    every = Held(world, area, name, as_at)
    kind, now, older = _newest(every, march(year))
    this_year = every.since("year_to_date", march(year)) if entry.period == "year" else ()
    so_far = _shown(this_year)
    compared = entry.rate or name
    judged = judge(compared, year)
    return Gathered(
        name,
        entry,
        kind,
        now,
        every.at(kind, a_year_earlier(now.end)),
        older,
        every.at("year", march(year)) if kind != "year" else None,
        so_far,
        None if so_far is None else _shown(tuple(one for one in this_year if one.end < so_far.end)),
        usual(every, entry, kind, now, numbers),
        place(compared, year),
        judged,
        judge(compared, year - 1) if judged is not None and judged.why == "first_time" else None,
        compared,
        world.config.indicators[compared],
        (now.figure.source or "") if kind == "year" else every.of(kind).source,
    )


def _newest(every: Held, last_march: date) -> tuple[Kind, Dated, bool]:
    """The newest figure that is shown, with its kind of period, and whether newer ones are not.

    Plan records are counted over twelve months, or at a month's end. Where all of the months since March are hidden
    it is the figure of the full year, shown or not.
    """
    kind: Kind = "month" if is_stock(every.name) else "rolling_12m"
    since = every.since(kind, last_march)
    newest = _shown(since)
    if newest is not None:
        return kind, newest, newest.end < month_end(every.as_at)
    full = every.at("year", last_march)
    why = "not_published" if every.world.areas[every.area].existed(last_march.year) else "no_authority"
    return "year", full or Dated(last_march, Figure(every.area, why)), bool(since)


def _shown(figures: tuple[Dated, ...]) -> Dated | None:
    return next((one for one in reversed(figures) if one.figure.value is not None), None)

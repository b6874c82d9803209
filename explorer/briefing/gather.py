"""The figures behind one measure of a briefing: at the day, a year before, so far this year, usually, and elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from explorer.benchmarks.change import Change, change
from explorer.benchmarks.position import Bounds, Figure, Position
from explorer.benchmarks.standing import Standing
from explorer.briefing_entries import Numbers
from explorer.config import Indicator
from explorer.models.series import Kind, Point, Series, is_stock, of_records, yearly
from explorer.models.spc import ControlChart, chart_for
from explorer.sentences.control import inner_limits
from explorer.world import World

_MARCH = 3
Place = Callable[[str, int], Position | None]  # a measure and a year: the place among the group
Judge = Callable[[str, int], Standing | None]  # the same with chance allowed for


@dataclass(frozen=True)
class Dated:
    """A figure with the last day of its period."""

    end: date
    figure: Figure


@dataclass(frozen=True)
class Usual:
    """Between which figures a measure usually lies.

    Attributes:
        how: "limits" of a control chart ("trial" where it has few years), a "band" that somebody set, or "seen", the
            least and most of the figures before.
        since: The last day of the first period behind it.
        figures, inside: How many figures were shown from then on, and how many of them lay within; the newest too.
        peak: Of the last twelve months the figure farthest outside, with its day; None where none was.
    """

    low: float
    high: float
    how: str
    since: date
    figures: int
    inside: int
    peak: Dated | None


@dataclass(frozen=True)
class Gathered:
    """One measure at a day.

    Attributes:
        name, entry: The measure.
        kind: Over which kind of period the figure is counted.
        now: The figure; ``before`` the one a year earlier.
        year: The figure of the last full year where ``now`` is another one.
        so_far: From 1 April to the day, where ``now`` is another one; ``earlier`` the same to the month's end before.
        usual: None where nothing can be said.
        found: The place among the group in the newest full year; None where it has no figures at all.
        judged: The same with chance allowed for.
        compared: The measure of ``found``, with its entry.
    """

    name: str
    entry: Indicator
    kind: Kind
    now: Dated
    before: Dated | None
    year: Dated | None
    so_far: Dated | None
    earlier: Dated | None
    usual: Usual | None
    found: Position | None
    judged: Standing | None
    compared: str
    compared_entry: Indicator
    source: str

    @cached_property
    def change(self) -> Change | None:
        """From a year before to now; None where either is not shown."""
        if self.before is None:
            return None
        return change(self.before.figure, self.now.figure, self.entry.scale)

    @property
    def times(self) -> float | None:
        """The newest figure by the median of the group, at the most that it can be; None where either is not known."""
        figure = self.now.figure if self.compared == self.name else self.found.figure if self.found else None
        if figure is None or figure.value is None or self.median is None or not self.median[1]:
            return None
        return figure.value / self.median[1]

    @property
    def median(self) -> Bounds | None:
        """The median of the group, or its range where some members are hidden."""
        found = self.found
        if found is None:
            return None
        if found.median_bounds is not None:
            return found.median_bounds
        return None if found.median is None else (found.median, found.median)


def dated(point: Point) -> Dated:
    """A point of a series as positions and changes take it."""
    figure = Figure(
        "",
        point.status,
        point.value,
        point.numerator,
        point.denominator,
        point.denominator,
        point.lower,
        point.upper,
        point.least,
        point.most,
    )
    return Dated(point.end, figure)


def gather(world: World, area: str, as_at: date, name: str, place: Place, judge: Judge, numbers: Numbers) -> Gathered:
    """The figures of one measure.

    Args:
        as_at: Nothing later is used.
        name: The measure.
        place, judge: How places among the group are found; pages keep them.
        numbers: Of briefing.yaml.
    """
    entry = world.config.indicators[name]
    every, year = Held(world, area, name, as_at), full_year(as_at)
    kind: Kind = "year"
    if as_at != date(year, _MARCH, 31) and every.of("rolling_12m").points:
        kind = "month" if is_stock(name) else "rolling_12m"
    march = date(year, _MARCH, 31)
    end, part_year = (march, False) if kind == "year" else (as_at, kind == "rolling_12m")
    now = every.at(kind, end) or Dated(end, Figure(area, "not_published" if kind == "year" else "not_in_records"))
    compared = entry.rate or name
    return Gathered(
        name,
        entry,
        kind,
        now,
        every.at(kind, a_year_earlier(end)),
        every.at("year", march) if kind != "year" else None,
        every.at("year_to_date", end) if part_year else None,
        _earlier(every, end) if part_year else None,
        usual(every, entry, kind, now, numbers),
        place(compared, year),
        judge(compared, year),
        compared,
        world.config.indicators[compared],
        every.of(kind).source,
    )


def full_year(as_at: date) -> int:
    """The newest reporting year that was over on a day."""
    return as_at.year if as_at >= date(as_at.year, _MARCH, 31) else as_at.year - 1


def a_year_earlier(end: date) -> date:
    """The same month's end a year before."""
    month_on = date(end.year - (end.month < 12), end.month % 12 + 1, 1)
    return month_on - timedelta(1)


def _earlier(every: "Held", end: date) -> Dated | None:
    """The year so far up to the month's end before, where it is shown and in the same year."""
    before = every.at("year_to_date", end.replace(day=1) - timedelta(1))
    same_year = before is not None and before.end > date(full_year(end), _MARCH, 31)
    return before if before is not None and same_year and before.figure.value is not None else None


@dataclass(frozen=True)
class Held:
    """Every series of one measure that there is, up to a day."""

    world: World
    area: str
    name: str
    as_at: date

    def of(self, kind: Kind) -> Series:
        """The figures by a kind of period; without points where there are none."""
        if kind == "year":
            return yearly(self.world.table, self.name, self.area).up_to(self.as_at)
        records = self.world.records
        if records is None or records.area != self.area:  # never are one authority's records another's figures
            return Series(self.name, self.area, kind, (), "")
        found = of_records(records.figures, self.name, self.area, kind, records.label, self.world.config.benchmarks)
        return found.up_to(self.as_at)

    def at(self, kind: Kind, end: date) -> Dated | None:
        """The figure of the period that ends on a day. Published ones keep apart a whole that is only estimated."""
        if kind == "year":
            known = self.world.has(self.name, end.year)
            figure = self.world.figures(self.name, end.year).get(self.area) if known else None
            return None if figure is None else Dated(end, figure)
        point = next((point for point in self.of(kind).points if point.end == end), None)
        return None if point is None else dated(point)


def usual(every: Held, entry: Indicator, kind: Kind, now: Dated, numbers: Numbers) -> Usual | None:
    """Between which figures the measure usually lies: as its control chart has it, or as somebody set it, or as it lay.

    A stock has no control chart (see ``spc.chart_for``).
    """
    years, settings = every.of("year"), every.world.models.trends
    if entry.period == "day":
        months = every.of("month") if kind == "month" else None
        band = settings.band(every.area, every.name)
        if months is not None and band is not None and months.points:
            return _band(months, band.low, band.high)
        if months is not None:
            return _seen(months, now, int(numbers.seen_months.value))
        return _seen(years, now, int(numbers.seen_years.value))
    chart = chart_for(years, entry, settings.rules)
    if isinstance(chart, ControlChart) and years.points:
        inner = inner_limits(chart.lower[-1], chart.upper[-1], entry)
        if inner is not None:
            points = years.points[chart.stretch :]
            return _counted(points, inner, "trial" if chart.trial else "limits")
    return _seen(years, now, int(numbers.seen_years.value))


def _band(months: Series, low: float, high: float) -> Usual:
    """From the last month in which the range was entered to stay for six months or more."""
    inside = [point.value is not None and low <= point.value <= high for point in months.points]
    first, run = 0, 0
    for place in range(len(inside) - 1, -1, -1):
        run = run + 1 if inside[place] else 0
        if run >= _TO_STAY:
            first = place
            while first > 0 and inside[first - 1]:
                first -= 1
            break
    return _counted(months.points[first:], (low, high), "band")


_TO_STAY = 6  # months


def _seen(series: Series, now: Dated, most: int) -> Usual | None:
    """The least and most of the figures before the newest one; None where fewer than three are shown."""
    earlier = [point for point in series.points if point.end < now.end][-most:]
    shown = [point.value for point in earlier if point.value is not None]
    if len(shown) < _FEWEST_SEEN or len(shown) < len(earlier):  # hidden ones are the small ones
        return None
    found = _counted(tuple(earlier), (min(shown), max(shown)), "seen")
    return replace(found, peak=None)


_FEWEST_SEEN = 3


def _counted(points: tuple[Point, ...], ends: Bounds, how: str) -> Usual:
    shown = [point for point in points if point.value is not None]
    low, high = ends
    recent = [point for point in shown[:-1] if point.end > a_year_earlier(points[-1].end)]
    beyond = [(max(low - (point.value or 0.0), (point.value or 0.0) - high), point) for point in recent]
    outside = [pair for pair in beyond if pair[0] > 0]
    peak = dated(max(outside, key=lambda pair: pair[0])[1]) if outside else None
    inside = sum(low <= (point.value or 0.0) <= high for point in shown)
    return Usual(low, high, how, points[0].end, len(shown), inside, peak)

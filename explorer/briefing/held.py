"""Every figure of one measure that was there on a day, by the kind of period over which it is counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from explorer.benchmarks.position import Figure
from explorer.models.series import Kind, Point, Series, of_records, yearly
from explorer.world import World

_MARCH = 3


@dataclass(frozen=True)
class Dated:
    """A figure with the last day of its period."""

    end: date
    figure: Figure


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


def full_year(as_at: date) -> int:
    """The newest reporting year that was over on a day."""
    return as_at.year if as_at >= march(as_at.year) else as_at.year - 1


def march(year: int) -> date:
    """The last day of a reporting year."""
    return date(year, _MARCH, 31)


def a_year_earlier(end: date) -> date:
    """The same month's end a year before."""
    month_on = date(end.year - (end.month < 12), end.month % 12 + 1, 1)
    return month_on - timedelta(1)


def month_end(day: date) -> date:
    """The last day of the newest month that is over on a day."""
    next_day = day + timedelta(1)
    return day if next_day.day == 1 else day.replace(day=1) - timedelta(1)


def months_between(first: date, last: date) -> int:
    """Whole months from a month's end to a day."""
    ended = month_end(last)
    return 12 * (ended.year - first.year) + ended.month - first.month


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
            known = end <= self.as_at and self.world.has(self.name, end.year)
            figure = self.world.figures(self.name, end.year).get(self.area) if known else None
            return None if figure is None else Dated(end, figure)
        point = next((point for point in self.of(kind).points if point.end == end), None)
        return None if point is None else dated(point)

    def since(self, kind: Kind, day: date) -> tuple[Dated, ...]:
        """The figures of the periods that end after a day, hidden ones too."""
        return tuple(dated(point) for point in self.of(kind).points if point.end > day)

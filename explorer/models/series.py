"""A figure over time, in one form whether it was published once a year or counted from plan records by month."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.benchmark_entries import Benchmarks
from explorer.indicators import wilson_interval
from explorer.plan_indicators import PERCENTAGES, month_ends
from explorer.plan_indicators.table import percent_half_up
from explorer.schema import HIDDEN

Kind = Literal["year", "quarter", "month", "rolling_12m", "year_to_date"]
KINDS: tuple[Kind, ...] = ("month", "quarter", "year_to_date", "rolling_12m", "year")
OVERLAPPING: tuple[Kind, ...] = ("rolling_12m", "year_to_date")  # neighbouring figures count some of the same plans
_QUARTER_ENDS = (3, 6, 9, 12)  # financial quarters: the first one is April to June
_FIRST_QUARTER = 6
_MARCH = 3
_STATUS = {"suppressed": "withheld", "refused": "not_in_records"}  # as in records.as_published
_STATED = ("published", *HIDDEN, "not_applicable", "low_reliability")  # there is a figure, shown or not


@dataclass(frozen=True)
class Point:
    """One period's figure in the indicator's unit, or why there is none.

    Attributes:
        end: the last day of the period.
        status: a key of ``schema.STATUS_WORDS``.
        value: a count, a percentage to one place, or a rate for every 10,000 children.
        numerator: the count; of a share the part.
        denominator: of a share or rate, what it is out of; worked out where it is not published.
        lower, upper: the likely range of a share.
        least, most: the range of a hidden figure, where one is known.
    """

    end: date
    status: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    lower: float | None = None
    upper: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Series:
    """One indicator of one area: a point for every period from the first to the last that there is a figure of.

    A hidden figure is one too: a gap is a point with a status and without a value.
    """

    indicator: str
    area: str
    kind: Kind
    points: tuple[Point, ...]
    source: str

    @property
    def values(self) -> NDArray[np.float64]:
        """(periods,) the figures, NaN where there is none."""
        return _array(point.value for point in self.points)

    @property
    def numerators(self) -> NDArray[np.float64]:
        """(periods,) the counts, NaN where there is none."""
        return _array(point.numerator for point in self.points)

    @property
    def denominators(self) -> NDArray[np.float64]:
        """(periods,) what shares are out of, NaN where that is not known."""
        return _array(point.denominator for point in self.points)

    @property
    def ends(self) -> tuple[date, ...]:
        """The last day of each period."""
        return tuple(point.end for point in self.points)

    def up_to(self, as_at: date) -> "Series":
        """What was complete on a date."""
        return replace(self, points=tuple(point for point in self.points if point.end <= as_at))

    def after(self, as_at: date) -> "Series":
        """What came after a date."""
        return replace(self, points=tuple(point for point in self.points if point.end > as_at))


def yearly(table: pl.DataFrame, indicator: str, area: str) -> Series:
    """The figures of reporting years, as published or from plan records in their place.

    Args:
        table: ``schema.INDICATORS``.
        indicator: Its name.
        area: The area's code.
    """
    rows = {
        row["period"]: row
        for row in table.filter(pl.col("indicator") == indicator, pl.col("area") == area).iter_rows(named=True)
    }
    years = range(min(rows), max(rows) + 1) if rows else range(0)
    points = [_published(year, rows.get(year, {"status": "not_published"})) for year in years]
    sources = dict.fromkeys(row["source"] for row in rows.values())
    return Series(indicator, area, "year", _trimmed(points), "; ".join(sources))


def _published(year: int, row: Mapping[str, Any]) -> Point:
    fields = ("value", "numerator", "lower", "upper", "least", "most")
    numbers = {field: row.get(field) for field in fields}
    return Point(date(year, _MARCH, 31), row["status"], denominator=row.get("base"), **numbers)


def of_records(
    figures: pl.DataFrame, indicator: str, area: str, kind: Kind, source: str, benchmarks: Benchmarks
) -> Series:
    """The figures of plan records, by any kind of period.

    A quarter of a flow is what the year to date grew by since the quarter before; or three months added up, where
    those are shown. Where any part of it is hidden so is the quarter: a sum of some months is none of the quarter.
    A quarter of plans open is the figure at its last day.

    Args:
        figures: ``plan_indicators.PLAN_INDICATORS`` after disclosure control.
        indicator: Its name.
        area: Whose records they are.
        kind: The kind of period.
        source: What the records are called.
        benchmarks: The confidence and design effect of the likely range of a quarter's share.

    Returns:
        A series without points where the records have no such figures. Where a kind is released at quarter ends
        the series has those, and what is shown of months between, which was published elsewhere before: the other
        months were never there to be shown.
    """
    if kind == "quarter":
        points = _quarters(figures, indicator, benchmarks)
    else:
        points = [_counted(row) for row in _rows(figures, indicator, kind)]
        if kind != "year" and _by_quarter(points):
            points = [point for point in points if point.end.month in _QUARTER_ENDS or point.value is not None]
    return Series(indicator, area, kind, _trimmed(points), source)


def kinds_of(figures: pl.DataFrame, indicator: str) -> tuple[Kind, ...]:
    """The kinds of period that plan records have any figure of.

    Plans open are the same number at a month's end under every kind, so they have no year to date and no twelve
    months; and no months where they are released at quarter ends.
    """
    found: list[Kind] = []
    for kind in KINDS:
        if kind == "quarter":
            points = _quarters(figures, indicator, None)
        elif is_stock(indicator) and kind in OVERLAPPING:
            continue
        else:
            points = [_counted(row) for row in _rows(figures, indicator, kind)]
        shown = any(point.value is not None for point in points)
        same_as_quarters = kind == "month" and is_stock(indicator) and _by_quarter(points)
        if shown and not same_as_quarters:
            found.append(kind)
    return tuple(found)


def is_stock(indicator: str) -> bool:
    """Whether a figure of plan records is counted on a day rather than over days."""
    return "open" in indicator


def _rows(figures: pl.DataFrame, indicator: str, kind: str) -> list[dict[str, Any]]:
    mine = (pl.col("indicator") == indicator) & (pl.col("period_kind") == kind)
    return figures.filter(mine).sort("period_end").to_dicts()


def _counted(row: Mapping[str, Any]) -> Point:
    status = _STATUS.get(row["status"], row["status"])
    fields = ("value", "numerator", "denominator", "lower", "upper")
    return Point(row["period_end"], status, **{field: row[field] for field in fields})


def _quarters(figures: pl.DataFrame, indicator: str, benchmarks: Benchmarks | None) -> list[Point]:
    """Every quarter that the records touch; shares without a likely range where ``benchmarks`` is None."""
    months = [_counted(row) for row in _rows(figures, indicator, "month")]
    ends = [point for point in months if point.end.month in _QUARTER_ENDS]
    if is_stock(indicator):
        return ends
    part, whole = PERCENTAGES.get(indicator, (indicator, None))
    part_of = _quarterly_count(figures, part)
    whole_of = _quarterly_count(figures, whole) if whole else None
    found = []
    for point in ends:
        refused = any(month.status == "not_in_records" for month in months if _same_quarter(month.end, point.end))
        blank = Point(point.end, "not_in_records" if refused else "withheld")
        numerator = part_of(point.end)
        if numerator is None:
            found.append(blank)
        elif whole_of is None:
            found.append(Point(point.end, "published", numerator, numerator))
        else:
            found.append(_share(blank, numerator, whole_of(point.end), benchmarks))
    return found


def _share(blank: Point, part: int, whole: int | None, benchmarks: Benchmarks | None) -> Point:
    if whole is None:
        return blank
    if whole == 0:
        return replace(blank, status="not_applicable", numerator=part, denominator=whole)
    lower, upper = (None, None) if benchmarks is None else wilson_interval(float(part), float(whole), benchmarks)
    return replace(
        blank,
        status="published",
        value=percent_half_up(part, whole),
        numerator=part,
        denominator=whole,
        lower=None if lower is None else max(100 * lower, 0.0),
        upper=None if upper is None else min(100 * upper, 100.0),
    )


def _quarterly_count(figures: pl.DataFrame, indicator: str) -> Callable[[date], int | None]:
    """A count over the quarter to a day; None where what is shown does not give it."""
    so_far = {row["period_end"]: row["numerator"] for row in _rows(figures, indicator, "year_to_date")}
    months = {row["period_end"]: row["numerator"] for row in _rows(figures, indicator, "month")}

    def over(end: date) -> int | None:
        now = so_far.get(end)
        if end.month == _FIRST_QUARTER and now is not None:
            return int(now)
        before = so_far.get(_quarter_end_before(end))
        if end.month != _FIRST_QUARTER and now is not None and before is not None:
            return int(now - before)
        three = [months.get(day) for day in month_ends(_quarter_end_before(end) + timedelta(1), end)]
        return None if None in three else int(sum(number for number in three if number is not None))

    return over


def _quarter_end_before(end: date) -> date:
    """The last day of the quarter before the one that ends on a day."""
    first_month = end.month - 2
    return date(end.year, first_month, 1) - timedelta(1)


def _same_quarter(day: date, end: date) -> bool:
    return _quarter_end_before(end) < day <= end


def _by_quarter(points: Iterable[Point]) -> bool:
    """Whether figures are shown at quarter ends, and of months between no more than one a year."""
    shown = [point.end.month in _QUARTER_ENDS for point in points if point.value is not None]
    return bool(shown) and 4 * shown.count(False) <= shown.count(True)


def _trimmed(points: list[Point]) -> tuple[Point, ...]:
    """Without the periods at both ends for which there is no figure, not even a hidden one."""
    stated = [number for number, point in enumerate(points) if point.status in _STATED]
    return tuple(points[stated[0] : stated[-1] + 1]) if stated else ()


def _array(numbers: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)

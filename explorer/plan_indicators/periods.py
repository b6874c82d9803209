"""The days that an indicator is counted over: a month, the year so far, twelve months, a reporting year."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PeriodKind = Literal["month", "year_to_date", "rolling_12m", "year"]
_APRIL = 4


@dataclass(frozen=True)
class Period:
    """The days after ``after``, up to and including ``end``. Open plans are counted at the close of ``end``."""

    kind: PeriodKind
    after: date
    end: date

    @property
    def first(self) -> date:
        """The first day that is counted."""
        return self.after + timedelta(1)


def period_at(as_at: date, kind: PeriodKind) -> Period:
    """The period of a kind that a reader has on a date.

    A month and the year to date run up to the date. The rolling period is (date - 12 months, date]. The year
    is the last reporting year, 1 April to 31 March, that was complete on the date, so that nothing later is used.
    """
    match kind:
        case "month":
            return Period(kind, as_at.replace(day=1) - timedelta(1), as_at)
        case "year_to_date":
            return Period(kind, date(_year_begun(as_at), 3, 31), as_at)
        case "rolling_12m":
            return Period(kind, a_year_before(as_at), as_at)
        case "year":
            last = _year_begun(as_at + timedelta(1))  # on 31 March the year is complete
            return Period(kind, date(last - 1, 3, 31), date(last, 3, 31))


def a_year_before(day: date) -> date:
    """The same day of the year before; 28 February for 29 February."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month, where it lies from ``first`` to ``last``."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ends = (date(month // 12, month % 12 + 1, monthrange(month // 12, month % 12 + 1)[1]) for month in months)
    return [end for end in ends if first <= end <= last]


def _year_begun(day: date) -> int:
    """The calendar year in which the reporting year of a day began."""
    return day.year if day.month >= _APRIL else day.year - 1

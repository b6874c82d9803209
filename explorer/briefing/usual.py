"""Between which figures a measure usually lies: by its control chart, by what somebody set, or by where it lay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from explorer.benchmarks.position import Bounds
from explorer.briefing.held import Dated, Held, a_year_earlier, dated, full_year, months_between
from explorer.briefing_entries import Numbers
from explorer.config import Indicator
from explorer.models.series import Kind, Point, Series
from explorer.models.spc import ControlChart, chart_for
from explorer.models.trend_settings import Band
from explorer.sentences.control import inner_limits

_TO_STAY = 6  # months within a band: fewer may be a visit
_FEWEST_SEEN = 3
_QUARTER = 3  # months


@dataclass(frozen=True)
class Usual:
    """Between which figures a measure usually lies.

    Attributes:
        how: "limits" of a control chart ("trial" where it has few years), a "band" that somebody set, or "seen", the
            least and most of the figures before.
        since: The last day of the first period behind it.
        figures, inside: How many figures were shown from then on, and how many of them lay within; the newest too,
            but where they were only "seen".
        step: From one of them to the next: "year", "quarter" or "month".
        peak: Of the last twelve months the figure farthest outside, with its day; None where none was, or where the
            newest figure lies as far out.
    """

    low: float
    high: float
    how: str
    since: date
    figures: int
    inside: int
    step: str
    peak: Dated | None = None


def usual(every: Held, entry: Indicator, kind: Kind, now: Dated, numbers: Numbers) -> Usual | None:
    """Between which figures the measure usually lies; None where too few are shown, or the newest one is not.

    A stock has no control chart (see ``spc.chart_for``).
    """
    if now.figure.value is None:
        return None
    if entry.period == "day" and kind == "month":
        return _band(every, now) or _seen(_lately(every.of("month"), now, int(numbers.seen_months.value)))
    chart = None if entry.period == "day" else _limits(every, entry)
    before = [point for point in every.of("year").points if point.end < now.end]
    return chart or _seen(before[-int(numbers.seen_years.value) :])


def _lately(months: Series, now: Dated, most: int) -> Sequence[Point]:
    """The figures of some months before the newest one: fewer where they are shown at quarter ends alone."""
    return [point for point in months.points if 0 < months_between(point.end, now.end) <= most]


def _limits(every: Held, entry: Indicator) -> Usual | None:
    """The limits of the control chart of years, where it has any for the newest one."""
    years = every.of("year")
    chart = chart_for(years, entry, every.world.models.trends.rules)
    if not isinstance(chart, ControlChart) or not years.points:
        return None
    inner = inner_limits(chart.lower[-1], chart.upper[-1], entry)
    return inner and _counted(years.points[chart.stretch :], inner, "trial" if chart.trial else "limits")


def _band(every: Held, now: Dated) -> Usual | None:
    """What the committee was told is usual, in the reporting year in which it was told.

    From the month on in which the range was entered to stay for six months or more; None where it never was.
    """
    band = every.world.models.trends.band(every.area, every.name)
    if band is None or not _told(band, now.end):
        return None
    months = every.of("month").points
    first = _entered([point.value is not None and band.low <= point.value <= band.high for point in months])
    return None if first is None else _counted(months[first:], (band.low, band.high), "band")


def _told(band: Band, day: date) -> bool:
    return band.told_on is not None and band.told_on <= day and full_year(band.told_on) == full_year(day)


def _entered(inside: Sequence[bool]) -> int | None:
    """Where the last stretch within of six or more begins."""
    for last in range(len(inside), _TO_STAY - 1, -1):
        if all(inside[last - _TO_STAY : last]):
            first = last - _TO_STAY
            while first > 0 and inside[first - 1]:
                first -= 1
            return first
    return None


def _seen(earlier: Sequence[Point]) -> Usual | None:
    """The least and most of the figures before the newest one; None where fewer than three are shown, or one is not.

    Hidden ones are the small ones, so those that are shown would not say how low it lay.
    """
    shown = [point.value for point in earlier if point.value is not None]
    if len(shown) < _FEWEST_SEEN or len(shown) < len(earlier):
        return None
    ends = min(shown), max(shown)
    return Usual(*ends, "seen", earlier[0].end, len(shown), len(shown), _step(earlier))


def _step(points: Sequence[Point]) -> str:
    apart = min(months_between(one.end, other.end) for one, other in pairwise(points))
    return "month" if apart < _QUARTER else "quarter" if apart == _QUARTER else "year"


def _counted(points: Sequence[Point], ends: Bounds, how: str) -> Usual:
    shown = [(point, point.value) for point in points if point.value is not None]
    low, high = ends
    recent = [
        (max(low - value, value - high), point) for point, value in shown if point.end > a_year_earlier(points[-1].end)
    ]
    farthest, there = max(recent[:-1], key=lambda pair: pair[0], default=(0.0, points[-1]))
    peak = dated(there) if farthest > max(0.0, recent[-1][0]) else None
    inside = sum(low <= value <= high for _, value in shown)
    return Usual(low, high, how, points[0].end, len(shown), inside, _step(points), peak)

"""Children who left a plan and came back, shown by year, half-year and quarter only where no count in it is small.

The rule
--------
A table has a row for each period and a *cut* for each number of months: those on a plan again by then, and the rest.
The cuts that a row shows divide its children into parts: back by the first cut, between two cuts, not back by the
last. A cut is shown for all periods of a kind in a reporting year (of those that were followed so long) or for none:
only where each of these parts is 0 or larger than a small count in every one of them, and where the longer periods
that hold them show the cut too; where those were not followed so long, every cut that they show has to be shown here.
A cut of 24 months waits for that of 12.
How many left is shown where the figures of plans ended already give it, so nothing new is said of that.
Who came back began a re-plan, and those are shown as well. So over every stretch of quarters with a figure of those
who came back in it, there must be so many more re-plans that a small count can move on either side
(``cohort_replans``, with the exact numbers; re-plans within two years on both sides). Where there are not, the longest
cut of the shortest periods there is hidden, until it holds.

Why that is safe
----------------
No small count is shown, and every sum or difference of the parts shown is 0 or larger than a small count. A small
count that lies within them (a quarter, or months between two cuts) belongs to sums that are nested both over periods
and over months. With every part and what is left over of it 0 or at least 6, each count inside can differ by 4 or
more, as everywhere in this package, or follows and is 0 or at least 6 itself. ``tests/test_cohort_table.py`` asks a
linear program, for tables made by chance, and ``tests/test_cohort_replans.py`` one that has re-plans in it too.
Which cuts are shown may hang on a small count, as everywhere in this package.

Not covered: limits that come about only through several sums of re-plans and of those who came back at once, less one
another. No such case is known after what follows from zeros and from the rest of a whole is counted in; the sums are
not proved but tried, on sparse tables made to be near.

How long plans started in a year lasted is not counted again: it follows from figures that are shown already. The
plans that reached twelve months in a year are the open ones beyond that length at its end, less those at its
beginning, and those that ended beyond it. So this part of the table says nothing new at all; counted by quarter it
would give hidden figures of long plans away.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Literal, get_args

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from explorer.benchmark_entries import Suppression
from explorer.disclosure.cohort_replans import Group, Replans, nearest
from explorer.plan_indicators.cohorts import STEPS
from explorer.plan_indicators.periods import a_year_before, period_at
from explorer.plan_indicators.rules import BAND_NAMES, LAST_BAND, LONG

CohortKind = Literal["year", "half_year", "quarter"]
COHORT_TABLE: Mapping[str, type[pl.DataType]] = {
    "cohort": pl.String,
    "period_kind": pl.String,
    "period_end": pl.Date,
    "interval": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "status": pl.String,
}
MONTHS_OF: Mapping[CohortKind, int] = {"year": 12, "half_year": 6, "quarter": 3}  # coarsest first
LEAVING, STARTING = "leaving", "starting"
_FIRST = 12  # months: longer cuts wait for it
_CUTS = (12, 24, 3, 6)  # the most useful first; three months beside twelve leave fewer small parts than six
_MARCH = 3
_LENGTHS = (*BAND_NAMES, LAST_BAND, LONG)
_BEYOND: Mapping[int, tuple[str, ...]] = {12: (LAST_BAND, LONG), 24: (LONG,)}  # months: the bands beyond them
Shown = Mapping[tuple[str, date], int]  # by indicator and end of the year
Row = tuple[str, str, date, str, int | None, int | None, str]
Hidden = tuple[CohortKind, int, int]  # the kind of period, the reporting year and the cut
assert tuple(MONTHS_OF) == get_args(CohortKind)


def interval_of(cohort: str, months: int) -> str:
    """The name of an interval: ``within_12m`` of those who left, ``open_at_12m`` of plans started."""
    return f"within_{months}m" if cohort == LEAVING else f"open_at_{months}m"


def protect_cohorts(
    leaving: pl.DataFrame, figures: pl.DataFrame, suppression: Suppression, replans: Replans
) -> pl.DataFrame:
    """The cohorts as readers may see them, by the rule in the description above.

    Args:
        leaving: The columns of ``plan_indicators.cohorts.COHORTS``: exact counts by quarter.
        figures: What ``protect_indicators`` made of the figures of the same plans.
        suppression: Which counts are small.
        replans: The re-plans of every quarter of the same plans, exact.

    Returns:
        The columns of ``COHORT_TABLE``: a row for each period (``year`` to March, ``half_year`` to September and
        March, ``quarter``) that was followed so long. Of ``denominator`` plans that ended (cohort ``leaving``) the
        ``numerator`` were followed by another ``within_3m``, ``within_6m``, ``within_12m``, ``within_24m``; of plans
        started (cohort ``starting``, years alone) so many lasted ``open_at_12m``, ``open_at_24m`` (730 days). Hidden
        ones have the status ``suppressed``. The denominator stands where the figures give it.
    """
    rows = [*_leaving(leaving, figures, suppression, replans), *_starting(figures, suppression)]
    return pl.DataFrame(rows, schema=COHORT_TABLE, orient="row")


@dataclass(frozen=True)
class _Period:
    """The children who left in one period: how many, and how many were back by each number of months followed."""

    kind: CohortKind
    end: date
    left: int
    back: Mapping[int, int]

    @property
    def first(self) -> date:
        """The first day."""
        return _months_before(self.end, MONTHS_OF[self.kind]) + timedelta(1)


@dataclass(frozen=True)
class _Seen:
    """What readers see of a period: how many left (None where hidden), and for which months how many were back."""

    period: _Period
    left: int | None
    cuts: frozenset[int]

    def beside(self, place: Mapping[date, int], cuts: Collection[int]) -> Group:
        """The same by the places of its quarters, with some cuts."""
        last = place[self.period.end]
        first = last + 1 - MONTHS_OF[self.period.kind] // MONTHS_OF["quarter"]
        return Group(first, last, self.left, {cut: self.period.back[cut] for cut in cuts})


def _months_before(end: date, months: int) -> date:
    """The last day of the month so many months before a month's end."""
    number = end.year * 12 + end.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _leaving(table: pl.DataFrame, figures: pl.DataFrame, suppression: Suppression, replans: Replans) -> Iterator[Row]:
    known = _Known(figures)
    years = [list(each) for _, each in groupby(_quarters(table), key=lambda quarter: _year(quarter.end))]
    hidden: set[Hidden] = set()
    shown = _shown(years, known, suppression, hidden)
    while (more := _too_near(shown, replans, suppression)) is not None:
        hidden.add(more)
        shown = _shown(years, known, suppression, hidden)
    for seen in shown:
        for cut, back in sorted(seen.period.back.items()):
            told = cut in seen.cuts
            status = "published" if told else "suppressed"
            interval = interval_of(LEAVING, cut)
            yield LEAVING, seen.period.kind, seen.period.end, interval, back if told else None, seen.left, status


def _shown(
    years: Iterable[Sequence[_Period]], known: "_Known", suppression: Suppression, hidden: Collection[Hidden]
) -> list[_Seen]:
    """Every period with the cuts that it shows, of each year the longest first."""
    found = []
    for quarters in years:
        coarser: list[_Seen] = []
        for kind, months in MONTHS_OF.items():
            periods = [_together(kind, some) for some in _grouped(quarters, months)]
            left = [
                one.left if known.total(one.end, months) and not _small(one.left, suppression) else None
                for one in periods
            ]
            cuts = [cut for cut in _CUTS if (kind, _year(quarters[0].end), cut) not in hidden]
            shown = frozenset[int]() if None in left else _shown_cuts(periods, coarser, cuts, suppression)
            coarser += [_Seen(one, each, shown & one.back.keys()) for one, each in zip(periods, left, strict=True)]
        found += coarser
    return found


def _too_near(shown: Sequence[_Seen], replans: Replans, suppression: Suppression) -> Hidden | None:
    """What to hide next because re-plans would tell too much beside it; None where nothing is left.

    It is the longest cut of the shortest periods that the limit rests on, in the year where it takes fewest away.
    """
    place = {end: number for number, end in enumerate(replans.ends)}
    groups = [seen.beside(place, seen.cuts) for seen in shown]
    everything = [seen.beside(place, seen.period.back) for seen in shown]
    near = nearest(groups, everything, replans, suppression.highest)
    if near is None:
        return None
    found = [
        (indirect, MONTHS_OF[seen.period.kind], -cut, amount, seen.period.end, seen.period.kind)
        for seen, group in zip(shown, groups, strict=True)
        for indirect, cut, amount in near.rests_on(group)
    ]
    _, _, cut, _, end, kind = min(found)
    return kind, _year(end), -cut


def _shown_cuts(
    periods: Sequence[_Period], coarser: Sequence[_Seen], cuts: Sequence[int], suppression: Suppression
) -> frozenset[int]:
    """The cuts that leave no small part in any of the periods, and that agree with what coarser ones show."""
    shown: frozenset[int] = frozenset()
    for cut in (*cuts, *cuts):  # twice: a cut may have to wait for another
        more = shown | {cut}
        followed = [one for one in periods if cut in one.back]
        if cut > _FIRST and _FIRST not in more:
            continue
        if all(_nested(one, cut, shown, coarser) for one in followed) and not any(
            _small_part(one, more, suppression) for one in periods
        ):
            shown = more
    return shown


def _nested(period: _Period, cut: int, shown: frozenset[int], coarser: Sequence[_Seen]) -> bool:
    """Whether the longer periods that hold this one show the cut; or, not followed so long, only cuts shown here."""
    above = [one for one in coarser if one.period.first <= period.first and period.end <= one.period.end]
    return all(cut in one.cuts if cut in one.period.back else one.cuts <= shown for one in above)


def _small_part(period: _Period, cuts: frozenset[int], suppression: Suppression) -> bool:
    """Whether one of the parts into which the cuts divide those who left is small."""
    ends = [0, *(period.back[cut] for cut in sorted(cuts & period.back.keys())), period.left]
    return any(_small(after - before, suppression) for before, after in pairwise(ends))


def _small(value: int, suppression: Suppression) -> bool:
    return suppression.lowest <= value <= suppression.highest


def _quarters(table: pl.DataFrame) -> list[_Period]:
    """The quarters that were followed for the shortest time or longer, in order."""
    found: dict[date, tuple[int, dict[int, int]]] = {}
    for end, months, back, left in table.sort("period_end", "months").iter_rows():
        found.setdefault(end, (left, {}))[1][months] = back
    return [_Period("quarter", end, left, back) for end, (left, back) in found.items()]


def _grouped(quarters: Sequence[_Period], months: int) -> Iterator[list[_Period]]:
    """The quarters of one reporting year in whole periods of so many months."""
    for _, each in groupby(quarters, key=lambda quarter: _month_of_year(quarter.end) // months):
        some = list(each)
        if len(some) * MONTHS_OF["quarter"] == months:
            yield some


def _together(kind: CohortKind, quarters: Sequence[_Period]) -> _Period:
    followed = [cut for cut in STEPS if all(cut in one.back for one in quarters)]
    back = {cut: sum(one.back[cut] for one in quarters) for cut in followed}
    return _Period(kind, quarters[-1].end, sum(one.left for one in quarters), back)


def _month_of_year(end: date) -> int:
    """Months from April to that of a day: 0 to 11."""
    return (end.month - _MARCH - 1) % 12


def _year(end: date) -> int:
    return end.year + (end.month > _MARCH)


class _Known:
    """Over which days the number of plans ended follows from the figures that are shown."""

    def __init__(self, figures: pl.DataFrame) -> None:
        shown = figures.filter(indicator="plans_ended", status="published").select("period_kind", "period_end")
        periods = [period_at(end, kind) for kind, end in shown.iter_rows()]
        days = sorted({day for period in periods for day in (period.after, period.end)})
        self._place = {day: number for number, day in enumerate(days)}
        first = [self._place[period.after] for period in periods]
        second = [self._place[period.end] for period in periods]
        graph = coo_array((np.ones(len(first)), (first, second)), shape=(len(days), len(days)))
        self._group = connected_components(graph, directed=False)[1].tolist() if days else []

    def total(self, end: date, months: int) -> bool:
        """Whether the plans ended in the months up to a month's end are known."""
        after = _months_before(end, months)
        if after not in self._place or end not in self._place:
            return False
        return bool(self._group[self._place[after]] == self._group[self._place[end]])


def _starting(figures: pl.DataFrame, suppression: Suppression) -> Iterator[Row]:
    """Plans that lasted so long, worked out from the shown figures of reporting years alone."""
    years = figures.filter(period_kind="year")
    columns = ("indicator", "period_end", "numerator")
    shown = {(name, end): value for name, end, value in years.filter(status="published").select(columns).iter_rows()}
    ends = years["period_end"].unique().sort().to_list()
    for end in ends:
        started = shown.get(("plans_started", end))
        for months, bands in _BEYOND.items():
            then = date(end.year + months // 12, _MARCH, 31)
            if then in ends:
                lasted = _lasted(shown, bands, then)
                parts = None if lasted is None or started is None else (lasted, started - lasted)
                seen = parts is not None and all(part >= 0 and not _small(part, suppression) for part in parts)
                status = "published" if seen else "suppressed"
                yield STARTING, "year", end, interval_of(STARTING, months), lasted if seen else None, started, status


def _lasted(shown: Shown, bands: Sequence[str], then: date) -> int | None:
    """The plans that grew older than the bands below these in the year up to a day: now in them or ended in them."""
    open_then, open_before = (_beyond(shown, "plans_open", bands, on) for on in (then, a_year_before(then)))
    ended = _beyond(shown, "plans_ended", bands, then)
    if open_then is None or open_before is None or ended is None:
        return None
    return open_then + ended - open_before


def _beyond(shown: Shown, whole: str, bands: Sequence[str], on: date) -> int | None:
    """The plans in the longest bands: their sum, or all plans less those in the other bands."""
    inside = [shown.get((f"{whole}_{band}", on)) for band in bands]
    below = [shown.get((f"{whole}_{band}", on)) for band in _LENGTHS if band not in bands]
    if None not in inside:
        return sum(value or 0 for value in inside)
    every = shown.get((whole, on))
    return None if every is None or None in below else every - sum(value or 0 for value in below)

"""Plans counted over many periods at once: each date of a plan is looked up once, whatever the number of periods."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.benchmark_entries import Benchmarks
from explorer.plan_indicators.periods import Period, PeriodKind, month_ends, period_at
from explorer.plan_indicators.refusals import Scope
from explorer.plan_indicators.returned import with_returned
from explorer.plan_indicators.rules import LAST_BAND, LONG, PlanRules
from explorer.plan_indicators.table import figures

_FAR = np.iinfo(np.int32).max  # the end of a plan that is open
_EPOCH = date(1970, 1, 1).toordinal()
Days = NDArray[np.int32]  # since 1 January 1970


def plan_indicators_monthly(
    plans: pl.DataFrame,
    first: date,
    last: date,
    rules: PlanRules,
    benchmarks: Benchmarks,
    scope: Scope = Scope(),  # noqa: B008 - frozen, so one for all is safe
    kind: PeriodKind = "month",
) -> pl.DataFrame:
    """The indicators at the end of every month from ``first`` to ``last``.

    The same figures as ``plan_indicators`` gives for each of those days (a test compares the two), in one pass.

    Args:
        plans: As for ``plan_indicators``; only child, start, end and number of previous plans are read, and the
            child only where ``scope`` has dated earlier plans.
        first: No month end before this day.
        last: No month end after this day.
        rules: The length of a long plan and of the duration bands.
        benchmarks: The confidence and design effect of the likely range.
        scope: What the file can answer.
        kind: What is counted at each month end: the month, the year so far, the last twelve months, or the last
            complete reporting year.

    Returns:
        The columns of ``table.PLAN_INDICATORS``, a block for each month end.
    """
    periods = [period_at(end, kind) for end in month_ends(first, last)]
    return plan_indicators_over(plans, periods, rules, benchmarks, scope)


def plan_indicators_over(
    plans: pl.DataFrame,
    periods: Sequence[Period],
    rules: PlanRules,
    benchmarks: Benchmarks,
    scope: Scope = Scope(),  # noqa: B008 - frozen, so one for all is safe
) -> pl.DataFrame:
    """The indicators of any periods, of whatever kinds, in one pass.

    Args:
        plans: As for ``plan_indicators_monthly``, like all that follow.
        periods: What is counted, in the order in which it is wanted.

    Returns:
        The columns of ``table.PLAN_INDICATORS``, a block for each period.
    """
    cuts = _in_days(sorted({day for period in periods for day in (period.after, period.end)}))
    counts = _running_counts(_dates(with_returned(plans, rules, scope), rules), cuts)
    place = {day: number for number, day in enumerate(cuts.tolist())}
    return figures(((period, _of_period(period, place, counts)) for period in periods), scope, benchmarks)


@dataclass(frozen=True)
class _Dates:
    """The days of all plans with a start, one entry a plan."""

    start: Days
    end: Days  # _FAR where the plan is open
    limits: tuple[tuple[str, Days], ...]  # band: the first day on which the plan has lasted longer than it
    repeat: NDArray[np.bool_]
    returned_soon: NDArray[np.bool_]


def _dates(plans: pl.DataFrame, rules: PlanRules) -> _Dates:
    start = pl.col("start_date")
    frame = plans.filter(start.is_not_null()).select(
        pl.col("start_date").to_physical(),
        pl.col("end_date").to_physical().fill_null(_FAR),
        (pl.col("previous_plans") > 0).fill_null(value=False).alias("repeat"),
        (pl.col("returned_soon") & (pl.col("previous_plans") > 0)).fill_null(value=False).alias("returned_soon"),
    )
    days = {name: frame[name].to_numpy() for name in frame.columns}
    limits = _limits(days["start_date"], rules)
    return _Dates(days["start_date"], days["end_date"], limits, days["repeat"], days["returned_soon"])


def _limits(start: Days, rules: PlanRules) -> tuple[tuple[str, Days], ...]:
    """For each duration band the first day on which plans have lasted longer than it.

    It is looked up in a table of all days on which plans can have started: there are fewer of them than of plans, and
    calendar months take time to reckon.
    """
    first, last = (int(start.min()), int(start.max())) if len(start) else (0, 0)
    day = pl.int_range(first, last + 1, dtype=pl.Int32, eager=True).cast(pl.Date).alias("day").to_frame()
    limits = {
        **{
            band.name: pl.col("day").dt.offset_by(f"{band.months}mo{'1d' if band.includes_limit else ''}")
            for band in rules.bands
        },
        LAST_BAND: pl.col("day") + pl.duration(days=rules.long_plan_days),
    }
    table = day.select(**{name: limit.to_physical() for name, limit in limits.items()})
    return tuple((name, table[name].to_numpy()[start - first]) for name in limits)


def _running_counts(dates: _Dates, cuts: Days) -> Mapping[str, NDArray[np.int64]]:
    """How many plans have entered and left each count by the close of each day of ``cuts``.

    A flow is the difference of two days. What is open is a stock: a plan enters a duration band when it leaves
    the one before, and leaves it when it grows too long or ends, whichever comes first.
    """
    first, beyond = (int(cuts[0]), int(cuts[-1]) + 1) if len(cuts) else (0, 0)

    def placed(days: Days) -> Days:
        """Days from the first cut on, with all earlier ones on it and all later ones after the last."""
        return np.clip(days, first, beyond) - np.int32(first)

    def running(places: Days) -> NDArray[np.int64]:
        return np.cumsum(np.bincount(places, minlength=beyond - first + 1))[cuts - first]

    starts, ends = placed(dates.start), placed(dates.end)
    found = {
        "plans_started": running(starts),
        "plans_started_repeat": running(starts[dates.repeat]),
        "plans_started_repeat_within_2y": running(starts[dates.returned_soon]),
        "plans_ended": running(ends),
    }
    inside, left = np.ones(len(ends), dtype=np.bool_), running(np.minimum(starts, ends))
    found["plans_open"] = left - found["plans_ended"]
    for name, limit in (*dates.limits, (LONG, np.full(len(ends), _FAR, np.int32))):
        ends_inside = inside & (dates.end < limit) & (dates.end < _FAR)
        found[f"plans_ended_{name}"] = running(ends[ends_inside])
        entered, left = left, running(np.minimum(placed(limit), ends))
        found[f"plans_open_{name}"] = entered - left
        inside &= dates.end >= limit
    return found


def _of_period(period: Period, place: Mapping[int, int], counts: Mapping[str, NDArray[np.int64]]) -> dict[str, int]:
    """The counts of one period: at its end for open plans, and between its two days for the others."""
    after, end = (place[_in_days([day]).item()] for day in (period.after, period.end))

    def each() -> Iterator[tuple[str, int]]:
        for name, running in counts.items():
            before = 0 if name.startswith("plans_open") else int(running[after])
            yield name, int(running[end]) - before

    return dict(each())


def _in_days(dates: list[date]) -> Days:
    return np.array([day.toordinal() - _EPOCH for day in dates], dtype=np.int32)

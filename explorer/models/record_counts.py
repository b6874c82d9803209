"""What plan records say month by month: who could leave a plan or come back to one, and who did.

Months are calendar months. A plan has as many completed months at a month's end as months began since it started,
which is how ``flow`` counts. A plan that ends in the month in which it started is taken to end in the next one, and a
child who comes back in the month of leaving in the next one, because ``flow`` lets nothing happen twice in a month.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.models.flow.inputs import LEFT_ROWS, OPEN_ROWS, YEAR, YearBefore
from explorer.sources.earlier_plans import NEVER, in_order, with_latest_end

Array = NDArray[Any]
_NEVER = 10**6  # a month that does not come


def month_of(day: date) -> int:
    """Months since the year 0, so that they can be counted with."""
    return day.year * 12 + day.month - 1


def first_whole_month(first: date) -> int:
    """The first month of which every day is covered."""
    return month_of(first) + (first.day > 1)


@dataclass(frozen=True)
class Timeline:
    """Plans and absences as months, with nothing later than a month end.

    Attributes:
        started, ended: of each plan; ``ended`` is far ahead while it is open.
        repeat: whether it is a second or later plan: by the number of earlier plans, or by one in the file.
        said_repeat: the same by the number alone, as DfE counts.
        long: whether it had lasted two years or more when it ended, in days, as DfE counts.
        linked: whether the child's plan before it ended at or after ``since``.
        left, back: of each time that a child was on no plan after one, from ``since`` on: the month of leaving and of
            coming back, far ahead where the child has not.
        since: the first month of which every day is covered.
        until: the last month.
    """

    started: Array
    ended: Array
    repeat: Array
    said_repeat: Array
    long: Array
    linked: Array
    left: Array
    back: Array
    since: int
    until: int


def timeline(plans: pl.DataFrame, first: date, as_at: date, long_plan_days: int) -> Timeline:
    """The months of some plans.

    Args:
        plans: ``schema.PLANS`` without rows that have errors.
        first: from this day on they hold every plan that was open, started or ended.
        as_at: the last day of a month; nothing later is used.
        long_plan_days: from how many days on a plan has lasted two years.
    """
    since, until = first_whole_month(first), month_of(as_at)
    known = plans.filter(pl.col("start_date") <= as_at).with_row_index("number")
    # a plan of nobody known is nobody else's
    child = pl.col("child_id").fill_null(pl.format("\u0000{}", "number"))
    end = pl.when(pl.col("end_date") <= as_at).then("end_date")
    said = (known["previous_plans"].fill_null(0) > 0).to_numpy()
    frame = with_latest_end(in_order(known.with_columns(child_id=child, end_date=end))).with_columns(
        started=_months("start_date"), ended=_months("end_date"), before=_day_months("held_until")
    )
    again = pl.col("held_until").is_not_null() & (pl.col("held_until") <= _days("start_date"))
    absent = frame.filter(again & (pl.col("before") >= since)).select(left="before", back="started")
    gone = _gone(frame).filter(pl.col("left") >= since)
    absences = pl.concat([absent, gone.with_columns(back=pl.lit(_NEVER).cast(absent.schema["back"]))])
    rows = frame.with_columns(linked=(again & (pl.col("before") >= since)).fill_null(value=False)).sort("row")
    linked = rows["linked"].to_numpy()
    lasted = (rows["end_date"] - rows["start_date"]).dt.total_days()
    return Timeline(
        started=rows["started"].to_numpy(),
        ended=rows["ended"].fill_null(_NEVER).to_numpy(),
        repeat=said | linked,
        said_repeat=said,
        long=(lasted >= long_plan_days).fill_null(value=False).to_numpy(),
        linked=linked,
        left=absences["left"].to_numpy(),
        back=absences["back"].to_numpy(),
        since=since,
        until=until,
    )


def _gone(frame: pl.DataFrame) -> pl.DataFrame:
    """The month in which each child left who is on no plan now."""
    still = pl.col("end_date").is_null().any()
    last = frame.group_by("child").agg(still=still, left=pl.col("ended").max()).filter(~pl.col("still"))
    return last.select(pl.col("left"))


def _days(column: str) -> pl.Expr:
    return pl.col(column).to_physical().cast(pl.Int64)


def _months(column: str) -> pl.Expr:
    return (pl.col(column).dt.year().cast(pl.Int64) * 12 + pl.col(column).dt.month() - 1).cast(pl.Int64)


def _day_months(column: str) -> pl.Expr:
    """As ``_months``, of days since 1970; null for a plan that is open."""
    day = pl.when(pl.col(column) < NEVER).then(column).cast(pl.Int32).cast(pl.Date)
    return (day.dt.year().cast(pl.Int64) * 12 + day.dt.month() - 1).cast(pl.Int64)


@dataclass(frozen=True)
class Counts:
    """Occurrences and who they could have happened to, over some months.

    Attributes:
        months: how many.
        at_risk, ended: (25,) plans open at a month's end, by completed months, and those of them that ended in the
            month after.
        away, returned: (120,) children who left a plan in the file, by completed months since, and those of them that
            came back in the month after.
        unlinked: re-plans of children whose plan before is not in the file.
        first_starts: plans of children who had none before.
    """

    months: int
    at_risk: Array
    ended: Array
    away: Array
    returned: Array
    unlinked: int
    first_starts: int


def counts(line: Timeline, months: int) -> Counts:
    """Count the last months of a timeline, or as many as are covered.

    A plan counts from the first covered month, not from its start: one that had ended before is not in the file, so
    that those in it would seem to last too long (left truncation). Plans that are open at the end count up to then.
    """
    first = max(line.until - months + 1, line.since)
    at_risk, ended = np.zeros(OPEN_ROWS), np.zeros(OPEN_ROWS)
    away, returned = np.zeros(LEFT_ROWS), np.zeros(LEFT_ROWS)
    ends, backs = np.maximum(line.ended, line.started + 1), np.maximum(line.back, line.left + 1)
    for month in range(first, line.until + 1):
        at_risk += _by_age(line.started, ends, month, OPEN_ROWS, last_holds=True)
        ended += _by_age(line.started[ends == month], ends[ends == month], month, OPEN_ROWS, last_holds=True)
        away += _by_age(line.left, backs, month, LEFT_ROWS, last_holds=False)
        returned += _by_age(line.left[backs == month], backs[backs == month], month, LEFT_ROWS, last_holds=False)
    in_time = (line.started >= first) & (line.started <= line.until)
    return Counts(
        months=line.until - first + 1,
        at_risk=at_risk,
        ended=ended,
        away=away,
        returned=returned,
        unlinked=int((in_time & line.repeat & ~line.linked).sum()),
        first_starts=int((in_time & ~line.repeat).sum()),
    )


def _by_age(begun: Array, over: Array, month: int, rows: int, *, last_holds: bool) -> Array:
    """(rows,) what had begun at the end of the month before and was not over then, by completed months."""
    age = month - 1 - begun[over >= month]
    age = age[age >= 0]
    age = np.minimum(age, rows - 1) if last_holds else age[age < rows]
    return np.bincount(age, minlength=rows).astype(float)


def open_plans(line: Timeline) -> Array:
    """(25, 1) plans open at the end, by completed months."""
    return _by_age(line.started, line.ended, line.until + 1, OPEN_ROWS, last_holds=True)[:, None]


def children_away(line: Timeline) -> Array:
    """(120, 1) children on no plan at the end who left one in the file, by completed months since."""
    return _by_age(line.left, line.back, line.until + 1, LEFT_ROWS, last_holds=False)[:, None]


def covered_months(line: Timeline) -> int:
    """How many months at the end are covered, so that everybody who left a plan in them is known."""
    return line.until - line.since + 1


def year_before(line: Timeline) -> YearBefore:
    """What happened in each of the last twelve months."""
    months = line.until - np.arange(YEAR)[::-1]
    flows = (line.started, line.started[line.said_repeat], line.ended, line.ended[line.long])
    return YearBefore(*((flow[:, None] == months).sum(axis=0).astype(float)[:, None] for flow in flows))

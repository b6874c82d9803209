"""Children who left a plan in a quarter, and how many of them were on a plan again so many months later."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from explorer.plan_indicators.periods import month_ends
from explorer.plan_indicators.refusals import ANNUAL, Scope
from explorer.sources.earlier_plans import in_order

STEPS = (3, 6, 12, 24)  # months after leaving, as DfE's duration bands have them
COHORTS: Mapping[str, type[pl.DataType]] = {
    "period_end": pl.Date,
    "months": pl.Int64,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
}
_QUARTER = 3  # months
_NEVER = date(9999, 12, 31)  # the end of a plan that is open


def children_again(plans: pl.DataFrame, first: date | None, last: date | None, scope: Scope) -> pl.DataFrame:
    """Plans that ended in each quarter, and those after which the child was on a plan again within so many months.

    A cohort is there for a number of months only where all of it was followed so long, so nobody in it is unknown.
    Months are calendar months, the last day included: a plan that ended on 15 May is followed for twelve months to
    15 May, one that ended on 31 August for six months to the last day of February. Every end counts as
    ``plans_ended`` counts it, also that of a child who died and cannot come back. A child who is on another plan on
    the day of the end, or begins one that day, is on a plan again at once, as in the share of re-plans.

    Args:
        plans: The columns of ``schema.PLANS``, without the rows that have errors. Where the child is not known,
            nothing is known to have come later.
        first: The first day from which the records hold every plan that ended; None where there are none.
        last: The last day of the records.
        scope: What the file can answer; of a file that holds no whole year nothing is counted.

    Returns:
        The columns of ``COHORTS``, one row a quarter that lies inside the records (``period_end``: the last day of
        March, June, September or December) and number of months of ``STEPS``: of ``denominator`` plans that ended,
        ``numerator`` were followed by another within ``months``.
    """
    if first is None or last is None or ANNUAL not in scope.capabilities:
        return pl.DataFrame(schema=COHORTS)
    ends = [end for end in month_ends(first, last) if end.month % _QUARTER == 0]
    ends = [end for end in ends if _begins(end) >= first]
    quarters = pl.DataFrame({"period_end": ends}, schema={"period_end": pl.Date})
    known = plans.filter(pl.col("start_date").is_not_null())
    left = _with_next(known).with_columns(_quarter())
    frames = [_of_step(left, quarters, months, last) for months in STEPS]
    return pl.concat(frames).sort("period_end", "months")


def followed(end: pl.Expr, months: int, last: date) -> pl.Expr:
    """Whether a cohort that ended on a day was followed so many calendar months."""
    return end.dt.offset_by(f"{months}mo") <= last


def _begins(end: date) -> date:
    """The first day of the quarter."""
    return date(end.year, end.month - _QUARTER + 1, 1)


def _quarter() -> pl.Expr:
    """The last day of the quarter of each end."""
    return pl.col("end_date").dt.truncate("1q").dt.offset_by(f"{_QUARTER - 1}mo").dt.month_end().alias("period_end")


def _of_step(left: pl.DataFrame, quarters: pl.DataFrame, months: int, last: date) -> pl.DataFrame:
    within = pl.col("next_start") <= pl.col("end_date").dt.offset_by(f"{months}mo")
    counted = left.group_by("period_end").agg(
        numerator=(pl.col("on_another") | within.fill_null(value=False)).sum(), denominator=pl.len()
    )
    joined = quarters.filter(followed(pl.col("period_end"), months, last)).join(counted, on="period_end", how="left")
    return joined.with_columns(
        pl.col("numerator", "denominator").fill_null(0).cast(pl.Int64), months=pl.lit(months, pl.Int64)
    ).select(*COHORTS)


def _with_next(plans: pl.DataFrame) -> pl.DataFrame:
    """Each plan that ended, with the first later start of the child, and whether the child was on another plan then.

    Returns:
        ``end_date``, ``next_start`` (null where there is none) and ``on_another``.
    """
    rows = in_order(plans)
    ends = pl.col("end_date").fill_null(_NEVER).cum_max().over("child")  # of this plan and those that began before it
    starts = rows.select("child", "start_date", runs_until=ends).sort("start_date", maintain_order=True)
    begun = rows.group_by("child", end_date="start_date").agg(begun=pl.len())
    ended = rows.filter(pl.col("end_date").is_not_null()).select("child", "start_date", "end_date").sort("end_date")
    later = starts.select("child", next_start="start_date")
    found = (
        ended.join_asof(
            later, left_on="end_date", right_on="next_start", by="child", strategy="forward",
            allow_exact_matches=False, check_sortedness=False, coalesce=False,
        )
        .join_asof(
            starts.rename({"start_date": "began"}), left_on="end_date", right_on="began", by="child",
            strategy="backward", allow_exact_matches=False, check_sortedness=False,
        )
        .join(begun, on=["child", "end_date"], how="left")
    )  # fmt: skip
    itself = (pl.col("start_date") == pl.col("end_date")).cast(pl.Int64)
    running = (pl.col("runs_until") > pl.col("end_date")).fill_null(value=False)
    same_day = pl.col("begun").fill_null(0) > itself
    named = pl.col("child") >= 0
    return found.select(
        "end_date",
        next_start=pl.when(named).then("next_start"),
        on_another=named & (running | same_day),
    )

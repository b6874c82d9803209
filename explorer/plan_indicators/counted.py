"""Plans counted for one date and period, each rule written out as it is said."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from explorer.benchmark_entries import Benchmarks
from explorer.plan_indicators.periods import Period, PeriodKind, period_at
from explorer.plan_indicators.refusals import Scope
from explorer.plan_indicators.returned import with_returned
from explorer.plan_indicators.rules import LAST_BAND, LONG, Band, PlanRules
from explorer.plan_indicators.table import figures

_start, _end = pl.col("start_date"), pl.col("end_date")


def plan_indicators(
    plans: pl.DataFrame,
    as_at: date,
    kind: PeriodKind,
    rules: PlanRules,
    benchmarks: Benchmarks,
    scope: Scope = Scope(),  # noqa: B008 - frozen, so one for all is safe
) -> pl.DataFrame:
    """The indicators that a reader has on a date.

    Args:
        plans: The columns of ``schema.PLANS``, without the rows that have errors. A plan without a start date
            counts nowhere.
        as_at: The date. Nothing later is used.
        kind: Over which days plans started and ended are counted: see ``periods.period_at``.
        rules: The length of a long plan and of the duration bands.
        benchmarks: The confidence and design effect of the likely range.
        scope: What the file can answer; the rest has the status ``refused`` (``why_refused`` says why).

    Returns:
        The columns of ``table.PLAN_INDICATORS``. Counts have ``value`` = ``numerator`` and no denominator.

    Source: DfE Characteristics of children in need, tables D3, D5 and D7.
    """
    period = period_at(as_at, kind)
    return figures([(period, _counts(with_returned(plans, rules, scope), period, rules))], scope, benchmarks)


def _counts(plans: pl.DataFrame, period: Period, rules: PlanRules) -> Mapping[str, int]:
    in_period = pl.lit(period.after), pl.lit(period.end)
    started = _start.is_between(*in_period, closed="right")
    ended = _end.is_between(*in_period, closed="right")
    is_open = (_start <= period.end) & (_end.is_null() | (_end > period.end))
    repeat = pl.col("previous_plans") > 0
    masks = {
        "plans_started": started,
        "plans_started_repeat": started & repeat,
        "plans_started_repeat_within_2y": started & repeat & pl.col("returned_soon"),
        "plans_open": is_open,
        **{f"plans_open_{name}": is_open & band for name, band in _lengths(pl.lit(period.end), rules).items()},
        "plans_ended": ended,
        **{f"plans_ended_{name}": ended & band for name, band in _lengths(_end, rules).items()},
    }
    return (
        plans.filter(_start.is_not_null())
        .select(**{name: mask.sum() for name, mask in masks.items()})
        .row(0, named=True)
    )


def _lengths(until: pl.Expr, rules: PlanRules) -> dict[str, pl.Expr]:
    """For every duration band: True where a plan from its start until a date belongs to it."""
    longer: dict[str, pl.Expr] = {band.name: _longer(until, band) for band in rules.bands}
    longer[LAST_BAND] = (until - _start).dt.total_days() >= rules.long_plan_days
    masks, above = {}, pl.lit(value=True)
    for name, beyond in longer.items():
        masks[name], above = above & ~beyond, beyond
    return {**masks, LONG: above}


def _longer(until: pl.Expr, band: Band) -> pl.Expr:
    limit = _start.dt.offset_by(f"{band.months}mo")
    return until > limit if band.includes_limit else until >= limit

"""What the rows with errors would have changed: each indicator with and without them."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from explorer.benchmark_entries import Benchmarks
from explorer.plan_indicators.counted import plan_indicators
from explorer.plan_indicators.periods import PeriodKind
from explorer.plan_indicators.refusals import Scope
from explorer.plan_indicators.rules import PlanRules
from explorer.plan_indicators.table import PERCENTAGES
from explorer.wording import count, percent


def left_out_difference(
    every_plan: pl.DataFrame,
    kept: pl.DataFrame,
    as_at: date,
    kind: PeriodKind,
    rules: PlanRules,
    benchmarks: Benchmarks,
    scope: Scope = Scope(),  # noqa: B008 - frozen, so one for all is safe
) -> pl.DataFrame:
    """Every indicator with all rows of the file and without those that have errors.

    These are differences of a few plans, so they pass through disclosure control before anybody else sees them.

    Args:
        every_plan: The columns of ``schema.PLANS``: the file as it was read. A row without a start date cannot
            be counted, with or without errors.
        kept: The same without the rows that have errors (``checks.split_by_severity``).
        as_at: As for ``plan_indicators``, like all that follow.

    Returns:
        One row an indicator, in their order: ``indicator``, ``period_end``, ``period_kind``, ``value_all``,
        ``value_kept``, ``difference`` (kept less all: plans, or percentage points of the rounded values; null
        where one of the two is), ``status`` (of the figure without the rows), and the counts behind the two values:
        ``numerator_all``, ``denominator_all``, ``numerator_kept``, ``denominator_kept``.
    """
    tables = [plan_indicators(plans, as_at, kind, rules, benchmarks, scope) for plans in (every_plan, kept)]
    shared = tables[1].select("indicator", "period_end", "period_kind", "status")
    both = {
        f"{name}_{which}": table[name]
        for name in ("value", "numerator", "denominator")
        for which, table in zip(("all", "kept"), tables, strict=True)
    }
    return shared.with_columns(**both).select(
        "indicator",
        "period_end",
        "period_kind",
        "value_all",
        "value_kept",
        (pl.col("value_kept") - pl.col("value_all")).round(1).alias("difference"),
        "status",
        "numerator_all",
        "denominator_all",
        "numerator_kept",
        "denominator_kept",
    )


def difference_in_words(row: Mapping[str, object], label: str) -> str:
    """One row of ``left_out_difference`` as a sentence.

    Args:
        row: The row with its column names.
        label: What the indicator is called.
    """
    said = percent if row["indicator"] in PERCENTAGES else count
    before, after, difference = row["value_all"], row["value_kept"], row["difference"]
    if not (isinstance(before, float) and isinstance(after, float) and isinstance(difference, float)):
        return f"{label}: cannot be compared, because there is no figure with all rows or without those left out."
    if difference == 0:
        return f"{label}: {said(after)} with or without the rows left out."
    unit = " percentage points" if row["indicator"] in PERCENTAGES else ""
    size = f"{abs(difference):.1f}" if unit else count(abs(difference))
    way = "lower" if difference < 0 else "higher"
    return f"{label}: {said(after)}, and {said(before)} with the rows left out; {size}{unit} {way} without them."

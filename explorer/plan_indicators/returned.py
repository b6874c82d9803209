"""Which plans began soon after the child's last one ended."""

import polars as pl

from explorer.plan_indicators.refusals import DATED_HISTORY, Scope
from explorer.plan_indicators.rules import PlanRules
from explorer.sources.earlier_plans import NEVER, in_order, with_latest_end


def with_returned(plans: pl.DataFrame, rules: PlanRules, scope: Scope) -> pl.DataFrame:
    """Add ``returned_soon``: an earlier plan of the child ended at most two years before, or still ran.

    Args:
        plans: Needs ``child_id``, ``start_date`` and ``end_date``.
        rules: How many calendar months the two years are, from the end of the earlier plan to this start, the last
            day included.
        scope: Without the dates of earlier plans nothing is worked out, because it will be refused.

    Returns:
        The rows in the same order. ``returned_soon`` is False where the child or the start is unknown.
    """
    if DATED_HISTORY not in scope.capabilities:
        return plans.with_columns(returned_soon=pl.lit(value=False))
    held = pl.col("held_until")
    ended = pl.when(held < NEVER).then(held).cast(pl.Int32).cast(pl.Date)
    soon = (pl.col("start_date") <= ended.dt.offset_by(f"{rules.repeat_window_months}mo")) | (held == NEVER)
    # few plans have an earlier one, and calendar months are only reckoned for them
    later = with_latest_end(in_order(plans)).filter(
        held.is_not_null(), pl.col("child") >= 0, pl.col("start_date").is_not_null()
    )
    found = later.select("row", soon=soon.fill_null(value=False))
    none = pl.repeat(value=False, n=plans.height, dtype=pl.Boolean, eager=True)
    return plans.with_columns(none.scatter(found["row"], found["soon"]).alias("returned_soon"))

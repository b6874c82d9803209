"""What the rows with errors would have changed, without telling how few they are."""

from functools import reduce
from operator import and_

import polars as pl

from explorer.benchmark_entries import Suppression
from explorer.disclosure.traces import without_traces

_COUNTS = ("numerator", "denominator")
_KEY = ("indicator", "period_end", "period_kind")


def protect_difference(table: pl.DataFrame, protected: pl.DataFrame, suppression: Suppression) -> pl.DataFrame:
    """The comparison with and without the rows that have errors, as readers may see it.

    Figures with all rows are shown only where each count of the period is the same or differs by more than a small
    count: otherwise one less the other tells of one to five plans. The part that is left over, such as the plans
    that are not re-plans, counts too. Differences add up as counts do, so all of a period are shown or none. A
    figure that is hidden without the rows is hidden with them.

    Args:
        table: The columns of ``plan_indicators.left_out_difference``.
        protected: What ``protect_indicators`` made of the figures without those rows; its rows have to include
            those of the table.
        suppression: Which counts are small.

    Returns:
        The same rows in the same order. ``value_kept`` and its counts are null and the status is "suppressed"
        where the figure is hidden; ``value_all``, ``difference`` and the counts of all rows also where the
        difference could be read.
    """
    status = protected.select(*_KEY, seen="status")
    joined = table.join(status, on=_KEY, how="left", maintain_order="left")
    published = (joined["seen"] == "published").fill_null(value=False)
    hidden = (joined["seen"].is_null() | (joined["seen"] == "suppressed")).alias("hidden")
    # the differences add up as the counts do, so one that is hidden would follow from the others: all or none
    large = joined.filter(pl.col("seen") != "refused").select(_none_small(suppression, difference=True)).to_series()
    itself = joined.select(_none_small(suppression, difference=False)).to_series()
    may_compare = published & itself & bool(large.all())
    kept = ("value_kept", *(f"{name}_kept" for name in _COUNTS))
    every = ("value_all", "difference", *(f"{name}_all" for name in _COUNTS))
    shown = table.with_columns(
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in kept),
        *(pl.when(may_compare).then(pl.col(name)).alias(name) for name in every),
        status=pl.when(hidden).then(pl.lit("suppressed")).otherwise("status"),
    )
    return without_traces(shown)


def _none_small(suppression: Suppression, *, difference: bool) -> pl.Expr:
    """Whether no count behind a figure with all rows, and no rest, is small; or none of their differences."""
    part, whole = ((pl.col(f"{name}_all").fill_null(0), pl.col(f"{name}_kept").fill_null(0)) for name in _COUNTS)
    has_whole = pl.col("denominator_kept").is_not_null()
    rest = tuple(pl.when(has_whole).then(two - one).otherwise(0) for one, two in zip(part, whole, strict=True))
    numbers = ((every - kept).abs() if difference else every for every, kept in (part, whole, rest))
    small = (number.is_between(suppression.lowest, suppression.highest) for number in numbers)
    return reduce(and_, (~one for one in small))

"""A child's earlier plans: for every plan, the latest end among those that began before it, and where that stands."""

import polars as pl

NEVER = 2_932_896  # 31 December 9999, in days since 1970: the end of a plan that is open
_DAYS = 4_000_000  # more days than there are dates, so that child x _DAYS + day never mixes two children
_BEFORE_1970 = 1_000_000


def in_order(plans: pl.DataFrame) -> pl.DataFrame:
    """The plans of each child by start, then by end; open plans and unknown starts last.

    Args:
        plans: Needs ``child_id``, ``start_date`` and ``end_date``; other columns are left behind, because moving
            them takes longer than everything else here.

    Returns:
        ``start_date`` and ``end_date`` with ``row`` (the row in ``plans``, from 0), ``place`` (the row here),
        ``child`` (a number for each identifier, in no order of its own, rising; -1 where there is none) and
        ``child_begins`` (the place of the child's first row).
    """
    # numbers sort in half the time of identifiers; the row of a child's first plan is one, and quickly found
    rows = plans.select("child_id", "start_date", "end_date").with_row_index("row")
    first = pl.when(pl.col("child_id").is_not_null()).then(pl.col("row").first().over("child_id"))
    frame = rows.select("row", "start_date", "end_date", child=first.cast(pl.Int64).fill_null(-1))
    start = pl.col("start_date").to_physical().cast(pl.Int64).fill_null(NEVER)
    keys = [pl.col("child") * _DAYS + _BEFORE_1970 + start, _end()]
    frame = frame.sort(keys, maintain_order=True).with_row_index("place")
    begins = pl.col("child").ne_missing(pl.col("child").shift(1))
    return frame.with_columns(child_begins=pl.when(begins).then("place").forward_fill())


def tied(ordered: pl.DataFrame) -> pl.Series:
    """True where a child has another plan with the same start and end."""
    key = ("child", "start_date", "end_date")
    above = pl.all_horizontal(pl.col(column).eq_missing(pl.col(column).shift(1)) for column in key)
    same = ordered.select(same=above & (pl.col("place") > 0))["same"]
    return same | same.shift(-1, fill_value=False)


def with_latest_end(ordered: pl.DataFrame) -> pl.DataFrame:
    """Add the latest end among the child's rows above each row.

    It is one running maximum of child x days + end over the whole column: the number of the child is greater in
    every later group, so no group sees the one before. A window for each child would take seconds.

    Args:
        ordered: From ``in_order``.

    Returns:
        The rows with ``held_until`` (days since 1970; ``NEVER`` for an open plan) and ``held_by`` (the place of
        that plan); null in a child's first row.
    """
    frame = ordered.with_columns(key=(pl.col("child") + 1) * _DAYS + _BEFORE_1970 + _end())
    frame = frame.with_columns(latest=pl.col("key").cum_max())
    is_latest = pl.col("key") > pl.col("latest").shift(1, fill_value=-1)
    has_earlier = pl.col("place") > pl.col("child_begins")
    return frame.with_columns(
        held_until=pl.when(has_earlier).then(pl.col("latest").shift(1) % _DAYS - _BEFORE_1970),
        held_by=pl.when(has_earlier).then(pl.when(is_latest).then("place").forward_fill().shift(1)),
    ).drop("key", "latest")


def child_day(day: str) -> pl.Expr:
    """One whole number for a child and a date, so that pairs are compared as numbers; needs ``child``."""
    return pl.col("child") * _DAYS + _BEFORE_1970 + pl.col(day).to_physical().cast(pl.Int64)


def _end() -> pl.Expr:
    return pl.col("end_date").to_physical().cast(pl.Int64).fill_null(NEVER)

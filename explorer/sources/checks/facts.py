"""What a check must know about the rest of the file: the child's earlier plans, copies, shared numbers."""

import polars as pl

from explorer.sources.checks.rule import blank
from explorer.sources.earlier_plans import child_day, in_order, tied, with_latest_end

# All fields of a plan but its name and place: rows that agree in these are one plan listed twice.
_CONTENT = [
    "child_id",
    "start_date",
    "end_date",
    "previous_plans",
    "initial_category",
    "latest_category",
    "family_id",
    "birth_date",
    "expected_birth_date",
    "death_date",
    "referral_date",
    "upn",
    "review_dates",
]


def with_facts(plans: pl.DataFrame) -> pl.DataFrame:
    """Add to every plan what the checks need to know about the rest of the file.

    Args:
        plans: The columns of ``schema.PLANS``.

    Returns:
        The same rows in the same order, with: ``copy`` (another row, taken first, is the same plan);
        ``held_until`` and ``held_at`` (latest end of the child's earlier plans, in days since 1970, and the
        position of that plan); ``open_before`` (an earlier plan of the child has no end); ``first_start`` (of the
        child); ``on_review`` (starts on the date of a review of the child); ``shared_upn`` (another child has
        this number). Null or false where the child is unknown. Earlier is by start, and by the rest of the row
        where starts are equal, so that the order of the file decides between copies only.
    """
    frame = with_latest_end(_ties_settled(in_order(plans), plans))
    last_open = pl.when(pl.col("end_date").is_null()).then("place").forward_fill().shift(1)
    has_earlier = pl.col("place") > pl.col("child_begins")
    frame = frame.select(
        "row",
        "child",
        "copy",
        "held_until",
        held_at=plans["position"].gather(frame["row"].gather(frame["held_by"])),
        open_before=has_earlier & (last_open >= pl.col("child_begins")).fill_null(value=False),
        first_start=pl.col("start_date").gather(pl.col("child_begins")),
    )
    frame = plans.with_columns(frame.sort("row").drop("row"))
    frame = frame.with_columns(on_review=_starts_on_reviews(frame), shared_upn=_has_shared_upn(frame))
    known = ~blank("child_id")
    return frame.with_columns(
        *((known & pl.col(fact)).alias(fact) for fact in ("copy", "open_before", "on_review")),
        *(pl.when(known).then(fact).alias(fact) for fact in ("held_until", "held_at", "first_start")),
    )


def _ties_settled(ordered: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """Put a child's plans with one start and end in the order of the rest of the row; add ``copy``."""
    ties = tied(ordered)
    rows, places = ordered["row"].filter(ties), ordered["place"].filter(ties)
    # only these few are compared in whole; equal rows then stand side by side
    whole = plans[rows].select(_CONTENT).with_columns(row=rows, child=ordered["child"].filter(ties))
    whole = whole.sort("child", *_CONTENT, "row", nulls_last=True)
    as_above = pl.all_horizontal(pl.col(column).eq_missing(pl.col(column).shift(1)) for column in _CONTENT)
    copies = whole.select(as_above & (pl.int_range(pl.len()) > 0)).to_series()
    return ordered.with_columns(
        row=ordered["row"].scatter(places, whole["row"]),
        copy=pl.repeat(value=False, n=len(ordered), eager=True).scatter(places, copies),
    )


def _has_shared_upn(frame: pl.DataFrame) -> pl.Series:
    """True where another child has the same unique pupil number."""
    pairs = frame.filter(~blank("upn"), ~blank("child_id")).select("upn", "child").unique()
    shared = pairs.filter(pl.col("upn").is_duplicated())["upn"].unique()
    return frame["upn"].is_in(shared.implode()).fill_null(value=False)


def _starts_on_reviews(frame: pl.DataFrame) -> pl.Series:
    """True where a plan starts on a date on which a review of the same child was held."""
    reviews = frame.filter(pl.col("review_dates").list.len() > 0).select("child", review="review_dates")
    held = reviews.explode("review").drop_nulls().select(key=child_day("review"))["key"].unique()
    starts = frame.select(key=child_day("start_date"))["key"]
    return starts.is_in(held.implode()).fill_null(value=False)

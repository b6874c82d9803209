"""The checks themselves, one small entry each; their words and severity are in config/checks.yaml."""

from collections.abc import Callable

import polars as pl

from explorer.sources.checks.rule import FileRule, Given, RowRule, blank, said

CATEGORIES = ("NEG", "PHY", "SAB", "EMO", "MUL")

_start, _end = pl.col("start_date"), pl.col("end_date")
_dates = said("{} to {}", "start_date", pl.coalesce(_end.cast(pl.String), pl.lit("now")))
_original = ~pl.col("copy")  # a copy is told as a copy, and not once more as an overlap with itself


def _always(expression: pl.Expr) -> Callable[[Given], pl.Expr]:
    """A check that needs nothing but the rows."""
    return lambda _: expression


def _bad_start(given: Given) -> pl.Expr:
    missing = _start.is_null()
    return missing if given.reference_date is None else missing | (_start > given.reference_date)


def _outside_year(given: Given) -> pl.Expr | None:
    if given.year_start is None or given.year_end is None:
        return None
    return ~_end.is_between(given.year_start, given.year_end)


def _bunched(given: Given) -> pl.Expr:
    hit, limits = pl.col("on_review"), given.thresholds
    return hit & (hit.sum() >= limits.bunched_plans.value) & (hit.mean() >= limits.bunched_share.value)


ROW_RULES: tuple[RowRule, ...] = (
    RowRule("8500", ("child_id",), _always(blank("child_id")), said("{}", "child_id")),
    RowRule("8720", ("start_date",), _bad_start, said("{}", "start_date")),
    RowRule(
        "8730",
        ("previous_plans",),
        _always(pl.col("previous_plans").is_null() | (pl.col("previous_plans") < 0)),
        said("{}", "previous_plans"),
    ),
    RowRule("8840", ("start_date", "end_date"), _always(_start == _end), _dates),
    RowRule("8925", ("start_date", "end_date"), _always(_end < _start), _dates),
    RowRule("8930", ("end_date",), _outside_year, said("{}", "end_date")),
    RowRule(
        "8935",
        ("child_id", "end_date"),
        _always(_end.is_null() & pl.col("open_before") & _original),
        said("open since {}, with another open plan of the child before it", "start_date"),
    ),
    RowRule(
        "8940",
        ("child_id", "start_date", "end_date"),
        _always((_start.to_physical() <= pl.col("held_until")) & _original),
        said("{}, overlaps the plan at {}", _dates, "held_at"),
    ),
    RowRule(
        "8905",
        ("initial_category",),
        _always(~pl.col("initial_category").is_in(CATEGORIES).fill_null(value=False)),
        said("{}", "initial_category"),
    ),
    RowRule(
        "8910",
        ("latest_category",),
        _always(~pl.col("latest_category").is_in(CATEGORIES).fill_null(value=False)),
        said("{}", "latest_category"),
    ),
    RowRule(
        "8841",
        ("start_date", "review_dates"),
        _always(pl.col("review_dates").list.min() <= _start),
        said("review on {}, plan started {}", pl.col("review_dates").list.min(), "start_date"),
    ),
    RowRule(
        "8842Q",
        ("review_dates",),
        _always(pl.col("review_dates").list.contains(None, nulls_equal=True)),
        said("a review without a date"),
    ),
    RowRule(
        "8915",
        ("start_date", "death_date"),
        _always(_start > pl.col("death_date")),
        said("started {}, died {}", "start_date", "death_date"),
    ),
    RowRule(
        "8920",
        ("end_date", "death_date"),
        _always(_end > pl.col("death_date")),
        said("ended {}, died {}", "end_date", "death_date"),
    ),
    RowRule(
        "1105",
        ("start_date", "referral_date"),
        _always(_start < pl.col("referral_date")),
        said("started {}, referred {}", "start_date", "referral_date"),
    ),
    RowRule(
        "8525Q",
        ("birth_date", "expected_birth_date"),
        _always(pl.col("birth_date").is_null() == pl.col("expected_birth_date").is_null()),
        said("birth date {}, expected birth date {}", "birth_date", "expected_birth_date"),
    ),
    RowRule("1520", ("child_id", "upn"), _always(pl.col("shared_upn")), said("{}", "upn")),
    RowRule("duplicate-row", ("child_id", "start_date"), _always(pl.col("copy")), _dates),
    RowRule(
        "no-previous-plan",
        ("child_id", "start_date", "previous_plans"),
        _always((pl.col("previous_plans") == 0) & (_start > pl.col("first_start"))),
        said("0 previous plans, but the child's first plan here started {}", "first_start"),
    ),
    RowRule("starts-on-reviews", ("child_id", "start_date", "review_dates"), _bunched, said("{}", "start_date")),
)


def _reference_date(_: pl.DataFrame, given: Given) -> tuple[str, str] | None:
    if given.year is None or given.reference_date == given.year_end:
        return None
    return "the file's header", "missing" if given.reference_date is None else f"{given.reference_date}"


def _all_previous(plans: pl.DataFrame, given: Given) -> tuple[str, str] | None:
    counted = plans["previous_plans"].drop_nulls()
    if len(counted) < given.thresholds.all_previous_plans.value or (counted <= 0).any():
        return None
    return "the whole file", f"{len(counted)} of {len(counted)} plans have earlier plans"


FILE_RULES: tuple[FileRule, ...] = (
    FileRule("100", (), _reference_date),
    FileRule("all-previous-plans", ("previous_plans",), _all_previous),
)
NUMBERS = (*(rule.number for rule in FILE_RULES), *(rule.number for rule in ROW_RULES))

"""Counts of plans as rows of figures: percentage, likely range, and a status where there is no figure."""

from collections.abc import Iterable, Mapping

import polars as pl

from explorer.benchmark_entries import Benchmarks
from explorer.indicators import wilson_interval
from explorer.plan_indicators.periods import Period
from explorer.plan_indicators.refusals import Scope, why_refused
from explorer.plan_indicators.rules import BAND_NAMES, LAST_BAND, LONG

_LENGTHS = (*BAND_NAMES, LAST_BAND, LONG)
COUNTS = (
    "plans_started",
    "plans_started_repeat",
    "plans_started_repeat_within_2y",
    "plans_open",
    *(f"plans_open_{band}" for band in _LENGTHS),
    "plans_ended",
    *(f"plans_ended_{band}" for band in _LENGTHS),
)
# percentage: the counts it is made of
PERCENTAGES: Mapping[str, tuple[str, str]] = {
    "repeat_plan_percent": ("plans_started_repeat", "plans_started"),
    "repeat_within_2y_percent": ("plans_started_repeat_within_2y", "plans_started"),
    "open_2y_plus_percent": ("plans_open_2y_plus", "plans_open"),
    "ended_2y_plus_percent": ("plans_ended_2y_plus", "plans_ended"),
}
PLAN_INDICATORS: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "period_end": pl.Date,
    "period_kind": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "status": pl.String,
}
Row = tuple[str, object, str, int | None, int | None, float | None, float | None, float | None, str]


def figures(counted: Iterable[tuple[Period, Mapping[str, int]]], scope: Scope, benchmarks: Benchmarks) -> pl.DataFrame:
    """The counts of each period as figures.

    Args:
        counted: Periods, each with a number for every name of ``COUNTS``.
        scope: What the file can answer; the rest is refused.
        benchmarks: The confidence and design effect of the likely range.

    Returns:
        The columns of ``PLAN_INDICATORS``: for each period the counts and then the percentages. ``value`` is a
        count, or a percentage half-up to one place; ``lower`` and ``upper`` are its likely range in percent.
    """
    rows: list[Row] = []
    for period, counts in counted:
        for name in (*COUNTS, *PERCENTAGES):
            if why_refused(name, period, scope) is not None:
                figure: tuple[int | None, int | None, float | None, float | None, float | None, str]
                figure = (None, None, None, None, None, "refused")
            elif name in PERCENTAGES:
                part, whole = PERCENTAGES[name]
                figure = _percentage(counts[part], counts[whole], benchmarks)
            else:
                figure = (counts[name], None, float(counts[name]), None, None, "published")
            rows.append((name, period.end, period.kind, *figure))
    return pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row")


def _percentage(
    part: int, whole: int, benchmarks: Benchmarks
) -> tuple[int, int, float | None, float | None, float | None, str]:
    if whole == 0:
        return part, whole, None, None, None, "not_applicable"
    lower, upper = wilson_interval(float(part), float(whole), benchmarks)
    return part, whole, percent_half_up(part, whole), max(100 * lower, 0.0), min(100 * upper, 100.0), "published"


def percent_half_up(part: int, whole: int) -> float:
    """A percentage half-up to one place, from whole numbers, so that 1 of 16 is 6.3 and not 6.2 by accident."""
    return (2000 * part + whole) // (2 * whole) / 10

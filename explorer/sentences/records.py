"""Figures of plan records in words: what a value is, and what a row of months comes to."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from explorer.config import Indicator
from explorer.plan_indicators.periods import a_year_before, month_ends
from explorer.schema import STATUS_WORDS
from explorer.wording import day, in_unit, possessive

KIND_WORDS: Mapping[str, str] = {
    "month": "by month",
    "year_to_date": "from 1 April to the end of each month",
    "rolling_12m": "twelve months to the end of each month",
    "year": "reporting years",
}
PERIOD_WORDS: Mapping[str, str] = {
    "month": "in the month to",
    "year_to_date": "from 1 April to",
    "rolling_12m": "in the twelve months to",
    "year": "in the year to",
}
AT_DATES: Mapping[str, str] = {"year": "at 31 March of each year"}
REFUSED = "cannot be given from this file"


def counted(entry: Indicator, kind: str) -> str:
    """Over which days, or on which, a series is counted: open plans are counted on days, whatever the period."""
    return AT_DATES.get(kind, "at the end of each month") if entry.period == "day" else KIND_WORDS[kind]


def when(entry: Indicator, kind: str, end: date) -> str:
    """Over which days, or on which, one figure is counted: 'in the twelve months to 30 September 2018'."""
    return f"{'at' if entry.period == 'day' else PERIOD_WORDS[kind]} {day(end)}"


def value_words(row: Mapping[str, Any], entry: Indicator) -> str:
    """A figure, or why there is none: '29.1%', 'hidden', 'nothing to count'."""
    match row["status"]:
        case "published":
            return in_unit(row["value"], entry.unit)
        case "suppressed":
            return "hidden"
        case "refused":
            return REFUSED
        case status:
            return STATUS_WORDS[status]


def months_finding(rows: pl.DataFrame, entry: Indicator, name: str) -> str:
    """What the months come to: the newest figure that is shown, and how it has moved in a year.

    Args:
        rows: One indicator and period kind, by ``period_end``, without refused ones.
        entry: The indicator.
        name: What the authority is called.
    """
    what = f"{possessive(name)} {entry.label[0].lower()}{entry.label[1:]}"
    shown = rows.filter(status="published")
    if shown.is_empty():
        return f"{what}: {'every figure is hidden' if (rows['status'] == 'suppressed').any() else 'no figure'}"
    newest = shown.row(-1, named=True)
    end = newest["period_end"]
    now = f"{what}: {value_words(newest, entry)} {when(entry, newest['period_kind'], end)}"
    before = rows.filter(period_end=_a_year_before(end))
    if before.is_empty():
        return now
    return f"{now}, {value_words(before.row(0, named=True), entry)} a year before"


def _a_year_before(end: date) -> date:
    """The same day of the year before; of a month's last day the last day of that month, for the leap years."""
    last_of_month = (end + timedelta(1)).day == 1
    month = a_year_before(end.replace(day=1))
    return month_ends(month, month + timedelta(31))[0] if last_of_month else a_year_before(end)


def figure_at(rows: pl.DataFrame, entry: Indicator) -> pl.DataFrame:
    """Rows of one indicator as a table with headings in words.

    Returns:
        ``Period ends``, ``Figure`` in words, the value, counts and likely range as numbers, and ``Status``.
    """
    words = [value_words(row, entry) for row in rows.iter_rows(named=True)]
    status = pl.col("status").replace({**STATUS_WORDS, "suppressed": STATUS_WORDS["withheld"], "refused": REFUSED})
    return rows.select(
        pl.col("period_end").alias("Period ends"),
        pl.Series("Figure", words, dtype=pl.String),
        *_numbers(entry),
        status.alias("Status"),
    )


def _numbers(entry: Indicator) -> list[pl.Expr]:
    if entry.unit == "count":
        return [pl.col("numerator").alias("Plans")]
    return [
        pl.col("value").alias("Percent"),
        pl.col("numerator").alias("Count"),
        pl.col("denominator").alias("Out of"),
        pl.col("lower").alias("Likely range, low"),
        pl.col("upper").alias("Likely range, high"),
    ]

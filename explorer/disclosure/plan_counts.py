"""Which counts of plans a row of the indicator table shows, and over which days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import cast, get_args

import polars as pl

from explorer.errors import DataError
from explorer.plan_indicators.periods import PeriodKind, period_at
from explorer.plan_indicators.table import COUNTS, PERCENTAGES
from explorer.wording import day

OPEN = "plans_open"
_KINDS: tuple[str, ...] = get_args(PeriodKind)


@dataclass(frozen=True, order=True)
class Count:
    """Plans of an indicator after one day, up to and including another; for open plans both are the day of counting.

    Open plans are the same count under every period kind, and so is a year to date on 31 March and the year.
    """

    indicator: str
    after: date
    end: date


def counts_of_rows(table: pl.DataFrame) -> tuple[list[tuple[Count, ...]], Mapping[Count, int]]:
    """The counts behind every row, and their values.

    Args:
        table: The columns of ``PLAN_INDICATORS``.

    Returns:
        For each row its count, or for a percentage its part and its whole; nothing for a row without counts.

    Raises:
        DataError: one count has two values.
        ValueError: an indicator or period kind is unknown.
    """
    behind: list[tuple[Count, ...]] = []
    values: dict[Count, int] = {}
    columns = ("indicator", "period_kind", "period_end", "numerator", "denominator")
    for indicator, kind, end, *numbers in table.select(columns).iter_rows():
        found = _counts(indicator, kind, end, *numbers)
        behind.append(tuple(found))
        for count, value in found.items():
            if values.setdefault(count, value) != value:
                raise DataError(f"The table gives '{count.indicator}' up to {day(count.end)} two different values.")
    return behind, dict(sorted(values.items()))


def _counts(indicator: str, kind: str, end: date, numerator: int | None, denominator: int | None) -> dict[Count, int]:
    if indicator not in (*COUNTS, *PERCENTAGES) or kind not in _KINDS:
        raise ValueError(f"The disclosure control does not know '{indicator}' over a '{kind}'.")
    if numerator is None:
        return {}
    over = cast(PeriodKind, kind)
    if indicator in COUNTS:
        return {_count(indicator, over, end): numerator}
    part, whole = PERCENTAGES[indicator]
    if denominator is None or denominator < numerator:
        raise DataError(f"'{indicator}' up to {day(end)} has a part that is larger than its whole.")
    return {_count(part, over, end): numerator, _count(whole, over, end): denominator}


def _count(indicator: str, kind: PeriodKind, end: date) -> Count:
    if indicator.startswith(OPEN):
        return Count(indicator, end, end)
    return Count(indicator, period_at(end, kind).after, end)


def flows_and_stocks(
    values: Mapping[Count, int],
) -> tuple[dict[str, dict[tuple[date, date], int]], dict[str, dict[date, int]]]:
    """The counts over days, and those on a day, each by indicator."""
    flows: dict[str, dict[tuple[date, date], int]] = {}
    stocks: dict[str, dict[date, int]] = {}
    for count, value in values.items():
        if count.indicator.startswith(OPEN):
            stocks.setdefault(count.indicator, {})[count.end] = value
        else:
            flows.setdefault(count.indicator, {})[count.after, count.end] = value
    return flows, stocks


def days_of(stretches: Mapping[tuple[date, date], int]) -> list[date]:
    """Every day on which a stretch begins or ends, in order."""
    return sorted(set(chain.from_iterable(stretches)))

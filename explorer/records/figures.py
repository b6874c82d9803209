"""Every figure of a file: each month end by month, year to date and twelve months, and each reporting year."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from explorer.plan_indicators import Period, PeriodKind, month_ends, period_at, plan_indicators, plan_indicators_over
from explorer.plan_indicators.table import PLAN_INDICATORS
from explorer.records.checked import Checked
from explorer.records.settings import RecordRules

_MARCH = 3
KINDS: tuple[PeriodKind, ...] = ("month", "year_to_date", "rolling_12m", "year")


@dataclass(frozen=True)
class Asked:
    """The period that somebody asks for by a date and a kind."""

    as_at: date
    kind: PeriodKind

    @property
    def end(self) -> date:
        """The last day of the period."""
        return period_at(self.as_at, self.kind).end


def all_figures(
    checked: Checked, rules: RecordRules, asked: Asked | None = None, kinds: Sequence[PeriodKind] = KINDS
) -> pl.DataFrame:
    """Every figure that is published together, exact: it goes through disclosure control before anybody sees it.

    Args:
        checked: The file.
        rules: How plans are counted.
        asked: A period that has to be among them. It is counted by what the file itself says that it holds,
            even where it begins before ``checked.first``.
        kinds: The kinds of period that are published together.

    Returns:
        The columns of ``plan_indicators.PLAN_INDICATORS``, one row an indicator, period end and kind. A figure
        that needs plans from before ``checked.first`` is refused, because it would be too low.
    """
    plans = checked.split.kept
    every = pl.DataFrame(schema=PLAN_INDICATORS)
    if checked.first is not None and checked.last is not None:
        scope = replace(checked.scope, first_day=checked.first)
        periods = [period for kind in kinds for period in _periods(kind, checked.first, checked.last)]
        every = plan_indicators_over(plans, periods, rules.plans, rules.benchmarks, scope)
    if asked is None:
        return every
    block = plan_indicators(plans, asked.as_at, asked.kind, rules.plans, rules.benchmarks, checked.scope)
    return pl.concat([every.filter(~of_period(asked)), block])


def _periods(kind: PeriodKind, first: date, last: date) -> list[Period]:
    """The periods of a kind between two days: one at each month end, and a reporting year at its own end."""
    return [period_at(end, kind) for end in month_ends(first, last) if kind != "year" or end.month == _MARCH]


def of_period(asked: Asked) -> pl.Expr:
    """The rows of one period."""
    return (pl.col("period_end") == asked.end) & (pl.col("period_kind") == asked.kind)

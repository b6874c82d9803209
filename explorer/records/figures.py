"""Every figure of a file: each month end by month, year to date and twelve months, and each reporting year."""

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from explorer.plan_indicators import PeriodKind, month_ends, period_at, plan_indicators, plan_indicators_monthly
from explorer.plan_indicators.table import PLAN_INDICATORS
from explorer.records.checked import Checked
from explorer.records.settings import RecordRules

_MARCH = 3
_BY_MONTH: tuple[PeriodKind, ...] = ("month", "year_to_date", "rolling_12m")


@dataclass(frozen=True)
class Asked:
    """The period that somebody asks for by a date and a kind."""

    as_at: date
    kind: PeriodKind

    @property
    def end(self) -> date:
        """The last day of the period."""
        return period_at(self.as_at, self.kind).end


def all_figures(checked: Checked, rules: RecordRules, asked: Asked | None = None) -> pl.DataFrame:
    """Every figure that is published together, exact: it goes through disclosure control before anybody sees it.

    Args:
        checked: The file.
        rules: How plans are counted.
        asked: A period that has to be among them. It is counted by what the file itself says that it holds,
            even where it begins before ``checked.first``.

    Returns:
        The columns of ``plan_indicators.PLAN_INDICATORS``, one row an indicator, period end and kind. A figure
        that needs plans from before ``checked.first`` is refused, because it would be too low.
    """
    plans = checked.split.kept
    frames = [pl.DataFrame(schema=PLAN_INDICATORS)]
    if checked.first is not None and checked.last is not None:
        scope = replace(checked.scope, first_day=checked.first)
        given = rules.plans, rules.benchmarks, scope
        frames += [plan_indicators_monthly(plans, checked.first, checked.last, *given, kind) for kind in _BY_MONTH]
        ends = [end for end in month_ends(checked.first, checked.last) if end.month == _MARCH]
        frames += [plan_indicators(plans, end, "year", *given) for end in ends]
    every = pl.concat(frames)
    if asked is None:
        return every
    block = plan_indicators(plans, asked.as_at, asked.kind, rules.plans, rules.benchmarks, checked.scope)
    return pl.concat([every.filter(~of_period(asked)), block])


def of_period(asked: Asked) -> pl.Expr:
    """The rows of one period."""
    return (pl.col("period_end") == asked.end) & (pl.col("period_kind") == asked.kind)

"""Plan records counted as DfE counts them: one date and period, or every month end at once."""

from explorer.plan_indicators.cohorts import COHORTS, STEPS, children_again
from explorer.plan_indicators.counted import plan_indicators
from explorer.plan_indicators.left_out import difference_in_words, left_out_difference
from explorer.plan_indicators.monthly import plan_indicators_monthly, plan_indicators_over
from explorer.plan_indicators.periods import Period, PeriodKind, month_ends, period_at
from explorer.plan_indicators.refusals import Scope, why_refused
from explorer.plan_indicators.rules import Band, PlanRules, load_plan_rules
from explorer.plan_indicators.table import COUNTS, PERCENTAGES, PLAN_INDICATORS

__all__ = [
    "COHORTS",
    "COUNTS",
    "PERCENTAGES",
    "PLAN_INDICATORS",
    "STEPS",
    "Band",
    "Period",
    "PeriodKind",
    "PlanRules",
    "Scope",
    "children_again",
    "difference_in_words",
    "left_out_difference",
    "load_plan_rules",
    "month_ends",
    "period_at",
    "plan_indicators",
    "plan_indicators_monthly",
    "plan_indicators_over",
    "why_refused",
]

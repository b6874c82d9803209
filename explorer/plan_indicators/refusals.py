"""What a file cannot answer, and why: a figure that would be too low is refused and not shown."""

from dataclasses import dataclass
from datetime import date, timedelta

from explorer.plan_indicators.periods import Period, a_year_before
from explorer.wording import day

ANNUAL, DATED_HISTORY = "annual", "dated_history"
WITHIN = ("plans_started_repeat_within_2y", "repeat_within_2y_percent")
_LENGTHS = {
    "month": "a month",
    "year_to_date": "the year so far",
    "rolling_12m": "twelve months",
    "year": "a year",
}


@dataclass(frozen=True)
class Scope:
    """What a file holds.

    Args:
        capabilities: "annual": every plan that started or ended in a whole year; "dated_history": the dates of
            a child's earlier plans.
        first_day: From this day on the file holds every plan that was open, started or ended; None: always.
        last_day: Up to this day; None: always.
    """

    capabilities: frozenset[str] = frozenset({ANNUAL})
    first_day: date | None = None
    last_day: date | None = None


def why_refused(indicator: str, period: Period, scope: Scope) -> str | None:
    """The sentence that says why a file cannot give an indicator for a period; None where it can."""
    counted_at_end = "open" in indicator
    if not counted_at_end and period.kind != "month" and ANNUAL not in scope.capabilities:
        return (
            f"Plans that started or ended over {_LENGTHS[period.kind]} cannot be counted from this file: it holds "
            "only plans that are open or ended in the last six months. A children in need census return can."
        )
    if indicator in WITHIN and DATED_HISTORY not in scope.capabilities:
        return (
            "Re-plans within two years cannot be counted from this file: it gives the number of a child's earlier "
            "plans and not when they ended. Records of several years can give them."
        )
    needed = period.end if counted_at_end else period.after + timedelta(1)
    if indicator in WITHIN:
        needed = a_year_before(a_year_before(needed))
    if scope.first_day is not None and needed < scope.first_day:
        return f"The file is complete from {day(scope.first_day)}, and this figure needs plans from {day(needed)}."
    if scope.last_day is not None and period.end > scope.last_day:
        return f"The file ends on {day(scope.last_day)}, and this figure needs plans up to {day(period.end)}."
    return None

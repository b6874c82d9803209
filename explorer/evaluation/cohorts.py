"""Children who left a plan, or began one, before and after a date: how many were on a plan so many months later.

Everything is worked out from figures that may be shown (``Records.cohorts``). What is hidden there is small, so leaving
it out would make the rest look larger: where a whole year is hidden, no effect and no curve goes over it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np
import polars as pl
from scipy.optimize import brentq

from explorer.benchmark_entries import Benchmarks
from explorer.disclosure.cohort_table import LEAVING, MONTHS_OF, CohortKind, interval_of
from explorer.evaluation.estimate import Estimate
from explorer.evaluation.life_table import Survival, survival
from explorer.evaluation.path import month_after
from explorer.evaluation.settings import Cohorts, EvaluationSettings
from explorer.indicators import wilson_interval
from explorer.plan_indicators.cohorts import STEPS

Cohort = Literal["leaving", "starting"]
Why = Literal["", "hidden", "few"]
_QUARTER = 3  # months
_SURE = 1e-12  # the smallest p-value that is worked out
Counts = tuple[int | None, int | None]  # part and whole
Table = Mapping[tuple[CohortKind, date, int], Counts]  # by kind, end and months followed


@dataclass(frozen=True)
class CohortPoint:
    """Those who left (or began) in one period: ``part`` of ``whole`` were on a plan so many months later.

    ``value``, ``lower`` and ``upper`` are percent; None where hidden.
    """

    end: date
    first: date
    part: int | None
    whole: int | None
    value: float | None
    lower: float | None
    upper: float | None
    status: str


@dataclass(frozen=True)
class CohortCourse:
    """The share by period of leaving or starting, in the finest periods of which few are hidden."""

    cohort: Cohort
    months: int
    kind: CohortKind
    points: tuple[CohortPoint, ...]


@dataclass(frozen=True)
class Side:
    """All who left (or began) before the start, or all after it.

    Attributes:
        part: how many of them were on a plan so many months later.
        whole: how many they are.
        first, last: the days over which they left.
        quarters: how many quarters those are; some in between may be left out.
    """

    part: int
    whole: int
    first: date
    last: date
    quarters: int

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100 * self.part / self.whole


@dataclass(frozen=True)
class Followed:
    """The two sides of a start date, and the difference between them.

    Attributes:
        months: how long everybody was followed.
        before, after: None where nothing can be said of that side.
        estimate: None where the sides cannot be compared.
        why_not: then ``hidden`` (a year of one side is) or ``few`` (too few quarters or children).
    """

    cohort: Cohort
    months: int
    start: date
    before: Side | None
    after: Side | None
    estimate: Estimate | None
    why_not: Why = ""


@dataclass(frozen=True)
class Curve:
    """The share to whom it has happened by each number of months.

    Attributes:
        months: the steps, in rising order.
        at_risk, events: (steps,) children followed through the step who were not back (or still on the plan) before
            it, and how many of them came back (or left the plan) in it.
        left: the share that is left after each step, 0 to 1, with its range.
        side: those who were followed through the first step.
    """

    months: tuple[int, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    left: Survival
    side: Side


@dataclass(frozen=True)
class Curves:
    """The curves before and after a start date, by the same steps; none where every step is hidden on one side."""

    cohort: Cohort
    start: date
    before: Curve | None
    after: Curve | None


def cohort_course(
    table: pl.DataFrame, cohort: Cohort, months: int, benchmarks: Benchmarks, settings: Cohorts
) -> CohortCourse | None:
    """The share on a plan so many months later, by period of leaving or starting.

    Args:
        table: ``Records.cohorts``.
        cohort: "leaving": on a plan again; "starting": still on it.
        months: a number of ``STEPS``.
        benchmarks: the confidence and design effect of the likely range (Wilson).
        settings: how many periods may be hidden; where more are, periods are longer.

    Returns:
        None where no kind of period has a figure.
    """
    counts = _read(table, cohort)
    for kind in sorted(MONTHS_OF, key=lambda kind: MONTHS_OF[kind]):
        found = sorted((end, pair) for (one, end, follow), pair in counts.items() if (one, follow) == (kind, months))
        points = tuple(_point(end, kind, pair, benchmarks) for end, pair in found)
        hidden = sum(point.status == "suppressed" for point in points)
        longest = kind == "year" and hidden < len(points)
        if points and (hidden <= settings.most_hidden.value * len(points) or longest):
            return CohortCourse(cohort, months, kind, points)
    return None


def before_after(
    table: pl.DataFrame, cohort: Cohort, months: int, start: date, benchmarks: Benchmarks, settings: EvaluationSettings
) -> Followed:
    """The share after a start date less the share before it, everybody followed equally long.

    Children who left in a period that the start lies in are on neither side, nor are those at the edge of a side
    whose half-year or quarter is hidden.

    Returns:
        Points, below 0 where the share is lower after. The range is Newcombe's hybrid score with Wilson ranges of
        numbers divided by the design effect; the p-value is 1 less the confidence at which that range just touches 0.

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; its examples in tests/test_cohorts.py.
    """
    counts = _read(table, cohort)
    sides = [_side(counts, (months,), start, after=after) for after in (False, True)]
    before, after = (side[0] if side else None for side in sides)
    if None in sides:
        return Followed(cohort, months, start, before, after, None, "hidden")
    if before is None or after is None or min(before.quarters, after.quarters) < settings.cohorts.fewest.value:
        return Followed(cohort, months, start, before, after, None, "few")
    effect, confidence = benchmarks.uncertainty.design_effect, settings.certainty.confidence.value
    found = difference(before.part, before.whole, after.part, after.whole, effect, confidence)
    points, low, high = (100 * one for one in found[:3])
    estimate = Estimate("cohorts", points, low, high, found[3], points, before.quarters, after.quarters)
    return Followed(cohort, months, start, before, after, estimate)


def difference(
    part_before: float, before: float, part_after: float, after: float, design_effect: float, confidence: float
) -> tuple[float, float, float, float]:
    """The second share less the first (0 to 1), its range, and the p-value that belongs to the range."""
    from statsmodels.stats.proportion import confint_proportions_2indep  # type: ignore[import-untyped]  # noqa: PLC0415

    given = [one / design_effect for one in (part_after, after, part_before, before)]

    def ends(alpha: float) -> tuple[float, float]:
        low, high = confint_proportions_2indep(*given, method="newcomb", compare="diff", alpha=alpha)
        return float(low), float(high)

    apart = part_after / after - part_before / before
    low, high = ends(1 - confidence)
    if apart == 0:
        return 0.0, low, high, 1.0

    def nearest(alpha: float) -> float:
        return ends(alpha)[0] if apart > 0 else -ends(alpha)[1]

    p_value = float(brentq(nearest, _SURE, 1.0, xtol=_SURE)) if nearest(_SURE) < 0 else 0.0
    return apart, low, high, p_value


def curves(
    table: pl.DataFrame, cohort: Cohort, start: date, benchmarks: Benchmarks, settings: EvaluationSettings
) -> Curves:
    """The share that is left after each number of months, for those before a start date and those after it.

    A step rests on all who were followed through it, so late steps rest on fewer. Steps are those that are shown in
    every year on both sides.
    """
    counts = _read(table, cohort)
    steps: tuple[list[list[Side]], list[list[Side]]] = ([], [])
    reached: list[int] = []
    for months in STEPS:
        found = [_side(counts, (*reached[-1:], months), start, after=after) for after in (False, True)]
        if all(found):
            reached.append(months)
            for one, sides in zip(steps, found, strict=True):
                one.append(sides or [])
    effect, confidence = benchmarks.uncertainty.design_effect, settings.certainty.confidence.value
    before, after = (_curve(reached, one, cohort, effect, confidence) for one in steps)
    return Curves(cohort, start, before, after)


def _curve(
    months: Sequence[int], steps: Sequence[Sequence[Side]], cohort: Cohort, effect: float, confidence: float
) -> Curve | None:
    """The curve of one side; each step has the counts at its end, after those at its beginning but in the first."""
    if not steps:
        return None
    happened = [[_happened(side, cohort) for side in step] for step in steps]
    before = [0, *(counts[0] for counts in happened[1:])]
    at_risk = [step[-1].whole - gone for step, gone in zip(steps, before, strict=True)]
    events = [counts[-1] - gone for counts, gone in zip(happened, before, strict=True)]
    if min(at_risk) <= 0:
        return None
    left = survival(np.array(at_risk), np.array(events), effect, confidence)
    return Curve(tuple(months), tuple(at_risk), tuple(events), left, steps[0][-1])


def _happened(side: Side, cohort: Cohort) -> int:
    """How many were back, or had left the plan."""
    return side.part if cohort == LEAVING else side.whole - side.part


def known_by(table: pl.DataFrame, end: date) -> pl.DataFrame:
    """What of the table was known on a day: periods whose last children had been followed so long by then."""
    months = {interval_of(cohort, step): step for cohort in get_args(Cohort) for step in STEPS}
    followed = pl.col("interval").replace_strict(months, return_dtype=pl.Int64)
    last = pl.col("period_end").dt.offset_by(pl.format("{}mo", followed)).dt.month_end()
    return table.filter(last <= end)


def _read(table: pl.DataFrame, cohort: Cohort) -> Table:
    rows = table.filter(cohort=cohort).select("period_kind", "period_end", "interval", "numerator", "denominator")
    months = {interval_of(cohort, step): step for step in STEPS}
    return {(kind, end, months[name]): (part, whole) for kind, end, name, part, whole in rows.iter_rows()}


def _first(end: date, kind: CohortKind) -> date:
    """The first day of a period."""
    return month_after(end, 1 - MONTHS_OF[kind])


def _point(end: date, kind: CohortKind, counts: Counts, benchmarks: Benchmarks) -> CohortPoint:
    part, whole = counts
    if part is None or whole is None:
        return CohortPoint(end, _first(end, kind), None, whole, None, None, None, "suppressed")
    if whole == 0:
        return CohortPoint(end, _first(end, kind), part, whole, None, None, None, "not_applicable")
    low, high = wilson_interval(float(part), float(whole), benchmarks)
    ends = max(100 * low, 0.0), min(100 * high, 100.0)
    return CohortPoint(end, _first(end, kind), part, whole, 100 * part / whole, *ends, "published")


def _side(counts: Table, months: Sequence[int], start: date, *, after: bool) -> list[Side] | None:
    """One side for each number of months, of the same children; none where nobody is on it, None where one is hidden.

    Whole years are taken where they lie on the side and were followed so long, else half-years, else quarters. A
    hidden year hides the side; hidden parts of a year at its edge are left out.
    """
    tiles: list[tuple[CohortKind, date]] = []
    covered: list[tuple[date, date]] = []
    for kind in MONTHS_OF:
        for end in sorted({end for one, end, follow in counts if (one, follow) == (kind, max(months))}):
            first = _first(end, kind)
            inside = first >= start if after else end < start
            if not inside or any(one <= first and end <= other for one, other in covered):
                continue
            shown = all(None not in counts.get((kind, end, follow), (None, None)) for follow in months)
            if kind == "year" and not shown:
                return None
            if shown:
                tiles.append((kind, end))
                covered.append((first, end))
    return [side for follow in months if (side := _together(counts, tiles, follow)) is not None]


def _together(counts: Table, tiles: Sequence[tuple[CohortKind, date]], months: int) -> Side | None:
    """The tiles' children together, followed so many months."""
    pairs = [counts[kind, end, months] for kind, end in tiles]
    whole = sum(each or 0 for _, each in pairs)
    if not whole:
        return None
    quarters = sum(MONTHS_OF[kind] // _QUARTER for kind, _ in tiles)
    first = min(_first(end, kind) for kind, end in tiles)
    return Side(sum(part or 0 for part, _ in pairs), whole, first, max(end for _, end in tiles), quarters)

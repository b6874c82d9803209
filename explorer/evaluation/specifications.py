"""The same question asked of the same course in other ways: other dates, other months, other models."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from explorer.evaluation.estimate import Kind, Specification
from explorer.evaluation.interrupted import NotAsked, ask, estimate_of, unasked
from explorer.evaluation.path import Path, month_after, months_between, step
from explorer.evaluation.regressors import Plan, Window, touches
from explorer.evaluation.settings import EvaluationSettings
from explorer.evaluation.shares import Shares, shares_of
from explorer.models.series import Series
from explorer.wording import day, plural

MAIN = "As planned"
# Neither gives a verdict: with nothing changed the first finds an effect in 9 to 12 of 100 courses, and the second in
# 7 to 15 where shares wander as published ones do (bench/results/interrupted.json).
NEWEY_WEST, NO_TREND = "Newey-West ranges (sensitivity only)", "No trend (sensitivity only)"
_MARCH = 3


def specifications_of(
    series: Series, path: Path, plan: Plan, settings: EvaluationSettings
) -> tuple[Specification, ...]:
    """Those of a series; none where it is of a kind that this is not asked of."""
    return () if unasked(series) else specifications(shares_of(series), path, plan, settings)


def specifications(shares: Shares, path: Path, plan: Plan, settings: EvaluationSettings) -> tuple[Specification, ...]:
    """Every way of asking, the main one first. What cannot be fitted says why.

    Args:
        shares: the counts.
        path: how the effect is expected to arrive.
        plan: how the main question is asked.
    """

    def asked(kind: Kind, label: str, of: Shares, along: Path, how: Plan) -> Specification:
        found = ask(of, along, how, settings)
        if isinstance(found, NotAsked):
            return Specification(kind, label, None, found.why)
        return Specification(kind, label, estimate_of(found, settings.certainty.confidence.value))

    def same(kind: Kind, label: str, how: Plan) -> Specification:
        return asked(kind, label, shares, path, how)

    moved = int(settings.interrupted.moved.value)
    found = [same("main", MAIN, plan)]
    before = shares.before(path.start)
    for months in placebo_months(shares, path, settings):
        earlier = path.moved(-months)
        found.append(asked("placebo_date", f"{earlier.start:%B %Y}", before, earlier, plan))
    for months, word in ((-moved, "earlier"), (moved, "later")):
        found.append(asked("start", f"{plural(moved, 'month', 'months')} {word}", shares, path.moved(months), plan))
    found += [same("window", label, how) for label, how in _windows(shares, path, plan, settings)]
    if path.shares != step(path.start).shares:
        found.append(asked("path", "All at once", shares, step(path.start), plan))
    found += [same("model", label, how) for label, how in _models(shares, plan)]
    found += [same("sensitivity", label, how) for label, how in _sensitivities(plan)]
    return tuple(found)


def placebo_months(shares: Shares, path: Path, settings: EvaluationSettings) -> tuple[int, ...]:
    """How many months before the start each dated placebo begins: the nearest first.

    They lie so many months apart as the start is moved as a test. Only figures from before the real start are used, and
    each date leaves as many periods before and after it as the main question needs.
    """
    rules = settings.interrupted
    before = shares.before(path.start)
    if not before.ends:
        return ()
    apart = int(rules.moved.value)
    usable = [
        end
        for end, hidden, whole in zip(before.ends, before.hidden, before.wholes, strict=True)
        if whole and not hidden
    ]
    found = []
    for months in range(apart, months_between(before.ends[0], path.start) + 1, apart):
        start = month_after(path.start, -months)
        earlier = sum(end < start for end in usable)
        if earlier >= rules.fewest_before.value and len(usable) - earlier >= rules.fewest_after.value:
            found.append(months)
    return tuple(found)


def _windows(shares: Shares, path: Path, plan: Plan, settings: EvaluationSettings) -> Iterator[tuple[str, Plan]]:
    """Months after the start left out; the pandemic and all that came later left out; each year after left out."""
    months = int(settings.interrupted.wash_out.value)
    yield f"First {plural(months, 'month', 'months')} left out", replace(plan, wash_out=months)
    last = shares.ends[-1]
    if plan.pandemic and _touched(shares, plan.pandemic):
        without = replace(plan, pandemic=None)
        yield "Pandemic left out", replace(without, left_out=(*plan.left_out, plan.pandemic))
        if plan.pandemic[0] > path.start:
            since = (plan.pandemic[0], last)
            yield f"Only up to {day(plan.pandemic[0])}", replace(without, left_out=(*plan.left_out, since))
    for year in _years_after(path.start, last):
        yield f"Without {_year_words(year)}", replace(plan, left_out=(*plan.left_out, year))


def _touched(shares: Shares, window: Window) -> bool:
    return any(touches(end, shares.months, window) for end in shares.ends)


def _years_after(start: date, last: date) -> Iterator[Window]:
    """Reporting years that begin before the last period ends, from the one that the start lies in."""
    first = start.year - (start.month <= _MARCH)
    for year in range(first, last.year + 1):
        begins = date(year, _MARCH + 1, 1)
        if begins <= last:
            yield max(begins, start), date(year + 1, _MARCH, 31)


def _year_words(year: Window) -> str:
    return f"the year to {year[1]:%B %Y}"


def _models(shares: Shares, plan: Plan) -> Iterator[tuple[str, Plan]]:
    if plan.pairs:
        yield "No seasons", replace(plan, pairs=0)
    if plan.pandemic and _touched(shares, plan.pandemic):
        yield "Pandemic like other times", replace(plan, pandemic=None)
    yield "Change of level and of slope", replace(plan, shape="level_and_slope")


def _sensitivities(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Ways that find an effect too often where there is none (bench/results/interrupted.json)."""
    if plan.trend:
        yield NO_TREND, replace(plan, trend=False)
    yield NEWEY_WEST, replace(plan, errors="newey_west")

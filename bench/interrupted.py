"""Interrupted time series of invented authorities with brothers and sisters: what is found where nothing happened.

And what is found where something did. The functions that ship are simulated, as the pages call them.
"""

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from pathlib import Path as File
from typing import Any

import numpy as np
from scipy.special import expit, logit

from explorer.evaluation.interrupted import Asked, Interrupted, ask, estimate_of, evaluate, planned
from explorer.evaluation.path import Array, Path, month_after, step
from explorer.evaluation.regressors import Plan
from explorer.evaluation.settings import EvaluationSettings, load_evaluation_settings
from explorer.evaluation.shares import Months, Shares
from explorer.evaluation.specifications import NEWEY_WEST, NO_TREND
from explorer.plan_indicators import month_ends

ROOT = File(__file__).parents[1]
START = date(2018, 9, 1)
PANDEMIC = (date(2020, 3, 23), date(2021, 7, 19))
SERIES = {"null": 2_000, "specifications": 2_000, "effects": 1_000, "drift": 1_000}
BASE = 0.25
EFFECTS = ((0.28, 0.22), (0.28, 0.18))
# points a year that authorities' shares move by themselves and keep: what explorer.evaluation.drift.own_drift finds in
# the published re-plan shares of all authorities, 2013 to 2025, with a design effect of 2.8
DRIFT = 1.34
SIZES, LENGTHS = (22, 8, 60), ((36, 36), (24, 12), (41, 79))
# the share of its eventual change that the plan model expects of the re-plan share by years 0, 1, 2, 3, 5, 10
_YEARS, _THERE = (0, 1, 2, 3, 5, 10), (0.0, 0.21, 0.38, 0.49, 0.64, 0.91)
PATHS = {
    "as the plan model says": Path(
        "as the plan model says",
        START,
        tuple(float(np.interp((month + 0.5) / 12, _YEARS, _THERE)) for month in range(120)),
    ),
    "all at once": step(START),
}


@dataclass(frozen=True)
class Course:
    """An invented authority: starts a month, months before and after the start, months a period, and the path."""

    starts: int
    before: int
    after: int
    months: Months
    path: str

    @property
    def name(self) -> str:
        """'22 starts a month, 36+36 months by quarter, all at once'."""
        by = "month" if self.months == 1 else "quarter"
        return f"{self.starts} starts a month, {self.before}+{self.after} months by {by}, {self.path}"

    @property
    def ends(self) -> tuple[date, ...]:
        """The last day of each period; the start is on a period's first day."""
        before, after = (number // self.months * self.months for number in (self.before, self.after))
        first, last = month_after(START, -before), month_after(START, after - 1)
        return tuple(month_ends(first, _end(last)))[self.months - 1 :: self.months]


def _end(first: date) -> date:
    """The last day of the month that begins on a day."""
    return date.fromordinal(month_after(first, 1).toordinal() - 1)


def invented(course: Course, shares: Array, number: int, seed: int, drift: float = 0.0) -> Iterator[Shares]:
    """Series of authorities: families of one child and others by chance (two on average) that re-plan together.

    Args:
        drift: points a year that each authority's share walks by itself.
    """
    generator = np.random.default_rng([seed, course.starts, course.before, course.after, course.months])
    ends = course.ends
    for _ in range(number):
        families = generator.poisson(course.starts * course.months / 2, len(ends))
        period = np.repeat(np.arange(len(ends)), families)
        sizes = 1 + generator.poisson(1.0, len(period))
        usual = shares if not drift else _drifting(shares, drift, course.months, generator)
        again = generator.random(len(period)) < usual[period]
        wholes = np.bincount(period, sizes, len(ends))
        parts = np.bincount(period, sizes * again, len(ends))
        yield Shares(ends, tuple(parts.tolist()), tuple(wholes.tolist()), course.months)


def _drifting(shares: Array, drift: float, months: Months, generator: np.random.Generator) -> Array:
    walk = np.cumsum(generator.normal(0, drift / 100 * sqrt(months / 12), len(shares)))
    return np.asarray(np.clip(shares + walk - walk.mean(), 0.02, 0.98))


def expected(course: Course, base: float, to: float) -> Array:
    """(periods,) the share of each period where it goes from one to another on the scale of log odds."""
    seen = PATHS[course.path].exposure(course.ends, course.months)
    return np.asarray(expit(logit(base) + seen * (logit(to) - logit(base))))


def nothing_happened(
    course: Course, plan: Plan, settings: EvaluationSettings, number: int, placebo: int = 0, drift: float = 0.0
) -> dict[str, float]:
    """How often an effect is found where there is none, and how often a range holds none.

    Args:
        placebo: months before the start that a date is asked of, with figures from before the start alone.
        drift: points a year that the share walks by itself.
    """
    path = PATHS[course.path].moved(-placebo)
    found = holds = asked = 0
    for shares in invented(course, expected(course, BASE, BASE), number, 1, drift):
        fitted = ask(shares.before(START) if placebo else shares, path, plan, settings)
        if not isinstance(fitted, Asked):
            continue
        estimate = estimate_of(fitted, settings.certainty.confidence.value)
        asked += 1
        found += estimate.p_value < 1 - settings.certainty.confidence.value
        holds += estimate.lower <= 0 <= estimate.upper
    return {
        "type_one_percent": round(100 * found / asked, 2),
        "coverage_percent": round(100 * holds / asked, 2),
        "asked": asked,
    }


def something_happened(
    course: Course, base: float, to: float, settings: EvaluationSettings, number: int
) -> dict[str, float]:
    """How near a known effect is found on average, how often ranges hold it, and how often it is told from none."""
    shares = expected(course, base, to)
    true = 100 * float(shares[-1] - base)
    effects, ratios, holds, clear, counted = [], [], 0, 0, 0
    after = np.array([end >= START for end in course.ends])
    for one in invented(course, shares, number, 2):
        found = evaluate(one, PATHS[course.path], planned(course.months, settings), settings)
        if not isinstance(found, Interrupted):
            continue
        estimate, since = found.estimate, found.since
        effects.append(estimate.effect)
        ratios.append(np.log(found.terms[-1].odds_ratio))
        holds += estimate.lower <= true <= estimate.upper
        clear += estimate.clear
        more = float(((shares - base) * np.array(one.wholes, dtype=np.float64))[after].sum())
        counted += since.lower <= more <= since.upper
    size = len(effects)
    odds = float(logit(shares[-1]) - logit(base))
    return {
        "true_points": round(true, 2),
        "mean_error_points": round(float(np.mean(effects)) - true, 2),
        "standard_error_points": round(float(np.std(effects)) / sqrt(size), 2),
        "mean_error_log_odds": round(float(np.mean(ratios)) - odds, 3),
        "standard_error_log_odds": round(float(np.std(ratios)) / sqrt(size), 3),
        "coverage_percent": round(100 * holds / size, 1),
        "coverage_of_count_percent": round(100 * counted / size, 1),
        "power_percent": round(100 * clear / size, 1),
        "asked": size,
    }


def other_ways(months: Months, settings: EvaluationSettings) -> Mapping[str, tuple[Plan, int]]:
    """The families of specifications by name: how it is asked, and how many months early."""
    plan = planned(months, settings)
    year = (date(2019, 4, 1), date(2020, 3, 31))
    return {
        NO_TREND: (replace(plan, trend=False), 0),
        "no seasons": (replace(plan, pairs=0), 0),
        "pandemic with a level of its own": (replace(plan, pandemic=PANDEMIC), 0),
        "first 3 months left out": (replace(plan, wash_out=int(settings.interrupted.wash_out.value)), 0),
        "a year left out": (replace(plan, left_out=(year,)), 0),
        "change of level and of slope": (replace(plan, shape="level_and_slope"), 0),
        "placebo 12 months earlier": (plan, 12),
        NEWEY_WEST: (replace(plan, errors="newey_west"), 0),
    }


def courses() -> Iterator[Course]:
    """Every course that is tried."""
    for starts in SIZES:
        for before, after in LENGTHS:
            for months in (1, 3):
                for path in PATHS:
                    yield Course(starts, before, after, 1 if months == 1 else 3, path)


def main() -> None:
    """Run, print and record."""
    settings = load_evaluation_settings(ROOT / "config")
    began = time.perf_counter()
    record: dict[str, Any] = {"python": platform.python_version(), "cores": os.cpu_count(), "series": SERIES}

    def tell(part: str, name: str, row: dict[str, float]) -> None:
        record.setdefault(part, {})[name] = row
        print(f"{part} | {name}: " + ", ".join(f"{what} {value}" for what, value in row.items()), flush=True)

    for base, to in EFFECTS:
        for course in courses():
            if (course.before, course.after) != (24, 12):
                row = something_happened(course, base, to, settings, SERIES["effects"])
                tell("effects", f"{base:.0%} to {to:.0%}; {course.name}", row)
    for course in courses():
        plan = planned(course.months, settings)
        tell("null", course.name, nothing_happened(course, plan, settings, SERIES["null"]))
    ordinary = [course for course in courses() if (course.starts, course.before, course.after) == (22, 36, 36)]
    for course in ordinary:
        for name, (plan, placebo) in other_ways(course.months, settings).items():
            row = nothing_happened(course, plan, settings, SERIES["specifications"], placebo)
            tell("specifications", f"{name}; {course.name}", row)
    for course in courses():
        if course.starts == SIZES[0] and (course.before, course.after) != (24, 12):
            for name, trend in (("as planned", True), (NO_TREND, False)):
                plan = replace(planned(course.months, settings), trend=trend)
                row = nothing_happened(course, plan, settings, SERIES["drift"], drift=DRIFT)
                tell("drift", f"{name}; {course.name}", row)
    record["seconds"] = round(time.perf_counter() - began)
    target = ROOT / "bench" / "results" / "interrupted.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

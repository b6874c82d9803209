"""How often a controlled comparison finds an effect where there is none, and whether it finds one that is there.

Run with ``python -m bench.controlled``; writes bench/results/controlled.json. Invented countries of 150 authorities of
real sizes, with brothers and sisters, lasting differences, England's course and a drift of each authority's own, as
large as in the published figures. Nothing is done in any, or six points are taken off one authority's share.
"""

import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bench.invented import Array, Course, country
from bench.standing import sizes
from explorer.evaluation.controlled import Controlled, Question, compare
from explorer.evaluation.estimators import WAYS
from explorer.evaluation.panel import Panel, panel
from explorer.evaluation.path import step
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
COUNTRIES, AUTHORITIES = 500, 150
SMALL, LARGE = (30, 60), 400  # plans started a year
START, BEFORE, LASTS = date(2018, 9, 1), 2018, (2019, 2020, 2025)
EFFECT = -6.0  # points
_FEWEST = 60  # plans, below which a published share tells little of drift
_RANDOM = 2  # authorities of a country that are asked about whoever they are


def course_of(world: World) -> tuple[Course, dict[str, float]]:
    """England's course, and the spread and drift that the published shares of re-plans show.

    The mean square change over k years is a variance of chance, alike for all k, and k years of drift.
    """
    codes = tuple(area.code for area in world.areas.authorities)
    known = panel(world.table, "repeat_plan_percent", codes, stock=False)
    counted = np.where(np.isnan(known.middle), 0.0, np.nan_to_num(known.base))
    common = (np.nan_to_num(known.middle) * counted).sum(axis=0) / counted.sum(axis=0)
    apart = np.where(known.base >= _FEWEST, known.middle - common, np.nan)
    chance = np.where(known.base >= _FEWEST, known.middle * (100 - known.middle) / known.base, np.nan)
    rows = []
    for lag in range(1, 9):
        steps, both = apart[:, lag:] - apart[:, :-lag], chance[:, lag:] + chance[:, :-lag]
        there = ~np.isnan(steps) & ~np.isnan(both)
        rows.append((lag, both[there].mean(), np.square(steps[there]).mean()))
    lags, twice, squares = np.array(rows).T
    (drift, effect), *_ = np.linalg.lstsq(np.column_stack([lags, twice]), squares, rcond=None)
    first = apart[:, :3]
    lasting = np.nanvar(first) - effect * np.nanmean(chance[:, :3])
    learnt = {"drift, points a year": float(np.sqrt(drift)), "design effect": float(effect),
              "lasting differences, points": float(np.sqrt(lasting))}  # fmt: skip
    return Course(known.years, common / 100, float(np.sqrt(lasting)) / 100, float(np.sqrt(drift)) / 100), learnt


def asked_about(found: Panel, wholes: Array, generator: np.random.Generator) -> Iterator[tuple[str, int]]:
    """The authorities of a country that are asked about, and why."""
    for row in generator.choice(AUTHORITIES, _RANDOM, replace=False):
        yield "any", int(row)
    yield "small", 0
    yield "large", int(generator.choice(np.flatnonzero(wholes >= LARGE)))
    yield "highest the year before", int(found.middle[:, found.years.index(BEFORE)].argmax())


def measured(world: World, course: Course) -> dict[tuple[str, str, int], list[tuple[float, ...]]]:
    """Every question of every country: effect, range, p-values, and the change by itself."""
    rows: dict[tuple[str, str, int], list[tuple[float, ...]]] = {}
    for number in range(COUNTRIES):
        generator = np.random.default_rng([5, number])
        wholes = sizes(world, AUTHORITIES, number)
        wholes[0] = generator.uniform(*SMALL)
        nothing = country(wholes, course, generator, {})
        there = step(START).exposure(nothing.ends, 12) * EFFECT / 100
        real = int(generator.integers(1, AUTHORITIES))
        changed = country(wholes, course, generator, {real: there})
        questions = [(nothing, *asked) for asked in asked_about(nothing, wholes, generator)]
        for held, kind, row in (*questions, (changed, "six points off", real)):
            for way in WAYS:
                for last in LASTS:
                    found = compare(held, Question(str(row), step(START), last, way), world.evaluation)
                    if not isinstance(found, Controlled):
                        raise RuntimeError(found.why)
                    rows.setdefault((kind, way, last), []).append(_row(found, held, row))
    return rows


def _row(found: Controlled, held: Panel, row: int) -> tuple[float, ...]:
    one, of = found.estimate, found.place.of
    share = held.middle[row]
    by_itself = share[held.years.index(found.years[-1])] - share[held.years.index(BEFORE)]
    ratio = (1 + found.ratio_larger) / (1 + of)
    return one.effect, one.lower, one.upper, one.p_value, found.place.p_unscaled, ratio, by_itself


def summed(rows: list[tuple[float, ...]], truth: float) -> dict[str, float]:
    """What the questions of one kind gave."""
    effect, lower, upper, p, unscaled, ratio, by_itself = np.array(rows).T
    return {
        "authorities": len(rows),
        "effect found, percent": float(100 * (p <= 0.05).mean()),
        "range holds the truth, percent": float(100 * ((lower <= truth) & (truth <= upper)).mean()),
        "mean error, points": float((effect - truth).mean()),
        "standard error of that": float(effect.std() / np.sqrt(len(rows))),
        "spread, points": float(effect.std()),
        "half the range, points": float(((upper - lower) / 2).mean()),
        "effect found without minding size, percent": float(100 * (unscaled <= 0.05).mean()),
        "effect found by growth of the gap, percent": float(100 * (ratio <= 0.05).mean()),
        "change from the year before by itself, points": float(by_itself.mean()),
    }


def main() -> None:
    """Run, print and record."""
    world = load_world()
    course, learnt = course_of(world)
    begun = time.perf_counter()
    rows = measured(world, course)
    seconds = time.perf_counter() - begun
    asked = sum(len(one) for one in rows.values())
    exposure = dict(zip(LASTS, step(START).exposure([date(year, 3, 31) for year in LASTS], 12), strict=True))
    results: dict[str, Any] = {}
    for (kind, way, last), found in rows.items():
        truth = EFFECT * float(exposure[last]) if kind == "six points off" else 0.0
        results.setdefault(kind, {}).setdefault(way, {})[str(last - BEFORE)] = summed(found, truth)
    for kind, ways in results.items():
        print(f"\n{kind}")
        for way, years in ways.items():
            for after, row in years.items():
                print(
                    f"  {way}, {after} years after: " + ", ".join(f"{what} {value:.2f}" for what, value in row.items())
                )
    record = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "countries": COUNTRIES,
        "learnt_from_published": learnt,
        "milliseconds_a_comparison_with_its_country": 1000 * seconds / asked,
        "years_after": results,
    }
    target = ROOT / "bench" / "results" / "controlled.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

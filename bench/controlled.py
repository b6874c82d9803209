"""How often a controlled comparison finds an effect where there is none, and whether it finds one that is there.

Run with ``python -m bench.controlled``; writes bench/results/controlled.json. Invented countries of 150 authorities of
real sizes, with brothers and sisters, lasting differences, England's course and a drift of each authority's own, as
large as in the published figures. Nothing is done in any, or six points are taken off one authority's share, at once or
as the plan model says. All ways are asked of everybody with an effect that comes at once; along the plan model's path
the small and the large ones only by the way that gives the verdict.
"""

import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path as File
from typing import Any

import numpy as np

from bench.interrupted import PATHS
from bench.invented import Array, Course, country
from bench.standing import sizes
from explorer.evaluation.controlled import Controlled, Question, compare
from explorer.evaluation.estimators import WAYS, Way
from explorer.evaluation.panel import Panel, panel
from explorer.world import World, load_world

ROOT = File(__file__).parents[1]
COUNTRIES, AUTHORITIES = 500, 150
SMALL, LARGE = (30, 60), 400  # plans started a year
START, BEFORE, LASTS = date(2018, 9, 1), 2018, (2019, 2020, 2025)
EFFECT = -6.0  # points
KNOWN = "six points off"
Key = tuple[str, str, Way, int]  # the path, who is asked about, the way of asking and the last year
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


def measured(world: World, course: Course) -> dict[Key, list[tuple[float, ...]]]:
    """Every question of every country: effect, range, p-values, and the change by itself."""
    rows: dict[Key, list[tuple[float, ...]]] = {}
    for number in range(COUNTRIES):
        generator = np.random.default_rng([5, number])
        wholes = sizes(world, AUTHORITIES, number)
        wholes[0] = generator.uniform(*SMALL)
        nothing = country(wholes, course, generator, {})
        real = int(generator.integers(1, AUTHORITIES))
        changed = {}
        for name in sorted(
            PATHS
        ):  # one stream of chance for each path, so that one more leaves the others as they were
            there = PATHS[name].exposure(nothing.ends, 12) * EFFECT / 100
            at_once = PATHS[name].shares == (1.0,)
            own = generator if at_once else np.random.default_rng([6, number])
            changed[name] = country(wholes, course, own, {real: there})
        questions = list(asked_about(nothing, wholes, generator))
        for name, path in PATHS.items():
            for held, kind, row in (*((nothing, *one) for one in questions), (changed[name], KNOWN, real)):
                for way in ways_of(world, name, kind):
                    for last in LASTS:
                        found = compare(held, Question(str(row), path, last, way), world.evaluation)
                        if not isinstance(found, Controlled):
                            raise RuntimeError(found.why)
                        rows.setdefault((name, kind, way, last), []).append(_row(found, held, row))
    return rows


def ways_of(world: World, path: str, kind: str) -> tuple[Way, ...]:
    """The ways that are asked."""
    everything = PATHS[path].shares == (1.0,) or kind not in ("small", "large")
    return WAYS if everything else (world.evaluation.main.published,)


def _row(found: Controlled, held: Panel, row: int) -> tuple[float, ...]:
    one, of = found.estimate, found.place.of
    share = held.middle[row]
    by_itself = share[held.years.index(found.years[-1])] - share[held.years.index(BEFORE)]
    unscaled = int((np.abs(found.placebos.effects) >= abs(one.full * found.exposure[-1])).sum())
    ranks = [(1 + larger) / (1 + of) for larger in (unscaled, found.ratio_larger)]
    return one.effect, one.lower, one.upper, one.p_value, *ranks, by_itself


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
    results: dict[str, Any] = {}
    for (path, kind, way, last), found in rows.items():
        there = float(PATHS[path].exposure([date(last, 3, 31)], 12)[0])
        row = summed(found, EFFECT * there if kind == KNOWN else 0.0)
        results.setdefault(path, {}).setdefault(kind, {}).setdefault(way, {})[str(last - BEFORE)] = row
        said = ", ".join(f"{what} {value:.2f}" for what, value in row.items())
        print(f"{path}, {kind}, {way}, {last - BEFORE} years after: {said}")
    record = {
        "seconds": round(seconds),
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

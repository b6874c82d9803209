"""How often invented authorities without any change are said to have changed, by children who left before and after.

Run with ``python -m bench.cohorts``; writes bench/results/cohorts.json. Families of two children on average leave a
plan together and come back together, or not at all. Three years are before the start and three after it; a start on
1 September lies inside a quarter and a year. The counts go through disclosure control, as those of a page do, so that
what is hidden because it is small is part of the test.
"""

import json
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from explorer.disclosure import Replans, protect_cohorts
from explorer.evaluation.cohorts import before_after
from explorer.plan_indicators import COHORTS, PLAN_INDICATORS, STEPS, month_ends
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
AUTHORITIES = 1_000
START = date(2018, 9, 1)
FIRST, LAST = date(2015, 9, 1), date(2021, 8, 31)  # days on which a plan may end
FOLLOWED = 12  # months
_SPREAD = (0.45, 0.7, 1.0, 1.4)  # those back by 3, 6, 12 and 24 months, for each one back by 12
QUARTERS = tuple(end for end in month_ends(date(2015, 10, 1), LAST) if end.month % 3 == 0)  # whole ones


@dataclass(frozen=True)
class Invented:
    """A country of authorities that are alike.

    Attributes:
        monthly: plans ended a month, on average.
        before, after: the share of children who are back within twelve months.
    """

    monthly: int
    before: float
    after: float


def left_and_came_back(one: Invented, generator: np.random.Generator) -> pl.DataFrame:
    """The quarters of one authority as ``plan_indicators.COHORTS``."""
    rows = []
    for end in QUARTERS:
        sizes = 1 + generator.poisson(1.0, generator.poisson(3 * one.monthly / 2))
        share = one.before if end < START else one.after
        drawn = generator.random(len(sizes))  # the whole family comes back at once
        back = [int(sizes[drawn < share * part].sum()) for part in _SPREAD]
        rows += [(end, months, some, int(sizes.sum())) for months, some in zip(STEPS, back, strict=True)]
    return pl.DataFrame(rows, schema=COHORTS, orient="row")


def all_shown() -> pl.DataFrame:
    """Figures that show how many plans ended in each month; which numbers they are does not matter here."""
    months = month_ends(FIRST, LAST)
    rows = [("plans_ended", end, "month", 0, None, 0.0, None, None, "published") for end in months]
    return pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row")


def plenty() -> Replans:
    """So many re-plans that nothing has to be hidden because of them."""
    return Replans(QUARTERS, np.full(len(QUARTERS), 10_000.0), np.full(len(QUARTERS), np.nan))


def asked(world: World, one: Invented, seed: int) -> dict[str, float]:
    """What before and after says of a thousand such authorities."""
    generator, shown = np.random.default_rng(seed), all_shown()
    benchmarks, truth = world.config.benchmarks, 100 * (one.after - one.before)
    found = []
    for _ in range(AUTHORITIES):
        table = protect_cohorts(left_and_came_back(one, generator), shown, benchmarks.suppression, plenty())
        result = before_after(table, "leaving", FOLLOWED, START, benchmarks, world.evaluation)
        if result.estimate is not None:
            found.append(result.estimate)
    errors = np.array([estimate.effect - truth for estimate in found])
    held = [estimate.lower <= truth <= estimate.upper for estimate in found]
    told = len(found)
    return {
        "plans ended a month": one.monthly,
        "true effect, points": round(truth, 6),
        "authorities that could be asked": told,
        "called clear, percent": 100 * sum(estimate.clear for estimate in found) / told,
        "ranges that hold the truth, percent": 100 * sum(held) / told,
        "mean error, points": float(errors.mean()),
        "standard error of that": float(errors.std(ddof=1) / np.sqrt(told)),
        "mean width of the ranges, points": float(np.mean([estimate.upper - estimate.lower for estimate in found])),
    }


def main() -> None:
    """Run, print and record."""
    world = load_world()
    cases = {
        f"{title}, {monthly} a month": Invented(monthly, 0.2, after)
        for monthly in (8, 22, 60)
        for title, after in (("no change", 0.2), ("from 20% to 14%", 0.14))
    }
    results = {name: asked(world, one, seed) for seed, (name, one) in enumerate(cases.items(), 20180901)}
    for name, row in results.items():
        print(f"{name}: " + ", ".join(f"{what} {value:.2f}" for what, value in row.items()))
    record = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "authorities": AUTHORITIES,
        "design_effect": world.config.benchmarks.uncertainty.design_effect,
        "before_after": results,
    }
    target = ROOT / "bench" / "results" / "cohorts.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

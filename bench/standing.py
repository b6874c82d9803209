"""How often authorities without any real difference or change are flagged, and how far high ones come back.

Run with ``python -m bench.standing``; writes bench/results/standing.json. Two countries of 1,000 authorities with
brothers and sisters (families of two on average who re-plan together): all alike, and with lasting differences but no
change. Then regression to the mean in the published figures: what was expected beside what happened a year later.
"""

import json
import os
import platform
from pathlib import Path

import numpy as np

from bench.simulated import YEARS, Array, Null, among_all, among_ten, figures, register
from explorer.benchmarks.change import change
from explorer.benchmarks.position import figures_of
from explorer.benchmarks.standing import everyone, standing
from explorer.benchmarks.tally import tally
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
AUTHORITIES = 1_000
SHARES = ("repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent")
_FEWEST, _TOP = 30, 0.9


def flagged(world: World, null: Null, seed: int) -> dict[str, float]:
    """Percent of authorities flagged in the second year, by each thing that a page says."""
    entry, benchmarks = world.config.indicators["repeat_plan_percent"], world.config.benchmarks
    generator = np.random.default_rng(seed)
    table, areas = figures(null, entry, benchmarks, generator), register(len(null.wholes))
    rules, effect = benchmarks.standing, benchmarks.uncertainty.design_effect
    every = [everyone(among_all(table, areas, entry, year), entry.scale, rules, effect) for year in YEARS]
    known = [figures_of(table, "simulated", year) for year in YEARS]
    higher = lower = changed = outside = 0
    for number in range(len(null.wholes)):
        before, now = (among_ten(one, areas, entry, number, year) for one, year in zip(known, YEARS, strict=True))
        found = standing(now, every[1], before, every[0])
        higher += found.verdict == "higher"
        lower += found.verdict == "lower"
        outside += found.why == "first_time"
        step = change(before.figure, now.figure, entry.scale)
        changed += step is not None and bool(step.clear)
    each = 100 / len(null.wholes)
    return {
        "higher": higher * each,
        "lower": lower * each,
        "higher or lower": (higher + lower) * each,
        "outside the usual range for the first time (not flagged)": outside * each,
        "change called clear": changed * each,
    }


def sizes(world: World, number: int, seed: int) -> Array:
    """Plans started of real authorities, drawn with replacement."""
    known = world.history.started[:, world.history.years.index(2018)]
    known = known[~np.isnan(known) & (known >= _FEWEST)]
    return np.random.default_rng(seed).choice(known, number)


def coming_back(world: World, indicator: str) -> dict[str, float]:
    """Published figures: how far from the others, what the model keeps of it, and what was kept a year later."""
    entry, benchmarks = world.config.indicators[indicator], world.config.benchmarks
    anyone = world.areas.authorities[0].code
    years = [year for year in world.years if world.has(indicator, year)]
    found = {year: world.position(anyone, indicator, year, benchmarks.england) for year in years}
    counts = {year: tally((one.figure, *one.members), entry.scale) for year, one in found.items()}
    effect = benchmarks.uncertainty.design_effect
    far, kept, later = [], [], []
    for year in years[:-1]:
        now, after = counts[year], counts[year + 1]
        if not now.areas or not after.areas:
            continue
        every = everyone(found[year], entry.scale, benchmarks.standing, effect)
        then = float(after.middle.sum() / after.base.sum())
        for area in set(now.areas) & set(after.areas):
            row, next_row = now.row[area], after.row[area]
            if min(now.base[row], after.base[next_row]) < _FEWEST:
                continue
            difference = float(now.share[row]) - every.spread.theta
            far.append(difference)
            kept.append((1 - every.prior.weight(float(now.base[row]))) * difference)
            later.append(float(after.share[next_row]) - then)
    differences, expected, seen = (np.array(column) * 100 for column in (far, kept, later))
    top = differences >= np.quantile(differences, _TOP)
    return {
        "authorities and years": len(differences),
        "kept a year later, for each 1 expected": float((expected * seen).sum() / (expected**2).sum()),
        "highest tenth, points above": float(differences[top].mean()),
        "highest tenth, expected a year later": float(expected[top].mean()),
        "highest tenth, seen a year later": float(seen[top].mean()),
    }


def main() -> None:
    """Run, print and record."""
    world = load_world()
    wholes = sizes(world, AUTHORITIES, 1)
    generator = np.random.default_rng(2)
    countries = {
        "all alike": np.full(AUTHORITIES, 0.2),
        "lasting differences (standard deviation 4 points)": np.clip(generator.normal(0.2, 0.04, AUTHORITIES), 0.02, 1),
    }
    nulls = {name: flagged(world, Null(wholes, levels), 3) for name, levels in countries.items()}
    nulls |= {
        f"all alike, {whole} plans a year": flagged(
            world, Null(np.full(AUTHORITIES, float(whole)), np.full(AUTHORITIES, 0.2)), 4
        )
        for whole in (60, 250, 1_000)
    }
    back = {name: coming_back(world, name) for name in SHARES}
    for title, results in (("Flagged, percent of 1,000 authorities", nulls), ("Regression to the mean", back)):
        print(f"\n{title}")
        for name, row in results.items():
            print(f"  {name}: " + ", ".join(f"{what} {value:.2f}" for what, value in row.items()))
    record = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "design_effect": world.config.benchmarks.uncertainty.design_effect,
        "flagged_percent": nulls,
        "regression_to_the_mean": back,
    }
    target = ROOT / "bench" / "results" / "standing.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

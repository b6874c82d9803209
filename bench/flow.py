"""How long the plan-flow engine takes, beside the machine's limit and the same model in Ciw.

Run with ``python -m bench.flow``. Prints a table and writes it, with the machine, to bench/results/flow.json. Ciw
(ciw.readthedocs.io) follows every child as an individual; that its mean agrees with the recursion is checked first.
"""

import json
import os
import platform
import statistics
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import ciw
import numpy as np
from scipy.special import gammaln

from explorer.models import flow
from explorer.models.flow import Array

ROOT = Path(__file__).parents[1]
RUNS, DRAWS, MONTHS = 41, 1000, 60
CIW_DRAWS = 40
HAZARDS = np.array([0.05, 0.08, 0.09, 0.10, 0.14])
FIRST, RETURN_SHARE, POWER = 16.0, 0.29, 0.45
FAMILIES = flow.Dispersion(first_starts=2.0, returns=2.0, ending=(2.0,) * 5)
NEVER = MONTHS + 1


def timed(*works: Callable[[], object]) -> list[dict[str, float]]:
    """Median and range in milliseconds of each, run in turns after one turn that warms up."""
    for work in works:
        work()
    figures: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, found in zip(works, figures, strict=True):
            start = time.perf_counter()
            work()
            found.append(1000 * (time.perf_counter() - start))
    return [{"median": statistics.median(one), "least": min(one), "most": max(one)} for one in figures]


def authority() -> flow.State:
    """About 250 open plans and the children who left one in ten years."""
    since = np.full((flow.LEFT_ROWS, 1), 14.0)
    monthly = np.full((12, 1), 22.0)
    before = flow.YearBefore(monthly, monthly * RETURN_SHARE, monthly, monthly * 0.08)
    return flow.State(np.append(np.full(24, 9.75), 16.0)[:, None], since, before)


def certain() -> flow.Rates:
    """Rates without uncertainty: one draw."""
    level = np.array([[-np.log(1 - RETURN_SHARE)]])
    return flow.Rates(HAZARDS[None, :, None], np.array([[FIRST]]), level, flow.return_shape(POWER))


def uncertain(draws: int) -> flow.Rates:
    """Five forecast years, each draw with its own rates in each of them."""
    rng, one, years = np.random.default_rng(1), certain(), MONTHS // 12

    def spread(rate: Array) -> Array:
        return rate * np.exp(0.1 * rng.standard_normal((years, *rate.shape[1:-1], draws)))

    return flow.Rates(spread(one.ending), spread(one.first_starts), spread(one.return_level), one.return_shape)


def what_if(draws: int) -> flow.Effects:
    """Everything at once: ratios of their own in each draw, ramps, and a gate."""
    rng = np.random.default_rng(2)
    month = np.arange(1, MONTHS + 1)[:, None, None]
    return_ratio, ending_ratio = np.exp(0.1 * rng.standard_normal((2, 1, 1, draws)) - 0.1)
    ending = np.ones((MONTHS, 5, draws))
    ending[:, 3:4] += np.minimum(1, month / 12) * (ending_ratio - 1)
    leaving = np.repeat(1 + np.minimum(1, month / 12) * (return_ratio - 1), 3, axis=1)
    returning = np.repeat(1 + np.minimum(1, month / 6) * (return_ratio - 1), 3, axis=1)
    return flow.Effects(ending, np.ones((MONTHS, 1)), leaving, returning, np.full((MONTHS, 1), 0.95), 0.5, 3)


def limit(rows: Sequence[int]) -> Callable[[], object]:
    """A pass a month that reads and writes buffers of so many rows of draws."""
    buffers = [np.ones((number, DRAWS)) for number in rows]

    def run() -> None:
        for _ in range(MONTHS):
            for buffer in buffers:
                np.multiply(buffer, 1.0000001, out=buffer)

    return run


class Months(ciw.dists.Distribution):  # type: ignore[misc]
    """A whole number of months by its chances; the last stands for never."""

    def __init__(self, chances: Array) -> None:
        """Take (n) chances of 1 to n months; what is left of 1 is never."""
        self._sums: list[float] = np.cumsum(chances).tolist()

    def sample(self, t: float | None = None, ind: object = None) -> float:
        """One child's months."""
        found = bisect_left(self._sums, ciw.rng.random())
        return float(found + 1 if found < len(self._sums) else NEVER)


class Some(ciw.dists.Distribution):  # type: ignore[misc]
    """A number of children, Poisson."""

    def __init__(self, mean: float) -> None:
        """Take the mean."""
        numbers = np.arange(int(mean + 12 * mean**0.5 + 12))
        self._sums: list[float] = np.cumsum(np.exp(numbers * np.log(mean) - mean - gammaln(numbers + 1))).tolist()

    def sample(self, t: float | None = None, ind: object = None) -> int:
        """One number."""
        return bisect_left(self._sums, ciw.rng.random())


def _chances(hazards: Array) -> Array:
    """The chance of each month, from the hazards of all months."""
    there = np.exp(-np.concatenate([[0.0], np.cumsum(hazards)]))
    return -np.diff(there)


def ciw_model() -> ciw.network.Network:
    """Nodes: on a plan, away, on a plan at the origin, away at the origin. Month t of the engine ends at t + 1.

    Children who never come back within the run leave at once, which saves Ciw work.
    """
    state, rates = authority(), certain()
    months = np.concatenate([np.repeat(HAZARDS[:4], [3, 3, 6, 12]), np.full(240, HAZARDS[4])])
    shares = state.open[:, 0] / state.open.sum()
    left_open = sum(share * _chances(months[age : age + 240]) for age, share in enumerate(shares))
    hazards = rates.return_level[0, 0] * rates.return_shape
    away = _chances(hazards)
    late = [np.append(_chances(hazards[age:])[:MONTHS], np.zeros(MONTHS))[:MONTHS] for age in range(flow.LEFT_ROWS)]
    back = sum(count * chances for count, chances in zip(state.left[:, 0], late, strict=True))
    at_once, monthly = ciw.dists.Sequential([1e-9, float("inf")]), ciw.dists.Deterministic(1.0)
    again = float(away.sum())
    return ciw.create_network(
        arrival_distributions=[monthly, None, at_once, at_once],
        batching_distributions=[
            Some(FIRST),
            ciw.dists.Deterministic(1),
            ciw.dists.Deterministic(int(state.open.sum())),
            Some(float(back.sum())),
        ],
        service_distributions=[
            Months(_chances(months)),
            Months(away / again),
            Months(left_open),
            Months(back / back.sum()),
        ],
        number_of_servers=[float("inf")] * 4,
        routing=[[0.0, again, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, again, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]],
    )


def ciw_draw(network: ciw.network.Network, seed: int) -> tuple[int, int]:
    """Plans ended and re-plans in the run of one seed."""
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(MONTHS + 0.5)
    records = simulation.get_all_records()
    ended = sum(1 for record in records if record.node in (1, 3))
    return ended, len(records) - ended


def beside_ciw() -> dict[str, float]:
    """Ciw's time a draw, and how far its means are from the recursion in standard errors."""
    network = ciw_model()
    exact = flow.run(authority(), certain(), None, MONTHS, None)
    found, seconds = [], []
    for seed in range(CIW_DRAWS):
        start = time.perf_counter()
        found.append(ciw_draw(network, seed))
        seconds.append(time.perf_counter() - start)
    means, errors = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(CIW_DRAWS)
    ended, repeats = (means - [exact.ended.sum(), exact.repeats.sum()]) / errors
    if max(abs(ended), abs(repeats)) > 4:
        raise SystemExit(f"Ciw's means are {ended:.1f} and {repeats:.1f} standard errors off: it is another model.")
    return {
        "milliseconds_a_draw": 1000 * statistics.median(seconds),
        "draws": CIW_DRAWS,
        "ended_mean": float(means[0]),
        "ended_exact": float(exact.ended.sum()),
        "ended_standard_errors_off": float(ended),
        "repeats_mean": float(means[1]),
        "repeats_exact": float(exact.repeats.sum()),
        "repeats_standard_errors_off": float(repeats),
    }


def main() -> None:
    """Measure, print and record."""
    state, rates, effects = authority(), uncertain(DRAWS), what_if(DRAWS)
    noise = flow.make_noise(1, MONTHS, DRAWS, FAMILIES)
    one, mean_effects = certain(), what_if(1)
    base = flow.run(state, rates, None, MONTHS, noise)

    def both() -> None:
        flow.run(state, rates, None, MONTHS, noise)
        flow.run(state, rates, effects, MONTHS, noise)

    def means() -> None:
        flow.run(state, one, None, MONTHS, None)
        flow.run(state, one, mean_effects, MONTHS, None)

    children = [flow.OPEN_ROWS, flow.LEFT_ROWS] * 2
    # What a run carries from month to month: children, their chances of staying, and in the what-if the hazards,
    # ratios and chances of those who left since it began.
    held = [*children, *[flow.LEFT_ROWS] * 2, 3 * MONTHS]
    work: dict[str, Callable[[], object]] = {
        "1,000 draws, baseline and what-if": both,
        "1,000 draws, baseline": lambda: flow.run(state, rates, None, MONTHS, noise),
        "1,000 draws, what-if": lambda: flow.run(state, rates, effects, MONTHS, noise),
        "exact mean, baseline and what-if": means,
        "one pass over the children of both": limit(children),
        "one pass over all that both carry": limit(held),
        "chance, once for both": lambda: flow.make_noise(1, MONTHS, DRAWS, FAMILIES),
        "nine figures and their spread": lambda: flow.summaries(flow.indicators(base, state.year)),
    }
    results = dict(zip(work, timed(*work.values()), strict=True))
    print(f"{'what':40}{'median ms':>10}{'least':>9}{'most':>9}")
    for what, figures in results.items():
        print(f"{what:40}{figures['median']:10.2f}{figures['least']:9.2f}{figures['most']:9.2f}")
    pair = results["1,000 draws, baseline and what-if"]["median"]
    beside = beside_ciw()
    ratios = {
        "to_one_pass_over_children": pair / results["one pass over the children of both"]["median"],
        "to_one_pass_over_all_carried": pair / results["one pass over all that both carry"]["median"],
        "ciw_to_engine_a_draw": beside["milliseconds_a_draw"] / (results["1,000 draws, baseline"]["median"] / DRAWS),
    }
    for what, figure in {**beside, **ratios}.items():
        print(f"{what:40}{figure:12.2f}")
    record = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "ciw_version": version("ciw"),
        "cores": os.cpu_count(),
        "runs": RUNS,
        "draws": DRAWS,
        "months": MONTHS,
        "milliseconds": results,
        "ciw": beside,
        "ratios": ratios,
    }
    target = ROOT / "bench" / "results" / "flow.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

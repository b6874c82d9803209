"""How often a control chart shows a sign, or calls a change real, in a year in which nothing changes.

Run with ``python -m bench.false_alarms``. A thousand invented authorities start plans for families of two children on
average, of whom a share come back together, and nothing changes. Each chart is drawn anew whenever a figure is
added, as the page does, through a year. Writes bench/results/false_alarms.json, from which config/trends.yaml takes
the figures that the page tells, and with which its smallest counts for limits are justified.
"""

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.series import Kind, Point, Series
from explorer.models.spc import RULES, ControlChart, p_prime, xmr
from explorer.models.trend_settings import TrendSettings, Tried
from explorer.models.verdict import Verdict, verdict
from explorer.plan_indicators import month_ends
from explorer.world import load_world

ROOT = Path(__file__).parents[1]
AUTHORITIES, SEED = 1_000, 20181001
SIZES = (0.3, 0.5, 1, 2, 4, 6, 8, 22, 60)  # plans started a month
REPLANS = 0.2
REVIEWED = 22 * 12  # plans whose reviews are on time or not, in a year
LATE = (0.02, 0.1, 0.3, 0.5, 1, 2, 4)  # of them late, a month
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Watched:
    """One chart by a kind of period: of plans started, of the share of re-plans, or of reviews on time.

    ``history`` is how many periods there are before the year that is watched. Reviews on time are shares near 100%, to
    one place, whose counts are not known.
    """

    kind: Kind
    chart: Tried
    history: int

    @property
    def name(self) -> str:
        """As it stands in the results."""
        what = {"xmr": "plans started", "p_prime": "re-plan share", "share": "reviews on time"}[self.chart]
        return f"{what} by {self.kind}, {self.history} before"

    @property
    def sizes(self) -> dict[str, float]:
        """What is tried, by its name in the results: happenings a month."""
        if self.chart == "share":
            return {f"{rate} late a month": rate for rate in LATE}
        return {f"{rate} a month": rate for rate in SIZES}

    def plans(self, rate: float) -> int:
        """Plans in a period, as trends.yaml names a size."""
        return REVIEWED if self.chart == "share" else round(rate * MONTHS[self.kind])


WATCHED = (
    Watched("month", "xmr", 36),
    Watched("month", "xmr", 108),
    Watched("month", "p_prime", 36),
    Watched("quarter", "xmr", 12),
    Watched("quarter", "xmr", 36),
    Watched("quarter", "p_prime", 12),
    Watched("quarter", "p_prime", 36),
    Watched("year", "xmr", 12),
    Watched("year", "p_prime", 12),
    Watched("year", "share", 12),
)
# those whose figures the page tells, with the sizes of which nearly every authority has a chart
TOLD: dict[Watched, tuple[float, ...]] = {
    WATCHED[1]: (8, 22, 60),
    WATCHED[2]: (22, 60),
    WATCHED[4]: (4, 8, 22, 60),
    WATCHED[6]: (8, 22, 60),
    WATCHED[7]: (1, 4, 22, 60),
    WATCHED[8]: (4, 22, 60),
    WATCHED[9]: (2,),
}

# what the smallest counts for limits are there for: the same charts without them
BELOW = {WATCHED[0]: (1, 2, 4), WATCHED[6]: (1, 2, 4)}


def children(rate: float, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Plans started where families of one and more, two children on average, come by chance.

    A family has 1 child and a Poisson number of further ones with mean 1: the variance is 2.5 times the mean.
    """
    families = rng.poisson(rate / 2, shape)
    return np.asarray(families + rng.poisson(families), dtype=np.float64)


def histories(watched: Watched, rate: float, number: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """(number, periods) re-plans and all plans started, families coming back together; or reviews late and all."""
    shape = number, watched.history + 12 // MONTHS[watched.kind]
    monthly = rate * MONTHS[watched.kind]
    if watched.chart == "share":
        return np.minimum(children(monthly, shape, rng), REVIEWED), np.full(shape, float(REVIEWED))
    again = children(monthly * REPLANS, shape, rng)
    return again, again + children(monthly * (1 - REPLANS), shape, rng)


def period_ends(watched: Watched) -> list[date]:
    """The last days of all periods, to 31 March 2019."""
    step = MONTHS[watched.kind]
    months = step * watched.history + 12
    first = 2019 * 12 + 3 - months  # months counted from year 0, the first of them January
    return month_ends(date(first // 12, first % 12 + 1, 1), date(2019, 3, 31))[step - 1 :: step]


@dataclass(frozen=True)
class Look:
    """A chart when one figure was added, and what it says."""

    chart: ControlChart
    found: Verdict

    @property
    def drawn(self) -> bool:
        """Whether there are limits."""
        return self.chart.without is None

    @property
    def flat(self) -> bool:
        """Whether the limits leave nothing between them."""
        ends = zip(self.chart.lower, self.chart.upper, strict=True)
        return any(low is not None and high is not None and high - low <= 0 for low, high in ends)


def year_of(watched: Watched, part: Array, every: Array, settings: TrendSettings) -> list[Look]:
    """What the chart says each time that a figure of the watched year is added."""
    points = tuple(Point(end, "published", 0.0) for end in period_ends(watched))
    looks = []
    for known in range(watched.history + 1, len(points) + 1):
        chart = _chart(watched, part[:known], every[:known], settings)
        series = Series("watched", "invented", watched.kind, points[:known], "")
        looks.append(Look(chart, verdict(series, chart, settings.alarm)))
    return looks


def _chart(watched: Watched, part: Array, every: Array, settings: TrendSettings) -> ControlChart:
    match watched.chart:
        case "p_prime":
            return p_prime(part, every, settings.rules)
        case "share":
            return xmr(np.round(100 * (1 - part / every), 1), settings.rules, lowest=0.0, highest=100.0)
        case _:
            return xmr(every, settings.rules, lowest=0.0, counted=every)


def measure(watched: Watched, rate: float, number: int, seed: int, settings: TrendSettings) -> dict[str, float]:
    """The share of authorities that each rule, any rule, and the alarm flag at least once in the year.

    A rule counts where the newest figure is part of its sign. The alarm counts whenever it stands, even if its signs
    are from before the year. Also the share that have a chart, and that have one whose limits leave nothing between.
    """
    part, every = histories(watched, rate, number, np.random.default_rng(seed))
    years = [year_of(watched, part[one], every[one], settings) for one in range(number)]
    flagged: dict[str, int] = {
        rule: sum(any(sign.rule == rule for look in year for sign in look.found.newest) for year in years)
        for rule in RULES
    }
    flagged["any_sign"] = sum(any(look.found.newest for look in year) for year in years)
    flagged["alarm"] = sum(any(look.found.alarm for look in year) for year in years)
    flagged["drawn"] = sum(any(look.drawn for look in year) for year in years)
    flagged["flat"] = sum(any(look.flat for look in year) for year in years)
    return {name: round(count / number, 3) for name, count in flagged.items()}


def measured(trials: Mapping[Watched, Sequence[float]], settings: TrendSettings) -> dict[str, Any]:
    """Charts by name, then sizes; printed as they come."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for watched, rates in trials.items():
        found[watched.name] = {}
        for size, rate in watched.sizes.items():
            if rate in rates:
                shares = found[watched.name][size] = measure(watched, rate, AUTHORITIES, SEED, settings)
                said = "  ".join(f"{rule} {100 * share:.1f}%" for rule, share in shares.items())
                print(f"{watched.name:38}{size:>18}  {said}", flush=True)
    return found


def without_smallest_counts(settings: TrendSettings) -> TrendSettings:
    """The settings with limits for counts and shares of however few."""
    rules = settings.rules
    none = {name: getattr(rules, name).model_copy(update={"value": 0.0}) for name in _SMALLEST}
    return settings.model_copy(update={"rules": rules.model_copy(update=none)})


_SMALLEST = ("fewest_counted", "fewest_expected")


def main() -> None:
    """Measure every chart for every size; print and record."""
    settings = load_world().models.trends
    begun = time.perf_counter()
    found = measured({watched: list(watched.sizes.values()) for watched in WATCHED}, settings)
    below = measured(BELOW, without_smallest_counts(settings))
    record = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "cores": os.cpu_count(),
        "seconds": round(time.perf_counter() - begun, 1),
        "authorities": AUTHORITIES,
        "seed": SEED,
        "shares_flagged_in_a_year": found,
        "without_smallest_counts": below,
    }
    target = ROOT / "bench" / "results" / "false_alarms.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

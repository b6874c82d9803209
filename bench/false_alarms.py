"""How often a control chart shows a sign, or calls a change real, in a year in which nothing changes.

Run with ``python -m bench.false_alarms``. A thousand invented authorities start plans for families of two children on
average, of whom a share come back together, and nothing changes. Each chart is drawn anew whenever a figure is
added, as the page does, through a year. Writes bench/results/false_alarms.json, from which config/trends.yaml takes
the figures that the page tells.
"""

import json
import os
import platform
import time
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.models.series import Kind, Point, Series
from explorer.models.spc import RULES, ControlChart, p_prime, xmr
from explorer.models.trend_settings import TrendSettings
from explorer.models.verdict import Verdict, verdict
from explorer.plan_indicators import month_ends
from explorer.world import load_world

ROOT = Path(__file__).parents[1]
AUTHORITIES, SEED = 1_000, 20181001
SIZES = (8, 22, 60)  # plans started a month
REPLANS = 0.2
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Watched:
    """One chart: of counts of plans started, or of the share of re-plans, by a kind of period.

    ``history`` is how many periods there are before the year that is watched.
    """

    kind: Kind
    shares: bool
    history: int

    @property
    def name(self) -> str:
        """As it stands in the results."""
        return f"{'re-plan share' if self.shares else 'plans started'} by {self.kind}, {self.history} before"


WATCHED = (
    Watched("month", False, 36),
    Watched("month", False, 108),
    Watched("quarter", True, 12),
    Watched("quarter", True, 36),
    Watched("quarter", False, 36),
    Watched("year", True, 12),
    Watched("year", False, 12),
)
TOLD = {"month": WATCHED[1], "quarter": WATCHED[3], "year": WATCHED[6]}  # those whose figures the page tells


def children(rate: float, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Plans started where families of one and more, two children on average, come by chance.

    A family has 1 child and a Poisson number of further ones with mean 1: the variance is 2.5 times the mean.
    """
    families = rng.poisson(rate / 2, shape)
    return np.asarray(families + rng.poisson(families), dtype=np.float64)


def histories(watched: Watched, rate: float, number: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """(number, periods) re-plans and all plans started; families come back together."""
    shape = number, watched.history + 12 // MONTHS[watched.kind]
    monthly = rate * MONTHS[watched.kind]
    again = children(monthly * REPLANS, shape, rng)
    return again, again + children(monthly * (1 - REPLANS), shape, rng)


def period_ends(watched: Watched) -> list[date]:
    """The last days of all periods, to 31 March 2019."""
    step = MONTHS[watched.kind]
    months = step * watched.history + 12
    first = 2019 * 12 + 3 - months  # months counted from year 0, the first of them January
    return month_ends(date(first // 12, first % 12 + 1, 1), date(2019, 3, 31))[step - 1 :: step]


def year_of(watched: Watched, again: Array, every: Array, settings: TrendSettings) -> list[Verdict]:
    """What the chart says each time that a figure of the watched year is added."""
    points = tuple(Point(end, "published", 0.0) for end in period_ends(watched))
    found = []
    for known in range(watched.history + 1, len(points) + 1):
        chart = _chart(watched, again[:known], every[:known], settings)
        series = Series("watched", "invented", watched.kind, points[:known], "")
        found.append(verdict(series, chart, settings.alarm))
    return found


def _chart(watched: Watched, again: Array, every: Array, settings: TrendSettings) -> ControlChart:
    if watched.shares:
        return p_prime(again, every, settings.rules)
    return xmr(every, settings.rules, lowest=0.0)


def measure(watched: Watched, rate: float, number: int, seed: int, settings: TrendSettings) -> dict[str, float]:
    """The share of authorities that each rule, any rule, and the alarm flag at least once in the year.

    A rule counts where the newest figure is part of its sign. The alarm counts whenever it stands, even if its signs
    are from before the year.
    """
    again, every = histories(watched, rate, number, np.random.default_rng(seed))
    years = [year_of(watched, again[one], every[one], settings) for one in range(number)]
    flagged: dict[str, int] = {
        rule: sum(any(sign.rule == rule for look in year for sign in look.newest) for year in years) for rule in RULES
    }
    flagged["any_sign"] = sum(any(look.newest for look in year) for year in years)
    flagged["alarm"] = sum(any(look.alarm for look in year) for year in years)
    return {name: round(count / number, 3) for name, count in flagged.items()}


def main() -> None:
    """Measure every chart for every size; print and record."""
    settings = load_world().models.trends
    begun = time.perf_counter()
    found = {
        watched.name: {f"{rate} a month": measure(watched, rate, AUTHORITIES, SEED, settings) for rate in SIZES}
        for watched in WATCHED
    }
    for name, sizes in found.items():
        for size, shares in sizes.items():
            print(f"{name:38}{size:>12}  " + "  ".join(f"{rule} {100 * share:.1f}%" for rule, share in shares.items()))
    record = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "cores": os.cpu_count(),
        "seconds": round(time.perf_counter() - begun, 1),
        "authorities": AUTHORITIES,
        "seed": SEED,
        "told": {kind: watched.name for kind, watched in TOLD.items()},
        "shares_flagged_in_a_year": found,
    }
    target = ROOT / "bench" / "results" / "false_alarms.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

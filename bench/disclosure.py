"""How long disclosure control takes, and how much of each layer it shows: invented authorities of four sizes.

Run with ``python -m bench.disclosure``. Prints a table and writes it, with the machine, to
bench/results/disclosure.json. Every indicator over ten years, at every month end, in all four period kinds.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from explorer.config import load_config
from explorer.disclosure import layer_of_rows, load_release, protect_indicators
from explorer.plan_indicators import PeriodKind, Scope, load_plan_rules, plan_indicators_monthly
from explorer.schema import PLANS
from explorer.sources.sample import read_sample

ROOT = Path(__file__).parents[1]
FIRST, LAST, SEED = date(2015, 4, 1), date(2025, 3, 31), 2018
KINDS: tuple[PeriodKind, ...] = ("month", "year_to_date", "rolling_12m", "year")
SCOPE = Scope(frozenset({"annual", "dated_history"}), FIRST, LAST)


def invented(size: int) -> pl.DataFrame:
    """So many plans that started in the twelve years to the last day."""
    rng = np.random.default_rng(SEED)
    start = pl.Series(rng.integers(0, 4383, size)).cast(pl.Duration("ms")) * 86_400_000 + (LAST - timedelta(4383))
    frame = pl.DataFrame({"start_date": start.cast(pl.Date), "length": rng.gamma(1.6, 200, size).astype(int) + 1})
    end = pl.col("start_date") + pl.duration(days="length")
    frame = frame.with_row_index("row").with_columns(
        child_id=pl.format("C{}", "row"),
        end_date=pl.when(end <= LAST).then(end),
        previous_plans=pl.Series(rng.choice([0, 0, 0, 1], size)),
    )
    given = set(frame.columns)
    return frame.select(
        (pl.col(name) if name in given else pl.lit(None)).cast(dtype).alias(name) for name, dtype in PLANS.items()
    )


AUTHORITIES: dict[str, Callable[[], pl.DataFrame]] = {
    "invented Trafford": lambda: (
        read_sample(ROOT / "data" / "sample" / "invented_plans.csv", load_config(ROOT / "config").app.uploads).plans
    ),
    "15 plans": lambda: invented(15),
    "15 plans a year": lambda: invented(180),
    "a nation, 70,000 plans a year": lambda: invented(840_000),
}


def main() -> None:
    """Measure, print and record."""
    config = load_config(ROOT / "config")
    rules, release = load_plan_rules(ROOT / "config"), load_release(ROOT / "config")
    results = {}
    for name, make in AUTHORITIES.items():
        plans = make()
        table = pl.concat(
            plan_indicators_monthly(plans, FIRST, LAST, rules, config.benchmarks, SCOPE, kind) for kind in KINDS
        ).unique(["indicator", "period_end", "period_kind"], keep="first", maintain_order=True)
        begun = time.perf_counter()
        protected = protect_indicators(table, release, config.benchmarks.suppression)
        seconds = time.perf_counter() - begun
        shares = (
            table.with_columns(layer=pl.Series(layer_of_rows(table, release)), seen=protected["status"])
            .filter(pl.col("status") == "published")
            .group_by("layer")
            .agg(share=(pl.col("seen") == "published").mean().round(3))
            .sort("layer")
        )
        shown = {release.layers[layer].label: share for layer, share in shares.iter_rows()}
        results[name] = {"seconds": round(seconds, 2), "rows": table.height, "shown": shown}
        print(f"{name:32} {seconds:7.2f} s", *(f"{label}: {share:.1%};" for label, share in shown.items()))
    record = {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0], **results}
    target = ROOT / "bench" / "results" / "disclosure.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

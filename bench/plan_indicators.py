"""How long 1,000,000 invented plans take: from Parquet to ten years of monthly indicators, and through the checks.

Run with ``python -m bench.plan_indicators``. Prints a table and writes it, with the machine, to
bench/results/plan_indicators.json. Each measurement runs in a process of its own, so that its memory is its own.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from explorer.benchmark_entries import Benchmarks
from explorer.config import load_config
from explorer.plan_indicators import (
    PlanRules,
    Scope,
    load_plan_rules,
    month_ends,
    plan_indicators,
    plan_indicators_monthly,
)
from explorer.schema import PLANS
from explorer.sources.checks import CheckSettings, load_checks, run_checks, split_by_severity

ROOT = Path(__file__).parents[1]
PLANS_IN_FILE, CHILDREN, RUNS, SEED = 1_000_000, 800_000, 5, 2018
FIRST, LAST_YEAR, LAST = date(2015, 4, 1), date(2024, 4, 1), date(2025, 3, 31)
NARROW = ["start_date", "end_date", "previous_plans"]
DATED = Scope(frozenset({"annual", "dated_history"}))


def invented() -> pl.DataFrame:
    """Plans that started from 2013 to 2025, a tenth of them still open, in random order. Some overlap."""
    rng = np.random.default_rng(SEED)
    start = rng.integers(15_706, 20_178, PLANS_IN_FILE)  # days since 1970
    length = rng.gamma(1.6, 200, PLANS_IN_FILE).astype(int) + 1
    frame = pl.DataFrame({"child": rng.integers(0, CHILDREN, PLANS_IN_FILE), "start": start, "length": length})
    day = (pl.col("start") + pl.lit(0)).cast(pl.Int32).cast(pl.Date)
    end = (pl.col("start") + pl.col("length")).cast(pl.Int32).cast(pl.Date)
    frame = frame.with_row_index("row", 1).with_columns(
        child_id=pl.format("C{}", "child"),
        plan_id=pl.format("P{}", "row"),
        start_date=day,
        end_date=pl.when((end <= LAST) & (pl.col("row") % 10 > 0)).then(end),
        previous_plans=pl.Series(rng.choice([0, 0, 0, 1, 2], PLANS_IN_FILE)),
        initial_category=pl.lit("NEG"),
        latest_category=pl.lit("EMO"),
        birth_date=day.dt.offset_by("-7y"),
        referral_date=day.dt.offset_by("-1mo"),
        upn=pl.format("U{}", "child"),
        review_dates=pl.concat_list(day.dt.offset_by("3mo"), day.dt.offset_by("9mo")),
        position=pl.format("row {}", "row"),
    )
    given = set(frame.columns)
    return frame.select(
        (pl.col(name) if name in given else pl.lit(None)).cast(dtype).alias(name) for name, dtype in PLANS.items()
    )


def monthly(file: Path, columns: list[str], scope: Scope) -> pl.DataFrame:
    """Parquet to every indicator at 120 month ends."""
    return plan_indicators_monthly(pl.read_parquet(file, columns=columns), FIRST, LAST, *_rules(), scope)


def simple(file: Path) -> pl.DataFrame:
    """The months of the last year one at a time: what the fast way is compared with, and has to equal."""
    plans = pl.read_parquet(file, columns=NARROW)
    return pl.concat([plan_indicators(plans, end, "month", *_rules()) for end in month_ends(LAST_YEAR, LAST)])


def checked(file: Path) -> int:
    """Parquet through every check; the number of findings."""
    plans = pl.read_parquet(file)
    findings = run_checks(plans, LAST, None, _settings())
    split_by_severity(plans, findings)
    return findings.height


@cache
def _settings() -> CheckSettings:
    return load_checks(ROOT / "config")


@cache
def _rules() -> tuple[PlanRules, Benchmarks]:
    return load_plan_rules(ROOT / "config"), load_config(ROOT / "config").benchmarks


WORK: dict[str, Callable[[Path], object]] = {
    "read only the columns for the indicators": lambda file: pl.read_parquet(file, columns=NARROW),
    "Parquet to monthly indicators": lambda file: monthly(file, NARROW, Scope()),
    "the same with re-plans within two years": lambda file: monthly(file, ["child_id", *NARROW], DATED),
    "twelve months one at a time": simple,
    "Parquet through every check": checked,
}


def measure(what: str, file: Path) -> dict[str, float]:
    """Seconds by the clock and of the processors, and the most memory in MB, of ``RUNS`` runs in this process.

    With a load above the number of cores the clock measures the machine's other work too.
    """
    _rules(), _settings()  # the program reads its configuration once, before any file
    clock, processors, load = [], [], os.getloadavg()[0]
    for _ in range(RUNS):
        begun, used = time.perf_counter(), time.process_time()
        WORK[what](file)
        clock.append(time.perf_counter() - begun)
        processors.append(time.process_time() - used)
    return {
        "first": clock[0],
        "median": statistics.median(clock),
        "least": min(clock),
        "most": max(clock),
        "median_of_processors": statistics.median(processors),
        "most_megabytes": most_memory(),
        "load_before": load,
        "load_after": os.getloadavg()[0],
    }


def most_memory() -> float:
    """The most memory that this process has held, in MB (Linux).

    Not from getrusage: its figure starts at what the parent process held, which here is the invented table.
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Measure, compare the two ways, print and record."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plans.parquet"
        invented().write_parquet(file)
        results = {}
        for what in WORK:
            run = [sys.executable, "-m", "bench.plan_indicators", what, str(file)]
            done = subprocess.run(run, check=True, capture_output=True, text=True)  # noqa: S603 - this very file
            results[what] = json.loads(done.stdout)
            print(f"{what:42}", *(f"{name} {figure:9.2f}" for name, figure in results[what].items()))
        last_year = monthly(file, NARROW, Scope()).filter(pl.col("period_end") >= LAST_YEAR)
        same, findings = last_year.equals(simple(file)), checked(file)
    record = {
        "python": platform.python_version(),
        "polars": pl.__version__,
        "cores": os.cpu_count(),
        "plans": PLANS_IN_FILE,
        "months": len(month_ends(FIRST, LAST)),
        "runs": RUNS,
        "both_ways_agree": same,
        "findings": findings,
        "seconds": results,
    }
    target = ROOT / "bench" / "results" / "plan_indicators.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"both ways agree: {same}; findings: {findings:,}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()

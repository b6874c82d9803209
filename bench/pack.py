"""How long a committee pack takes: from a button of an app that runs, and from a command that begins with nothing.

The button of a warm app makes the briefing and the whole pack, with its pictures drawn once; everything is loaded, and
a first run that warms up is not counted. The command is a program of its own: it starts, loads what it needs, reads
configuration and data, counts the plan records of the sample, hides what has to be hidden, draws and writes. Both are
held against ``BAR`` and recorded whether they keep to it or not.

Run with ``make bench``; ``python -m bench.pack command`` measures the command alone and keeps what is recorded of the
rest. Prints a table and what is over ``BAR``; writes it to bench/results/pack.json.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from explorer.briefing.briefing import Briefing
from explorer.briefing.make import Ask, brief
from explorer.export.pack import FORMS, whole_pack
from explorer.records.shipped import load_sample
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
RUNS = 5
COLD_RUNS = 2
BAR = 5.0  # seconds: what the whole pack may take, from the choice of an authority and a day
BUTTON, COMMAND = "the whole pack, from the button of a warm app", "the whole pack, by the command from nothing"
TRAFFORD, RUTLAND = "358", "857"
SAMPLED, PUBLISHED = (TRAFFORD, date(2018, 9, 30)), (RUTLAND, date(2024, 3, 31))
Times = dict[str, dict[str, float]]


def timed(work: Callable[[], object], runs: int = RUNS) -> dict[str, float]:
    """Median and range of some runs after one that warms up, in seconds.

    ``processor`` is the median of the time on a processor, that of the drawing program included: what a run would take
    were nothing else running.
    """
    work()
    figures, busy = [], []
    for _ in range(runs):
        start, used = time.perf_counter(), _used()
        work()
        figures.append(time.perf_counter() - start)
        busy.append(_used() - used)
    return {
        "median": statistics.median(figures),
        "least": min(figures),
        "most": max(figures),
        "processor": statistics.median(busy),
    }


def _used() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(one).ru_utime + resource.getrusage(one).ru_stime for one in whose)


def of(world: World, area: str, as_at: date, name: str) -> dict[str, dict[str, float]]:
    """The times of one authority's pack, and of each part by itself."""

    def briefing() -> Briefing:
        return brief(
            world, Ask(area, as_at, world.config.app.default_group), date(2026, 1, 31), "http://localhost:8501"
        )

    made = briefing()
    parts: dict[str, Callable[[], object]] = {"the briefing itself": briefing}
    parts |= {form.label: partial(form.make, made, world) for form in FORMS}
    parts[BUTTON] = lambda: whole_pack(briefing(), world)
    return {f"{name}: {what}": timed(work) for what, work in parts.items()}


def by_command(area: str, as_at: date, *more: str) -> None:
    """The command as it is typed, in a program of its own."""
    with tempfile.TemporaryDirectory() as folder:
        asked = ("--area", area, "--as-at", as_at.isoformat(), "--out", folder, *more)
        subprocess.run(  # noqa: S603 - this program, with fixed words
            [sys.executable, "-m", "explorer", "export", "pack", *asked], cwd=ROOT, check=True, capture_output=True
        )


def in_the_app() -> Times:
    """What a button of an app that runs takes."""
    world = load_world()
    sample = world.with_records(load_sample(world.config, world.rules))
    return of(sample, *SAMPLED, "Trafford, sample") | of(world, *PUBLISHED, "Rutland, published")


def from_nothing() -> Times:
    """What the command takes; the run that warms up leaves compiled modules and cached files, as any day's does."""
    return {
        f"Trafford, sample: {COMMAND}": timed(lambda: by_command(*SAMPLED, "--records", "sample"), COLD_RUNS),
        f"Rutland, published: {COMMAND}": timed(lambda: by_command(*PUBLISHED), COLD_RUNS),
    }


def main() -> None:
    """Measure, print and record."""
    target = ROOT / "bench" / "results" / "pack.json"
    before = json.loads(target.read_text(encoding="utf-8")) if sys.argv[1:] == ["command"] else None
    # programs that wanted a processor in the last minute: above 1, times are too long and those on a processor are not
    load = os.getloadavg()[0] if before is None else before["others_running"]
    results = in_the_app() if before is None else {k: v for k, v in before["seconds"].items() if COMMAND not in k}
    load_of_command = os.getloadavg()[0]
    results |= from_nothing()
    print(f"{'what':66}{'median s':>10}{'least':>8}{'most':>8}{'processor':>11}")
    for what, figures in results.items():
        numbers = f"{figures['median']:10.2f}{figures['least']:8.2f}{figures['most']:8.2f}{figures['processor']:11.2f}"
        print(f"{what:66}{numbers}")
    slow = [what for what, figures in results.items() if "whole pack" in what and figures["median"] > BAR]
    print(f"Over {BAR:g} s: {', '.join(slow) or 'none'}")
    record = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "runs": RUNS,
        "runs_of_the_command": COLD_RUNS,
        "others_running": load,
        "others_running_beside_the_command": load_of_command,
        "bar_seconds": BAR,
        "over_the_bar": slow,
        "seconds": results,
    }
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

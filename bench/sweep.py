"""What a sweep costs: a cell beside the bare engine, two workers beside one, a worker killed, and how cost grows.

Run with ``python -m bench.sweep``; writes bench/results/sweep.json and the picture sweep.svg; ``--quick`` takes a few
authorities and writes nothing. The bare engine is ``flow.run`` with the ratios of a cell's scenario, calibration and
chance at hand, and ``flow.indicators`` of it: the same draws and months, nothing kept. All else that a sweep does is
on top: learning England, calibrating, the course as things are, ratios, whole children, differences with their ranges,
files, manifest. Both are timed block by block in turns, so that what else the machine does falls on both. Workers are
started before they are timed: that takes some seconds however long a sweep is.
"""

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
from distributed import Client, LocalCluster

from bench.recorded import RESULTS, Bar, at_most, bars_met, record
from explorer.charts.theme import AUTHORITY
from explorer.models.calibration import Calibration, calibrate
from explorer.models.effects import effects
from explorer.models.flow import Array, indicators, run
from explorer.models.what_if import noise_of
from explorer.sweep.cells import work_of
from explorer.sweep.place import HERE, Place
from explorer.sweep.plan import Block, Sweep, read_sweep
from explorer.sweep.run import begin, go_on
from explorer.sweep.store import written
from explorer.world import CONFIG_FOLDER, World, load_world

MOST_BESIDE_ENGINE, LEAST_FASTER = 1.5, 1.7
TURNS = 3  # of one worker and two; the best of each is taken
ON_WORKERS = 40  # authorities of those runs
FEW = 4  # authorities, from which it is seen how cost grows with draws and months
GROWING = {"draws": (250, 500, 1000, 2000, 4000), "months": (12, 36, 60, 120), "authorities": (10, 25, 50, 100)}


def some(sweep: Sweep, number: int) -> Sweep:
    """So many of a sweep's blocks, spread over all of them."""
    every = max(len(sweep.blocks) // number, 1)
    return replace(sweep, blocks=sweep.blocks[::every][:number])


def beside_engine(world: World, sweep: Sweep, folder: Path) -> dict[str, float]:
    """A whole sweep in this process, with the bare engine after each block: seconds of both, a cell."""
    year = sweep.blocks[0].as_at
    known, england = world.history.up_to(year), work_of(sweep, world, sweep.blocks[:1]).england[year]
    going = go_on(begin(sweep, world, folder), world)
    mine, bare, cells = np.zeros(2), np.zeros(2), 0
    while True:
        start = _clocks()
        one = next(going, None)
        mine += _clocks() - start
        if one is None:
            break
        if one.done:
            label, fewest = world.areas.label(one.area), world.models.fewest
            at = calibrate(known, england, one.area, label, sweep.draws, sweep.seed, fewest)
            bare += _engine(world, sweep, at)
            cells += one.done
    return {
        "authorities": len(sweep.blocks),
        "cells_done": cells,
        "cells_failed": sweep.cells - cells,
        "seconds": float(mine[0]),
        "milliseconds_a_cell": float(1000 * mine[0] / cells),
        "milliseconds_of_bare_engine": float(1000 * bare[0] / cells),
        "times_the_bare_engine": float(mine[0] / bare[0]),
        "times_the_bare_engine_in_processor_time": float(mine[1] / bare[1]),
    }


def _clocks() -> Array:
    """Seconds that passed, and those that the processor spent here: the second minds other programs less."""
    return np.array([time.perf_counter(), time.process_time()])


def _engine(world: World, sweep: Sweep, at: Calibration) -> Array:
    """Seconds of the engine alone for every scenario, by both clocks."""
    noise, seconds = noise_of(at, sweep.months, sweep.seed), np.zeros(2)
    for one in sweep.scenarios:
        ratios = effects(one.scenario, world.models.what_if, sweep.months, sweep.draws, sweep.seed, at.leaving_mix)
        start = _clocks()
        indicators(run(at.state, at.rates, ratios, sweep.months, noise), at.state.year)
        seconds += _clocks() - start
    return seconds


@contextmanager
def cluster(workers: int) -> Iterator[Place]:
    """Workers that are ready, each a process of its own."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="localhost:0", silence_logs=50
    ) as local:
        yield Place(scheduler=local.scheduler_address)


def timed(world: World, sweep: Sweep, place: Place, folder: Path, each: Callable[[int], object] = id) -> float:
    """Seconds of a sweep at a place; ``each`` is told how many blocks are there."""
    start = time.perf_counter()
    for number, _ in enumerate(go_on(begin(sweep, world, folder), world, place), 1):
        each(number)
    return time.perf_counter() - start


def on_workers(world: World, sweep: Sweep, folder: Path) -> tuple[dict[str, Any], Bar, Bar]:
    """One worker and two in turns; then one of two killed in the middle, beside the files of one process."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with cluster(1) as one, cluster(2) as two:
        for number, place in ((1, one), (2, two)):
            timed(world, replace(sweep, blocks=sweep.blocks[:4]), place, folder / f"warm{number}")
        for turn in range(TURNS):
            for number, place in ((1, one), (2, two)):
                seconds[number].append(timed(world, sweep, place, folder / f"{turn}{number}"))
        killed = timed(world, sweep, two, folder / "killed", _killer(str(two.scheduler), len(sweep.blocks) // 2))
    timed(world, sweep, HERE, folder / "here")
    apart = [
        differing(folder / "here", folder / name)
        for name in ("killed", *(f"{turn}{number}" for turn in range(TURNS) for number in (1, 2)))
    ]
    best = {number: min(found) for number, found in seconds.items()}
    found = {
        "cells": sweep.cells,
        "seconds_of_one_worker": seconds[1],
        "seconds_of_two_workers": seconds[2],
        "two_workers_times_as_fast": best[1] / best[2],
        "seconds_with_one_of_two_killed": killed,
        "files_that_differ_after_the_kill": apart[0],
    }
    faster = at_most("time of two workers, for one of a single worker", best[2] / best[1], 1 / LEAST_FASTER)
    return found, faster, at_most("files that differ, with a worker killed and on any workers", sum(apart), 0)


def _killer(scheduler: str, when: int) -> Callable[[int], object]:
    """Kills one worker's process once so many blocks are there."""

    def each(number: int) -> None:
        if number == when:
            with Client(scheduler) as client:
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)

    return each


def differing(one: Path, other: Path) -> int:
    """How many files of two folders are not the same to the last byte."""
    names = {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*") if path.is_file()}
    same = [(one / name).is_file() and (other / name).is_file() for name in names]
    return sum(
        not there or (one / name).read_bytes() != (other / name).read_bytes()
        for there, name in zip(same, names, strict=True)
    )


def growing(world: World, sweep: Sweep, folder: Path, sizes: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Seconds of some blocks in this process, files included, by draws, months and authorities."""
    few, rows = some(sweep, FEW), []
    for what, values in sizes.items():
        for value in values:
            asked = some(sweep, value) if what == "authorities" else replace(few, **{what: value})
            asked = replace(asked, years=tuple(year for year in asked.years if 12 * year <= asked.months))
            rows.append({"by": what, "size": value, "seconds": _seconds(world, asked, folder / f"{what}{value}")})
    return rows


def _seconds(world: World, sweep: Sweep, folder: Path) -> float:
    work = work_of(sweep, world, sweep.blocks)
    _block(work, sweep.blocks[0], folder)  # makes the chance that all share
    start = time.perf_counter()
    cells = sum(_block(work, block, folder) for block in sweep.blocks)
    seconds = time.perf_counter() - start
    if 2 * cells < sweep.cells:  # a fault costs next to nothing, and is no measurement
        raise RuntimeError(f"Only {cells} of {sweep.cells} cells could be worked out.")
    return seconds


def _block(work: Any, block: Block, folder: Path) -> int:  # noqa: ANN401 - any work of cells
    found = work(block)
    return written(block, found, "", "", folder).done


def picture(rows: list[dict[str, Any]]) -> alt.TopLevelMixin:
    """Seconds by what grows, one panel each; all begin at nothing."""
    panels = []
    for what, title in (
        ("draws", f"draws ({FEW} authorities, 60 months)"),
        ("months", f"months ahead ({FEW} authorities, 1,000 draws)"),
        ("authorities", "authorities (1,000 draws, 60 months)"),
    ):
        table = pl.DataFrame([row for row in rows if row["by"] == what])
        panels.append(
            alt.Chart(table, width=220, height=200)
            .mark_line(point=True, color=AUTHORITY)
            .encode(
                x=alt.X("size:Q", title=title, scale=alt.Scale(zero=True)),
                y=alt.Y("seconds:Q", title="seconds", scale=alt.Scale(zero=True)),
            )
        )
    return alt.hconcat(*panels, title="What a sweep of five scenarios costs in one process")


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few authorities and scenarios; nothing is written")
    quick: bool = parser.parse_args().quick
    world = load_world()
    whole = read_sweep(CONFIG_FOLDER / "sweeps" / "ideas_by_authority.yaml", world)
    five = replace(whole, scenarios=whole.scenarios[:5])
    load = [round(one, 2) for one in os.getloadavg()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        beside = beside_engine(world, some(five, 8) if quick else whole, folder / "beside")
        print(beside)
        workers, faster, same = on_workers(world, some(five if quick else whole, 8 if quick else ON_WORKERS), folder)
        print(workers)
        sizes = {what: values[:2] for what, values in GROWING.items()} if quick else GROWING
        rows = growing(world, five, folder, sizes)
        print(rows)
    bars = [at_most("a cell, times the bare engine", beside["times_the_bare_engine"], MOST_BESIDE_ENGINE), faster, same]
    bars_met(bars)
    if not quick:
        asked = {"scenarios": len(whole.scenarios), "draws": whole.draws, "months": whole.months}
        found = {"load_before": load, "sweep": asked | beside, "workers": workers, "growth": rows}
        record("sweep", found, bars)
        picture(rows).save(RESULTS / "sweep.svg")


if __name__ == "__main__":
    main()

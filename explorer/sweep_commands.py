"""The commands for every authority at once: a sweep of scenarios, and the placebo tests of the evaluation."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from explorer.evaluation.estimators import WAYS
from explorer.record_commands import calendar_day
from explorer.sweep.manifest import Tried
from explorer.sweep.options import add_place, place_of
from explorer.sweep.placebos import placebo_tests
from explorer.sweep.plan import read_sweep
from explorer.sweep.progress import Progress
from explorer.sweep.run import begin, go_on
from explorer.world import load_world

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SOME_FAILED = 3
STOPPED = 130  # as a shell says it of a program that Ctrl-C ended
_SHOWN = 20  # sentences about failed cells; the manifest has all


def add_to(commands: "Commands") -> None:
    """Add the commands to the command line."""
    sweep = commands.add_parser(
        "sweep",
        help="every authority under every scenario of a file; goes on where it was stopped",
        description="Works out authorities x 31 Marches x scenarios and keeps the results as Parquet files with a "
        "manifest. The same command goes on where it was stopped. Exit code 0: every cell is done; 3: some could not "
        "be worked out, and are named; 1: a fault that is told; 130: stopped by hand.",
    )
    sweep.add_argument("file", type=Path, help="such as config/sweeps/first_try.yaml")
    sweep.add_argument("--out", type=Path, help="folder for the results; else var/sweeps/ and the file's name, here")
    add_place(sweep)
    sweep.set_defaults(run=_sweep)

    test = commands.add_parser(
        "placebos",
        help="what the evaluation would find in every authority for a start on the same day",
        description="Asks of every authority whether it moved otherwise than the others, as if something had begun in "
        "each on one day. Most began nothing, so what is found shows how often chance, and what authorities do anyway, "
        "look like an effect.",
    )
    test.add_argument("--measure", default="repeat_plan_percent", help="an outcome of config/evaluation.yaml")
    test.add_argument("--start", type=calendar_day, required=True, help="a date such as 2018-09-01")
    test.add_argument("--last", type=int, nargs="+", required=True, help="last years used, such as 2020 2023")
    test.add_argument("--way", choices=WAYS, help="how to compare; else as the verdict does")
    test.add_argument("--json", action="store_true", help="print a list of objects")
    add_place(test)
    test.set_defaults(run=_placebos)


def _sweep(options: argparse.Namespace) -> int:
    world = load_world(options.config)
    sweep = read_sweep(options.file, world)
    folder: Path = options.out or Path("var") / "sweeps" / options.file.stem
    before = begin(sweep, world, folder)
    scenarios = len(sweep.scenarios)
    tried = list(before.manifest.blocks)
    with Progress(sweep.name, "cells", sweep.cells, before.cells_there) as progress:
        try:
            for one in go_on(before, world, place_of(options)):
                tried.append(one)
                progress.done(scenarios)
        except KeyboardInterrupt:
            there = sum(one.file is not None for one in tried) * scenarios  # one that was lost is not kept
            print(f"Stopped. {there:,} of {sweep.cells:,} cells are kept; the same command goes on.", file=sys.stderr)
            return STOPPED
    failed = [one for one in sorted(tried, key=lambda one: one.block) if one.failed_of(scenarios)]
    for line in _told(failed)[:_SHOWN]:
        print(line, file=sys.stderr)
    number = sum(one.failed_of(scenarios) for one in failed)
    print(f"{folder}: {sweep.cells - number:,} of {sweep.cells:,} cells are done, {number:,} failed.")
    return SOME_FAILED if failed else 0


def _told(failed: list[Tried]) -> list[str]:
    """A line for each reason why a cell failed; after the first ones how many more there are."""
    lines = []
    for one in failed:
        whose = f"{one.name} ({one.area}), 31 March {one.as_at}"
        lines += [f"{whose}: {one.why}"] if one.why else [f"{whose}, {name}: {why}" for name, why in one.failed.items()]
    rest = len(lines) - _SHOWN
    return [*lines[: _SHOWN - 1], f"... and {rest + 1} more; manifest.json has all."] if rest > 0 else lines


def _placebos(options: argparse.Namespace) -> None:
    world = load_world(options.config)
    lasts = sorted(set(options.last))
    found = placebo_tests(world, options.measure, options.start, lasts, options.way, place_of(options))
    if options.json:
        print(json.dumps(found.to_dicts(), indent=2))
        return
    sure = 1 - world.evaluation.certainty.confidence.value
    for last in lasts:
        rows = found.filter(pl.col("last") == last)
        asked = rows.filter(pl.col("effect").is_not_null())
        clear = asked.filter(pl.col("p_value") <= sure)
        print(
            f"To March {last}: {asked.height} of {rows.height} authorities could be asked about. In {clear.height} of "
            f"them something would be found."
        )
        for row in clear.sort("p_value", "area").iter_rows(named=True):
            print(
                f"  {world.areas.label(row['area'])}: {row['effect']:+.1f} points ({row['lower']:+.1f} to "
                f"{row['upper']:+.1f}); {row['larger']} of {row['placebos']} others moved as far for their size"
            )

"""Test the forecasts of yearly figures on past years, and write the table of results that ships."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl

from explorer.model_commands.back_test import settings_of
from explorer.models.forecasting.fan import Tested
from explorer.models.forecasting.shipped import YearlyTest, annual_tested, digest, run_test, save, yearly_test
from explorer.models.forecasting.yearly import Yearly, load_yearly
from explorer.world import World, load_world

if TYPE_CHECKING:
    from explorer.model_commands.arguments import Commands


def add_to(commands: "Commands") -> None:
    """Add the command to the command line."""
    test = commands.add_parser(
        "test-forecasts", help="test the forecasts of every published measure on past years; a minute or two"
    )
    test.add_argument("--json", action="store_true", help="print one JSON object")
    test.add_argument("--save", action="store_true", help="also write the table that ships in data/models/")
    test.set_defaults(run=_test_forecasts)


def yearly_figures(world: World) -> dict[str, Yearly]:
    """Every published indicator of every authority, by name."""
    return {
        name: load_yearly(world.table, world.history.areas, (name, entry), world.config.benchmarks.suppression)
        for name, entry in world.config.indicators.items()
        if not entry.only_records
    }


def run_all(world: World) -> tuple[pl.DataFrame, YearlyTest]:
    """Run the test on every authority; the share done goes to standard error. Every row, and the sums."""
    names = {area.code: area.label for area in world.areas.authorities}
    flow, settings = settings_of(world), world.models.forecast

    def progress(share: float, what: str) -> None:
        print(f"{share:4.0%} {what}", file=sys.stderr, flush=True)

    rows = run_test(yearly_figures(world), world.history, names, settings, flow, progress)
    return rows, yearly_test(rows, world.version, digest(settings, flow))


def result_by_indicator(world: World, result: YearlyTest) -> dict[str, Tested]:
    """The test as it stands in the last year of the data."""
    return {
        name: annual_tested(result, name, world.years[-1], world.models.forecast)
        for name in world.config.indicators
        if name in result.by_indicator
    }


def as_object(tested: dict[str, Tested]) -> dict[str, dict[str, Any]]:
    """The test of every indicator as one JSON object."""
    return {
        name: {"chosen": one.chosen, "reach": one.reach, "scores": [asdict(score) for score in one.scores]}
        for name, one in tested.items()
    }


_WHY_NOT = {
    "gain": "nothing beat the last figure",
    "held": "what beat the last figure had ranges that held too few",
    "few": "too few forecasts to tell",
}


def print_result(tested: dict[str, Tested]) -> None:
    """The table for people: what is shown of each indicator, and how good it was."""
    print("Gain: percent less error (CRPS) than the last figure carried forward. Within: percent of truths that the")
    print("80% and the 95% range held.")
    print(f"\n{'indicator':36}{'years':>6}  {'shown':14}{'n':>6}{'gain':>8}{'mase':>8}{'in 80%':>8}{'in 95%':>8}")
    for name, one in tested.items():
        if one.chosen is None:
            print(f"{name:36}{'':6}  {_WHY_NOT.get(one.stopped, 'not forecast: ' + one.reason)}")
        for score in one.scores:
            if score.model == one.chosen and score.horizon <= one.reach:
                print(
                    f"{name:36}{score.horizon:6}  {score.model:14}{score.n:6}{score.gain:8.1f}{score.mase:8.2f}"
                    f"{score.in_80:8.1f}{score.in_95:8.1f}"
                )


def _test_forecasts(options: argparse.Namespace) -> None:
    world = load_world(options.config)
    _, result = run_all(world)
    if options.save:
        print(f"written: {save(result, world.config.root / 'data')}", file=sys.stderr)
    tested = result_by_indicator(world, result)
    if options.json:
        print(json.dumps(as_object(tested), indent=2))
    else:
        print_result(tested)

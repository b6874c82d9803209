"""Test the forecasts on past years, and write the table of results that ships."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from explorer.model_commands.arguments import MOST_DRAWS, whole
from explorer.models import backtest
from explorer.models.backtest_table import BackTest, back_test_table, save
from explorer.sweep.options import add_place, place_of
from explorer.sweep.place import HERE, Place, in_order
from explorer.world import World, load_world

if TYPE_CHECKING:
    from explorer.model_commands.arguments import Commands


def add_to(commands: "Commands") -> None:
    """Add the command to the command line."""
    test = commands.add_parser("backtest", help="test the forecasts on every authority's past years; a minute or two")
    test.add_argument("--draws", type=whole(2, MOST_DRAWS), help="possible futures; as many as the pages use")
    test.add_argument("--json", action="store_true", help="print one JSON object")
    test.add_argument("--save", action="store_true", help="also write the table that ships in data/models/")
    add_place(test)
    test.set_defaults(run=_backtest)


def settings_of(world: World, draws: int | None = None) -> backtest.Settings:
    """How the back-test is run: as the pages are, unless another number of draws is asked for."""
    models = world.models
    return backtest.Settings(
        fit=models.fit,
        suppression=world.config.benchmarks.suppression,
        return_shape=models.return_shape,
        draws=models.draws if draws is None else draws,
        seed=models.seed,
        fewest=models.fewest,
    )


def run_all(world: World, draws: int | None = None, place: Place = HERE) -> BackTest:
    """Run the back-test on every authority; the share done goes to standard error.

    Args:
        world: everything loaded.
        draws: possible futures; None: as many as the pages use.
        place: where the starting years are worked out; the figures are the same everywhere.
    """
    settings = settings_of(world, draws)
    names = {area.code: area.label for area in world.areas.authorities}

    def progress(share: float, what: str) -> None:
        print(f"{share:4.0%} {what}", file=sys.stderr, flush=True)

    def each(work: backtest.OriginWork, origins: Sequence[int]) -> Iterator[pl.DataFrame]:
        return (found for _, found in in_order(work, origins, place))

    scores = backtest.back_test(world.history, names, settings, progress, each)
    return back_test_table(scores, world.version, settings)


def as_object(result: BackTest) -> dict[str, object]:
    """A back-test as one JSON object: rows of all authorities, and rows by size."""
    return {
        "authorities": result.authorities,
        "origins": result.origins,
        "data_version": result.data_version,
        "settings": result.settings,
        "rows": result.summary.drop("least_open", "most_open").to_dicts(),
        "by_size": result.by_size.to_dicts(),
    }


def print_result(result: BackTest) -> None:
    """The table for people: all authorities, and below by size."""
    print(f"Tested on {result.authorities} authorities, from {result.origins}. Gain: percent less error (CRPS) than")
    print("the last value carried forward. Within: percent of truths that the 80% and the 95% range held.")
    heading = f"\n{'figure':24}{'years':>6}  {'model':18}{'n':>6}{'gain':>8}{'in 80%':>8}{'in 95%':>8}"
    print(heading)
    for row in result.summary.iter_rows(named=True):
        print(_line(row))
    for least, rows in result.by_size.partition_by("least_open", as_dict=True).items():
        most = rows["most_open"][0]
        above = "or more" if most == backtest.SIZES[-1][1] else f"to {most - 1}"
        print(f"\n{least[0]} {above} plans open at the start{heading}")
        for row in rows.filter(pl.col("model") != "last_value").iter_rows(named=True):
            print(_line(row))


def _line(row: Mapping[str, Any]) -> str:
    gain, narrow, wide = row["gain"], row["in_80"], row["in_95"]
    return f"{row['indicator']:24}{row['horizon']:6}  {row['model']:18}{row['n']:6}{gain:8.1f}{narrow:8.1f}{wide:8.1f}"


def _backtest(options: argparse.Namespace) -> None:
    world = load_world(options.config)
    result = run_all(world, options.draws, place_of(options))
    if options.save:
        print(f"written: {save(result, world.config.root / 'data')}", file=sys.stderr)
    if options.json:
        print(json.dumps(as_object(result), indent=2))
    else:
        print_result(result)

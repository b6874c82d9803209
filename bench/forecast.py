"""How well forecasts did on the past: published figures of every authority, and the sample's months and quarters.

Run with ``python -m bench.forecast``; some minutes. Prints tables and writes them to
bench/results/forecast.json. ``python -m explorer test-forecasts --save`` writes the table that ships for the page.
"""

import json
import os
import platform
import re
import time
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from explorer.model_commands.yearly_forecasts import as_object, print_result, result_by_indicator, run_all
from explorer.models.calibration import calibrate
from explorer.models.england import learn
from explorer.models.forecasting import FLOW_SERIES, flow_paths, learn_pooled, load_yearly, monthly_means
from explorer.models.forecasting.annual_fan import annual_fan
from explorer.models.forecasting.fan import Tested, choose
from explorer.models.forecasting.luck import standard_errors
from explorer.models.forecasting.series_models import Observed
from explorer.models.forecasting.series_test import Rolled, judged, roll, score_of, scored
from explorer.models.forecasting.settings import ForecastSettings, Test
from explorer.models.forecasting.shipped import YearlyTest, annual_tested, drawn_before
from explorer.models.series import of_records
from explorer.models.what_if import noise_of
from explorer.records import Records
from explorer.records.shipped import load_sample
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
MONTHLY = ("plans_open", "plans_started", "plans_ended")
LENGTHS = {12: (36, 48, 72, 108), 4: (20, 24, 30, 36)}  # of series without a pattern, by periods a year
WALKS = 400
SIZES = ((0, 30_000), (30_000, 60_000), (60_000, 10_000_000))  # children aged 0 to 17


def held(rows: pl.DataFrame, *keys: str) -> list[dict[str, Any]]:
    """Percent of truths held, by keys."""
    parts = (
        pl.len().alias("n"),
        *((100 * pl.col(name).mean()).round(1).alias(name) for name in ("in_80", "in_95")),
        (100 * (1 - pl.col("crps").sum() / pl.col("crps_last").sum())).round(1).alias("gain"),
    )
    table = rows.group_by(*keys).agg(*parts).sort(*keys) if keys else rows.select(*parts)
    return table.to_dicts()


def as_drawn(world: World, rows: pl.DataFrame, result: YearlyTest) -> pl.DataFrame:
    """The forecasts that a page drawn in each year would have shown: its model picked by what was known by then."""
    settings, keys = world.models.forecast, ["indicator", "model", "origin", "horizon"]
    drawn = [
        drawn_before(own, world.years[-1], settings).select(keys)
        for name, own in result.by_indicator.items()
        if name not in settings.not_forecast.reasons
    ]
    return rows.join(pl.concat(drawn), on=keys, how="semi")


def if_sure(world: World, result: YearlyTest, least: float) -> dict[str, float]:
    """The same, if a gain had to be beyond so many of its standard errors by starting year."""
    settings = world.models.forecast
    asked = settings.model_copy(update={"least_sure": settings.least_sure.model_copy(update={"value": least})})
    parts = []
    for name, rows in result.by_indicator.items():
        if name in settings.not_forecast.reasons:
            continue
        nearer = rows.with_columns(nearer=(pl.col("crps_last") - pl.col("crps")) / pl.col("n")).sort("origin")
        for origin in rows["origin"].unique():
            known = nearer.filter(pl.col("origin") + pl.col("horizon") <= origin)
            scores = [
                replace(one, sure=standard_errors(own["nearer"].to_numpy(), one.horizon))
                for one in annual_tested(result, name, origin, settings).scores
                if (own := known.filter(model=one.model, horizon=one.horizon)).height
            ]
            picked = choose(tuple(scores), settings.yearly, asked)
            if picked.chosen is not None:
                parts.append(rows.filter(pl.col("horizon") <= picked.reach, origin=origin, model=picked.chosen))
    number, held, own, last = pl.concat(parts).select(pl.col("n", "in_80", "crps", "crps_last").sum()).row(0)
    return {
        "least": least,
        "n": number,
        "in_80": round(100 * held / number, 1),
        "gain": round(100 * (1 - own / last), 1),
    }


def usual_of_stocks(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """How the bands of usual movement did of those published figures that are counted on a day."""
    reasons = world.models.forecast.not_forecast.reasons
    stocks = [name for name, entry in world.config.indicators.items() if entry.period == "day" and name not in reasons]
    return rows.filter(pl.col("indicator").is_in(stocks), model="last_value")


def by_size(world: World, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Coverage by how many children live in an authority."""
    history = world.history
    children = pl.DataFrame({"area": history.areas, "children": np.nanmean(history.exposed, axis=1)})
    there = rows.join(children, on="area")
    return [
        {"children_from": least, "children_below": most, **held(one)[0]}
        for least, most in SIZES
        if (one := there.filter(pl.col("children") >= least, pl.col("children") < most)).height
    ]


def shown(name: str, test: dict[str, Any]) -> list[dict[str, Any]]:
    """The scores of what is drawn of one indicator."""
    return [
        {"indicator": name}
        | {key: round(figure, 3) if isinstance(figure, float) else figure for key, figure in one.items()}
        for one in test["scores"]
        if one["model"] == test["chosen"] and one["horizon"] <= test["reach"]
    ]


def timing(world: World, result: YearlyTest) -> dict[str, float]:
    """Milliseconds of one yearly fan, by part."""
    name, year, settings = "reviews_on_time_percent", world.years[-1], world.models.forecast
    begun = time.perf_counter()
    entry = world.config.indicators[name]
    figures = load_yearly(world.table, world.history.areas, (name, entry), world.config.benchmarks.suppression)
    loaded = time.perf_counter()
    pooled = learn_pooled(figures, year, settings.yearly.horizons)
    learnt = time.perf_counter()
    annual_fan(figures, world.config.app.default_area, year, annual_tested(result, name, year, settings), pooled)
    done = time.perf_counter()
    parts = {"load": loaded - begun, "learn_pooled": learnt - loaded, "annual_fan": done - learnt}
    return {part: round(1000 * seconds, 1) for part, seconds in parts.items()}


def sample_paths(world: World, records: Records) -> dict[int, dict[str, dict[date, Any]]]:
    """The plan flow of the sample from every 31 March of its own, by periods a year and measure.

    As on the page: England is learnt from published figures, and the authority's own are those of its plan records.
    """
    models, own = world.models, world.with_records(records)
    paths: dict[int, dict[str, dict[date, Any]]] = {12: {}, 4: {}}
    for year in own.years_of_records:
        england = learn(world.history.up_to(year), models.fit, models.return_shape)
        known, area = own.history.up_to(year), records.area
        start = calibrate(known, england, area, area, models.draws, models.seed, models.fewest)
        noise = noise_of(start, 24, models.seed)
        for season, by_name in paths.items():
            for name, path in monthly_means(start, noise, season).items():
                by_name.setdefault(name, {})[date(year, 3, 31)] = path
    return paths


@dataclass(frozen=True, eq=False)
class OfSample:
    """What was made of the sample's series: every forecast, those drawn at each period, and the usual movements."""

    made: pl.DataFrame
    drawn: pl.DataFrame
    usual: pl.DataFrame


def sample(world: World) -> OfSample:
    """Every series of the sample that is long enough (months of counts, quarters of all)."""
    records, settings = load_sample(world.config, world.rules), world.models.forecast
    paths, made, drawn, usual = sample_paths(world, records), [], [], []
    for season, names in ((12, MONTHLY), (4, FLOW_SERIES)):
        kind, test = {12: "month", 4: "quarter"}[season], settings.of_season(season)
        for name in names:
            series = of_records(records.figures, name, records.area, kind, "", world.config.benchmarks)  # type: ignore[arg-type]
            values, ends = series.values, [point.end for point in series.points]
            if (~np.isnan(values)).sum() < test.shortest + test.fewest:
                continue
            percent, told = name.endswith("percent"), {"series": f"{name}, {kind}"}
            flow = flow_paths(name, paths[season][name], ends, values, season, max(test.horizons))
            begun = time.perf_counter()
            rolled = roll(Observed(values, season, percent, series.denominators if percent else None, flow), settings)
            result = judged(rolled, settings)
            seconds = time.perf_counter() - begun
            drawn += [told | row for row in drawn_at_each(rolled, settings)]
            if world.config.indicators[name].period == "day":
                usual += [
                    told | row for horizon in test.horizons for row in usual_at_each(rolled, horizon, test.fewest)
                ]
            for model in rolled.point:
                for horizon in test.horizons:
                    shown = model == result.chosen and horizon <= result.reach
                    about = told | {"model": model, "horizon": horizon, "shown": shown, "seconds": seconds}
                    made += [about | row for row in as_rows(scored(rolled, model, horizon))]
    return OfSample(pl.DataFrame(made), pl.DataFrame(drawn), pl.DataFrame(usual))


def as_rows(columns: dict[str, Any]) -> list[dict[str, float]]:
    """Columns as rows."""
    return [
        {name: float(figure) for name, figure in zip(columns, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]


def usual_at_each(rolled: Rolled, horizon: int, fewest: int) -> list[dict[str, float]]:
    """The last figure carried forward, from when on a page would have shown its band."""
    own = as_rows(scored(rolled, "last_value", horizon))
    return [
        {"horizon": horizon, **row}
        for row in own
        if sum(before["origin"] + horizon <= row["origin"] for before in own) >= fewest
    ]


def drawn_at_each(rolled: Rolled, settings: ForecastSettings) -> list[dict[str, float]]:
    """The forecasts that a page drawn at each period would have shown: its model picked by what was known by then."""
    test = settings.of_season(rolled.series.season)
    rows = {(model, ahead): scored(rolled, model, ahead) for model in rolled.point for ahead in test.horizons}
    found = []
    for now in range(len(rolled.series.values)):
        picked = picked_at(rows, now, test, settings)
        for (model, ahead), own in rows.items():
            if model == picked.chosen and ahead <= picked.reach and now in own["origin"]:
                place = int(np.flatnonzero(own["origin"] == now)[0])
                found.append({"horizon": ahead, **{name: float(one[place]) for name, one in own.items()}})
    return found


def picked_at(rows: dict[tuple[str, int], dict[str, Any]], now: int, test: Test, settings: ForecastSettings) -> Tested:
    """The test as it stood at a period."""
    scores = [
        score_of({name: one[own["origin"] + ahead <= now] for name, one in own.items()}, model, ahead)
        for (model, ahead), own in rows.items()
    ]
    return choose(tuple(one for one in scores if one), test, settings)


def random_walks(world: World) -> list[dict[str, Any]]:
    """How many series without any pattern get a forecast: steps by chance, and stocks of brothers and sisters.

    The test of a series is the same as that of its beginning, so that each is looked at when it was so long.
    """
    settings, found = world.models.forecast, []
    for season, lengths in LENGTHS.items():
        test = settings.of_season(season)
        for kind in ("normal steps", "families"):
            drawn, by_gain = dict.fromkeys(lengths, 0), dict.fromkeys(lengths, 0)
            for seed in range(WALKS):
                generator = np.random.default_rng([seed, season])
                rolled = roll(Observed(wandering(kind, generator, max(lengths), season), season), settings)
                rows = {(name, ahead): scored(rolled, name, ahead) for name in rolled.point for ahead in test.horizons}
                for length in lengths:
                    told = picked_at(rows, length - 1, test, settings)
                    drawn[length] += told.chosen is not None
                    gains = tuple(replace(score, sure=None) for score in told.scores)
                    by_gain[length] += choose(gains, test, settings).chosen is not None
            found += [
                {"periods_a_year": season, "kind": kind, "length": length, "series": WALKS}
                | {"drawn": round(100 * drawn[length] / WALKS, 1), "by_gain": round(100 * by_gain[length] / WALKS, 1)}
                for length in lengths
            ]
    return found


def wandering(kind: str, generator: np.random.Generator, number: int, season: int) -> NDArray[np.float64]:
    """(number,) about 250 plans open that wander without any pattern."""
    if kind == "normal steps":
        moved = generator.normal(0, 12 * np.sqrt(12 / season), number)
    else:
        moved = families(generator, number, 240 / season) - families(generator, number, 240 / season)
    return np.asarray(np.maximum(np.round(250 + np.cumsum(moved)), 0))


def families(generator: np.random.Generator, number: int, mean: float) -> NDArray[np.float64]:
    """(number,) children who start a plan in each period, brothers and sisters together."""
    sizes = [
        generator.choice([1, 2, 3, 4], size=one, p=[0.4, 0.3, 0.2, 0.1]) for one in generator.poisson(mean / 2, number)
    ]
    return np.array([one.sum() for one in sizes], dtype=float)


def of_years(world: World) -> dict[str, Any]:
    """How the published figures of every authority were forecast; also printed, indicator by indicator."""
    begun = time.perf_counter()
    rows, result = run_all(world)
    seconds = time.perf_counter() - begun
    found = result_by_indicator(world, result)
    print_result(found)
    drawn, stocks = as_drawn(world, rows, result), usual_of_stocks(world, rows)
    return {
        "seconds": round(seconds, 1),
        "milliseconds": timing(world, result),
        "all": held(rows),
        "by_horizon": held(rows, "horizon"),
        "by_model": held(rows, "model"),
        "by_indicator": held(rows, "indicator", "horizon"),
        "by_size": by_size(world, rows),
        "as_drawn_in_each_year": held(drawn),
        "as_drawn_by_indicator": held(drawn, "indicator", "horizon"),
        "as_drawn_by_measure": held(drawn, "indicator"),
        "as_drawn_by_size": by_size(world, drawn),
        "if_sure": [if_sure(world, result, least) for least in (1.0, 2.0)],
        "usual_movement": held(stocks),
        "usual_movement_by_measure": held(stocks, "indicator"),
        "shown": [row for name, one in as_object(found).items() for row in shown(name, one)],
    }


def of_sample(world: World) -> dict[str, Any]:
    """How the months and quarters of the sample were forecast."""
    told = sample(world)
    made = told.made
    by_kind = made.with_columns(kind=pl.col("series").str.split(", ").list.last())
    return {
        "most_seconds_a_series": round(float(made["seconds"].max()), 3),  # type: ignore[arg-type]
        "all": held(made),
        "shown": held(made.filter("shown")),
        "as_drawn_in_each_period": held(told.drawn),
        "as_drawn_by_series": held(told.drawn, "series"),
        "usual_movement": held(told.usual),
        "usual_movement_by_series": held(told.usual, "series", "horizon"),
        "by_horizon": held(by_kind, "kind", "horizon"),
        "by_model": held(made, "model"),
        "by_series": held(made, "series", "model", "horizon", "shown"),
    }


def print_record(record: dict[str, Any]) -> None:
    """The tables that are short enough to be read, and of the sample's series those that are shown."""
    print("\nrandom walks\n" + "\n".join(str(row) for row in record["random_walks"]))
    for part in ("yearly", "sample"):
        for name, figures in record[part].items():
            if isinstance(figures, list) and len(figures) < 20:
                print(f"\n{part}, {name}\n" + "\n".join(str(row) for row in figures))
    for row in record["sample"]["by_series"]:
        if row["shown"]:
            print(row)


def write(record: dict[str, Any], target: Path) -> None:
    """Keep the record, each row of a table on a line of its own."""
    target.parent.mkdir(exist_ok=True)
    rows_as_lines = re.sub(
        r"\{\s+([^{}]*?)\s+\}", lambda row: "{" + " ".join(row[1].split()) + "}", json.dumps(record, indent=2)
    )
    target.write_text(rows_as_lines + "\n", encoding="utf-8")


def main() -> None:
    """Run, print and record."""
    world = load_world()
    record: dict[str, Any] = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "cores": os.cpu_count(),
        "asked": {"in_80": [world.models.forecast.held_well.least, world.models.forecast.held_well.most]},
        "yearly": of_years(world),
        "sample": of_sample(world),
        "random_walks": random_walks(world),
    }
    print_record(record)
    write(record, ROOT / "bench" / "results" / "forecast.json")


if __name__ == "__main__":
    main()

"""How well forecasts did on the past: published figures of every authority, and the sample's months and quarters.

Run with ``python -m bench.forecast``; about a minute and a half. Prints tables and writes them to
bench/results/forecast.json. ``python -m explorer test-forecasts --save`` writes the table that ships for the page.
"""

import json
import os
import platform
import re
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from explorer.model_commands.yearly_forecasts import as_object, print_result, result_by_indicator, run_all
from explorer.models.calibration import calibrate
from explorer.models.england import learn
from explorer.models.forecasting import FLOW_SERIES, flow_paths, learn_pooled, load_yearly, monthly_means
from explorer.models.forecasting.annual_fan import annual_fan
from explorer.models.forecasting.annual_test import ROWS
from explorer.models.forecasting.fan import choose
from explorer.models.forecasting.series_models import Observed
from explorer.models.forecasting.series_test import Rolled, judged, roll, score_of, scored
from explorer.models.forecasting.shipped import YearlyTest, annual_tested
from explorer.models.series import of_records
from explorer.models.what_if import noise_of
from explorer.records.shipped import load_sample
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
ASKED_80 = (77, 83)
MONTHLY = ("plans_open", "plans_started", "plans_ended")
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
    parts = [pl.DataFrame(schema=ROWS)]
    for name in result.by_indicator:
        own = rows.filter(indicator=name)
        for year in own["origin"].unique():
            found = annual_tested(result, name, year, world.models.forecast)
            if found.chosen is not None:
                parts.append(own.filter(pl.col("horizon") <= found.reach, origin=year, model=found.chosen))
    return pl.concat(parts)


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


def sample_paths(world: World, area: str) -> dict[int, dict[str, dict[date, Any]]]:
    """The plan flow of the sample's authority from every 31 March, by periods a year and measure."""
    models, history = world.models, world.history
    paths: dict[int, dict[str, dict[date, Any]]] = {12: {}, 4: {}}
    for year in history.years[2:]:
        known = history.up_to(year)
        england = learn(known, models.fit, models.return_shape)
        start = calibrate(known, england, area, area, models.draws, models.seed, models.fewest)
        noise = noise_of(start, 36, models.seed)
        for season, by_name in paths.items():
            for name, path in monthly_means(start, noise, season).items():
                by_name.setdefault(name, {})[date(year, 3, 31)] = path
    return paths


def sample(world: World) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every series of the sample that is long enough (months of counts, quarters of all): its test, and as drawn."""
    records, settings = load_sample(world.config, world.rules), world.models.forecast
    paths, found, drawn = sample_paths(world, records.area), [], []
    for season, names in ((12, MONTHLY), (4, FLOW_SERIES)):
        kind, test = {12: "month", 4: "quarter"}[season], settings.of_season(season)
        for name in names:
            series = of_records(records.figures, name, records.area, kind, "", world.config.benchmarks)  # type: ignore[arg-type]
            values, ends = series.values, [point.end for point in series.points]
            if (~np.isnan(values)).sum() < test.shortest + test.fewest:
                continue
            percent = name.endswith("percent")
            flow = flow_paths(name, paths[season][name], ends, values, season, max(test.horizons))
            begun = time.perf_counter()
            rolled = roll(Observed(values, season, percent, series.denominators if percent else None, flow), settings)
            result = judged(rolled, settings)
            seconds = time.perf_counter() - begun
            drawn += [{"series": f"{name}, {kind}", **row} for row in sample_as_drawn(rolled, world)]
            for model in rolled.point:
                for horizon in test.horizons:
                    own = scored(rolled, model, horizon)
                    shown = model == result.chosen and horizon <= result.reach
                    told = {"series": f"{name}, {kind}", "model": model, "horizon": horizon, "shown": shown}
                    found += [
                        {**told, "seconds": seconds, **dict(zip(own, row, strict=True))}
                        for row in zip(*own.values(), strict=True)
                    ]
    return found, drawn


def sample_as_drawn(rolled: Rolled, world: World) -> list[dict[str, Any]]:
    """The forecasts that a page drawn at each period would have shown: its model picked by what was known by then."""
    settings = world.models.forecast
    test = settings.of_season(rolled.series.season)
    rows = {(model, ahead): scored(rolled, model, ahead) for model in rolled.point for ahead in test.horizons}
    found = []
    for now in range(len(rolled.series.values)):
        scores = [
            score_of({name: one[own["origin"] + ahead <= now] for name, one in own.items()}, model, ahead)
            for (model, ahead), own in rows.items()
        ]
        asked = settings.least_gain.value, settings.least_held.value
        picked = choose(tuple(one for one in scores if one), test.fewest, *asked)
        for (model, ahead), own in rows.items():
            if model == picked.chosen and ahead <= picked.reach and now in own["origin"]:
                place = int(np.flatnonzero(own["origin"] == now)[0])
                found.append({"horizon": ahead, **{name: float(one[place]) for name, one in own.items()}})
    return found


def main() -> None:
    """Run, print and record."""
    world = load_world()
    begun = time.perf_counter()
    rows, result = run_all(world)
    seconds = time.perf_counter() - begun
    found = result_by_indicator(world, result)
    print_result(found)
    drawn = as_drawn(world, rows, result)
    months, months_drawn = (pl.DataFrame(rows) for rows in sample(world))
    record = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "cores": os.cpu_count(),
        "asked": {"in_80": ASKED_80},
        "yearly": {
            "seconds": round(seconds, 1),
            "milliseconds": timing(world, result),
            "all": held(rows),
            "by_horizon": held(rows, "horizon"),
            "by_model": held(rows, "model"),
            "by_indicator": held(rows, "indicator", "horizon"),
            "by_size": by_size(world, rows),
            "as_drawn_in_each_year": held(drawn),
            "as_drawn_by_indicator": held(drawn, "indicator", "horizon"),
            "as_drawn_by_size": by_size(world, drawn),
            "shown": [row for name, one in as_object(found).items() for row in shown(name, one)],
        },
        "sample": {
            "most_seconds_a_series": round(float(months["seconds"].max()), 3),  # type: ignore[arg-type]
            "all": held(months),
            "shown": held(months.filter("shown")),
            "as_drawn_in_each_period": held(months_drawn),
            "as_drawn_by_series": held(months_drawn, "series"),
            "by_horizon": held(
                months.with_columns(kind=pl.col("series").str.split(", ").list.last()), "kind", "horizon"
            ),
            "by_model": held(months, "model"),
            "by_series": held(months, "series", "model", "horizon", "shown"),
        },
    }
    for part in ("yearly", "sample"):
        for name, figures in record[part].items():  # type: ignore[attr-defined]
            if isinstance(figures, list) and len(figures) < 20:
                print(f"\n{part}, {name}\n" + "\n".join(str(row) for row in figures))
    for row in record["sample"]["by_series"]:  # type: ignore[index]
        if row["shown"]:
            print(row)
    target = ROOT / "bench" / "results" / "forecast.json"
    target.parent.mkdir(exist_ok=True)
    rows_as_lines = re.sub(
        r"\{\s+([^{}]*?)\s+\}", lambda row: "{" + " ".join(row[1].split()) + "}", json.dumps(record, indent=2)
    )
    target.write_text(rows_as_lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The test of yearly forecasts as a file that ships: what a page drawn in any year picks its model from.

Working it out takes a minute, so it is not done on a page. Sums are kept by the year that a forecast was made in, so
that a page drawn as in an earlier year rests on no forecast whose truth came later. The file says with which data and
settings it was made.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from explorer.errors import DataError
from explorer.models import backtest, backtest_table
from explorer.models.forecasting.annual_test import SUMMED, scored_rows, summed
from explorer.models.forecasting.fan import Score, Tested, choose
from explorer.models.forecasting.settings import ForecastSettings
from explorer.models.forecasting.yearly import Yearly
from explorer.models.forecasting.yearly_flow import FLOW_INDICATORS, flow_of_all
from explorer.models.history import History

FILE = Path("models") / "forecasts.csv"  # in data/
_VERSIONS: Mapping[str, type[pl.DataType]] = {"data_version": pl.String, "settings": pl.String}
SUMS: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "model": pl.String,
    "origin": pl.Int64,
    "horizon": pl.Int64,
    "n": pl.Int64,
    **dict.fromkeys(SUMMED, pl.Float64),
}
_PLACES = 4


@dataclass(frozen=True, eq=False)
class YearlyTest:
    """The result of the test on every authority.

    Attributes:
        table: ``SUMS``; see ``annual_test.ROWS`` for what is summed.
        data_version: of the data it was made with.
        settings: a digest of the settings it was made with; see ``digest``.
    """

    table: pl.DataFrame
    data_version: str
    settings: str

    @cached_property
    def by_indicator(self) -> Mapping[str, pl.DataFrame]:
        """The rows of each indicator."""
        return {str(key[0]): rows for key, rows in self.table.partition_by("indicator", as_dict=True).items()}


def digest(settings: ForecastSettings, flow: backtest.Settings) -> str:
    """Eight signs that change with any number that the test is run with; words may change."""
    numbers = settings.yearly.horizons, settings.yearly.shortest, backtest_table.digest(flow)
    return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()[:8]


def run_test(
    figures: Mapping[str, Yearly],
    history: History,
    names: Mapping[str, str],
    settings: ForecastSettings,
    flow: backtest.Settings,
    progress: Callable[[float, str], object],
) -> pl.DataFrame:
    """Every yearly forecast with its score: ``annual_test.ROWS``. About a minute.

    Args:
        figures: by indicator, of the areas of ``history``.
        history: every authority's counts.
        names: what each authority is called.
        settings: forecast.yaml.
        flow: how the plan flow is run.
        progress: told the share done and what is next.
    """
    furthest = max(settings.yearly.horizons)
    origins = [
        year
        for number, year in enumerate(history.years[:-1], 1)
        if number >= max(settings.yearly.shortest, furthest + 1)
    ]
    made: dict[int, Mapping[str, Mapping[int, Any]]] = {}
    for number, origin in enumerate(origins):
        progress(0.6 * number / len(origins), f"plan flow from 31 March {origin}")
        made[origin] = flow_of_all(history.up_to(origin), names, flow, furthest)

    def of_flow(indicator: str, origin: int) -> Mapping[int, Any] | None:
        return made[origin][indicator] if origin in made and indicator in FLOW_INDICATORS else None

    parts = []
    for number, (name, own) in enumerate(figures.items()):
        progress(0.6 + 0.4 * number / len(figures), f"forecasts of {name}")
        parts.append(scored_rows(own, settings.yearly, of_flow))
    progress(1.0, "done")
    return pl.concat(parts)


def yearly_test(rows: pl.DataFrame, data_version: str, settings: str) -> YearlyTest:
    """The rows of a test, added up."""
    table = summed(rows).with_columns(pl.col(name).round(_PLACES) for name in SUMMED).select(*SUMS)
    return YearlyTest(table, data_version, settings)


def annual_tested(shipped: YearlyTest, indicator: str, year: int, settings: ForecastSettings) -> Tested:
    """What was known of the ways to forecast an indicator by a year, and which is shown.

    Args:
        shipped: the test.
        indicator: a name of config/indicators.yaml.
        year: forecasts whose truth came later are left out.
        settings: forecast.yaml.
    """
    rows = shipped.by_indicator.get(indicator, shipped.table.clear())
    found = _tested(rows, year, settings)
    reason = settings.not_forecast.reasons.get(indicator)
    if reason is not None:
        return Tested(found.scores, None, 0, "not_forecast", reason)
    number, held = drawn_before(rows, year, settings).select(pl.col("n", "in_80").sum()).row(0)
    return replace(found, drawn_80=100 * held / number) if number else found


def _tested(rows: pl.DataFrame, year: int, settings: ForecastSettings) -> Tested:
    known = rows.filter(pl.col("origin") + pl.col("horizon") <= year)
    table = known.group_by("model", "horizon").agg(
        pl.col("n").sum(), pl.col("origin").n_unique().alias("origins"), *(pl.col(name).sum() for name in SUMMED)
    )
    order = {name: number for number, name in enumerate(settings.models)}
    scores = sorted(
        (_score(row) for row in table.iter_rows(named=True) if row["n"] >= settings.yearly.fewest),
        key=lambda one: (order[one.model], one.horizon),  # type: ignore[index]
    )
    return choose(tuple(scores), settings.yearly, settings)


def drawn_before(rows: pl.DataFrame, year: int, settings: ForecastSettings) -> pl.DataFrame:
    """The rows of the forecasts that a page drawn in each earlier year would have shown, with what was known by then.

    Args:
        rows: one indicator's part of the test (``SUMS``).
        year: forecasts whose truth came later are left out.
        settings: forecast.yaml.
    """
    parts = [rows.clear()]
    for origin in rows["origin"].unique().sort():
        if origin >= year:
            break
        then = _tested(rows, origin, settings)
        if then.chosen is not None:
            parts.append(
                rows.filter(
                    pl.col("horizon") <= min(then.reach, year - origin), pl.col("origin") == origin, model=then.chosen
                )
            )
    return pl.concat(parts)


def _score(row: Mapping[str, Any]) -> Score:
    number = row["n"]
    return Score(
        model=row["model"],
        horizon=row["horizon"],
        n=number,
        origins=row["origins"],
        mase=row["error"] / row["scale"],
        pinball=row["pinball"] / number,
        crps=row["crps"] / number,
        gain=100 * (1 - row["crps"] / row["crps_last"]),
        in_80=100 * row["in_80"] / number,
        in_95=100 * row["in_95"] / number,
    )


def save(result: YearlyTest, data_folder: Path) -> Path:
    """Write the result to the file that ships; returns it."""
    path = data_folder / FILE
    path.parent.mkdir(exist_ok=True)
    versions = [pl.lit(getattr(result, name)).alias(name) for name in _VERSIONS]
    path.write_text(result.table.with_columns(versions).select(*_VERSIONS, *SUMS).write_csv(), encoding="utf-8")
    return path


def load_yearly_test(data_folder: Path) -> YearlyTest:
    """Read the file that ships.

    Raises:
        DataError: it is missing, or not as ``save`` writes it.
    """
    path = data_folder / FILE
    wanted: dict[str, type[pl.DataType]] = {**_VERSIONS, **SUMS}
    try:
        table = pl.read_csv(path, schema=wanted)
    except OSError as problem:
        raise DataError(f"{path.name}: the file cannot be read ({problem.strerror or 'missing'}).") from None
    except pl.exceptions.PolarsError:
        raise DataError(f"{path.name}: its columns must be {', '.join(wanted)}.") from None
    if table.is_empty() or table.select(*_VERSIONS).n_unique() != 1:
        raise DataError(f"{path.name}: it must hold the result of one test.")
    version, settings = table.select(*_VERSIONS).row(0)
    return YearlyTest(table.select(*SUMS), version, settings)

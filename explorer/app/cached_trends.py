"""What the Trends page keeps: series, and forecasts with their tests.

As in ``cached``: keys are plain values and versions, and nothing of an uploaded file is kept for others.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import streamlit as st

from explorer.app import cached
from explorer.errors import SelectionError
from explorer.models.flow import Array
from explorer.models.forecasting import (
    FLOW_INDICATORS,
    FLOW_SERIES,
    Fan,
    Pooled,
    Tested,
    Yearly,
    YearlyTest,
    annual_fan,
    annual_tested,
    flow_of,
    flow_paths,
    learn_pooled,
    load_yearly,
    load_yearly_test,
    monthly_means,
    series_fan,
    test_series,
)
from explorer.models.history import History
from explorer.models.movement import Movement, movements, movements_of_records
from explorer.models.series import Kind, Series, of_records, yearly
from explorer.world import World

SEASONS: Mapping[Kind, int] = {"month": 12, "quarter": 4}  # periods a year
_YEAR = 12
Forecast = tuple[Tested, Fan | None]


def has_records(loaded: World, area: str) -> bool:
    """Whether plan records of an authority are chosen."""
    return loaded.records is not None and loaded.records.area == area


def _series(loaded: World, area: str, indicator: str, kind: Kind, source: str) -> Series:
    if kind == "year" and not _only_records(loaded, indicator):
        return yearly(loaded.table, indicator, area)
    records = loaded.records
    if records is None or records.area != area:  # never are one authority's records another's figures
        return Series(indicator, area, kind, (), "")
    return of_records(records.figures, indicator, area, kind, source, loaded.config.benchmarks)


def _only_records(loaded: World, indicator: str) -> bool:
    return loaded.config.indicators[indicator].only_records


@st.cache_resource(max_entries=2048, show_spinner=False)
def _kept_series(version: str, _world: World, area: str, indicator: str, kind: Kind, source: str) -> Series:
    return _series(_world, area, indicator, kind, source)


def series(loaded: World, area: str, indicator: str, kind: Kind, source: str) -> Series:
    """A figure over time.

    Args:
        kind: "year" for reporting years; another where ``has_records``.
        source: what the plan records are called.
    """
    if loaded.private:
        return _series(loaded, area, indicator, kind, source)
    return _kept_series(loaded.version, loaded, area, indicator, kind, source)


@st.cache_resource(show_spinner=False)
def _yearly_test() -> YearlyTest:
    return load_yearly_test(cached.world().config.root / "data")


@st.cache_resource(max_entries=32, show_spinner=False)
def _yearly(version: str, _world: World, indicator: str) -> Yearly:
    return _yearly_of(_world, indicator)


def _yearly_of(loaded: World, indicator: str) -> Yearly:
    areas = tuple(area.code for area in loaded.areas.authorities)
    return load_yearly(loaded.table, areas, loaded.indicator(indicator), loaded.config.benchmarks.suppression)


@st.cache_resource(max_entries=128, show_spinner="Learning from every authority's past…")
def _pooled(version: str, indicator: str, year: int) -> Pooled | None:
    """From published figures alone: one session's file changes nothing for anybody else."""
    everybody = _yearly(cached.world().version, cached.world(), indicator)
    return learn_pooled(everybody, year, cached.world().models.forecast.yearly.horizons)


def _yearly_forecast(loaded: World, area: str, indicator: str, year: int) -> Forecast:
    settings = loaded.models.forecast
    tested = annual_tested(_yearly_test(), indicator, year, settings)
    if tested.chosen is None:
        return tested, None
    figures = _yearly_of(loaded, indicator) if loaded.private else _yearly(loaded.version, loaded, indicator)
    flow = _yearly_flow(loaded, area, year).get(indicator) if indicator in FLOW_INDICATORS else None
    return tested, annual_fan(figures, area, year, tested, _pooled(cached.world().version, indicator, year), flow)


def _yearly_flow(loaded: World, area: str, year: int) -> dict[str, dict[int, Array]]:
    """The plan flow's quantiles; empty where there is too little to go on."""
    months = _YEAR * max(loaded.models.forecast.yearly.horizons)
    try:
        start = cached.calibration(loaded, area, year)
    except SelectionError:
        return {}
    return flow_of(start, cached.noise(months), loaded.models.seed, _children(loaded.history, area, year))


def _children(history: History, area: str, year: int) -> float:
    return float(history.up_to(year).exposed[history.areas.index(area), -1])


@st.cache_resource(max_entries=1024, show_spinner="Making a forecast…")
def _kept_yearly_forecast(version: str, _world: World, area: str, indicator: str, year: int) -> Forecast:
    return _yearly_forecast(_world, area, indicator, year)


def yearly_forecast(loaded: World, area: str, indicator: str, year: int) -> Forecast:
    """The forecast of a yearly figure from 31 March of a year, with its test as it stood then."""
    if loaded.private:
        return _yearly_forecast(loaded, area, indicator, year)
    return _kept_yearly_forecast(loaded.version, loaded, area, indicator, year)


def _path(loaded: World, area: str, year: int, season: int) -> Mapping[str, Array]:
    """The plan flow's mean path of every measure from a 31 March; empty where there is too little to go on."""
    try:
        start = cached.calibration(loaded, area, year)
    except SelectionError:
        return {}
    return monthly_means(start, cached.noise(2 * _YEAR), season)


@st.cache_resource(max_entries=64, show_spinner="Following plans month by month…")
def _kept_path(version: str, _world: World, area: str, year: int, season: int) -> Mapping[str, Array]:
    return _path(_world, area, year, season)


def _flow(loaded: World, known: Series, season: int, ahead: int) -> Array | None:
    """What the plan flow expected after each period, from each 31 March by then."""
    if known.indicator not in FLOW_SERIES:
        return None
    paths = {}
    for year in loaded.years_of_records:
        begun = date(year, 3, 31)
        if begun > known.ends[-1]:
            continue
        given = (loaded, known.area, year, season)
        means = _path(*given) if loaded.private else _kept_path(loaded.version, *given)
        if known.indicator in means:
            paths[begun] = means[known.indicator]
    return flow_paths(known.indicator, paths, known.ends, known.values, season, ahead) if paths else None


def _series_forecast(loaded: World, known: Series) -> Forecast:
    settings, season = loaded.models.forecast, SEASONS[known.kind]
    horizons = (settings.monthly if season == _YEAR else settings.quarterly).horizons
    percent = loaded.config.indicators[known.indicator].unit == "percent"
    wholes = None if np.isnan(known.denominators).all() else known.denominators
    flow = _flow(loaded, known, season, max(horizons))
    tested = test_series(known.values, season, settings, percent=percent, denominators=wholes, flow=flow)
    fan = series_fan(
        known.values, known.ends, season, tested, settings, percent=percent, denominators=wholes, flow=flow
    )
    return tested, fan


@st.cache_resource(max_entries=512, show_spinner="Testing forecasts on the past…")
def _kept_series_forecast(
    version: str, _world: World, area: str, indicator: str, kind: Kind, source: str, as_at: date
) -> Forecast:
    return _series_forecast(_world, series(_world, area, indicator, kind, source).up_to(as_at))


def series_forecast(loaded: World, known: Series) -> Forecast:
    """The forecast of months or quarters of plan records, with its test on the same figures.

    Args:
        known: what was complete on the day that it is made.
    """
    if loaded.private:
        return _series_forecast(loaded, known)
    last = known.ends[-1]
    return _kept_series_forecast(loaded.version, loaded, known.area, known.indicator, known.kind, known.source, last)


@st.cache_resource(max_entries=256, show_spinner=False)
def _kept_movements(version: str, _world: World, area: str) -> tuple[Movement, ...]:
    return movements(_world.table, _world.history, area, _world.config.benchmarks.uncertainty)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept_movements_by_month(version: str, _world: World) -> tuple[Movement, ...]:
    return _movements_by_month(_world)


def _movements_by_month(loaded: World) -> tuple[Movement, ...]:
    assert loaded.records is not None
    return movements_of_records(loaded.records.figures, loaded.config.benchmarks.uncertainty)


def moved_by_month(loaded: World) -> tuple[Movement, ...]:
    """How the plans open of plan records moved in the twelve months to each month's end, and why."""
    return _movements_by_month(loaded) if loaded.private else _kept_movements_by_month(loaded.version, loaded)


def moved(loaded: World, area: str) -> tuple[Movement, ...]:
    """How the plans open moved in each reporting year, and why."""
    if loaded.private:
        return movements(loaded.table, loaded.history, area, loaded.config.benchmarks.uncertainty)
    return _kept_movements(loaded.version, loaded, area)

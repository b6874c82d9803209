"""What the Trends page keeps: series, and forecasts with their tests.

As in ``cached``: keys are plain values and versions, and nothing of an uploaded file is kept for others.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import streamlit as st

from explorer.app import cached
from explorer.app.cached import own
from explorer.errors import SelectionError
from explorer.models.flow import Array
from explorer.models.forecasting import (
    FLOW_INDICATORS,
    FLOW_SERIES,
    Fan,
    Observed,
    Pooled,
    Rolled,
    Tested,
    Yearly,
    YearlyTest,
    annual_fan,
    annual_tested,
    annual_usual_movement,
    flow_of,
    flow_paths,
    judged,
    learn_pooled,
    load_yearly,
    load_yearly_test,
    monthly_means,
    roll,
    series_fan,
)
from explorer.models.forecasting import usual_movement as series_usual_movement
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
        given = loaded, area, indicator, kind, source
        return own(loaded, ("series", *given[1:]), lambda: _series(*given))
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


def _figures(loaded: World, indicator: str) -> Yearly:
    if loaded.private:
        return own(loaded, ("yearly", indicator), lambda: _yearly_of(loaded, indicator))
    return _yearly(loaded.version, loaded, indicator)


def _yearly_forecast(loaded: World, area: str, indicator: str, year: int) -> Forecast:
    tested = _yearly_tested(indicator, year)
    if tested.chosen is None:
        return tested, None
    flow = _yearly_flow(loaded, area, year).get(indicator) if indicator in FLOW_INDICATORS else None
    pooled = _pooled(cached.world().version, indicator, year)
    return tested, annual_fan(_figures(loaded, indicator), area, year, tested, pooled, flow)


@st.cache_resource(max_entries=512, show_spinner=False)
def _yearly_tested(indicator: str, year: int) -> Tested:
    return annual_tested(_yearly_test(), indicator, year, cached.world().models.forecast)


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
        key = "yearly forecast", area, indicator, year
        return own(loaded, key, lambda: _yearly_forecast(loaded, area, indicator, year))
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


def _path_from(loaded: World, area: str, year: int, season: int) -> Mapping[str, Array]:
    if loaded.private:
        return own(loaded, ("path", area, year, season), lambda: _path(loaded, area, year, season))
    return _kept_path(loaded.version, loaded, area, year, season)


def _flow(loaded: World, whole: Series, season: int) -> Array | None:
    """What the plan flow expected after each period, from each 31 March by then."""
    test = loaded.models.forecast.of_season(season)
    if whole.indicator not in FLOW_SERIES or len(whole.points) < test.shortest:
        return None
    paths, first = {}, whole.ends[test.shortest - 1]  # nothing is forecast from an earlier day
    for year in loaded.years_of_records:
        begun, next_one = date(year, 3, 31), date(year + 1, 3, 31)
        if next_one <= first or begun > whole.ends[-1]:
            continue
        means = _path_from(loaded, whole.area, year, season)
        if whole.indicator in means:
            paths[begun] = means[whole.indicator]
    return flow_paths(whole.indicator, paths, whole.ends, whole.values, season, max(test.horizons)) if paths else None


def _rolled(loaded: World, whole: Series) -> Rolled:
    """Every forecast of a series from every period on, each with nothing later: so one for all days of the view."""
    season = SEASONS[whole.kind]
    percent = loaded.config.indicators[whole.indicator].unit == "percent"
    wholes = None if np.isnan(whole.denominators).all() else whole.denominators
    return roll(Observed(whole.values, season, percent, wholes, _flow(loaded, whole, season)), loaded.models.forecast)


@st.cache_resource(max_entries=128, show_spinner="Testing forecasts on the past…")
def _kept_rolled(version: str, _world: World, area: str, indicator: str, kind: Kind, source: str) -> Rolled:
    return _rolled(_world, series(_world, area, indicator, kind, source))


def _rolled_up_to(loaded: World, known: Series) -> Rolled:
    given = known.area, known.indicator, known.kind, known.source
    if loaded.private:
        rolled = own(loaded, ("rolled", *given), lambda: _rolled(loaded, series(loaded, *given)))
    else:
        rolled = _kept_rolled(loaded.version, loaded, *given)
    return rolled.up_to(len(known.points))


def _series_forecast(loaded: World, known: Series) -> Forecast:
    rolled = _rolled_up_to(loaded, known)
    tested = judged(rolled, loaded.models.forecast)
    return tested, series_fan(rolled, known.ends, tested)


@st.cache_resource(max_entries=512, show_spinner=False)
def _kept_series_forecast(
    version: str, _world: World, area: str, indicator: str, kind: Kind, source: str, as_at: date
) -> Forecast:
    return _series_forecast(_world, series(_world, area, indicator, kind, source).up_to(as_at))


def series_forecast(loaded: World, known: Series) -> Forecast:
    """The forecast of months or quarters of plan records, with its test on the same figures.

    Args:
        known: what was complete on the day that it is made.
    """
    given = known.area, known.indicator, known.kind, known.source, known.ends[-1]
    if loaded.private:
        return own(loaded, ("series forecast", *given), lambda: _series_forecast(loaded, known))
    return _kept_series_forecast(loaded.version, loaded, *given)


def usual_movement(loaded: World, known: Series) -> Fan | None:
    """How far a stock usually moves from its last figure: its band where nothing forecasts it better.

    Args:
        known: what was complete on the day that it is made from.

    Returns:
        None where the last figure is not known, too few are, or the kind of period is not forecast.
    """
    if not known.points or known.points[-1].value is None:
        return None
    if known.kind == "year":
        year = known.ends[-1].year
        pooled = _pooled(cached.world().version, known.indicator, year)
        figures = _figures(loaded, known.indicator)
        return annual_usual_movement(figures, known.area, year, pooled, loaded.models.forecast)
    if known.kind in SEASONS:
        return series_usual_movement(_rolled_up_to(loaded, known), known.ends, loaded.models.forecast)
    return None


@st.cache_resource(max_entries=256, show_spinner=False)
def _kept_movements(version: str, _world: World, area: str) -> tuple[Movement, ...]:
    return _movements(_world, area)


def _movements(loaded: World, area: str) -> tuple[Movement, ...]:
    return movements(loaded.table, loaded.history, area, loaded.config.benchmarks.uncertainty)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept_movements_by_month(version: str, _world: World) -> tuple[Movement, ...]:
    return _movements_by_month(_world)


def _movements_by_month(loaded: World) -> tuple[Movement, ...]:
    assert loaded.records is not None
    return movements_of_records(loaded.records.figures, loaded.config.benchmarks.uncertainty)


def moved_by_month(loaded: World) -> tuple[Movement, ...]:
    """How the plans open of plan records moved in the twelve months to each month's end, and why."""
    if loaded.private:
        return own(loaded, ("movements by month",), lambda: _movements_by_month(loaded))
    return _kept_movements_by_month(loaded.version, loaded)


def moved(loaded: World, area: str) -> tuple[Movement, ...]:
    """How the plans open moved in each reporting year, and why."""
    if loaded.private:
        return own(loaded, ("movements", area), lambda: _movements(loaded, area))
    return _kept_movements(loaded.version, loaded, area)

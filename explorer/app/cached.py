"""What is worked out once and kept: for everybody where the data are everybody's, else in the session alone.

Keys are plain values and versions, never tables. What comes from an uploaded file is never kept here.
"""

import os
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from explorer.benchmarks.position import Position
from explorer.benchmarks.standing import Everyone, Standing, everyone
from explorer.benchmarks.standing import standing as judged
from explorer.models.backtest_table import BackTest, load_back_test
from explorer.models.calibration import Calibration, calibrate
from explorer.models.england import England, learn
from explorer.models.flow import Noise
from explorer.models.flow.noise import make_noise
from explorer.models.outcome import Outcome, outcome
from explorer.models.scenario_code import read_code
from explorer.models.scenarios import global_range
from explorer.records import Records
from explorer.records.shipped import load_sample, load_standing
from explorer.serving_names import CONFIG
from explorer.world import CONFIG_FOLDER, World, load_world

Worked = TypeVar("Worked")
_WORKED_OUT = "worked out for one reader"
_MOST_OWN = 256


def own(loaded: World, key: Hashable, work: Callable[[], Worked]) -> Worked:
    """Work something out of a reader's own file once: it is kept on its world, as a ``cached_property`` is.

    So it is never anybody else's, and gone when the file is. Of many things the oldest give way.
    """
    kept: dict[Hashable, object] = vars(loaded).setdefault(_WORKED_OUT, {})
    if key not in kept:
        while len(kept) >= _MOST_OWN:
            del kept[next(iter(kept))]
        kept[key] = work()
    return cast(Worked, kept[key])


def config_folder() -> Path:
    """The folder with the YAML files: the one that ``serve --config`` named, else the program's own."""
    return Path(os.environ.get(CONFIG) or CONFIG_FOLDER)


@st.cache_resource(show_spinner=False)
def world() -> World:
    """The configuration and the published data; frozen, so it can be shared."""
    return load_world(config_folder())


@st.cache_resource(show_spinner="Reading the invented plan records…")
def sample() -> World:
    """The published data with the invented plan records in the place of their authority's figures."""
    return world().with_records(load_sample(world().config, world().rules))


@st.cache_resource(show_spinner="Reading the plan records of this deployment…")
def standing() -> World | None:
    """The same with the plan records that the deployment keeps; None where it keeps none.

    Raises:
        DataError: a file of theirs cannot be read.
    """
    records: Records | None = load_standing(world().config, world().rules)
    return None if records is None else world().with_records(records)


Areas = tuple[str, ...]
Names = tuple[str, ...]  # of measures


@st.cache_resource(max_entries=4096, show_spinner=False)
def _position(
    version: str, _world: World, area: str, indicator: str, year: int, group: str, chosen: Areas, without: Areas
) -> Position:
    return _world.position(area, indicator, year, group, chosen, without)


def position(
    loaded: World, area: str, indicator: str, year: int, group: str, chosen: Areas = (), without: Areas = ()
) -> Position | None:
    """``World.position``, kept unless the data are one session's; None where there are no figures in that year."""
    if not loaded.has(indicator, year):
        return None
    if loaded.private:
        return loaded.position(area, indicator, year, group, chosen, without)
    return _position(
        version=loaded.version,
        _world=loaded,
        area=area,
        indicator=indicator,
        year=year,
        group=group,
        chosen=chosen,
        without=without,
    )


def _over_the_years(
    loaded: World, area: str, indicator: str, group: str, chosen: Areas, without: Areas
) -> tuple[Position, ...]:
    every = (position(loaded, area, indicator, year, group, chosen, without) for year in loaded.years)
    return tuple(one for one in every if one is not None)


@st.cache_resource(max_entries=1024, show_spinner=False)
def _kept_over_the_years(
    version: str, _world: World, area: str, indicator: str, group: str, chosen: Areas, without: Areas
) -> tuple[Position, ...]:
    return _over_the_years(_world, area, indicator, group, chosen, without)


def over_the_years(
    loaded: World, area: str, indicator: str, group: str, chosen: Areas = (), without: Areas = ()
) -> tuple[Position, ...]:
    """An authority's position in every year that has figures, in order."""
    if loaded.private:
        return _over_the_years(loaded, area, indicator, group, chosen, without)
    return _kept_over_the_years(loaded.version, loaded, area, indicator, group, chosen, without)


@st.cache_resource(max_entries=512, show_spinner=False)
def _everyone(version: str, indicator: str, year: int) -> Everyone:
    loaded, entry = world(), world().config.indicators[indicator]
    benchmarks, anyone = loaded.config.benchmarks, loaded.areas.authorities[0].code
    found = loaded.position(anyone, indicator, year, benchmarks.england)
    return everyone(found, entry.scale, benchmarks.standing, benchmarks.uncertainty.design_effect)


def everybody(indicator: str, year: int) -> Everyone:
    """How England's authorities differ, from published figures alone: a file changes nothing for anybody else."""
    return _everyone(world().version, indicator, year)


def _standing(
    loaded: World, area: str, indicator: str, year: int, group: str, chosen: Areas, without: Areas
) -> Standing:
    now = position(loaded, area, indicator, year, group, chosen, without)
    assert now is not None
    before = position(loaded, area, indicator, year - 1, group, chosen, without)
    return judged(now, everybody(indicator, year), before, everybody(indicator, year - 1) if before else None)


@st.cache_resource(max_entries=4096, show_spinner=False)
def _kept_standing(
    version: str, _world: World, area: str, indicator: str, year: int, group: str, chosen: Areas, without: Areas
) -> Standing:
    return _standing(_world, area, indicator, year, group, chosen, without)


def standing_of(
    loaded: World, area: str, indicator: str, year: int, group: str, chosen: Areas = (), without: Areas = ()
) -> Standing | None:
    """A position with chance allowed for; kept and None as ``position`` is."""
    if not loaded.has(indicator, year):
        return None
    if loaded.private:
        return _standing(loaded, area, indicator, year, group, chosen, without)
    return _kept_standing(loaded.version, loaded, area, indicator, year, group, chosen, without)


@st.cache_resource(max_entries=32, show_spinner="Learning from every authority's figures…")
def _england(version: str, year: int) -> England:
    """From published figures alone: one session's file changes nothing for anybody else."""
    models = world().models
    return learn(world().history.up_to(year), models.fit, models.return_shape)


def england(year: int) -> England:
    """England's rates as they were known after a reporting year."""
    return _england(world().version, year)


@st.cache_resource(show_spinner=False)
def back_test() -> BackTest:
    """How the forecasts did in the past, as it ships."""
    return load_back_test(world().config.root / "data")


@st.cache_resource(show_spinner=False)
def _noise(version: str) -> Noise:
    models = world().models
    longest = int(global_range(models.what_if, "months").highest)
    return make_noise(models.seed, longest, models.draws, models.fit.dispersion.of_flows)


def noise(months: int) -> Noise:
    """The chance of so many months that every what-if and forecast shares: the first ones of the longest."""
    whole = _noise(version=world().version)
    return replace(whole, places=whole.places[:months])


def _calibrated(loaded: World, area: str, year: int) -> Calibration:
    models, name = loaded.models, loaded.areas.label(area)
    return calibrate(loaded.history.up_to(year), england(year), area, name, models.draws, models.seed, models.fewest)


@st.cache_resource(max_entries=32, show_spinner=False)  # 0.6 MB each
def _calibration(version: str, _world: World, area: str, year: int) -> Calibration:
    return _calibrated(_world, area, year)


def calibration(loaded: World, area: str, year: int) -> Calibration:
    """``calibrate``, kept unless the data are one session's.

    Raises:
        SelectionError: there is too little to go on.
    """
    if loaded.private:
        return _calibrated(loaded, area, year)
    return _calibration(version=loaded.version, _world=loaded, area=area, year=year)


def _worked_out(loaded: World, start: Calibration, months: int, code: str, drawn: tuple[str, ...]) -> Outcome:
    models = loaded.models
    scenario = read_code(code, models.what_if).scenario if code else None
    return outcome(start, scenario, models.what_if, noise(months), models.seed, drawn)


@st.cache_resource(max_entries=24, show_spinner=False)  # of three years 0.2 MB each
def _what_if(
    version: str, _world: World, _start: Calibration, area: str, year: int, months: int, code: str, drawn: Names
) -> Outcome:
    return _worked_out(_world, _start, months, code, drawn)


@st.cache_resource(max_entries=48, show_spinner=False)  # by themselves: many what-ifs come and go beside each
def _as_now(
    version: str, _world: World, _start: Calibration, area: str, year: int, months: int, drawn: Names
) -> Outcome:
    return _worked_out(_world, _start, months, "", drawn)


def course(
    loaded: World,
    start: Calibration,
    area: str,
    year: int,
    months: int,
    code: str,
    drawn: tuple[str, ...],
) -> Outcome:
    """A what-if worked out, kept unless the data are one session's.

    Args:
        start: ``calibration`` of the area and year.
        code: the what-if as ``scenario_code`` writes it; empty: how things go on as they are.
        drawn: the measures of which all months are wanted.
    """
    if loaded.private:
        return _worked_out(loaded, start, months, code, drawn)
    given: dict[str, Any] = {"version": loaded.version, "_world": loaded, "_start": start}
    given |= {"area": area, "year": year, "months": months, "drawn": drawn}
    return _what_if(code=code, **given) if code else _as_now(**given)


@st.cache_resource(max_entries=128, show_spinner=False)
def _kept(version: str, key: tuple[object, ...], _work: Callable[[], object]) -> object:
    return _work()


def kept(loaded: World, key: tuple[object, ...], work: Callable[[], Worked]) -> Worked:
    """What a what-if comes to as it is shown, kept for all who ask the same unless the data are one session's.

    Args:
        key: plain values that it follows from, besides the data; the first says what it is.
    """
    if loaded.private:
        return own(loaded, key, work)
    # by name: to find what an argument without one is called takes longer than to look the key up
    return cast(Worked, _kept(version=loaded.version, key=key, _work=work))

"""What is worked out once and kept: for everybody where the data are everybody's, else in the session alone.

Keys are plain values and versions, never tables. What comes from an uploaded file is never kept here.
"""

import streamlit as st

from explorer.benchmarks.position import Position
from explorer.models.calibration import Calibration, calibrate
from explorer.records import Records
from explorer.records.shipped import load_sample, load_standing
from explorer.world import World, load_world


@st.cache_resource(show_spinner="Reading the published figures…")
def world() -> World:
    """The configuration and the published data; frozen, so it can be shared."""
    return load_world()


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


@st.cache_resource(max_entries=4096, show_spinner=False)
def _position(
    version: str, _world: World, area: str, indicator: str, year: int, group: str, chosen: tuple[str, ...]
) -> Position:
    return _world.position(area, indicator, year, group, chosen)


def position(
    loaded: World, area: str, indicator: str, year: int, group: str, chosen: tuple[str, ...]
) -> Position | None:
    """``World.position``, kept unless the data are one session's; None where there are no figures in that year."""
    if not loaded.has(indicator, year):
        return None
    if loaded.private:
        return loaded.position(area, indicator, year, group, chosen)
    return _position(loaded.version, loaded, area, indicator, year, group, chosen)


@st.cache_resource(max_entries=1024, show_spinner=False)
def _calibration(version: str, _world: World, area: str, year: int) -> Calibration:
    return calibrate(_world.table, _world.config, area, _world.areas.label(area), year)


def calibration(loaded: World, area: str, year: int) -> Calibration:
    """``calibrate``, kept unless the data are one session's.

    Raises:
        SelectionError: there is too little to go on.
    """
    if loaded.private:
        return calibrate(loaded.table, loaded.config, area, loaded.areas.label(area), year)
    return _calibration(loaded.version, loaded, area, year)

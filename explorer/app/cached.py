"""What is worked out once and kept for everybody. Keys are plain values, never tables."""

import streamlit as st

from explorer.benchmarks.position import Position
from explorer.models.calibration import Calibration, calibrate
from explorer.world import World, load_world


@st.cache_resource(show_spinner="Reading the published figures…")
def world() -> World:
    """The configuration and the data; frozen, so it can be shared."""
    return load_world()


@st.cache_resource(max_entries=4096, show_spinner=False)
def _position(version: str, area: str, indicator: str, year: int, group: str, chosen: tuple[str, ...]) -> Position:
    return world().position(area, indicator, year, group, chosen)


def position(area: str, indicator: str, year: int, group: str, chosen: tuple[str, ...]) -> Position | None:
    """``World.position``, kept; None where the indicator has no figures in that year."""
    loaded = world()
    if not loaded.has(indicator, year):
        return None
    return _position(loaded.version, area, indicator, year, group, chosen)


@st.cache_resource(max_entries=1024, show_spinner=False)
def _calibration(version: str, area: str, year: int) -> Calibration:
    loaded = world()
    return calibrate(loaded.table, loaded.config, area, loaded.areas.label(area), year)


def calibration(area: str, year: int) -> Calibration:
    """``calibrate``, kept.

    Raises:
        SelectionError: there is too little to go on.
    """
    return _calibration(world().version, area, year)

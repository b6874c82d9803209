"""Finished sweeps that a deployment names, read once for everybody; kept by their digest and day, never by a table."""

from pathlib import Path

import streamlit as st

from explorer.app import cached
from explorer.config import Config
from explorer.models.swept import Cell
from explorer.sweep.finished import Finished, cells, open_finished
from explorer.sweep.manifest import FILE


def finished(config: Config, name: str) -> Finished:
    """A sweep by its name in app.yaml; read again when its manifest is another one.

    Raises:
        DataError: it is not there, or not finished.
    """
    folder = config.root / config.app.sweeps[name].folder
    return _finished(str(folder), _changed(folder))


def _changed(folder: Path) -> int:
    """When its manifest was last written: a sweep that was gone on with keeps its digest."""
    manifest = folder / FILE
    return manifest.stat().st_mtime_ns if manifest.exists() else 0


@st.cache_resource(max_entries=16, show_spinner=False)
def _finished(folder: str, changed: int) -> Finished:
    return open_finished(Path(folder))


def told(found: Finished, as_at: int, indicator: str, years: int) -> tuple[Cell, ...]:
    """Its cells for one 31 March, measure and year ahead.

    Raises:
        DataError: they cannot be read.
    """
    return _told(str(found.folder), found.digest, _changed(found.folder), as_at, indicator, years, found)


@st.cache_resource(max_entries=128, show_spinner="Reading the sweep…")
def _told(
    folder: str, digest: str, changed: int, as_at: int, indicator: str, years: int, _found: Finished
) -> tuple[Cell, ...]:
    return cells(_found, as_at, indicator, years, cached.world().config.indicators)

"""The briefing that is kept for all readers; of an uploaded file it is kept in the session alone (see ``cached``)."""

from dataclasses import replace
from datetime import date

import streamlit as st

from explorer.app import cached
from explorer.app.cached import own
from explorer.briefing.briefing import Briefing
from explorer.briefing.make import Ask, brief
from explorer.world import World

_MOST_KEPT = 64  # a briefing takes 0.16 to 0.24 MB, so 15 MB at most, and a fifth of a second to write again
_NO_DAY = date.min  # what is kept knows no day and no link: they belong to the one who looks


def _made(loaded: World, ask: Ask) -> Briefing:
    return brief(
        loaded,
        ask,
        _NO_DAY,
        place=lambda indicator, year: cached.position(loaded, ask.area, indicator, year, *ask.whom),
        judge=lambda indicator, year: cached.standing_of(loaded, ask.area, indicator, year, *ask.whom),
    )


@st.cache_resource(max_entries=_MOST_KEPT, show_spinner="Writing the briefing…")
def _kept(version: str, ask: Ask, _world: World) -> Briefing:
    return _made(_world, ask)


def briefing(loaded: World, ask: Ask, today: date, link: str) -> Briefing:
    """The briefing of an authority at a day, as it is made today.

    Args:
        link: The address that shows the same.

    Raises:
        SelectionError: no year of figures was over by the day.
    """
    found = own(loaded, ("briefing", ask), lambda: _made(loaded, ask)) if loaded.private else None
    kept = found or _kept(loaded.version, ask, loaded)
    # An uploaded file is in no address; where none of its figures are shown the version is that of published ones.
    of_the_file = loaded.private and kept.provenance.version == loaded.version
    return replace(kept, provenance=replace(kept.provenance, made=today, link=link, file_needed=of_the_file))

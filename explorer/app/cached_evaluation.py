"""What the page "Did it work?" keeps: answers, worked out piece by piece, shared where the data are everybody's.

As in ``cached``: keys are plain values and versions, and nothing of an uploaded file is kept for others.
"""

import streamlit as st

from explorer.app import cached
from explorer.errors import SelectionError
from explorer.evaluation.before_after import last_year_before
from explorer.evaluation.ground import Ground, of_authority, of_england
from explorer.inquiry import Answer, Ask
from explorer.world import World


def _ground(loaded: World, ask: Ask) -> Ground:
    """The authority as it was before the start; England where there is too little to go on."""
    before = min(last_year_before(ask.start), ask.last)  # nothing later is known
    try:
        return of_authority(cached.calibration(loaded, ask.area, before))
    except SelectionError:
        return of_england(cached.england(before))


@st.cache_resource(max_entries=128, show_spinner="Comparing with every other authority…")
def _answer(version: str, _world: World, ask: Ask) -> Answer:
    return Answer(_world, ask, _ground(_world, ask))


def answer(loaded: World, ask: Ask) -> Answer:
    """What a question finds. Plan records of one authority change nothing for another: its answer is as published."""
    if loaded.records is not None and loaded.records.area != ask.area:
        loaded = cached.world()
    if loaded.private:
        return cached.own(loaded, ("answer", ask), lambda: Answer(loaded, ask, _ground(loaded, ask)))
    return _answer(loaded.version, loaded, ask)

"""Sweep: which what-if would move which authority most, of all that were worked out beforehand, and how sure it is."""

import streamlit as st

from explorer.app import cached, cached_sweeps, parts, sweep_choices, sweep_view
from explorer.app.choices import PUBLISHED
from explorer.app.controls import choose_of
from explorer.app.selection import chosen_of, current, data
from explorer.errors import DataError
from explorer.sentences.sweep import (
    HONEST,
    NONE_NAMED,
    NOT_OF_RECORDS,
    as_at_words,
    not_in_sweep,
    other_figures,
    other_settings,
    too_early_words,
)
from explorer.sweep.plan import settings_digest

world = cached.world()
chosen = current(world)
sweeps = world.config.app.sweeps
head = st.container()
if not sweep_choices.switched_on(world):
    with head:
        parts.opening("Sweep")
        st.info(NONE_NAMED)
    parts.end_page()
in_meeting = bool(chosen_of("meet"))
above = st.container() if in_meeting else None  # a room sees the picture whole; what it is chosen by follows
if len(sweeps) > 1:
    name = choose_of(world, "sweep", "Sweep", list(sweeps), lambda name: sweeps[name].label)
else:
    name = next(iter(sweeps))
try:
    found = cached_sweeps.finished(world.config, name)
    if chosen.year < found.as_ats[0]:  # nothing later than the chosen day is used
        with head:
            parts.opening("Sweep")
            st.info(parts.plain(too_early_words(found.as_ats, chosen.year)))
        parts.end_page()
    indicator, years, scenario, order = sweep_view.choose(world, found)
    as_at = sweep_view.nearest(found.as_ats, chosen.year)
    view = sweep_view.View(world, chosen, indicator, found, as_at, years, scenario, order)
    said = sweep_view.answer(view)
except DataError as problem:
    with head:
        parts.opening("Sweep")
        st.error(parts.plain(f"This sweep cannot be shown. {problem}"))
    parts.end_page()
with head:
    parts.opening(f"Sweep: {view.name}, from 31 March {as_at}", said)
    parts.context(world, chosen)
    st.markdown(HONEST)
    for told in (
        as_at_words(found.as_ats, chosen.year, as_at),
        other_figures(found.manifest.rests_on.get("data", "not known"), world.version),
        other_settings(found.manifest.rests_on.get("settings", ""), settings_digest(world)),
        NOT_OF_RECORDS if data() != PUBLISHED else "",
        "" if view.own else not_in_sweep(as_at, view.name),
    ):
        if told:
            st.info(parts.plain(told))
with above or st.container():
    sweep_view.picture(view)
sweep_view.closer(view)
sweep_view.everything(view)
sweep_view.how(view, sweeps[name])

"""Neighbours: one measure for the authority and its group, ranked, as a table and over the years."""

import streamlit as st

from explorer.app import cached, parts, shown
from explorer.app.controls import choose_indicator
from explorer.app.selection import current
from explorer.charts.ranked import ranked_bars
from explorer.charts.series import yearly_series
from explorer.sentences.figures import own_figure
from explorer.sentences.groups import (
    england_sentence,
    gap_sentence,
    group_sentence,
    noise_sentence,
    pooled_sentence,
    rank_sentence,
)

world = shown.world()
chosen = current(world)
config = world.config
head = st.container()
indicator = choose_indicator(world)
entry = config.indicators[indicator]
found = cached.position(world, chosen.area, indicator, chosen.year, chosen.group, chosen.chosen)
with head:
    if found is None:
        years = [year for year in world.years if world.has(indicator, year)]
        parts.opening(
            entry.label, f"{entry.label} has no published figures for {chosen.year}. The first year is {min(years)}."
        )
    else:
        parts.opening(
            f"Neighbours: {world.areas.label(chosen.area)}, year to March {chosen.year}",
            own_figure(found.figure, entry, world.areas.label(chosen.area), chosen.year),
        )
        parts.context(world, chosen)
        parts.explain_area(world, chosen)
        parts.explain_group(found.group.notes)
if found is not None:
    name = world.areas.label(chosen.area)
    st.caption(parts.plain(entry.description))
    parts.show(ranked_bars(found, config, world.areas), world, chosen)
    parts.points(
        noise_sentence(found, config),
        group_sentence(found, config),
        pooled_sentence(found, config),
        england_sentence(found, config),
        rank_sentence(found, config, name),
        gap_sentence(found, config),
    )
    course = [
        one
        for year in world.years
        if (one := cached.position(world, chosen.area, indicator, year, chosen.group, chosen.chosen))
    ]
    parts.show(yearly_series(course, chosen.year, config, world.areas), world, chosen)

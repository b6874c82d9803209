"""Neighbours: one measure for the authority and its group, ranked, as a table and over the years."""

import streamlit as st

from explorer.app import cached, parts
from explorer.app.selection import choose_indicator, current
from explorer.charts.ranked import ranked_bars
from explorer.charts.series import yearly_series
from explorer.sentences import gap_sentence, position_sentence, title

world, chosen = cached.world(), current()
config = world.config
head = st.container()
indicator = choose_indicator(world)
entry = config.indicators[indicator]
found = cached.position(chosen.area, indicator, chosen.year, chosen.group, chosen.chosen)
with head:
    if found is None:
        years = world.table.filter(indicator=indicator)["period"]
        parts.opening(entry.label, f"{entry.label} is published for {years.min()} to {years.max()}, not for {chosen.year}.")
    else:
        parts.opening(f"Neighbours: {world.areas.label(chosen.area)}, {chosen.year}", f"{title(found, config, world.areas)}.")
        parts.explain_area(world, chosen)
        parts.explain_group(found.group.notes)
if found is not None:
    st.markdown(parts.plain(f"{position_sentence(found, config, world.areas)} {gap_sentence(found, config)}"))
    st.caption(parts.plain(entry.description))
    stem = parts.file_stem(world, chosen)
    parts.show(ranked_bars(found, config, world.areas), stem)
    parts.show(yearly_series(world.table, found, config, world.areas), stem)

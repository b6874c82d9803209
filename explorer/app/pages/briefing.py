"""Briefing: the four headline measures, each in one sentence, with its counts, change and neighbours."""

import streamlit as st

from explorer.app import cached, parts, shown
from explorer.app.selection import current
from explorer.benchmarks.change import change
from explorer.benchmarks.position import Position
from explorer.charts.strip import strip
from explorer.sentences.changes import change_sentence
from explorer.sentences.figures import headline, own_figure
from explorer.sentences.groups import briefing_sentence, gap_sentence, group_sentence, noise_sentence

world = shown.world()
chosen = current(world)
area = world.areas[chosen.area]
config = world.config


def find(indicator: str, year: int) -> Position | None:
    """The position of the chosen authority, or None where that year has no figures."""
    return cached.position(world, chosen.area, indicator, year, *chosen.whom)


def card(indicator: str) -> None:
    """One measure: figure, sentence, change, and where it lies among the group."""
    entry = config.indicators[indicator]
    found, before = find(indicator, chosen.year), find(indicator, chosen.year - 1)
    placed = find(entry.rate, chosen.year) if entry.rate else found  # a count is compared by its rate
    with st.container(border=True):
        if found is None or placed is None:
            st.header(entry.label, anchor=False)
            st.markdown(f"No figures are published for {chosen.year}.")
            return
        own, picture = found.figure, parts.marked(strip(placed, config, world.areas), world, chosen)
        st.header(parts.plain(picture.title), anchor=False)
        st.metric(entry.label, headline(own, entry), help=entry.description)
        parts.chart(picture)
        moved = change(before.figure, own, entry.scale) if before else None
        parts.points(
            f"{own_figure(own, entry, area.label, chosen.year)} {noise_sentence(found, config)}",
            change_sentence(moved, entry) if own.value is not None else "",
            group_sentence(placed, config),
            gap_sentence(found, config),
        )
        parts.small_print(picture, parts.file_stem(world, chosen))


headlines = [found for name in config.app.headline_indicators if (found := find(name, chosen.year))]
parts.opening(
    f"{area.label}, year to March {chosen.year}",
    briefing_sentence(headlines, config, world.areas),
)
parts.context(world, chosen)
parts.explain_area(world, chosen)
if headlines:
    parts.explain_group(headlines[0].group.notes)
names = config.app.headline_indicators
for first in range(0, len(names), 2):  # in rows, so that a phone keeps the order
    for column, indicator in zip(st.columns(2, gap="medium"), names[first : first + 2], strict=False):
        with column:
            card(indicator)

"""Briefing: where an authority stands at a day, what is being done, and what to ask."""

from datetime import date

import streamlit as st

from explorer.app import briefing_view, cached_briefing, leaving, parts, selection, shown
from explorer.app.address import address_of
from explorer.app.selection import current
from explorer.briefing.make import Ask

world = shown.world()
chosen = current(world)
head = st.container()
as_at = briefing_view.choose_day(world, chosen)
link = address_of(selection.page(), selection.link_to(world, selection.page()))
briefing = cached_briefing.briefing(world, Ask(chosen.area, as_at, *chosen.whom), leaving.today(), link)
with head:
    parts.opening(briefing.title, briefing.answer[0])
    parts.points(*briefing.answer[1:])
    parts.context(world, chosen, None if as_at == date(chosen.year, 3, 31) else as_at)
    parts.explain_area(world, chosen)
    if briefing.lines[0].position is not None:
        parts.explain_group(briefing.lines[0].position.group.notes)
briefing_view.glance(briefing)
for line in briefing.lines:
    briefing_view.measure(line, briefing, world, chosen)
briefing_view.pack(briefing, world, chosen)
briefing_view.doing(briefing)
briefing_view.asking(briefing, world, chosen)

"""Trends: is this period unusual, what is expected next, and why did the number of plans move."""

import streamlit as st

from explorer.app import parts, shown, trends_view
from explorer.app.controls import choose_trend
from explorer.app.course import Course, alone, rebase_of
from explorer.app.selection import current

world = shown.world()
chosen = current(world)
head = st.container()
indicator, kind, as_at = choose_trend(world)
course = Course(world, chosen, indicator, kind, as_at, rebase_of(chosen.area, indicator))
with head:
    parts.opening(f"Trends: {course.name}", trends_view.answer(course))
    parts.explain_area(world, alone(world, chosen))
st.caption(parts.plain(course.entry.description))
trends_view.draw(course)
trends_view.new_limits(course)
trends_view.moved(course)

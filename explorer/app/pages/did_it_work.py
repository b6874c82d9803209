"""Did it work? What was expected, what came, what else could have done it, and by when an answer could be had."""

import streamlit as st

from explorer.app import cached_evaluation, evaluation_controls, evaluation_view, parts, shown
from explorer.app.course import alone
from explorer.app.selection import current
from explorer.errors import SelectionError

world = shown.world()
chosen = current(world)
head = st.container()
ask = evaluation_controls.choose(world, chosen)
try:
    answer = cached_evaluation.answer(world, ask)
except SelectionError:
    with head:
        name = world.areas.label(chosen.area)
        parts.opening(f"Did it work? {name}")
        first = f"the first figures are those of the year to March {world.years[0]}"
        st.info(parts.plain(f"Nothing can be worked out up to March {chosen.year}: {first}. Pick a later year."))
    parts.end_page()
with head:
    parts.opening(f"Did it work? {answer.idea.label}, {answer.name}", evaluation_view.about(answer))
    st.markdown(f"What was expected comes first. [Go to what was found](#{evaluation_view.ANSWER})")
    parts.explain_area(world, alone(world, chosen))
evaluation_controls.explain_start(answer)
try:
    evaluation_view.expected(answer, chosen)
except SelectionError as problem:
    st.info(parts.plain(str(problem)))
    parts.end_page()
evaluation_view.found(answer, chosen)
evaluation_view.look_closer(answer, chosen)
evaluation_view.how(answer)

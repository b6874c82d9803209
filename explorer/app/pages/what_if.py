"""What if: switch ideas on, and see what they would do to re-plans and long plans, and how sure anyone is."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.app import (
    access,
    cached,
    folded,
    ideas,
    parts,
    redrawn,
    selection,
    shown,
    turns,
    what_if_closer,
    what_if_view,
)
from explorer.app.controls import choose_part
from explorer.app.selection import current
from explorer.errors import SelectionError
from explorer.models.calibration import Calibration
from explorer.sentences.assumptions import ideas_table, rates_table, shared_table, weight_sentence

FIGURES = {  # those of ``outcome.DRAWN``, short enough for a row of buttons
    "repeat_plan_percent": "Re-plans",
    "open_2y_plus_percent": "Open 2 years +",
    "ended_2y_plus_percent": "Ended 2 years +",
    "plans_open": "Plans open",
    "plans_started": "Plans started",
}
world = shown.world()
chosen = current(world)
name = world.areas.label(chosen.area)


def what_if(start: Calibration) -> None:
    """The controls, and what follows from them: when a control moves, only it and the results are drawn again."""
    answer = st.container(key="answer")
    left, right = st.columns([5, 3], gap="large")
    with left:
        above = st.container() if selection.chosen_of("meet") else None  # a room sees the picture whole
        choose_part(world, "figure", "Figure", FIGURES, again=(ideas.RESULTS, ideas.TABLES))
        picture = above or st.container()
    # The controls come first, before anything is worked out: until a browser has them it would send what they showed
    # before, and an idea that was just taken from a list would be switched off again by a quick hand.
    with right:
        st.subheader("What if …", anchor=False)
        ideas.choose_ideas(world)
    redrawn.part(ideas.RESULTS, partial(results, start, answer, picture))
    redrawn.part(ideas.TABLES, partial(tables, start))


@turns.turn()
def results(start: Calibration, answer: DeltaGenerator, picture: DeltaGenerator) -> None:
    """What the what-if at hand comes to: the answer, the picture and what is below."""
    if access.keep_to_it(world):
        st.rerun()
    view = what_if_view.View(world, chosen, start, selection.scenario(), str(selection.chosen_of("figure")))
    with answer:
        what_if_view.say(view)
    with picture:
        what_if_view.draw(view)
    what_if_closer.look_closer(view)
    what_if_view.sentences(view)


@turns.turn()
def tables(start: Calibration) -> None:
    """What is folded away below the results."""
    view = what_if_view.View(world, chosen, start, selection.scenario(), str(selection.chosen_of("figure")))
    what_if_view.all_measures(view)
    with folded.expander("What this what-if assumes", ideas.ASSUMPTIONS) as opened:
        if opened and view.acting:
            st.table(parts.readable(ideas_table(view.scenario, world.models.what_if)))
        if opened:
            st.table(parts.readable(shared_table(view.scenario, world.models.what_if)))


parts.opening(f"What if: {name}")
parts.context(world, chosen)
parts.explain_area(world, chosen)
if not world.areas[chosen.area].existed(chosen.year):
    parts.end_page()
try:
    start = cached.calibration(world, chosen.area, chosen.year)
except SelectionError as problem:
    st.info(parts.plain(f"{problem} {what_if_view.others_instead(world, chosen)}".strip()))
    parts.end_page()
what_if(start)
st.header("What this rests on", anchor=False)
st.markdown(
    f"""
- **Each plan is followed month by month**: it starts, lasts, ends, and some children come back within ten years.
  Nothing later than 31 March {chosen.year} is used; what happened next is drawn beside it where it is known.
- **How soon children come back is borrowed** from re-referrals in England. Nobody has measured it for plans.
- **The ideas are judgement** unless it says otherwise: no English study has measured what they do to re-plans. So
  no effect, and harm, are never ruled out.
- **Some re-plans are needed.** Fewer plans is not success by itself: read it beside children coming into care.
"""
)
st.markdown(parts.plain(weight_sentence(start, name)))
if parts.drawn_from_records(world, chosen) and world.records is not None and world.records.area == chosen.area:
    st.caption(
        parts.plain(f"{name}: {parts.from_records(world)}, after small numbers were hidden. England: DfE tables.")
    )
else:
    st.markdown("\n".join(f"- {parts.plain(source)}" for source in start.sources))
if start.hidden:
    labels = [world.config.indicators[key].label for key in start.hidden]
    st.caption(
        parts.plain(f"Hidden, so only known as a range: {'; '.join(labels)}. Each possible future takes one value.")
    )
with folded.expander("The rates, with their ranges", "rates") as opened:
    if opened:
        st.table(parts.readable(rates_table(start)))
what_if_view.tested(world, chosen)

"""The controls of "Did it work?": what was tried, what it should have moved, since when, and how the effect arrives."""

from typing import cast

import streamlit as st

from explorer.app import parts
from explorer.app.controls import choose_of
from explorer.app.evaluation_choices import PATHS
from explorer.app.selection import Selection, chosen_of, put
from explorer.inquiry import Answer, Ask, PathChoice, first_start, known_start, possible_starts, tried_and_expected
from explorer.sentences.impact import why_no_step
from explorer.world import World


def choose(world: World, chosen: Selection) -> Ask:
    """Ask the reader; a choice that means nothing here gives way to the best that there is."""
    ideas, labels = world.models.what_if.interventions, world.config.indicators
    expected = tried_and_expected(world)
    columns = st.columns(4)
    with columns[0]:
        tried = choose_of(world, "tried", "What was tried", list(expected), lambda name: ideas[name].label)
    with columns[1]:
        outcome = choose_of(world, "outcome", "What it should change", expected[tried], lambda name: labels[name].label)
    starts = list(reversed(possible_starts(world, max(world.years))))
    known = first_start(world, tried, chosen.area)
    if chosen_of("began") is None:
        put("began", known)
    with columns[2]:
        began = choose_of(world, "began", "Began in", starts, lambda start: f"{start:%B %Y}", starts.index(known))
    with columns[3]:
        path = choose_of(world, "path", "How the change should arrive", list(PATHS), PATHS.__getitem__)
    return Ask(chosen.area, tried, outcome, began, cast(PathChoice, path), chosen.year)


def explain_start(answer: Answer) -> None:
    """Say so where the start is not one that is known, and where the path is not the one that was stated."""
    ask, known = answer.ask, known_start(answer.world, answer.ask.tried, answer.ask.area)
    when = f"{ask.start:%B %Y}"
    if known is None:
        st.info(
            parts.plain(
                f"When this began in {answer.name} is not known here, or whether it did. The page asks what would be "
                f"found had it begun in {when}. Choose your own month above."
            )
        )
    elif known != ask.start:
        st.info(
            parts.plain(f"In {answer.name} this began in {known:%B %Y}. The page asks as if it had begun in {when}.")
        )
    if ask.path == "step":
        st.warning(parts.plain(why_no_step(answer.entry)))
    st.caption(
        parts.plain(f"{answer.idea.what} {answer.idea.status}. How sure what is believed is: {answer.idea.strength}.")
    )

"""The controls of "Did it work?": what was tried, what it should have moved, since when, and how the effect arrives."""

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import streamlit as st

from explorer.app import parts
from explorer.app.controls import choose_of
from explorer.app.evaluation_choices import PATHS
from explorer.app.selection import Selection, chosen_of, put
from explorer.inquiry import Answer, Ask, PathChoice, first_start, known_start, possible_starts, tried_and_expected
from explorer.sentences.impact import why_no_step
from explorer.wording import lowered
from explorer.world import World

Value = TypeVar("Value")


def choose(world: World, chosen: Selection) -> Ask:
    """Ask the reader; a choice that means nothing here gives way to the best that there is."""
    ideas, labels = world.models.what_if.interventions, world.config.indicators
    expected = tried_and_expected(world)
    columns = st.columns(4)
    with columns[0]:
        tried = choose_of(world, "tried", "What was tried", list(expected), lambda name: ideas[name].label)
    with columns[1]:
        what = f"{ideas[tried].label}: not expected to move"
        outcome = _choose(
            world, "outcome", "What it should change", expected[tried], lambda name: lowered(labels[name].label), what
        )
    starts = list(reversed(possible_starts(world, max(world.years))))
    known = first_start(world, tried, chosen.area)
    if chosen_of("began") is None:
        put("began", known)
    with columns[2]:
        what = f"Only {starts[-1]:%B %Y} to {starts[0]:%B %Y} can be asked about, and not"
        best = starts.index(known) if known in starts else len(starts) - 1
        began = _choose(world, "began", "Began in", starts, lambda start: f"{start:%B %Y}", what, best)
    with columns[3]:
        path = choose_of(world, "path", "How the change should arrive", list(PATHS), PATHS.__getitem__)
    return Ask(chosen.area, tried, outcome, began, cast(PathChoice, path), chosen.year)


def _choose(
    world: World,
    name: str,
    label: str,
    options: Sequence[Value],
    words: Callable[[Value], str],
    why: str,
    best: int = 0,
) -> Value:
    """A control; where what was chosen before, or stands in the link, cannot be asked, say why and what is shown."""
    asked = cast(Value, chosen_of(name))
    found = choose_of(world, name, label, options, lambda one: words(one)[:1].upper() + words(one)[1:], best)
    if asked not in options:
        st.caption(parts.plain(f"{why} {words(asked)}. You see {words(found)}."))
    return found


def explain_start(answer: Answer) -> None:
    """Say so where the start is not one that is known, and where the path is not the one that was stated."""
    ask, known = answer.ask, known_start(answer.world, answer.ask.tried, answer.ask.area)
    when = f"{ask.start:%B %Y}"
    first = answer.world.areas[ask.area].first_year
    if first > answer.world.years[0]:
        fewest = int(answer.settings.controlled.fewest_before.value)
        st.info(
            parts.plain(
                f"{answer.name} has figures from the year to March {first} on. With {fewest} years before the start "
                f"needed, months from April {first + fewest - 1} on can be asked about."
            )
        )
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

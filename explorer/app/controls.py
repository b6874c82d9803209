"""The controls that hold a choice of the reader: the side panel, and those that several pages share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

import streamlit as st

from explorer.app.cached_trends import series
from explorer.app.choice import DATA_PAGE
from explorer.app.choices import (
    DATA_WORDS,
    EVERY,
    MOST_LINES,
    NOBODY,
    UPLOAD,
    comparable_indicators,
    picked,
    trend_indicators,
)
from explorer.app.parts import from_records
from explorer.app.selection import Selection, chosen_of, control, current, data, data_options, page, put
from explorer.models.series import Kind, kinds_of
from explorer.wording import day
from explorer.world import World

Value = TypeVar("Value")


def choose(world: World) -> None:
    """The controls of the side panel."""
    groups = world.config.benchmarks.groups
    st.selectbox(
        "Authority",
        [area.code for area in world.areas.authorities],
        format_func=world.areas.label,
        **control(world, "area"),
        help="Any English authority. Type a few letters to find yours.",
    )
    st.selectbox(
        "Year to March",
        list(reversed(world.years)),
        **control(world, "year"),
    )
    st.selectbox(
        "Compare with",
        list(groups),
        format_func=lambda name: groups[name].label,
        **control(world, "group"),
    )
    if picked(world, current(world).group):
        st.multiselect(
            "Authorities to compare with",
            [area.code for area in world.areas.authorities],
            format_func=world.areas.label,
            max_selections=world.config.app.custom_group_limit,
            **control(world, "areas"),
        )
    left_out = _possible_members(world)
    if left_out:
        st.multiselect(
            "Leave out of the group",
            left_out,
            format_func=world.areas.label,
            max_selections=world.config.app.custom_group_limit,
            placeholder="Nobody is left out",
            **control(world, "without"),
        )
    st.caption(groups[current(world).group].description)
    if page() != DATA_PAGE:
        st.selectbox(
            "Figures from",
            data_options(world),
            format_func=DATA_WORDS.__getitem__,
            **control(world, "data"),
            help="Published figures, or plan records. The Data page loads a file.",
        )
    st.caption(
        "The address of this page holds your choices but not your file: whoever opens it sees published figures."
        if data() == UPLOAD
        else "The address of this page holds every choice. Copy it to share exactly this view."
    )


def _possible_members(world: World) -> list[str]:
    """Whom the reader can leave out: the group's members, and whoever is left out already."""
    chosen = current(world)
    members = world.comparators(chosen.area, chosen.year, chosen.group, chosen.chosen).members
    return list(dict.fromkeys([*sorted(members, key=world.areas.label), *chosen.without]))


def choose_data(world: World) -> None:
    """The same choice of data on the Data page itself."""
    st.radio(
        "Figures on every page come from",
        data_options(world),
        format_func=DATA_WORDS.__getitem__,
        horizontal=True,
        **control(world, "data"),
    )


def choose_of(
    world: World, name: str, label: str, options: Sequence[Value], words: Callable[[Value], str], best: int = 0
) -> Value:
    """A control over what the data at hand have; a choice that they do not have gives way to the best of them."""
    if chosen_of(name) not in options:
        put(name, options[best])
    return cast(Value, st.selectbox(label, options, format_func=words, **control(world, name)))


def choose_indicator(world: World) -> str:
    """The control that picks a measure."""
    name: str = st.selectbox(
        "Measure",
        comparable_indicators(world),
        format_func=lambda name: world.config.indicators[name].label,
        **control(world, "indicator"),
    )
    return name


def choose_visitor(world: World) -> Selection | None:
    """The control that puts a second authority beside the first; None where there is none."""
    chosen = current(world)
    others = [area.code for area in world.areas.authorities if area.code != chosen.area]
    if chosen_of("visitor") not in others:
        put("visitor", NOBODY)
    code: str = st.selectbox(
        "Another authority beside it",
        [NOBODY, *others],
        format_func=lambda code: world.areas.label(code) if code else "None",
        **control(world, "visitor"),
        help="For meetings with visitors: the same for a second authority, among its own neighbours.",
    )
    return replace(chosen, area=code) if code else None


def choose_lines(world: World, members: Sequence[str]) -> tuple[str, ...]:
    """The control that draws a line for members of the group; those of another group stay chosen and undrawn."""
    kept = cast(list[str], chosen_of("lines"))
    options = list(dict.fromkeys([*sorted(members, key=world.areas.label), *kept]))
    st.multiselect(
        "Draw a line for",
        options,
        format_func=world.areas.label,
        max_selections=MOST_LINES,
        placeholder="No single authority",
        **control(world, "lines"),
    )
    return tuple(code for code in cast(list[str], chosen_of("lines")) if code in members)


def choose_trend(world: World) -> tuple[str, Kind, date]:
    """The controls of the Trends page: a measure, a kind of period, and for plan records the day of the view."""
    area, labels = current(world).area, world.config.indicators
    columns = st.columns(3)
    with columns[0]:
        indicator = choose_of(world, "trend", "Measure", trend_indicators(world, area), lambda name: labels[name].label)
    kinds: list[Kind] = ["year"] if (indicator in {name for name, _ in world.covered}) else []
    if world.records is not None and world.records.area == area:
        kinds = list(dict.fromkeys([*kinds, *kinds_of(world.records.figures, indicator)]))
    kinds = kinds or ["year"]
    asked_kind = cast(str, chosen_of("every"))
    with columns[1]:
        kind = choose_of(world, "every", "Period", kinds, lambda kind: EVERY[kind])
        if asked_kind not in kinds and world.records is not None and world.records.area == area:
            st.caption(f"These plan records do not show this measure by {EVERY[asked_kind].lower()}.")
    if kind == "year":
        return indicator, kind, date(current(world).year, 3, 31)
    ends = series(world, area, indicator, kind, from_records(world)).ends
    asked = cast(date | None, chosen_of("upto"))
    if asked is not None and asked not in ends:  # no later day than was asked for: it would show what came next
        put("upto", max((end for end in ends if end <= asked), default=ends[0]))
    # a year that is not the last one opens on its own last day, as the rest of the page does
    march = date(current(world).year, 3, 31)
    newest = next((end for end in reversed(ends) if end <= march), ends[-1]) if march.year < ends[-1].year else ends[-1]
    with columns[2]:
        days = list(reversed(ends))
        as_at = choose_of(world, "upto", "As it stood on", days, day, days.index(newest))
        if asked is not None and asked < ends[0]:
            st.caption(f"There is no figure up to {day(asked)}; this is the first.")
    return indicator, kind, as_at


def choose_came(world: World) -> bool:
    """The switch that shows what came after the day of the view."""
    st.toggle("Show what came next", **control(world, "came"), help="Nothing that came later is used for the rest.")
    return bool(chosen_of("came"))


def choose_part(world: World, name: str, label: str, options: Mapping[str, str], again: tuple[str, ...] = ()) -> str:
    """A row of buttons, one of which is chosen; ``again`` as ``control`` takes it."""
    held = control(world, name, again)
    st.segmented_control(label, list(options), format_func=options.__getitem__, required=True, **held)
    return cast(str, chosen_of(name))

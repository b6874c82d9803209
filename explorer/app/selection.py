"""Every choice of the reader: the only module that reads and writes session state and the link.

The link is the truth when a page is opened; after that the controls are, and each change is written to the
link. A control's key is its name in the link. Text in a link is never trusted: what cannot be understood is
left at its default and said in a sentence. The link of a page holds the choices that the page shows, defaults
too, so that a new default changes no old link and the Back button takes back the last choice.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import streamlit as st

from explorer.app import choices
from explorer.app.choices import (
    CHOICES,
    DATA_PAGE,
    DATA_WORDS,
    PUBLISHED,
    SAMPLE,
    STANDING,
    UPLOAD,
    comparable_indicators,
    picked,
    short,
)
from explorer.config import Slider
from explorer.models.scenario import NO_EFFECT
from explorer.world import World

_CHOICES, _WRITTEN, _NOTICES, _PAGE = "choices", "link written", "link notices", "page"
_LAST_MOVED = "last moved"
_UPLOADED = "loaded plan records"
_ECHO_SECONDS = 3.0


@dataclass(frozen=True)
class Selection:
    """Whom, when and with whom to compare."""

    area: str
    year: int
    group: str
    chosen: tuple[str, ...]


def data_options(world: World) -> list[str]:
    """Which data can be shown in this session."""
    held = {
        PUBLISHED: True,
        SAMPLE: True,
        STANDING: world.config.standing_records is not None,
        UPLOAD: has_upload(),
    }
    return [name for name, there in held.items() if there]


def open_link(world: World, page: str) -> None:
    """Take the choices from the link if it is new, else keep the ones made; run first on every page.

    Args:
        page: The page's name in its address; the empty string for the first one.
    """
    st.session_state[_PAGE] = page
    kept: dict[str, Any] = st.session_state.setdefault(_CHOICES, {})
    link = {name: st.query_params[name] for name in st.query_params}
    if link and link != st.session_state.get(_WRITTEN):
        st.session_state[_NOTICES] = tuple(_take(link, kept, world))
    for name, choice in CHOICES.items():
        kept.setdefault(name, choice.default(world))


def _take(link: Mapping[str, str], kept: dict[str, Any], world: World) -> list[str]:
    """Read a link into the choices; return a sentence for each part that was ignored."""
    ignored = []
    for name, choice in CHOICES.items():
        if name not in link:
            continue  # a link holds what its page shows; the rest stays as it was
        value = UPLOAD if link[name] == UPLOAD and has_upload() else choice.read(link[name], world)
        if link[name] == UPLOAD and value is None:
            kept[name] = PUBLISHED
            ignored.append(
                "This link was made from a file of plan records that only its owner has. You see published figures."
            )
            continue
        if value is None:
            value = choice.default(world)
            ignored.append(
                f"The {choice.what} in the link ({short(link[name])}) is not known, so it was ignored. "
                f"You see {choice.show(value, world)} instead."
            )
        elif choice.write(value) != link[name] and isinstance(value, list):
            limit = world.config.app.custom_group_limit
            ignored.append(
                f"Some of the authorities in the link are not known or are beyond {limit}; they were left out."
            )
        kept[name] = value
    version = link.get("v", str(world.config.app.link_version))
    if version != str(world.config.app.link_version):
        ignored.append("The link was made by another version of this program; parts of it may have changed.")
    unknown = [name for name in link if name not in CHOICES and name != "v"]
    if unknown:
        ignored.append(f"The link has a part that is not known here ({short(unknown[0])}); it was ignored.")
    return ignored


def link_to(world: World, page: str) -> dict[str, str]:
    """The link of a page with the choices as they are."""
    kept: dict[str, Any] = st.session_state[_CHOICES]
    shown = {
        name: choice.write(kept[name])
        for name, choice in CHOICES.items()
        if choice.page in (None, page) and _belongs(world, name, kept)
    }
    return {"v": str(world.config.app.link_version), **shown}


def _belongs(world: World, name: str, kept: Mapping[str, Any]) -> bool:
    """Whether a choice means anything in a link: a list only where it is used, a loaded file to nobody else."""
    match name:
        case "areas":
            return picked(world, kept["group"]) and bool(kept[name])
        case "measure" | "kind" | "end":  # of plan records, which a link to a loaded file does not show
            return kept["data"] not in (PUBLISHED, UPLOAD) and kept[name] is not None
        case _:
            return True


def write_link(world: World) -> None:
    """Put the choices into the link; run last on every page, and after each change."""
    link = link_to(world, st.session_state[_PAGE])
    if {name: st.query_params[name] for name in st.query_params} != link:
        st.query_params.from_dict(link)
    st.session_state[_WRITTEN] = link


def _control(world: World, name: str) -> dict[str, Any]:
    """What every control is given: its key, and what to do when it is moved.

    Streamlit forgets a control that leaves the page, and may draw it anew at its lowest value; so the choice
    that was kept is put into it before each time it is drawn.
    """
    st.session_state[name] = st.session_state[_CHOICES][name]
    return {"key": name, "on_change": _moved, "args": (world, name, name)}


def _moved(world: World, name: str, key: str) -> None:
    """Keep what a control was moved to. An emptied box keeps the last value.

    Where two controls hold one choice, the one that was not touched may send back, with the next movement of
    the other, what it showed before the page caught up: such an echo is left unheard.
    """
    mover, when = st.session_state.get(_LAST_MOVED, {}).get(name, (key, 0.0))
    if key != mover and time.monotonic() - when < _ECHO_SECONDS:
        return
    st.session_state.setdefault(_LAST_MOVED, {})[name] = (key, time.monotonic())
    value = st.session_state[key]
    st.session_state[_NOTICES] = ()
    if value is not None:
        st.session_state[_CHOICES][name] = value
        if name == "data":
            _go_to_area_of_records(world)
    write_link(world)


def _go_to_area_of_records(world: World) -> None:
    """Plan records are those of one authority: show it when they are chosen, and say so."""
    kept = st.session_state[_CHOICES]
    area: str | None = None
    match kept["data"]:
        case choices.SAMPLE:
            area = world.config.source("sample").area
        case choices.STANDING if world.config.standing_records is not None:
            area = world.config.standing_records.area
        case choices.UPLOAD:
            area = st.session_state[_UPLOADED].records.area
    if area is not None and area != kept["area"]:
        kept["area"] = area
        st.session_state[_NOTICES] = (f"Now showing {world.areas.label(area)}: these plan records are theirs.",)


def data() -> str:
    """Which data the reader has chosen."""
    name: str = st.session_state[_CHOICES]["data"]
    return name


def uploaded() -> World:
    """The data with the file that this session has loaded; it lives in the session alone."""
    found: World = st.session_state[_UPLOADED]
    return found


def has_upload() -> bool:
    """Whether this session has loaded a file."""
    return _UPLOADED in st.session_state


def keep_upload(world: World, loaded: World) -> None:
    """Take a file that was loaded into the session, in the place of any before it, and show it on every page."""
    st.session_state[_UPLOADED] = loaded
    kept = st.session_state[_CHOICES]
    kept["data"] = UPLOAD
    _go_to_area_of_records(world)
    years = loaded.years_of_records
    if years and kept["year"] not in years:
        kept["year"] = years[-1]
    write_link(world)


def forget_upload(world: World) -> None:
    """Drop the loaded file from the session."""
    st.session_state.pop(_UPLOADED, None)
    if st.session_state[_CHOICES]["data"] == UPLOAD:
        st.session_state[_CHOICES]["data"] = PUBLISHED
    write_link(world)


def notices() -> tuple[str, ...]:
    """Sentences about what was ignored in the link."""
    found: tuple[str, ...] = st.session_state.get(_NOTICES, ())
    return found


def current(world: World) -> Selection:
    """The choices that every page shares."""
    kept: dict[str, Any] = st.session_state[_CHOICES]
    chosen = tuple(kept["areas"]) if picked(world, kept["group"]) else ()
    return Selection(kept["area"], kept["year"], kept["group"], chosen)


def choose(world: World) -> None:
    """The controls of the side panel."""
    groups = world.config.benchmarks.groups
    st.selectbox(
        "Authority",
        [area.code for area in world.areas.authorities],
        format_func=world.areas.label,
        **_control(world, "area"),
        help="Any English authority. Type a few letters to find yours.",
    )
    st.selectbox(
        "Year to March",
        list(reversed(world.years)),
        **_control(world, "year"),
    )
    st.selectbox(
        "Compare with",
        list(groups),
        format_func=lambda name: groups[name].label,
        **_control(world, "group"),
    )
    if picked(world, current(world).group):
        st.multiselect(
            "Authorities to compare with",
            [area.code for area in world.areas.authorities],
            format_func=world.areas.label,
            max_selections=world.config.app.custom_group_limit,
            **_control(world, "areas"),
        )
    st.caption(groups[current(world).group].description)
    if st.session_state[_PAGE] != DATA_PAGE:
        st.selectbox(
            "Figures from",
            data_options(world),
            format_func=DATA_WORDS.__getitem__,
            **_control(world, "data"),
            help="Published figures, or plan records. The Data page loads a file.",
        )
    st.caption(
        "The address of this page holds your choices but not your file: whoever opens it sees published figures."
        if data() == UPLOAD
        else "The address of this page holds every choice. Copy it to share exactly this view."
    )


def choose_data(world: World) -> None:
    """The same choice of data on the Data page itself."""
    st.radio(
        "Figures on every page come from",
        data_options(world),
        format_func=DATA_WORDS.__getitem__,
        horizontal=True,
        **_control(world, "data"),
    )


Value = TypeVar("Value")


def choose_of(
    world: World, name: str, label: str, options: Sequence[Value], words: Callable[[Value], str], best: int = 0
) -> Value:
    """A control over what the data at hand have; a choice that they do not have gives way to the best of them."""
    kept = st.session_state[_CHOICES]
    if kept[name] not in options:
        kept[name] = options[best]
    return cast(Value, st.selectbox(label, options, format_func=words, **_control(world, name)))


def choose_indicator(world: World) -> str:
    """The control that picks a measure."""
    name: str = st.selectbox(
        "Measure",
        comparable_indicators(world),
        format_func=lambda name: world.config.indicators[name].label,
        **_control(world, "indicator"),
    )
    return name


def choose_ratio(world: World, name: str) -> float:
    """A slider with a box beside it for an exact number; both hold the same ratio."""
    entry: Slider = getattr(world.config.app.what_if, name)
    box = f"{name} box"
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.slider(
        entry.label,
        entry.lowest,
        entry.highest,
        step=entry.step,
        format=f"%.2f {entry.unit}",
        help=entry.description,
        **_control(world, name),
    )
    st.session_state[box] = st.session_state[_CHOICES][name]
    right.number_input(
        f"{entry.label}, exact",
        entry.lowest,
        entry.highest,
        value=None,  # so that an emptied box says nothing rather than the lowest value
        step=entry.step,
        format="%.2f",
        label_visibility="collapsed",
        key=box,
        on_change=_moved,
        args=(world, name, box),
    )
    value: float = st.session_state[_CHOICES][name]
    return value


def reset_ratios(world: World) -> None:
    """Put every what-if slider back to no effect."""
    for name in ("repeat_ratio", "ending_ratio"):
        st.session_state[_CHOICES][name] = NO_EFFECT
    st.session_state[_NOTICES] = ()
    write_link(world)

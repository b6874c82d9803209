"""Every choice of the reader: the only module that reads and writes session state and the link.

The link is the truth when a page is opened; after that the controls are, and each change is written to the
link. A control's key is its name in the link. Text in a link is never trusted: what cannot be understood is
left at its default and said in a sentence. The link of a page holds the choices that the page shows, defaults
too, so that a new default changes no old link and the Back button takes back the last choice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.app import choices, redrawn
from explorer.app.choice import WHAT_IF_PAGE
from explorer.app.choices import CHOICES, LISTS, PUBLISHED, SAMPLE, STANDING, UPLOAD, listed_whole, picked
from explorer.app.echo import echoed, show
from explorer.app.link_reading import NOT_WRITTEN_WHERE_EMPTY, said_twice, take
from explorer.app.meeting_choices import INVITE_PAGE, JOIN_PAGE, NOT_SAID, path_of
from explorer.models.scenarios import Scenario, only_differences
from explorer.world import World

_CHOICES, _WRITTEN, _NOTICES, _PAGE = "choices", "link written", "link notices", "page"
_BROUGHT = "brought by link"
_UPLOADED = "loaded plan records"


@dataclass(frozen=True)
class Selection:
    """Whom, when and with whom to compare."""

    area: str
    year: int
    group: str
    chosen: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def whom(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """With whom to compare, as ``World.position`` takes it: a group, its members if picked, those left out."""
        return self.group, self.chosen, self.without


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
        _take(link, world)
        twice = [name for name in link if len(st.query_params.get_all(name)) > 1]
        st.session_state[_NOTICES] += said_twice(twice)
    for name, choice in CHOICES.items():
        kept.setdefault(name, choice.default(world))


def _take(link: Mapping[str, str], world: World) -> None:
    """Read a link into the choices, and keep a sentence for each part that was ignored."""
    kept: dict[str, Any] = st.session_state[_CHOICES]
    before, still = dict(kept), st.session_state.get(_BROUGHT, set())
    told = take(link, kept, world, page(), own_file=has_upload())
    st.session_state[_NOTICES] = tuple(told)
    new = {name for name in link if name in kept and kept[name] != before.get(name)}
    st.session_state[_BROUGHT] = new | (still & link.keys())


def brought(name: str) -> bool:
    """Whether a choice is as a stranger's link has it, and this reader has moved no control since.

    The links from one page to another bring nothing themselves: they hold what there was. So what a meeting's link
    brought to the join page is brought to the page that the visitor opens from there.
    """
    return name in st.session_state.get(_BROUGHT, ())


def tell(said: str) -> None:
    """Say once more of the link what only the data at hand could show."""
    st.session_state[_NOTICES] = (*notices(), said)


def _hear_reader() -> None:
    """From now on the choices are the reader's: nothing is said of a link any more."""
    st.session_state[_NOTICES] = ()
    st.session_state[_BROUGHT] = set()


def link_to(world: World, page: str, to: str = NOT_SAID) -> dict[str, str]:
    """The link of a page with the choices as they are.

    Args:
        page: Its name in its address.
        to: For the pages that bring people into a meeting, the name of the page that the meeting looks at, whose
            choices the link then holds; without it, the one that was last looked at.
    """
    kept: dict[str, Any] = st.session_state[_CHOICES]
    looked_at = (to or kept["to"]) if page in (JOIN_PAGE, INVITE_PAGE) else NOT_SAID
    if looked_at:
        return {**link_to(world, path_of(looked_at)), "to": looked_at}
    shown = {
        name: choice.write(kept[name], world)
        for name, choice in CHOICES.items()
        if choice.page in (None, page) and _belongs(world, name, kept)
    }
    return {"v": str(world.config.app.link_version), **shown}


def _belongs(world: World, name: str, kept: Mapping[str, Any]) -> bool:
    """Whether a choice means anything in a link: a list only where it is used, a loaded file to nobody else."""
    match name:
        case "areas":
            return picked(world, kept["group"]) and bool(kept[name])
        case _ if name in NOT_WRITTEN_WHERE_EMPTY:
            return bool(kept[name])
        case "measure" | "kind" | "end":  # of plan records, which a link to a loaded file does not show
            return kept["data"] not in (PUBLISHED, UPLOAD) and kept[name] is not None
        case _:
            return True


def write_link(world: World) -> None:
    """Put the choices into the link; run last on every page, and before a run that begins anew."""
    link = link_to(world, st.session_state[_PAGE])
    if {name: st.query_params[name] for name in st.query_params} != link:
        st.query_params.from_dict(link)
    st.session_state[_WRITTEN] = link


def _write_from_part(world: World) -> None:
    """Put what a control was moved to into the link where only a part of the page runs again; else the frame does.

    A page may settle other choices after one was moved. Written twice they would be two steps of the Back button, of
    which the first leads straight back to the second.
    """
    if page() == WHAT_IF_PAGE:
        write_link(world)


def control(world: World, name: str, again: tuple[str, ...] = ()) -> dict[str, Any]:
    """What every control is given: its key, and what to do when it is moved.

    Streamlit forgets a control that leaves the page, and may draw it anew at its lowest value; so the choice
    that was kept is put into it before each time it is drawn.

    Args:
        again: parts of the page that alone are drawn again when it is moved, if it is not the whole page.
    """
    show(name, st.session_state[_CHOICES][name])
    return {"key": name, "on_change": _moved, "args": (world, name, name, again)}


def _moved(world: World, name: str, key: str, again: tuple[str, ...] = ()) -> None:
    """Keep what a control was moved to. An emptied box keeps the last value."""
    if echoed(key, name):
        return
    value = st.session_state[key]
    _hear_reader()
    if value is not None and _possible(world, name, value):
        st.session_state[_CHOICES][name] = value
        if name == "data":
            _go_to_area_of_records(world)
    _write_from_part(world)
    if again:
        redrawn.again(*again)


def _possible(world: World, name: str, value: object) -> bool:
    """Whether a control can say this. A page sends what its controls offer; who writes messages by hand may not."""
    if name == "data":
        return value in data_options(world)
    if name in LISTS and not value:
        return True
    choice = CHOICES[name]
    try:
        text = choice.write(value, world)
        read = choice.read(text, world)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return read is not None and (name not in LISTS or listed_whole(read, text))


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


def whose() -> tuple[str, str]:
    """Which data and which authority a reader has chosen; empty where a page has not been opened."""
    kept: Mapping[str, Any] = st.session_state.get(_CHOICES, {})
    return kept.get("data", ""), kept.get("area", "")


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


def take_link(world: World, link: Mapping[str, str]) -> None:
    """Take the choices of a link that did not come in the address, as those of a meeting do that has a code."""
    _take(link, world)
    write_link(world)


def notices() -> tuple[str, ...]:
    """Sentences about what was ignored in the link."""
    found: tuple[str, ...] = st.session_state.get(_NOTICES, ())
    return found


def current(world: World) -> Selection:
    """The choices that every page shares."""
    kept: dict[str, Any] = st.session_state[_CHOICES]
    chosen = tuple(kept["areas"]) if picked(world, kept["group"]) else ()
    return Selection(kept["area"], kept["year"], kept["group"], chosen, tuple(kept["without"]))


def bound(world: World, key: str, value: object, keep: Callable[[Any], None], same: str = "") -> dict[str, Any]:
    """What a control is given that holds a part of a choice: its key, its value, and what to do when it is moved.

    Args:
        keep: puts what the control was moved to into the choice.
        same: a name that this control shares with another one that holds the same value.
    """
    show(key, value)
    return {"key": key, "on_change": _heard, "args": (world, key, keep, same or key)}


def _heard(world: World, key: str, keep: Callable[[Any], None], same: str) -> None:
    if echoed(key, same):
        return
    _hear_reader()
    if st.session_state[key] is not None:
        keep(st.session_state[key])
    _write_from_part(world)


def scenario() -> Scenario:
    """The what-if at hand."""
    found: Scenario = st.session_state[_CHOICES]["if"]
    return found


def keep_scenario(world: World, changed: Scenario) -> None:
    """Take a what-if in the place of the one at hand."""
    st.session_state[_CHOICES]["if"] = only_differences(changed, world.models.what_if)
    _hear_reader()
    write_link(world)


def beside() -> list[Scenario]:
    """The what-ifs that the one at hand is compared with."""
    found: list[Scenario] = st.session_state[_CHOICES]["beside"]
    return found


def keep_beside(world: World, scenarios: list[Scenario]) -> None:
    """Take other what-ifs to compare with."""
    st.session_state[_CHOICES]["beside"] = choices.told_apart(scenarios[: choices.MOST_BESIDE])
    write_link(world)


def keep(world: World, name: str, value: object) -> None:
    """Take another value of a choice that no single control holds."""
    st.session_state[_CHOICES][name] = value
    _hear_reader()
    write_link(world)


def chosen_of(name: str) -> object:
    """One choice as it is."""
    return st.session_state[_CHOICES][name]


def put(name: str, value: object) -> None:
    """Set a choice that gives way to what the data at hand have."""
    st.session_state[_CHOICES][name] = value


def page() -> str:
    """The name of the page at hand in its address."""
    name: str = st.session_state[_PAGE]
    return name

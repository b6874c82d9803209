"""How people come into a meeting: what it looks at, its short code, and the same view for an authority of their own."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, cast

import streamlit as st

from explorer.app import saved
from explorer.app.choice import TRENDS_PAGE
from explorer.app.choices import CHOICES
from explorer.app.meeting_choices import BRIEFING, JOIN_PAGE, TITLES, path_of
from explorer.app.selection import chosen_of, current, link_to, take_link
from explorer.errors import StoreError
from explorer.sentences.meetings import code_until, looks_at
from explorer.world import World

_STARTED = "codes of meetings"
_LEADERS_ALONE = ("meet", "to")  # parts of the leader's link that a visitor's does not have


class Meeting(Protocol):
    """What is kept of a meeting: its page and the choices as a link holds them."""

    @property
    def page(self) -> str:
        """What links call the page."""

    @property
    def link(self) -> Mapping[str, str]:
        """The choices."""


class Keeper(Protocol):
    """Who keeps meetings, and knows them by a short code."""

    def start_meeting(self, page: str, link: Mapping[str, str], now: datetime) -> str:
        """Keep one; its code."""

    def meeting(self, code: str, now: datetime) -> Meeting | None:
        """The one of a code; None where there is none, or it is over."""


def keeper(world: World) -> Keeper | None:
    """Who keeps meetings here; None where nothing can be kept."""
    try:
        return saved.store(world)
    except StoreError:
        return None


def title() -> str:
    """The title of the page that the meeting looks at."""
    return TITLES[str(chosen_of("to")) or BRIEFING]


def what(world: World) -> str:
    """What the meeting looks at, in a sentence."""
    chosen = current(world)
    as_at = cast(date | None, chosen_of("upto")) if chosen_of("to") == TRENDS_PAGE else None
    return looks_at(world.areas.label(chosen.area), chosen.year, title(), as_at)


def invitation(world: World) -> dict[str, str]:
    """The link of the join page, which holds everything that the meeting looks at and needs nothing kept."""
    link = link_to(world, JOIN_PAGE, str(chosen_of("to")) or BRIEFING)
    return {name: value for name, value in link.items() if name != "meet"}


def code(world: World, now: datetime | None = None) -> tuple[str, str] | None:
    """The short code of the view at hand, made once for each view and session, and how long it can be used.

    Returns:
        The code and a sentence; None where nothing can be kept.
    """
    kept = keeper(world)
    if kept is None:
        return None
    now = now or datetime.now(UTC)
    link = invitation(world)
    view = tuple(sorted(link.items()))
    life = timedelta(hours=world.config.app.meeting.code_life.value)
    started: dict[object, tuple[str, datetime]] = st.session_state.setdefault(_STARTED, {})
    if view not in started or started[view][1] <= now:
        try:
            started[view] = kept.start_meeting(link["to"], link, now), now + life
        except StoreError:
            return None
    found, until = started[view]
    return found, code_until(until)


def join(world: World, typed: str, now: datetime | None = None) -> bool | None:
    """Take the view of the meeting that has a code.

    Returns:
        Whether there is such a meeting; None where codes cannot be looked up.
    """
    kept = keeper(world)
    try:
        found = None if kept is None else kept.meeting(typed, now or datetime.now(UTC))
    except StoreError:
        kept = None
    if kept is None:
        return None
    if found is not None:
        take_link(world, {**found.link, "to": found.page})
    return found is not None


def for_visitor(link: Mapping[str, str], own: str) -> dict[str, str]:
    """The link of a meeting for a visitor: their authority, and the leader's beside it where the page shows two.

    Args:
        link: of the join page.
        own: the visitor's authority.
    """
    changed = {name: value for name, value in link.items() if name not in _LEADERS_ALONE} | {"area": own}
    if shows_two(link["to"]) and own != link["area"]:
        changed["visitor"] = link["area"]
    return changed


def shows_two(name: str) -> bool:
    """Whether a page, by the name that links have for it, can put a second authority beside the first."""
    return CHOICES["visitor"].page in (None, path_of(name))

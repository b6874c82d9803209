"""How people come into a meeting: what it looks at, its short code, and the same view for an authority of their own."""

import logging
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import cast

import streamlit as st

from explorer.app import cached, saved, turns
from explorer.app.allowance import Allowance
from explorer.app.choice import TRENDS_PAGE
from explorer.app.choices import CHOICES
from explorer.app.meeting_choices import BRIEFING, JOIN_PAGE, NOT_SAID, TITLES, path_of
from explorer.app.selection import chosen_of, current, link_to, take_link
from explorer.app.serving import measures
from explorer.sentences.meetings import (
    CODES_CANNOT_BE_READ,
    NO_SHORT_CODE,
    TOO_MANY_CODES,
    code_not_found,
    code_until,
    looks_at,
)
from explorer.world import World

_log = logging.getLogger(__name__)
_STARTED, _TRIES = "codes of meetings", "wrong codes"
_LEADERS_ALONE = ("meet", "to")  # parts of the leader's link that a visitor's does not have


def title() -> str:
    """The title of the page that the meeting looks at."""
    return TITLES[str(chosen_of("to")) or BRIEFING]


def what(world: World) -> str:
    """What the meeting looks at, in a sentence."""
    chosen = current(world)
    day_of = {TRENDS_PAGE: "upto", BRIEFING: "on", NOT_SAID: "on"}.get(str(chosen_of("to")))
    as_at = cast(date | None, chosen_of(day_of)) if day_of else None
    return looks_at(world.areas.label(chosen.area), chosen.year, title(), as_at)


def invitation(world: World) -> dict[str, str]:
    """The link of the join page, which holds everything that the meeting looks at and needs nothing kept."""
    link = link_to(world, JOIN_PAGE, str(chosen_of("to")) or BRIEFING)
    return {name: value for name, value in link.items() if name != "meet"}


def code(world: World) -> tuple[str, str]:
    """The short code of the view at hand, asked for once a session, and how long it can be used.

    Everybody who lets others join the same view gets the same code while it is alive.

    Returns:
        The code and a sentence; where none can be kept, an empty code and why.
    """
    now, link = saved.now(), invitation(world)
    view = tuple(sorted(link.items()))
    started: dict[object, tuple[str, datetime]] = st.session_state.setdefault(_STARTED, {})
    if view not in started or started[view][1] <= now:
        found, faults = saved.tried(world, lambda there: there.start_meeting(link["to"], link, now))
        if found is None:
            return "", " ".join((NO_SHORT_CODE, *faults))
        started[view] = found, now + timedelta(hours=world.config.app.meeting.code_life.value)
    found, until = started[view]
    return found, code_until(saved.when(until))


def join(world: World, typed: str) -> tuple[str, ...]:
    """Take the view of the meeting that has a code.

    Whoever typed too many wrong ones has to wait. Where all readers together did, nobody is shut out, or one of them
    could shut out a whole meeting: everybody is answered after a pause.

    Returns:
        Why there is none, in sentences; nothing where there is one.
    """
    now, of_all, own = time.monotonic(), _tries_of_all(), _own_tries(world)
    if not own.left(now):
        return (TOO_MANY_CODES,)
    if not of_all.left(now):
        with turns.aside():
            _pause(world.config.serving.safety.wrong_codes_pause.value)
    found, faults = saved.tried(world, lambda there: there.meeting(typed, saved.now()))
    if faults:
        return (CODES_CANNOT_BE_READ, *faults)
    if found is None:
        own.spend(now)
        measures.WRONG_CODES.inc()
        if of_all.left(now):
            of_all.spend(now)
            if not of_all.left(now):
                _log.warning("So many wrong codes of meetings come that somebody may be guessing; answers are slowed")
        return (code_not_found(world.config.app.meeting.code_life.value),)
    take_link(world, {**found.link, "to": found.page})
    return ()


def _pause(seconds: float) -> None:
    time.sleep(seconds)


@st.cache_resource(show_spinner=False)
def _tries_of_all() -> Allowance:
    """Wrong codes of all readers together, because opening the page anew gives a reader new ones of their own."""
    safety = cached.world().config.serving.safety
    return Allowance(safety.wrong_codes.value, safety.wrong_codes_each_minute.value / 60)


def _own_tries(world: World) -> Allowance:
    most = world.config.serving.safety.wrong_codes_of_one.value
    own: Allowance = st.session_state.setdefault(_TRIES, Allowance(most, 1 / 60))
    return own


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

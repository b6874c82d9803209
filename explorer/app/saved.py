"""Views that people save: the form that keeps one, where they are kept, and a view in words."""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st

from explorer.app import parts, selection, shown, turns
from explorer.app.choice import read_date
from explorer.app.choices import CHOICES, DATA_WORDS, OF_ONE_MEASURE, PUBLISHED, UPLOAD
from explorer.app.meeting_choices import TITLES, name_of
from explorer.app.patience import NoAnswer, NotAsked, Patience
from explorer.errors import StoreError, StoreUnavailable
from explorer.wording import day
from explorer.world import World

if TYPE_CHECKING:  # what reaches a database takes half a second and 25 MB, and most readers never need one
    from explorer.store import Rules, SavedView, Store

_LOG = logging.getLogger(__name__)
Done = TypeVar("Done")
ADDRESS = "EXPLORER_DATABASE_URL"  # in the environment: where views are kept, password and all
ADDRESS_FILE = "EXPLORER_DATABASE_URL_FILE"  # or a file that holds it, so that it stands in no list of processes
SAVED_PAGE = "saved"
SHARED = (
    "Everybody who opens this address can see, open, change and delete what is saved here. Write no names of children."
)
OF_A_FILE = "A view of a file that you loaded keeps your choices and not the file: others see published figures."
_NO_ANSWER = (
    "The database of saved views does not answer just now, and everything else works without it. If you were saving "
    "something, look in a minute whether it is there."
)
_NOT_ASKED = (
    "The database of saved views did not answer a moment ago. Try again soon; everything else works without it."
)
_MEASURES = ("trend", "indicator", "measure")  # choices of one measure
_FILE = "sqlite:///"
_ZONE = ZoneInfo("Europe/London")


def switched_on(world: World) -> bool:
    """Whether there are saved views at all."""
    return world.config.app.saved_views.who == "everyone"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def store(world: World) -> "Store":
    """Where views and the short codes of meetings are kept; opened once for everybody, when first needed.

    Raises:
        StoreError: it cannot be opened.
    """
    from explorer.store import Rules  # noqa: PLC0415 - see above

    rules = world.config.app.saved_views
    limits = Rules(
        meeting_life=timedelta(hours=world.config.app.meeting.code_life.value),
        most_meetings=rules.most_meetings,
        most_views=rules.most_views,
        longest_name=rules.longest_name,
        longest_notes=rules.longest_notes,
        longest_link=rules.longest_link,
        keep_deleted=timedelta(days=rules.keep_deleted_days),
    )
    return _opened(_address(world), limits)


@st.cache_resource(show_spinner=False, validate=lambda there: there.is_there(), on_release=lambda there: there.close())
def _opened(address: str, _rules: "Rules") -> "Store":
    from explorer.store import open_store  # noqa: PLC0415 - see above

    found = open_store(address, _rules)
    found.drop_long_deleted(now())
    return found


def _address(world: World) -> str:
    """The environment's, or the one of app.yaml, where a file is named from the folder that holds config/."""
    configured = world.config.app.saved_views.database
    file = configured.removeprefix(_FILE)
    if file != configured:
        configured = f"{_FILE}{world.config.root / file}"
    secret = os.environ.get(ADDRESS_FILE)
    if secret:
        try:
            return Path(secret).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise StoreUnavailable(
                f"The file that {ADDRESS_FILE} names cannot be read, so saved views are not there. All else works."
            ) from problem
    return os.environ.get(ADDRESS) or configured


@st.cache_resource(show_spinner=False)
def _patience(seconds: float, rest: float) -> Patience:
    return Patience(seconds, rest)


def tried(world: World, do: "Callable[[Store], Done]") -> tuple[Done | None, tuple[str, ...]]:
    """Do something with what is kept; where it cannot be done, None and the sentences that say why.

    Other pages have the turn meanwhile, and a database that hangs is waited for so long and no longer. What cannot be
    reached is opened anew the next time, so that it is there again when it is mended.

    Args:
        do: draws nothing: it runs in a thread of its own.
    """
    rules = world.config.app.saved_views
    try:
        with turns.aside():
            return _patience(rules.answer_seconds, rules.rest_seconds).ask(lambda: do(store(world))), ()
    except NoAnswer:
        _LOG.warning("Saved views: no answer within %s seconds", rules.answer_seconds)
        return None, (_NO_ANSWER,)
    except NotAsked:
        return None, (_NOT_ASKED,)
    except StoreError as problem:
        if isinstance(problem, StoreUnavailable):
            _LOG.warning("Saved views: %s (%s)", problem, problem.__cause__)
            _opened.clear()
        return None, problem.faults


def at_hand(world: World) -> str:
    """Whether what is kept can be reached: "there", "away", or "off"; "not asked" before anybody needed it.

    Where a deployment names its database it is asked from the beginning.
    """
    if not switched_on(world):
        return "off"
    if not (os.environ.get(ADDRESS) or os.environ.get(ADDRESS_FILE)) and "explorer.store" not in sys.modules:
        return "not asked"
    _, faults = tried(world, lambda there: there.meeting("", now()))
    return "away" if faults else "there"


def attempt(world: World, do: "Callable[[Store], Done]") -> Done | None:
    """The same, and the sentences are shown."""
    found, faults = tried(world, do)
    for fault in faults:
        st.error(parts.plain(fault))
    return found


def save_form(world: World) -> None:
    """A small form that saves the page at hand with its choices; nothing where saving is switched off."""
    if not switched_on(world):
        return
    page = selection.page()
    link = selection.link_to(world, page)
    rules = world.config.app.saved_views
    with st.form("save this view", border=False):
        # without max_chars, which drops a paste that is too long and says nothing: the store refuses it in a sentence
        name = st.text_input("Name of the view", in_words(page, link, world)[: rules.longest_name])
        notes = st.text_area("Notes (you can leave them out)", height=96)
        st.caption(SHARED if selection.data() != UPLOAD else f"{SHARED} {OF_A_FILE}")
        said = st.container()
        pressed = st.form_submit_button("Save this view")
    if pressed:
        version = world.version if selection.data() == UPLOAD else shown.world().version
        with said:
            kept = attempt(world, lambda there: there.save(name, notes, page, link, now(), version))
            if kept is not None:
                st.success(parts.plain(f"Saved as “{kept.name}”. “Saved views” lists it, and this link opens it:"))
                open_link(kept, f"Open “{kept.name}”")


def open_link(view: "SavedView", label: str) -> None:
    """A real link to what a view shows; words where its page is not there any more."""
    if name_of(view.page) not in TITLES:
        st.markdown("The page of this view is not there any more.")
        return
    file = f"explorer/app/pages/{name_of(view.page)}.py"
    st.page_link(file, label=parts.plain(label), icon=":material/arrow_forward:", query_params=dict(view.link))


def measure(link: Mapping[str, str], world: World) -> str:
    """The one measure that a view shows; empty where it shows several."""
    names = [name for name in _MEASURES if name in link and link.get("view", OF_ONE_MEASURE[0]) in OF_ONE_MEASURE]
    return _said(names[0], link, world) if names else ""


def in_words(page: str, link: Mapping[str, str], world: World) -> str:
    """What a view shows: 'Neighbours: Trafford, year to March 2018'."""
    said = [_said("area", link, world), _said("year", link, world, "year to March ")]
    ends = [read_date(link[name]) for name in ("upto", "end") if name in link]
    said += [f"to {day(end)}" for end in ends if end is not None]
    data = link.get("data", PUBLISHED)
    if data != PUBLISHED and data in DATA_WORDS:
        words = "a file that somebody loaded" if data == UPLOAD else DATA_WORDS[data]
        said.append(words[0].lower() + words[1:])
    return f"{TITLES.get(name_of(page), 'A page that is not there any more')}: {', '.join(said)}"


def _said(name: str, link: Mapping[str, str], world: World, before: str = "") -> str:
    """One choice of a link in words; 'authority not known' where it means nothing here."""
    choice = CHOICES[name]
    found = choice.read(link.get(name, ""), world)
    return f"{choice.what} not known" if found is None else f"{before}{choice.show(found, world)}"


def when(moment: datetime) -> str:
    """A moment as a clock in England says it: '23 November 2026 at 09:30'."""
    there = moment.astimezone(_ZONE)
    return f"{day(there.date())} at {there:%H:%M}"

"""What a link says of a meeting: whether the page is shown to a room, and which page the room looks at."""

from collections.abc import Mapping

from explorer.app.choice import (
    DATA_PAGE,
    EVALUATION_PAGE,
    NEIGHBOURS_PAGE,
    SWEEP_PAGE,
    TRENDS_PAGE,
    WHAT_IF_PAGE,
    Choice,
)

JOIN_PAGE, INVITE_PAGE = "join", "invite"
NOT_SAID = ""  # no page: a join page that was opened without a link
BRIEFING = "briefing"  # what config and links call the first page, whose address is empty
TITLES: Mapping[str, str] = {  # pages that a meeting can look at
    BRIEFING: "Briefing",
    NEIGHBOURS_PAGE: "Neighbours",
    TRENDS_PAGE: "Trends",
    WHAT_IF_PAGE: "What if",
    EVALUATION_PAGE: "Did it work?",
    SWEEP_PAGE: "Sweep",
    DATA_PAGE: "Data",
    "about": "About",
}


def name_of(page: str) -> str:
    """What config and links call a page, from its address."""
    return page or BRIEFING


def path_of(name: str) -> str:
    """A page's address, from what config and links call it."""
    return "" if name == BRIEFING else name


_SAID = {"yes": True, "1": True, "true": True}  # people type it by hand; who wants none leaves it out
MEETING_CHOICES: Mapping[str, Choice] = {
    "meet": Choice(
        "meeting view",
        lambda world: False,
        lambda text, world: _SAID.get(text.lower()),
        lambda on, world: "the meeting view" if on else "the usual view",
        lambda on, world: "yes" if on else "",
    ),
    "to": Choice(
        "page of the meeting",
        lambda world: NOT_SAID,
        lambda text, world: text if text in TITLES else None,
        lambda name, world: TITLES[name] if name else "no page",
        page=JOIN_PAGE,
    ),
}

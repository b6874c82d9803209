"""A meeting in words: what it looks at, which step is at hand, and why a code was not found."""

from datetime import date

from explorer.wording import count, day


def looks_at(name: str, year: int, title: str, as_at: date | None) -> str:
    """What a meeting looks at: authority, year or day, and page.

    Args:
        as_at: The day of the view, where its page was set to one.
    """
    stood = f", as it stood on {day(as_at)}" if as_at else ""
    return f"This meeting looks at {name}, year to March {year}, on the page “{title}”{stood}."


def step_words(number: int | None, steps: int, title: str) -> str:
    """Which step is at hand: '2 of 5: Neighbours'; a page that is none of the steps is told by its name alone."""
    return f"{number} of {steps}: {title}" if number else title


def visitors_view(own: str, leader: str, title: str, beside: bool) -> str:
    """What a visitor is about to open."""
    with_leader = f", with {leader} beside it" if beside else ""
    return f"You will see {own} on the page “{title}”{with_leader}. All else is as in the meeting."


def code_not_found(life_hours: float) -> str:
    """Why a code did not lead to a meeting, and what to do."""
    return (
        "No meeting has this code. Check each letter and number: a code looks like KT7-2MP. A code ends "
        f"{count(life_hours)} hours after it was made. Ask the person who leads the meeting for a new one, or point "
        "your phone's camera at the square code on their screen."
    )


def code_until(until: str) -> str:
    """How long a code is known, from the moment as a clock says it."""
    return f"The short code can be used until {until}."


NO_SHORT_CODE = (
    "There is no short code at the moment: nothing can be kept just now. The square code works all the same."
)
CODES_CANNOT_BE_READ = (
    "Codes cannot be looked up at the moment. Point your phone's camera at the square code on the leader's screen, or "
    "ask for the link."
)
TOO_MANY_CODES = (
    "Too many wrong codes were typed, so codes are not looked up for a few minutes. Point your phone's camera at the "
    "square code on the leader's screen, or ask for the link."
)
OWNER_ALONE = "Your figures come from a file that only you can see. People who join see published figures in its place."

"""What a choice of the reader is: its default, and how a link says it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from explorer.world import World

DATA_PAGE, WHAT_IF_PAGE, NEIGHBOURS_PAGE, TRENDS_PAGE = "data", "what_if", "neighbours", "trends"
EVALUATION_PAGE, SWEEP_PAGE = "did_it_work", "sweep"
BRIEFING_PAGE = ""  # the first page has no name in its address


@dataclass(frozen=True)
class Choice:
    """One thing that a reader can choose: its default, and how it is read from and written to a link.

    ``read`` returns None for text that means nothing; ``show`` says a value in words; ``page`` is the only
    page that shows it, or None for every page.
    """

    what: str
    default: Callable[[World], Any]
    read: Callable[[str, World], Any]
    show: Callable[[Any, World], str] = lambda value, world: str(value)
    write: Callable[[Any, World], str] = lambda value, world: str(value)
    page: str | None = None


def read_date(text: str) -> date | None:
    """A day as a link writes it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

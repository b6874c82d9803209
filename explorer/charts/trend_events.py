"""Events in a picture of a figure over time: which are named, and where their names stand clear of each other."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from explorer.charts.trend_layers import NAMED_FROM, ROWS
from explorer.events import Event
from explorer.models.series import Kind
from explorer.models.trend_settings import TrendSettings

SIDE = 0.13  # of the time drawn: how much is left at the right for the names of the lines
_LETTER = 6.5  # pixels: about as wide as a letter of an event's name is
_MIDDLE = 0.55  # of the time drawn: names of events before run to the right, and of later ones to the left
_OF_YEAR = timedelta(89)  # a reporting year stands at 1 January of the year that it ends in, where the axis names it


def place_of(end: date, kind: Kind) -> date:
    """Where a day stands on the axis."""
    return end - _OF_YEAR if kind == "year" else end


def named_events(events: Sequence[Event], ends: Sequence[date], settings: TrendSettings) -> list[Event]:
    """The newest of the events that lie in the picture, as many as are named."""
    inside = [one for one in events if ends and one.start <= max(ends) and (one.end or one.start) >= min(ends)]
    return inside[-int(settings.labelled_events.value) :]


def event_rows(events: Sequence[Event], kind: Kind, ends: Sequence[date]) -> list[dict[str, Any]]:
    """A row an event, with its number. Names run towards the middle of the picture and keep clear of each other.

    Each takes the highest of ``ROWS`` rows with room for it, as long as one letter is as wide as most; a name for which
    there is none stands as its number, which the key explains.
    """
    rows: list[dict[str, Any]] = []
    if not ends:
        return rows
    first, span = min(ends), max((max(ends) - min(ends)).days, 1)
    taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    for number, event in enumerate(events, 1):
        start = max(event.start, first)
        at = (start - first).days / span
        row, label = 0, ""
        for label in (f"{number} {event.label}", str(number)):
            wide = _LETTER * (len(label) + 2) / NAMED_FROM * (1 + SIDE)
            ends_at = (at, at + wide) if at < _MIDDLE else (at - wide, at)
            free = [n for n in range(ROWS) if all(ends_at[1] < low or ends_at[0] > high for low, high in taken[n])]
            if free:
                row = free[0]
                break
        taken[row].append(ends_at)
        until = place_of(min(event.end, max(ends)), kind) if event.end else None
        side = {"row": row, "rightward": at < _MIDDLE, "label": label, "short": str(number), "when": event.when}
        rows.append({"kind": "event", "x": place_of(start, kind), "until": until, **side})
    return rows

"""What happened and when: events as marks beside the figures, from events.yaml."""

from datetime import date
from pathlib import Path
from typing import Literal, cast

from explorer.entries import Entry, Text, checked
from explorer.errors import ConfigError
from explorer.wording import day
from explorer.yaml_reader import read_yaml

_FILE = "events.yaml"


class Event(Entry):
    """Something that happened on a day or over some days, in one area or (without ``area``) everywhere."""

    label: Text
    kind: Literal["intervention", "inspection", "pandemic", "law"]
    area: Text | None = None
    start: date
    end: date | None = None
    precision: Literal["day", "month"]
    description: Text
    reference: Text

    @property
    def when(self) -> str:
        """Its date in words, no finer than it is known: 'March 2019', '23 March 2020 to 19 July 2021'."""
        said = [f"{one:%B %Y}" if self.precision == "month" else day(one) for one in (self.start, self.end) if one]
        return " to ".join(said)


def load_events(folder: Path) -> tuple[Event, ...]:
    """Read events.yaml, in order of time.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / _FILE)
    faults: list[str] = []
    found = {name: checked(Event, document, content, (name,), faults) for name, content in document.content.items()}
    events = {name: cast(Event, event) for name, event in found.items() if event is not None}
    for name, event in events.items():
        if event.end is not None and event.end < event.start:
            faults.append(f"{document.at((name, 'end'))}: '{name}.end' is before its start.")
    if faults:
        raise ConfigError(*faults)
    return tuple(sorted(events.values(), key=lambda event: (event.start, event.label)))


def events_for(events: tuple[Event, ...], area: str, first: date, last: date) -> tuple[Event, ...]:
    """Those of an area and of everywhere that touch the days from ``first`` to ``last``."""
    return tuple(
        event
        for event in events
        if event.area in (None, area) and event.start <= last and (event.end or event.start) >= first
    )

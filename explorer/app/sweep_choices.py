"""What can be chosen on the Sweep page: which sweep, which measure, one what-if or all, how far ahead, which order."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain, count

from explorer.app import cached_sweeps
from explorer.app.choice import SWEEP_PAGE, Choice
from explorer.errors import DataError
from explorer.models.flow import INDICATORS
from explorer.models.outcome import DRAWN
from explorer.world import World

NONE, EVERY_SCENARIO = "", "all"
ORDERS: Mapping[str, str] = {  # of the authorities beside the one chosen, and of every list
    "size": "Largest change first",
    "sure": "Surest first",
    "name": "By name",
}


def switched_on(world: World) -> bool:
    """Whether the deployment names any finished sweep."""
    return bool(world.config.app.sweeps)


def slug(name: str) -> str:
    """A scenario's name as a link says it: 'all-six-ideas'."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80].strip("-") or "what-if"


def by_slug(names: Iterable[str]) -> dict[str, str]:
    """Scenarios by what links call them, no two alike: a second one of the same letters is 'faster-2'."""
    found: dict[str, str] = {}
    for name in names:
        first = slug(name)
        tried = chain([first], (f"{first}-{number}" for number in count(2)))
        found[next(one for one in tried if one not in found and one != EVERY_SCENARIO)] = name
    return found


def _read_scenario(text: str, world: World) -> str | None:
    """A what-if of any sweep that is named; the page tells where the one it shows does not have it."""
    if text == EVERY_SCENARIO:
        return text
    for name in world.config.app.sweeps:
        try:
            found = cached_sweeps.finished(world.config, name).scenarios
        except DataError:  # the page tells of it
            continue
        if text in by_slug(found):
            return text
    return None


def _read_years(text: str) -> int | None:
    return int(text) if re.fullmatch("[1-9][0-9]?", text, re.ASCII) else None


SWEEP_CHOICES: Mapping[str, Choice] = {
    "sweep": Choice(
        "sweep",
        lambda world: next(iter(world.config.app.sweeps), NONE),
        lambda text, world: text if text in world.config.app.sweeps else None,
        lambda name, world: world.config.app.sweeps[name].label if name else "none",
        page=SWEEP_PAGE,
    ),
    "moved": Choice(
        "measure",
        lambda world: DRAWN[0],
        lambda text, world: text if text in INDICATORS else None,
        lambda name, world: world.config.indicators[name].label,
        page=SWEEP_PAGE,
    ),
    "scenario": Choice(
        "what-if",
        lambda world: EVERY_SCENARIO,
        _read_scenario,
        lambda name, world: "all what-ifs" if name == EVERY_SCENARIO else name,
        page=SWEEP_PAGE,
    ),
    "ahead": Choice(
        "number of years ahead",
        lambda world: 3,
        lambda text, world: _read_years(text),
        lambda years, world: f"{years} years ahead",
        page=SWEEP_PAGE,
    ),
    "order": Choice(
        "order",
        lambda world: next(iter(ORDERS)),
        lambda text, world: text if text in ORDERS else None,
        lambda name, world: ORDERS[name].lower(),
        page=SWEEP_PAGE,
    ),
}

"""How counts of plans add up: parts of a whole, open plans from one day to the next, plans growing older."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from explorer.plan_indicators.rules import BAND_NAMES, LAST_BAND, LONG

STARTED, REPEAT, SOON = "plans_started", "plans_started_repeat", "plans_started_repeat_within_2y"
OPEN, ENDED = "plans_open", "plans_ended"
BANDS = (*BAND_NAMES, LAST_BAND, LONG)
# whole and part; what is left over can be worked out wherever both are shown
RESTS = ((STARTED, REPEAT), (STARTED, SOON), (REPEAT, SOON), (OPEN, f"{OPEN}_{LONG}"), (ENDED, f"{ENDED}_{LONG}"))
Nodes = Mapping[str, Mapping[date, int]]  # indicator, day: node
Terms = list[tuple[int, int]]  # node and what it is multiplied by


def sums(nodes: Nodes) -> tuple[list[Terms], list[Terms]]:
    """Rows that are zero in every table, and rows that are zero or more.

    Args:
        nodes: For plans started and ended the running total on each day, for open plans their number.
    """
    equal, least = _whole_and_parts(nodes)
    equal += _open_from_day_to_day(nodes)
    least += [row for name in nodes for row in _never_negative(name, nodes[name])]
    for whole, part in ((STARTED, REPEAT), (STARTED, SOON), (REPEAT, SOON)):
        least += _left_over(nodes, whole, (part,))
    return equal, least + _growing_older(nodes)


def change(nodes: Nodes, names: tuple[str, ...], before: date, now: date, sign: int) -> Terms:
    """What indicators gained between two days, times a sign."""
    return [term for name in names for term in ((nodes[name][now], sign), (nodes[name][before], -sign))]


def shared_days(nodes: Nodes, names: tuple[str, ...]) -> list[date]:
    """The days on which all the indicators have a node."""
    if any(name not in nodes for name in names):
        return []
    return sorted(set.intersection(*(set(nodes[name]) for name in names)))


def _never_negative(name: str, places: Mapping[date, int]) -> Iterator[Terms]:
    if name.startswith(OPEN):
        yield from ([(node, 1)] for node in places.values())
    else:
        yield from ([(places[now], 1), (places[before], -1)] for before, now in pairwise(sorted(places)))


def _left_over(nodes: Nodes, whole: str, parts: tuple[str, ...]) -> list[Terms]:
    days = shared_days(nodes, (whole, *parts))
    return [change(nodes, (whole,), *two, 1) + change(nodes, parts, *two, -1) for two in pairwise(days)]


def _whole_and_parts(nodes: Nodes) -> tuple[list[Terms], list[Terms]]:
    """The duration bands make up the whole; where some are missing they are at most the whole."""
    parts = {whole: tuple(f"{whole}_{band}" for band in BANDS) for whole in (ENDED, OPEN)}
    present = {whole: tuple(name for name in names if name in nodes) for whole, names in parts.items()}
    ended = _left_over(nodes, ENDED, present[ENDED]) if present[ENDED] else []
    is_open = [
        [(nodes[OPEN][day], 1), *((nodes[name][day], -1) for name in present[OPEN])]
        for day in (shared_days(nodes, (OPEN, *present[OPEN])) if present[OPEN] else [])
    ]
    equal, least = list[Terms](), list[Terms]()
    for whole, found in ((ENDED, ended), (OPEN, is_open)):
        (equal if present[whole] == parts[whole] else least).extend(found)
    least += _left_over(nodes, ENDED, (f"{ENDED}_{LONG}",))
    least += [
        [(nodes[OPEN][day], 1), (nodes[f"{OPEN}_{LONG}"][day], -1)]
        for day in shared_days(nodes, (OPEN, f"{OPEN}_{LONG}"))
    ]
    return equal, least


def _open_from_day_to_day(nodes: Nodes) -> list[Terms]:
    """Open now = open before + started since - ended since."""
    days = shared_days(nodes, (OPEN, STARTED, ENDED))
    return [change(nodes, (OPEN, ENDED), *two, 1) + change(nodes, (STARTED,), *two, -1) for two in pairwise(days)]


def _growing_older(nodes: Nodes) -> list[Terms]:
    """Plans open beyond a length, and those that ended beyond it so far, are together never fewer than before."""
    found = []
    for number in range(1, len(BANDS)):
        beyond = tuple(f"{whole}_{band}" for whole in (OPEN, ENDED) for band in BANDS[number:])
        found += [change(nodes, beyond, *two, 1) for two in pairwise(shared_days(nodes, beyond))]
    return found

"""Names beside dots, each on the side where it covers least of the others; one that would cover much is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.benchmarks.position import Bounds

Align = Literal["left", "center", "right"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels

PLACED_ON = (820, 400)  # pixels of drawing that names are placed for; it may be wider or narrower in the end
SIDES: Mapping[str, tuple[Align, int, int]] = {  # of the dot: how the text is aligned, and moved across and down
    "right": ("left", 9, 0),
    "left": ("right", -9, 0),
    "above": ("center", 0, -13),
    "below": ("center", 0, 13),
}
OWN_SIDES: Mapping[str, tuple[Align, int, int]] = {"right": ("left", 12, -13), "left": ("right", -12, -13)}
NAME_SIZE, OWN_SIZE = 11.5, 14  # pixels
_LETTER = 0.58  # of a letter's height is its width
_DOT = 8.0  # half of a dot
_LATE = 0.6  # of the width; further right the authority's name stands left of it
_MOST_COVERED = 150.0  # square pixels


@dataclass(frozen=True)
class Name:
    """A name and the point that it stands beside; ``kind`` is 'name right' or, of the authority, 'own name right'."""

    kind: str
    label: str
    at: Point


def stacked(values: Sequence[float], low: float, high: float, line: float) -> list[float]:
    """Where each name stands beside the end of its line: there, or a little off, so that none covers another.

    Args:
        values: where the lines end.
        low, high: between which figures the picture reaches.
        line: what a name takes of its height, as a share.
    """
    gap = (high - low) * line
    order = sorted(range(len(values)), key=lambda number: -values[number])
    places = [0.0] * len(values)
    above = float("inf")
    for number in order:
        above = places[number] = min(values[number], above - gap)
    floor = low + gap / 2  # the lowest must not fall below the axis
    for number in reversed(order):
        places[number] = max(places[number], floor)
        floor = places[number] + gap
    return places


def placed(others: Mapping[str, Point], own: tuple[str, Point] | None, spans: tuple[Bounds, Bounds]) -> list[Name]:
    """Find a side for each name.

    Args:
        others: names of the members with their points, in the units of the scales.
        own: the authority's, which always has its place; None where it is not drawn.
        spans: from where to where the scale across and the one upwards go.
    """
    dots = [*others.values(), *([own[1]] if own else [])]
    taken = [(across - _DOT, down - _DOT, across + _DOT, down + _DOT) for across, down in _pixels(dots, spans)]
    found = []
    if own:
        label, at = own
        side = "left" if _pixels([at], spans)[0][0] > _LATE * PLACED_ON[0] else "right"
        taken.append(_box(label, OWN_SIDES[side], at, spans, OWN_SIZE))
        found.append(Name(f"own name {side}", label, at))
    for label, at in others.items():
        boxes = {side: _box(label, how, at, spans, NAME_SIZE) for side, how in SIDES.items()}
        covered = {side: _covered(box, taken) for side, box in boxes.items()}
        side = min(covered, key=lambda one: covered[one])
        if covered[side] <= _MOST_COVERED:
            taken.append(boxes[side])
            found.append(Name(f"name {side}", label, at))
    return found


def _pixels(points: Sequence[Point], spans: tuple[Bounds, Bounds]) -> list[Point]:
    """Where points of the scales lie in the picture, from its top left."""
    (left, right), (foot, top) = spans
    wide, high = PLACED_ON
    return [(wide * (x - left) / (right - left), high * (top - y) / (top - foot)) for x, y in points]


def _box(label: str, how: tuple[Align, int, int], at: Point, spans: tuple[Bounds, Bounds], size: float) -> Box:
    """What a name would cover."""
    align, dx, dy = how
    ((across, down),) = _pixels([at], spans)
    wide = _LETTER * size * len(label)
    left = across + dx - {"left": 0.0, "center": wide / 2, "right": wide}[align]
    return left, down + dy - 0.6 * size, left + wide, down + dy + 0.6 * size


def _covered(box: Box, taken: Sequence[Box]) -> float:
    """How much of others a name would cover, and how much of itself would leave the picture, in square pixels."""
    left, top, right, bottom = box
    outside = max(0.0, -left) + max(0.0, right - PLACED_ON[0])
    return (bottom - top) * outside + sum(
        max(0.0, min(right, other[2]) - max(left, other[0])) * max(0.0, min(bottom, other[3]) - max(top, other[1]))
        for other in taken
    )

"""Whether a gap depends on how the group is averaged or on who is in it."""

from dataclasses import dataclass
from statistics import median

from explorer.benchmarks.position import Bounds, Figure, Position


@dataclass(frozen=True)
class Against:
    """One way to say what is usual in the group, and how far the authority is from it.

    Attributes:
        how: "median", "mean", "pooled", "without" (one member left out) or the name of another group.
        without: the member left out.
        value: what is usual that way, from published figures; the indicator's unit.
        bounds: the least and most that it can be with hidden figures; None where they cannot be bounded.
        members: how many figures it is made of, of ``of``.
        gap: the authority's figure less the value.
        children: the same in children; None without a whole.
    """

    how: str
    value: float
    bounds: Bounds | None
    members: int
    of: int
    gap: float
    children: float | None
    without: str | None = None


def sensitivity(found: Position, scale: float, others: dict[str, Position]) -> tuple[Against, ...]:
    """The gap held against mean, median, pooled figure, each member left out in turn, and other groups.

    Of those left out only the two that move the median furthest are given.

    Args:
        scale: what a share of the indicator is multiplied by.
        others: the authority's position in other groups, by their names.
    """
    own = found.figure
    if own.value is None or found.median is None or found.mean is None:
        return ()
    size = found.group_size

    def against(
        how: str, value: float, bounds: Bounds | None, members: int, of: int, out: str | None = None
    ) -> Against:
        gap = (own.value or 0.0) - value
        children = gap * own.base / scale if own.base else None
        return Against(how, value, bounds, members, of, gap, children, out)

    rows = [
        against("median", found.median, found.median_bounds, found.contributing, size),
        against("mean", found.mean, found.mean_bounds, found.contributing, size),
    ]
    if found.pooled is not None:
        rows.append(against("pooled", found.pooled, None, found.pooled_from, size))
    rows += [
        against("without", value, None, found.contributing - 1, size - 1, out) for out, value in _without(found.members)
    ]
    rows += [
        against(name, other.median, other.median_bounds, other.contributing, other.group_size)
        for name, other in others.items()
        if other.median is not None
    ]
    return tuple(rows)


def _without(members: tuple[Figure, ...]) -> list[tuple[str, float]]:
    """The lowest and highest median that leaving out one published member can give, and whom."""
    known = [member for member in members if member.value is not None]
    if len(known) < 3:  # of two, one is left
        return []
    medians = [
        (one.area, median(other.value for other in known if other is not one and other.value is not None))
        for one in known
    ]
    low, high = min(medians, key=lambda pair: pair[1]), max(medians, key=lambda pair: pair[1])
    return [low] if low[1] == high[1] else [low, high]

"""Whether a gap depends on how the group is averaged or on who is in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from explorer.benchmarks.position import Bounds, Figure, Position, with_hidden

_FEWEST = 3  # members of whom one can be left out


@dataclass(frozen=True)
class Against:
    """One way to say what is usual in the group, and how far the authority is from it.

    Ends are apart where hidden members make a range of it. Members that are hidden and cannot be bounded are left out.

    Attributes:
        how: "median", "mean", "pooled", "without" (one member left out) or the name of another group.
        usual: what is usual that way, in the indicator's unit.
        members: how many figures it is made of, of ``of``.
        gap: the authority's figure less the usual one.
        children: the same in children; None without a whole.
        without: the member left out.
    """

    how: str
    usual: Bounds
    members: int
    of: int
    gap: Bounds
    children: Bounds | None
    without: str | None = None

    @property
    def side(self) -> int | None:
        """1 above, -1 below, 0 level, whatever the hidden figures are; None where it cannot be told."""
        low, high = ((end > 0) - (end < 0) for end in self.gap)
        return low if low == high else None


def sensitivity(found: Position, scale: float, others: dict[str, Position]) -> tuple[Against, ...]:
    """The gap held against median, mean and pooled figure, without each member in turn, and against other groups.

    Of those left out only the two that move the median furthest are given.

    Args:
        scale: what a share of the indicator is multiplied by.
        others: the authority's position in other groups, by their names.
    """
    own, known, size = found.figure, _known(found.members), found.group_size
    if own.value is None or not known:
        return ()
    mine, base = own.value, own.base

    def against(how: str, usual: Bounds, members: int, of: int, out: str | None = None) -> Against:
        gap = mine - usual[1], mine - usual[0]
        children = (gap[0] * base / scale, gap[1] * base / scale) if base else None
        return Against(how, usual, members, of, gap, children, out)

    rows = [
        against("median", _ends(known, median), len(known), size),
        against("mean", _ends(known, fmean), len(known), size),
    ]
    counted = [one for one in known if one.base and (one.value is None or one.numerator is not None)]
    if counted:
        rows.append(against("pooled", _pooled(counted, scale), len(counted), size))
    rows += [against("without", usual, len(known) - 1, size - 1, out) for out, usual in _without(known)]
    for name, other in others.items():
        theirs = _known(other.members)
        if theirs:
            rows.append(against(name, _ends(theirs, median), len(theirs), other.group_size))
    return tuple(rows)


def _known(members: Sequence[Figure]) -> list[Figure]:
    """Those with a figure, or a hidden one that can be bounded."""
    return [member for member in members if member.bounds is not None]


def _ends(members: Sequence[Figure], average: Callable[[list[float]], float]) -> Bounds:
    """An average at the least and most that hidden members can be."""
    found = with_hidden(members, average)
    assert found is not None  # all of them are bounded
    return found


def _pooled(members: Sequence[Figure], scale: float) -> Bounds:
    """All of them counted together, as if they were one."""
    whole = sum(one.base or 0.0 for one in members)
    ends = [
        sum(
            one.numerator if one.numerator is not None else (one.bounds or (0.0, 0.0))[end] * (one.base or 0.0) / scale
            for one in members
        )
        for end in (0, 1)
    ]
    return scale * ends[0] / whole, scale * ends[1] / whole


def _without(members: Sequence[Figure]) -> list[tuple[str, Bounds]]:
    """The lowest and highest median that leaving out one member can give, and whom."""
    if len(members) < _FEWEST:
        return []
    medians = [(out.area, _ends([one for one in members if one is not out], median)) for out in members]
    low, high = (pick(medians, key=lambda pair: sum(pair[1])) for pick in (min, max))
    return [low] if low[1] == high[1] else [low, high]

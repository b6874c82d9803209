"""Who stood where the authority did before the start, and how many of them moved as far anyway.

An authority is looked at because its figure was high, and part of a high figure is chance that goes by itself. Those
whose figure was nearest in the same year had such chance too, so they show how often such a change comes by itself.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from explorer.evaluation.panel import Panel
from explorer.evaluation.path import months_between


@dataclass(frozen=True)
class StoodAlike:
    """Authorities whose figure was nearest in the last year before the start.

    Attributes:
        year, last: that year, and the one that is looked at.
        before, after: the authority's own share in both, percent.
        areas: the others, nearest first.
        changes: of their shares from the one year to the other, in points.
        lowest, highest: of their shares in the first of them; of a hidden one the middle of what it can be.
    """

    year: int
    last: int
    before: float
    after: float
    areas: tuple[str, ...]
    changes: tuple[float, ...]
    lowest: float
    highest: float

    @property
    def change(self) -> float:
        """The authority's own, in points."""
        return self.after - self.before

    @property
    def as_far(self) -> int:
        """How many moved the same way by as much or more."""
        way = 1 if self.change > 0 else -1
        return sum(way * other >= way * self.change - _LEVEL for other in self.changes)

    @property
    def usual(self) -> float:
        """The change of the middle one of the others, in points."""
        return float(np.median(self.changes))


_LEVEL = 1e-6  # figures are published to one place


def alike(panel: Panel, area: str, start: date, last: int, number: int) -> StoodAlike | None:
    """The authorities that stood nearest before the start; None where the authority's own figures do not say.

    Args:
        panel: one indicator of all authorities.
        area: DfE number.
        start: the first day of the month in which it began.
        last: the year that is looked at.
        number: how many others, if there are so many; all that are as near as the last of them come with it.
    """
    if area not in panel.areas or last not in panel.years:
        return None
    own, end = panel.row(area), panel.years.index(last)
    known = ~np.isnan(panel.middle[own]) & ~panel.hidden[own]
    before = [place for place, day in enumerate(panel.ends) if months_between(start, day) < 0 and known[place]]
    if not before or before[-1] >= end or not known[end]:
        return None
    first = before[-1]
    then, now = panel.middle[:, first], panel.middle[:, end]
    there = np.flatnonzero(~np.isnan(then) & ~np.isnan(now) & (np.arange(len(then)) != own))
    if not there.size:
        return None
    away = np.abs(then[there] - then[own])
    order = np.argsort(away, kind="stable")
    nearest = there[order[: max(number, int((away <= away[order][:number][-1] + _LEVEL).sum()))]]
    return StoodAlike(
        panel.years[first],
        last,
        float(then[own]),
        float(now[own]),
        tuple(panel.areas[row] for row in nearest),
        tuple(float(change) for change in now[nearest] - then[nearest]),
        float(then[nearest].min()),
        float(then[nearest].max()),
    )

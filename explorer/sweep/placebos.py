"""The placebo test of every authority: what the evaluation would find where most of them began nothing.

Each is asked about as if something had begun there on the same day, beside all others (``evaluation.controlled``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from explorer.errors import SelectionError
from explorer.evaluation.controlled import Controlled, Question, compare
from explorer.evaluation.estimators import Way
from explorer.evaluation.panel import Panel, panel
from explorer.evaluation.path import step
from explorer.evaluation.settings import EvaluationSettings
from explorer.sweep.place import HERE, Place, in_order
from explorer.sweep.progress import Progress
from explorer.world import World

_FIRST_MONTH_AFTER = 3

# One row an authority and last year used. `effect`, `lower`, `upper` in percentage points, `larger` of `placebos` other
# authorities moved as far or further for their size; null where `why` says why it could not be asked.
PLACEBOS: Mapping[str, type[pl.DataType]] = {
    "area": pl.String,
    "last": pl.Int64,
    "effect": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "p_value": pl.Float64,
    "larger": pl.Int64,
    "placebos": pl.Int64,
    "why": pl.String,
}


@dataclass(frozen=True, eq=False)
class PlaceboWork:
    """Asks about one authority, for every last year.

    Attributes:
        panel: one indicator of all authorities.
        start: the day from which something is taken to have begun everywhere.
        lasts: the last years that are used.
        way: how the comparison is made.
        settings: evaluation.yaml.
    """

    panel: Panel
    start: date
    lasts: tuple[int, ...]
    way: Way
    settings: EvaluationSettings

    def __call__(self, area: str) -> pl.DataFrame:
        """``PLACEBOS`` of one authority."""
        rows = [self._row(area, last) for last in self.lasts]
        return pl.DataFrame(rows, schema=PLACEBOS, orient="row")

    def _row(self, area: str, last: int) -> tuple[object, ...]:
        found = compare(self.panel, Question(area, step(self.start), last, self.way), self.settings)
        if not isinstance(found, Controlled):
            return (area, last, *[None] * 6, found.why)
        one, where = found.estimate, found.place
        return (area, last, one.effect, one.lower, one.upper, one.p_value, where.larger, where.of, None)


def placebo_tests(
    world: World, measure: str, start: date, lasts: Sequence[int], way: Way | None = None, place: Place = HERE
) -> pl.DataFrame:
    """Ask about every authority that existed at the start; the same figures wherever they are worked out.

    Args:
        world: everything loaded.
        measure: a percentage that evaluation.yaml has among its outcomes.
        start: the day from which something is taken to have begun.
        lasts: the last years that are used.
        way: how the comparison is made; None: as the verdict is.
        place: where.

    Returns:
        ``PLACEBOS``, by authority and last year.

    Raises:
        SelectionError: there is no such outcome or year.
        DataError: the cluster cannot be used.
    """
    outcomes = world.evaluation.outcomes
    if measure not in outcomes:
        raise SelectionError(f"'{measure}' cannot be asked about; allowed: {', '.join(outcomes)}.")
    begun = start.year if start.month <= _FIRST_MONTH_AFTER else start.year + 1  # the year to March that it falls in
    for last in lasts:
        if last not in world.years or last < begun:
            raise SelectionError(f"{last} is no last year; allowed: {begun} to {world.years[-1]}.")
    before = min(max(begun - 1, world.years[0]), world.years[-1])
    codes = tuple(area.code for area in world.areas.authorities if area.existed(before))
    stock = world.config.indicators[measure].period == "day"
    figures = panel(world.table, measure, codes, stock=stock)
    work = PlaceboWork(figures, start, tuple(lasts), way or world.evaluation.main.published, world.evaluation)
    parts = []
    with Progress("Placebo tests", "authorities", len(codes)) as progress:
        for _, found in in_order(work, codes, place):
            parts.append(found)
            progress.done()
    return pl.concat(parts)

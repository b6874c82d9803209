"""The table of plan indicators with every figure hidden that would give a small count away."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from explorer.config import Suppression
from explorer.disclosure.layers import Layer
from explorer.disclosure.plan_counts import Count, counts_of_rows
from explorer.disclosure.plan_space import plan_space
from explorer.disclosure.release import Release, Rule

_CROWDED = 0.35  # with more small counts than this a search takes long and finds little to show
_FIGURES = ("numerator", "denominator", "value", "lower", "upper")


def protect_indicators(table: pl.DataFrame, release: Sequence[Layer], suppression: Suppression) -> pl.DataFrame:
    """The indicators as readers may see them, by the rule in the package's description.

    Args:
        table: The columns of ``plan_indicators.PLAN_INDICATORS``, with every period that is published together.
        release: The layers, the most useful first.
        suppression: Which counts are small.

    Returns:
        The same rows in the same order. Hidden ones have the status ``suppressed`` and no figures. A row that has
        no figure because its denominator is zero keeps that status where the zero is shown.

    Raises:
        DataError: the table contradicts itself.
        ValueError: an indicator or period kind is unknown.
    """
    behind, values = counts_of_rows(table)
    layers = layer_of_rows(table, release)
    first: dict[Count, int] = {}
    for row, number in zip(behind, layers, strict=True):
        if number is not None:
            first |= {count: min(number, first.get(count, number)) for count in row}
    shown = _shown(values, first, release, suppression) if values else frozenset()
    is_hidden = pl.Series(
        [
            bool(row) and (number is None or not shown.issuperset(row))
            for row, number in zip(behind, layers, strict=True)
        ],
        dtype=pl.Boolean,
    )
    return table.with_columns(
        *(pl.when(is_hidden).then(None).otherwise(pl.col(name)).alias(name) for name in _FIGURES),
        status=pl.when(is_hidden).then(pl.lit("suppressed")).otherwise("status"),
    )


def _shown(
    values: Mapping[Count, int], first: Mapping[Count, int], release: Sequence[Layer], suppression: Suppression
) -> frozenset[Count]:
    """The counts that may be shown, from the layer in which each comes first."""
    found = plan_space(values, suppression.lowest, suppression.highest)
    number = np.array([first.get(count, len(release)) for count in found.given], dtype=np.int64)
    nothing = np.zeros(len(found.figures), dtype=bool)
    state = Release(found.space, Rule(suppression.lowest, suppression.highest), found.figures, nothing, nothing)
    crowded = state.small_share > _CROWDED
    for place, layer in enumerate(release):
        state.layer(number == place, None if crowded else layer.budget)
    return frozenset(count for count, shown in zip(found.given, state.shown.tolist(), strict=False) if shown)


def layer_of_rows(table: pl.DataFrame, release: Sequence[Layer]) -> list[int | None]:
    """The number of the layer that each row belongs to; None where no layer names it."""
    rows = table.select("indicator", "period_kind", "period_end").iter_rows()
    return [next((number for number, layer in enumerate(release) if layer.holds(*row)), None) for row in rows]

"""The table of plan indicators with every figure hidden that would give a small count away."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from explorer.benchmark_entries import Suppression
from explorer.disclosure.layers import ReleaseRules
from explorer.disclosure.plan_counts import Count, counts_of_rows
from explorer.disclosure.plan_space import plan_space
from explorer.disclosure.release import Release, Rule
from explorer.disclosure.traces import without_traces

_FIGURES = ("numerator", "denominator", "value", "lower", "upper")


def protect_indicators(table: pl.DataFrame, release: ReleaseRules, suppression: Suppression) -> pl.DataFrame:
    """The indicators as readers may see them, by the rule in the package's description.

    Args:
        table: The columns of ``plan_indicators.PLAN_INDICATORS``, with every period that is published together.
        release: The layers, the most useful first, and how fine the figures are where many counts are small.
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
    shown = _shown(values, first, release, suppression)
    is_hidden = pl.Series(
        [
            bool(row) and (number is None or not shown.issuperset(row))
            for row, number in zip(behind, layers, strict=True)
        ],
        dtype=pl.Boolean,
    )
    hidden = table.with_columns(
        *(pl.when(is_hidden).then(None).otherwise(pl.col(name)).alias(name) for name in _FIGURES),
        status=pl.when(is_hidden).then(pl.lit("suppressed")).otherwise("status"),
    )
    return without_traces(hidden)


def _shown(
    values: Mapping[Count, int], first: Mapping[Count, int], release: ReleaseRules, suppression: Suppression
) -> frozenset[Count]:
    """The counts that may be shown, from the layer in which each comes first.

    Steps that would make too many counts small are left out whole, finest first: none of their counts is shown, so
    none has to be proved. Months within a shown year, say, can then be anything that adds up to it.
    """
    rule = Rule(suppression.lowest, suppression.highest)
    for step in sorted({layer.step for layer in release.layers}, reverse=True):
        inside = {count: value for count, value in values.items() if _step(count, first, release) <= step}
        if not inside:
            continue
        found = plan_space(inside, suppression.lowest, suppression.highest)
        nothing = np.zeros(len(found.figures), dtype=bool)
        state = Release(found.space, rule, found.figures, nothing, nothing)
        if state.small_share <= release.most_small[step - 1] or step == 1:
            number = np.array([first[count] for count in found.given], dtype=np.int64)
            for place, layer in enumerate(release.layers):
                state.layer(number == place, layer.budget)
            if not state.exposed.any():  # else a count could not be proved safe: show less, or nothing
                return frozenset(
                    count for count, shown in zip(found.given, state.shown.tolist(), strict=False) if shown
                )
    return frozenset()


def _step(count: Count, first: Mapping[Count, int], release: ReleaseRules) -> float:
    """How fine a count is; beyond every step where no layer names it."""
    return release.layers[first[count]].step if count in first else np.inf


def layer_of_rows(table: pl.DataFrame, release: ReleaseRules) -> list[int | None]:
    """The number of the layer that each row belongs to; None where no layer names it."""
    rows = table.select("indicator", "period_kind", "period_end").iter_rows()
    return [next((number for number, layer in enumerate(release.layers) if layer.holds(*row)), None) for row in rows]

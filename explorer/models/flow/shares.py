"""Flows as the figures that are published: counts over twelve months, percentages, and their spread over the draws."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.models.flow.engine import Flows
from explorer.models.flow.inputs import YEAR, Array, YearBefore

INDICATORS = (
    "repeat_plan_percent",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
    "plans_open",
    "plans_open_2y_plus",
    "plans_started",
    "plans_started_repeat",
    "plans_ended",
    "plans_ended_2y_plus",
)
SUMMARY = ("mean", "p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5")
_CHANCES = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])


def indicators(flows: Flows, before: YearBefore) -> dict[str, Array]:
    """The monthly figures of a run.

    Args:
        flows: What a run gave.
        before: The flows of the year before it.

    Returns:
        For each name of ``INDICATORS`` (months, draws): plans open are counted at the month's end, plans started and
        ended over the twelve months up to it, percentages from 0 to 100. One without a denominator is NaN.
    """
    started, repeats = _twelve_months(before.started, flows.started), _twelve_months(before.repeats, flows.repeats)
    ended, ended_long = _twelve_months(before.ended, flows.ended), _twelve_months(before.ended_long, flows.ended_long)
    figures = {
        "repeat_plan_percent": _percent(repeats, started),
        "open_2y_plus_percent": _percent(flows.open_long, flows.open),
        "ended_2y_plus_percent": _percent(ended_long, ended),
        "plans_open": flows.open,
        "plans_open_2y_plus": flows.open_long,
        "plans_started": started,
        "plans_started_repeat": repeats,
        "plans_ended": ended,
        "plans_ended_2y_plus": ended_long,
    }
    assert tuple(figures) == INDICATORS
    return figures


def _twelve_months(before: Array, flow: Array) -> Array:
    """(months, draws) the sum of each month and the eleven before it. Sums of the months themselves: never below 0."""
    months, draws = flow.shape
    known = np.broadcast_to(before[1:], (YEAR - 1, draws))
    whole = np.concatenate([known, flow])
    total = whole[:months].copy()
    for first in range(1, YEAR):
        total += whole[first : first + months]
    return total


def _percent(part: Array, whole: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.divide(part, whole)
    percent *= 100
    if not (whole > 0).all():
        percent[~(whole > 0)] = np.nan
    return percent


def summary(values: Array) -> Array:
    """Mean and quantiles over the draws.

    Args:
        values: (..., draws); NaN is left out.

    Returns:
        (..., 8) in the order of ``SUMMARY``; NaN where no draw has a figure. Quantiles lie on a straight line between
        the two draws next to them.
    """
    in_order = np.sort(values, axis=-1)  # NaN last
    draws = values.shape[-1]
    if not np.isnan(in_order[..., -1]).any():
        return _of_sorted(in_order, np.full(values.shape[:-1], draws), in_order.mean(axis=-1))
    there = np.isfinite(in_order)
    count = there.sum(axis=-1)
    mean = np.full(values.shape[:-1], np.nan)
    np.divide(np.where(there, in_order, 0).sum(axis=-1), count, out=mean, where=count > 0)
    return _of_sorted(in_order, count, mean)


def _of_sorted(in_order: Array, count: NDArray[np.int64], mean: Array) -> Array:
    place = np.maximum(count - 1, 0)[..., None] * _CHANCES
    lower = place.astype(np.int64)
    upper = np.minimum(lower + 1, np.maximum(count - 1, 0)[..., None])
    low, high = np.take_along_axis(in_order, lower, axis=-1), np.take_along_axis(in_order, upper, axis=-1)
    return np.concatenate([mean[..., None], low + (high - low) * (place - lower)], axis=-1)


def summaries(figures: Mapping[str, Array]) -> dict[str, Array]:
    """``summary`` of every indicator, (months, 8)."""
    return {name: summary(values) for name, values in figures.items()}

"""A what-if worked out: the months ahead as they are and as they would be, what makes the difference, and how sure.

Baseline and what-if share every random number, so chance cancels from their difference.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from explorer.models.calibration import Calibration
from explorer.models.effects import effects
from explorer.models.flow import SUMMARY, Array, Flows, Noise, indicators, make_noise, run, summary
from explorer.models.scenarios import Scenario
from explorer.models.what_if_entries import WhatIfSettings

HORIZONS = (1, 2, 3)  # years at which differences are told
BASELINE, SCENARIO = "baseline", "scenario"
# Which of the random numbers of a draw rounds each count; first plans have the last one.
_POINTS = {
    "plans_open": 0,
    "plans_open_2y_plus": 0,
    "plans_started_repeat": 1,
    "plans_ended": 2,
    "plans_ended_2y_plus": 2,
}
_ROUNDED = 4

# One row an indicator, run and month: the mean over the draws, and the values that so many percent of them lie under.
PATHS: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "which": pl.String,
    "month": pl.Int64,
    "month_end": pl.Date,
    **dict.fromkeys(SUMMARY, pl.Float64),
}
# One row an indicator and year ahead. `p10`, `p90`: of the difference. `p_lower`, `p_higher`: in which share of all
# draws the what-if is lower or higher, in whole children; in the others it is the same. Null where it is in all.
# `p_better`: the one of the two that is the indicator's better direction; null where it has none.
DIFFERENCES: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "years": pl.Int64,
    "baseline": pl.Float64,
    "scenario": pl.Float64,
    "difference": pl.Float64,
    "p10": pl.Float64,
    "p90": pl.Float64,
    "p_lower": pl.Float64,
    "p_higher": pl.Float64,
    "p_better": pl.Float64,
}


@dataclass(frozen=True, eq=False)
class Run:
    """One course of the months ahead.

    Attributes:
        flows: what happened month by month, each (months, draws).
        figures: the indicators of ``flow.INDICATORS``, each (months, draws), in whole children and percent.
        as_at: the day from which it looks ahead.
        months: how many months it looks ahead.
        kept: the months of which it still has the figures (see ``at_years``); None: all.
    """

    flows: Flows | None
    figures: Mapping[str, Array]
    as_at: date
    months: int
    kept: tuple[int, ...] | None = None

    def at(self, indicator: str, month: int) -> Array:
        """(draws,) an indicator in a month; 1 is the first."""
        place = month - 1 if self.kept is None else self.kept.index(month)
        figure: Array = self.figures[indicator][place]
        return figure

    def mean(self, indicator: str, month: int) -> float:
        """The mean of an indicator in a month over the draws that have one."""
        return float(np.nanmean(self.at(indicator, month)))

    def at_years(self) -> "Run":
        """The same with the figures at the ends of the years alone: a twelfth of the memory."""
        kept = tuple(range(12, self.months + 1, 12))
        figures = {name: np.stack([self.at(name, month) for month in kept]) for name in self.figures}
        return Run(None, figures, self.as_at, self.months, kept)


def noise_of(calibration: Calibration, months: int, seed: int) -> Noise:
    """The chance of every month, for all runs of a calibration."""
    return make_noise(seed, months, calibration.rates.first_starts.shape[-1], calibration.dispersion)


def run_scenario(
    calibration: Calibration, scenario: Scenario | None, settings: WhatIfSettings, noise: Noise, seed: int
) -> Run:
    """Work out a what-if, or with None how things go on as they are."""
    months, draws = noise.places.shape[0], noise.places.shape[-1]
    acting = scenario is not None and bool(scenario.changes)
    ratios = None
    if acting and scenario is not None:
        ratios = effects(scenario, settings, months, draws, seed, calibration.leaving_mix)
    flows = run(calibration.state, calibration.rates, ratios, months, noise)
    figures = whole_children(indicators(flows, calibration.state.year), seed)
    return Run(flows, figures, calibration.as_at, months)


def whole_children(figures: Mapping[str, Array], seed: int) -> Mapping[str, Array]:
    """The figures in whole children, rounded up or down by chance so that every mean stays as it is.

    Each draw rounds a count at the same point in every month and run, so that a difference of nothing stays nothing;
    and a part at the same point as its whole, so that it is never more than the whole.
    """
    draws = figures["plans_open"].shape[1]
    at = np.random.default_rng([seed, 2]).random((_ROUNDED, draws))
    whole = {name: np.floor(figures[name] + at[place]) for name, place in _POINTS.items()}
    first = np.floor(figures["plans_started"] - figures["plans_started_repeat"] + at[-1])
    started = first + whole["plans_started_repeat"]
    return {
        **whole,
        "plans_started": started,
        "repeat_plan_percent": _percent(whole["plans_started_repeat"], started),
        "open_2y_plus_percent": _percent(whole["plans_open_2y_plus"], whole["plans_open"]),
        "ended_2y_plus_percent": _percent(whole["plans_ended_2y_plus"], whole["plans_ended"]),
    }


def _percent(part: Array, whole: Array) -> Array:
    """A part of nothing is NaN: there is no percentage then."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole > 0, 100 * part / whole, np.nan))


def month_end(start: date, months: int) -> date:
    """The last day of the month so many months after the one of ``start``."""
    year, month = divmod(start.year * 12 + start.month - 1 + months + 1, 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


def paths(one: Run, which: str, names: tuple[str, ...]) -> pl.DataFrame:
    """The spread of some indicators by month: ``PATHS``."""
    ends = [month_end(one.as_at, month + 1) for month in range(one.months)]
    parts = [
        pl.DataFrame(
            {
                "indicator": name,
                "which": which,
                "month": np.arange(1, one.months + 1),
                "month_end": ends,
                **dict(zip(SUMMARY, summary(one.figures[name]).T, strict=True)),
            },
            schema=PATHS,
        )
        for name in names
    ]
    return pl.concat([pl.DataFrame(schema=PATHS), *parts]).with_columns(
        pl.col(column).fill_nan(None) for column in SUMMARY
    )


def differences(
    baseline: Run, other: Run, polarity: Mapping[str, str], names: tuple[str, ...], years: tuple[int, ...] = HORIZONS
) -> pl.DataFrame:
    """What a what-if changes after some years: ``DIFFERENCES``.

    Args:
        polarity: of each indicator: "low", "high" or "none", as in config/indicators.yaml.
    """
    there = [year for year in years if 12 * year <= baseline.months]
    rows = [(name, year) for name in names for year in there]
    before, after = (
        np.stack([one.at(name, 12 * year) for name, year in rows]) if rows else np.empty((0, 1))
        for one in (baseline, other)
    )
    unknown = np.isnan(before) | np.isnan(after)  # a percentage of nothing
    if unknown.any():
        before, after = np.where(unknown, np.nan, before), np.where(unknown, np.nan, after)
    columns = _changed(before, after)
    lower, higher = columns["p_lower"], columns["p_higher"]
    turn = [polarity[name] for name, _ in rows]
    better = [{"low": low, "high": high}.get(way) for way, low, high in zip(turn, lower, higher, strict=True)]
    said = {"indicator": [name for name, _ in rows], "years": [year for _, year in rows]}
    return pl.DataFrame({**said, **columns, "p_better": better}, schema=DIFFERENCES)


def _changed(before: Array, after: Array) -> dict[str, list[float | None]]:
    """The columns of ``DIFFERENCES`` that are figures, from (rows, draws); NaN is left out, and said where it is all.

    The chances are null where a figure does neither fall nor rise in any draw.
    """
    change, known = after - before, ~np.isnan(before)
    count = np.maximum(known.sum(axis=1), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of rows that have no figure in any draw
        low, high = (
            np.nanquantile(change, [0.1, 0.9], axis=1) if not known.all() else np.quantile(change, [0.1, 0.9], axis=1)
        )
        means = [np.nanmean(one, axis=1) for one in (before, after, change)]
    fewer, more = ((change < -_NOTHING).sum(axis=1) / count, (change > _NOTHING).sum(axis=1) / count)
    moves = fewer + more > 0
    chances = [np.where(moves, one, np.nan) for one in (fewer, more)]
    names = ("baseline", "scenario", "difference", "p10", "p90", "p_lower", "p_higher")
    whole = dict(zip(names, (*means, low, high, *chances), strict=True))
    return {
        name: [None if name.startswith("p_") and np.isnan(value) else value for value in column.tolist()]
        for name, column in whole.items()
    }


_NOTHING = 1e-9

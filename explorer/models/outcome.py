"""What is kept of a run: the spread of the measures that are drawn, the ends of its years, and the work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from explorer.models.calibration import Calibration
from explorer.models.explain import Work, workload
from explorer.models.flow import Noise
from explorer.models.scenarios import Scenario
from explorer.models.what_if import BASELINE, HORIZONS, SCENARIO, Run, differences, paths, run_scenario
from explorer.models.what_if_entries import WhatIfSettings

# What the page draws, and what it tells besides.
DRAWN = ("repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent", "plans_open", "plans_started")
TOLD = (
    "plans_started_repeat",
    "repeat_plan_percent",
    "plans_open_2y_plus",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
    "plans_open",
    "plans_started",
)


@dataclass(frozen=True, eq=False)
class Outcome:
    """One course of the months ahead, small enough to be kept.

    Attributes:
        paths: ``what_if.PATHS`` of what is drawn.
        run: the figures at the ends of the years.
        work: by years ahead, what the plans of that year ask of people.
    """

    paths: pl.DataFrame
    run: Run
    work: Mapping[int, Work]


def outcome(
    calibration: Calibration,
    scenario: Scenario | None,
    settings: WhatIfSettings,
    noise: Noise,
    seed: int,
    drawn: tuple[str, ...] = DRAWN,
) -> Outcome:
    """Work out a what-if, or with None how things go on; see ``what_if.run_scenario``.

    Args:
        drawn: the measures of which all months are wanted.
    """
    run = run_scenario(calibration, scenario, settings, noise, seed)
    work = {year: workload(run, settings, 12 * year) for year in range(1, run.months // 12 + 1)}
    return Outcome(paths(run, BASELINE if scenario is None else SCENARIO, drawn), run.at_years(), work)


def changes(baseline: Outcome, other: Outcome, polarity: Mapping[str, str]) -> pl.DataFrame:
    """What one outcome changes about another: ``what_if.DIFFERENCES`` of ``TOLD``, after 1, 2, 3 and all years."""
    years = dict.fromkeys((*HORIZONS, baseline.run.months // 12))
    return differences(baseline.run, other.run, polarity, TOLD, tuple(years))


def history(table: pl.DataFrame, area: str, names: tuple[str, ...], as_at: date, until: date) -> pl.DataFrame:
    """The published years of some indicators, up to a day.

    Args:
        table: ``schema.INDICATORS``.

    Returns:
        ``indicator, month_end`` (31 March), ``value, least, most, after`` (what happened after ``as_at``).
    """
    end = pl.date(pl.col("period"), 3, 31)
    rows = table.filter(pl.col("area") == area, pl.col("indicator").is_in(list(names)), end <= until)
    known = pl.col("value").is_not_null() | pl.col("least").is_not_null()
    return rows.filter(known).select(
        "indicator",
        end.alias("month_end"),
        "value",
        "least",
        "most",
        (end > as_at).alias("after"),
    )

"""One authority at one 31 March under every scenario of a sweep: what each changes, and how sure that is."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from explorer.errors import ExplorerError
from explorer.models.calibration import Calibration, calibrate
from explorer.models.effects import effects
from explorer.models.england import England, learn
from explorer.models.flow import Array, Noise, indicators, make_noise, run
from explorer.models.history import History
from explorer.models.scenarios import Scenario
from explorer.models.what_if import Run, differences, whole_children
from explorer.models.what_if_entries import WhatIfSettings
from explorer.sweep.plan import Block, Sweep
from explorer.world import World

# One row a cell, indicator and year ahead, in the terms of ``what_if.DIFFERENCES``.
#   as_at           the 31 March of this year is the day from which it looks ahead
#   area            DfE number
#   scenario, code  its name in the sweep, and the same as a link of the What if page says it
#   indicator       a name of config/indicators.yaml
#   years           ahead: 1 is the year that ends twelve months after ``as_at``
#   baseline_mean   the mean over the draws if things go on as they are, in whole plans or percent
#   scenario_mean   the same under the scenario
#   difference      the scenario less the baseline: the mean over the draws
#   p2_5 ... p97_5  of the difference: so many of 100 draws lie below
#   p_lower         share of the draws in which the scenario is lower; null where no draw differs
#   p_higher        share of the draws in which it is higher; null where no draw differs
#   known           draws that have a figure: a percentage of no plans is none
ROWS: Mapping[str, type[pl.DataType]] = {
    "as_at": pl.Int64,
    "area": pl.String,
    "scenario": pl.String,
    "code": pl.String,
    "indicator": pl.String,
    "years": pl.Int64,
    "baseline_mean": pl.Float64,
    "scenario_mean": pl.Float64,
    "difference": pl.Float64,
    "p2_5": pl.Float64,
    "p10": pl.Float64,
    "p90": pl.Float64,
    "p97_5": pl.Float64,
    "p_lower": pl.Float64,
    "p_higher": pl.Float64,
    "known": pl.Int64,
}
# Processors differ in the last of sixteen digits of a logarithm. What searches find is rounded where it is found
# (``models/filtering``, ``durations``), so that this stays in the last digits and six places hide it, but by rare
# chance: a figure that lies on the edge of a place, or one child more or fewer in one of the draws.
PLACES = 6
_ENDS = (0.025, 0.975)
_AT_ONCE = 200_000  # figures that are summed up at once: more of them fall out of the processor's own memory


@dataclass(frozen=True, eq=False)
class Worked:
    """What a block came to.

    Attributes:
        rows: ``ROWS`` of the scenarios that could be worked out.
        why: the sentence why none could; empty where some could.
        failed: by scenario, the sentence why one could not, where others could.
    """

    rows: pl.DataFrame
    why: str = ""
    failed: Mapping[str, str] | None = None


@dataclass(frozen=True, eq=False)
class CellWork:
    """Works blocks out, with all that they need: under a megabyte, which is brought to a worker once.

    Attributes:
        sweep: what is asked.
        history: every authority's counts.
        england: by year, what was learnt from all of them; learnt once, so that no machine differs.
        names: what each authority is called.
        absent: for authorities that did not exist in a year, the sentence that says so.
        settings: what can be tried.
        fewest: plans started in a year under which a what-if is refused.
    """

    sweep: Sweep
    history: History
    england: Mapping[int, England]
    names: Mapping[str, str]
    absent: Mapping[Block, str]
    settings: WhatIfSettings
    fewest: int

    def __call__(self, block: Block) -> Worked:
        """Work one block out; a fault is a sentence, and one of a scenario leaves the others as they are."""
        if block in self.absent:
            return Worked(pl.DataFrame(schema=ROWS), self.absent[block])
        parts: list[pl.DataFrame] = []
        failed: dict[str, str] = {}
        try:
            start = self._calibrated(block)
            baseline = self._course(start, None)
            for numbers in self._batches:
                courses = dict(self._courses(start, numbers, failed))
                parts.append(self._rows(baseline, courses))
        except Exception as problem:  # whatever it is, the other authorities go on
            return Worked(pl.DataFrame(schema=ROWS), sentence(problem))
        found = pl.concat(parts).with_columns(as_at=pl.lit(block.as_at, pl.Int64), area=pl.lit(block.area))
        why = next(iter(failed.values())) if len(failed) == len(self.sweep.scenarios) else ""
        return Worked(found.select(*ROWS), why, failed)

    @property
    def _batches(self) -> list[range]:
        """The numbers of the scenarios that are summed up at once: many, but no more than memory bears."""
        sweep = self.sweep
        each = max(_AT_ONCE // (len(sweep.indicators) * len(sweep.years) * sweep.draws), 1)
        number = len(sweep.scenarios)
        return [range(first, min(first + each, number)) for first in range(0, number, each)]

    def _courses(self, start: Calibration, numbers: range, failed: dict[str, str]) -> Iterator[tuple[int, Run]]:
        """Scenarios by their numbers; one that fails is told of, and the others go on."""
        for number in numbers:
            try:
                yield number, self._course(start, self.sweep.scenarios[number].scenario)
            except Exception as problem:
                failed[self.sweep.scenarios[number].name] = sentence(problem)

    @cached_property
    def _known(self) -> dict[int, History]:
        """Histories with nothing later than a year, each cut once."""
        return {}

    @cached_property
    def _noise(self) -> Noise:
        """The chance that all cells share, as all what-ifs of the pages do."""
        england = next(iter(self.england.values()))
        sweep = self.sweep
        return make_noise(sweep.seed, sweep.months, sweep.draws, england.settings.dispersion.of_flows)

    def _calibrated(self, block: Block) -> Calibration:
        if block.as_at not in self._known:
            self._known[block.as_at] = self.history.up_to(block.as_at)
        known, england = self._known[block.as_at], self.england[block.as_at]
        sweep, name = self.sweep, self.names[block.area]
        return calibrate(known, england, block.area, name, sweep.draws, sweep.seed, self.fewest)

    def _course(self, start: Calibration, scenario: Scenario | None) -> Run:
        """As ``what_if.run_scenario``, at the ends of the years that are told alone: whole children of those."""
        sweep, noise = self.sweep, self._noise
        ratios = None
        if scenario is not None and scenario.changes:
            ratios = effects(scenario, self.settings, sweep.months, sweep.draws, sweep.seed, start.leaving_mix)
        flows = run(start.state, start.rates, ratios, sweep.months, noise)
        ends = [12 * year - 1 for year in sweep.years]
        every = indicators(flows, start.state.year)
        figures = whole_children({name: figure[ends] for name, figure in every.items()}, sweep.seed)
        return Run(None, figures, start.as_at, sweep.months, tuple(12 * year for year in sweep.years))

    def _rows(self, baseline: Run, courses: Mapping[int, Run]) -> pl.DataFrame:
        """``ROWS`` of some scenarios but for the block's own columns, in one go: tables cost more than sums."""
        sweep = self.sweep
        keys = {f"{number} {name}": (number, name) for number in courses for name in sweep.indicators}
        now = replace(baseline, figures={key: baseline.figures[name] for key, (_, name) in keys.items()})
        then = replace(baseline, figures={key: courses[number].figures[name] for key, (number, name) in keys.items()})
        told = differences(now, then, dict.fromkeys(keys, "none"), tuple(keys), sweep.years)
        low, high, known = _wider(now, then)
        scenarios = [sweep.scenarios[number] for number, _ in keys.values()]
        each = len(sweep.years)
        figures = told.rename({"baseline": "baseline_mean", "scenario": "scenario_mean"}).with_columns(
            pl.Series("scenario", [one.name for one in scenarios for _ in range(each)], pl.String),
            pl.Series("code", [one.code for one in scenarios for _ in range(each)], pl.String),
            pl.Series("indicator", [name for _, name in keys.values() for _ in range(each)], pl.String),
            pl.Series("p2_5", low, pl.Float64),
            pl.Series("p97_5", high, pl.Float64),
            pl.Series("known", known, pl.Int64),
        )
        return figures.with_columns(pl.col(pl.Float64).fill_nan(None).round(PLACES))


def _wider(now: Run, then: Run) -> tuple[Array, Array, Array]:
    """The ends that hold 95 of 100 differences, and how many draws have one: in the order of figures and years."""
    if not now.figures:
        return np.empty(0), np.empty(0), np.empty(0)
    change = np.concatenate([then.figures[key] - now.figures[key] for key in now.figures])
    known = ~np.isnan(change)
    if known.all():
        low, high = np.quantile(change, _ENDS, axis=1)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of rows that have no figure in any draw
            low, high = np.nanquantile(change, _ENDS, axis=1)
    return low, high, known.sum(axis=1)


def sentence(problem: Exception) -> str:
    """A fault as a sentence."""
    if isinstance(problem, ExplorerError):
        return " ".join(problem.faults)
    return f"It could not be worked out ({type(problem).__name__}: {problem})."


def work_of(sweep: Sweep, world: World, blocks: Iterable[Block]) -> CellWork:
    """Everything that some blocks of a sweep need; learning England takes half a second for each of their years."""
    models, areas, history = world.models, world.areas, world.history
    some = tuple(blocks)
    england = {
        year: learn(history.up_to(year), models.fit, models.return_shape)
        for year in sorted({block.as_at for block in some})
    }
    names = {block.area: areas.label(block.area) for block in some}
    absent = {block: _absent(world, block) for block in some if not areas[block.area].existed(block.as_at)}
    return CellWork(sweep, history, england, names, absent, models.what_if, models.fewest)


def _absent(world: World, block: Block) -> str:
    """Why an authority has no figures of a year, with what stood in its place."""
    said = f"{world.areas.label(block.area)} has no figures for the year to March {block.as_at}."
    return " ".join(filter(None, (said, world.areas.history(block.area))))

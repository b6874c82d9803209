"""Why a what-if comes out as it does: each idea's part, which assumption matters most, and what it would take.

A waterfall uses the same draws as the page, so its steps add up to the difference that the page tells. A tornado and
the search for what it would take use the exact mean, which is a hundred times faster, and say how things move about
the figure on the page.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from explorer.models.calibration import Calibration
from explorer.models.effects import mean_effects, strength
from explorer.models.flow import Array, Rates, indicators, run
from explorer.models.history import BANDS
from explorer.models.rates import ENDING, FIRST, RETURNS
from explorer.models.scenarios import Change, InUse, Scenario, global_range, in_use
from explorer.models.what_if import Run
from explorer.models.what_if_entries import Effect, WhatIfSettings

# One step of the way from the baseline to the what-if, in the indicator's unit.
WATERFALL: Mapping[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "label": pl.String,
    "kind": pl.String,
    "start": pl.Float64,
    "end": pl.Float64,
}
# One assumption with what it is at its two ends, and what the figure is then.
TORNADO: Mapping[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "label": pl.String,
    "kind": pl.String,
    "low_words": pl.String,
    "high_words": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "centre": pl.Float64,
}
_STEPS = 12  # halvings of a ratio's range: to a four-thousandth of it
Known = frozenset[tuple[str, str]]
_TOGETHER = "Working together"


def alone(scenario: Scenario, intervention: str) -> Scenario:
    """The same what-if with one of its ideas alone."""
    return replace(scenario, changes=tuple(one for one in scenario.changes if one.intervention == intervention))


def waterfall(
    baseline: Run, whole: Run, each: Mapping[str, Run], labels: Mapping[str, str], indicator: str, month: int
) -> pl.DataFrame:
    """How the ideas add up: ``WATERFALL``.

    Args:
        each: the run of every idea in use by itself; what they do together beyond the sum is a step of its own.
        labels: what each idea is called.
        month: 1 is the first one.
    """
    at = start = baseline.mean(indicator, month)
    rows: list[tuple[int, str, str, float, float]] = [(0, "As now", "baseline", 0.0, start)]
    for name, one in each.items():
        step = one.mean(indicator, month) - start
        rows.append((len(rows), labels[name], "intervention", at, at + step))
        at += step
    if len(each) > 1:
        rows.append((len(rows), _TOGETHER, "together", at, whole.mean(indicator, month)))
    rows.append((len(rows), "What if", "scenario", 0.0, whole.mean(indicator, month)))
    return pl.DataFrame(rows, schema=WATERFALL, orient="row")


@dataclass(frozen=True)
class Exact:
    """The exact mean of a what-if, to be asked many times with one thing changed."""

    calibration: Calibration
    settings: WhatIfSettings
    indicator: str
    month: int

    def figure(self, scenario: Scenario, rates: Rates | None = None, known: Known = frozenset()) -> float:
        """The indicator at the month under a what-if.

        Args:
            rates: in the place of the calibrated ones.
            known: ideas and effects whose ratio is exactly where it stands; the others are at their means.
        """
        calibration = self.calibration
        acting = None
        if scenario.changes:
            acting = mean_effects(scenario, self.settings, self.month, calibration.leaving_mix, known)
        start = calibration.central_state
        flows = run(start, rates or calibration.central_rates, acting, self.month, None)
        return float(indicators(flows, start.year)[self.indicator][-1, 0])

    def change(self, scenario: Scenario, rates: Rates | None = None, known: Known = frozenset()) -> float:
        """What the what-if changes; with nothing in use, the figure itself. Arguments as in ``figure``."""
        figure = self.figure(scenario, rates, known)
        return figure - self.figure(Scenario(""), rates) if scenario.changes else figure


def tornado(exact: Exact, scenario: Scenario, labels: Mapping[str, str], offset: float = 0.0) -> pl.DataFrame:
    """Which assumption moves the answer most: ``TORNADO``, the widest first.

    The answer is what the what-if changes; where nothing is in use, the figure itself. Each assumption goes to the
    two ends of its 80% range, or of its slider where nobody knows a range, while the rest stay.

    Args:
        labels: what the calibrated rates are called, by the names of ``rates.RATES``; and "overlap_discount" and
            "coupling".
        offset: what the page's mean is above the exact one; added to every figure, so that the two agree.
    """
    centre = exact.change(scenario)
    rows = [
        *_effect_ends(exact, scenario),
        *_setting_ends(exact, scenario, labels),
        *_rate_ends(exact, scenario, labels),
    ]
    table = pl.DataFrame([(0, *row, centre) for row in rows], schema=TORNADO, orient="row")
    table = table.with_columns(pl.col("low", "high", "centre") + offset)
    width = (pl.col("high") - pl.col("low")).abs()
    return table.sort(width, descending=True, maintain_order=True).with_columns(order=pl.int_range(pl.len()))


_Row = tuple[str, str, str, str, float, float]


def _effect_ends(exact: Exact, scenario: Scenario) -> Iterator[_Row]:
    for use in in_use(scenario, exact.settings):
        for effect in use.entry.effects:
            middle = use.ratios[effect.name]
            low, high = (middle * end / effect.ratio for end in (effect.low, effect.high))
            label = use.entry.label if len(use.entry.effects) == 1 else f"{use.entry.label}: {effect.label.lower()}"
            known = frozenset({(use.name, effect.name)})
            at_low, at_high = (
                exact.change(with_ratio(scenario, use, effect, ratio), known=known) for ratio in (low, high)
            )
            yield (label, "effect", f"{low:.2f}", f"{high:.2f}", at_low, at_high)


def with_ratio(scenario: Scenario, use: InUse, effect: Effect, ratio: float) -> Scenario:
    """The same what-if with one ratio changed."""
    changed = []
    for change in scenario.changes:
        if change.intervention == use.name:
            ratios = dict(change.ratios) | {effect.name: ratio}
            changed.append(replace(change, ratios=tuple(ratios.items())))
        else:
            changed.append(change)
    return replace(scenario, changes=tuple(changed))


def _setting_ends(exact: Exact, scenario: Scenario, labels: Mapping[str, str]) -> Iterator[_Row]:
    for key in ("overlap_discount", "coupling") if scenario.changes else ():
        allowed = global_range(exact.settings, key)
        low = exact.change(_set(scenario, key, allowed.lowest))
        high = exact.change(_set(scenario, key, allowed.highest))
        if low != high:
            yield (labels[key], "setting", f"{allowed.lowest:g}", f"{allowed.highest:g}", low, high)


def _set(scenario: Scenario, key: str, value: float) -> Scenario:
    return replace(scenario, **{key: value})  # type: ignore[arg-type]


def _rate_ends(exact: Exact, scenario: Scenario, labels: Mapping[str, str]) -> Iterator[_Row]:
    """Each rate at the ends of its 80% range over all years ahead."""
    for name in (FIRST, RETURNS, *ENDING):
        low, high = (exact.change(scenario, _scaled(exact.calibration, name, chance)) for chance in (0.1, 0.9))
        yield (labels[name], "calibration", "low end", "high end", low, high)


def _scaled(calibration: Calibration, name: str, chance: float) -> Rates:
    """The central rates with one of them at a quantile of its draws."""

    def at(draws: Array) -> Array:
        return np.asarray(np.quantile(draws, chance, axis=-1, keepdims=True))

    rates, central = calibration.rates, calibration.central_rates
    match name:
        case "first_starts":
            return replace(central, first_starts=at(rates.first_starts))
        case "returns":
            return replace(central, return_level=at(rates.return_level))
        case _:
            band = BANDS.index(name.removeprefix("ending_"))
            ending = central.ending.copy()
            ending[:, band] = at(rates.ending[:, band])
            return replace(central, ending=ending)


@dataclass(frozen=True)
class Solved:
    """What it would take to reach a figure with one effect of one idea.

    Attributes:
        reachable: whether any ratio within the evidence reaches it.
        ratio: the mildest one that does; None where none does.
        lowest, highest: the ratios that the evidence allows (95% range).
        best: the figure nearest to the target that they reach.
        already: whether the target is reached as things are.
    """

    reachable: bool
    ratio: float | None
    lowest: float
    highest: float
    best: float
    already: bool


def solve(
    exact: Exact, scenario: Scenario, intervention: str, effect_name: str, target: float, offset: float
) -> Solved:
    """The ratio of one effect under which the indicator comes down to a target by the month, the rest as they are.

    Args:
        scenario: what else is in use; the idea is put in use where it is not.
        target: in the indicator's unit; reached at or below it.
        offset: what the page's mean is above the exact one, added to it, so that the two agree.
    """
    entry = exact.settings.interventions[intervention]
    effect = next(one for one in entry.effects if one.name == effect_name)
    if scenario.change(intervention) is None:
        scenario = replace(scenario, changes=(*scenario.changes, Change(intervention)))
    use = next(one for one in in_use(scenario, exact.settings) if one.name == intervention)

    known = frozenset({(intervention, effect_name)})

    def figure(ratio: float) -> float:
        return exact.figure(with_ratio(scenario, use, effect, ratio), known=known) + offset

    lowest, highest = effect.interval_95
    ends = {ratio: figure(ratio) for ratio in (lowest, highest)}
    best_ratio = min(ends, key=lambda ratio: ends[ratio])
    if figure(1.0) <= target:
        return Solved(True, 1.0, lowest, highest, figure(1.0), already=True)
    if ends[best_ratio] > target:
        return Solved(False, None, lowest, highest, ends[best_ratio], already=False)
    ratio = _between(figure, 1.0, best_ratio, target)
    return Solved(True, ratio, lowest, highest, figure(ratio), already=False)


def _between(figure: Callable[[float], float], above: float, below: float, target: float) -> float:
    """The ratio nearest to ``above`` under which the figure is at or below the target."""
    for _ in range(_STEPS):
        middle = (above + below) / 2
        above, below = (above, middle) if figure(middle) <= target else (middle, below)
    return below


@dataclass(frozen=True)
class Work:
    """What the plans of a year ask of people, on average each month.

    Attributes:
        conferences: first conferences, one for each plan that starts.
        reviews: review conferences.
        ended: plans that end.
        asked: re-plans that are asked for, whether they go ahead or are held back.
    """

    conferences: float
    reviews: float
    ended: float
    asked: float

    @property
    def by_kind(self) -> Mapping[str, float]:
        """How often a month something happens that an idea's workload can be for."""
        return {
            "conference": self.conferences + self.reviews,
            "plan_started": self.conferences,
            "plan_ended": self.ended,
            "replan": self.asked,
            "month": 1.0,
        }


def workload(one: Run, settings: WhatIfSettings, month: int) -> Work:
    """The work of the twelve months to ``month``.

    The first review follows within three months of a plan's start and one every six months after (Working Together):
    so a plan has one review in its first months and then one for every six that it lasts.
    """
    first, later = settings.model.first_review_months.value, settings.model.next_review_months.value
    flows = one.flows
    assert flows is not None
    year = slice(max(month - 12, 0), month)
    started, opened, ended, repeats, held = (
        float(np.mean(flow[year])) for flow in (flows.started, flows.open, flows.ended, flows.repeats, flows.held)
    )
    reviews = started + max(opened - first * started, 0.0) / later
    return Work(started, reviews, ended, repeats + held)


def hours(use: InUse, work: Work, month: int) -> float:
    """Hours a month that an idea asks for in the twelve months to ``month``: as far as it works, where it reaches."""
    if use.entry.workload is None:
        return 0.0
    working = float(strength(month, use)[max(month - 12, 0) :].mean())
    return use.entry.workload.value * work.by_kind[use.entry.workload.per] * use.reach * working

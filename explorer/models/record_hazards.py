"""An authority's rates from its own plan records, month by month, weighed against what published figures say.

Occurrences over exposure for each rate, in the last years of the records, with left truncation and right censoring
(``record_counts``). Each is drawn towards a prior: England's rate and what the authority's published figures of the
years before those counted say of its difference, so that no plan is counted twice. The prior and the posterior are
gamma distributions, the prior with the mean and the variance of the published model's draws.

Nothing that comes from here is ever shown in the app: its pages use figures that went through disclosure control, and
these did not. It is for the command line on one's own machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaincinv

from explorer.errors import SelectionError
from explorer.models.calibration import (
    YEARS_AHEAD,
    Basis,
    Calibration,
    basis_of,
    central_of,
    difference_of,
    leaving_mix,
    monthly_rates,
    possible_courses,
    shared_chance,
)
from explorer.models.england import England
from explorer.models.flow import BAND_STARTS, LEFT_ROWS, Rates, State
from explorer.models.flow.inputs import YEAR
from explorer.models.history import History
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS, Seen, seen_rates
from explorer.models.record_counts import (
    Counts,
    Timeline,
    children_away,
    counts,
    covered_months,
    first_whole_month,
    month_of,
    open_plans,
    timeline,
    year_before,
)
from explorer.wording import day

Array = NDArray[Any]
_MARCH = 3
_HALF = 0.5


@dataclass(frozen=True)
class PlanRecords:
    """Plan records and the days they cover.

    Attributes:
        plans: ``schema.PLANS`` without rows that have errors.
        first, last: between these days they hold every plan that was open, started or ended.
        long_plan_days: from how many days on a plan has lasted two years.
    """

    plans: pl.DataFrame
    first: date
    last: date
    long_plan_days: int


@dataclass(frozen=True)
class Occurred:
    """Events of one rate, and the exposure in months under which a rate of 1 would bring as many."""

    events: float
    exposure: float


def calibrate_records(
    records: PlanRecords,
    as_at: date,
    history: History,
    england: England,
    area: str,
    name: str,
    draws: int,
    seed: int,
    fewest: int,
) -> Calibration:
    """An authority at a month end, from its plan records.

    Args:
        records: of this authority alone.
        as_at: nothing later is used.
        history: published counts up to the last 31 March on or before ``as_at``, which is also that of ``england``.
        name: what the authority is called, for the sentences.
        draws: how many possible worlds.
        fewest: plans started in twelve months under which a what-if is refused.

    Returns:
        As ``calibrate``. ``prior_weight`` of each basis is the weight of the prior against the records.

    Raises:
        SelectionError: the date is no month end, or the records do not reach so far or hold too little.
    """
    _check_date(records, as_at)
    line = timeline(records.plans, records.first, as_at, records.long_plan_days)
    year = year_before(line)
    opened = open_plans(line)
    _check_enough(float(year.started.sum()), float(opened.sum()), name, as_at, fewest)
    own = history.of(area)
    children = _children(own, name)
    counted = counts(line, YEAR * england.settings.record_years.value)
    generator = np.random.default_rng([seed, int.from_bytes(area.encode(), "big"), as_at.toordinal()])
    prior, seen = _prior(own, england, as_at, line.until - counted.months, generator, draws)
    gone = _gone_before(own, line)
    found = occurrences(counted, line, england, gone, float(np.exp(prior[RETURNS][0]).mean()))
    courses, weights = _courses(prior, found, counted.months, england)
    for rate in RATES:  # as in the published model; the rate of the year ahead is known no better than that
        yearly = np.array([[found[rate].events * YEAR / counted.months]])
        shared = shared_chance(rate, replace(seen[rate], events=yearly), england, generator, draws)
        courses[rate] += shared[: len(courses[rate])]
    rates = _rates(courses, england)
    central = central_of(rates)
    state = State(opened, _left(line, gone, central, england), year)
    return Calibration(
        area=area,
        as_at=as_at,
        state=state,
        rates=rates,
        central_state=state,
        central_rates=central,
        basis={rate: _basis(rate, courses[rate][0], weights[rate], found[rate], england, children) for rate in RATES},
        dispersion=england.settings.dispersion.of_flows,
        leaving_mix=leaving_mix(central, state),
        hidden=(),
        sources=_sources(counted, as_at, own, line),
    )


def _check_date(records: PlanRecords, as_at: date) -> None:
    allowed = f"The plan records run from {day(records.first)} to {day(records.last)}"
    if as_at > records.last:
        raise SelectionError(f"{allowed}, so that a what-if cannot start on {day(as_at)}.")
    if (as_at + timedelta(1)).day != 1:
        raise SelectionError(f"{day(as_at)} is not the end of a month; plan records allow any month end.")
    if month_of(as_at) - first_whole_month(records.first) + 1 < YEAR:
        raise SelectionError(f"{allowed}; a what-if on {day(as_at)} needs the twelve months before it.")


def _check_enough(started: float, opened: float, name: str, as_at: date, fewest: int) -> None:
    if not opened:
        raise SelectionError(f"In the plan records no plan of {name} is open on {day(as_at)}, so no what-if is shown.")
    if started < fewest:
        raise SelectionError(
            f"{name} started fewer than {fewest} plans in the twelve months to {day(as_at)}. One family could move "
            "every rate, so no what-if is shown."
        )


def _children(own: History, name: str) -> float:
    children = float(own.exposed[0, -1])
    if np.isnan(children):
        raise SelectionError(f"The number of children in {name} is not published, so no what-if is shown.")
    return children


def _prior(
    own: History, england: England, as_at: date, counted_from: int, generator: np.random.Generator, draws: int
) -> tuple[dict[str, Array], Mapping[str, Seen]]:
    """(years ahead, draws) of each monthly rate's logarithm by what was published, and what was seen.

    Published years of which any month is in the records' window are left out of the authority's own difference: their
    plans are counted from the records. England's course is known up to the date.

    Args:
        counted_from: the last month before those that are counted.
    """
    seen = seen_rates(own, england.within, england.return_shape)
    ends = np.array([month_of(date(year, _MARCH, 31)) for year in own.years])
    before = ends <= counted_from
    told = {rate: replace(one, log_rate=np.where(before, one.log_rate, np.nan)) for rate, one in seen.items()}
    differences = {rate: difference_of(told[rate], england, rate) for rate in RATES}
    logs = possible_courses(differences, england, generator, draws)
    rates = monthly_rates(logs, float(own.exposed[0, -1]), england)
    by_name = {FIRST: rates.first_starts, RETURNS: rates.return_level}
    by_name |= {name: rates.ending[:, band] for band, name in enumerate(ENDING)}
    # years that have gone by since the last published one
    gone = min((month_of(as_at) - int(ends[-1])) // YEAR, YEARS_AHEAD - 1)
    return {rate: np.log(by_name[rate][gone:]) for rate in RATES}, seen


def occurrences(
    counted: Counts, line: Timeline, england: England, gone: Array, return_level: float
) -> Mapping[str, Occurred]:
    """Events and exposure of every rate, by the names of ``rates.RATES``.

    Whoever goes in a month is exposed for half of it (the actuarial estimate), so that events over exposure are a
    rate and not a chance. A month weighs as the rate does in it: by ``ending_shape``, and by ``return_shape``.

    Args:
        gone: children a month who left a plan before the records begin; see ``_gone_before``.
        return_level: the level by which some of those had come back before.
    """
    exposed = england.within.shape * (counted.at_risk - _HALF * counted.ended)
    ended, exposure = (np.add.reduceat(array, BAND_STARTS) for array in (counted.ended, exposed))
    shape = england.return_shape
    away = float((shape * (counted.away - _HALF * counted.returned)).sum())
    older = sum(
        float((shape * _still_away(gone, month, line, return_level, shape)).sum())
        for month in range(line.until - counted.months + 1, line.until + 1)
    )
    found = {name: Occurred(float(ended[band]), float(exposure[band])) for band, name in enumerate(ENDING)}
    found[FIRST] = Occurred(float(counted.first_starts), float(counted.months))
    found[RETURNS] = Occurred(float(counted.returned.sum()) + counted.unlinked, away + older)
    return found


def _gone_before(own: History, line: Timeline) -> Array:
    """(120,) children who left a plan in each month before the records begin, the last month first.

    From the published numbers of plans ended; before those, as many as in their first year. Where none is published,
    as many as in a month of the records.
    """
    months = line.since - 1 - np.arange(LEFT_ROWS)
    published = own.left[0]
    if np.isnan(published).all():
        ended = float((line.left <= line.until).sum()) / covered_months(line)
        return np.full(LEFT_ROWS, ended)
    years = (months - month_of(date(own.years[0], _MARCH, 31)) + YEAR - 1) // YEAR
    return np.asarray(published[np.clip(years, 0, len(published) - 1)] / YEAR)


def _still_away(gone: Array, month: int, line: Timeline, level: float, shape: Array) -> Array:
    """(120,) those who left before the records begin and may come back in a month, by completed months since."""
    later = month - line.since  # the youngest of them left in the month before the records begin
    there = np.zeros(LEFT_ROWS)
    if later < LEFT_ROWS:
        there[later:] = gone[: LEFT_ROWS - later]
    come_back = np.concatenate([[0.0], np.cumsum(shape)[:-1]])
    return there * np.exp(-level * come_back)


def _courses(
    prior: Mapping[str, Array], found: Mapping[str, Occurred], months: int, england: England
) -> tuple[dict[str, Array], dict[str, float]]:
    """(years, draws) of each rate's logarithm with the records weighed in, and the weights of the prior."""
    courses, weights = {}, {}
    for rate in RATES:
        told = england.rates[rate].movement
        moved = told.yearly + england.settings.england_spread.value**2
        effect = design_effect(found[rate].events, told.chance, moved, months / YEAR)
        courses[rate], weights[rate] = weighed(prior[rate], found[rate], effect)
    return courses, weights


def design_effect(events: float, chance: float, moved: float, years: float) -> float:
    """How much less events tell of the year ahead than as many independent ones, all of them today's, would.

    Brothers and sisters (``chance``), and the rate's own movement: the average of some years differs from the next
    one by the sum over j = 1 to n of (j/n) squared of a year's movement, a share of the events squared.

    Args:
        events: in all the years together.
        chance: variance of a yearly number divided by its mean.
        moved: variance of the rate's logarithm from one year to the next.
        years: over which the events were counted.
    """
    return chance + events * moved * (years + 1) * (2 * years + 1) / (6 * years)


def weighed(prior: Array, found: Occurred, effect: float) -> tuple[Array, float]:
    """Draws of a rate's logarithm once the records are weighed in, and the weight (0 to 1) that the prior has.

    The first year's rate is gamma: Gamma(a + events / effect, b + exposure / effect), the prior Gamma(a, b) having
    the mean and the variance of the draws. Each draw keeps its place in the order, so that rates which moved together
    still do. The years after it follow as far as they moved with the first.

    Args:
        prior: (years, draws).
    """
    rate = np.exp(prior[0])
    mean, variance = float(rate.mean()), max(float(rate.var()), 1e-12 * float(rate.mean()) ** 2)
    before = mean**2 / variance
    after, inverse = before + found.events / effect, before / mean + found.exposure / effect
    place = (np.argsort(np.argsort(prior[0])) + _HALF) / prior.shape[1]
    drawn = np.log(np.maximum(gammaincinv(after, place) / inverse, 1e-9 * mean))
    centred = prior - prior.mean(axis=1, keepdims=True)
    follow = (centred @ centred[0]) / max(float(centred[0] @ centred[0]), 1e-12)
    return prior + follow[:, None] * (drawn - prior[0]), (before / mean) / inverse


def _rates(courses: Mapping[str, Array], england: England) -> Rates:
    return Rates(
        ending=np.exp(np.stack([courses[name] for name in ENDING], axis=1)),
        first_starts=np.exp(courses[FIRST]),
        return_level=np.exp(courses[RETURNS]),
        return_shape=england.return_shape,
        ending_shape=england.within.shape,
    )


def _left(line: Timeline, gone: Array, central: Rates, england: England) -> Array:
    """(120, 1) who may come back: children in the records, and those who left before these begin."""
    level = float(central.return_level[0, 0])
    return children_away(line) + _still_away(gone, line.until + 1, line, level, england.return_shape)[:, None]


def _basis(rate: str, logs: Array, weight: float, found: Occurred, england: England, children: float) -> Basis:
    """In the units of the published ones: first plans a child and year, the share that comes back, monthly rates."""
    first = np.exp(logs)
    if rate == FIRST:
        first = first * YEAR / children
    elif rate == RETURNS:
        first = -np.expm1(-first)
    return basis_of(rate, first, england, weight, found.events, None)


def _sources(counted: Counts, as_at: date, own: History, line: Timeline) -> tuple[str, ...]:
    start = line.until - counted.months + 1
    begun = date(start // YEAR, start % YEAR + 1, 1)
    return (
        f"Plan records from {day(begun)} to {day(as_at)}: every rate is counted from them, by months on the plan and "
        "since leaving one.",
        f"Published figures to March {own.years[-1]} (DfE tables D3, D5 and D7), the authority's of the years before "
        "those and England's: what the records' rates are drawn towards. The weight is theirs against the records.",
    )

"""An authority at a date, ready for the plan flow: who is on a plan, who left one, and what its rates can be.

Every rate is the authority's own as far as its counts can tell, and England's for the rest (``filtering``). Counts
that are hidden stay ranges: each draw takes one value within them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import SelectionError
from explorer.models.england import England, course
from explorer.models.filtering import Difference, filtered, paths
from explorer.models.flow import BAND_STARTS, LEFT_ROWS, Dispersion, Rates, State, YearBefore
from explorer.models.flow.inputs import YEAR
from explorer.models.history import BANDS, Banded, History
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS, Seen, seen_rates

Array = NDArray[Any]
YEARS_AHEAD = 5
_MOST_RETURNING = 0.9  # of children who leave; a draw beyond it would never settle
_FEWEST_OPEN = 1.0
_HALF = 0.5
_RECENT = 3  # years
_MOST_SHARED = 0.5  # variance of a logarithm


@dataclass(frozen=True)
class Basis:
    """What one rate rests on: its value with an 80% range, and how much of it is the authority's own.

    ``low`` and ``high`` are of the first year ahead, without the chance that its months share. ``prior_weight`` is the
    share, 0 to 1, of England in it. ``events`` are those of all years used; ``last_year`` is the last one with a count.
    """

    name: str
    value: float
    low: float
    high: float
    england: float
    prior_weight: float
    events: float
    last_year: int | None


@dataclass(frozen=True)
class Calibration:
    """Everything that a run of the plan flow needs.

    Attributes:
        area: DfE number.
        as_at: the day from which it looks ahead.
        state, rates: with as many draws as were asked for.
        central_state, central_rates: one draw in the middle of those; see ``central_of``.
        dispersion: of the monthly numbers.
        leaving_mix: (5,) the shares of the duration bands among plans that end.
        basis: of each rate, by the names of ``rates.RATES``.
        hidden: which of the counts at the start are hidden and only known as a range.
        sources: in words, where the counts come from.
    """

    area: str
    as_at: date
    state: State
    rates: Rates
    central_state: State
    central_rates: Rates
    basis: Mapping[str, Basis]
    dispersion: Dispersion
    leaving_mix: tuple[float, ...]
    hidden: tuple[str, ...]
    sources: tuple[str, ...]


def calibrate(
    history: History, england: England, area: str, name: str, draws: int, seed: int, fewest: int
) -> Calibration:
    """An authority at the end of its history's last year.

    Args:
        history: with nothing later than the year of ``england``.
        name: what the authority is called, for the sentences.
        draws: how many possible worlds.
        fewest: plans started in a year under which a what-if is refused.

    Raises:
        SelectionError: there is too little to go on; the sentence says why and what to do instead.
    """
    own = history.of(area)
    _check_enough(own, name, fewest)
    generator = np.random.default_rng([seed, int.from_bytes(area.encode(), "big")])
    seen = seen_rates(own, england.within, england.return_shape)
    differences = {rate: difference_of(seen[rate], england, rate) for rate in RATES}
    courses = possible_courses(differences, england, generator, draws)
    logs = {rate: courses[rate] + shared_chance(rate, seen[rate], england, generator, draws) for rate in RATES}
    rates = monthly_rates(logs, float(own.exposed[0, -1]), england)
    central = central_of(rates)
    state = _state(own, england, central, generator, draws)
    return Calibration(
        area=area,
        as_at=date(england.year, 3, 31),
        state=state,
        rates=rates,
        central_state=State(_mean(state.open), _mean(state.left), _mean_year(state.year)),
        central_rates=central,
        basis={rate: _basis(rate, seen[rate], courses[rate], differences[rate], england, own) for rate in RATES},
        dispersion=england.settings.dispersion.of_flows,
        leaving_mix=leaving_mix(central, state),
        hidden=_hidden(own),
        sources=_sources(own),
    )


def central_of(rates: Rates) -> Rates:
    """The same with one draw: the means, and of how fast plans end the medians.

    With the mean pace of ending fewer plans would last long than do on average, because the slow draws hold most of
    the long plans; the median comes near that average.
    """
    return replace(
        rates,
        ending=np.median(rates.ending, axis=-1, keepdims=True),
        first_starts=_mean(rates.first_starts),
        return_level=_mean(rates.return_level),
    )


def leaving_mix(rates: Rates, state: State) -> tuple[float, ...]:
    """The shares of the duration bands among the plans that end in the first month ahead."""
    hazard = rates.ending[0].repeat(np.diff([*BAND_STARTS, BAND_STARTS[-1] + 1]), axis=0)[:, 0] * rates.ending_shape
    ending = (1 - np.exp(-hazard)) * state.open.mean(axis=1)
    by_band = np.add.reduceat(ending, BAND_STARTS)
    return tuple((by_band / by_band.sum()).tolist())


def _check_enough(own: History, name: str, fewest: int) -> None:
    year, started, opened = own.years[-1], own.started[0, -1], own.open[0, -1]
    instead = "Pick a larger authority nearby, or look at its region on the Neighbours page"
    if np.isnan(started) or np.isnan(opened) or opened < _FEWEST_OPEN:
        raise SelectionError(
            f"{name} has no figures for plans started and open in the year to March {year} that a what-if can rest on: "
            f"they are hidden or missing. {instead}{_or_earlier(own, fewest)}."
        )
    if started < fewest:
        raise SelectionError(
            f"{name} started fewer than {fewest} plans in the year to March {year}. One family could move every rate, "
            f"so no what-if is shown. {instead}."
        )


def _or_earlier(own: History, fewest: int) -> str:
    """An earlier year as a way out, where there is one."""
    enough = ~np.isnan(own.open[0, 1:-1]) & (np.nan_to_num(own.started[0, 1:-1]) >= fewest)
    return ", or pick an earlier year" if enough.any() else ""


def difference_of(seen: Seen, england: England, rate: str) -> Difference:
    """What an authority's years say of how one of its rates differs from England's."""
    found = england.rates[rate]
    return filtered(seen.log_rate - found.level, seen.variance, found.movement)[0]


def possible_courses(
    differences: Mapping[str, Difference], england: England, generator: np.random.Generator, draws: int
) -> Mapping[str, Array]:
    """(years ahead, draws) of each rate's logarithm: England's course and the authority's difference from it."""
    normals = _normals(generator, draws, england.settings.correlation.value)
    shocks = generator.standard_normal((len(RATES), YEARS_AHEAD, draws)) * england.settings.england_spread.value
    return {
        rate: england.rates[rate].level[-1]
        + course(england, rate, YEARS_AHEAD)[:, None]
        + np.cumsum(shocks[number], axis=0)
        + paths(differences[rate], england.rates[rate].movement, normals[number])
        for number, rate in enumerate(RATES)
    }


def _normals(generator: np.random.Generator, draws: int, together: float) -> Array:
    """(rates, 2 + years ahead, draws) standard normals; those of first plans and of returns move together."""
    normals = generator.standard_normal((len(RATES), 2 + YEARS_AHEAD, draws))
    first, returns = RATES.index(FIRST), RATES.index(RETURNS)
    normals[returns] = together * normals[first] + np.sqrt(1 - together**2) * normals[returns]
    return normals


def shared_chance(rate: str, seen: Seen, england: England, generator: np.random.Generator, draws: int) -> Array:
    """(years ahead, draws) chance that the months of a year share: a few families with many long plans.

    Its variance falls with the number of events; its mean is that of no change.
    """
    extra = england.settings.yearly_chance.of(rate)
    known = seen.events[0][~np.isnan(seen.events[0])]
    variance = extra / (known[-_RECENT:].mean() + 1.0) if len(known) else extra
    sigma = np.sqrt(min(variance, _MOST_SHARED))
    return np.asarray(sigma * generator.standard_normal((YEARS_AHEAD, draws)) - sigma**2 / 2)


def monthly_rates(logs: Mapping[str, Array], children: float, england: England) -> Rates:
    """From yearly rates in logarithms to the engine's monthly ones."""
    ever = np.minimum(np.exp(logs[RETURNS]), _MOST_RETURNING)
    return Rates(
        ending=np.exp(np.stack([logs[name] for name in ENDING], axis=1)),
        first_starts=np.exp(logs[FIRST]) * children / YEAR,
        return_level=-np.log1p(-ever),
        return_shape=england.return_shape,
        ending_shape=england.within.shape,
    )


def _state(own: History, england: England, central: Rates, generator: np.random.Generator, draws: int) -> State:
    """Open plans by month within their bands, the pool of children who left one, and the year before."""
    bands = _open_bands(own, england, generator, draws)
    rows = np.empty((BAND_STARTS[-1] + 1, draws))
    for band in range(len(BANDS)):
        spread = england.within.spread(band, float(central.ending[0, band, 0]))
        rows[england.within.rows(band)] = spread[:, None] * bands[band]
    ended = own.left[0]
    by_year = [ended[max(len(ended) - 1 - back, 0)] for back in range(LEFT_ROWS // YEAR)]
    left = np.repeat(by_year, YEAR)[:, None] / YEAR
    came_back = np.concatenate([[0.0], np.cumsum(england.return_shape)[:-1]])[:, None] * central.return_level[0, 0]
    return State(rows, left * np.exp(-came_back), _year_before(own, england, generator, draws))


def _open_bands(own: History, england: England, generator: np.random.Generator, draws: int) -> Array:
    """(5, draws) open plans by band: hidden ones drawn within their ranges, so that all add up to the whole."""
    found, whole = own.open_bands.cut(slice(None), slice(-1, None)), own.open[0, -1]
    value, least, most = (array[:, 0, 0] for array in (found.value, found.least, found.most))
    if np.isnan(value).any():  # the records or tables do not say: England's shares stand for what is not known
        unknown = np.isnan(value)
        left = max(whole - float(np.nansum(value)), 0.0)
        value = np.where(unknown, left * england.open_shares / max(england.open_shares[unknown].sum(), 1e-9), value)
        return np.repeat(value[:, None], draws, axis=1)
    bands = np.repeat(value[:, None], draws, axis=1)
    hidden = np.flatnonzero(most > least)
    if len(hidden):
        taker = hidden[np.argmax(most[hidden])]
        room = whole - value[most <= least].sum() - least[hidden].sum()  # what they share above the least of each
        for band in hidden[hidden != taker]:
            drawn = _within_range(generator, least[band], most[band], value[band], draws)
            bands[band] = np.minimum(drawn, least[band] + room)
            room = room - (bands[band] - least[band])
        bands[taker] = least[taker] + room
    return bands


def _within_range(generator: np.random.Generator, least: float, most: float, middle: float, draws: int) -> Array:
    """Whole numbers from ``least`` to ``most``; where the middle is not halfway, around it."""
    if abs(middle - (least + most) / 2) > _HALF:
        drawn = generator.poisson(middle, draws)
        return np.clip(drawn, least, most).astype(float)
    return generator.integers(int(least), int(most) + 1, draws).astype(float)


def _year_before(own: History, england: England, generator: np.random.Generator, draws: int) -> YearBefore:
    """The flows of the last twelve months, spread evenly over them."""
    started, repeats = own.started[0, -1], own.repeats[0, -1]
    if np.isnan(repeats):  # not hidden by DfE but missing, or hidden in the records
        known = ~np.isnan(own.repeats[0]) & ~np.isnan(own.started[0])
        shares = own.repeats[0][known] / own.started[0][known]
        repeats = started * (shares[-1] if len(shares) else 0.0)
    elif own.repeats_least[0, -1] < own.repeats_most[0, -1]:
        least, most = own.repeats_least[0, -1], own.repeats_most[0, -1]
        repeats = _within_range(generator, least, most, repeats, draws)
    ended = own.left[0, -1]
    long_plans = _long_ended(own.ended_bands, ended, england.long_share, generator, draws)
    even = np.ones((YEAR, 1)) / YEAR
    return YearBefore(even * started, even * repeats, even * ended, even * long_plans)


def _long_ended(bands: Banded, ended: float, share: float, generator: np.random.Generator, draws: int) -> Array:
    """(1, draws) plans of two years or more that ended in the last year."""
    value, least, most = (array[-1, 0, -1] for array in (bands.value, bands.least, bands.most))
    if np.isnan(value):
        return np.full((1, draws), ended * share)
    if most > least:
        return _within_range(generator, least, most, value, draws)[None, :]
    return np.full((1, draws), value)


def _mean(array: Array) -> Array:
    return np.asarray(array.mean(axis=-1, keepdims=True))


def _mean_year(year: YearBefore) -> YearBefore:
    return YearBefore(_mean(year.started), _mean(year.repeats), _mean(year.ended), _mean(year.ended_long))


def _basis(rate: str, seen: Seen, logs: Array, difference: Difference, england: England, own: History) -> Basis:
    known = np.flatnonzero(~np.isnan(seen.log_rate[0]))
    last = int(own.years[known[-1]]) if len(known) else None
    weight, events = float(difference.prior_weight[0]), float(np.nansum(seen.events[0]))
    return basis_of(rate, np.exp(logs[0]), england, weight, events, last)


def basis_of(
    rate: str, first: Array, england: England, prior_weight: float, events: float, last_year: int | None
) -> Basis:
    """What one rate rests on, from the draws of its first year ahead."""
    low, value, high = np.quantile(first, [0.1, 0.5, 0.9]).tolist()
    return Basis(rate, value, low, high, float(np.exp(england.rates[rate].level[-1])), prior_weight, events, last_year)


def _hidden(own: History) -> tuple[str, ...]:
    """The measures at the start that are hidden, and so only known as a range."""
    names = ["plans_started_repeat"] if own.repeats_least[0, -1] < own.repeats_most[0, -1] else []
    for kind, bands in (("plans_open", own.open_bands), ("plans_ended", own.ended_bands)):
        last = bands.cut(slice(None), slice(-1, None))
        unsure = last.hidden()[:, 0, 0] | (np.isnan(last.value[:, 0, 0]) & (kind == "plans_open"))
        names += [f"{kind}_{band}" for band, doubt in zip(BANDS, unsure, strict=True) if doubt]
    return tuple(names)


def _sources(own: History) -> tuple[str, ...]:
    """What the calibration rests on, in words."""
    first, last = own.years[0], own.years[-1]
    by_duration = np.flatnonzero((~np.isnan(own.ended_bands.value[:, 0, :])).all(axis=0))
    said = [f"Plans started and re-plans of the years to March {first} to {last} (DfE table D3)."]
    said.append(f"Open plans by length at each 31 March to {last} (DfE table D5).")
    if len(by_duration):
        said.append(f"Ended plans by length to the year to March {own.years[by_duration[-1]]} (DfE table D7).")
    said.append("England: the same tables of all authorities together.")
    return tuple(said)

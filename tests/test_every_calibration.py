"""Every authority and a sample of years: a what-if is worked out, or a sentence says why not.

A file of its own, because all of it rests on one walk that takes some seconds; WALK=all takes every year.
"""

import os
from functools import lru_cache

import numpy as np
import pytest

from explorer.errors import SelectionError
from explorer.models.backtest import forecast
from explorer.models.calibration import Calibration
from explorer.models.flow import INDICATORS, indicators, make_noise, run
from explorer.models.history import BANDS
from explorer.models.what_if import noise_of, paths, run_scenario
from tests.fixtures import BROKEN, CITY_OF_LONDON, ISLES_OF_SCILLY, ZERO, shipped_world, start_of

SAMPLE = (2013, 2014, 2018, 2021, 2025)
DRAWS = 60


def years() -> tuple[int, ...]:
    return shipped_world().years if os.environ.get("WALK") == "all" else SAMPLE


@lru_cache(maxsize=1)
def every_calibration() -> dict[tuple[str, int], Calibration | SelectionError]:
    """What a what-if rests on for every authority and year, or why there is none."""
    found: dict[tuple[str, int], Calibration | SelectionError] = {}
    for year in years():
        for area in shipped_world().areas.authorities:
            try:
                found[area.code, year] = start_of(area.code, year, DRAWS)
            except SelectionError as problem:
                found[area.code, year] = problem
    return found


def calibrations() -> dict[tuple[str, int], Calibration]:
    return {where: one for where, one in every_calibration().items() if isinstance(one, Calibration)}


def test_every_authority_and_year_calibrates_or_says_why_not() -> None:
    world = shipped_world()
    assert len(every_calibration()) == len(years()) * len(world.areas.authorities)
    for (area, year), problem in every_calibration().items():
        if isinstance(problem, SelectionError):
            (sentence,) = problem.faults
            assert "Pick a " in sentence, sentence
            assert sentence.endswith("."), sentence
            assert str(year) in sentence, sentence
            assert world.areas.label(area) in sentence or year == 2013, sentence
            assert not BROKEN.search(sentence), sentence


def test_only_those_without_figures_or_with_too_few_plans_are_refused() -> None:
    world = shipped_world()
    for (area, year), found in every_calibration().items():
        place = world.history.areas.index(area), world.history.years.index(year)
        started, opened = world.history.started[place], world.history.open[place]
        enough = started >= world.models.fewest and opened >= 1 and year > world.years[0]
        assert isinstance(found, Calibration) == enough, (area, year)
    for year in years():
        for area in (CITY_OF_LONDON, ISLES_OF_SCILLY):
            assert isinstance(every_calibration()[area, year], SelectionError)
    refused = [
        where for where, one in every_calibration().items() if not isinstance(one, Calibration) and where[1] > 2013
    ]
    assert len(refused) < 0.08 * len(every_calibration())


def test_every_number_is_real_and_none_is_below_nothing() -> None:
    for where, found in calibrations().items():
        year = found.state.year
        arrays = (
            found.state.open, found.state.left, year.started, year.repeats, year.ended, year.ended_long,
            found.rates.ending, found.rates.first_starts, found.rates.return_level, np.array(found.leaving_mix),
        )  # fmt: skip
        assert all(np.isfinite(array).all() and (array >= 0).all() for array in arrays), where
        assert (found.rates.ending > 0).all(), where
        assert sum(found.leaving_mix) == pytest.approx(1), where
        for basis in found.basis.values():
            assert 0 < basis.low <= basis.value <= basis.high < np.inf, (where, basis)
            assert 0 <= basis.prior_weight <= 1, (where, basis)


def test_every_draw_adds_up_to_the_plans_open() -> None:
    history = shipped_world().history
    for (area, year), found in calibrations().items():
        whole = history.open[history.areas.index(area), history.years.index(year)]
        np.testing.assert_allclose(found.state.open.sum(axis=0), whole, err_msg=f"{area} {year}")
        assert (found.state.year.repeats.sum(axis=0) <= found.state.year.started.sum(axis=0) + 1e-9).all()
        assert (found.state.year.ended_long.sum(axis=0) <= found.state.year.ended.sum(axis=0) + 1e-9).all()


def test_every_hidden_count_is_drawn_within_its_range_and_no_other_is_drawn() -> None:
    history, hidden = shipped_world().history, 0
    for (area, year), found in calibrations().items():
        place = history.areas.index(area), history.years.index(year)
        least, most = (array[(slice(None), *place)] for array in (history.open_bands.least, history.open_bands.most))
        drawn = np.add.reduceat(found.state.open, (0, 3, 6, 12, 24))
        known = ~np.isnan(least)
        assert (drawn[known] >= least[known, None] - 1e-9).all(), (area, year)
        assert (drawn[known] <= most[known, None] + 1e-9).all(), (area, year)
        for band, low, high in zip(BANDS, least, most, strict=True):
            assert (f"plans_open_{band}" in found.hidden) == (low != high), (area, year, band)
        again = np.unique(found.state.year.repeats.sum(axis=0).round(9))
        ends = history.repeats_least[place], history.repeats_most[place]
        assert ("plans_started_repeat" in found.hidden) == (ends[0] < ends[1]), (area, year)
        if not np.isnan(ends[0]):
            assert again.tolist() == list(range(int(ends[0]), int(ends[1]) + 1)), (area, year)
        ended = found.state.year.ended_long.sum(axis=0).round(9)
        if "plans_ended_2y_plus" in found.hidden:
            assert set(ended) <= {1, 2, 3, 4, 5}, (area, year)
        if "plans_open_2y_plus" in found.hidden:
            hidden += 1
            assert set(drawn[4]) <= {1, 2, 3, 4, 5}, (area, year)
            assert np.unique(drawn[4]).size == most[4] - least[4] + 1, (area, year)
    assert hidden > 100


def test_no_month_tells_a_hidden_number_of_long_plans() -> None:
    """In the first month the page's 80% range is never narrower than what the hidden count can be."""
    for where, found in calibrations().items():
        if "plans_open_2y_plus" in found.hidden:
            start = found.state.open[-1]
            one = run_scenario(found, None, shipped_world().models.what_if, noise_of(found, 1, 1), 1)
            told = paths(one, "baseline", ("plans_open_2y_plus",)).row(0, named=True)
            assert told["p97_5"] - told["p2_5"] >= 0.75 * (start.max() - start.min()), where


def test_every_forecast_is_real_for_three_years() -> None:
    noise = make_noise(1, 36, DRAWS, shipped_world().models.fit.dispersion.of_flows)
    for where, found in list(calibrations().items())[::3]:
        drawn = forecast(found, noise, 1, 50_000.0)
        assert np.isfinite(drawn).all(), where
        assert (drawn >= 0).all(), where
        assert (drawn[:, :3] <= 100).all(), where


def test_the_exact_mean_is_real_for_ten_years() -> None:
    for where, found in list(calibrations().items())[::3]:
        figures = indicators(run(found.central_state, found.central_rates, None, 120, None), found.central_state.year)
        for name in INDICATORS:
            assert np.isfinite(figures[name]).all(), (where, name)
            assert (figures[name] >= 0).all(), (where, name)


def test_what_it_rests_on_is_said_in_sentences() -> None:
    for where, found in calibrations().items():
        for said in found.sources:
            assert said.endswith("."), where
            assert not BROKEN.search(said), (where, said)
            assert not ZERO.search(said), (where, said)

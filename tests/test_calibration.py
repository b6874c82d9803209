"""An authority at a date: what it starts from, what stays a range, and why some are refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import SelectionError
from explorer.models.backtest import forecast
from explorer.models.calibration import YEARS_AHEAD, Calibration, calibrate
from explorer.models.flow import Array, equilibrium, make_noise
from explorer.models.history import BANDS, Banded, History
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS
from tests.fixtures import (
    CITY_OF_LONDON,
    HACKNEY,
    ISLES_OF_SCILLY,
    TRAFFORD,
    contents,
    england_in,
    faults,
    other_years_after,
    shipped_world,
    start_of,
)
from tests.test_history import as_published, half_hidden, open_bands

BIRMINGHAM, RUTLAND, KENSINGTON = "330", "857", "207"
MODELS = shipped_world().models


def calibrated(
    history: History, area: str = TRAFFORD, draws: int = 100, seed: int = 1, fewest: int = 20
) -> Calibration:
    year = history.years[-1]
    return calibrate(history, england_in(year), area, shipped_world().areas.label(area), draws, seed, fewest)


def with_open(history: History, area: str, whole: float, bands: Banded) -> History:
    """The same with one authority's open plans in the last year another."""
    row = history.areas.index(area)

    def changed(array: Array, own: Array) -> Array:
        array = array.copy()
        array[..., row, -1] = own
        return array

    pairs = {
        name: changed(getattr(history.open_bands, name), getattr(bands, name)[:, 0, 0])
        for name in ("value", "least", "most")
    }
    return replace(history, open=changed(history.open, np.array(whole)), open_bands=Banded(**pairs))


# What it starts from


def test_trafford_in_2018_starts_from_the_published_counts() -> None:
    found = start_of(TRAFFORD, 2018)
    assert (found.area, found.as_at.isoformat()) == (TRAFFORD, "2018-03-31")
    by_band = np.add.reduceat(found.state.open, (0, 3, 6, 12, 24))
    published = shipped_world().history.up_to(2018).of(TRAFFORD).open_bands.value[:, 0, -1]
    np.testing.assert_allclose(by_band, np.repeat(published[:, None], 200, axis=1))
    assert published.sum() == 259
    year = found.state.year
    flows = [float(array.sum(axis=0)[0]) for array in (year.started, year.repeats, year.ended, year.ended_long)]
    assert flows == pytest.approx([261, 76, 257, 26])
    assert {len(array) for array in (year.started, year.repeats, year.ended, year.ended_long)} == {12}
    assert found.hidden == ()


def test_those_who_left_and_have_not_come_back() -> None:
    """The plans that ended in each of ten years, a twelfth a month, less those who are back already."""
    found = start_of(TRAFFORD, 2018)
    ended = shipped_world().history.up_to(2018).of(TRAFFORD).left[0]
    level, shape = found.central_rates.return_level[0, 0], MODELS.return_shape
    assert found.state.left[0, 0] == pytest.approx(257 / 12)
    assert found.state.left[13, 0] == pytest.approx(ended[-2] / 12 * np.exp(-level * shape[:13].sum()))
    assert found.state.left[119, 0] == pytest.approx(ended[0] / 12 * np.exp(-level * shape[:119].sum()))


def test_within_a_band_plans_lie_as_long_as_they_last() -> None:
    found = start_of(TRAFFORD, 2018)
    within = england_in(2018).within
    for band in range(4):
        rows = found.central_state.open[within.rows(band), 0]
        hazard = found.central_rates.ending[0, band, 0]
        kept = np.exp(-hazard * within.shape[within.rows(band)])[:-1]
        np.testing.assert_allclose(rows[1:] / rows[:-1], kept, rtol=1e-9)


def test_the_central_state_is_the_mean_of_the_draws_and_of_how_fast_plans_end_the_median() -> None:
    found = start_of(TRAFFORD, 2025)
    for name in ("open", "left"):
        np.testing.assert_allclose(
            getattr(found.central_state, name), getattr(found.state, name).mean(axis=-1, keepdims=True)
        )
    for name, middle in (("ending", np.median), ("first_starts", np.mean), ("return_level", np.mean)):
        central, draws = getattr(found.central_rates, name), getattr(found.rates, name)
        assert central.shape == (*draws.shape[:-1], 1)
        np.testing.assert_allclose(central, middle(draws, axis=-1, keepdims=True))
    assert found.rates.ending.shape == (YEARS_AHEAD, 5, 200)
    np.testing.assert_array_equal(found.rates.ending_shape, england_in(2025).within.shape)


def test_rates_give_about_what_was_published() -> None:
    """What Trafford's rates come to in the long run lies near its last years."""
    rates = start_of(TRAFFORD, 2018).central_rates
    found = equilibrium(rates.first_starts[0], rates.ending[0], rates.return_level[0])
    assert found.started[0] * 12 == pytest.approx(261, rel=0.2)
    assert found.open[0] == pytest.approx(259, rel=0.25)
    assert float(found.repeats[0] / found.started[0]) == pytest.approx(0.28, abs=0.05)


def test_the_mix_of_those_who_leave() -> None:
    mix = start_of(TRAFFORD, 2018).leaving_mix
    assert sum(mix) == pytest.approx(1)
    assert len(mix) == len(BANDS)
    published = shipped_world().history.up_to(2018).of(TRAFFORD).ended_bands.value[:, 0, -1]
    assert mix == pytest.approx(published / published.sum(), abs=0.12)


def with_repeats(history: History, area: str, least: float, most: float) -> History:
    """The same with an authority's re-plans in the last year within two ends."""
    ends = {"repeats_least": least, "repeats": (least + most) / 2, "repeats_most": most}
    changed = {name: getattr(history, name).copy() for name in ends}
    for name, end in ends.items():
        changed[name][history.areas.index(area), -1] = end
    return replace(history, **changed)


def test_a_year_without_a_number_of_re_plans_has_the_last_share() -> None:
    """Not one that DfE hid, which is 1 to 5."""
    nan = float("nan")
    known = with_repeats(shipped_world().history.up_to(2018), TRAFFORD, nan, nan)
    own = known.of(TRAFFORD)
    found = calibrated(known)
    drawn = found.state.year.repeats.sum(axis=0)
    np.testing.assert_allclose(drawn, 261 * own.repeats[0, -2] / own.started[0, -2])
    assert "plans_started_repeat" not in found.hidden


def test_an_authority_without_bands_has_those_of_england() -> None:
    world = shipped_world()
    known = world.history.up_to(2018)
    gaps = Banded(*[np.full((5, 1, 1), np.nan)] * 3)
    found = calibrated(with_open(known, TRAFFORD, 259.0, gaps))
    by_band = np.add.reduceat(found.state.open, (0, 3, 6, 12, 24))
    np.testing.assert_allclose(by_band[:, 0], 259 * england_in(2018).open_shares)
    assert [name for name in found.hidden if "open" in name] == [f"plans_open_{band}" for band in BANDS]


# What each rate rests on


def test_each_rate_says_what_it_rests_on() -> None:
    found = start_of(TRAFFORD, 2018)
    own = shipped_world().history.up_to(2018).of(TRAFFORD)
    assert tuple(found.basis) == RATES
    for name, basis in found.basis.items():
        assert basis.name == name
        assert 0 < basis.low < basis.value < basis.high
        assert 0 < basis.prior_weight < 1
        assert basis.last_year == 2018
        assert basis.england == pytest.approx(np.exp(england_in(2018).rates[name].level[-1]))
    assert found.basis[FIRST].events == (own.started - own.repeats).sum()
    assert found.basis[RETURNS].events == own.repeats.sum()
    assert found.basis["ending_2y_plus"].events == own.ended_bands.value[4, 0, 1:].sum()


def test_the_range_of_a_rate_is_that_of_the_first_year_ahead_without_the_chance_of_that_year() -> None:
    """First plans have no chance that the months of a year share; long plans have much of it."""
    found = start_of(TRAFFORD, 2018)
    children = shipped_world().history.up_to(2018).of(TRAFFORD).exposed[0, -1]
    first, basis = found.rates.first_starts[0] * 12 / children, found.basis[FIRST]
    assert (MODELS.fit.yearly_chance.of(FIRST), MODELS.fit.yearly_chance.of("ending_2y_plus") > 1) == (0, True)
    assert (basis.low, basis.value, basis.high) == pytest.approx(tuple(np.quantile(first, [0.1, 0.5, 0.9])))
    low, high = np.quantile(found.rates.ending[0, 4], [0.1, 0.9])
    assert found.basis["ending_2y_plus"].high / found.basis["ending_2y_plus"].low < high / low


def test_a_small_authority_rests_on_england_more_than_a_large_one() -> None:
    small, large = start_of(RUTLAND, 2018).basis, start_of(BIRMINGHAM, 2018).basis
    for name in RATES:
        assert small[name].prior_weight > large[name].prior_weight, name
    for name in (FIRST, RETURNS):
        wide, narrow = (one[name].high / one[name].low for one in (small, large))
        assert wide > narrow, name


def test_the_last_year_of_a_rate_is_the_one_that_has_it() -> None:
    found = start_of(TRAFFORD, 2025).basis
    assert found[RETURNS].last_year == 2025
    assert found["ending_6m_to_1y"].last_year == 2024
    assert start_of(TRAFFORD, 2025).sources == (
        "Plans started and re-plans of the years to March 2013 to 2025 (DfE table D3).",
        "Open plans by length at each 31 March to 2025 (DfE table D5).",
        "Ended plans by length to the year to March 2024 (DfE table D7).",
        "England: the same tables of all authorities together.",
    )


def test_first_plans_and_returns_move_together() -> None:
    found = start_of(TRAFFORD, 2018, draws=2000)
    first, back = np.log(found.rates.first_starts[0]), np.log(found.rates.return_level[0])
    assert 0.3 < np.corrcoef(first, back)[0, 1] < 0.9
    assert abs(np.corrcoef(first, np.log(found.rates.ending[0, 2]))[0, 1]) < 0.1


# Nothing later, and the same again


def test_nothing_later_than_the_start_is_used() -> None:
    """The start and the forecast of an authority stay to the last bit when every later figure is another."""
    later = other_years_after(2018).up_to(2018)
    known = shipped_world().history.up_to(2018)
    for area in (TRAFFORD, HACKNEY, RUTLAND):
        one, other = calibrated(known, area), calibrated(later, area)
        assert contents(one) == contents(other), area
        noise = make_noise(1, 36, 100, one.dispersion)
        assert contents(forecast(one, noise, 1, 50_000.0)) == contents(forecast(other, noise, 1, 50_000.0))


def test_a_calibration_knows_of_no_other_authority_but_through_england() -> None:
    known = shipped_world().history.up_to(2018)
    others = np.arange(len(known.areas)) != known.areas.index(TRAFFORD)
    doubled = replace(known, started=np.where(others[:, None], known.started * 2, known.started))
    assert contents(calibrated(doubled)) == contents(calibrated(known))


def test_the_same_seed_gives_the_same_and_another_gives_others() -> None:
    known = shipped_world().history.up_to(2018)
    assert contents(calibrated(known, seed=3)) == contents(calibrated(known, seed=3))
    assert contents(calibrated(known, seed=3).rates) != contents(calibrated(known, seed=4).rates)
    assert (
        calibrated(known, seed=3).basis[RETURNS].prior_weight == calibrated(known, seed=4).basis[RETURNS].prior_weight
    )


def test_two_authorities_do_not_share_their_chance() -> None:
    one, other = (np.log(start_of(area, 2018, draws=2000).rates.return_level[0]) for area in (TRAFFORD, HACKNEY))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1


# Hidden counts stay ranges


def test_hidden_long_plans_are_drawn_from_1_to_5_alike() -> None:
    """Trafford in 2025: 155 plans open, those of one to two years and of two or more are hidden."""
    found = start_of(TRAFFORD, 2025, draws=2000)
    assert found.hidden == ("plans_open_1y_to_2y", "plans_open_2y_plus")
    values, counts = np.unique(found.state.open[-1], return_counts=True)
    assert values.tolist() == [1, 2, 3, 4, 5]
    assert (counts > 300).all()
    assert found.central_state.open[-1, 0] == pytest.approx(3, abs=0.1)
    np.testing.assert_allclose(found.state.open.sum(axis=0), 155)


def test_hidden_re_plans_are_drawn_from_1_to_5_alike() -> None:
    """Kensington and Chelsea in 2020: 70 plans started, and of the re-plans only that they are few."""
    found = start_of(KENSINGTON, 2020, draws=2000)
    assert found.hidden[0] == "plans_started_repeat"
    assert (
        shipped_world()
        .table.filter(indicator="plans_started_repeat", area=KENSINGTON, period=2020, status="suppressed")
        .height
    )
    values, counts = np.unique(found.state.year.repeats.sum(axis=0).round(9), return_counts=True)
    assert values.tolist() == [1, 2, 3, 4, 5]
    assert (counts > 300).all()
    np.testing.assert_allclose(found.state.year.started.sum(axis=0), 70)
    np.testing.assert_allclose(found.state.year.repeats, found.state.year.repeats[:1].repeat(12, axis=0))  # evenly
    assert found.central_state.year.repeats.sum() == pytest.approx(3, abs=0.1)


@given(st.integers(0, 5), st.integers(0, 5))
@settings(max_examples=12, deadline=None)
def test_re_plans_are_drawn_over_their_whole_range_and_not_where_they_are_known(least: int, width: int) -> None:
    found = calibrated(with_repeats(shipped_world().history.up_to(2018), TRAFFORD, least, least + width), draws=300)
    drawn = found.state.year.repeats.sum(axis=0).round(9)
    assert np.unique(drawn).tolist() == list(range(least, least + width + 1))
    assert ("plans_started_repeat" in found.hidden) == (width > 0)


def test_hidden_long_plans_that_ended_are_drawn_from_1_to_5_also_where_the_other_bands_are_missing() -> None:
    """2025 has the last band alone: a hidden one is 1 to 5, and not England's share of all that ended."""
    world = shipped_world()
    hidden = [
        area.code
        for area in world.areas.authorities
        if not world.table.filter(
            indicator="plans_ended_2y_plus", area=area.code, period=2025, status="suppressed"
        ).is_empty()
        and area.code not in (CITY_OF_LONDON, ISLES_OF_SCILLY)
    ]
    assert len(hidden) >= 20
    for area in hidden:
        found = start_of(area, 2025)
        assert "plans_ended_2y_plus" in found.hidden
        drawn = found.state.year.ended_long.sum(axis=0).round(9)
        assert np.unique(drawn).tolist() == [1, 2, 3, 4, 5], area


@given(half_hidden())
@settings(max_examples=60, deadline=None)
def test_draws_of_hidden_bands_stay_in_their_ranges_and_add_up_to_the_plans_open(
    case: tuple[list[int], list[int]],
) -> None:
    bands, hidden = case
    own = as_published(bands, hidden)
    known = with_open(shipped_world().history.up_to(2018), TRAFFORD, sum(bands), own.open_bands)
    if sum(bands) == 0:
        return
    found = calibrated(known, draws=80)
    drawn = np.add.reduceat(found.state.open, (0, 3, 6, 12, 24))
    np.testing.assert_allclose(drawn.sum(axis=0), sum(bands))
    least, most = (array[:, 0, 0][:, None] for array in (own.open_bands.least, own.open_bands.most))
    assert (drawn >= least - 1e-9).all()
    assert (drawn <= most + 1e-9).all()
    np.testing.assert_allclose(drawn, drawn.round(), atol=1e-9)
    unsure = own.open_bands.hidden()[:, 0, 0]
    assert set(found.hidden) >= {f"plans_open_{band}" for band, doubt in zip(BANDS, unsure, strict=True) if doubt}


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.sets(st.integers(0, 4), min_size=2))
@settings(max_examples=40, deadline=None)
def test_bands_that_this_program_hid_add_up_too(bands: list[int], hidden: set[int]) -> None:
    own = open_bands(sum(bands), *["withheld" if number in hidden else band for number, band in enumerate(bands)])
    if sum(bands) == 0:
        return
    found = calibrated(with_open(shipped_world().history.up_to(2018), TRAFFORD, sum(bands), own.open_bands), draws=80)
    np.testing.assert_allclose(found.state.open.sum(axis=0), sum(bands))
    assert (found.state.open >= 0).all()


def test_the_draws_of_a_hidden_band_do_not_move_with_those_of_the_next() -> None:
    found = start_of(KENSINGTON, 2020, draws=2000)
    opened, ended = found.state.open[-1], found.state.year.ended_long.sum(axis=0)
    assert abs(np.corrcoef(opened, ended)[0, 1]) < 0.1


# Too little to go on


@pytest.mark.parametrize(("area", "name"), [(CITY_OF_LONDON, "City of London"), (ISLES_OF_SCILLY, "Isles of Scilly")])
@pytest.mark.parametrize("year", [2014, 2018, 2025])
def test_the_two_smallest_are_refused_with_a_reason_and_something_else(area: str, name: str, year: int) -> None:
    (sentence,) = faults(lambda: start_of(area, year), SelectionError)
    assert sentence.startswith(f"{name} has no figures for plans started and open in the year to March {year}")
    assert "hidden or missing" in sentence
    assert sentence.endswith("Pick a larger authority nearby, or look at its region on the Neighbours page.")


def test_too_few_plans_started_are_refused_with_a_reason() -> None:
    known = shipped_world().history.up_to(2018)
    (sentence,) = faults(lambda: calibrated(known, fewest=262), SelectionError)
    assert sentence == (
        "Trafford started fewer than 262 plans in the year to March 2018. One family could move every rate, so no "
        "what-if is shown. Pick a larger authority nearby, or look at its region on the Neighbours page."
    )
    assert calibrated(known, fewest=261).area == TRAFFORD


def test_a_year_that_was_not_published_is_refused() -> None:
    """Hackney published no figures for 2021 and 2022."""
    (sentence,) = faults(lambda: start_of(HACKNEY, 2022), SelectionError)
    assert sentence.startswith("Hackney has no figures")
    assert sentence.endswith(("on the Neighbours page.", "pick an earlier year."))
    assert start_of(HACKNEY, 2023).area == HACKNEY


def test_returns_never_run_away() -> None:
    """However many came back in a year, at most nine in ten ever do."""
    known = shipped_world().history.up_to(2018)
    row = known.areas.index(TRAFFORD)
    repeats = known.repeats.copy()
    repeats[row] = known.started[row]
    found = calibrated(replace(known, repeats=repeats, repeats_least=repeats, repeats_most=repeats))
    assert found.rates.return_level.max() <= -np.log(0.1) + 1e-9
    assert np.isfinite(found.rates.first_starts).all()
    assert all(np.isfinite(found.rates.ending[:, number]).all() for number in range(len(ENDING)))

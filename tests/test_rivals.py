"""The forecasts to beat: by hand on small tables, exact where the truth is a line, and blind to what comes later."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from explorer.models.flow import Array
from explorer.models.history import Banded, History
from explorer.models.rivals import TESTED, Figures, figures, last_value, panel_regression
from tests.fixtures import contents, other_years_after, shipped_world

FEW = settings(max_examples=40, deadline=None)
NAN = float("nan")
RULE = shipped_world().config.benchmarks.suppression


def known(*rows: list[float], younger: list[list[float]] | None = None) -> Figures:
    """A figure of some authorities that nothing hides."""
    values = np.array(rows, dtype=float)
    return of_values(values, None if younger is None else np.array(younger, dtype=float))


def of_values(values: Array, younger: Array | None = None) -> Figures:
    return Figures(values, values, younger, values, values)


def history() -> History:
    """One authority, two years; in the second its long plans are hidden, 1 to 5 of them."""
    opened = np.array([[30.0, 30], [20, 20], [25, 25], [15, 22], [10, 3]])[:, None, :]
    ended = np.array([[20.0, 20], [20, 20], [40, 40], [15, 17], [5, 3]])[:, None, :]
    spread = np.array([0, 0, 0, 2.0, 2.0])[:, None, None] * np.array([0, 1.0])
    bands = [Banded(array, array - spread, array + spread) for array in (opened, ended)]
    repeats = np.array([[20.0, 18]])
    return History(
        areas=("a",),
        years=(2017, 2018),
        children=np.array([[20_000.0, 25_000]]),
        started=np.array([[80.0, 90]]),
        repeats=repeats,
        repeats_least=repeats,
        repeats_most=repeats,
        open=np.array([[100.0, 100]]),
        ended=np.array([[100.0, 100]]),
        open_bands=bands[0],
        ended_bands=bands[1],
    )


# What is tested


def below(some: Figures) -> Array:
    assert some.younger is not None
    return some.younger


def test_figures_by_hand() -> None:
    found = figures(history(), RULE)
    assert tuple(found) == TESTED
    np.testing.assert_allclose(found["repeat_plan_percent"].middle, [[25, 20]])
    ended, opened = found["ended_2y_plus_percent"], found["open_2y_plus_percent"]
    np.testing.assert_allclose([ended.least, ended.middle, ended.most], [[[5, 1]], [[5, 3]], [[5, 5]]])
    np.testing.assert_allclose([opened.least, opened.middle, opened.most], [[[10, 1]], [[10, 3]], [[10, 5]]])
    np.testing.assert_allclose(below(opened), [[15, 22]])
    np.testing.assert_allclose(below(ended), [[25, 25]])  # of open plans: those of a year or more
    np.testing.assert_allclose(found["plans_open"].middle, [[50, 40]])
    np.testing.assert_allclose(below(found["plans_open"]), [[40, 36]])


def test_1_to_5_count_as_one_figure_whether_they_are_hidden_or_not() -> None:
    found = figures(history(), RULE)
    replans = found["repeat_plan_percent"]
    np.testing.assert_allclose([replans.low, replans.high], [[[1.25, 100 / 90]], [[6.25, 500 / 90]]])
    for name in ("ended_2y_plus_percent", "open_2y_plus_percent"):
        np.testing.assert_allclose([found[name].low, found[name].high], [[[1, 1]], [[5, 5]]])


def test_plans_open_are_never_hidden_so_none_count_as_one() -> None:
    found = figures(history(), RULE)["plans_open"]
    np.testing.assert_array_equal(found.low, found.least)
    np.testing.assert_array_equal(found.high, found.least)


def test_hidden_re_plans_are_a_range_by_hand() -> None:
    """1 to 5 of 80, and then of 90; of 3 plans they are 1 to 3."""
    some = history()
    least, middle, most = (np.full((1, 2), end) for end in (1.0, 3.0, 5.0))
    found = figures(replace(some, repeats=middle, repeats_least=least, repeats_most=most), RULE)
    share = found["repeat_plan_percent"]
    np.testing.assert_allclose(
        [share.least, share.middle, share.most], [[[1.25, 1 / 0.9]], [[3.75, 3 / 0.9]], [[6.25, 5 / 0.9]]]
    )
    np.testing.assert_array_equal([share.low, share.high], [share.least, share.most])
    few = figures(replace(some, started=np.array([[3.0, 90]])), RULE)["repeat_plan_percent"]
    np.testing.assert_allclose([few.low[0, 0], few.high[0, 0]], [100 / 3, 100])


def test_a_hidden_figure_that_can_be_more_than_5_widens_what_counts_as_one() -> None:
    """Bands that were hidden beside a small one: here up to 9, and down to none."""
    bands = history().open_bands
    wide = [array.copy() for array in (bands.value, bands.least, bands.most)]
    wide[1][4, 0, 1], wide[2][4, 0, 1] = 0, 9
    found = figures(replace(history(), open_bands=Banded(*wide)), RULE)["open_2y_plus_percent"]
    np.testing.assert_allclose([found.low, found.high], [[[1, 0]], [[5, 9]]])


def test_plans_open_are_over_the_children_of_the_year_of_the_forecast() -> None:
    for children, expected in ((20_000.0, [[50, 50]]), (25_000.0, [[40, 40]])):
        np.testing.assert_allclose(figures(history(), RULE, np.array([[children]]))["plans_open"].middle, expected)


def test_a_part_of_no_plans_is_no_figure() -> None:
    again = np.array([[0.0, 18]])
    none = replace(history(), started=np.array([[0.0, 90]]), repeats=again, repeats_least=again, repeats_most=again)
    assert np.isnan(figures(none, RULE)["repeat_plan_percent"].middle).tolist() == [[True, False]]


# The last value


def test_the_last_value_with_the_errors_that_it_had() -> None:
    """Errors at one year: 2, 4, -3 and 1, -1; their root mean square is the spread."""
    found = last_value(known([1, 3, 7, 4], [5, NAN, 6, 7], [1, 0, NAN, NAN]), 1)
    spread = np.sqrt((4 + 16 + 9 + 1 + 1) / 5)
    places = norm.ppf((np.arange(400) + 0.5) / 400)
    np.testing.assert_allclose(found[0], 4 + spread * places)
    np.testing.assert_allclose(found[1], 7 + spread * places)
    assert np.isnan(found[2]).all()


def test_two_years_ahead_its_errors_are_those_of_two_years() -> None:
    found = last_value(known([1, 3, 7, 4]), 2)
    assert found[0].mean() == pytest.approx(4)
    assert found[0].std() == pytest.approx(np.sqrt((36 + 1) / 2), rel=0.01)


def test_the_middle_of_a_hidden_last_value_is_carried() -> None:
    least, most = np.array([[4.0, 1.0]]), np.array([[4.0, 5.0]])
    found = last_value(Figures(least, most, None, least, most), 1)
    assert found[0].mean() == pytest.approx(3)


# The panel regression


@given(st.floats(-1, 1), st.floats(-0.5, 0.5), st.floats(-5, 5), st.integers(1, 3))
@FEW
def test_where_the_truth_is_a_line_it_is_found_exactly(own: float, next_band: float, start: float, ahead: int) -> None:
    """y a year or more on = start + own y + next_band x, of thirty authorities."""
    rng = np.random.default_rng(5)
    values, younger = rng.uniform(5, 30, (30, 9 + ahead)), rng.uniform(10, 40, (30, 9 + ahead))
    for year in range(ahead, values.shape[1]):
        values[:, year] = start + own * values[:, year - ahead] + next_band * younger[:, year - ahead]
    past = of_values(values[:, :-ahead], younger[:, :-ahead])
    found = panel_regression(past, ahead)
    np.testing.assert_allclose(found, np.repeat(values[:, -1:], 400, axis=1), atol=1e-5)


def test_its_spread_is_that_of_its_own_errors() -> None:
    """With y always 10 but for chance, the forecast is 10 with the spread of that chance."""
    values = 10 + np.random.default_rng(3).normal(0, 2, (400, 8))
    found = panel_regression(of_values(values), 1)
    assert found.mean() == pytest.approx(10, abs=0.15)
    assert found.std(axis=1).mean() == pytest.approx(2, abs=0.1)


def test_the_average_is_of_the_last_four_years_or_of_as_many_as_there_are() -> None:
    """Every figure is 2 + half the average of those four years: found exactly, from the second year on."""
    values = np.random.default_rng(4).uniform(0, 50, (60, 1))
    for _ in range(10):
        values = np.hstack([values, 2 + values[:, -4:].mean(axis=1, keepdims=True) / 2])
    found = panel_regression(of_values(values[:, :10]), 1)
    np.testing.assert_allclose(found, np.repeat(values[:, [10]], 400, axis=1), atol=1e-5)


def test_an_authority_without_a_last_figure_has_no_forecast_and_harms_no_other() -> None:
    rng = np.random.default_rng(6)
    values, younger = rng.uniform(5, 30, (20, 8)), rng.uniform(5, 30, (20, 8))
    gap, gap_younger = np.vstack([values, np.full((1, 8), NAN)]), np.vstack([younger, np.full((1, 8), 1.0)])
    with_gap = panel_regression(of_values(gap, gap_younger), 2)
    assert np.isnan(with_gap[-1]).all()
    np.testing.assert_allclose(with_gap[:-1], panel_regression(of_values(values, younger), 2))


# Blind to what comes later


@pytest.mark.parametrize("indicator", TESTED)
def test_nothing_later_than_the_start_is_used(indicator: str) -> None:
    one, other = (
        figures(some.up_to(2018), RULE)[indicator] for some in (shipped_world().history, other_years_after(2018))
    )
    for ahead in (1, 2, 3):
        for rival in (last_value, panel_regression):
            assert contents(rival(one, ahead)) == contents(rival(other, ahead))


@pytest.mark.parametrize("indicator", TESTED)
def test_every_authority_with_figures_has_forecasts_in_order(indicator: str) -> None:
    some = figures(shipped_world().history.up_to(2018), RULE)[indicator]
    for rival in (last_value, panel_regression):
        found = rival(some, 1)
        there = ~np.isnan(found).any(axis=1)
        assert there.sum() >= 145
        assert (np.diff(found[there], axis=1) >= 0).all()


@pytest.mark.parametrize("indicator", TESTED)
def test_the_ends_of_every_authoritys_figures_are_in_order(indicator: str) -> None:
    """low <= least <= most <= high of a hidden figure; a known one may lie anywhere."""
    found = figures(shipped_world().history, RULE)[indicator]
    hidden, known = found.most > found.least, ~np.isnan(found.least)
    assert (found.low <= found.high)[known].all()
    assert (found.low <= found.least)[hidden].all()
    assert (found.most <= found.high)[hidden].all()
    assert hidden.any() == (indicator != "plans_open")

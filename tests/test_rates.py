"""Occurrence over exposure: by hand, against a monthly count, and given back by a settled authority."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.durations import Within
from explorer.models.flow import BAND_STARTS, Array, return_shape
from explorer.models.history import Banded, History
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS, expected_returns, seen_rates

FEW = settings(max_examples=40, deadline=None)
EVEN, SHAPE = Within(np.ones(25)), return_shape(0.45)
AT_ONCE = np.eye(120)[0]  # all who come back do so in the month after they left
NAN = float("nan")


def history(
    started: list[list[float]],
    repeats: list[list[float]],
    ended: list[list[float]],
    open_bands: Array | None = None,
    ended_bands: Array | None = None,
) -> History:
    """Every authority with 10,000 children; bands (5, areas, years), or all of them 1."""
    shape = (len(started), len(started[0]))
    bands = [np.ones((5, *shape)) if given is None else given for given in (open_bands, ended_bands)]
    return History(
        areas=tuple(f"area {number}" for number in range(shape[0])),
        years=tuple(range(2014, 2014 + shape[1])),
        children=np.full(shape, 10_000.0),
        started=np.array(started, dtype=float),
        **dict.fromkeys(("repeats", "repeats_least", "repeats_most"), np.array(repeats, dtype=float)),
        open=bands[0].sum(axis=0),
        ended=np.array(ended, dtype=float),
        open_bands=Banded(bands[0], bands[0], bands[0]),
        ended_bands=Banded(bands[1], bands[1], bands[1]),
    )


def steady(*left: float) -> History:
    row = [list(left)]
    return history(row, [[0.0] * len(left)], row)


# First plans


def test_first_starts_by_hand() -> None:
    seen = seen_rates(history([[50, 80], [30, NAN]], [[10, 20], [5, 6]], [[40, 40], [20, 20]]), EVEN, SHAPE)[FIRST]
    np.testing.assert_allclose(seen.log_rate, np.log([[40.5e-4, 60.5e-4], [25.5e-4, NAN]]))
    np.testing.assert_allclose(seen.variance[:, 0], [1 / 40.5, 1 / 25.5])
    np.testing.assert_array_equal(seen.events, [[40, 60], [25, NAN]])
    np.testing.assert_array_equal(seen.exposure, [[10_000, 10_000], [10_000, NAN]])
    np.testing.assert_allclose(seen.england, np.log([65 / 20_000, 60 / 10_000]))


def test_a_year_that_nobody_knows_has_no_rate() -> None:
    seen = seen_rates(history([[50, NAN]], [[10, NAN]], [[40, 40]]), EVEN, SHAPE)
    assert np.isnan(seen[FIRST].england).tolist() == [False, True]
    assert np.isnan(seen[RETURNS].log_rate).tolist() == [[False, True]]


def test_no_events_are_no_endless_logarithm() -> None:
    seen = seen_rates(history([[10, 12]], [[0, 12]], [[5, 5]]), EVEN, SHAPE)
    assert seen[RETURNS].log_rate[0, 0] == pytest.approx(np.log(0.5 / 5))
    assert seen[FIRST].log_rate[0, 1] == pytest.approx(np.log(0.5 / 10_000))


# Returns


def test_returns_in_the_month_after_leaving() -> None:
    """Those of the year's last month come back in the next year; before the first year as many left as in it."""
    found = expected_returns(steady(120, 240, 0), AT_ONCE)
    np.testing.assert_allclose(found, [[120, 240 * 11 / 12 + 120 / 12, 240 / 12]])


def test_if_as_many_leave_each_year_all_who_return_in_ten_years_are_a_years_leavers() -> None:
    np.testing.assert_allclose(expected_returns(steady(90, 90, 90), SHAPE), 90)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=14), st.floats(0.2, 1.5))
@FEW
def test_returns_are_those_of_a_count_by_month(left: list[int], power: float) -> None:
    """Each month's leavers followed one month after another, as the engine does."""
    shape = return_shape(power)
    before = 11  # years as the first one
    monthly = np.repeat(np.array([left[0]] * before + left) / 12, 12)
    back = np.zeros(len(monthly) + 121)
    for month, number in enumerate(monthly):
        back[month + 1 : month + 121] += number * shape
    expected = back[: len(monthly)].reshape(-1, 12).sum(axis=1)[before:]
    np.testing.assert_allclose(expected_returns(steady(*left), shape)[0], expected, rtol=1e-9, atol=1e-9)


def test_a_gap_in_those_who_left_is_filled_by_the_year_before() -> None:
    gaps = replace(steady(120, 240, 0), ended=np.array([[120.0, NAN, 0.0]]))
    np.testing.assert_allclose(expected_returns(gaps, AT_ONCE), expected_returns(steady(120, 120, 0), AT_ONCE))


# Endings


def test_endings_are_over_twelve_months_of_the_average_of_two_year_ends() -> None:
    opened, ended = np.full((5, 1, 2), 10.0), np.full((5, 1, 2), 24.0)
    opened[3, 0] = 40, 60
    ended[3, 0] = 99, 30
    seen = seen_rates(history([[100, 100]], [[20, 20]], [[100, 100]], opened, ended), EVEN, SHAPE)["ending_1y_to_2y"]
    share = 30.5 / (12 * 50)
    assert np.isnan(seen.log_rate[0, 0])
    assert seen.log_rate[0, 1] == pytest.approx(np.log(-np.log1p(-share)), abs=1e-3)
    assert (seen.events[0, 1], seen.exposure[0, 1]) == (30, 600)
    assert seen.variance[0, 1] == pytest.approx(1 / 30.5 + 1 / 200)
    assert seen.england[1] == pytest.approx(np.log(-np.log1p(-30 / 600)), abs=1e-3)


def test_a_band_that_nobody_is_in_has_no_rate() -> None:
    opened = np.full((5, 1, 2), 10.0)
    opened[4] = 0
    seen = seen_rates(history([[100, 100]], [[20, 20]], [[100, 100]], opened), EVEN, SHAPE)
    assert np.isnan(seen["ending_2y_plus"].log_rate).all()
    assert np.isfinite(seen["ending_1y_to_2y"].log_rate[0, 1])


@given(
    st.tuples(*[st.floats(0.02, 0.3)] * 5),
    st.tuples(*[st.floats(-2, 2)] * 4),
    st.floats(0.05, 0.6),
    st.floats(2000, 5000),
)
@FEW
def test_a_settled_authority_gives_back_the_rates_behind_it(
    hazards: tuple[float, ...], slopes: tuple[float, ...], share: float, first: float
) -> None:
    """The identities of the long run, month by month: every rate is what the engine was given."""
    widths = np.diff(BAND_STARTS)
    parts = [np.exp(slope * (np.arange(w) - (w - 1) / 2) / w) for slope, w in zip(slopes, widths, strict=True)]
    shape = np.concatenate([*parts, [1.0]])
    started = 12 * first / (1 - share)
    alive, opened, ended = started / 12, np.zeros(5), np.zeros(5)
    for band, width in enumerate(widths):
        for month in range(BAND_STARTS[band], BAND_STARTS[band] + width):
            opened[band] += alive
            ended[band] += 12 * alive * (1 - np.exp(-hazards[band] * shape[month]))
            alive *= np.exp(-hazards[band] * shape[month])
    opened[4], ended[4] = alive / (1 - np.exp(-hazards[4])), 12 * alive
    columns = [np.repeat(array[:, None, None], 3, axis=2) for array in (opened, ended)]
    row = [[started] * 3]
    seen = seen_rates(history(row, [[share * started] * 3], row, *columns), Within(shape), SHAPE)
    assert tuple(seen) == RATES
    assert seen[FIRST].england == pytest.approx(np.log(12 * first / 10_000))
    assert seen[RETURNS].england == pytest.approx(np.log(share))
    for name, hazard in zip(ENDING, hazards, strict=True):
        assert seen[name].england[1:] == pytest.approx(np.log(hazard), abs=3e-3), name

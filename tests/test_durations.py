"""The chance of ending within a band of durations: solved from open and ended plans, and turned both ways."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.durations import WIDTHS, Within, within_bands
from explorer.models.flow import BAND_STARTS, Array
from explorer.models.history import BANDS, Banded
from tests.fixtures import england_in

FEW = settings(max_examples=40, deadline=None)
EVEN = Within(np.ones(25))
HAZARDS = (0.06, 0.05, 0.10, 0.09, 0.14)


def sloped(slopes: tuple[float, ...]) -> Array:
    """The shape of bands whose hazard rises by a factor e to the slope from one end to the other."""
    parts = [
        np.exp(slope * (np.arange(width) - (width - 1) / 2) / width)
        for slope, width in zip(slopes, WIDTHS, strict=True)
    ]
    return np.concatenate([*parts, [1.0]])


def settled(shape: Array, a_month: float = 100.0) -> tuple[Banded, Banded]:
    """Open and ended plans of a year in which as many start every month as ever, month by month."""
    alive, opened, ended = a_month, np.zeros(5), np.zeros(5)
    for month in range(24):
        band = int(np.searchsorted(BAND_STARTS, month, side="right")) - 1
        stay = alive * np.exp(-HAZARDS[band] * shape[month])
        opened[band] += alive
        ended[band] += 12 * (alive - stay)
        alive = stay
    opened[4], ended[4] = alive / (1 - np.exp(-HAZARDS[4])), 12 * alive
    return known(opened), known(ended)


def known(values: Array) -> Banded:
    cell = values[:, None, None]
    return Banded(cell, cell, cell)


def test_the_widths_are_those_of_the_bands() -> None:
    assert WIDTHS == (3, 3, 6, 12)
    assert len(WIDTHS) == len(BANDS) - 1
    assert [EVEN.rows(band) for band in range(5)] == [
        slice(0, 3),
        slice(3, 6),
        slice(6, 12),
        slice(12, 24),
        slice(24, 25),
    ]


# Solved from England's tables


@given(st.tuples(*[st.floats(-2.5, 2.5)] * 4))
@FEW
def test_the_slopes_behind_a_settled_england_are_found(slopes: tuple[float, ...]) -> None:
    shape = sloped(slopes)
    found = within_bands(*settled(shape))
    np.testing.assert_allclose(found.shape, shape, rtol=2e-3)


def test_an_even_england_is_even() -> None:
    np.testing.assert_allclose(within_bands(*settled(np.ones(25))).shape, 1, rtol=1e-3)


@given(st.lists(st.floats(1, 1e4), min_size=5, max_size=5), st.lists(st.floats(1, 1e4), min_size=5, max_size=5))
@FEW
def test_any_tables_give_a_shape_within_bounds(opened: list[float], ended: list[float]) -> None:
    """Tables that no slope can make agree give the steepest one, and none is a surprise to the engine."""
    shape = within_bands(known(np.array(opened)), known(np.array(ended))).shape
    assert shape.shape == (25,)
    assert shape[-1] == 1
    for band in range(4):
        logs = np.log(shape[EVEN.rows(band)])
        assert logs.mean() == pytest.approx(0, abs=1e-9)
        assert np.abs(np.diff(logs)).max() <= 3 / WIDTHS[band] + 1e-9


def test_a_year_without_all_bands_is_left_out() -> None:
    opened, ended = settled(sloped((1.0, -1.0, 0.5, -0.5)))
    whole = within_bands(opened, ended).shape
    wild = np.array([1.0, 900, 5, 700, 3])[:, None, None]
    part = wild.copy()
    part[2] = np.nan
    two = (
        Banded(*[np.concatenate([opened.value, wild], axis=2)] * 3),
        Banded(*[np.concatenate([ended.value, part], axis=2)] * 3),
    )
    np.testing.assert_array_equal(within_bands(*two).shape, whole)


def test_in_england_plans_end_soon_after_the_review_at_six_months() -> None:
    shape = england_in(2018).within.shape
    assert shape[6] > 1.5
    assert (np.diff(shape[6:12]) < 0).all()
    assert (np.diff(shape[12:24]) < 0).all()


# There and back


@given(st.integers(0, 4), st.floats(-6, 0), st.tuples(*[st.floats(-3, 3)] * 4))
@FEW
def test_a_level_gives_back_the_share_that_ends(band: int, level: float, slopes: tuple[float, ...]) -> None:
    """By hand: everybody enters the band at its first month and as many enter every month."""
    within = Within(sloped(slopes))
    hazards = np.exp(level) * within.shape[within.rows(band)]
    there = np.concatenate([[1.0], np.cumprod(np.exp(-hazards))[:-1]])
    ending = ((1 - np.exp(-hazards)) * there).sum() / there.sum()
    assert float(within.level(band, np.log(ending))) == pytest.approx(level, abs=2e-3)
    spread = within.spread(band, float(np.exp(level)))
    np.testing.assert_allclose(spread, there / there.sum(), rtol=1e-12)
    assert spread.sum() == pytest.approx(1)


def test_without_a_slope_a_level_is_the_hazard_of_the_share() -> None:
    shares = np.array([0.01, 0.05, 0.2])
    for band in range(5):
        np.testing.assert_allclose(EVEN.level(band, np.log(shares)), np.log(-np.log1p(-shares)), atol=1e-3)


def test_a_level_keeps_shape_and_gaps() -> None:
    found = EVEN.level(1, np.array([[np.log(0.1), np.nan], [np.log(0.2), np.log(0.3)]]))
    assert found.shape == (2, 2)
    assert np.isnan(found).tolist() == [[False, True], [False, False]]
    assert found[0, 0] < found[1, 0] < found[1, 1]

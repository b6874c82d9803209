"""Scores: the closed form of the normal distribution, the integral by brute force, and what hidden truths do."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from explorer.models.flow import Array
from explorer.models.scoring import crps, inside

FEW = settings(max_examples=80, deadline=None)


def one(draws: list[float] | Array, least: float, most: float | None = None) -> float:
    ends = np.array([least]), np.array([least if most is None else most])
    return float(crps(np.array(draws, dtype=float)[None, :], *ends)[0])


def normal(number: int, middle: float = 0.0, spread: float = 1.0) -> Array:
    return np.asarray(middle + spread * norm.ppf((np.arange(number) + 0.5) / number))


def of_a_normal(middle: float, spread: float, truth: float) -> float:
    """Gneiting and Raftery 2007, equation 5."""
    z = (truth - middle) / spread
    return float(spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))


def area_outside(draws: list[float], least: float, most: float) -> float:
    """The area between the steps of the draws and the truth, outside of what the truth can be."""
    points = np.unique([*draws, least, most])
    area = 0.0
    for start, end in pairwise(points):
        if not least <= start < most:
            below = np.mean(np.array(draws) <= start)
            area += (end - start) * (below - (start >= most)) ** 2
    return float(area)


numbers = st.integers(-20, 20).map(lambda number: number / 2)
forecasts = st.lists(numbers, min_size=2, max_size=12)


# A truth that is known


@given(st.floats(-50, 50), st.floats(0.1, 20), st.floats(-4, 4))
@FEW
def test_the_score_of_a_normal_is_its_closed_form(middle: float, spread: float, z: float) -> None:
    truth = middle + z * spread
    assert one(normal(4000, middle, spread), truth) == pytest.approx(
        of_a_normal(middle, spread, truth), abs=2e-3 * spread
    )


@given(forecasts, numbers, st.integers(0, 20))
@FEW
def test_the_score_is_the_area_by_brute_force(draws: list[float], least: float, width: int) -> None:
    """The fair estimate takes the spread of the draws over n (n - 1) pairs, the area takes it over n squared."""
    most = least + width / 2
    moved = np.clip(draws, None, least) + np.clip(np.array(draws) - most, 0, None)
    pairs = np.abs(np.subtract.outer(moved, moved)).sum() / 2
    number = len(draws)
    expected = area_outside(draws, least, most) + pairs / number**2 - pairs / (number * (number - 1))
    assert one(draws, least, most) == pytest.approx(expected, abs=1e-9)


def test_by_hand() -> None:
    assert one([3, 3], 5) == 2
    assert one([4, 6], 5) == pytest.approx(1 - 2 / 2)
    assert one([0, 10], 0) == pytest.approx(5 - 10 / 2)
    assert one([7, 7, 7], 7) == 0


def test_few_draws_score_on_average_as_many_do() -> None:
    draws = np.random.default_rng(1).standard_normal((200_000, 3))
    truth = np.full(200_000, 0.7)
    assert crps(draws, truth, truth).mean() == pytest.approx(of_a_normal(0, 1, 0.7), abs=0.01)


@given(forecasts, numbers, st.floats(-10, 10), st.floats(0.1, 10))
@FEW
def test_the_score_has_the_unit_of_the_figure(draws: list[float], truth: float, shift: float, scale: float) -> None:
    moved = [shift + scale * draw for draw in draws]
    assert one(moved, shift + scale * truth) == pytest.approx(scale * one(draws, truth), abs=1e-9)


@given(forecasts, numbers)
@FEW
def test_the_order_of_draws_and_of_forecasts_is_nothing(draws: list[float], truth: float) -> None:
    assert one(draws[::-1], truth) == one(draws, truth)
    both = crps(np.array([draws, draws[::-1]]), np.array([truth, 0.0]), np.array([truth, 0.0]))
    assert both.tolist() == [one(draws, truth), one(draws, 0.0)]


@pytest.mark.parametrize(("middle", "spread"), [(0.2, 1), (-0.5, 1), (0, 0.7), (0, 1.4), (0.3, 0.8)])
def test_no_other_forecast_scores_better_than_the_truth(middle: float, spread: float) -> None:
    truths = normal(400)
    honest, other = (
        crps(np.repeat(draws[None], 400, axis=0), truths, truths).mean()
        for draws in (normal(2000), normal(2000, middle, spread))
    )
    assert honest < other
    assert honest == pytest.approx(1 / np.sqrt(np.pi), rel=0.01)


# A truth that is hidden


@given(forecasts, numbers, st.integers(0, 20), st.integers(0, 2**32 - 1))
@FEW
def test_where_in_the_range_a_forecast_puts_its_weight_is_nothing(
    draws: list[float], least: float, width: int, seed: int
) -> None:
    most = least + width / 2
    anywhere = np.random.default_rng(seed).uniform(least, most, len(draws))
    moved = [other if least <= draw <= most else draw for draw, other in zip(draws, anywhere, strict=True)]
    assert one(moved, least, most) == pytest.approx(one(draws, least, most), abs=1e-9)


def test_a_forecast_within_the_range_is_perfect_and_one_outside_is_as_far_as_its_end() -> None:
    assert one([1, 2, 5, 4], 1, 5) == 0
    assert one([7, 7], 1, 5) == 2
    assert one([0, 0], 1, 5) == 1
    assert one([8, 8], 1, 5) < one([8, 8], 2)


@given(forecasts, numbers, st.integers(0, 20))
@FEW
def test_the_score_of_a_range_is_that_of_the_figure_with_the_range_made_one_point(
    draws: list[float], least: float, width: int
) -> None:
    """Threshold-weighted CRPS: the ordinary score after one fixed change of scale."""
    most = least + width / 2

    def collapsed(value: float) -> float:
        return value if value < least else max(least, value - (most - least))

    for truth in (least, (least + most) / 2, most):
        expected = one([collapsed(draw) for draw in draws], collapsed(truth))
        assert one(draws, least, most) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("mean", [2.0, 4.0, 6.0, 8.0, 12.0])
def test_no_other_forecast_scores_better_when_one_range_is_scored_for_all_truths(mean: float) -> None:
    """A count that is never told within 1 to 5: the distribution it comes from scores best.

    The truths outside of the range are moved with it, as in the test before.
    """
    truths = np.arange(60.0)
    weights = poisson.pmf(truths, mean)
    honest = poisson.ppf((np.arange(4000) + 0.5) / 4000, mean)

    def expected(draws: Array) -> float:
        hidden = (truths >= 1) & (truths <= 5)
        moved = np.where(draws < 1, draws, np.maximum(1, draws - 4))
        places = np.where(truths < 1, truths, np.maximum(1, truths - 4))
        outside = crps(np.repeat(moved[None], 60, axis=0), places, places)
        within = crps(np.repeat(draws[None], 60, axis=0), np.ones(60), np.full(60, 5.0))
        return float((weights * np.where(hidden, within, outside)).sum())

    best = expected(honest)
    others = [honest + shift for shift in (-2, -1, 1, 2)]
    others += [mean + (honest - mean) * scale for scale in (0.6, 0.8, 1.25, 1.6)]
    others += [np.where((honest >= 1) & (honest <= 5), to, honest) for to in (0, 6)]
    for other in others:
        assert best <= expected(other) + 1e-4


# Coverage


def test_inside_by_hand() -> None:
    """The middle 80% of 0 to 10 is 1 to 9."""
    draws = np.repeat(np.arange(11.0)[None], 5, axis=0)
    truth = np.array([0.9, 1.0, 5.0, 9.0, 9.1])
    assert inside(draws, truth, truth, 0.8).tolist() == [0, 1, 1, 1, 0]


def test_of_a_hidden_truth_it_is_the_part_of_the_forecasts_own_weight() -> None:
    """From 8 to 10 are three of the draws, two of them in the middle 80%."""
    draws = np.repeat(np.arange(11.0)[None], 3, axis=0)
    found = inside(draws, np.array([8.0, 2.0, 11.0]), np.array([10.0, 4.0, 15.0]), 0.8)
    np.testing.assert_allclose(found, [2 / 3, 1, 0])


@pytest.mark.parametrize("share", [0.8, 0.95])
def test_good_forecasts_hold_the_truth_as_often_as_they_say(share: float) -> None:
    rng = np.random.default_rng(2)
    middles = rng.normal(0, 3, (4000, 1))
    truths = (middles + rng.standard_normal((4000, 1)))[:, 0]
    draws = middles + rng.standard_normal((4000, 1000))
    assert inside(draws, truths, truths, share).mean() == pytest.approx(share, abs=0.015)
    narrow = middles + 0.6 * rng.standard_normal((4000, 1000))
    assert inside(narrow, truths, truths, share).mean() < share - 0.08


@pytest.mark.parametrize("share", [0.8, 0.95])
def test_hidden_truths_change_nothing_about_how_often_good_forecasts_hold_them(share: float) -> None:
    """Counts of which 1 to 5 are hidden. A middle share of whole numbers holds a little more than it says."""
    rng = np.random.default_rng(3)
    means = rng.uniform(2, 12, (4000, 1))
    truths = rng.poisson(means)[:, 0].astype(float)
    draws = rng.poisson(means, (4000, 400)).astype(float)
    hidden = (truths >= 1) & (truths <= 5)
    told = inside(draws, truths, truths, share).mean()
    found = inside(draws, np.where(hidden, 1, truths), np.where(hidden, 5, truths), share).mean()
    assert hidden.mean() > 0.3
    assert found == pytest.approx(told, abs=0.012)
    assert found >= share - 0.01

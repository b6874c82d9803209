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


def one(draws: list[float] | Array, truth: float, low: float | None = None, high: float | None = None) -> float:
    """The score of one forecast; without ends no figures count as one point."""
    ends = [np.array([truth if end is None else end]) for end in (low, high)]
    return float(crps(np.array(draws, dtype=float)[None, :], np.array([truth]), *ends)[0])


def normal(number: int, middle: float = 0.0, spread: float = 1.0) -> Array:
    return np.asarray(middle + spread * norm.ppf((np.arange(number) + 0.5) / number))


def of_a_normal(middle: float, spread: float, truth: float) -> float:
    """Gneiting and Raftery 2007, equation 5."""
    z = (truth - middle) / spread
    return float(spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))


def area_outside(draws: list[float], truth: float, low: float, high: float) -> float:
    """The area between the steps of the draws and of the truth, outside of the figures that count as one point."""
    points = np.unique([*draws, truth, low, high])
    area = 0.0
    for start, end in pairwise(points):
        if not low <= start < high:
            below = np.mean(np.array(draws) <= start)
            area += (end - start) * (below - (start >= truth)) ** 2
    return float(area)


def at_one_point(figure: float, low: float, high: float) -> float:
    return figure if figure < low else max(low, figure - (high - low))


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


@given(forecasts, numbers, numbers, st.integers(0, 20))
@FEW
def test_the_score_is_the_area_by_brute_force(draws: list[float], truth: float, low: float, width: int) -> None:
    """The fair estimate takes the spread of the draws over n (n - 1) pairs, the area takes it over n squared."""
    high = low + width / 2
    moved = np.array([at_one_point(draw, low, high) for draw in draws])
    pairs = np.abs(np.subtract.outer(moved, moved)).sum() / 2
    number = len(draws)
    expected = area_outside(draws, truth, low, high) + pairs / number**2 - pairs / (number * (number - 1))
    assert one(draws, truth, low, high) == pytest.approx(expected, abs=1e-9)


def test_by_hand() -> None:
    assert one([3, 3], 5) == 2
    assert one([4, 6], 5) == pytest.approx(1 - 2 / 2)
    assert one([0, 10], 0) == pytest.approx(5 - 10 / 2)
    assert one([7, 7, 7], 7) == 0


def test_few_draws_score_on_average_as_many_do() -> None:
    draws = np.random.default_rng(1).standard_normal((200_000, 3))
    truth = np.full(200_000, 0.7)
    assert crps(draws, truth, truth, truth).mean() == pytest.approx(of_a_normal(0, 1, 0.7), abs=0.01)


@given(forecasts, numbers, st.floats(-10, 10), st.floats(0.1, 10))
@FEW
def test_the_score_has_the_unit_of_the_figure(draws: list[float], truth: float, shift: float, scale: float) -> None:
    moved = [shift + scale * draw for draw in draws]
    assert one(moved, shift + scale * truth) == pytest.approx(scale * one(draws, truth), abs=1e-9)


@given(forecasts, numbers)
@FEW
def test_the_order_of_draws_and_of_forecasts_is_nothing(draws: list[float], truth: float) -> None:
    assert one(draws[::-1], truth) == one(draws, truth)
    truths = np.array([truth, 0.0])
    both = crps(np.array([draws, draws[::-1]]), truths, truths, truths)
    assert both.tolist() == [one(draws, truth), one(draws, 0.0)]


@pytest.mark.parametrize(("middle", "spread"), [(0.2, 1), (-0.5, 1), (0, 0.7), (0, 1.4), (0.3, 0.8)])
def test_no_other_forecast_scores_better_than_the_truth(middle: float, spread: float) -> None:
    truths = normal(400)
    honest, other = (
        crps(np.repeat(draws[None], 400, axis=0), truths, truths, truths).mean()
        for draws in (normal(2000), normal(2000, middle, spread))
    )
    assert honest < other
    assert honest == pytest.approx(1 / np.sqrt(np.pi), rel=0.01)


# Figures that would be hidden count as one point


@given(forecasts, numbers, numbers, st.integers(0, 20), st.integers(0, 2**32 - 1))
@FEW
def test_where_in_the_range_a_forecast_or_the_truth_lies_is_nothing(
    draws: list[float], truth: float, low: float, width: int, seed: int
) -> None:
    high = low + width / 2
    anywhere = np.random.default_rng(seed).uniform(low, high, len(draws))
    moved = [other if low <= draw <= high else draw for draw, other in zip(draws, anywhere, strict=True)]
    assert one(moved, truth, low, high) == pytest.approx(one(draws, truth, low, high), abs=1e-9)
    assert one(draws, low, low, high) == one(draws, (low + high) / 2, low, high) == one(draws, high, low, high)


def test_a_forecast_within_the_range_is_perfect_and_one_outside_is_as_far_as_its_end() -> None:
    for truth in (1, 3, 5):
        assert one([1, 2, 5, 4], truth, 1, 5) == 0
        assert one([7, 7], truth, 1, 5) == 2
        assert one([0, 0], truth, 1, 5) == 1


def test_of_a_truth_that_is_shown_the_range_counts_as_one_point_too() -> None:
    """From 0 to 7 it is 3 steps: to the range, out of it at 6, and on."""
    assert one([0, 0], 7, 1, 5) == 3
    assert one([1, 1], 7, 1, 5) == one([5, 5], 7, 1, 5) == 2
    assert one([2, 4], 0, 1, 5) == 1
    assert one([9, 9], 7, 1, 5) == 2


@given(forecasts, numbers, numbers, st.integers(0, 20))
@FEW
def test_the_score_is_that_of_the_figures_with_the_range_made_one_point(
    draws: list[float], truth: float, low: float, width: int
) -> None:
    """Threshold-weighted CRPS: the ordinary score after one fixed change of scale."""
    high = low + width / 2
    expected = one([at_one_point(draw, low, high) for draw in draws], at_one_point(truth, low, high))
    assert one(draws, truth, low, high) == pytest.approx(expected, abs=1e-9)


def expected_score(draws: Array, mean: float, *, always: bool = True) -> float:
    """On average over the counts of a Poisson distribution of which 1 to 5 are hidden.

    ``always``: they count as one point whether the count is among them or not; else only where it is.
    """
    truths = np.arange(60.0)
    one_point = np.ones(60, dtype=bool) if always else (truths >= 1) & (truths <= 5)
    low, high = (np.where(one_point, end, truths) for end in (1.0, 5.0))
    scores = crps(np.repeat(draws[None], 60, axis=0), truths, low, high)
    return float((poisson.pmf(truths, mean) * scores).sum())


def of_a_poisson(mean: float) -> Array:
    return np.asarray(poisson.ppf((np.arange(4000) + 0.5) / 4000, mean))


SHIFTS = [-3, -2, -1, -0.5, 0.5, 1, 2, 3]


@pytest.mark.parametrize("mean", [2.0, 4.0, 6.0, 8.0, 12.0])
def test_no_other_forecast_scores_better_across_hidden_and_shown_truths(mean: float) -> None:
    """A count that is not told within 1 to 5: the distribution it comes from scores best."""
    honest = of_a_poisson(mean)
    best = expected_score(honest, mean)
    others = [honest + shift for shift in SHIFTS]
    others += [mean + (honest - mean) * scale for scale in (0.6, 0.8, 1.25, 1.6)]
    others += [of_a_poisson(other) for other in (mean - 1, mean - 0.5, mean + 0.5, mean + 1)]
    others += [np.where((honest >= 1) & (honest <= 5), to, honest) for to in (0, 1, 3, 5, 6)]
    for other in others:
        assert best <= expected_score(other, mean) + 1e-4


def test_were_the_range_one_point_only_where_the_truth_is_hidden_a_shift_would_score_better() -> None:
    """Why it always is: with that rule, who expects 4 plans would do best to forecast fewer or more."""
    honest = of_a_poisson(4.0)
    alone = expected_score(honest, 4.0, always=False)
    assert min(expected_score(honest + shift, 4.0, always=False) for shift in SHIFTS) < alone - 0.01
    assert min(expected_score(honest + shift, 4.0) for shift in SHIFTS) > expected_score(honest, 4.0)


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

"""How an authority is drawn towards England: against the formulas of the normal distribution, and at the limits."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from explorer.models.filtering import Difference, Movement, filtered, fit_movement, paths
from explorer.models.flow import Array
from tests.fixtures import contents

FEW = settings(max_examples=50, deadline=None)
USUAL = Movement(chance=2.0, lasting=0.05, memory=0.6, yearly=0.02)
NAN = float("nan")

movements = st.builds(Movement, st.floats(0.5, 5), st.floats(0.001, 0.5), st.floats(0.05, 0.95), st.floats(0.001, 0.2))
seen_rows = st.lists(st.one_of(st.none(), st.floats(-2, 2)), min_size=1, max_size=10)


def row(values: list[float | None]) -> Array:
    return np.array([[NAN if value is None else value for value in values]])


def covariance(years: int, movement: Movement) -> Array:
    """Of the true differences of some years: what lasts, and what fades."""
    apart = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    return np.asarray(movement.lasting + movement.fading * movement.memory**apart)


def test_nothing_known_leaves_what_england_says() -> None:
    found, fit = filtered(np.full((2, 4), NAN), np.ones((2, 4)), USUAL)
    np.testing.assert_array_equal(found.mean, np.zeros((2, 2)))
    np.testing.assert_allclose(found.variance[:, :, 0], np.diag([USUAL.lasting, USUAL.fading]))
    np.testing.assert_allclose(found.prior_weight, 1)
    assert fit == 0


def test_huge_counts_leave_the_authoritys_own_rate() -> None:
    found, _ = filtered(np.array([[0.9, 0.4, 0.7]]), np.full((1, 3), 1e-9), USUAL)
    assert found.mean.sum() == pytest.approx(0.7, abs=1e-4)
    assert found.prior_weight[0] == pytest.approx(0, abs=1e-6)


def test_one_year_by_hand() -> None:
    """A normal mean: the two variances share the surprise in proportion."""
    found, _ = filtered(np.array([[0.5]]), np.array([[0.03]]), USUAL)
    fading = 0.02 / (1 - 0.36)
    total = 0.05 + fading + 2 * 0.03
    assert found.mean[:, 0] == pytest.approx([0.5 * 0.05 / total, 0.5 * fading / total])
    assert found.prior_weight[0] == pytest.approx(2 * 0.03 / total)


@given(seen_rows, movements, st.floats(0.0005, 0.5))
@FEW
def test_the_filter_is_the_formula_of_joint_normals(
    values: list[float | None], movement: Movement, chance: float
) -> None:
    seen = row(values)
    variance = chance * (1 + np.arange(seen.shape[1]))[None, :]
    found, fit = filtered(seen, variance, movement)
    known = np.flatnonzero(~np.isnan(seen[0]))
    if not len(known):
        return
    years = seen.shape[1]
    whole = covariance(years, movement)[np.ix_(known, known)] + np.diag(movement.chance * variance[0, known])
    logs = multivariate_normal(np.zeros(len(known)), whole).logpdf(seen[0, known])
    assert fit == pytest.approx(float(logs) + len(known) / 2 * np.log(2 * np.pi), rel=1e-6, abs=1e-6)
    with_last = np.stack(
        [np.full(len(known), movement.lasting), movement.fading * movement.memory ** (years - 1 - known)]
    )
    weights = with_last @ np.linalg.inv(whole)
    np.testing.assert_allclose(found.mean[:, 0], weights @ seen[0, known], atol=1e-7)
    left = np.diag([movement.lasting, movement.fading]) - weights @ with_last.T
    np.testing.assert_allclose(found.variance[:, :, 0], left, atol=1e-7)


@given(seen_rows, movements, st.floats(1e-6, 10))
@FEW
def test_the_weight_of_england_is_a_share_and_falls_with_what_is_known(
    values: list[float | None], movement: Movement, chance: float
) -> None:
    seen = row(values)
    (weight,) = filtered(seen, np.full_like(seen, chance), movement)[0].prior_weight
    assert 0 <= weight <= 1
    (surer,) = filtered(seen, np.full_like(seen, chance / 2), movement)[0].prior_weight
    assert surer <= weight + 1e-12
    (longer,) = filtered(np.append(seen, [[0.1]], axis=1), np.full((1, seen.shape[1] + 1), chance), movement)[
        0
    ].prior_weight
    (later,) = filtered(np.append(seen, [[NAN]], axis=1), np.full((1, seen.shape[1] + 1), chance), movement)[
        0
    ].prior_weight
    assert longer <= later + 1e-12
    assert later >= weight - 1e-12


def test_a_small_authority_is_drawn_further_towards_england() -> None:
    events = np.array([5.0, 50, 500, 5000])
    found, _ = filtered(np.full((4, 6), 0.4), np.repeat(1 / events[:, None], 6, axis=1), USUAL)
    means, weights = found.mean.sum(axis=0), found.prior_weight
    assert all(one < other for one, other in pairwise(means))
    assert all(one > other for one, other in pairwise(weights))
    assert 0 < means[0] < 0.4
    assert means[-1] == pytest.approx(0.4, abs=0.03)


def test_each_authority_stands_by_itself() -> None:
    rng = np.random.default_rng(2)
    seen, variance = rng.normal(0, 0.3, (5, 7)), rng.uniform(0.01, 0.2, (5, 7))
    seen[1, 3] = seen[4, 0] = NAN
    together, fit = filtered(seen, variance, USUAL)
    alone = [filtered(seen[[area]], variance[[area]], USUAL) for area in range(5)]
    np.testing.assert_allclose(together.mean, np.hstack([one.mean for one, _ in alone]))
    assert fit == pytest.approx(sum(one for _, one in alone))


# Fitted


def simulated(movement: Movement, areas: int, years: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    variance = 1 / rng.uniform(20, 400, (areas, 1)) * np.ones((1, years))
    lasting = rng.normal(0, np.sqrt(movement.lasting), areas)
    fading = rng.normal(0, np.sqrt(movement.fading), areas)
    columns = []
    for year in range(years):
        if year:
            fading = movement.memory * fading + rng.normal(0, np.sqrt(movement.yearly), areas)
        columns.append(lasting + fading + rng.normal(0, np.sqrt(movement.chance * variance[:, year])))
    return np.stack(columns, axis=1), variance


def test_the_movement_behind_many_authorities_is_found() -> None:
    truth = Movement(chance=2.5, lasting=0.06, memory=0.7, yearly=0.03)
    found = fit_movement(*simulated(truth, 300, 12, 4))
    assert found.chance == pytest.approx(truth.chance, rel=0.3)
    assert found.lasting == pytest.approx(truth.lasting, rel=0.4)
    assert found.memory == pytest.approx(truth.memory, abs=0.12)
    assert found.yearly == pytest.approx(truth.yearly, rel=0.3)
    assert contents(fit_movement(*simulated(truth, 300, 12, 4))) == contents(found)


@pytest.mark.parametrize("seed", range(4))
def test_a_last_digit_does_not_show_in_the_movement(seed: int) -> None:
    """Processors differ in it; without rounding a search makes some hundred thousandths of it."""
    seen, variance = simulated(USUAL, 150, 8, seed)
    noise = 1 + 1e-15 * np.random.default_rng(seed).integers(-1, 2, (3, *seen.shape))
    found = contents(fit_movement(seen, variance))
    assert all(contents(fit_movement(seen * one, variance * one)) == found for one in noise)


def test_the_fit_stands_at_the_top() -> None:
    seen, variance = simulated(USUAL, 150, 8, 7)
    found = fit_movement(seen, variance)

    def fit(movement: Movement) -> float:
        prior = np.log([movement.chance / 2, movement.lasting / 0.05, movement.yearly / 0.02])
        memory = -np.log(0.98 / movement.memory - 1) - 0.5
        return filtered(seen, variance, movement)[1] - float(np.sum([*(prior / 2) ** 2, (memory / 2) ** 2])) / 2

    for name in ("chance", "lasting", "memory", "yearly"):
        for ratio in (0.995, 1.005):
            assert fit(replace(found, **{name: ratio * getattr(found, name)})) < fit(found), name


def test_the_fit_is_no_worse_than_the_truth() -> None:
    seen, variance = simulated(USUAL, 150, 8, 7)
    found = fit_movement(seen, variance)
    assert filtered(seen, variance, found)[1] > filtered(seen, variance, USUAL)[1] - 1


def test_ranges_after_the_filter_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(9)
    areas, inside = 4000, []
    lasting, fading = rng.normal(0, np.sqrt(USUAL.lasting), areas), rng.normal(0, np.sqrt(USUAL.fading), areas)
    seen = (lasting + fading)[:, None] + rng.normal(0, np.sqrt(USUAL.chance * 0.02), (areas, 1))
    found, _ = filtered(seen, np.full((areas, 1), 0.02), USUAL)
    deviation = np.sqrt(found.variance.sum(axis=(0, 1)))
    for z, share in ((1.2816, 0.8), (1.96, 0.95)):
        inside.append((np.abs(lasting + fading - found.mean.sum(axis=0)) < z * deviation).mean())
        assert inside[-1] == pytest.approx(share, abs=0.02)


# The years ahead


def test_ways_on_have_the_mean_and_spread_of_the_formula() -> None:
    difference, _ = filtered(np.array([[0.3, 0.5]]), np.array([[0.03, 0.03]]), USUAL)
    found = paths(difference, USUAL, np.random.default_rng(1).standard_normal((7, 40_000)))
    assert found.shape == (5, 40_000)
    (lasting, fading), spread = difference.mean[:, 0], difference.variance[:, :, 0]
    for year in range(1, 6):
        kept = USUAL.memory**year
        mean = lasting + kept * fading
        added = USUAL.yearly * sum(USUAL.memory ** (2 * back) for back in range(year))
        variance = spread[0, 0] + 2 * kept * spread[0, 1] + kept**2 * spread[1, 1] + added
        assert found[year - 1].mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / 40_000))
        assert found[year - 1].var() == pytest.approx(variance, rel=0.03)


def test_what_is_known_exactly_and_never_moves_stays() -> None:
    still = Difference(np.array([[0.2], [0.1]]), np.zeros((2, 2, 1)), np.zeros(1))
    found = paths(still, Movement(1.0, 0.1, 0.5, 0.0), np.ones((5, 3)))
    np.testing.assert_allclose(found, np.repeat([[0.25], [0.225], [0.2125]], 3, axis=1), atol=1e-5)

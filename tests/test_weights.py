"""Mixes of authorities: the answers of a least-squares library, by hand, and what holds of every mix."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from explorer.evaluation.weights import LEAST_RIDGE, Array, simplex_weights

GENERATOR = np.random.default_rng(1)


def by_nnls(columns: Array, target: Array, ridge: float) -> Array:
    """The same problem as non-negative least squares, the sum held by a heavy row."""
    number, heavy = columns.shape[1], 1e4
    rows = np.vstack([columns, np.sqrt(ridge) * np.eye(number), np.full(number, heavy)])
    found, _ = nnls(rows, np.concatenate([target, np.zeros(number), [heavy]]), maxiter=10_000)
    return np.asarray(found / found.sum())


def objective(weights: Array, columns: Array, target: Array, ridge: float) -> float:
    return float(np.square(columns @ weights - target).sum() + ridge * np.square(weights).sum())


@pytest.mark.parametrize("ridge", [0.0, 1.0, 50.0, 1e6])
@pytest.mark.parametrize("years", [3, 8])
def test_the_mix_is_as_near_as_the_librarys(ridge: float, years: int) -> None:
    columns = GENERATOR.normal(20, 5, (years, 60))
    targets = GENERATOR.normal(20, 8, (5, years))
    found = simplex_weights(columns, targets, np.ones((5, 60)), ridge)
    least = max(ridge, LEAST_RIDGE * float(np.mean(columns**2)))
    for weights, target in zip(found, targets, strict=True):
        other = by_nnls(columns, target, least)
        assert objective(weights, columns, target, least) <= objective(other, columns, target, least) + 1e-6


def test_by_hand() -> None:
    # two authorities at 10 and 30; 15 is three parts of the first, and beyond the second there is only the second
    found = simplex_weights(np.array([[10.0, 30.0]]), np.array([[15.0], [40.0]]), np.ones((2, 2)))
    assert found == pytest.approx(np.array([[0.75, 0.25], [0.0, 1.0]]), abs=1e-4)
    # with an enormous penalty all count alike; who may not has nothing
    even = simplex_weights(np.array([[10.0, 30.0, 50.0]]), np.array([[50.0]]), np.array([[True, True, False]]), 1e9)
    assert even == pytest.approx(np.array([[0.5, 0.5, 0.0]]), abs=1e-4)


def test_of_mixes_that_fit_alike_it_is_the_most_even() -> None:
    found = simplex_weights(np.array([[10.0, 20.0, 20.0, 30.0]]), np.array([[20.0]]), np.ones((1, 4)))
    assert found == pytest.approx(np.full((1, 4), 0.25), abs=1e-4)


def test_problems_with_columns_of_their_own_are_solved_as_if_alone() -> None:
    columns = GENERATOR.normal(0, 3, (4, 5, 9))
    targets = GENERATOR.normal(0, 3, (4, 5))
    together = simplex_weights(columns, targets, np.ones((4, 9)), 2.0)
    for number in range(4):
        alone = simplex_weights(columns[number], targets[[number]], np.ones((1, 9)), 2.0)
        assert together[number] == pytest.approx(alone[0], abs=1e-6)


def test_somebody_has_to_be_allowed() -> None:
    with pytest.raises(ValueError, match="Somebody"):
        simplex_weights(np.ones((2, 3)), np.ones((1, 2)), np.zeros((1, 3)))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 7), st.integers(1, 25), st.floats(0, 200), st.integers(0, 10_000))
def test_every_mix_adds_up_and_no_step_betters_it(years: int, number: int, ridge: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    columns, target = generator.normal(15, 6, (years, number)), generator.normal(15, 9, years)
    allowed = generator.random(number) < 0.8
    allowed[0] = True
    (found,) = simplex_weights(columns, target[None], allowed[None], ridge)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert (found[~allowed] == 0).all()
    # moving weight towards any one that is allowed does not come nearer (the conditions of Kuhn and Tucker)
    least = max(ridge, LEAST_RIDGE * float(np.mean(columns**2)))
    slope = columns.T @ (columns @ found - target) + least * found
    scale = max(1.0, float(np.abs(slope).max()))
    assert (slope[allowed] - slope @ found >= -1e-5 * scale).all()

"""Placebos: ranks and ranges by hand, the fit of the variance, and sizes allowed for."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.evaluation.placebos import margin, place, scaled_to, swing, usual


def test_the_place_by_hand() -> None:
    # 19 placebos of one size with effects 1 to 19: 18 is reached by two of them, 20 by none
    effects, chances = np.arange(1.0, 20.0), np.full(19, 4.0)
    found = place(-18.0, 4.0, effects, chances, 0.95)
    assert (found.larger, found.of) == (2, 19)
    assert found.p_value == pytest.approx(3 / 20)
    assert found.margin == pytest.approx(19)
    assert place(20.0, 4.0, effects, chances, 0.95).p_value == pytest.approx(1 / 20)


def test_with_too_few_placebos_there_is_no_range() -> None:
    assert margin(np.arange(1.0, 19.0), 0.95) == inf
    assert margin(np.arange(1.0, 20.0), 0.95) == 19
    # of 149 the test refuses what at most six reach
    assert margin(np.arange(1.0, 150.0), 0.95) == 143


def test_sizes_are_allowed_for_as_ferman_and_pinto_do() -> None:
    """Ten large authorities move by 1 and ten small ones by 5: for a small one 4 is usual, for a large one it is not.

    Chance of 1 and of 25 points squared: the fit is exact, variance = chance.
    """
    effects = np.array([1.0, -1.0] * 5 + [5.0, -5.0] * 5)
    chances = np.array([1.0] * 10 + [25.0] * 10)
    known = usual(effects, chances)
    assert known.fixed == pytest.approx(0, abs=1e-6)
    assert known.by_chance == pytest.approx(1, abs=1e-6)
    small, large = (place(4.0, chance, effects, chances, 0.95) for chance in (25.0, 1.0))
    assert (small.larger, large.larger) == (20, 0)
    assert small.p_value == 1
    assert large.p_value == pytest.approx(1 / 21)


def test_the_variance_is_found_again() -> None:
    generator = np.random.default_rng(4)
    chances = generator.uniform(1, 30, 5_000)
    found = usual(generator.normal(0, np.sqrt(3 + 0.8 * chances)), chances)
    assert found.fixed == pytest.approx(3, abs=0.7)
    assert found.by_chance == pytest.approx(0.8, abs=0.08)


def test_neither_part_of_the_variance_is_below_none() -> None:
    chances = np.array([1.0, 2.0, 3.0, 4.0])
    falling = usual(np.array([4.0, 3.0, 2.0, 1.0]), chances)  # smaller ones move less
    assert falling.by_chance == 0
    assert falling.fixed == pytest.approx(7.5)
    alike = usual(np.array([2.0, -2.0]), np.array([3.0, 3.0]))  # of one size: which part it is cannot be told
    assert alike.spread(np.array(3.0)) == pytest.approx(2)


def test_few_small_ones_do_not_overrule_what_chance_is_known_to_be() -> None:
    """Eighteen large ones that move by 1 and two small ones that by luck hardly move: b stays near 1."""
    effects = np.array([1.0, -1.0] * 9 + [0.1, -0.1])
    chances = np.array([0.2] * 18 + [30.0] * 2)
    assert usual(effects, chances).by_chance < 0.1
    held = usual(effects, chances, 20)
    assert 0.7 < held.by_chance < 1.1
    assert held.spread(np.array(30.0)) > 4.5
    # as if of the size of a small one, a large one's gaps are several times as large
    scale = scaled_to(30.0, effects, chances)
    assert scale[-1] == pytest.approx(1)
    assert 3 < scale[0] < 7


def test_the_swing_of_figures_is_found_again() -> None:
    generator = np.random.default_rng(5)
    chance = generator.uniform(1, 20, 400)
    still = 20 + generator.normal(0, 1, (400, 10)) * np.sqrt(2.8 * chance)[:, None]
    course = np.linspace(0, 9, 10)  # what all do together is not swing
    drift = np.cumsum(generator.normal(0, 1.3, (400, 10)), axis=1)
    assert swing(still + course, chance) == pytest.approx(2.8, abs=0.25)
    assert swing(still + course + drift, chance) == pytest.approx(2.8, abs=0.35)
    assert swing(np.tile(course, (400, 1)), chance) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-30, 30), min_size=19, max_size=60), st.floats(-40, 40), st.integers(0, 99))
def test_a_range_leaves_out_none_where_the_test_refuses_none(effects: list[float], effect: float, seed: int) -> None:
    chances = np.random.default_rng(seed).uniform(1, 20, len(effects))
    found = place(effect, 5.0, np.array(effects), chances, 0.95)
    if abs(abs(effect) - found.margin) > 1e-9:
        assert (abs(effect) > found.margin) == (found.p_value <= 0.05 + 1e-12)

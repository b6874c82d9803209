"""The product of what each step leaves: a worked example, and against a kept library."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight  # type: ignore[import-untyped]

from explorer.evaluation.life_table import survival
from explorer.evaluation.path import Array


def steps(time: Array, happened: Array) -> tuple[Array, Array]:
    """At risk and events at each time at which something happened."""
    times = np.unique(time[happened == 1])
    risk = np.array([(time >= one).sum() for one in times])
    return risk, np.array([((time == one) & (happened == 1)).sum() for one in times])


def test_kaplan_and_meier_by_hand() -> None:
    time, happened = np.array([3, 1, 2, 3, 2, 1, 5, 3]), np.array([0, 1, 1, 1, 0, 0, 1, 0])
    found = survival(*steps(time, happened))
    assert found.share.round(5).tolist() == [0.875, 0.72917, 0.54688, 0.0]
    assert found.lower[-1] == 0
    assert found.upper[-1] == pytest.approx(0.7935, abs=1e-4)  # Wilson, none of one


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 1)), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_same_as_a_kept_library(pairs: list[tuple[int, int]]) -> None:
    time, happened = np.array(pairs).T
    if not happened.any():
        return
    found, other = survival(*steps(time, happened)), SurvfuncRight(time, happened)
    inside = np.isin(other.surv_times, np.unique(time[happened == 1]))
    assert found.share == pytest.approx(other.surv_prob[inside])
    known = found.share > 0
    assert found.error[known] == pytest.approx(other.surv_prob_se[inside][known])


def test_groups_that_left_later_are_followed_for_less_long() -> None:
    """100 are followed for two steps and 50 for one: the second rests on those of the 100 who are left."""
    found = survival(np.array([150, 80]), np.array([30, 20]))
    assert found.share.tolist() == pytest.approx([0.8, 0.6])
    time = np.array([1] * 30 + [1] * 40 + [2] * 80)
    happened = np.array([1] * 30 + [0] * 40 + [1] * 20 + [0] * 60)
    assert found.error == pytest.approx(SurvfuncRight(time, happened).surv_prob_se)


def test_the_range_by_hand_and_wider_for_families() -> None:
    found = survival(np.array([100]), np.array([20]))
    wide = 1.959964 * np.sqrt(20 / (100 * 80)) / -np.log(0.8)
    assert found.lower[0] == pytest.approx(0.8 ** np.exp(wide))
    assert found.upper[0] == pytest.approx(0.8 ** np.exp(-wide))
    families = survival(np.array([280]), np.array([56]), 2.8)
    assert families.lower[0] == pytest.approx(found.lower[0])
    assert families.upper[0] == pytest.approx(found.upper[0])
    assert families.error[0] < found.error[0]


def test_nothing_happened_is_not_certain_to_stay_so() -> None:
    found = survival(np.array([20]), np.array([0]))
    assert (found.share[0], found.upper[0]) == (1.0, 1.0)
    assert found.lower[0] == pytest.approx(1 - 0.1611, abs=1e-4)  # Wilson, none of 20


@pytest.mark.parametrize(("risk", "events"), [([0], [0]), ([3], [4]), ([3], [-1])])
def test_steps_that_cannot_be_are_refused(risk: list[int], events: list[int]) -> None:
    with pytest.raises(ValueError, match="at risk"):
        survival(np.array(risk), np.array(events))

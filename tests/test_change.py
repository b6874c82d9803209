"""Change between two years: Newcombe's published example, and what must be true of any two figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.benchmarks.change import Change, change
from explorer.benchmarks.position import Figure
from explorer.indicators import wilson_interval
from tests.fixtures import GROUP, OPEN, OPEN_LONG, REPEAT, TRAFFORD, allowing_for, shipped_world


def share(part: int, whole: int, design_effect: float = 1.0) -> Figure:
    low, high = wilson_interval(part, whole, allowing_for(design_effect))
    exact = 100 * part / whole
    return Figure("358", "published", exact, part, whole, whole, 100 * low, 100 * high)


def moved(before: Figure, after: Figure) -> Change:
    found = change(before, after, 100.0)
    assert found is not None
    return found


def trafford(indicator: str, year: int) -> Figure:
    return shipped_world().position(TRAFFORD, indicator, year, GROUP).figure


def test_the_range_is_that_of_newcombes_example() -> None:
    """56 of 70 less 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = moved(share(48, 80), share(56, 70))
    assert found.difference == pytest.approx(20.0)
    assert found.low == pytest.approx(5.24, abs=0.005)
    assert found.high == pytest.approx(33.39, abs=0.005)
    assert found.clear is True


def test_a_design_effect_makes_the_same_change_less_clear() -> None:
    found = moved(share(48, 80, 2.0), share(56, 70, 2.0))
    assert found.low is not None
    assert found.low < 0
    assert found.clear is False


counts = st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(before=counts, after=counts)
def test_the_range_holds_the_difference_and_turns_round_with_the_years(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    forwards, backwards = moved(share(*before), share(*after)), moved(share(*after), share(*before))
    assert forwards.low is not None
    assert forwards.high is not None
    assert forwards.low - 1e-9 <= forwards.difference <= forwards.high + 1e-9
    assert backwards.low == pytest.approx(-forwards.high)
    assert backwards.high == pytest.approx(-forwards.low)
    assert forwards.clear == backwards.clear
    assert forwards.clear is (forwards.low > 0 or forwards.high < 0)


@given(same=counts)
def test_no_change_is_never_clear(same: tuple[int, int]) -> None:
    found = moved(share(*same), share(*same))
    assert (found.difference, found.clear) == (0, False)


def test_the_rise_of_traffords_re_plans_could_be_chance() -> None:
    found = moved(trafford(REPEAT, 2017), trafford(REPEAT, 2018))
    assert found.difference == pytest.approx(29.1 - 19.3)
    assert found.clear is False


def test_counts_change_without_a_range() -> None:
    found = moved(trafford(OPEN, 2017), trafford(OPEN, 2018))
    assert found.difference == 1
    assert (found.low, found.high, found.clear) == (None, None, None)


def test_nothing_is_said_of_a_change_from_or_to_a_hidden_figure() -> None:
    hidden, known = trafford(OPEN_LONG, 2025), trafford(OPEN_LONG, 2018)
    assert hidden.value is None
    assert change(known, hidden, 100.0) is None
    assert change(hidden, known, 100.0) is None

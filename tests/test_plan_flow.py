"""The long run: the equilibrium identities, their limits, and the direction in which each ratio moves them."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.models.plan_flow import LongRun, PlanFlow, long_run
from explorer.models.scenario import OUTCOMES

SLIDES = PlanFlow(185, 76 / 261, 0.36, 0.10, 8.5, 2.6, 0.8)  # about Trafford in 2018

shares = st.floats(0.01, 0.99)
ratios = st.floats(0.3, 3.0)
flows = st.builds(
    lambda first, repeat, one, last, early, later, beyond: PlanFlow(
        first, repeat, one, one * last, early, later, beyond
    ),
    first=st.floats(1, 5000),
    repeat=st.floats(0, 0.9),
    one=shares,
    last=st.one_of(shares, st.just(0.0), st.just(1.0)),
    early=st.floats(0.5, 12),
    later=st.floats(0, 12),
    beyond=st.floats(0, 24),
)


def same(left: LongRun, right: LongRun) -> bool:
    return all(getattr(left, name) == pytest.approx(getattr(right, name)) for name in OUTCOMES)


@given(flow=flows)
def test_today_satisfies_the_equilibrium_identities(flow: PlanFlow) -> None:
    found = long_run(flow)
    months = flow.months_first_year + flow.months_second_year + flow.months_beyond
    assert found.plans_started == pytest.approx(flow.first_starts / (1 - flow.repeat_share))
    assert found.repeat_plan_percent == pytest.approx(100 * flow.repeat_share)
    assert found.plans_started_repeat == pytest.approx(found.plans_started - flow.first_starts, abs=1e-6)
    assert found.plans_open == pytest.approx(found.plans_started * months / 12)  # Little's law
    assert found.ended_2y_plus_percent == pytest.approx(100 * flow.reach_two_years)  # S(24)
    assert found.open_2y_plus_percent == pytest.approx(100 * flow.months_beyond / months)


@given(flow=flows, repeat=ratios, ending=ratios)
def test_every_scenario_satisfies_them_too(flow: PlanFlow, repeat: float, ending: float) -> None:
    found = long_run(flow, repeat, ending)
    assert found.plans_started == pytest.approx(flow.first_starts + found.plans_started_repeat)
    assert found.plans_started_repeat == pytest.approx(found.plans_started * found.repeat_plan_percent / 100)
    assert found.plans_open_2y_plus == pytest.approx(found.plans_open * found.open_2y_plus_percent / 100)


@given(flow=flows, ratio=ratios)
def test_the_re_plan_share_follows_the_hazard_ratio(flow: PlanFlow, ratio: float) -> None:
    expected = 1 - (1 - flow.repeat_share) ** ratio
    assert long_run(flow, repeat_ratio=ratio).repeat_plan_percent == pytest.approx(100 * expected)


@given(flow=flows, ratio=ratios)
def test_the_plans_that_reach_two_years_follow_the_hazard_ratio(flow: PlanFlow, ratio: float) -> None:
    one, two = flow.reach_one_year, flow.reach_two_years
    expected = one * (two / one) ** ratio
    assert long_run(flow, ending_ratio=ratio).ended_2y_plus_percent == pytest.approx(100 * expected)


@given(flow=flows, ratio=ratios)
def test_each_ratio_moves_only_its_own_side(flow: PlanFlow, ratio: float) -> None:
    today, fewer, shorter = long_run(flow), long_run(flow, repeat_ratio=ratio), long_run(flow, ending_ratio=ratio)
    assert fewer.open_2y_plus_percent == pytest.approx(today.open_2y_plus_percent)
    assert fewer.ended_2y_plus_percent == pytest.approx(today.ended_2y_plus_percent)
    assert shorter.plans_started == pytest.approx(today.plans_started)
    assert shorter.repeat_plan_percent == pytest.approx(today.repeat_plan_percent)


@given(flow=flows)
def test_a_ratio_of_one_changes_nothing(flow: PlanFlow) -> None:
    assert long_run(flow, 1.0, 1.0) == long_run(flow)


def test_slides_by_hand() -> None:
    """0.8 on re-plans and 2 on ending, worked out on paper."""
    found = long_run(SLIDES, 0.8, 2.0)
    repeat = 1 - (185 / 261) ** 0.8
    starts = 185 / (1 - repeat)
    reach = 0.36 * (0.10 / 0.36) ** 2
    second = 2.6 * (0.36 - reach) / (2 * (0.36 - 0.10))
    beyond = 0.8 * (reach / 0.10) / 2
    assert found.plans_started == pytest.approx(starts)
    assert found.ended_2y_plus_percent == pytest.approx(100 * reach)
    assert found.plans_open == pytest.approx(starts * (8.5 + second + beyond) / 12)
    assert found.plans_open_2y_plus == pytest.approx(starts * beyond / 12)


def test_months_agree_with_a_survival_curve_summed_day_by_day() -> None:
    """S(d) with a constant hazard in the second year and another after it, both multiplied by the ratio."""
    one, two, late = 0.4, 0.1, 1.5  # S(12), S(24), and the yearly hazard after two years
    middle = log(one / two)

    def months(ratio: float) -> tuple[float, float, float]:
        step, second, beyond, survival = 1 / 3650, 0.0, 0.0, one
        for number in range(3650 * 20):
            hazard = ratio * (middle if number < 3650 else late)
            spent = 12 * step * survival * exp(-hazard * step / 2)
            second, beyond = (second + spent, beyond) if number < 3650 else (second, beyond + spent)
            survival *= exp(-hazard * step)
            if number == 3649:
                reach = survival
        return second, beyond, reach

    second, beyond, _ = months(1.0)
    flow = PlanFlow(100, 0.0, one, two, 9.0, second, beyond)
    for ratio in (0.5, 0.8, 1.3, 2.0):
        second, beyond, reach = months(ratio)
        found = long_run(flow, ending_ratio=ratio)
        assert found.ended_2y_plus_percent == pytest.approx(100 * reach, rel=1e-4)
        assert found.plans_open == pytest.approx(100 * (9.0 + second + beyond) / 12, rel=1e-4)
        assert found.plans_open_2y_plus == pytest.approx(100 * beyond / 12, rel=1e-4)


def test_plans_that_come_back_settle_at_first_plans_over_one_less_the_chance() -> None:
    started = 0.0
    for _ in range(400):
        started = SLIDES.first_starts + SLIDES.repeat_share * started
    assert long_run(SLIDES).plans_started == pytest.approx(started)


@given(flow=flows, pair=st.tuples(ratios, ratios))
def test_a_higher_chance_of_coming_back_brings_more_of_everything(flow: PlanFlow, pair: tuple[float, float]) -> None:
    less, more = (long_run(flow, repeat_ratio=ratio) for ratio in sorted(pair))
    for name in ("plans_started", "plans_started_repeat", "plans_open", "plans_open_2y_plus", "repeat_plan_percent"):
        assert getattr(less, name) <= getattr(more, name) * (1 + 1e-9) + 1e-9


@given(flow=flows, pair=st.tuples(ratios, ratios))
def test_ending_faster_leaves_fewer_and_shorter_plans(flow: PlanFlow, pair: tuple[float, float]) -> None:
    slower, faster = (long_run(flow, ending_ratio=ratio) for ratio in sorted(pair))
    for name in ("plans_open", "plans_open_2y_plus", "open_2y_plus_percent", "ended_2y_plus_percent"):
        assert getattr(faster, name) <= getattr(slower, name) * (1 + 1e-9) + 1e-9


def test_nobody_coming_back_stays_that_way() -> None:
    flow = PlanFlow(100, 0.0, 0.3, 0.1, 8.0, 2.0, 1.0)
    found = long_run(flow, repeat_ratio=1.5)
    assert (found.plans_started, found.plans_started_repeat, found.repeat_plan_percent) == (100, 0, 0)


def test_no_long_plans_stay_none() -> None:
    flow = PlanFlow(100, 0.2, 0.3, 0.0, 8.0, 2.0, 0.0)
    found = long_run(flow, ending_ratio=0.5)
    assert (found.plans_open_2y_plus, found.open_2y_plus_percent, found.ended_2y_plus_percent) == (0, 0, 0)


def test_no_plan_of_a_year_is_no_trouble() -> None:
    flow = PlanFlow(100, 0.2, 0.0, 0.0, 8.0, 0.0, 0.0)
    assert same(long_run(flow, ending_ratio=2.0), long_run(flow))


@pytest.mark.parametrize("ratio", [0.0, -0.5])
def test_a_ratio_has_to_be_above_zero(ratio: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        long_run(SLIDES, repeat_ratio=ratio)
    with pytest.raises(ValueError, match="above zero"):
        long_run(SLIDES, ending_ratio=ratio)

"""A what-if: no effect is no difference, and the range holds what is in the middle of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.calibration import Calibration, calibrate
from explorer.models.plan_flow import long_run
from explorer.models.scenario import OUTCOMES, what_if
from tests.fixtures import TRAFFORD, shipped_world


@pytest.fixture(scope="module", params=[2018, 2025])
def trafford(request: pytest.FixtureRequest) -> Calibration:
    world = shipped_world()
    return calibrate(world.table, world.config, TRAFFORD, "Trafford", request.param)


def test_no_effect_is_no_difference_and_has_no_range(trafford: Calibration) -> None:
    found = what_if(trafford, 1.0, 1.0)
    assert not found.has_effect
    assert [outcome.indicator for outcome in found.outcomes] == list(OUTCOMES)
    for outcome in found.outcomes:
        assert (outcome.difference, outcome.low, outcome.high) == (0, 0, 0)
        assert outcome.baseline == outcome.scenario


def test_an_outcome_is_found_by_its_name(trafford: Calibration) -> None:
    found = what_if(trafford, 0.8, 1.2)
    assert found["plans_open"].indicator == "plans_open"
    assert found["plans_open"].baseline == long_run(trafford.flow).plans_open


@pytest.mark.parametrize("ratios", [(0.8, 1.0), (1.0, 1.2), (1.2, 0.8)])
def test_any_moved_slider_has_an_effect(trafford: Calibration, ratios: tuple[float, float]) -> None:
    found = what_if(trafford, *ratios)
    assert found.has_effect
    assert any(outcome.difference for outcome in found.outcomes)


def test_a_fifth_off_the_chance_of_coming_back_by_hand() -> None:
    """Trafford 2018: 76 of 261 becomes 1 - (185 / 261) ** 0.8 of all plans started."""
    world = shipped_world()
    found = what_if(calibrate(world.table, world.config, TRAFFORD, "Trafford", 2018), 0.8, 1.0)
    repeat = 1 - (185 / 261) ** 0.8
    assert found["repeat_plan_percent"].scenario == pytest.approx(100 * repeat)
    assert found["plans_started_repeat"].difference == pytest.approx(185 / (1 - repeat) * repeat - 76)
    assert round(found["plans_started_repeat"].difference) == -17
    assert found["plans_open"].difference == pytest.approx(259 * (185 / (1 - repeat) / 261 - 1))
    assert found["open_2y_plus_percent"].difference == pytest.approx(0)


@settings(max_examples=60)
@given(repeat=st.floats(0.5, 1.5), ending=st.floats(0.5, 2.0), year=st.sampled_from([2013, 2018, 2022, 2025]))
def test_the_range_holds_the_difference_and_the_corners(repeat: float, ending: float, year: int) -> None:
    world = shipped_world()
    trafford = calibrate(world.table.filter(area=TRAFFORD), world.config, TRAFFORD, "Trafford", year)
    found = what_if(trafford, repeat, ending)
    for outcome in found.outcomes:
        assert outcome.difference == outcome.scenario - outcome.baseline
        assert outcome.low - 1e-9 <= outcome.difference <= outcome.high + 1e-9
        for corner in trafford.corners:
            before, after = (
                getattr(run, outcome.indicator) for run in (long_run(corner), long_run(corner, repeat, ending))
            )
            assert outcome.low - 1e-9 <= after - before <= outcome.high + 1e-9
            assert outcome.baseline_range[0] - 1e-9 <= before <= outcome.baseline_range[1] + 1e-9
            assert outcome.scenario_range[0] - 1e-9 <= after <= outcome.scenario_range[1] + 1e-9
        assert outcome.scenario_range[0] >= 0
        assert outcome.baseline_range[0] - 1e-9 <= outcome.baseline <= outcome.baseline_range[1] + 1e-9


def test_a_range_carries_the_chance_in_todays_counts(trafford: Calibration) -> None:
    """With 76 re-plans of 261 the chance of coming back is 0.22 to 0.37, so 0.8 of it is 13 to 22 fewer."""
    found = what_if(trafford, 0.8, 1.0)["plans_started_repeat"]
    for corner in trafford.corners:
        moved = long_run(corner, 0.8).plans_started_repeat - long_run(corner).plans_started_repeat
        assert found.low - 1e-9 <= moved <= found.high + 1e-9

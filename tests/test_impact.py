"""What was expected: the path of the plan model beside the figures of the methods, for any authority, and the size."""

from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest

from explorer.errors import SelectionError
from explorer.evaluation.ground import Ground, of_authority, of_england
from explorer.evaluation.impact import AS_MODELLED, direct_paths, expected_path, expected_sizes, monthly
from explorer.models.flow import Effects, indicators, run
from explorer.models.flow.recursion import mean_flows
from explorer.models.impact_entries import SLOW
from explorer.models.what_if_entries import Intervention, WhatIfSettings
from tests.fixtures import ENDED_LONG, ISLES_OF_SCILLY, OPEN_LONG, REPEAT, TRAFFORD, england_in, shipped_world, start_of

WHAT_IF, EVALUATION = shipped_world().models.what_if, shipped_world().evaluation
BEGAN = date(2018, 9, 1)
CONFERENCES = "restorative_conferences"
EVERY = [(name, impact.outcome) for name, entry in WHAT_IF.interventions.items() for impact in entry.impact]


@lru_cache
def trafford() -> Ground:
    return of_authority(start_of(TRAFFORD, 2018))


@lru_cache
def england() -> Ground:
    return of_england(england_in(2018))


def changed(name: str, **changes: object) -> WhatIfSettings:
    """The shipped settings with one idea changed."""
    entry: Intervention = WHAT_IF.interventions[name].model_copy(update=changes)
    return WhatIfSettings(
        WHAT_IF.model, WHAT_IF.settings, WHAT_IF.files, {**WHAT_IF.interventions, name: entry}, WHAT_IF.evidence
    )


# Ground


@pytest.mark.parametrize("ground", [england, lambda: trafford().settled()], ids=["england", "trafford"])
def test_a_settled_ground_moves_by_nothing(ground: object) -> None:
    settled: Ground = ground()  # type: ignore[operator]
    flows = run(settled.state, settled.rates, None, 400, None)
    for outcome in SLOW:
        course = monthly(flows, outcome)[:, 0]
        assert np.ptp(course) < 1e-9
        assert course[0] == pytest.approx(indicators(flows, settled.state.year)[outcome][0, 0])
    assert 100 * settled.repeat_share == pytest.approx(monthly(flows, REPEAT)[0, 0])


def test_the_ground_of_an_authority_is_its_calibration() -> None:
    assert (trafford().whose, trafford().as_at) == ("authority", date(2018, 3, 31))
    assert 100 * trafford().repeat_share == pytest.approx(29.1, abs=0.1)  # published for the year to March 2018
    assert (england().whose, england().as_at) == ("england", date(2018, 3, 31))


def test_who_is_back_within_some_months() -> None:
    level = england().rates.return_level[0, 0]
    assert england().back_within(120) == pytest.approx(1 - np.exp(-level))
    assert 0 < england().back_within(12) < england().back_within(24) < england().back_within(120)


# Path


def test_re_plans_make_their_change_as_the_methods_say() -> None:
    # methods, "Read first", 4: with a ratio of 0.8 on new exits 21/38/49/64/91% by years 1/2/3/5/10, and no ramp
    stated = expected_path(CONFERENCES, REPEAT, BEGAN, england(), changed(CONFERENCES, ramp_months=0))
    found = [100 * stated.share_by(date(2018 + years, 8, 31)) for years in (1, 2, 3, 5, 10)]
    assert found == pytest.approx([21, 38, 49, 64, 91], abs=2)


def test_the_size_of_the_ratio_hardly_matters_to_the_shape() -> None:
    effect = WHAT_IF.interventions[CONFERENCES].effects[0]
    milder = effect.model_copy(update={"ratio": 0.99, "low": 0.98})
    one = expected_path(CONFERENCES, REPEAT, BEGAN, trafford(), WHAT_IF)
    other = expected_path(CONFERENCES, REPEAT, BEGAN, trafford(), changed(CONFERENCES, effects=(milder,)))
    assert one.path == other.path


@pytest.mark.parametrize(("name", "outcome"), EVERY)
@pytest.mark.parametrize("ground", [england, trafford], ids=["england", "trafford"])
def test_every_path_that_is_stated_can_be_worked_out(name: str, outcome: str, ground: object) -> None:
    stated = expected_path(name, outcome, BEGAN, ground(), WHAT_IF)  # type: ignore[operator]
    shares = np.array(stated.path.shares)
    assert (stated.path.start, stated.path.label) == (BEGAN, AS_MODELLED)
    assert (np.diff(shares) >= 0).all()
    assert 0 <= shares[0] < 0.6
    assert shares[-1] == pytest.approx(1, abs=0.02)
    assert not stated.uneven


def test_a_later_ramp_brings_the_effect_later() -> None:
    by = [
        expected_path(CONFERENCES, REPEAT, BEGAN, trafford(), changed(CONFERENCES, ramp_months=months)).share_by(
            date(2020, 3, 31)
        )
        for months in (0, 12, 36)
    ]
    assert by[0] > by[1] > by[2] > 0


def test_a_gate_works_at_once_and_conferences_do_not() -> None:
    gate, slow = (
        expected_path(name, REPEAT, BEGAN, trafford(), changed(name, ramp_months=0))
        for name in ("replan_oversight", CONFERENCES)
    )
    assert gate.path.shares[0] > 0.8
    assert slow.path.shares[0] == pytest.approx(0, abs=1e-9)  # nobody leaves and comes back in the same month


def test_a_month_is_a_month_of_the_recursion() -> None:
    """The start is the month after as many months as lie between; worked out again from the recursion itself."""
    settings = changed(CONFERENCES, ramp_months=0)
    stated = expected_path(CONFERENCES, REPEAT, date(2018, 9, 15), england(), settings)
    state, rates = england().state, england().rates
    leaving = np.ones((365, 3, 1))
    leaving[5:] = 0.8  # April to August are the first five months
    ones = np.ones((365, 1))
    acting = Effects(np.ones((365, 5, 1)), ones, leaving, np.ones((365, 3, 1)), ones)
    now, then = (mean_flows(state, rates, one, 365) for one in (None, acting))
    moved = (then["repeats"] / then["started"] - now["repeats"] / now["started"])[:, 0]
    assert stated.path.start == BEGAN
    assert np.array(stated.path.shares) == pytest.approx(moved[5:] / moved[-1], abs=1e-6)


@pytest.mark.parametrize("area", [TRAFFORD, "201", "420", "330"])
@pytest.mark.parametrize("year", [2016, 2024])
def test_it_works_for_any_authority(area: str, year: int) -> None:
    try:
        ground = of_authority(start_of(area, year, 20))
    except SelectionError:
        assert area != TRAFFORD
        ground = of_england(england_in(year))
    stated = expected_path(CONFERENCES, REPEAT, date(year, 9, 1), ground, WHAT_IF)
    assert stated.source == ground.whose
    assert 0.2 < stated.share_by(date(year + 2, 8, 31)) < 0.45
    assert area != ISLES_OF_SCILLY or stated.source == "england"


def test_a_course_that_something_else_bends_is_worked_out_with_rates_held() -> None:
    """In Islington in 2019 other things moved the long plans that ended, and so how much a change of them shows."""
    ground = of_authority(start_of("206", 2019, 20))
    stated, calm = (
        expected_path("smarter_plans", ENDED_LONG, date(2019, 9, 1), one, WHAT_IF) for one in (ground, ground.settled())
    )
    assert (stated.source, calm.source) == ("settled", "authority")
    assert stated.path == calm.path


def test_what_an_idea_is_not_expected_to_move_is_refused() -> None:
    with pytest.raises(SelectionError, match="Restorative conferences is not expected to move this figure"):
        expected_path(CONFERENCES, OPEN_LONG, BEGAN, trafford(), WHAT_IF)


def test_an_effect_that_the_model_does_not_have_is_refused() -> None:
    """Restorative conferences act on who comes back, and so not on how long plans last."""
    impact = WHAT_IF.interventions[CONFERENCES].impact[0].model_copy(update={"outcome": OPEN_LONG})
    with pytest.raises(SelectionError, match="in the plan model it hardly moves it in the long run"):
        expected_path(CONFERENCES, OPEN_LONG, BEGAN, trafford(), changed(CONFERENCES, impact=(impact,)))


def test_an_effect_the_other_way_is_refused() -> None:
    """Plans that end more slowly are said to bring fewer children back, so that cannot be how re-plans would rise."""
    entry = WHAT_IF.interventions["smarter_plans"]
    impact = entry.impact[2].model_copy(update={"through": ("ending_second_year",), "expected": "higher"})
    with pytest.raises(SelectionError, match="in the plan model it moves it the other way"):
        expected_path("smarter_plans", REPEAT, BEGAN, trafford(), changed("smarter_plans", impact=(impact,)))


def test_a_start_before_the_figures_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="before the figures"):
        expected_path(CONFERENCES, REPEAT, date(2018, 3, 1), trafford(), WHAT_IF)


def test_months_of_the_configuration_make_the_path() -> None:
    impact = WHAT_IF.interventions[CONFERENCES].impact[0]
    waits = impact.model_copy(update={"path": "ramp", "delay_months": 12, "rise_months": 12})
    stated = expected_path(CONFERENCES, REPEAT, BEGAN, trafford(), changed(CONFERENCES, impact=(waits,)))
    assert stated.source == "configured"
    assert stated.share_by(date(2019, 8, 31)) == 0
    assert stated.share_by(date(2020, 8, 31)) == pytest.approx(0.5)
    assert [path.label for path in direct_paths(stated, EVALUATION.impact)] == [
        "rising evenly over 12 months after 12 months with nothing",
        "all at once",
    ]


def test_three_paths_can_be_chosen_and_all_at_once_is_the_last() -> None:
    stated = expected_path(CONFERENCES, REPEAT, BEGAN, trafford(), WHAT_IF)
    model, rising, once = direct_paths(stated, EVALUATION.impact)
    assert (model.label, once.label) == (AS_MODELLED, "all at once")
    assert rising.exposure([date(2019, 8, 31), date(2020, 8, 31)], 12).tolist() == [0, pytest.approx(0.5)]
    assert once.exposure([date(2019, 3, 31)], 12).tolist() == [pytest.approx(7 / 12)]


# Size


def test_how_large_it_would_be_if_the_judgement_is_right() -> None:
    ends = [date(year, 3, 31) for year in (2019, 2020, 2021, 2028)]
    found = expected_sizes(CONFERENCES, REPEAT, BEGAN, trafford(), WHAT_IF, ends, 400, 1)
    middles = [one.middle for one in found]
    assert [one.end for one in found] == ends
    assert all(later < sooner < 0 for sooner, later in pairwise(middles))
    assert all(one.low < one.middle < 0 < one.high for one in found)
    # 1 - (1 - R)^0.95 in the long run: with R = 28.5% it is 27.3%, 1.2 points lower; nine tenths of it by ten years
    share = trafford().settled().repeat_share
    assert middles[-1] == pytest.approx(0.88 * 100 * (1 - (1 - share) ** 0.95 - share), abs=0.15)


def test_the_size_follows_the_path() -> None:
    ends = [date(year, 3, 31) for year in range(2019, 2036)]
    settings = changed(CONFERENCES, ramp_months=0)
    stated = expected_path(CONFERENCES, REPEAT, BEGAN, england(), settings)
    sizes = np.array(
        [one.middle for one in expected_sizes(CONFERENCES, REPEAT, BEGAN, england(), settings, ends, 2, 1)]
    )
    shares = stated.path.exposure(ends, 12)
    assert sizes / sizes[-1] == pytest.approx(shares / shares[-1], abs=0.02)


def test_a_stock_has_the_size_of_its_day() -> None:
    (one,) = expected_sizes("smarter_plans", OPEN_LONG, BEGAN, trafford(), WHAT_IF, [date(2022, 3, 31)], 200, 1)
    assert one.low < one.middle < 0 < one.high

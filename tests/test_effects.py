"""From a what-if to the ratios of every month: by hand, as properties, and with random numbers held in common."""

from dataclasses import fields, replace
from math import erf, exp, inf, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import DataError
from explorer.models.effects import effects, mean_effects, strength
from explorer.models.flow.inputs import Effects, no_effect
from explorer.models.interventions import WhatIfSettings, load_interventions
from explorer.models.scenario_file import read_scenario
from explorer.models.scenarios import NO_EFFECT, Change, Scenario, in_use
from tests.fixtures import ROOT
from tests.test_scenario_file import SHIPPED, scenarios

WHAT_IF = load_interventions(ROOT / "config")
FEW = settings(max_examples=60, deadline=None)
AT_ONCE: dict[str, Any] = {"start_month": 1, "ramp_months": 0}


def said(*changes: Change, overlap: float = 0.0, coupling: float = 0.0) -> Scenario:
    return Scenario("A", changes=changes, overlap_discount=overlap, coupling=coupling)


def acts_on(intervention: str, kind: str, first: int | None = None, last: int | None = None) -> WhatIfSettings:
    """The shipped ideas, with the first effect of one of them on another chance."""
    entry = WHAT_IF.interventions[intervention]
    moved = entry.effects[0].model_copy(update={"acts_on": kind, "from_months": first, "to_months": last})
    changed = entry.model_copy(update={"effects": (moved, *entry.effects[1:])})
    return replace(WHAT_IF, interventions={**WHAT_IF.interventions, intervention: changed})


EVERY = frozenset((name, effect.name) for name, entry in WHAT_IF.interventions.items() for effect in entry.effects)


def at_sliders(
    scenario: Scenario, what_if: WhatIfSettings, months: int, leaving_mix: tuple[float, ...] | None = None
) -> Effects:
    """Every ratio exactly where its slider stands."""
    return mean_effects(scenario, what_if, months, leaving_mix, EVERY)


def arrays(found: Effects) -> dict[str, np.ndarray]:
    return {field.name: np.asarray(getattr(found, field.name)) for field in fields(found)}


def same(one: Effects, other: Effects) -> bool:
    pairs = zip(arrays(one).values(), arrays(other).values(), strict=True)
    return all(a.shape == b.shape and np.array_equal(a, b) for a, b in pairs)


# --- no effect


@pytest.mark.parametrize("scenario", [NO_EFFECT, said(overlap=0.5, coupling=1.0)])
def test_nothing_in_use_is_exactly_no_effect(scenario: Scenario) -> None:
    for found in (effects(scenario, WHAT_IF, 24, 1000, 1), at_sliders(scenario, WHAT_IF, 24)):
        assert same(found, no_effect(24))


def test_what_nothing_acts_on_has_one_draw_of_ones() -> None:
    found = effects(said(Change("restorative_conferences")), WHAT_IF, 24, 500, 1)
    assert found.leaving.shape == (24, 3, 500)
    for name, shape in {
        "ending": (24, 5, 1),
        "first_starts": (24, 1),
        "returning": (24, 3, 1),
        "gate": (24, 1),
    }.items():
        array = getattr(found, name)
        assert array.shape == shape
        assert (array == 1).all()


def test_an_effect_of_exactly_1_still_has_its_spread() -> None:
    found = effects(said(Change("iro_thinking_time", (("return", 1.0),), **AT_ONCE)), WHAT_IF, 6, 4000, 1)
    low, middle, high = np.quantile(found.leaving[5, 0], [0.1, 0.5, 0.9])
    # centred on the slider: 1 / and * exp(1.28155 * (ln 1.08 - ln 0.92) / 2.5631) = exp(0.08017)
    assert (low, middle, high) == pytest.approx((exp(-0.08017), 1, exp(0.08017)), abs=0.005)
    assert (at_sliders(said(Change("iro_thinking_time", (("return", 1.0),))), WHAT_IF, 6).leaving == 1).all()


# --- by hand


def test_strength_month_by_month() -> None:
    change = Change("smarter_plans", start_month=3, ramp_months=4, fade_half_life_months=2)
    (use,) = in_use(said(change), WHAT_IF)
    risen = [0, 0, 1 / 8, 3 / 8, 5 / 8, 7 / 8]  # the middle of each of the four months
    faded = [0.5 ** (months / 2) for months in (0.5, 1.5, 2.5)]
    assert strength(9, use) == pytest.approx([*risen, *faded])


def test_strength_without_a_ramp_or_fade() -> None:
    (use,) = in_use(said(Change("smarter_plans", start_month=3, ramp_months=0, fade_half_life_months=inf)), WHAT_IF)
    assert strength(5, use).tolist() == [0, 0, 1, 1, 1]


def test_reach_of_bought_support() -> None:
    found = at_sliders(said(Change("commissioned_support", start_month=2, ramp_months=2)), WHAT_IF, 5)
    expected = [1, 1 - 0.25 * 0.18 * 0.25, 1 - 0.75 * 0.18 * 0.25, 0.955, 0.955]
    for band in range(3):
        assert found.leaving[:, band, 0] == pytest.approx(expected)


def test_harm_is_as_large_as_help() -> None:
    change = Change("commissioned_support", (("return", 1.18),), reach=0.25, **AT_ONCE)
    assert at_sliders(said(change), WHAT_IF, 3).leaving == pytest.approx(np.full((3, 3, 1), 1.045))


def test_bands() -> None:
    slow = at_sliders(said(Change("smarter_plans", **AT_ONCE)), WHAT_IF, 2)
    assert slow.ending[1, :, 0].tolist() == pytest.approx([1, 1, 1, 1.05, 1])
    for kind, name in (("return_in_pool", "returning"), ("return_after_leaving", "leaving")):
        found = at_sliders(
            said(Change("iro_thinking_time", (("return", 0.9),), **AT_ONCE)),
            acts_on("iro_thinking_time", kind, 12, 120),
            2,
        )
        assert getattr(found, name)[0, :, 0].tolist() == pytest.approx([1, 0.9, 0.9])
    every = at_sliders(
        said(Change("iro_thinking_time", (("return", 1.1),), **AT_ONCE)),
        acts_on("iro_thinking_time", "ending", 6, None),
        2,
    )
    assert every.ending[1, :, 0].tolist() == pytest.approx([1, 1, 1.1, 1.1, 1.1])


def test_first_plans() -> None:
    found = at_sliders(said(Change("peer_learning", (("first_plans", 0.9),), reach=0.5, **AT_ONCE)), WHAT_IF, 2)
    assert found.first_starts.tolist() == [[pytest.approx(0.95)]] * 2


def test_a_gate_and_what_becomes_of_those_held_back() -> None:
    change = Change("replan_oversight", (("let_through", 0.8),), comes_back=0.4, delay_months=9, reach=0.5, **AT_ONCE)
    found = at_sliders(said(change), WHAT_IF, 2)
    assert found.gate == pytest.approx(np.full((2, 1), 0.9))
    assert (found.gate_comes_back, found.gate_delay) == (0.4, 9)
    assert (found.returning == 1).all()


def test_a_gate_above_1_lets_all_through_and_more_come_back() -> None:
    found = at_sliders(said(Change("replan_oversight", (("let_through", 1.05),), **AT_ONCE)), WHAT_IF, 2)
    assert (found.gate == 1).all()
    assert found.returning == pytest.approx(np.full((2, 3, 1), 1.05))
    spread = effects(said(Change("replan_oversight", **AT_ONCE)), WHAT_IF, 2, 2000, 1)
    assert 0.5 < spread.gate.min() < spread.gate.max() == 1
    assert ((spread.gate < 1) == (spread.returning[:, 0] == 1)).all()


# --- several at once


def two(overlap: float, first: float, second: float) -> float:
    changes = (
        Change("restorative_conferences", (("return", first),), **AT_ONCE),
        Change("iro_thinking_time", (("return", second),), **AT_ONCE),
    )
    return float(at_sliders(said(*changes, overlap=overlap), WHAT_IF, 1).leaving[0, 0, 0])


def test_overlap_of_equal_ideas_is_as_stated() -> None:
    # k = 2: the summed logs times (1 + (k - 1)(1 - d)) / k = (1 + 0.7) / 2
    assert two(0.3, 0.9, 0.9) == pytest.approx(0.9 ** (2 * 0.85))
    assert two(0.0, 0.9, 0.8) == pytest.approx(0.72)
    assert two(1.0, 0.9, 0.8) == pytest.approx(0.8)
    # 0.7 * (ln 0.9 + ln 0.8) + 0.3 * ln 0.8
    assert two(0.3, 0.9, 0.8) == pytest.approx(exp(0.7 * log(0.72) + 0.3 * log(0.8)))


def test_help_and_harm_do_not_overlap() -> None:
    assert two(0.5, 0.8, 1.25) == pytest.approx(1)
    assert two(1.0, 0.8, 1.1) == pytest.approx(0.88)


@given(st.floats(0, 1), st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 2))
@FEW
def test_one_without_effect_changes_nothing_and_more_is_never_less(
    overlap: float, first: float, second: float, more: float
) -> None:
    assert two(overlap, first, 1.0) == pytest.approx(first)
    assert two(overlap, first, min(10, second * (1 + more))) >= two(overlap, first, second) * (1 - 1e-12)


def test_coupling_weighs_the_bands_by_who_leaves() -> None:
    change = Change("smarter_plans", (("return", 1.0), ("ending_second_year", 1.2)), **AT_ONCE)
    found = at_sliders(said(change, coupling=0.5), WHAT_IF, 2)
    assert found.leaving == pytest.approx(np.full((2, 3, 1), 1.2 ** (0.5 * 0.249)))
    assert (found.returning == 1).all()
    own = at_sliders(said(change, coupling=0.5), WHAT_IF, 2, leaving_mix=(0, 0, 0, 30, 10))
    assert own.leaving == pytest.approx(np.full((2, 3, 1), 1.2 ** (0.5 * 0.75)))
    assert (at_sliders(said(change, coupling=0.0), WHAT_IF, 2).leaving == 1).all()


def test_coupling_of_a_pace_that_is_the_same_in_every_band() -> None:
    moved = acts_on("iro_thinking_time", "ending", 0, None)
    found = at_sliders(said(Change("iro_thinking_time", (("return", 1.1),), **AT_ONCE), coupling=1.0), moved, 2)
    assert found.leaving == pytest.approx(np.full((2, 3, 1), 1.1))


def test_a_mix_has_a_share_for_each_band() -> None:
    with pytest.raises(ValueError, match="leaving_mix has 2 shares; allowed: one for each of up_to_3m"):
        at_sliders(said(Change("smarter_plans"), coupling=0.5), WHAT_IF, 2, leaving_mix=(0.5, 0.5))


def test_an_idea_that_is_not_there() -> None:
    with pytest.raises(DataError, match="There is no idea called 'magic'; allowed: restorative_conferences,"):
        effects(said(Change("magic")), WHAT_IF, 12, 10, 1)


# --- random numbers


ALL = tuple(Change(name) for name in WHAT_IF.interventions)


def test_the_same_seed_gives_the_same_numbers_and_another_one_others() -> None:
    one, again, other = (effects(said(*ALL), WHAT_IF, 12, 50, seed) for seed in (1, 1, 2))
    assert same(one, again)
    assert not np.array_equal(one.leaving, other.leaving)


def test_another_idea_changes_nobody_elses_numbers() -> None:
    alone = effects(said(Change("restorative_conferences")), WHAT_IF, 12, 50, 1).leaving
    other = effects(said(Change("commissioned_support")), WHAT_IF, 12, 50, 1).leaving
    both = effects(said(Change("commissioned_support"), Change("restorative_conferences")), WHAT_IF, 12, 50, 1).leaving
    assert both == pytest.approx(alone * other)


def test_moving_a_slider_keeps_the_numbers() -> None:
    one, other = (
        effects(said(Change("restorative_conferences", (("return", ratio),), **AT_ONCE)), WHAT_IF, 3, 50, 1).leaving
        for ratio in (0.8, 0.9)
    )
    assert other / one == pytest.approx(np.full((3, 3, 50), 0.9 / 0.8))


def test_a_longer_horizon_keeps_the_first_months() -> None:
    few, many = (effects(said(*ALL), WHAT_IF, months, 50, 1) for months in (12, 60))
    for name in ("leaving", "ending", "first_starts", "gate", "returning"):
        assert np.array_equal(getattr(many, name)[:12], getattr(few, name))


def test_the_mean_of_few_draws_is_what_is_believed() -> None:
    """One draw from each equally likely part: a hundred draws are enough for the mean of the log-normal."""
    change = Change("restorative_conferences", (("return", 0.9),), **AT_ONCE)
    drawn = effects(said(change), WHAT_IF, 1, 100, 7).leaving[0, 0]
    believed = mean_effects(said(change), WHAT_IF, 1).leaving[0, 0, 0]
    below, above = log(0.95 / 0.80) / 1.2815516, log(1.10 / 0.95) / 1.2815516
    by_hand = exp(below**2 / 2) * (1 - erf(below / sqrt(2))) / 2 + exp(above**2 / 2) * (1 + erf(above / sqrt(2))) / 2
    assert believed == pytest.approx(0.9 * by_hand)
    assert drawn.mean() == pytest.approx(believed, rel=2e-4)


def test_a_known_ratio_stays_where_its_slider_stands() -> None:
    change = Change("restorative_conferences", (("return", 0.9),), **AT_ONCE)
    known = frozenset({("restorative_conferences", "return")})
    assert mean_effects(said(change), WHAT_IF, 1, known=known).leaving[0, 0, 0] == pytest.approx(0.9)


def test_eight_of_ten_draws_lie_where_the_file_says() -> None:
    for name, entry in WHAT_IF.interventions.items():
        for effect in (one for one in entry.effects if one.acts_on == "return_after_leaving"):
            change = Change(name, reach=1.0, **AT_ONCE)
            drawn = effects(said(change), WHAT_IF, 1, 10_000, 7).leaving[0, 0]
            assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx(
                [effect.low, effect.ratio, effect.high], rel=2e-3
            )


def test_the_draws_are_log_normal_around_the_slider() -> None:
    change = Change("restorative_conferences", (("return", 0.9),), **AT_ONCE)
    drawn = effects(said(change), WHAT_IF, 1, 20_000, 7).leaving[0, 0]
    below, above = (np.log(drawn[drawn < 0.9] / 0.9), np.log(drawn[drawn > 0.9] / 0.9))
    assert len(below) == len(above)
    # the root mean square of one side of a normal distribution is its standard deviation
    assert np.sqrt((below**2).mean()) == pytest.approx(log(0.95 / 0.80) / 1.2815516, rel=0.01)
    assert np.sqrt((above**2).mean()) == pytest.approx(log(1.10 / 0.95) / 1.2815516, rel=0.01)


# --- any what-if


@given(scenarios(), st.integers(1, 40), st.integers(1, 7))
@FEW
def test_ratios_are_positive_and_begin_with_nothing(scenario: Scenario, months: int, draws: int) -> None:
    for found in (effects(scenario, WHAT_IF, months, draws, 3), at_sliders(scenario, WHAT_IF, months)):
        for array in arrays(found).values():
            assert np.isfinite(array).all()
        assert all(
            (getattr(found, name) > 0).all() for name in ("leaving", "returning", "ending", "first_starts", "gate")
        )
        assert (found.gate <= 1).all()
        first = min((use.start_month for use in in_use(scenario, WHAT_IF)), default=months + 1) - 1
        for name in ("leaving", "returning", "ending", "first_starts", "gate"):
            assert (getattr(found, name)[:first] == 1).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_points_the_way_that_it_says(name: str) -> None:
    found = at_sliders(read_scenario(SHIPPED[name], WHAT_IF), WHAT_IF, 60)
    come_back = found.leaving[-1, 0, 0] * found.returning[-1, 0, 0] * found.gate[-1, 0]
    assert (come_back > 1) == (name in ("it_does_harm", "closing_faster_at_a_price"))
    assert 0.8 < come_back < 1.4

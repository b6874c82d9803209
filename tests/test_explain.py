"""Why a what-if comes out as it does: steps that add up, ends worked out again by hand, and what it would take."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from explorer.models.calibration import Calibration
from explorer.models.effects import mean_effects
from explorer.models.explain import (
    TORNADO,
    WATERFALL,
    Exact,
    Work,
    alone,
    hours,
    solve,
    tornado,
    waterfall,
    with_ratio,
    workload,
)
from explorer.models.flow import INDICATORS, Effects, Flows, Rates, indicators, run
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS
from explorer.models.scenarios import NO_EFFECT, Change, Scenario, in_use
from explorer.models.what_if import Run, differences, noise_of, run_scenario
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, TRAFFORD, shipped_world, start_of

MODELS = shipped_world().models
WHAT_IF = MODELS.what_if
LABELS = {name: entry.label for name, entry in WHAT_IF.interventions.items()}
SHOWN = {name: f"Rate {name}" for name in RATES} | {"overlap_discount": "Overlap", "coupling": "Coupling"}
AT_ONCE: dict[str, Any] = {"start_month": 1, "ramp_months": 0}
SUPPORT = Change("commissioned_support", reach=0.5, **AT_ONCE)
SMARTER = Change("smarter_plans", (("ending_second_year", 1.2),), **AT_ONCE)
THREE = Scenario("Three", changes=(SUPPORT, SMARTER, Change("restorative_conferences", **AT_ONCE)), coupling=0.5)
ALL = Scenario("All", changes=tuple(Change(name) for name in WHAT_IF.interventions))


def start() -> Calibration:
    return start_of(TRAFFORD, 2018, 200)


def exact(indicator: str = REPEAT, month: int = 36) -> Exact:
    return Exact(start(), WHAT_IF, indicator, month)


@lru_cache
def worked_out(scenario: Scenario | None, months: int = 36) -> Run:
    return run_scenario(start(), scenario, WHAT_IF, noise_of(start(), months, 1), 1)


def figure(scenario: Scenario, acting: Effects | None, rates: Rates | None = None, indicator: str = REPEAT) -> float:
    """The exact mean of an indicator after three years, with the parts of the engine."""
    central = start().central_state
    flows = run(central, rates or start().central_rates, acting if scenario.changes else None, 36, None)
    return float(indicators(flows, central.year)[indicator][35, 0])


def change(scenario: Scenario, rates: Rates | None = None, known: tuple[str, str] | None = None) -> float:
    acting = mean_effects(scenario, WHAT_IF, 36, start().leaving_mix, frozenset({known} if known else ()))
    return figure(scenario, acting, rates) - figure(NO_EFFECT, None, rates)


# Waterfall


def steps(scenario: Scenario, indicator: str = REPEAT, month: int = 36) -> pl.DataFrame:
    each = {change.intervention: worked_out(alone(scenario, change.intervention)) for change in scenario.changes}
    return waterfall(worked_out(None), worked_out(scenario), each, LABELS, indicator, month)


@pytest.mark.parametrize("indicator", INDICATORS)
@pytest.mark.parametrize("month", [1, 12, 36])
def test_the_steps_add_up_to_the_difference(indicator: str, month: int) -> None:
    table = steps(ALL, indicator, month)
    assert table.schema == WATERFALL
    first, *middle, last = table.rows(named=True)
    assert (first["start"], first["end"]) == (0, pytest.approx(worked_out(None).figures[indicator][month - 1].mean()))
    assert (last["start"], last["end"]) == (0, pytest.approx(worked_out(ALL).figures[indicator][month - 1].mean()))
    assert sum(row["end"] - row["start"] for row in middle) == pytest.approx(last["end"] - first["end"])
    at = first["end"]
    for row in middle:
        assert row["start"] == pytest.approx(at)
        at = row["end"]
    assert at == pytest.approx(last["end"])


def test_the_steps_add_up_to_the_difference_that_the_page_tells() -> None:
    table = steps(THREE)
    (told,) = differences(worked_out(None), worked_out(THREE), {REPEAT: "low"}, (REPEAT,), (3,))["difference"]
    assert table["end"][-1] - table["end"][0] == pytest.approx(told)


def test_each_step_is_what_the_idea_does_alone() -> None:
    table = steps(THREE)
    assert table["label"].to_list() == [
        "As now", *(LABELS[one.intervention] for one in THREE.changes), "Working together", "What if"
    ]  # fmt: skip
    assert table["kind"].to_list() == ["baseline", *["intervention"] * 3, "together", "scenario"]
    assert table["order"].to_list() == list(range(6))
    for row, one in zip(table.rows(named=True)[1:4], THREE.changes, strict=True):
        own = worked_out(replace(THREE, changes=(one,))).figures[REPEAT][35].mean()
        assert row["end"] - row["start"] == pytest.approx(own - worked_out(None).figures[REPEAT][35].mean())


def test_one_idea_has_nothing_to_work_together_with() -> None:
    table = steps(alone(THREE, "smarter_plans"))
    assert table["kind"].to_list() == ["baseline", "intervention", "scenario"]
    assert table["end"][1] == pytest.approx(table["end"][2])


def test_nothing_in_use_is_one_step_from_as_now_to_the_same() -> None:
    table = waterfall(worked_out(None), worked_out(NO_EFFECT), {}, LABELS, REPEAT, 36)
    assert table["kind"].to_list() == ["baseline", "scenario"]
    assert table["end"][0] == table["end"][1]


def test_an_idea_alone_keeps_the_settings_of_the_whole() -> None:
    found = alone(THREE, "smarter_plans")
    assert found.changes == (SMARTER,)
    assert (found.coupling, found.name) == (0.5, "Three")


# The exact mean


def test_the_exact_figure_is_that_of_the_engine() -> None:
    assert exact().figure(NO_EFFECT) == figure(NO_EFFECT, None)
    acting = mean_effects(THREE, WHAT_IF, 36, start().leaving_mix)
    assert exact().figure(THREE) == figure(THREE, acting)
    assert exact().change(THREE) == pytest.approx(change(THREE))
    assert exact().change(NO_EFFECT) == exact().figure(NO_EFFECT)


@pytest.mark.parametrize("scenario", [NO_EFFECT, THREE])
def test_the_exact_figure_lies_near_the_mean_of_the_draws(scenario: Scenario) -> None:
    """Not on it: the mean of many courses is not the course of mean rates. The page tells the offset."""
    for name in (REPEAT, OPEN):
        assert exact(name).figure(scenario) == pytest.approx(worked_out(scenario).mean(name, 36), rel=0.06), name


# Tornado


@lru_cache
def arms(scenario: Scenario) -> pl.DataFrame:
    return tornado(exact(), scenario, SHOWN)


def arm(scenario: Scenario, label: str) -> dict[str, Any]:
    return arms(scenario).row(by_predicate=pl.col("label") == label, named=True)


def test_the_widest_arm_comes_first() -> None:
    table = arms(THREE)
    assert table.schema == TORNADO
    width = (table["high"] - table["low"]).abs().to_list()
    assert width == sorted(width, reverse=True)
    assert table["order"].to_list() == list(range(table.height))
    assert table["label"].n_unique() == table.height
    assert table["centre"].to_list() == pytest.approx([change(THREE)] * table.height)


def test_every_assumption_has_its_arm() -> None:
    labels = set(arms(THREE)["label"])
    assert labels == {
        *(SHOWN[name] for name in RATES), "Overlap", "Coupling",
        LABELS["commissioned_support"], LABELS["restorative_conferences"],
        f"{LABELS['smarter_plans']}: chance of coming back after a smarter plan",
        next(label for label in labels if label.startswith(f"{LABELS['smarter_plans']}: ") and "second year" in label),
    }  # fmt: skip


@pytest.mark.parametrize("idea", ["commissioned_support", "restorative_conferences"])
def test_the_ends_of_an_effect_are_those_of_its_80_percent_range(idea: str) -> None:
    (use,) = (use for use in in_use(THREE, WHAT_IF) if use.name == idea)
    (effect,) = use.entry.effects
    row = arm(THREE, LABELS[idea])
    assert (row["low_words"], row["high_words"]) == (f"{effect.low:.2f}", f"{effect.high:.2f}")
    for end, ratio in (("low", effect.low), ("high", effect.high)):
        assert row[end] == pytest.approx(change(with_ratio(THREE, use, effect, ratio), known=(idea, "return")))
    assert row["low"] < row["centre"] < row["high"]


def test_the_ends_of_one_idea_alone_are_those_of_the_exact_ratios() -> None:
    """With nothing else in use it is exactly what the effects at the two ends come to."""
    one = alone(THREE, "commissioned_support")
    (use,) = in_use(one, WHAT_IF)
    (effect,) = use.entry.effects
    row = arm(one, LABELS["commissioned_support"])
    for end, ratio in (("low", effect.low), ("high", effect.high)):
        moved = with_ratio(one, use, effect, ratio)
        acting = mean_effects(
            moved, WHAT_IF, 36, start().leaving_mix, frozenset({("commissioned_support", effect.name)})
        )
        assert row[end] == pytest.approx(figure(moved, acting) - figure(NO_EFFECT, None))


def test_a_moved_slider_moves_its_range() -> None:
    """SMARTER plans at 1.20 in place of 1.05: the 80% range moves as far."""
    (use,) = in_use(alone(THREE, "smarter_plans"), WHAT_IF)
    effect = next(one for one in use.entry.effects if one.name == "ending_second_year")
    (row,) = (row for row in arms(THREE).rows(named=True) if "second year" in row["label"])
    assert row["low_words"] == f"{1.2 * effect.low / effect.ratio:.2f}"
    assert row["high_words"] == f"{1.2 * effect.high / effect.ratio:.2f}"


@pytest.mark.parametrize(("key", "label"), [("overlap_discount", "Overlap"), ("coupling", "Coupling")])
def test_the_ends_of_a_setting_are_those_of_its_slider(key: str, label: str) -> None:
    row = arm(THREE, label)
    assert (row["low_words"], row["high_words"]) == ("0", "1")
    assert row["low"] == pytest.approx(change(replace(THREE, **{key: 0.0})))  # type: ignore[arg-type]
    assert row["high"] == pytest.approx(change(replace(THREE, **{key: 1.0})))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RATES)
def test_the_ends_of_a_rate_are_those_of_its_draws(name: str) -> None:
    row = arm(THREE, SHOWN[name])
    draws, central = start().rates, start().central_rates
    for end, share in (("low", 0.1), ("high", 0.9)):
        if name == FIRST:
            rates = replace(central, first_starts=np.quantile(draws.first_starts, share, axis=1)[:, None])
        elif name == RETURNS:
            rates = replace(central, return_level=np.quantile(draws.return_level, share, axis=1)[:, None])
        else:
            ending, band = central.ending.copy(), ENDING.index(name)
            ending[:, band, 0] = np.quantile(draws.ending[:, band], share, axis=1)
            rates = replace(central, ending=ending)
        assert row[end] == pytest.approx(change(THREE, rates)), end


def test_with_nothing_in_use_the_figure_itself_is_asked() -> None:
    table = arms(NO_EFFECT)
    assert set(table["label"]) == {SHOWN[name] for name in RATES}
    assert table["centre"].to_list() == pytest.approx([figure(NO_EFFECT, None)] * table.height)
    row = arm(NO_EFFECT, SHOWN[RETURNS])
    assert row["low"] < row["centre"] < row["high"]


def test_an_offset_moves_the_whole_picture() -> None:
    moved, still = tornado(exact(), THREE, SHOWN, offset=2.5), arms(THREE)
    for name in ("low", "high", "centre"):
        assert (moved[name] - still[name]).to_list() == pytest.approx([2.5] * still.height)
    assert moved["label"].to_list() == still["label"].to_list()


def test_changing_one_ratio_leaves_the_others() -> None:
    (use,) = (use for use in in_use(THREE, WHAT_IF) if use.name == "smarter_plans")
    effect = next(one for one in use.entry.effects if one.name == "return")
    found = with_ratio(THREE, use, effect, 0.7)
    assert found.change("smarter_plans") == replace(SMARTER, ratios=(("ending_second_year", 1.2), ("return", 0.7)))
    assert [one for one in found.changes if one.intervention != "smarter_plans"] == [THREE.changes[0], THREE.changes[2]]


# What it would take


def nearest(target: float, scenario: Scenario = NO_EFFECT, offset: float = 0.0) -> Any:
    return solve(exact(), scenario, "commissioned_support", "return", target, offset)


def at_ratio(ratio: float, scenario: Scenario = NO_EFFECT) -> float:
    """The figure with bought support at a ratio, in its usual reach and time, the rest at the means."""
    change = scenario.change("commissioned_support") or Change("commissioned_support")
    others = tuple(one for one in scenario.changes if one.intervention != "commissioned_support")
    said = replace(scenario, changes=(*others, replace(change, ratios=(("return", ratio),))))
    acting = mean_effects(said, WHAT_IF, 36, start().leaving_mix, frozenset({("commissioned_support", "return")}))
    return figure(said, acting)


def test_the_ratio_found_reaches_the_target_and_a_milder_one_does_not() -> None:
    effect = WHAT_IF.interventions["commissioned_support"].effects[0]
    lowest, highest = effect.interval_95
    target = (at_ratio(1.0) + at_ratio(lowest)) / 2
    found = nearest(target)
    assert (found.reachable, found.already) == (True, False)
    assert (found.lowest, found.highest) == (lowest, highest)
    assert lowest < found.ratio < 1
    assert at_ratio(found.ratio) <= target
    assert at_ratio(found.ratio + (1 - lowest) / 2**11) > target
    assert found.best == pytest.approx(at_ratio(found.ratio))


def test_a_target_outside_of_the_evidence_is_refused_with_the_best_there_is() -> None:
    lowest = WHAT_IF.interventions["commissioned_support"].effects[0].interval_95[0]
    found = nearest(at_ratio(lowest) - 0.01)
    assert (found.reachable, found.ratio, found.already) == (False, None, False)
    assert found.best == pytest.approx(at_ratio(lowest))
    assert nearest(at_ratio(lowest) + 1e-9).reachable


def test_a_target_that_is_reached_without_it_is_told() -> None:
    found = nearest(at_ratio(1.0) + 0.01)
    assert (found.reachable, found.ratio, found.already) == (True, 1.0, True)
    assert found.best == pytest.approx(at_ratio(1.0))


def test_what_else_is_in_use_counts() -> None:
    others = Scenario("Others", changes=(Change("restorative_conferences", (("return", 0.8),), **AT_ONCE), SUPPORT))
    target = (at_ratio(1.0, others) + at_ratio(0.75, others)) / 2
    found = nearest(target, others)
    assert found.reachable
    assert at_ratio(found.ratio, others) <= target < at_ratio(found.ratio + 1e-3, others)
    assert at_ratio(1.0, others) < at_ratio(1.0)


def test_the_offset_stands_between_the_page_and_the_exact_mean() -> None:
    target = (at_ratio(1.0) + at_ratio(0.8)) / 2
    plain, moved = nearest(target), nearest(target + 3, offset=3.0)
    assert moved.ratio == plain.ratio
    assert moved.best == pytest.approx(plain.best + 3)


def test_long_plans_come_down_when_plans_end_sooner() -> None:
    """Here the mildest ratio that reaches the target lies above 1."""
    long_plans = exact(OPEN_LONG, 36)
    entry = WHAT_IF.interventions["smarter_plans"]
    highest = next(one for one in entry.effects if one.name == "ending_second_year").interval_95[1]
    before = solve(long_plans, NO_EFFECT, "smarter_plans", "ending_second_year", 0.0, 0.0)
    found = solve(long_plans, NO_EFFECT, "smarter_plans", "ending_second_year", before.best + 0.1, 0.0)
    assert found.ratio is not None
    assert 1 < found.ratio < highest


# Work


def flows(**given: list[float]) -> Flows:
    none = [0.0] * len(given["started"])
    names = ("started", "repeats", "ended", "ended_long", "open", "open_long", "left", "held")
    return Flows(**{name: np.array([given.get(name, none)]).T for name in names})


def work(month: int, **given: list[float]) -> Work:
    return workload(replace(worked_out(None), flows=flows(**given)), WHAT_IF, month)


def test_conferences_and_reviews_by_hand() -> None:
    """240 plans open and 24 started a month: 24 first reviews, and one in six of the 240 - 3 x 24 others."""
    found = work(24, started=[24.0] * 24, open=[240.0] * 24)
    assert (found.conferences, found.reviews) == pytest.approx((24, 24 + (240 - 72) / 6))
    half = {"started": [10.0] * 12 + [20.0] * 12, "open": [100.0] * 12 + [200.0] * 12}
    found = work(24, **half)
    assert (found.conferences, found.reviews) == pytest.approx((20, 20 + (200 - 60) / 6))
    assert work(18, **half).conferences == pytest.approx(15)
    assert work(6, **half).conferences == pytest.approx(10)


def test_so_few_open_plans_have_no_later_reviews() -> None:
    found = work(12, started=[10.0] * 12, open=[20.0] * 12)
    assert (found.conferences, found.reviews) == (10, 10)


def test_what_else_happens_in_a_month() -> None:
    """Re-plans that are held back are asked for too."""
    found = work(12, started=[10.0] * 12, open=[20.0] * 12, ended=[8.0] * 12, repeats=[3.0] * 12, held=[1.0] * 12)
    assert (found.ended, found.asked) == (8, 4)
    assert found.by_kind == {"conference": 20, "plan_started": 10, "plan_ended": 8, "replan": 4, "month": 1}


def test_every_kind_of_work_of_an_idea_is_counted() -> None:
    kinds = {entry.workload.per for entry in WHAT_IF.interventions.values() if entry.workload}
    assert kinds <= set(work(12, started=[1.0] * 12, open=[9.0] * 12).by_kind)


@pytest.mark.parametrize("name", list(WHAT_IF.interventions))
def test_hours_are_those_of_the_year_as_far_as_it_works_where_it_reaches(name: str) -> None:
    entry, one = WHAT_IF.interventions[name], Work(30.0, 40.0, 20.0, 10.0)
    whole, half, later, rising = (
        hours(in_use(Scenario("x", changes=(Change(name, **values),)), WHAT_IF)[0], one, 24)
        for values in (
            {**AT_ONCE, "reach": 1.0},
            {**AT_ONCE, "reach": 0.5},
            {"start_month": 25, "ramp_months": 0, "reach": 1.0},
            {"start_month": 13, "ramp_months": 12, "reach": 1.0},
        )
    )
    asked = 0.0 if entry.workload is None else entry.workload.value * one.by_kind[entry.workload.per]
    assert (whole, half, later) == pytest.approx((asked, asked / 2, 0))
    assert rising == pytest.approx(asked / 2)


def test_faster_endings_are_less_work() -> None:
    scenario = replace(NO_EFFECT, changes=(SMARTER,))
    assert workload(worked_out(scenario), WHAT_IF, 36).reviews < workload(worked_out(None), WHAT_IF, 36).reviews
    assert worked_out(scenario).figures[OPEN][35].mean() < worked_out(None).figures[OPEN][35].mean()

"""The plan-flow engine against theory: identities, limits, chance, and rules that hold for any rates."""

from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.flow import (
    INDICATORS,
    LEFT_ROWS,
    OPEN_ROWS,
    SUMMARY,
    Array,
    Dispersion,
    Effects,
    Flows,
    Rates,
    State,
    YearBefore,
    equilibrium,
    indicators,
    make_noise,
    no_effect,
    return_shape,
    run,
    summaries,
    summary,
)
from explorer.models.flow.noise import table

HAZARDS = np.array([0.05, 0.08, 0.09, 0.10, 0.14])
SHAPE = return_shape(0.45)
FAMILIES = Dispersion(first_starts=2.0, returns=2.0, ending=(2.0,) * 5)
LEVEL = -np.log(1 - 0.29)


def year_before(monthly: float = 0.0) -> YearBefore:
    flat = np.full((12, 1), monthly)
    return YearBefore(flat, flat * 0.29, flat, flat * 0.08)


def state(open_plans: float, left: float, draws: int = 1) -> State:
    """So many children evenly over the rows."""
    return State(
        np.full((OPEN_ROWS, draws), open_plans / OPEN_ROWS), np.full((LEFT_ROWS, 1), left / LEFT_ROWS), year_before()
    )


def rates(first: float = 16.0, level: float = LEVEL, hazards: Array = HAZARDS, draws: int = 1) -> Rates:
    return Rates(
        np.repeat(hazards[None, :, None], draws, axis=2), np.full((1, draws), first), np.full((1, draws), level), SHAPE
    )


def settled(level: float = LEVEL, months: int = 600) -> Flows:
    return run(state(0, 0), rates(level=level), None, months, None)


def same(one: Flows, other: Flows) -> None:
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


def close(one: Flows, other: Flows, tolerance: float = 1e-9) -> None:
    for field in fields(one):
        np.testing.assert_allclose(
            getattr(one, field.name), getattr(other, field.name), rtol=tolerance, atol=tolerance, err_msg=field.name
        )


def some_effects(months: int, draws: int, seed: int = 3) -> Effects:
    """Every kind of effect at once, some of them changing from month to month."""
    rng = np.random.default_rng(seed)
    ramp = np.minimum(1, np.arange(months) / 9)[:, None, None]
    ratio = np.exp(0.4 * rng.standard_normal((1, 3, draws)))
    return Effects(
        ending=np.exp(0.3 * ramp * rng.standard_normal((1, 5, draws))),
        first_starts=np.exp(0.1 * rng.standard_normal((months, 1))),
        leaving=1 + ramp * (ratio - 1),
        returning=1 + np.minimum(1, ramp * 2) * (ratio[:, ::-1] - 1),
        gate=np.where(np.arange(months) > 4, 0.8, 1.0)[:, None],
        gate_comes_back=0.6,
        gate_delay=3,
    )


# By hand


def test_three_months_by_hand() -> None:
    """Ten children in their 24th month, eight who left last month; nobody else, nobody new."""
    start = state(0, 0)
    start.open[23], start.left[0] = 10.0, 8.0
    flows = run(start, rates(first=0.0), None, 3, None)
    stay, back = np.exp(-HAZARDS), 1 - np.exp(-LEVEL * SHAPE)
    ended = [10 * (1 - stay[3]), 10 * stay[3] * (1 - stay[4])]
    repeats = [8 * back[0], 8 * (1 - back[0]) * back[1] + ended[0] * back[0]]
    ended[1] += repeats[0] * (1 - stay[0])
    np.testing.assert_allclose(flows.ended[:2, 0], ended)
    np.testing.assert_allclose(flows.repeats[:2, 0], repeats)
    np.testing.assert_allclose(flows.ended_long[:2, 0], [0, 10 * stay[3] * (1 - stay[4])])
    np.testing.assert_allclose(flows.open_long[:2, 0], [10 * stay[3], 10 * stay[3] * stay[4]])


def test_return_shape_is_the_borrowed_weibull() -> None:
    assert SHAPE.sum() == pytest.approx(1)
    assert SHAPE[:12].sum() == pytest.approx(0.1**0.45)
    assert (np.diff(SHAPE) < 0).all()


# The long run


def test_settled_figures_satisfy_the_identities() -> None:
    flows, theory = settled(), equilibrium(np.array([16.0]), HAZARDS[:, None], np.array([LEVEL]))
    last = {field.name: float(getattr(flows, field.name)[-1, 0]) for field in fields(flows)}
    assert last["started"] == pytest.approx(16 / (1 - 0.29), rel=1e-5)
    assert last["repeats"] / last["started"] == pytest.approx(0.29, rel=1e-5)
    survival = np.cumprod(np.exp(-np.repeat(HAZARDS[:4], [3, 3, 6, 12])))
    beyond = survival[-1] / (1 - np.exp(-HAZARDS[4]))
    mean_months = 1 + survival[:-1].sum() + beyond
    assert last["open"] == pytest.approx(last["started"] * mean_months, rel=1e-5)  # Little
    assert last["ended_long"] / last["ended"] == pytest.approx(survival[-1], rel=1e-5)  # S(24)
    assert last["open_long"] / last["open"] == pytest.approx(beyond / mean_months, rel=1e-5)
    assert theory.mean_months[0] == pytest.approx(mean_months)
    for name in ("started", "repeats", "open", "open_long"):
        assert getattr(theory, name)[0] == pytest.approx(last[name], rel=1e-5), name
    assert theory.ended_long_share[0] == pytest.approx(survival[-1])
    assert theory.open_long_share[0] == pytest.approx(beyond / mean_months)


def test_no_returns() -> None:
    flows = settled(level=0.0, months=300)
    assert (flows.repeats == 0).all()
    assert flows.started[-1, 0] == 16


def test_nobody_new_and_nobody_back_is_survival() -> None:
    start = state(0, 0)
    start.open[0] = 100.0
    flows = run(start, rates(first=0.0, level=0.0), None, 80, None)
    hazards = np.concatenate([np.repeat(HAZARDS[:4], [3, 3, 6, 12]), np.full(56, HAZARDS[4])])
    np.testing.assert_allclose(flows.open[:, 0], 100 * np.exp(-np.cumsum(hazards)), rtol=1e-12)


def test_no_long_run_without_endings() -> None:
    with pytest.raises(ValueError, match="never end"):
        equilibrium(np.array([16.0]), np.array([0.1, 0.1, 0.1, 0.1, 0.0])[:, None], np.array([LEVEL]))
    theory = equilibrium(np.array([16.0]), np.array([0.0, 0.0, 0.0, 0.0, 0.5])[:, None], np.array([LEVEL]))
    assert theory.mean_months[0] == pytest.approx(24 + 1 / (1 - np.exp(-0.5)))


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.3])
@pytest.mark.parametrize("kind", ["leaving", "returning"])
def test_a_ratio_on_the_return_hazard_gives_the_share_of_theory(ratio: float, kind: str) -> None:
    lasting = np.full((700, 3, 1), ratio)
    none = no_effect(700)
    effects = replace(none, leaving=lasting) if kind == "leaving" else replace(none, returning=lasting)
    flows = run(state(0, 0), rates(), effects, 700, None)
    assert flows.repeats[-1, 0] / flows.started[-1, 0] == pytest.approx(1 - (1 - 0.29) ** ratio, rel=1e-5)


def test_how_soon_a_conference_shows() -> None:
    """methods.md, Read first 4: 0.8 on those who leave from now on gives 21/38/49/64/91% by years 1/2/3/5/10.

    Set-up: steady rates with 29% re-plans and a mean of about 12 months on a plan, share over twelve months.
    """
    before, after = 600, 600
    effects = no_effect(before + after)
    leaving = np.ones((before + after, 3, 1))
    leaving[before:] = 0.8
    flows = run(state(0, 0), rates(), replace(effects, leaving=leaving), before + after, None)
    share = indicators(flows, year_before())["repeat_plan_percent"][:, 0]
    from_share, to_share = share[before - 1], share[-1]
    changed = [
        100 * (share[before - 1 + 12 * year] - from_share) / (to_share - from_share) for year in (1, 2, 3, 5, 10)
    ]
    np.testing.assert_allclose(changed, [21, 38, 49, 64, 91], atol=2)


# Two ways to the mean, and no effect


@pytest.mark.parametrize("months", [1, 7, 60, 150])
@pytest.mark.parametrize("changed", [False, True])
def test_the_engine_and_the_sums_agree(months: int, changed: bool) -> None:
    yearly = Rates(
        HAZARDS[None, :, None] * np.array([1.0, 1.2, 0.7])[:, None, None],
        np.array([[10.0], [12.0], [9.0]]),
        LEVEL * np.array([[1.0], [0.8], [1.4]]),
        SHAPE,
    )
    effects = some_effects(months, 1) if changed else None
    close(run(state(200, 900), yearly, effects, months, None), first_of_two(yearly, effects, months))


def first_of_two(yearly: Rates, effects: Effects | None, months: int) -> Flows:
    flows = run(state(200, 900, draws=2), yearly, effects, months, None)
    return Flows(*(figure[:, :1] for figure in astuple(flows)))


@pytest.mark.parametrize("draws", [1, 50])
def test_ratios_of_one_change_no_bit(draws: int) -> None:
    noise = make_noise(5, 40, 50, FAMILIES) if draws > 1 else None
    ones = no_effect(40)
    by_month, since = np.ones((40, draws)), np.ones((40, 3, draws))
    wide = Effects(np.ones((40, 5, draws)), by_month, since, since, by_month, 0.5, 2)
    none = run(state(200, 900), rates(draws=draws), None, 40, noise)
    same(none, run(state(200, 900), rates(draws=draws), ones, 40, noise))
    same(none, run(state(200, 900), rates(draws=draws), wide, 40, noise))


# Chance


@pytest.mark.parametrize(("open_plans", "left", "first"), [(250, 1700, 16.0), (10, 60, 0.7), (2, 0, 0.1)])
@pytest.mark.parametrize("changed", [False, True])
def test_the_mean_of_many_draws_is_the_recursion(open_plans: float, left: float, first: float, changed: bool) -> None:
    effects = some_effects(60, 1) if changed else None
    noise = make_noise(11, 60, 1000, FAMILIES)
    drawn = run(state(open_plans, left), rates(first=first), effects, 60, noise)
    exact = run(state(open_plans, left), rates(first=first), effects, 60, None)
    for field in fields(drawn):
        many, mean = getattr(drawn, field.name), getattr(exact, field.name)[:, 0]
        error = many.std(axis=1, ddof=1) / np.sqrt(many.shape[1])
        assert (np.abs(many.mean(axis=1) - mean) <= 4 * error + 1e-9).all(), field.name


def test_flows_vary_as_much_as_families_make_them() -> None:
    """In the first month the variance of a flow is its dispersion times its mean (less a share for endings)."""
    noise = make_noise(2, 1, 40_000, Dispersion(first_starts=1.5, returns=2.5, ending=(2.0,) * 5))
    flows = run(state(250, 1700), rates(), None, 1, noise)
    first = flows.started - flows.repeats
    assert first.var() / first.mean() == pytest.approx(1.5, rel=0.05)
    assert flows.repeats.var() / flows.repeats.mean() == pytest.approx(2.5, rel=0.05)
    chance = 1 - np.exp(-HAZARDS)
    there = 10 * np.array([3, 3, 6, 12, 1])
    expected = (2.0 * there * chance * (1 - chance)).sum()
    assert flows.ended.var() == pytest.approx(expected, rel=0.06)


def test_rare_flows_are_mostly_nothing() -> None:
    noise = make_noise(2, 1, 20_000, FAMILIES)
    flows = run(state(1000, 20_000), rates(first=0.1), None, 1, noise)
    first = (flows.started - flows.repeats)[0]
    assert first.mean() == pytest.approx(0.1, rel=0.1)
    assert first.var() == pytest.approx(0.2, rel=0.15)
    assert np.median(first) < 0.001


def test_the_table_of_chance_has_mean_one() -> None:
    figures = table()
    np.testing.assert_allclose(figures.mean(axis=0), 1, rtol=1e-12)
    assert (np.diff(figures, axis=0) >= 0).all()  # a higher rank is never fewer children
    assert (figures[:, -1] == 1).all()


def test_a_seed_gives_the_same_bytes_and_a_longer_run_the_same_months() -> None:
    inputs = state(250, 1700), rates(), some_effects(60, 200)
    long = run(*inputs, 60, make_noise(9, 60, 200, FAMILIES))
    same(long, run(*inputs, 60, make_noise(9, 60, 200, FAMILIES)))
    short = run(*inputs, 24, make_noise(9, 24, 200, FAMILIES))
    for field in fields(long):
        np.testing.assert_allclose(getattr(long, field.name)[:24], getattr(short, field.name), rtol=1e-12)
    other = run(*inputs, 24, make_noise(10, 24, 200, FAMILIES))
    assert not np.array_equal(short.started, other.started)


def test_chance_cancels_from_a_difference() -> None:
    noise = make_noise(4, 36, 500, FAMILIES)
    effects = replace(no_effect(36), leaving=np.full((36, 3, 1), 0.8))
    base = run(state(250, 1700), rates(), None, 36, noise).repeats.sum(axis=0)
    less = run(state(250, 1700), rates(), effects, 36, noise).repeats.sum(axis=0)
    assert (base - less).std() < 0.25 * base.std()
    assert (base > less).all()


# Rules for any rates

hazards_st = st.lists(st.floats(0, 3), min_size=5, max_size=5).map(np.array)
ratios_st = st.floats(0.1, 10)


@st.composite
def cases(draw: st.DrawFn) -> tuple[State, Rates, Effects | None, int]:
    draws, months = draw(st.sampled_from([1, 2, 30])), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    size = draw(st.sampled_from([0.0, 3.0, 250.0]))
    start = State(rng.exponential(size, (OPEN_ROWS, 1)) / 25, rng.exponential(size, (LEFT_ROWS, 1)) / 20, year_before())
    hazards = draw(hazards_st)[None, :, None] * rng.uniform(0.5, 2, (2, 5, draws))
    level = draw(st.floats(0, 3)) * rng.uniform(0.5, 1.5, (2, draws))
    given_rates = Rates(hazards, rng.exponential(draw(st.floats(0, 20)), (2, draws)), level, SHAPE)
    if not draw(st.booleans()):
        return start, given_rates, None, months
    steady = draw(st.booleans())  # ratios that hold, or new ones every month
    by_month = 1 if steady else months

    def ratio(*axes: int) -> Array:
        found = np.exp(rng.uniform(-1, 1, (by_month, *axes, draws)) * np.log(draw(ratios_st)))
        return np.repeat(found, months // by_month, axis=0)

    gate = np.full((months, 1), draw(st.floats(0.1, 1)))
    effects = Effects(ratio(5), ratio(), ratio(3), ratio(3), gate, draw(st.floats(0, 1)), draw(st.integers(0, 6)))
    return start, given_rates, effects, months


@given(cases(), st.booleans())
@settings(deadline=None, max_examples=80)
def test_children_are_kept_and_never_fewer_than_none(
    case: tuple[State, Rates, Effects | None, int], noisy: bool
) -> None:
    start, given_rates, effects, months = case
    draws = given_rates.first_starts.shape[1]
    flows = run(start, given_rates, effects, months, make_noise(1, months, draws, FAMILIES) if noisy else None)
    for field in fields(flows):
        figure = getattr(flows, field.name)
        assert figure.shape == (months, draws)
        assert np.isfinite(figure).all(), field.name
        assert (figure >= 0).all(), field.name
    before = np.vstack([np.broadcast_to(start.open.sum(axis=0), (1, draws)), flows.open[:-1]])
    np.testing.assert_allclose(flows.open, before + flows.started - flows.ended, rtol=1e-9, atol=1e-9)
    assert (flows.ended <= before * (1 + 1e-9)).all()
    assert (flows.ended_long <= flows.ended * (1 + 1e-9)).all()
    assert (flows.open_long <= flows.open * (1 + 1e-9)).all()
    assert (flows.repeats <= flows.started * (1 + 1e-9)).all()
    figures = indicators(flows, start.year)
    for name in INDICATORS[:3]:
        known = figures[name][np.isfinite(figures[name])]
        assert ((known >= 0) & (known <= 100 + 1e-9)).all()


@given(cases())
@settings(deadline=None, max_examples=40)
def test_those_held_back_come_later_or_stay_in_the_pool(case: tuple[State, Rates, Effects | None, int]) -> None:
    """Nobody is in the pool at first, so that nobody is let go after ten years."""
    start, given_rates, effects, months = case
    start = replace(start, left=np.zeros((LEFT_ROWS, 1)))
    noise = make_noise(1, months, given_rates.first_starts.shape[1], FAMILIES)
    flows = run(start, given_rates, effects, months, noise)
    waiting = np.zeros_like(flows.held[0])
    if effects is not None:
        waiting = flows.held[max(0, months - effects.gate_delay) :].sum(axis=0) * effects.gate_comes_back
    total = flows.left[-1] + flows.repeats.sum(axis=0) + waiting
    np.testing.assert_allclose(total, flows.ended.sum(axis=0), rtol=1e-9, atol=1e-9)


def test_a_gate_without_return_and_one_with() -> None:
    def gated(comes_back: float, delay: int = 3) -> Flows:
        effects = replace(no_effect(60), gate=np.full((60, 1), 0.7), gate_comes_back=comes_back, gate_delay=delay)
        return run(state(250, 1700), rates(), effects, 60, None)

    free = run(state(250, 1700), rates(), None, 60, None)
    assert gated(0.0).repeats.sum() < gated(0.5).repeats.sum() < gated(1.0).repeats.sum() < free.repeats.sum()
    assert gated(0.0).left[-1, 0] > gated(1.0).left[-1, 0]
    close(replace(gated(1.0, delay=0), held=free.held), free)
    np.testing.assert_allclose(gated(0.0).held[0], 0.3 * free.repeats[0])


@given(cases(), st.floats(0.1, 1))
@settings(deadline=None, max_examples=40)
def test_a_lower_return_ratio_never_gives_more_re_plans(
    case: tuple[State, Rates, Effects | None, int], ratio: float
) -> None:
    start, given_rates, effects, months = case
    effects = no_effect(months) if effects is None else effects
    base = run(start, given_rates, effects, months, None)
    for lower in (
        replace(effects, leaving=effects.leaving * ratio),
        replace(effects, returning=effects.returning * ratio),
    ):
        less = run(start, given_rates, lower, months, None)
        assert (less.repeats.cumsum(axis=0) <= base.repeats.cumsum(axis=0) * (1 + 1e-9) + 1e-9).all()


@given(cases(), st.floats(1, 10))
@settings(deadline=None, max_examples=40)
def test_ending_sooner_never_gives_more_open_plans_if_nobody_returns(
    case: tuple[State, Rates, Effects | None, int], ratio: float
) -> None:
    start, given_rates, effects, months = case
    given_rates = replace(given_rates, return_level=np.zeros_like(given_rates.return_level))
    effects = no_effect(months) if effects is None else effects
    base = run(start, given_rates, effects, months, None)
    sooner = run(start, given_rates, replace(effects, ending=effects.ending * ratio), months, None)
    assert (sooner.open <= base.open * (1 + 1e-9) + 1e-9).all()


# Figures and refusals


def test_figures_over_twelve_months_use_the_year_before() -> None:
    flows = run(state(250, 1700), rates(), None, 14, None)
    figures = indicators(flows, year_before(20.0))
    started = flows.started[:, 0]
    assert tuple(figures) == INDICATORS
    assert figures["plans_started"][0, 0] == pytest.approx(11 * 20 + started[0])
    assert figures["plans_started"][13, 0] == pytest.approx(started[2:].sum())
    assert figures["repeat_plan_percent"][0, 0] == pytest.approx(
        100 * (11 * 5.8 + flows.repeats[0, 0]) / (220 + started[0])
    )
    assert figures["open_2y_plus_percent"][5, 0] == pytest.approx(100 * flows.open_long[5, 0] / flows.open[5, 0])


def test_no_plans_have_no_percentage() -> None:
    flows = run(state(0, 0), rates(first=0.0), None, 3, None)
    figures = indicators(flows, year_before())
    assert all(np.isnan(figures[name]).all() for name in INDICATORS[:3])
    assert np.isnan(summaries(figures)["repeat_plan_percent"]).all()


def test_summary_is_that_of_numpy() -> None:
    values = np.random.default_rng(1).standard_normal((4, 101))
    values[1, :40] = np.nan
    values[3] = np.nan
    found = summary(values)
    assert found.shape == (4, len(SUMMARY))
    np.testing.assert_allclose(found[:3, 0], np.nanmean(values[:3], axis=1))
    chances = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
    np.testing.assert_allclose(found[:3, 1:], np.nanquantile(values[:3], chances, axis=1).T)
    assert np.isnan(found[3]).all()
    np.testing.assert_array_equal(summary(np.array([[3.0]])), np.full((1, 8), 3.0))


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        (replace(no_effect(60), ending=np.ones((60, 4, 1))), r"effects.ending .*allowed: \(60, 5, 1000\)"),
        (replace(no_effect(60), leaving=np.ones((60, 3, 7))), r"effects.leaving .*\(60, 3, 7\)"),
        (replace(no_effect(60), gate=np.zeros((60, 1))), "A gate has to let through"),
    ],
)
def test_wrong_shapes_and_shut_gates_are_refused(effects: Effects, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run(state(250, 1700), rates(draws=1000), effects, 60, None)


def test_too_few_months_are_refused() -> None:
    with pytest.raises(ValueError, match="12 months; 13 are needed"):
        run(state(250, 1700), rates(), no_effect(12), 13, None)
    with pytest.raises(ValueError, match="noise"):
        run(state(250, 1700), rates(), None, 13, make_noise(1, 12, 10, FAMILIES))

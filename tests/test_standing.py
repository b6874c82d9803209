"""Standing: funnel limits and shrinkage by hand and by simulation, verdicts, gaps, quarters and sensitivity."""

import json
from dataclasses import replace
from math import asin, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from bench.simulated import YEARS, Null, among_all, among_ten, figures, register
from explorer.areas import Comparators
from explorer.benchmarks.change import change
from explorer.benchmarks.funnel import Spread, limits, middle_variance, spread
from explorer.benchmarks.position import Comparison, Figure, Position, Rank, figures_of
from explorer.benchmarks.quarters import quarter
from explorer.benchmarks.sensitivity import sensitivity
from explorer.benchmarks.shrinkage import Prior, fit_prior, levels
from explorer.benchmarks.standing import Everyone, everyone, standing
from explorer.benchmarks.tally import Tally, tally
from tests.fixtures import GROUP, OPEN_LONG, REPEAT, ROOT, TRAFFORD, shipped_world

RULES = shipped_world().config.benchmarks.standing
ALONE = Spread(0.25, 0.0, 1.0, 150, 1.0)  # chance explains it all


def counts(*pairs: tuple[float, float]) -> Tally:
    parts, wholes = np.array(pairs, dtype=float).T
    return Tally(tuple(str(number) for number in range(len(pairs))), parts, parts, wholes)


# --- the funnel


def test_limits_without_overdispersion_are_the_published_ones() -> None:
    for confidence, low, high in ((0.95, 20.0, 30.4), (0.998, 17.3, 33.6)):
        found = limits(0.25, np.array([265.0]), ALONE, confidence)
        assert [round(float(100 * end[0]), 1) for end in found] == [low, high]


def test_the_spread_by_hand() -> None:
    """Five authorities of 100: z in steps, winsorised at 10 and 90%, and the variance that is left over."""
    found = spread(counts((10, 100), (15, 100), (20, 100), (25, 100), (30, 100)), 1.0)
    error = 1 / (2 * sqrt(100))
    z = [(asin(sqrt(share)) - asin(sqrt(0.2))) / error for share in (0.1, 0.15, 0.2, 0.25, 0.3)]
    low, high = z[0] + 0.4 * (z[1] - z[0]), z[3] + 0.6 * (z[4] - z[3])  # type-7 quantiles of five
    phi = (low**2 + z[1] ** 2 + z[2] ** 2 + z[3] ** 2 + high**2) / 5
    assert found.theta == pytest.approx(0.2)
    assert found.phi == pytest.approx(phi)
    weight = 1 / error**2
    assert found.tau_squared == pytest.approx((5 * phi - 4) / (5 * weight - weight))
    low_limit, high_limit = limits(0.2, np.array([100.0]), found, 0.95)
    width = 1.959964 * sqrt(error**2 + found.tau_squared)
    assert low_limit[0] == pytest.approx(sin(asin(sqrt(0.2)) - width) ** 2)
    assert high_limit[0] == pytest.approx(sin(asin(sqrt(0.2)) + width) ** 2)


def test_authorities_that_differ_by_chance_alone_have_no_spread() -> None:
    generator = np.random.default_rng(1)
    wholes = np.full(150, 400.0)
    found = spread(counts(*zip(generator.binomial(400, 0.2, 150), wholes, strict=True)), 1.0)
    assert found.tau_squared < 0.0002


def test_a_spread_that_was_put_in_is_found_again() -> None:
    generator = np.random.default_rng(2)
    angles = asin(sqrt(0.2)) + 0.05 * generator.standard_normal(150)
    parts = generator.binomial(800, np.sin(angles) ** 2)
    found = spread(counts(*((part, 800) for part in parts)), 1.0)
    assert sqrt(found.tau_squared) == pytest.approx(0.05, abs=0.012)


def test_a_design_effect_widens_the_limits_of_the_small_most() -> None:
    wholes = np.array([50.0, 1000.0])
    once, twice = (limits(0.2, wholes, replace(ALONE, tau_squared=0.001, design_effect=d), 0.95) for d in (1.0, 2.5))
    widths = [(high - low) for low, high in (once, twice)]
    assert (widths[1] > widths[0]).all()
    assert widths[1][0] / widths[0][0] > widths[1][1] / widths[0][1]


def test_a_small_whole_has_limits_as_wide_as_a_binomial_needs() -> None:
    low, high = limits(0.25, np.array([8.0]), ALONE, 0.95)  # five of eight in 2.7 of 100, six in 0.4
    assert low[0] == 0.0
    assert high[0] == pytest.approx(0.625)
    assert limits(0.0, np.array([10.0, 500.0]), ALONE, 0.95)[0].tolist() == [0.0, 0.0]


@given(st.floats(0.001, 0.999), st.lists(st.integers(1, 5000), min_size=1, max_size=5), st.floats(0, 0.05))
def test_limits_are_shares_around_the_centre_and_wider_for_the_wider_range(
    centre: float, wholes: list[int], tau_squared: float
) -> None:
    found = replace(ALONE, tau_squared=tau_squared)
    inner, outer = (limits(centre, np.array(wholes, dtype=float), found, share) for share in (0.95, 0.998))
    for low, high in (inner, outer):
        assert ((low >= 0) & (high <= 1) & (low <= centre + 1e-12) & (high >= centre - 1e-12)).all()
    assert ((outer[0] <= inner[0]) & (outer[1] >= inner[1])).all()


def test_no_authorities_have_no_spread() -> None:
    nothing = tally((), 100.0)
    assert spread(nothing, 2.5) == Spread(0.0, 0.0, 1.0, 0, 2.5)
    assert middle_variance(nothing, ALONE) == 0.0


# --- shrinkage


def test_the_prior_is_the_one_with_the_greatest_likelihood() -> None:
    generator = np.random.default_rng(3)
    wholes = generator.integers(50, 800, 150)
    parts = generator.binomial(wholes, generator.beta(20, 80, 150))
    held = counts(*zip(parts, wholes, strict=True))
    found = fit_prior(held, 1.0)

    def likelihood(a: float, b: float) -> float:
        return float(np.sum(betabinom.logpmf(parts, wholes, a, b)))

    best = likelihood(found.a, found.b)
    assert all(best >= likelihood(found.a * x, found.b * y) for x in (0.95, 1, 1.05) for y in (0.95, 1, 1.05))
    assert found.a / found.alike == pytest.approx(0.2, abs=0.015)
    assert found.alike == pytest.approx(100, rel=0.35)


def test_a_hidden_count_is_any_that_it_can_be() -> None:
    """The likelihood of 1 to 5 is the sum of five, so the fit is that of a search over the sum."""
    known = counts((4, 60), (9, 60), (6, 60), (14, 60))
    hidden = Tally((*known.areas, "h"), np.append(known.least, 1), np.append(known.most, 5), np.append(known.base, 60))
    found = fit_prior(hidden, 1.0)

    def likelihood(a: float, b: float) -> float:
        parts = np.sum(betabinom.logpmf(known.least, known.base, a, b))
        return float(parts + np.log(np.sum(betabinom.pmf(range(1, 6), 60, a, b))))

    best = likelihood(found.a, found.b)
    assert all(best >= likelihood(found.a * x, found.b * y) - 1e-6 for x in (0.9, 1, 1.1) for y in (0.9, 1, 1.1))
    assert levels(hidden, found, 400, 1, 1.0)[4].mean() < levels(known, found, 400, 1, 1.0)[0].mean() + 0.02


def test_levels_are_the_posterior() -> None:
    held, prior = counts((30, 100)), Prior(20.0, 80.0, 1.0)
    drawn = levels(held, prior, 20_000, 1, 1.0)[0]
    assert drawn.mean() == pytest.approx(50 / 200, abs=0.002)
    assert drawn.std() == pytest.approx(sqrt(0.25 * 0.75 / 201), rel=0.03)
    assert (levels(held, prior, 50, 1, 1.0) == levels(held, prior, 50, 1, 1.0)).all()


def test_of_an_excess_of_eight_points_three_are_expected_to_go() -> None:
    """The example of a between-authority deviation of 5 points and a sampling one of 3.9."""
    alike = 0.2 * 0.8 / 0.05**2 - 1  # of a beta distribution with that deviation
    prior = Prior(0.2 * alike, 0.8 * alike, 1.0)
    whole = 0.2 * 0.8 / 0.039**2
    assert 8 * prior.weight(whole) == pytest.approx(3.0, abs=0.05)


# --- standing


def placed(own: Figure, members: tuple[Figure, ...], median: float | None, year: int = 2018) -> Position:
    group = Comparators("ten", "Ten", "neighbours", "neighbour", tuple(one.area for one in members))
    nowhere, bounds = Rank(None, 0, None, None, 0), None if median is None else (median, median)
    return Position("r", "own", year, group, own, members, len(members), median, bounds, median, bounds, None, 0,
                    Comparison(0, 0, 0, 0), nowhere, nowhere, Figure("E", "published"))  # fmt: skip


def figure(area: str, part: float, whole: float) -> Figure:
    return Figure(area, "published", value=100 * part / whole, numerator=part, denominator=whole, base=whole)


TEN = tuple(figure(str(number), 60 + number, 300) for number in range(10))
EVERY = Everyone(2018, 100.0, Spread(0.21, 0.001, 2.0, 150, 2.5), Prior(21, 79, 2.5), RULES)
MEDIAN = 21.5


@pytest.mark.parametrize(
    ("now", "before", "verdict", "why"),
    [
        (65, 65, "similar", "usual"),
        (140, 65, "higher", "far"),
        (112, 65, "similar", "first_time"),
        (112, None, "similar", "first_time"),
        (112, 112, "higher", "two_years"),
        (112, 27, "similar", "first_time"),  # on the other side
        (27, 27, "lower", "two_years"),
        (4, 65, "lower", "far"),
    ],
)
def test_a_verdict_wants_far_out_or_two_years_running(now: int, before: int | None, verdict: str, why: str) -> None:
    here = placed(figure("own", now, 300), TEN, MEDIAN)
    earlier = None if before is None else placed(figure("own", before, 300), TEN, MEDIAN, 2017)
    found = standing(here, EVERY, earlier, EVERY if earlier else None)
    assert (found.verdict, found.why) == (verdict, why)
    assert found.usual is not None
    assert found.far is not None
    assert found.far[0] <= found.usual[0] < MEDIAN < found.usual[1] <= found.far[1]


def test_a_hidden_figure_is_judged_whatever_it_is() -> None:
    few = Figure("own", "suppressed", base=300.0, least=100 / 300, most=500 / 300)
    assert standing(placed(few, TEN, MEDIAN), EVERY, None, None).verdict == "lower"  # even five would be far out
    some = Figure("own", "suppressed", base=20.0, least=5.0, most=25.0)
    assert standing(placed(some, TEN, MEDIAN), EVERY, None, None).why == "usual"
    unknown = Figure("own", "withheld", base=300.0)
    found = standing(placed(unknown, TEN, MEDIAN), EVERY, None, None)
    assert (found.verdict, found.why, found.gap, found.above_middle) == ("cannot_tell", "hidden", None, None)


def test_without_counts_or_group_nothing_is_judged() -> None:
    nobody = replace(EVERY, spread=replace(EVERY.spread, authorities=0))
    assert standing(placed(Figure("own", "published", 95.0), TEN, MEDIAN), nobody, None, None).why == "no_counts"
    # others have counts: it is the whole of this one that is hidden
    assert standing(placed(Figure("own", "published", 0.0), TEN, MEDIAN), EVERY, None, None).why == "hidden"
    assert standing(placed(figure("own", 60, 300), (), None), EVERY, None, None).why == "no_group"
    assert standing(placed(Figure("own", "not_available"), TEN, MEDIAN), EVERY, None, None).why == "no_figure"


def test_a_gap_is_the_sum_by_hand_and_its_range_holds_it() -> None:
    found = standing(placed(figure("own", 90, 300), TEN, MEDIAN), EVERY, None, None)
    assert found.gap is not None
    assert found.gap.number == pytest.approx((90 - 300 * 0.215,) * 2)
    assert found.gap.low < found.gap.number[0] < found.gap.high
    # learnt from all: 21%, and as sure as 100 children; the prior's own mean is what a figure comes back to
    assert found.fading == pytest.approx(100 / (100 + 300 / 2.5) * (30 - 21.0))


def test_what_goes_by_itself_is_never_away_from_the_group_nor_more_than_the_gap() -> None:
    between = standing(placed(figure("own", 75, 300), TEN, 26.0), EVERY, None, None)  # above all, below its group
    assert between.fading is None
    near = standing(placed(figure("own", 66, 300), TEN, 21.9), EVERY, None, None)
    assert near.fading == pytest.approx(22.0 - 21.9)
    rates = replace(EVERY, scale=10_000.0)
    assert standing(placed(figure("own", 90, 300), TEN, MEDIAN), rates, None, None).fading is None


def test_a_year_before_that_is_hidden_leaves_the_verdict_open() -> None:
    now = placed(figure("own", 112, 300), TEN, MEDIAN)
    before = placed(Figure("own", "withheld", base=300.0), TEN, MEDIAN, 2017)
    assert standing(now, EVERY, before, EVERY).verdict == "cannot_tell"


def test_the_level_and_its_place_follow_the_figure() -> None:
    chances, places = [], []
    for part in (30, 64, 120):
        found = standing(placed(figure("own", part, 300), TEN, MEDIAN), EVERY, None, None)
        assert found.above_middle is not None
        assert found.ranks is not None
        chances.append(found.above_middle)
        places.append(found.ranks)
        assert 1 <= found.ranks[0] <= found.ranks[1] <= found.ranked == 11
    assert chances[0] < 0.1
    assert 0.35 < chances[1] < 0.65
    assert chances[2] > 0.9
    assert places[0][0] > places[2][0]


@pytest.mark.parametrize("spread_points", [0.0, 0.04])
def test_authorities_that_do_not_differ_or_change_are_seldom_flagged(spread_points: float) -> None:
    """A small run of bench/standing.py, which has 1,000; its record is held below."""
    world = shipped_world()
    entry, benchmarks, generator = world.config.indicators[REPEAT], world.config.benchmarks, np.random.default_rng(5)
    number, effect = 150, benchmarks.uncertainty.design_effect
    null = Null(generator.integers(60, 600, number), np.clip(generator.normal(0.2, spread_points, number), 0.02, 1))
    table, areas = figures(null, entry, benchmarks, generator), register(number)
    every = [everyone(among_all(table, areas, entry, year), 100.0, RULES, effect) for year in YEARS]
    flagged = changed = 0
    for one in range(number):
        before, now = (among_ten(figures_of(table, "simulated", year), areas, entry, one, year) for year in YEARS)
        flagged += standing(now, every[1], before, every[0]).verdict != "similar"
        step = change(before.figure, now.figure, 100.0)
        changed += step is not None and bool(step.clear)
    # the most that 5% of 150 gives in 999 of 1,000 runs
    assert flagged <= 16
    assert changed <= 16


def test_the_record_has_at_most_5_of_100_flagged_in_a_year() -> None:
    world = shipped_world()
    record = json.loads((ROOT / "bench/results/standing.json").read_text(encoding="utf-8"))
    assert record["design_effect"] == world.config.benchmarks.uncertainty.design_effect
    assert len(record["flagged_percent"]) >= 5
    for country in record["flagged_percent"].values():
        assert country["higher or lower"] <= 5
        assert country["change called clear"] <= 5


# --- quarters and sensitivity


@pytest.mark.parametrize(
    ("value", "polarity", "place"),
    [(10.0, "low", 1), (20.0, "low", 1), (21.0, "low", 2), (30.0, "low", 2), (41.0, "low", 4), (50.0, "high", 1),
     (40.0, "high", 1), (39.9, "high", 2), (19.0, "high", 4)],
)  # fmt: skip
def test_a_quarter_goes_up_to_and_with_its_limit(value: float, polarity: str, place: int) -> None:
    others = [10.0, 20.0, 30.0, 40.0, 50.0]
    members = tuple(Figure(str(number), "published", other) for number, other in enumerate(others) if other != value)
    found = quarter(placed(Figure("own", "published", value), members, 30.0), polarity)
    assert found is not None
    assert (found.best, found.worst) == (place, place)
    if value in others:
        assert found.limits == (20.0, 30.0, 40.0)


def test_a_hidden_figure_can_be_in_several_quarters() -> None:
    members = tuple(Figure(str(number), "published", 10.0 * number) for number in range(1, 6))
    own = Figure("own", "suppressed", base=50.0, least=2.0, most=25.0)
    found = quarter(placed(own, members, 30.0), "low")
    assert found is not None
    assert (found.best, found.worst, found.of) == (1, 2, 5)
    assert quarter(placed(own, members, 30.0), "none") is None


def test_sensitivity_by_hand() -> None:
    own = figure("own", 90, 300)
    members = (figure("a", 20, 100), figure("b", 30, 200), figure("c", 80, 200))
    found = replace(placed(own, members, 20.0), mean=25.0, mean_bounds=(25.0, 25.0), pooled=26.0, pooled_from=3)
    other = placed(own, members[:2], 17.5)
    rows = sensitivity(found, 100.0, {"neighbours-2021": other})
    assert [(row.how, row.without, row.usual[0], row.members, row.of) for row in rows] == [
        ("median", None, 20.0, 3, 3),
        ("mean", None, 25.0, 3, 3),
        ("pooled", None, 26.0, 3, 3),
        ("without", "c", 17.5, 2, 2),
        ("without", "b", 30.0, 2, 2),
        ("neighbours-2021", None, 17.5, 2, 2),
    ]
    assert all(row.usual[0] == row.usual[1] for row in rows)
    assert rows[0].gap == pytest.approx((10.0, 10.0))
    assert rows[0].children == pytest.approx((30.0, 30.0))
    assert [row.side for row in rows] == [1, 1, 1, 1, 0, 1]
    assert sensitivity(placed(Figure("own", "suppressed"), members, 20.0), 100.0, {}) == ()


def test_a_hidden_member_makes_a_range_of_what_is_usual() -> None:
    """Two of three published: the hidden one is 1 to 5 of 50, so 2 to 10 percent."""
    hidden = Figure("h", "suppressed", base=50.0, least=2.0, most=10.0)
    own = figure("own", 18, 300)
    found = placed(own, (figure("a", 3, 100), hidden, figure("b", 8, 100)), 5.5)
    rows = {(row.how, row.without): row for row in sensitivity(found, 100.0, {})}
    assert rows["median", None].usual == (3.0, 8.0)
    assert rows["median", None].gap == (-2.0, 3.0)
    assert rows["median", None].side is None
    assert rows["mean", None].usual == pytest.approx((13 / 3, 7.0))
    assert rows["pooled", None].usual == pytest.approx((100 * 12 / 250, 100 * 16 / 250))
    certain = sensitivity(placed(figure("own", 30, 300), found.members, 5.5), 100.0, {})
    assert [row.side for row in certain if row.how == "median"] == [1]


def test_trafford_in_2018_by_hand() -> None:
    world = shipped_world()
    benchmarks = world.config.benchmarks
    every = [
        everyone(world.position(TRAFFORD, REPEAT, year, benchmarks.england), 100.0, RULES, 2.8) for year in (2018, 2017)
    ]
    now, before = (world.position(TRAFFORD, REPEAT, year, GROUP) for year in (2018, 2017))
    found = standing(now, every[0], before, every[1])
    assert found.gap is not None
    assert found.gap.number == pytest.approx((76 - 261 * 0.215,) * 2)
    assert found.verdict == "similar"
    where = quarter(world.position(TRAFFORD, REPEAT, 2018, benchmarks.england), "low")
    assert where is not None
    assert (where.best, where.worst) == (4, 4)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([REPEAT, OPEN_LONG, "plans_open_per_10k"]), st.integers(2014, 2025), st.integers(0, 169))
def test_any_authority_can_be_judged(indicator: str, year: int, number: int) -> None:
    world = shipped_world()
    area = world.areas.authorities[number % len(world.areas.authorities)].code
    scale = world.config.indicators[indicator].scale
    every = everyone(world.position(area, indicator, year, "england"), scale, RULES, 2.8)
    found = standing(world.position(area, indicator, year, GROUP), every, None, None)
    if found.gap is not None:
        assert found.gap.low <= found.gap.number[0] <= found.gap.number[1] <= found.gap.high
    if found.above_middle is not None:
        assert 0 <= found.above_middle <= 1

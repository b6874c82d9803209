"""Control charts: limits with known answers, the four rules, gaps, rebases, and when a change is called real."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.false_alarms import TOLD, WATCHED, Watched, measure
from explorer.models.control_signs import Signal
from explorer.models.series import Kind, Point, Series, of_records, yearly
from explorer.models.spc import Array, ControlChart, NoChart, carried_on, chart_for, p_prime, xmr
from explorer.models.trend_settings import Charted, ControlRules, Rule
from explorer.models.verdict import verdict
from explorer.plan_indicators import month_ends
from explorer.records.shipped import load_sample
from tests.fixtures import OPEN, REPEAT, ROOT, TRAFFORD, shipped_world

TRENDS = shipped_world().models.trends
RULES = TRENDS.rules
ENTRIES = shipped_world().config.indicators
RUTLAND = "857"


def unscreened() -> ControlRules:
    return RULES.model_copy(update={"screening": RULES.screening.model_copy(update={"on": False})})


def numbers(*given: float | None) -> Array:
    return np.array([np.nan if one is None else one for one in given], dtype=np.float64)


def fired(chart: ControlChart, rule: Rule) -> list[Signal]:
    return [one for one in chart.signals if one.rule == rule]


def monthly(*values: float | None, kind: Kind = "month", name: str = "plans_started") -> Series:
    ends = month_ends(date(2015, 4, 1), date(2025, 3, 31))[: len(values)]
    points = tuple(
        Point(end, "withheld" if value is None else "published", value) for end, value in zip(ends, values, strict=True)
    )
    return Series(name, TRAFFORD, kind, points, "records")


# 18 points, the fifth of them freak (methods, validation case 1)
ONE_TWO = numbers(1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)
STEADY = (20, 24, 19, 25, 21, 18, 23, 22, 20, 25, 19, 22, 24, 18, 21, 23)


def test_known_limits_with_and_without_screening() -> None:
    for rules, lower, upper, screened in ((RULES, -0.716, 4.604, 2), (unscreened(), -3.063, 6.951, 0)):
        chart = xmr(ONE_TWO, rules)
        assert chart.centre[0] == pytest.approx(1.944, abs=0.001)
        assert chart.lower[0] == pytest.approx(lower, abs=0.001)
        assert chart.upper[0] == pytest.approx(upper, abs=0.001)
        assert chart.screened == screened


def test_near_limits_by_hand() -> None:
    chart = xmr(numbers(1, 3, 1, 3, 1, 3), RULES)  # average 2, moving range 2
    assert chart.near_upper[0] == pytest.approx(2 + 1.773 * 2)
    assert chart.near_lower[0] == pytest.approx(2 - 1.773 * 2)


def test_counts_end_at_nought() -> None:
    assert xmr(ONE_TWO, RULES, lowest=0.0).lower[0] == 0.0


def test_seven_rising_are_a_trend_and_a_level_step_breaks_it() -> None:
    (trend,) = fired(xmr(numbers(1, 2, 3, 4, 5, 6, 7), RULES), "trend")
    assert (trend.first, trend.last, trend.side) == (0, 6, "rising")
    assert not fired(xmr(numbers(1, 2, 3, 3, 4, 5, 6), RULES), "trend")
    assert not fired(xmr(numbers(1, 2, 3, 4, 5, 6, 1), RULES), "trend")
    (falling,) = fired(xmr(numbers(9, 8, 7, 6, 5, 4, 3, 2), RULES), "trend")
    assert (falling.first, falling.last, falling.side) == (0, 7, "falling")


def test_seven_on_one_side_are_a_shift_and_a_figure_on_the_average_breaks_it() -> None:
    low, high = [4.0, 2.0] * 4, [8.0, 6.0, 8.0, 6.0, 8.0, 6.0, 8.0]
    (below, above) = fired(xmr(numbers(*low, *high), RULES), "shift")
    assert (below.side, below.last - below.first + 1) == ("below", 8)
    assert (above.side, above.last - above.first + 1) == ("above", 7)
    even = [4.0, 2.0] * 4 + [8.0, 6.0, 8.0, 5.0, 6.0, 8.0, 6.0, 8.0] + [3.0, 1.0, 6.0, 4.0]
    values = numbers(*even)
    on_average = values.copy()
    on_average[11] = values.mean() + (values.mean() - values[11]) / (len(values) - 1)
    assert on_average[11] == pytest.approx(on_average.mean())
    assert not [one for one in fired(xmr(on_average, RULES), "shift") if one.side == "above"]


def test_two_of_three_near_a_limit_and_on_one_side() -> None:
    calm = [10.0, 11.0] * 8  # moving range about 1; near limit at about 1.8 from the average
    near = fired(xmr(numbers(*calm, 12.9, 10.8, 12.9), unscreened()), "two_of_three")
    assert [(one.first, one.last, one.side) for one in near] == [(16, 18, "above")]
    straddling = xmr(numbers(*calm, 12.9, 10.0, 12.9), unscreened())
    assert not fired(straddling, "two_of_three")


def test_one_rule_names_a_point_and_outside_comes_first() -> None:
    calm = [10.0, 11.0] * 8
    chart = xmr(numbers(*calm, 12.9, 10.8, 30.0), RULES)
    assert chart.rules[18] == "outside"
    assert chart.rules[17] is None  # in the window of three, but not near a limit
    rising = xmr(numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14), RULES)
    assert set(rising.rules[4:7]) == {"trend"}  # shift and trend both, and trend comes first


def test_a_hidden_figure_breaks_every_run() -> None:
    assert not fired(xmr(numbers(1, 2, 3, None, 4, 5, 6, 7), RULES), "trend")
    low = [2.0, 4.0] * 5
    gap = xmr(numbers(*low, 8, 6, 8, None, 6, 8, 6), RULES)
    assert not [one for one in fired(gap, "shift") if one.side == "above"]
    assert gap.centre[13] is None
    assert gap.upper[13] is None


def test_a_rebase_begins_new_limits_and_ends_runs() -> None:
    low, high = [4.0, 2.0] * 6, [14.0, 12.0] * 6
    chart = xmr(numbers(*low, *high), RULES, rebases=(12,))
    assert chart.centre[:12] == (3.0,) * 12
    assert chart.centre[12:] == (13.0,) * 12
    assert chart.signals == ()
    assert (chart.stretch, chart.known, chart.trial) == (12, 12, False)
    assert fired(xmr(numbers(*low, *high), RULES), "shift")


def test_few_figures_have_limits_on_trial_or_none() -> None:
    assert xmr(numbers(*STEADY[:11]), RULES).trial
    assert not xmr(numbers(*STEADY[:12]), RULES).trial
    assert set(xmr(numbers(*STEADY[:5]), RULES).centre) == {None}


def test_p_prime_by_hand() -> None:
    """Laney's steps with n the same everywhere: s is sqrt(p(1-p)/n), and the moving ranges of z."""
    parts, wholes = numbers(20, 30, 20, 30, 20, 30), numbers(*[100] * 6)
    chart = p_prime(parts, wholes, RULES)
    s = (0.25 * 0.75 / 100) ** 0.5
    spread = 0.1 / s / 1.128
    assert chart.spread == pytest.approx(spread)
    assert chart.centre[0] == pytest.approx(0.25)
    assert chart.upper[0] == pytest.approx(0.25 + 3 * s * spread)
    assert chart.near_lower[0] == pytest.approx(max(0.25 - 2 * s * spread, 0))


def test_p_prime_limits_are_wider_for_fewer_and_stay_shares() -> None:
    chart = p_prime(numbers(2, 30, 1, 35, 3, 28), numbers(10, 100, 8, 120, 9, 110), RULES)
    assert chart.upper[2] is not None
    assert chart.upper[1] is not None
    assert chart.upper[2] > chart.upper[1]
    assert all(0 <= one <= 1 for line in (chart.lower, chart.upper) for one in line if one is not None)


def test_a_share_of_nothing_is_a_gap() -> None:
    chart = p_prime(numbers(2, 3, 0, 4, 2, 3, 4), numbers(10, 10, 0, 10, 10, 10, 10), RULES)
    assert chart.centre[2] is None
    assert chart.known == 6


@given(st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1, max_size=40), st.sets(st.integers(0, 40)))
def test_whatever_the_figures_the_chart_holds_together(values: list[int | None], rebases: set[int]) -> None:
    chart = xmr(numbers(*values), RULES, tuple(rebases), lowest=0.0)
    lines = (chart.lower, chart.near_lower, chart.centre, chart.near_upper, chart.upper)
    assert {len(line) for line in (*lines, chart.rules)} == {len(values)}
    for at in zip(*lines, strict=True):
        known = [one for one in at if one is not None]
        assert len(known) in (0, 5)
        assert all(low <= high + 1e-9 for low, high in pairwise(known))
    for value, rule, centre in zip(values, chart.rules, chart.centre, strict=True):
        assert value is not None or (rule is None and centre is None)
    assert all(0 <= one.first <= one.last < len(values) for one in chart.signals)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_turned_upside_down_the_signs_are_the_same(values: list[int]) -> None:
    flip = {"above": "below", "below": "above", "rising": "falling", "falling": "rising"}
    up, down = xmr(numbers(*values), RULES), xmr(60 - numbers(*values), RULES)
    assert {(one.rule, one.first, one.last, flip[one.side]) for one in up.signals} == {
        (one.rule, one.first, one.last, one.side) for one in down.signals
    }


def test_which_chart_for_what() -> None:
    world = shipped_world()
    share = chart_for(yearly(world.table, REPEAT, TRAFFORD), ENTRIES[REPEAT], RULES)
    assert isinstance(share, ControlChart)
    assert share.kind == "p_prime"
    assert share.centre[0] == pytest.approx(25.6, abs=0.1)  # in percent
    for name in ("plans_started", "plans_started_per_10k", "reviews_on_time_percent"):
        found = chart_for(yearly(world.table, name, TRAFFORD), ENTRIES[name], RULES)
        assert isinstance(found, ControlChart)
        assert found.kind == "xmr"
    for name in (OPEN, "open_2y_plus_percent", "plans_open_per_10k"):
        assert chart_for(yearly(world.table, name, TRAFFORD), ENTRIES[name], RULES) == NoChart("stock")


@pytest.mark.parametrize("kind", ["rolling_12m", "year_to_date"])
def test_overlapping_periods_have_no_chart(kind: Kind) -> None:
    assert chart_for(monthly(*STEADY, kind=kind), ENTRIES["plans_started"], RULES) == NoChart("overlapping")


def test_too_few_all_level_or_too_many_hidden_have_no_chart() -> None:
    entry = ENTRIES["plans_started"]
    assert chart_for(monthly(*STEADY[:4]), entry, RULES) == NoChart("too_few")
    assert chart_for(monthly(), entry, RULES) == NoChart("too_few")
    assert chart_for(monthly(*[7] * 12), entry, RULES) == NoChart("level")
    assert chart_for(monthly(*STEADY, None, None, None, None, None), entry, RULES) == NoChart("hidden")
    world = shipped_world()
    rutland = yearly(world.table, "ended_2y_plus_percent", RUTLAND)
    assert chart_for(rutland, ENTRIES["ended_2y_plus_percent"], RULES) == NoChart("hidden")


def test_small_counts_and_rates_of_them_have_no_chart() -> None:
    small, enough = (5, 2, 8, 3, 6, 4, 2, 7), (6, 3, 9, 4, 7, 5, 3, 8)  # 4.6 and 5.6 on average
    entry = ENTRIES["plans_started"]
    assert chart_for(monthly(*small), entry, RULES) == NoChart("small")
    assert isinstance(chart_for(monthly(*enough), entry, RULES), ControlChart)
    rate = ENTRIES["plans_started_per_10k"]

    def rates(counts: tuple[int, ...]) -> Series:
        ends = month_ends(date(2015, 4, 1), date(2023, 3, 31))[11::12]
        points = [
            Point(end, "published", 10.0 * count, float(count), 1000.0) for end, count in zip(ends, counts, strict=True)
        ]
        return Series("plans_started_per_10k", RUTLAND, "year", tuple(points), "invented")

    assert chart_for(rates(small), rate, RULES) == NoChart("small")
    assert isinstance(chart_for(rates(enough), rate, RULES), ControlChart)


def test_shares_of_very_few_have_no_chart_and_of_few_rough_limits() -> None:
    wholes = numbers(*[20] * 8)
    assert p_prime(numbers(1, 4, 2, 3, 1, 4, 2, 4), wholes, RULES).without == "small"  # 21 of 160: 2.6 expected
    assert p_prime(numbers(19, 16, 18, 17, 19, 16, 18, 16), wholes, RULES).without == "small"  # and 2.6 not in it
    assert p_prime(numbers(2, 5, 3, 4, 2, 5, 3, 4), wholes, RULES).rough == pytest.approx(3.5)
    assert p_prime(numbers(8, 12, 9, 11, 8, 12, 9, 11), wholes, RULES).rough is None


def test_shares_at_the_ceiling_have_no_chart() -> None:
    """North Lincolnshire's reviews on time: 100% but for one year, and 'usually from 99.9% to 99.9%' once."""
    entry = ENTRIES["reviews_on_time_percent"]
    north_lincolnshire = yearly(shipped_world().table, "reviews_on_time_percent", "813")
    assert chart_for(north_lincolnshire, entry, RULES) == NoChart("level")
    near = (100, 98, 100, 99, 100, 97, 100, 99)  # the middle figure 99.5, and 1.9 from one to the next
    assert chart_for(monthly(*near, kind="year"), entry, RULES) == NoChart("edge")
    assert chart_for(monthly(*(100 - one for one in near), kind="year"), entry, RULES) == NoChart("edge")
    assert isinstance(chart_for(monthly(*(one - 10 for one in near), kind="year"), entry, RULES), ControlChart)


def test_most_figures_level_with_the_one_before_have_no_chart() -> None:
    assert xmr(numbers(7, 7, 7, 9, 7, 7, 7), RULES).without == "level"  # 4 of 6 steps are nought
    assert xmr(numbers(7, 7, 7, 9, 8, 7, 7), RULES).without is None  # half of them
    assert xmr(numbers(7, None, 7, None, 8, None, 9, None, 8, None, 7), RULES).without == "too_few"  # no step at all


def test_screening_is_left_out_where_it_would_put_the_usual_figures_outside() -> None:
    """Average 47, pulled down by one freak figure: limits by the small steps alone would hold none of the others."""
    values = numbers(50, 50.1, 49.9, 50, 50.2, 20, 50, 49.9, 50.1, 50, 50.2, 49.9)
    chart = xmr(values, RULES)
    assert chart.screened == 0
    assert [one.first for one in fired(chart, "outside")] == [5]


def test_a_new_stretch_without_limits_says_why() -> None:
    big, small = [20.0, 25.0] * 6, [1.0, 3.0] * 6
    chart = xmr(numbers(*big, *small), RULES, rebases=(12,), lowest=0.0, counted=numbers(*big, *small))
    assert chart.without == "small"
    assert chart.centre[0] == 22.5
    assert chart.centre[12] is None


@given(st.lists(st.integers(0, 3), min_size=6, max_size=40), st.sampled_from([3.0, np.inf]))
def test_limits_always_leave_something_between(values: list[int], highest: float) -> None:
    chart = xmr(numbers(*values), RULES, lowest=0.0, highest=highest)
    pairs = zip(chart.lower, chart.upper, strict=True)
    assert all(low is None or (high is not None and low < high) for low, high in pairs)


def test_one_rule_is_enough_by_quarter_for_shares_alone() -> None:
    entry = ENTRIES["plans_started"]
    counts = monthly(*STEADY, 60, kind="quarter")
    chart = chart_for(counts, entry, RULES)
    assert isinstance(chart, ControlChart)
    found = verdict(counts, chart, TRENDS.alarm)
    assert [sign.rule for sign in found.newest] == ["outside"]
    assert not found.alarm
    assert verdict(counts, replace(chart, kind="p_prime"), TRENDS.alarm).alarm


def test_a_rebase_is_a_day_and_begins_with_the_first_period_after() -> None:
    chart = chart_for(monthly(*STEADY), ENTRIES["plans_started"], RULES, rebases=(date(2015, 8, 15),))
    assert isinstance(chart, ControlChart)
    assert chart.stretch == 4  # August 2015
    later = chart_for(monthly(*STEADY), ENTRIES["plans_started"], RULES, rebases=(date(2030, 1, 1),))
    assert isinstance(later, ControlChart)
    assert later.stretch == 0


def test_limits_carried_on_are_those_of_the_newest_stretch() -> None:
    whole = monthly(*STEADY, 60, None, 2)
    as_at = whole.points[15].end
    entry = ENTRIES["plans_started"]
    chart = chart_for(whole.up_to(as_at), entry, RULES)
    assert isinstance(chart, ControlChart)
    carried = carried_on(chart, whole.after(as_at), entry)
    assert carried.upper == (chart.upper[0], None, chart.upper[0])
    assert carried.centre[0] == chart.centre[0]


def test_a_shares_carried_limits_go_by_what_it_is_out_of() -> None:
    world = shipped_world()
    whole, entry = yearly(world.table, REPEAT, TRAFFORD), ENTRIES[REPEAT]
    chart = chart_for(whole.up_to(date(2024, 3, 31)), entry, RULES)
    assert isinstance(chart, ControlChart)
    carried = carried_on(chart, whole.after(date(2024, 3, 31)), entry)  # 193 plans, fewer than in any year before
    assert carried.upper[0] is not None
    assert carried.upper[0] > max(one for one in chart.upper if one is not None)


def test_a_sign_alone_is_no_real_change_of_months_and_two_are() -> None:
    one = monthly(*STEADY, 60)
    entry = ENTRIES["plans_started"]
    chart = chart_for(one, entry, RULES)
    assert isinstance(chart, ControlChart)
    found = verdict(one, chart, TRENDS.alarm)
    assert [sign.rule for sign in found.newest] == ["outside"]
    assert not found.alarm
    several = monthly(*STEADY, 30, 31, 29, 33, 30, 45, 34)
    chart = chart_for(several, entry, RULES)
    assert isinstance(chart, ControlChart)
    found = verdict(several, chart, TRENDS.alarm)
    assert {sign.rule for sign in found.recent} >= {"outside", "shift"}
    assert found.way == "up"


def test_old_signs_and_trial_limits_call_nothing() -> None:
    entry = ENTRIES["plans_started"]
    old = monthly(*STEADY, 30, 31, 29, 33, 30, 45, 34, *STEADY)
    chart = chart_for(old, entry, RULES)
    assert isinstance(chart, ControlChart)
    assert fired(chart, "shift")
    assert verdict(old, chart, TRENDS.alarm).recent == ()
    trial = monthly(20, 21, 20, 21, 20, 40, 41, 42, 43, 44, 45)
    chart = chart_for(trial, entry, RULES)
    assert isinstance(chart, ControlChart)
    assert chart.trial
    assert not verdict(trial, chart, TRENDS.alarm).alarm


def test_august_2018_of_the_sample_as_the_committee_saw_it() -> None:
    """Re-plans by quarter on 30 September 2018: within the usual range, with nothing later used."""
    world = shipped_world()
    sample = load_sample(world.config, world.rules)
    whole = of_records(sample.figures, REPEAT, TRAFFORD, "quarter", sample.label, world.config.benchmarks)
    known = whole.up_to(date(2018, 9, 30))
    chart = chart_for(known, ENTRIES[REPEAT], RULES)
    assert isinstance(chart, ControlChart)
    assert (chart.known, chart.trial, chart.signals) == (14, False, ())
    assert len(chart.centre) == len(known.points)


def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "bench/results/false_alarms.json").read_text(encoding="utf-8"))
    return found


def test_false_alarms_told_are_those_measured() -> None:
    shares = record()["shares_flagged_in_a_year"]
    told = {(one.chart, one.kind, one.plans): (one.any_sign, one.alarm) for one in TRENDS.false_alarms.measured}
    measured = {}
    for watched, rates in TOLD.items():
        for size, rate in watched.sizes.items():
            if rate in rates:
                found = shares[watched.name][size]
                assert found["drawn"] > 0.8  # told of charts, and so of sizes of which most have one
                measured[watched.chart, watched.kind, watched.plans(rate)] = found["any_sign"], found["alarm"]
    assert told == measured


def test_no_alarm_is_false_for_more_than_one_in_twenty_and_no_limits_are_flat() -> None:
    found = record()
    assert found["authorities"] == 1000
    for watched in WATCHED:
        for size in watched.sizes:
            shares = found["shares_flagged_in_a_year"][watched.name][size]
            assert shares["alarm"] <= 0.05, (watched.name, size)
            assert shares["flat"] == 0


@pytest.mark.parametrize("watched", TOLD, ids=lambda watched: watched.name)
def test_a_small_bench_agrees_with_what_is_told(watched: Watched) -> None:
    """100 authorities: within three standard errors of the share that the page tells."""
    size = TOLD[watched][-1]
    found = measure(watched, size, 100, 7, TRENDS)
    told = TRENDS.false_alarms.like(watched.chart, cast(Charted, watched.kind), watched.plans(size))
    assert told is not None
    for name in ("any_sign", "alarm"):
        share = getattr(told, name)
        assert abs(found[name] - share) <= 3 * (share * (1 - share) / 100) ** 0.5 + 0.01


@pytest.mark.parametrize(
    ("watched", "rate"),
    [(one, rate) for one in WATCHED if one.history < 100 for rate in sorted(one.sizes.values())[:5]],
    ids=lambda one: getattr(one, "name", str(one)),
)
def test_small_counts_and_shares_near_100_are_not_flagged(watched: Watched, rate: float) -> None:
    """60 authorities; 7 of them would be more than 5% by more than chance."""
    found = measure(watched, rate, 60, 3, TRENDS)
    assert found["alarm"] <= 7 / 60
    assert found["flat"] == 0


def test_the_trial_nearest_in_size_is_told() -> None:
    alarms = TRENDS.false_alarms
    sizes = [one.plans for one in alarms.tried("xmr", "month")]
    assert sizes == [8, 22, 60]
    assert [alarms.like("xmr", "month", size).plans for size in (5, 13, 14, 36, 37, 900)] == [8, 8, 22, 22, 60, 60]  # type: ignore[union-attr]
    assert alarms.month.plans == 22
    largest = alarms.like("xmr", "year", None)
    assert largest is not None
    assert largest.plans == max(one.plans for one in alarms.tried("xmr", "year"))
    assert alarms.like("share", "month", None) is None

"""The smallest effect that could be noticed: by hand, beside simulations, and against the figures of the methods."""

from datetime import date
from math import log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.evaluation.controlled import Controlled, Question, compare
from explorer.evaluation.drift import Drift, drift_of, own_drift
from explorer.evaluation.panel import panel
from explorer.evaluation.path import ramp, step
from explorer.evaluation.power import (
    Asked,
    Noticeable,
    anchored,
    asked_of,
    cohorts,
    controlled,
    interrupted,
    noticed_by,
    of_outcome,
    period_ends,
    two_shares,
)
from tests.fixtures import REPEAT, TRAFFORD, shipped_world

ASKED = Asked(0.95, 0.8)
START = date(2018, 9, 1)
NORMAL = NormalDist()
STILL = Drift(0.0, 0.0)


def test_95_and_80_make_2_8_standard_errors() -> None:
    assert asked_of(shipped_world().evaluation.certainty) == ASKED
    assert ASKED.half_width == pytest.approx(1.95996, abs=1e-5)
    assert ASKED.multiple == pytest.approx(1.95996 + 0.84162, abs=1e-5)


def test_year_on_year_with_200_starts_it_is_about_12_points() -> None:
    # methods, "Power": 2.8016 x sqrt(0.25 x 0.75 x 2 / 200) = 2.8016 x 0.0433 = 12.13 points
    assert two_shares(200, 200, 0.25, 1, ASKED) == pytest.approx(12.13, abs=0.01)
    assert two_shares(200, 200, 0.25, 4, ASKED) == pytest.approx(2 * 12.13, abs=0.02)


def test_the_two_powers_of_the_methods_come_out() -> None:
    # methods, "Read first", 2: 22 starts a month, 36 + 36 months, families of two: the power for 28% to 18% is about
    # 32% with a trend and 84% for a step alone. The design effect is 2.5.
    ends = period_ends(date(2015, 9, 1), 1, 72)
    for trend, power in ((True, 0.32), (False, 0.84)):
        found = interrupted(ends, 1, step(START), 22, 0.28, 2.5, Asked(0.95, power), trend=trend)[-1]
        assert found.full == pytest.approx(10, abs=0.6)


def quasi_binomial_power(ends: tuple[date, ...], months: int, plans: int, share: float, fall: float) -> float:
    """How often a fall is noticed in 500 series of families of two who re-plan together."""
    path = ramp(START, 3, 12, "")
    exposure = path.exposure(ends, months)
    logit = log(share / (1 - share)) + exposure * (log((share - fall) / (1 - share + fall)) - log(share / (1 - share)))
    families = np.random.default_rng(1).binomial(plans // 2, 1 / (1 + np.exp(-logit)), (500, len(ends)))
    design = np.column_stack([np.ones(len(ends)), exposure])
    noticed = 0
    for row in families * 2 / plans:
        fit = sm.GLM(row, design, sm.families.Binomial(), var_weights=np.full(len(ends), plans)).fit(scale="X2")
        noticed += abs(fit.params[1] / fit.bse[1]) > ASKED.half_width
    return noticed / 500


def test_an_interrupted_series_notices_so_often_as_it_says() -> None:
    ends = period_ends(date(2014, 4, 1), 3, 36)
    newest = interrupted(ends, 3, ramp(START, 3, 12, ""), 60, 0.28, 2.0, ASKED, trend=False)[-1]
    assert newest.full is not None
    assert quasi_binomial_power(ends, 3, 60, 0.28, newest.full / 100) == pytest.approx(0.8, abs=0.06)


def test_a_controlled_comparison_notices_so_often_as_it_says() -> None:
    years, drift = range(2013, 2024), Drift(1.0, 1.3)
    path = ramp(START, 12, 12, "")
    newest = controlled(years, path, 260, 0.28, 2.8, drift, 150, ASKED)[-1]
    assert newest.full is not None
    rng = np.random.default_rng(2)
    exposure = path.exposure([date(year, 3, 31) for year in years], 12)
    chance = sqrt(2.8 * 1e4 * 0.28 * 0.72 / 260)
    shape = (4000, len(years))
    gaps = rng.normal(0, chance, shape) + rng.normal(0, 1.0, shape) + np.cumsum(rng.normal(0, 1.3, shape), axis=1)
    found = (gaps @ (exposure - exposure.mean())) / ((exposure - exposure.mean()) ** 2).sum()
    error = newest.full / ASKED.multiple
    assert found.std() == pytest.approx(error, rel=0.06)
    assert (np.abs(found) > ASKED.half_width * error).mean() == pytest.approx(0.05, abs=0.02)
    assert (np.abs(found - newest.full) > ASKED.half_width * error).mean() == pytest.approx(0.8, abs=0.03)


def test_difference_in_differences_by_hand() -> None:
    # Two years before, one after, a step at its start: the newest less the mean of two has the variance s^2 (1 + 1/2).
    # s^2 = 10,000 x 0.2 x 0.8 / 100 = 16; z (of two ends) 2.8016 x sqrt(24) = 13.73; with one other, times sqrt(2).
    found = controlled((2017, 2018, 2019), step(date(2018, 4, 1)), 100, 0.2, 1, STILL, 1, ASKED)
    assert [one.end for one in found] == [date(2019, 3, 31)]
    assert found[0].full is None  # 19.4 points of 20 would leave next to nothing
    (one,) = controlled((2017, 2018, 2019), step(date(2018, 4, 1)), 100, 0.4, 1, STILL, 10**9, ASKED)
    assert one.full == pytest.approx(ASKED.multiple * sqrt(24 * 1.5), rel=1e-6)
    assert one.margin == pytest.approx(ASKED.half_width * sqrt(24 * 1.5), rel=1e-6)
    # A walk of 2 points a year: from the mean of years 0 and 1 to year 2: 4 x (1 + 1/4) more.
    (one,) = controlled((2017, 2018, 2019), step(date(2018, 4, 1)), 100, 0.4, 1, Drift(0, 2), 10**9, ASKED)
    assert one.full == pytest.approx(ASKED.multiple * sqrt(24 * 1.5 + 4 * 1.25), rel=1e-6)


def test_the_year_to_march_2019_is_seven_twelfths_exposed() -> None:
    found = controlled(range(2013, 2021), step(START), 260, 0.28, 2.8, STILL, 150, ASKED)
    assert [round(one.share, 4) for one in found] == [0.5833, 1.0]
    assert found[0].full is not None
    assert found[0].there == pytest.approx(found[0].full * 7 / 12)


def test_children_who_left_before_and_after_have_to_be_followed_first() -> None:
    ends = period_ends(START, 6, 8)
    found = cohorts(ends, START, 20, 36, 24, 0.15, 1.0, ASKED)
    assert [one.full is None for one in found] == [True] * 4 + [False] * 4  # 24 months, and then at least one more
    assert found[4].full == pytest.approx(two_shares(720, 20 * 6, 0.15, 1.0, ASKED))
    assert found[4].there == found[4].full


def test_children_who_come_back_less_often_as_points_of_the_re_plan_share() -> None:
    # 15% back within two years, and 28% re-plans. A ratio of 0.8: 1 - 0.85^0.8 = 12.192% and 1 - 0.72^0.8 = 23.111%
    day = date(2022, 3, 31)
    (one,) = of_outcome([Noticeable(day, 1.0, 15 - 12.1918, None, 0.0)], 0.15, 0.28)
    assert one.full == pytest.approx(28 - 23.1107, abs=0.001)
    assert one.there is None
    assert one.margin == pytest.approx(0)


def test_what_is_said_of_days_to_come_is_as_wide_as_the_result() -> None:
    path = ramp(START, 12, 24, "")
    found = controlled(range(2013, 2026), path, 260, 0.28, 2.8, Drift(0, 1.3), 150, ASKED)
    day = date(2022, 3, 31)
    (known,) = [one.margin for one in found if one.end == day]
    assert known is not None
    same = anchored(found, day, known, 0.28, ASKED)
    assert [one.full for one in same] == [None if one.full is None else pytest.approx(one.full) for one in found]
    half = anchored(found, day, known / 2, 0.28, ASKED)
    for one, other in zip(found, half, strict=True):
        assert other.share == one.share
        assert other.margin == (None if one.margin is None else pytest.approx(one.margin / 2))
        if one.full is not None and other.there is not None and one.there is not None:
            assert other.full == pytest.approx(one.full / 2)
            assert other.there == pytest.approx(one.there / 2)
    assert sum(one.full is None for one in half) < sum(one.full is None for one in found)
    assert anchored(found, date(2030, 3, 31), 1.0, 0.28, ASKED) == found


def test_the_closed_form_is_near_to_what_other_authorities_show() -> None:
    """On Trafford's re-plans, a step at the start and two years after it: the spread of all others' placebos."""
    world = shipped_world()
    codes = [area.code for area in world.areas.authorities]
    panel_of = panel(world.table, REPEAT, codes, stock=False)
    result = compare(panel_of, Question(TRAFFORD, step(START), 2021, "difference_in_differences"), world.evaluation)
    assert isinstance(result, Controlled)
    spread = (result.placebos.effects * np.sqrt(result.chance / result.placebos.chance)).std()
    design_effect = world.config.benchmarks.uncertainty.design_effect
    drift = drift_of(panel_of, design_effect)
    assert drift.step_sd == pytest.approx(1.34, abs=0.02)
    newest = controlled(result.years, step(START), 260, 0.26, design_effect, drift, 150, ASKED)[-1]
    assert newest.margin is not None
    assert newest.margin / ASKED.half_width == pytest.approx(spread, rel=0.12)


def test_a_path_that_takes_years_is_noticed_later_and_by_the_part_that_is_there() -> None:
    ends = period_ends(date(2013, 4, 1), 1, 12 * 16)
    slow, fast = ramp(START, 24, 60, ""), step(START)
    late, soon = (interrupted(ends, 1, path, 60, 0.28, 1, ASKED, trend=False) for path in (slow, fast))
    assert all(a.there is None or a.full is None or a.there <= a.full + 1e-9 for a in late)
    by_late, by_soon = noticed_by(8, late), noticed_by(8, soon)
    assert by_soon is not None
    assert by_late is not None
    assert by_late > by_soon
    assert noticed_by(0.1, late) is None


def test_nothing_is_noticed_before_anything_is_there() -> None:
    ends = period_ends(date(2013, 4, 1), 1, 100)
    found = interrupted(ends, 1, ramp(START, 12, 12, ""), 60, 0.28, 1, ASKED)
    assert [one.end for one in found] == list(ends[65:])
    assert all(one.full is None and one.margin is None for one in found[:12])


def test_periods_of_the_wash_out_tell_nothing() -> None:
    ends = period_ends(date(2015, 9, 1), 1, 39)
    washed = interrupted(ends, 1, step(START), 60, 0.28, 1, ASKED, trend=False, wash_out=3)
    assert all(one.full is None for one in washed[:3])
    shorter = (*ends[:36],)
    assert shorter[-1] < START <= washed[0].end


@settings(max_examples=25)
@given(
    st.floats(0.05, 0.6),
    st.floats(10, 80),
    st.floats(1, 4),
)
def test_more_plans_show_smaller_effects_and_families_hide_them(share: float, plans: float, design: float) -> None:
    ends = period_ends(date(2014, 4, 1), 3, 40)

    def full(plans: float, design: float) -> float:
        found = interrupted(ends, 3, step(START), plans, share, design, ASKED, seasons=1)[-1].full
        return np.inf if found is None else found

    assert full(2 * plans, design) <= full(plans, design) <= full(plans, design + 1)
    assert full(plans, design) == pytest.approx(full(2 * plans, 2 * design))


def test_a_rise_of_a_high_share() -> None:
    ends = period_ends(date(2014, 4, 1), 3, 40)
    fall, rise = (
        interrupted(ends, 3, step(START), 60, 0.93, 2, ASKED, way=way, trend=False)[-1] for way in ("lower", "higher")
    )
    assert fall.full is not None
    assert rise.full is not None
    assert 0 < rise.full < fall.full < 93


def test_the_first_day_that_is_enough() -> None:
    days = [date(2019, 3, 31), date(2020, 3, 31), date(2021, 3, 31)]
    found = [Noticeable(day, 1, full, full, None) for day, full in zip(days, (None, 8.0, 6.0), strict=True)]
    assert [noticed_by(effect, found) for effect in (9, 8, 7, 6, 5)] == [days[1], days[1], days[2], days[2], None]


def test_periods_end_on_the_last_days_of_months() -> None:
    assert period_ends(date(2019, 12, 1), 3, 2) == (date(2020, 2, 29), date(2020, 5, 31))


# Drift


def test_the_drift_of_made_up_authorities_is_found_again() -> None:
    rng = np.random.default_rng(3)
    shape = (400, 13)
    base = rng.integers(1000, 4000, shape).astype(float)
    level = rng.normal(20, 4, (400, 1)) + np.cumsum(rng.normal(0, 1.3, shape), axis=1) + rng.normal(0, 1.0, shape)
    shares = level + rng.normal(0, 1, shape) * np.sqrt(2.8 * 20 * 80 / base)
    found = own_drift(shares, base, range(2013, 2026), 2.8)
    assert found.step_sd == pytest.approx(1.3, abs=0.15)
    assert found.year_sd == pytest.approx(1.0, abs=0.2)


def test_authorities_that_only_differ_by_chance_do_not_drift() -> None:
    rng = np.random.default_rng(4)
    base = np.full((300, 10), 200.0)
    shares = 20 + rng.normal(0, 1, (300, 10)) * np.sqrt(20 * 80 / base)
    shares[5, 3] = np.nan
    found = own_drift(shares, base, range(2013, 2023), 1.0)
    assert found.step_sd < 0.25
    assert found.year_sd < 0.6


def test_drift_by_hand() -> None:
    # Forty pairs of authorities, one up and one down by 1 a year: the mean square over k years is k^2 without chance,
    # and with no base published no chance is taken off. A line through 1 and 4 at k = 1, 2: slope 3, meets at -2.
    years = (2020, 2021, 2022)
    shares = np.tile([[20.0, 21.0, 22.0], [20.0, 19.0, 18.0]], (40, 1))
    found = own_drift(shares, np.full(shares.shape, np.nan), years, 2.8)
    assert found.step_sd == pytest.approx(sqrt(3))
    assert found.year_sd == 0


def test_too_few_years_to_learn_from() -> None:
    with pytest.raises(ValueError, match="too few years"):
        own_drift(np.full((200, 2), 20.0), np.full((200, 2), 100.0), (2020, 2021), 2.8)

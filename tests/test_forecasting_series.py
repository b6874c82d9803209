"""Forecasts of months and quarters: nothing from later, sums by hand, and ranges that hold."""

import time
from datetime import date

import numpy as np
import pytest

from explorer.models.forecasting import FLOW_SERIES, Fan, Tested, flow_paths, monthly_means, series_fan, usual_movement
from explorer.models.forecasting import series_test as trial
from explorer.models.forecasting.luck import standard_errors
from explorer.models.forecasting.series_models import Array, Observed, expected
from explorer.models.forecasting.series_ranges import spreads
from explorer.models.what_if import month_end, noise_of
from tests.fixtures import TRAFFORD, shipped_world, start_of

SETTINGS = shipped_world().models.forecast
MODELS = {
    "last_value",
    "seasonal_last_value",
    "recent_mean",
    "level",
    "trend",
    "local_level",
    "seasonal_arima",
    "plan_flow",
}


def families(rng: np.random.Generator, number: int, mean: float) -> Array:
    """Children who start a plan in each period, brothers and sisters together."""
    sizes = [rng.choice([1, 2, 3, 4], size=rng.poisson(mean / 2.1), p=[0.4, 0.3, 0.2, 0.1]) for _ in range(number)]
    return np.array([float(one.sum()) for one in sizes])


def ends(number: int, season: int) -> list[date]:
    return [month_end(date(2015, 3, 31), (step + 1) * 12 // season) for step in range(number)]


def months(seed: int = 1, number: int = 96) -> Array:
    values = families(np.random.default_rng(seed), number, 20)
    values[[30, 31, 70]] = np.nan
    return values


def flow_of(values: Array, ahead: int) -> Array:
    return np.full((len(values), ahead), 20.0)


def judged(values: Array, season: int, *, percent: bool = False, wholes: Array | None = None) -> Tested:
    return trial.judged(trial.roll(Observed(np.asarray(values), season, percent, wholes), SETTINGS), SETTINGS)


def fan_of(values: Array, season: int, tested: Tested, *, percent: bool = False) -> Fan | None:
    rolled = trial.roll(Observed(np.asarray(values), season, percent), SETTINGS)
    return series_fan(rolled, ends(len(values), season), tested)


def test_every_model_is_tried_and_the_seasonal_one_only_on_a_long_series() -> None:
    values = months()
    assert set(expected(Observed(values, 12, flow=flow_of(values, 12)), 12, 48)) == MODELS
    assert set(expected(Observed(values[:47], 12), 12, 48)) == MODELS - {"plan_flow", "seasonal_arima"}


@pytest.mark.parametrize("season", [4, 12])
@pytest.mark.parametrize("end", [50, 70, 80])
def test_what_comes_later_changes_no_forecast(season: int, end: int) -> None:
    values = months()
    whole = trial.roll(Observed(values, season, flow=flow_of(values, 12)), SETTINGS)
    part = trial.roll(Observed(values[:end], season, flow=flow_of(values[:end], 12)), SETTINGS)
    assert whole.point.keys() == part.point.keys() == MODELS | {"average"}
    for name, point in part.point.items():
        assert np.allclose(point, whole.point[name][:end], equal_nan=True), name
        assert np.allclose(part.spread[name], whole.spread[name][:end], equal_nan=True), name


def test_simple_models_by_hand() -> None:
    values = np.arange(1.0, 11.0)
    values[8] = np.nan
    found = expected(Observed(values, 4), 5, 99)
    assert found["last_value"].point[8].tolist() == [8] * 5
    assert found["last_value"].point[9].tolist() == [10] * 5
    assert found["recent_mean"].point[9, 0] == pytest.approx((7 + 8 + 10) / 3)
    seasonal = found["seasonal_last_value"].point
    assert seasonal[7].tolist() == [5, 6, 7, 8, 5]
    assert np.isnan(seasonal[9, 2])  # the same quarter of the year before is hidden


def test_the_average_is_that_of_those_there_are() -> None:
    values = months()
    rolled = trial.roll(Observed(values, 12), SETTINGS)
    members = np.stack([rolled.point[name][60] for name in rolled.point if name != "average"])
    assert rolled.point["average"][60] == pytest.approx(members.mean(axis=0))
    assert len(members) == len(MODELS) - 1
    early = np.stack([rolled.point[name][40] for name in rolled.point if name != "average"])
    assert np.isnan(early).all(axis=1).sum() == 1  # too short for the seasonal model
    assert rolled.point["average"][40] == pytest.approx(np.nanmean(early, axis=0))


def test_ranges_start_from_the_model_and_come_to_the_errors() -> None:
    values = np.tile([10.0, 30.0], 300)  # always 20 out by the last value: its variance is 400, its mean 20
    series = Observed(values, 12)
    spread = spreads(series, expected(series, 1, 999)["last_value"], SETTINGS.ranges, 24)[:, 0]
    assert spread[24] == pytest.approx(np.sqrt(2.5 * series.chance[24]))  # no error is known yet
    still = SETTINGS.ranges.model_copy(update={"step": 0.0})
    settled = spreads(series, expected(series, 1, 999)["last_value"], still, 24)[-1, 0]
    assert settled == pytest.approx(20, rel=0.02)


def test_misses_widen_and_hits_narrow() -> None:
    rng = np.random.default_rng(0)
    calm, wild = (20 + rng.normal(0, 1, 200) * np.where(np.arange(200) < 120, 1, by) for by in (0.2, 5))
    no, yes = (SETTINGS.ranges.model_copy(update={"step": step}) for step in (0.0, 0.05))
    for values, wider in ((calm, False), (wild, True)):
        series = Observed(values, 12)
        model = expected(series, 1, 999)["recent_mean"]
        still, moved = (spreads(series, model, one, 24)[130, 0] for one in (no, yes))
        assert (moved > still) == wider


@pytest.mark.parametrize(("season", "number"), [(12, 120), (4, 40)])
def test_ranges_hold_what_they_say(season: int, number: int) -> None:
    """On invented series with brothers and sisters and no change: flows, stocks that wander, and shares."""
    rng, held = np.random.default_rng(7), []
    for _ in range(12):
        starts = families(rng, number, 240 / season)
        stock = 200 + np.cumsum(families(rng, number, 200 / season) - families(rng, number, 200 / season))
        whole = starts + 2
        share = 100 * rng.binomial(whole.astype(int), 0.25) / whole
        for series in (
            Observed(starts, season),
            Observed(np.maximum(stock, 0), season),
            Observed(share, season, percent=True, denominators=whole),
        ):
            rolled = trial.roll(series, SETTINGS)
            for model in rolled.point:
                for horizon in SETTINGS.of_season(season).horizons:
                    rows = trial.scored(rolled, model, horizon)
                    held.append((len(rows["origin"]), rows["in_80"].sum(), rows["in_95"].sum()))
    number_held, in_80, in_95 = np.sum(held, axis=0)
    assert 77 <= 100 * in_80 / number_held <= 83
    assert 92.5 <= 100 * in_95 / number_held <= 97


def test_a_steady_flow_is_better_forecast_than_by_its_last_figure() -> None:
    values = families(np.random.default_rng(3), 96, 20)
    result = judged(values, 12)
    assert result.chosen not in (None, "last_value")
    assert result.reach == 12
    assert result.stopped == "none_left"
    own = {one.horizon: one for one in result.scores if one.model == result.chosen}
    assert own[1].gain > 10
    assert own[1].mase < 0.9
    assert own[1].n == own[1].origins >= 12


def test_the_scores_by_hand() -> None:
    """The last value of a series that rises by one: always one out."""
    rolled = trial.roll(Observed(np.arange(10.0, 60.0), 12), SETTINGS)
    rows = trial.scored(rolled, "last_value", 3)
    assert rows["error"] == pytest.approx(3)
    assert rows["scale"] == pytest.approx(1)
    assert rows["origin"][0] == 23
    assert len(rows["origin"]) == 50 - 3 - 23
    assert rows["crps"].tolist() == rows["crps_last"].tolist()


@pytest.mark.parametrize("season", [4, 12])
def test_a_fan_goes_as_far_as_its_test(season: int) -> None:
    values = families(np.random.default_rng(3), 80, 20)
    fan = fan_of(values, season, Tested((), "level", 4))
    assert fan is not None
    assert fan.ends == tuple(ends(84, season)[80:])
    rolled = trial.roll(Observed(values, season), SETTINGS)
    assert fan.median == pytest.approx(rolled.point["level"][-1, :4])
    assert np.subtract(fan.high_80, fan.median) == pytest.approx(1.2816 * rolled.spread["level"][-1, :4], rel=1e-3)
    assert (
        fan.low_95[0] < fan.low_80[0] < fan.low_50[0] < fan.median[0] < fan.high_50[0] < fan.high_80[0] < fan.high_95[0]
    )
    assert fan_of(values, season, Tested((), None, 0)) is None
    assert fan_of(values, season, Tested((), "plan_flow", 4)) is None  # it is not given


def test_a_fan_stays_possible() -> None:
    small = families(np.random.default_rng(3), 60, 2)
    fan = fan_of(small, 12, Tested((), "level", 12))
    assert fan is not None
    assert min(fan.low_95) == 0
    high = np.clip(98 + np.random.default_rng(1).normal(0, 3, 60), 0, 100)
    fan = fan_of(high, 12, Tested((), "level", 12), percent=True)
    assert fan is not None
    assert max(fan.high_95) == 100


@pytest.mark.parametrize(
    "values",
    [np.full(60, np.nan), np.array([]), np.arange(10.0), np.zeros(60), np.r_[np.full(40, np.nan), np.ones(20)]],
)
def test_little_or_nothing_known_is_no_fault(values: Array) -> None:
    result = judged(values, 12)
    assert result.chosen is None
    assert fan_of(values, 12, result) is None


def test_a_share_of_nothing_and_of_everything_is_no_fault() -> None:
    values, whole = np.tile([0.0, 100.0, 50.0, np.nan], 20), np.tile([1.0, 2.0, 2.0, 0.0], 20)
    result = judged(values, 4, percent=True, wholes=whole)
    assert all(np.isfinite([one.crps, one.gain, one.mase]).all() for one in result.scores)


def test_a_test_is_quick() -> None:
    values = families(np.random.default_rng(3), 120, 20)
    begun = time.process_time()
    judged(values, 12)
    assert time.process_time() - begun < 2


def test_standard_errors_by_hand() -> None:
    """Of 2, 0, 2, 0 at one period: mean 1, squares 4, products -3 and 2 with weights 2/3 and 1/3; 4 - 4 + 4/3.

    So the standard error is the root of 4/3 over 4, and the correction the root of 3/4.
    """
    assert standard_errors(np.array([2.0, 0, 2, 0]), 1) == pytest.approx(np.sqrt(3 / 4) / (np.sqrt(4 / 3) / 4))
    flat = np.random.default_rng(0).normal(0.2, 1, 400)
    plain = flat.mean() / (flat.std() / 20)
    assert standard_errors(flat, 1) == pytest.approx(plain, rel=0.2)
    assert standard_errors(np.repeat(flat, 12), 12) == pytest.approx(plain, rel=0.25)  # no more is known
    assert standard_errors(np.ones(5), 12) == standard_errors(np.zeros(50), 1) == standard_errors(np.array([]), 1) == 0
    assert standard_errors(np.ones(50), 1) == np.inf


@pytest.mark.parametrize(("season", "lengths"), [(12, (36, 60)), (4, (36,))])
def test_what_wanders_without_a_pattern_gets_no_forecast(season: int, lengths: tuple[int, ...]) -> None:
    drawn = 0
    for seed in range(20):
        steps = np.random.default_rng([seed, 5]).normal(0, 12, max(lengths))
        rolled = trial.roll(Observed(np.round(300 + np.cumsum(steps)), season), SETTINGS)
        drawn += sum(trial.judged(rolled.up_to(length), SETTINGS).chosen is not None for length in lengths)
    assert drawn <= 0.1 * 20 * len(lengths)


def test_a_gain_that_is_not_sure_is_said_to_be_one() -> None:
    steps = np.random.default_rng(2).normal(0, 12, 60)
    assert judged(np.round(300 + np.cumsum(steps)), 12).stopped == "gain"


def test_the_beginning_of_a_roll_is_the_roll_of_the_beginning() -> None:
    values = months()
    wholes = np.full(len(values), 40.0)
    for percent in (False, True):
        whole = trial.roll(Observed(values, 12, percent, wholes, flow_of(values, 12)), SETTINGS).up_to(60)
        part = trial.roll(Observed(values[:60], 12, percent, wholes[:60], flow_of(values[:60], 12)), SETTINGS)
        assert trial.judged(whole, SETTINGS) == trial.judged(part, SETTINGS)
        tested = Tested((), "average", 12)
        assert series_fan(whole, ends(60, 12), tested) == series_fan(part, ends(60, 12), tested)
        assert usual_movement(whole, ends(60, 12), SETTINGS) == usual_movement(part, ends(60, 12), SETTINGS)


def test_usual_movement_begins_at_the_last_figure_and_widens() -> None:
    values = np.round(250 + np.cumsum(np.random.default_rng(4).normal(0, 10, 96)))
    rolled = trial.roll(Observed(values, 12), SETTINGS)
    fan = usual_movement(rolled, ends(96, 12), SETTINGS)
    assert fan is not None
    assert fan.model == "last_value"
    assert fan.ends == tuple(ends(108, 12)[96:])
    assert set(fan.median) == {values[-1]}
    widths = np.subtract(fan.high_80, fan.low_80)
    assert widths[0] == pytest.approx(2 * 1.2816 * 10, rel=0.3)
    assert 2 < widths[-1] / widths[0] < 5  # of a random walk the root of 12


def test_usual_movement_reaches_as_far_as_was_tested() -> None:
    values = 250 + np.cumsum(np.random.default_rng(4).normal(0, 10, 60))
    for number, reach in ((35, None), (36, 1), (40, 3), (48, 12)):  # 12 forecasts from the 24th month on, with truths
        fan = usual_movement(trial.roll(Observed(values[:number], 12), SETTINGS), ends(number, 12), SETTINGS)
        assert (None if fan is None else len(fan.ends)) == reach, number
    values[-1] = np.nan
    late = trial.roll(Observed(values, 12), SETTINGS)
    assert usual_movement(late, ends(60, 12), SETTINGS) is not None  # from the last figure that is known


@pytest.mark.parametrize("season", [4, 12])
def test_usual_movement_holds_what_it_says(season: int) -> None:
    held = []
    for seed in range(30):
        number = 9 * season
        moved = families(np.random.default_rng([seed, 1]), number, 240 / season)
        moved = moved - families(np.random.default_rng([seed, 2]), number, 240 / season)
        rolled = trial.roll(Observed(np.maximum(250 + np.cumsum(moved), 0), season), SETTINGS)
        for horizon in SETTINGS.of_season(season).horizons:
            held += trial.scored(rolled, "last_value", horizon)["in_80"].tolist()
    assert 77 <= 100 * np.mean(held) <= 83


def test_the_path_of_the_last_march_is_taken_and_a_stock_moved() -> None:
    after = ends(4, 4)  # June to March
    paths = {date(2015, 3, 31): np.array([10.0, 20, 30, 40, 50]), date(2016, 3, 31): np.array([7.0, 8, 9])}
    values = np.array([100.0, 100, np.nan, 60])
    open_plans = flow_paths("plans_open", paths, after, values, 4, 3)
    assert open_plans[0].tolist() == [110, 120, 130]
    assert open_plans[1].tolist() == [110, 120, 130]
    assert open_plans[2].tolist()[:2] == [110, 120]
    assert open_plans[3].tolist() == [7, 8, 9]  # begins that day
    started = flow_paths("plans_started", paths, after, values, 4, 3)
    assert started[0].tolist() == [20, 30, 40]
    none = flow_paths("plans_open", {}, after, values, 4, 3)
    assert np.isnan(none).all()


def test_the_plan_flow_gives_months_and_quarters_that_agree() -> None:
    start = start_of(TRAFFORD, 2018)
    noise = noise_of(start, 24, 1)
    by_month, by_quarter = monthly_means(start, noise), monthly_means(start, noise, 4)
    assert set(by_month) == set(by_quarter) == set(FLOW_SERIES)
    assert by_quarter["plans_started"] == pytest.approx(by_month["plans_started"].reshape(-1, 3).sum(axis=1))
    assert by_quarter["plans_open"] == pytest.approx(by_month["plans_open"][2::3])
    assert 10 < by_month["repeat_plan_percent"][0] < 50

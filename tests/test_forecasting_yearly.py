"""Forecasts of yearly figures: nothing from later, ranges by size, the test that ships and what is picked from it."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from explorer.errors import DataError
from explorer.model_commands.back_test import settings_of
from explorer.model_commands.yearly_forecasts import as_object, print_result, result_by_indicator
from explorer.models.forecasting import (
    Tested,
    Yearly,
    annual_fan,
    annual_tested,
    annual_usual_movement,
    learn_pooled,
    load_yearly,
)
from explorer.models.forecasting import annual_test as scoring
from explorer.models.forecasting.annual import CHANCES, POINTS, Pooled, forecasts
from explorer.models.forecasting.fan import FAN_CHANCES, Score, choose
from explorer.models.forecasting.shipped import FILE, SUMS, YearlyTest, digest, drawn_before, load_yearly_test, save
from explorer.models.forecasting.yearly import recent_mean
from tests.fixtures import CITY_OF_LONDON, OPEN, OPEN_LONG, REPEAT, ROOT, TRAFFORD, faults, shipped_world

REVIEWS, RATE = "reviews_on_time_percent", "plans_open_per_10k"
SETTINGS = shipped_world().models.forecast
SHIPPED = load_yearly_test(ROOT / "data")
LAST = shipped_world().years[-1]
HORIZONS = SETTINGS.yearly.horizons
LARGE, SMALL = "330", "857"  # Birmingham, Rutland


def figures_of(name: str, table: pl.DataFrame | None = None) -> Yearly:
    world = shipped_world()
    entry = name, world.config.indicators[name]
    table = world.table if table is None else table
    return load_yearly(table, world.history.areas, entry, world.config.benchmarks.suppression)


@lru_cache
def figures(name: str) -> Yearly:
    return figures_of(name)


@lru_cache
def pooled(name: str, year: int) -> Pooled:
    found = learn_pooled(figures(name), year, HORIZONS)
    assert found is not None
    return found


def picked(model: str, reach: int = 3) -> Tested:
    return Tested((), model, reach)


def score(model: str, horizon: int, gain: float, n: int = 500) -> Score:
    return Score(model, horizon, n, 9, 1.0, 1.0, 1.0, gain, 80.0, 95.0)


def test_the_mean_of_three_years_leaves_out_what_is_not_known() -> None:
    values = np.array([[1.0, 2.0, np.nan, 7.0, np.nan, np.nan, np.nan]])
    assert recent_mean(values)[0, :6].tolist() == [1, 1.5, 1.5, 4.5, 7, 7]
    assert np.isnan(recent_mean(values)[0, 6])


def test_hidden_figures_are_the_range_that_they_can_be_in() -> None:
    own = figures(OPEN_LONG)
    hidden = own.most > own.least
    assert hidden.sum() > 600
    there = hidden & (own.base > 5)
    assert own.low[there] == pytest.approx(100 / own.base[there])
    assert own.high[there] == pytest.approx(500 / own.base[there])
    assert (own.low[hidden] <= own.least[hidden] + 1e-9).all()
    assert (own.high[hidden] >= own.most[hidden] - 1e-9).all()


@pytest.mark.parametrize("name", [REPEAT, OPEN, RATE, REVIEWS])
def test_what_comes_later_changes_no_forecast(name: str) -> None:
    later = pl.col("period") > 2019
    other = shipped_world().table.with_columns(value=pl.when(later).then(pl.col("value") * 3 + 7).otherwise("value"))
    made = []
    for one in (figures(name), figures_of(name, other)):
        learnt = learn_pooled(one, 2019, HORIZONS)
        assert learnt is not None
        made.append(forecasts(one.up_to(2019), learnt, HORIZONS))
    assert made[0].keys() == made[1].keys()
    for key, quantiles in made[0].items():
        assert np.array_equal(quantiles, made[1][key], equal_nan=True), key


@pytest.mark.parametrize(
    "name", [name for name, one in shipped_world().config.indicators.items() if not one.only_records]
)
def test_quantiles_are_in_order_and_possible(name: str) -> None:
    own = figures(name)
    year = own.years[-1]
    made = forecasts(own.up_to(year), pooled(name, year), HORIZONS)
    assert {model for model, _ in made} == {"last_value", "recent_mean", "level", "trend", "local_level", "average"}
    for quantiles in made.values():
        known = quantiles[~np.isnan(quantiles).any(axis=1)]
        assert len(known) > 100
        assert (np.diff(known, axis=1) >= -1e-9).all()
        assert known.min() >= 0
        assert own.unit != "percent" or known.max() <= 100
    known = ~np.isnan(own.middle[:, -1])
    assert (np.isnan(made["level", 1]).any(axis=1) == ~known).all()


def test_a_small_authority_has_wider_ranges() -> None:
    own = figures(REPEAT)
    made = forecasts(own, pooled(REPEAT, LAST), HORIZONS)["local_level", 1]
    small, large = (np.ptp(made[own.areas.index(area)][[10, 88]]) for area in (SMALL, LARGE))
    assert small > 2 * large


def test_ranges_widen_with_the_years_ahead() -> None:
    made = forecasts(figures(RATE), pooled(RATE, LAST), HORIZONS)
    widths = [np.nanmean(made["last_value", ahead][:, 88] - made["last_value", ahead][:, 10]) for ahead in HORIZONS]
    assert widths == sorted(widths)


def test_the_average_is_that_of_all_others() -> None:
    own = figures(OPEN)
    row = own.areas.index(TRAFFORD)
    flow = {ahead: np.full((len(own.areas), POINTS), np.nan) for ahead in HORIZONS}
    flow[1][row] = 1000.0
    made = forecasts(own, pooled(OPEN, LAST), HORIZONS, flow)
    members = [
        made[model, 1][row] for model in ("last_value", "recent_mean", "level", "trend", "local_level", "plan_flow")
    ]
    assert made["average", 1][row] == pytest.approx(np.mean(members, axis=0))
    other = own.areas.index(LARGE)  # of which no plan flow is known
    assert made["average", 1][other] == pytest.approx(
        np.mean(
            [made[model, 1][other] for model in ("last_value", "recent_mean", "level", "trend", "local_level")], axis=0
        )
    )


def test_a_fan_is_what_the_forecast_is() -> None:
    own = figures(REPEAT)
    fan = annual_fan(own, TRAFFORD, 2018, picked("local_level", 2), pooled(REPEAT, 2018))
    assert fan is not None
    assert fan.ends == (date(2019, 3, 31), date(2020, 3, 31))
    made = forecasts(own.up_to(2018), pooled(REPEAT, 2018), HORIZONS)["local_level", 2][own.areas.index(TRAFFORD)]
    assert fan.median[1] == pytest.approx(np.interp(0.5, CHANCES, made))
    assert (
        fan.low_95[1] < fan.low_80[1] < fan.low_50[1] < fan.median[1] < fan.high_50[1] < fan.high_80[1] < fan.high_95[1]
    )


def test_no_fan_where_nothing_is_shown_or_known() -> None:
    own = figures(REPEAT)
    assert annual_fan(own, TRAFFORD, 2018, Tested((), None, 0), pooled(REPEAT, 2018)) is None
    assert annual_fan(own, TRAFFORD, 2018, picked("local_level"), None) is None
    assert annual_fan(own, "999", 2018, picked("local_level"), pooled(REPEAT, 2018)) is None
    assert annual_fan(own, TRAFFORD, 2018, picked("plan_flow"), pooled(REPEAT, 2018)) is None  # there is none
    row = own.areas.index("204")  # Hackney published nothing for 2021
    assert np.isnan(own.middle[row, own.years.index(2021)])
    assert annual_fan(own, "204", 2021, picked("local_level"), pooled(REPEAT, 2021)) is None
    assert learn_pooled(own, own.years[2], HORIZONS) is None
    assert learn_pooled(figures("plans_ended"), LAST, HORIZONS) is None  # not published for that year


def test_the_plan_flow_of_one_authority_is_drawn_for_it() -> None:
    flow = {ahead: np.linspace(100.0, 200.0, POINTS)[None] for ahead in HORIZONS}
    fan = annual_fan(figures(OPEN), TRAFFORD, LAST, picked("plan_flow"), pooled(OPEN, LAST), flow)
    assert fan is not None
    assert fan.median == pytest.approx((150.0,) * 3)


def test_a_fan_for_the_smallest_authority_stays_possible() -> None:
    own = figures(OPEN)
    fan = annual_fan(own, CITY_OF_LONDON, LAST, picked("average"), pooled(OPEN, LAST))
    if fan is not None:
        assert min(fan.low_95) >= 0


def test_pinball_by_hand() -> None:
    """Each quantile one above the truth costs 1 - its chance; one below, its chance."""
    over = np.stack([np.ones(7), -np.ones(7)])
    assert scoring.pinball(over) == pytest.approx([1 - np.mean(FAN_CHANCES), np.mean(FAN_CHANCES)])


def share_held(rows: pl.DataFrame) -> float:
    held, number = rows.select(pl.col("in_80", "n").sum()).row(0)
    return float(100 * held / number)


def picked_of(*scores: Score) -> tuple[str | None, int, str]:
    found = choose(scores, SETTINGS.yearly, SETTINGS)
    assert found.scores == scores
    return found.chosen, found.reach, found.stopped


def test_the_best_of_those_that_beat_the_last_value_is_picked() -> None:
    last = tuple(score("last_value", horizon, 0.0) for horizon in HORIZONS)
    steady = tuple(score("level", horizon, 5.0) for horizon in HORIZONS)
    late = score("trend", 1, -1.0), score("trend", 2, 30.0), score("trend", 3, 30.0)
    early = score("average", 1, 20.0), score("average", 2, 0.5), score("average", 3, 20.0)
    assert picked_of(*last, *steady, *late) == ("level", 3, "none_left")
    assert picked_of(*last, *steady, *early) == ("average", 1, "gain")
    narrow = tuple(replace(score("level", horizon, 5.0), in_80=80.0 - 11.0 * (horizon > 1)) for horizon in HORIZONS)
    assert picked_of(*last, *narrow) == ("level", 1, "held")  # ranges that held 69 of 100 are not shown
    assert picked_of(*last, *steady[:2]) == ("level", 2, "few")


def test_it_is_told_why_nothing_is_picked() -> None:
    last = tuple(score("last_value", horizon, 0.0) for horizon in HORIZONS)
    assert picked_of(*last) == (None, 0, "gain")
    assert picked_of(*last, score("level", 1, 50.0, n=99)) == (None, 0, "gain")
    assert picked_of(score("level", 1, 50.0, n=99)) == (None, 0, "few")
    assert picked_of(replace(score("level", 1, 50.0), origins=2)) == (None, 0, "few")
    assert picked_of(*last, replace(score("level", 1, 16.0), in_80=60.0)) == (None, 0, "held")
    assert picked_of() == (None, 0, "few")


def test_a_gain_of_a_single_series_has_to_be_sure() -> None:
    sure = replace(score("level", 1, 20.0), sure=SETTINGS.least_sure.value)
    assert picked_of(sure)[0] == "level"
    assert picked_of(replace(sure, sure=SETTINGS.least_sure.value - 0.01)) == (None, 0, "gain")


def test_only_truths_known_by_a_year_count() -> None:
    row = {
        "n": 200,
        "crps": 100.0,
        "crps_last": 200.0,
        "error": 50.0,
        "scale": 100.0,
        "pinball": 40.0,
        "in_80": 160.0,
        "in_95": 190.0,
    }
    rows = [
        {"indicator": REPEAT, "model": "level", "origin": origin, "horizon": horizon, **row}
        | ({"in_80": 150.0} if origin == 2018 else {})
        for origin in (2015, 2016, 2017, 2018)
        for horizon in (1, 2)
    ]
    result = YearlyTest(pl.DataFrame(rows, schema=SUMS), "", "")
    assert annual_tested(result, REPEAT, 2015, SETTINGS) == Tested((), None, 0, "few")
    assert [(one.horizon, one.n) for one in annual_tested(result, REPEAT, 2016, SETTINGS).scores] == [(1, 200)]
    early = annual_tested(result, REPEAT, 2017, SETTINGS)
    assert [(one.horizon, one.n, one.origins) for one in early.scores] == [(1, 400, 2), (2, 200, 1)]
    assert (early.chosen, early.stopped) == (None, "few")  # two starting years
    found = annual_tested(result, REPEAT, 2018, SETTINGS)
    assert found.scores[0] == Score("level", 1, 600, 3, 0.5, 0.2, 0.5, 50.0, 80.0, 95.0)
    assert (found.chosen, found.reach, found.stopped, found.drawn_80) == ("level", 1, "few", None)
    later = annual_tested(result, REPEAT, 2019, SETTINGS)
    assert later.drawn_80 == 75.0  # of 2018 alone: what was drawn earlier rested on fewer than three starting years
    assert annual_tested(result, "nothing", 2018, SETTINGS) == Tested((), None, 0, "few")


def test_what_would_have_been_drawn_rests_on_what_was_known() -> None:
    """The model of each year is the one that the test picks with the truths known by then."""
    for name in (REPEAT, OPEN_LONG):
        drawn = drawn_before(SHIPPED.by_indicator[name], LAST, SETTINGS)
        assert (drawn["origin"] + drawn["horizon"] <= LAST).all()
        assert drawn["origin"].n_unique() >= 5
        for origin, model in drawn.select("origin", "model").unique().rows():
            assert annual_tested(SHIPPED, name, origin, SETTINGS).chosen == model
        told = annual_tested(SHIPPED, name, LAST, SETTINGS).drawn_80
        assert told == pytest.approx(share_held(drawn))


def test_a_measure_that_is_not_forecast_says_why() -> None:
    name = "children_0_17"
    found = annual_tested(SHIPPED, name, LAST, SETTINGS)
    assert found.scores
    assert (found.chosen, found.stopped, found.reason) == (None, "not_forecast", SETTINGS.not_forecast.reasons[name])
    assert annual_usual_movement(figures(name), TRAFFORD, LAST, pooled(name, LAST), SETTINGS) is None
    assert set(SETTINGS.not_forecast.reasons) <= set(SHIPPED.by_indicator)


def test_usual_movement_begins_at_the_last_figure_and_widens() -> None:
    own = figures(OPEN)
    fan = annual_usual_movement(own, TRAFFORD, 2018, pooled(OPEN, 2018), SETTINGS)
    assert fan is not None
    assert fan.model == "last_value"
    assert fan.ends == (date(2019, 3, 31), date(2020, 3, 31), date(2021, 3, 31))
    last = own.middle[own.areas.index(TRAFFORD), own.years.index(2018)]
    assert fan.low_50[0] < last < fan.high_50[0]
    widths = np.subtract(fan.high_80, fan.low_80)
    assert (np.diff(widths) > 0).all()
    assert annual_usual_movement(own, "999", 2018, pooled(OPEN, 2018), SETTINGS) is None
    assert annual_usual_movement(own, TRAFFORD, 2018, None, SETTINGS) is None


def test_usual_movement_of_published_stocks_holds_what_it_says() -> None:
    entries = shipped_world().config.indicators
    stocks = [name for name, one in entries.items() if one.period == "day" and name in SHIPPED.by_indicator]
    rows = SHIPPED.table.filter(pl.col("indicator").is_in(stocks), model="last_value").filter(
        ~pl.col("indicator").is_in(list(SETTINGS.not_forecast.reasons))
    )
    least, most = SETTINGS.held_well.least, SETTINGS.held_well.most
    assert least <= share_held(rows) <= most
    for (name,), own in rows.partition_by("indicator", as_dict=True).items():
        assert least - 1 <= share_held(own) <= most + 1, name


def test_what_ships_was_made_with_this_data_and_these_settings() -> None:
    made = "make it again with python -m explorer test-forecasts --save"
    assert SHIPPED.data_version == shipped_world().version, made
    assert SHIPPED.settings == digest(SETTINGS, settings_of(shipped_world())), made


def test_the_digest_changes_with_the_numbers_alone() -> None:
    flow = settings_of(shipped_world())
    other = SETTINGS.yearly.model_copy(update={"shortest": 5})
    words = SETTINGS.yearly.model_copy(update={"description": "Other words"})
    assert digest(SETTINGS.model_copy(update={"yearly": other}), flow) != SHIPPED.settings
    assert digest(SETTINGS.model_copy(update={"yearly": words}), flow) == SHIPPED.settings
    assert digest(SETTINGS, replace(flow, seed=flow.seed + 1)) != SHIPPED.settings


def test_what_ships_is_what_the_test_gives() -> None:
    """Of a measure that the plan flow does not know, so that it is quick."""
    rows = scoring.scored_rows(figures(REVIEWS), SETTINGS.yearly, lambda indicator, origin: None)
    made = scoring.summed(rows)
    kept = SHIPPED.by_indicator[REVIEWS]
    assert made.drop(*scoring.SUMMED).equals(kept.drop(*scoring.SUMMED))
    for name in scoring.SUMMED:
        assert made[name].to_numpy() == pytest.approx(kept[name].to_numpy(), abs=1e-3)
    assert rows["origin"].min() == 2019  # the first with four years
    assert not rows.filter(model="last_value").select((pl.col("crps") != pl.col("crps_last")).any()).item()


def test_every_published_measure_is_tested() -> None:
    published = {name for name, entry in shipped_world().config.indicators.items() if not entry.only_records}
    assert set(SHIPPED.by_indicator) == published


def test_what_is_shown_beats_the_last_value_and_holds_what_it_says() -> None:
    tested = result_by_indicator(shipped_world(), SHIPPED)
    shown = [
        one for test in tested.values() for one in test.scores if one.model == test.chosen and one.horizon <= test.reach
    ]
    assert len(shown) > 60
    assert min(one.gain for one in shown) >= SETTINGS.least_gain.value
    number = sum(one.n for one in shown)
    assert 77 <= sum(one.n * one.in_80 for one in shown) / number <= 83
    assert 92 <= sum(one.n * one.in_95 for one in shown) / number <= 97
    every = SHIPPED.table
    for model in every["model"].unique():
        held, number = every.filter(model=model).select(pl.col("in_80").sum(), pl.col("n").sum()).row(0)
        assert 77 <= 100 * held / number <= 83, model
    assert tested["section_47_per_10k"].chosen is None  # so it can be


def test_saving_and_loading(tmp_path) -> None:
    save(SHIPPED, tmp_path)
    again = load_yearly_test(tmp_path)
    assert again.table.equals(SHIPPED.table)
    assert (again.data_version, again.settings) == (SHIPPED.data_version, SHIPPED.settings)
    assert faults(lambda: load_yearly_test(tmp_path / "none"), DataError) == (
        "forecasts.csv: the file cannot be read (missing).",
    )
    (tmp_path / FILE).write_text("a,b\n1,2\n", encoding="utf-8")
    assert "its columns must be" in faults(lambda: load_yearly_test(tmp_path), DataError)[0]


def test_the_command_prints_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tested = result_by_indicator(shipped_world(), SHIPPED)
    print_result(tested)
    said = capsys.readouterr().out
    assert "nothing beat the last figure" in said
    assert all(name in said for name in tested)
    assert as_object(tested)[REPEAT]["chosen"] == tested[REPEAT].chosen

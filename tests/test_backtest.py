"""The back-test in small: two starting years, sixty draws, every authority."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from explorer.models.backtest import HORIZONS, MODELS, SCORES, SIZES, Settings, back_test, by_size, forecast, summary
from explorer.models.calibration import calibrate
from explorer.models.england import learn
from explorer.models.flow import indicators, make_noise, run
from explorer.models.history import Banded, History
from explorer.models.rivals import TESTED, figures
from explorer.models.scoring import crps, inside
from explorer.models.what_if import whole_children
from tests.fixtures import CITY_OF_LONDON, ISLES_OF_SCILLY, REPEAT, TRAFFORD, other_years_after, shipped_world, start_of

KEY = ["indicator", "area", "origin", "horizon"]
DRAWS = 60
RULE = shipped_world().config.benchmarks.suppression


def settings(seed: int = 1) -> Settings:
    models = shipped_world().models
    return Settings(models.fit, RULE, models.return_shape, DRAWS, seed, models.fewest)


def names() -> Mapping[str, str]:
    return {area.code: area.label for area in shipped_world().areas.authorities}


def scored(history: History, seed: int = 1) -> pl.DataFrame:
    return back_test(history, names(), settings(seed), lambda share, text: None)


def few(history: History) -> History:
    """Every fourth authority."""
    rows = list(range(0, len(history.areas), 4))

    parts: dict[str, Any] = {one.name: getattr(history, one.name) for one in fields(History)}
    for name, whole in parts.items():
        if isinstance(whole, Banded):
            parts[name] = whole.cut(rows, slice(None))
        elif isinstance(whole, np.ndarray):
            parts[name] = whole[rows]
    return History(**parts | {"areas": tuple(history.areas[row] for row in rows)})


@pytest.fixture(scope="module")
def scores() -> pl.DataFrame:
    """From 31 March 2016 and 2017, on what happened to March 2018."""
    return scored(shipped_world().history.up_to(2018))


def test_the_columns_are_those_that_are_promised(scores: pl.DataFrame) -> None:
    assert scores.schema == SCORES
    assert scores.null_count().sum_horizontal().item() == 0
    assert not scores.select(pl.col("crps", "in_80", "in_95").is_nan().any()).row(0).count(True)
    assert set(scores["indicator"]) == set(TESTED)
    assert not scores.select([*KEY, "model"]).is_duplicated().any()


def test_it_starts_from_every_year_that_has_a_later_one(scores: pl.DataFrame) -> None:
    found = set(scores.select("origin", "horizon").unique().iter_rows())
    assert found == {(2016, 1), (2016, 2), (2017, 1)}


def test_all_three_models_are_scored_on_the_same_truths(scores: pl.DataFrame) -> None:
    rows = [scores.filter(model=model).drop("model", "crps", "in_80", "in_95") for model in MODELS]
    assert set(scores["model"]) == set(MODELS)
    assert rows[0].height == scores.height / 3 > 1500
    assert rows[0].equals(rows[1])
    assert rows[0].equals(rows[2])


def test_nearly_every_authority_is_in_it(scores: pl.DataFrame) -> None:
    assert scores.filter(indicator="plans_open", origin=2016, horizon=1)["area"].n_unique() >= 145
    assert not scores["area"].is_in([CITY_OF_LONDON, ISLES_OF_SCILLY]).any()


def test_hidden_truths_are_scored_too(scores: pl.DataFrame) -> None:
    hidden = scores.filter("hidden")
    assert hidden.height > 200
    assert set(hidden["indicator"]) == set(TESTED) - {"plans_open"}


def test_what_comes_later_changes_no_forecast() -> None:
    """The forecasts of 2016 for 2017 stay to the last bit when 2018 and all after it are other figures."""
    one, other = (scored(few(history.up_to(2017))) for history in (shipped_world().history, other_years_after(2017)))
    assert one.equals(other)


def test_a_longer_history_changes_no_earlier_score(scores: pl.DataFrame) -> None:
    """Also of Bournemouth, Dorset and Poole, whose children are not known but worked out from their plans."""
    shorter = scored(shipped_world().history.up_to(2017))
    assert {"835", "836", "837"} <= set(shorter["area"])
    assert shorter.equals(scores.filter(origin=2016, horizon=1))  # so it is the same from run to run, too


def test_another_seed_gives_other_draws(scores: pl.DataFrame) -> None:
    history = few(shipped_world().history.up_to(2017))
    one, again, other = (scored(history, seed).filter(model="plan_flow")["crps"] for seed in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)


def test_the_gain_is_how_much_lower_the_score_is_than_that_of_the_last_value(scores: pl.DataFrame) -> None:
    table = summary(scores)
    assert table.height == len(TESTED) * 2 * len(MODELS)
    for row in table.iter_rows(named=True):
        same = scores.filter(indicator=row["indicator"], horizon=row["horizon"])
        own, last = (np.mean(same.filter(model=model)["crps"].to_list()) for model in (row["model"], "last_value"))
        assert row["n"] == same.height / 3
        assert row["crps"] == pytest.approx(own)
        assert row["gain"] == pytest.approx(100 * (last - own) / last, abs=1e-9)
        mine = same.filter(model=row["model"])
        assert row["in_80"] == pytest.approx(100 * np.mean(mine["in_80"].to_list()))
        assert row["in_95_known"] == pytest.approx(100 * np.mean(mine.filter(~pl.col("hidden"))["in_95"].to_list()))
        if row["model"] == "last_value":
            assert row["gain"] == 0


def test_the_plan_flow_beats_the_last_value_on_re_plans(scores: pl.DataFrame) -> None:
    gains = summary(scores).filter(indicator=REPEAT, model="plan_flow")["gain"]
    assert len(gains) == 2
    assert (gains > 10).all()


def test_ranges_hold_about_as_many_truths_as_they_say(scores: pl.DataFrame) -> None:
    """Two starting years and sixty draws: far from exact."""
    for row in summary(scores).filter(model="plan_flow").iter_rows(named=True):
        assert 65 < row["in_80"] < 95, row
        assert row["in_95"] > 85, row
        assert row["in_80"] < row["in_95"]


def test_sizes_share_out_every_row(scores: pl.DataFrame) -> None:
    table = by_size(scores)
    assert table["n"].sum() == scores.height
    pairs = table.select("least_open", "most_open").unique(maintain_order=True).rows()
    assert tuple(pairs) == SIZES
    small = table.filter(least_open=0, indicator=REPEAT, horizon=1, model="plan_flow").row(0, named=True)
    mine = scores.filter(pl.col("plans_open") < 100, indicator=REPEAT, horizon=1, model="plan_flow")
    assert small["crps"] == pytest.approx(mine["crps"].mean())
    history = shipped_world().history
    assert scores.filter(area=TRAFFORD, origin=2016)["plans_open"].unique().to_list() == [
        history.open[history.areas.index(TRAFFORD), history.years.index(2016)]
    ]


def test_it_tells_how_far_it_is() -> None:
    told: list[tuple[float, str]] = []
    history = few(shipped_world().history.up_to(2017))
    back_test(history, names(), settings(), lambda share, text: told.append((share, text)))
    assert told == [(0.0, "forecasts from 31 March 2016"), (1.0, "done")]


def test_one_forecast_and_its_score_by_hand(scores: pl.DataFrame) -> None:
    """Trafford from 31 March 2016: the same run, figures and scores, made with the parts."""
    world, models = shipped_world(), shipped_world().models
    known = world.history.up_to(2016)
    england = learn(known, models.fit, models.return_shape)
    start = calibrate(known, england, TRAFFORD, "Trafford", DRAWS, 1, models.fewest)
    noise = make_noise(1, 36, DRAWS, start.dispersion)
    whole = whole_children(indicators(run(start.state, start.rates, None, 36, noise), start.state.year), 1)
    place = world.history.areas.index(TRAFFORD)
    children = world.history.children[place, world.history.years.index(2016)]
    drawn = forecast(start, noise, 1, children)
    assert drawn.shape == (len(HORIZONS), len(TESTED), DRAWS)
    for number, name in enumerate(TESTED):
        scale = 1e4 / children if name == "plans_open" else 1
        np.testing.assert_allclose(drawn[:, number], whole[name][[11, 23, 35]] * scale)
        for horizon in (1, 2):
            truth = figures(world.history, RULE, known.exposed[:, [-1]])[name]
            ends = (truth.least, truth.most, truth.low, truth.high)
            least, most, low, high = (array[[place], 3 + horizon] for array in ends)
            row = scores.filter(area=TRAFFORD, origin=2016, horizon=horizon, indicator=name, model="plan_flow").row(
                0, named=True
            )
            draws = drawn[[horizon - 1], number]
            assert row["crps"] == pytest.approx(crps(draws, least, low, high)[0])
            assert row["in_80"] == inside(draws, least, most, 0.8)[0]
            assert row["hidden"] == bool(least < most)


def test_a_forecast_of_nobody_is_none() -> None:
    """A percentage of no plans counts as 0, so that it can be scored."""
    start = start_of(TRAFFORD, 2018, draws=40)
    none = replace(start.state, open=np.zeros_like(start.state.open), left=np.zeros_like(start.state.left))
    rates = replace(start.rates, first_starts=np.zeros_like(start.rates.first_starts))
    drawn = forecast(replace(start, state=none, rates=rates), make_noise(1, 36, 40, start.dispersion), 1, 50_000.0)
    assert np.isfinite(drawn).all()
    assert (drawn[1:] == 0).all()

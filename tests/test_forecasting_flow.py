"""The plan flow among the yearly forecasts, and the command that writes the test that ships."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from explorer import __main__
from explorer.model_commands import yearly_forecasts
from explorer.model_commands.back_test import settings_of
from explorer.models.backtest_table import load_back_test
from explorer.models.forecasting import FLOW_INDICATORS, POINTS, flow_of, load_yearly_test
from explorer.models.forecasting.annual import CHANCES
from explorer.models.forecasting.shipped import save
from explorer.models.forecasting.yearly_flow import flow_of_all
from explorer.models.what_if import noise_of
from tests.fixtures import CITY_OF_LONDON, REPEAT, ROOT, TRAFFORD, shipped_world, start_of

DRAWS = 60
SHIPPED = load_yearly_test(ROOT / "data")


def test_one_authority_is_forecast_as_in_the_test_of_all() -> None:
    world = shipped_world()
    names = {area.code: area.label for area in world.areas.authorities}
    known = world.history.up_to(2018)
    every = flow_of_all(known, names, settings_of(world, DRAWS), 2)
    assert set(every) == set(FLOW_INDICATORS)
    start = start_of(TRAFFORD, 2018, DRAWS)
    row = known.areas.index(TRAFFORD)
    own = flow_of(start, noise_of(start, 24, world.models.seed), world.models.seed, float(known.exposed[row, -1]))
    for name, by_years in own.items():
        assert set(by_years) == {1, 2}
        for ahead, quantiles in by_years.items():
            assert quantiles.shape == (1, POINTS)
            assert quantiles[0] == pytest.approx(every[name][ahead][row]), (name, ahead)
    assert np.isnan(every[REPEAT][1][known.areas.index(CITY_OF_LONDON)]).all()  # too few plans


def test_a_rate_is_its_count_over_the_children_known() -> None:
    start = start_of(TRAFFORD, 2018, DRAWS)
    own = flow_of(start, noise_of(start, 12, 1), 1, 50_000.0)
    assert own["plans_open_per_10k"][1] == pytest.approx(own["plans_open"][1] / 5)
    assert (np.diff(own["plans_open"][1][0]) >= 0).all()
    assert len(CHANCES) == POINTS


@pytest.mark.parametrize(
    "indicator", ["repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent", "plans_open"]
)
def test_the_plan_flow_does_as_in_its_own_back_test(indicator: str) -> None:
    """The two tests differ in whom they leave out and in how many quantiles stand for a forecast, in little else."""
    own = load_back_test(ROOT / "data").summary.filter(indicator=indicator, model="plan_flow").sort("horizon")
    here = (
        SHIPPED.table.filter(indicator=indicator, model="plan_flow").group_by("horizon").agg(pl.col("crps", "n").sum())
    )
    here = here.sort("horizon")
    assert (here["n"] > 0.97 * own["n"]).all()
    if indicator != "open_2y_plus_percent":  # there hidden bands are narrowed by what the whole leaves
        assert (here["crps"] / here["n"]).to_numpy() == pytest.approx(own["crps"].to_numpy(), rel=0.02)


def test_the_command_writes_what_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(yearly_forecasts, "load_world", lambda folder: shipped_world())
    monkeypatch.setattr(yearly_forecasts, "run_all", lambda world: (None, SHIPPED))
    monkeypatch.setattr(yearly_forecasts, "save", lambda result, folder: save(result, tmp_path))
    assert __main__.main(["test-forecasts", "--json", "--save"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)[REPEAT]["chosen"] == "plan_flow"
    assert "written: " in said.err
    assert load_yearly_test(tmp_path).table.equals(SHIPPED.table)

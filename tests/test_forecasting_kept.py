"""Forecasts as the Trends page keeps them, and the record of how those did that pages would have drawn."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from explorer.app import cached, cached_trends
from explorer.models.forecasting import Rolled, annual_tested, load_yearly_test, roll
from explorer.models.series import Series
from explorer.world import World
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, ROOT, TRAFFORD, shipped_world

SETTINGS = shipped_world().models.forecast
RECORD: Mapping[str, Any] = json.loads((ROOT / "bench" / "results" / "forecast.json").read_text(encoding="utf-8"))
WELL = SETTINGS.held_well.least, SETTINGS.held_well.most


@lru_cache
def sample() -> World:
    return cached.sample()


def of_sample(indicator: str, kind: str, world: World | None = None) -> Series:
    loaded = world or sample()
    assert loaded.records is not None
    return cached_trends.series(loaded, TRAFFORD, indicator, kind, loaded.records.label)  # type: ignore[arg-type]


def test_an_upload_is_worked_out_once_and_for_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    records = sample().records
    assert records is not None
    uploads = [replace(sample(), records=replace(records, origin="upload")) for _ in range(2)]
    made: list[Any] = []

    def counted(*given: Any) -> Rolled:
        made.append(given)
        return roll(*given)

    monkeypatch.setattr(cached_trends, "roll", counted)
    for upload in uploads:
        assert upload.private
        known = of_sample(OPEN, "quarter", upload)
        first = cached_trends.series_forecast(upload, known)
        assert cached_trends.series_forecast(upload, known) is first
        cached_trends.series_forecast(upload, known.up_to(date(2019, 3, 31)))
        assert cached_trends.usual_movement(upload, known) is not None
        assert cached_trends.moved(upload, TRAFFORD) is cached_trends.moved(upload, TRAFFORD)
        year = cached_trends.yearly_forecast(upload, TRAFFORD, REPEAT, 2020)
        assert cached_trends.yearly_forecast(upload, TRAFFORD, REPEAT, 2020) is year
    assert len(made) == 2  # one for each file, whatever the day of the view


def test_an_upload_is_forecast_as_the_same_records_that_everybody_may_see() -> None:
    records = sample().records
    assert records is not None
    upload = replace(sample(), records=replace(records, origin="upload"))
    known, own = (of_sample(OPEN, "quarter", world).up_to(date(2022, 9, 30)) for world in (sample(), upload))
    assert cached_trends.series_forecast(upload, own) == cached_trends.series_forecast(sample(), known)
    assert cached_trends.usual_movement(upload, own) == cached_trends.usual_movement(sample(), known)


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_a_stock_has_a_band_of_usual_movement(kind: str) -> None:
    known = of_sample(OPEN, kind)
    fan = cached_trends.usual_movement(sample(), known)
    assert fan is not None
    assert fan.model == "last_value"
    assert fan.low_80[0] < known.values[-1] < fan.high_80[0]
    assert fan.ends[0] > known.ends[-1]


def test_there_is_no_band_of_what_is_not_known_or_not_forecast() -> None:
    for name, kind in (("children_0_17", "year"), ("plans_open", "rolling_12m")):
        assert cached_trends.usual_movement(sample(), of_sample(name, kind)) is None
    assert cached_trends.usual_movement(sample(), replace(of_sample(OPEN, "year"), points=())) is None
    hidden = of_sample(OPEN_LONG, "quarter")
    place = next(number for number, point in enumerate(hidden.points) if point.value is None)
    assert cached_trends.usual_movement(sample(), replace(hidden, points=hidden.points[: place + 1])) is None


def test_what_was_drawn_held_what_it_says() -> None:
    """Of 80% ranges 77 to 83 of 100, over the published figures and the sample: as pages would have drawn them."""
    for found in (
        *RECORD["yearly"]["as_drawn_in_each_year"],
        *RECORD["yearly"]["usual_movement"],
        *RECORD["sample"]["as_drawn_in_each_period"],
        *RECORD["sample"]["usual_movement"],
    ):
        assert WELL[0] <= found["in_80"] <= WELL[1]
        assert 92 <= found["in_95"] <= 97
        assert found["n"] > 300
    for found in (*RECORD["yearly"]["as_drawn_in_each_year"], *RECORD["sample"]["as_drawn_in_each_period"]):
        assert found["gain"] > 5


def test_the_record_tells_every_measure_and_series_that_is_drawn() -> None:
    shipped = load_yearly_test(ROOT / "data")
    told = {row["indicator"]: row for row in RECORD["yearly"]["as_drawn_by_measure"]}
    for name in shipped.by_indicator:
        found = annual_tested(shipped, name, shipped_world().years[-1], SETTINGS)
        assert (found.drawn_80 is None) == (name not in told), name
        if found.drawn_80 is not None:
            assert told[name]["in_80"] == pytest.approx(found.drawn_80, abs=0.06), name
            assert told[name]["in_80"] >= WELL[0], name  # none of them too narrow
    assert not set(SETTINGS.not_forecast.reasons) & set(told)
    series = {row["series"] for row in RECORD["sample"]["as_drawn_by_series"]}
    assert {row["series"] for row in RECORD["sample"]["by_series"] if row["shown"]} <= series


def test_what_wanders_without_a_pattern_is_seldom_forecast() -> None:
    walks = RECORD["random_walks"]
    assert {row["length"] for row in walks if row["periods_a_year"] == 12} == {36, 48, 72, 108}
    assert {row["length"] for row in walks if row["periods_a_year"] == 4} >= {20, 36}
    assert max(row["drawn"] for row in walks) <= 5
    assert max(row["by_gain"] for row in walks) > 30  # what a gain of 1% alone would let through

"""The pictures of why the number of open plans moved: nothing computed, nothing hidden shown, kept without data."""

import json

import polars as pl
import pytest

from explorer.charts.movement import flows, flows_spec
from explorer.charts.movement_parts import why, why_spec
from explorer.charts.picture import Picture
from explorer.models.movement import Movement, movements
from tests.fixtures import BROKEN, CITY_OF_LONDON, HACKNEY, ISLES_OF_SCILLY, TRAFFORD, shipped_world

SOURCE = "Source: DfE Characteristics of children in need"


def _of(area: str) -> tuple[Movement, ...]:
    world = shipped_world()
    return movements(world.table, world.history, area, world.config.benchmarks.uncertainty)


def _pictures(area: str, year: int) -> tuple[Picture, ...]:
    found, name = _of(area), shipped_world().areas.label(area)
    return (
        flows(found, year, name, SOURCE),
        why(next(one for one in found if one.after.end.year == year), name, SOURCE),
    )


def test_pictures_of_every_authority_hold_no_broken_words() -> None:
    for number, area in enumerate(shipped_world().areas.authorities):
        for one in _pictures(area.code, 2014 + number % 12):
            for said in (one.title, one.subtitle, one.key, one.note):
                assert not said or not BROKEN.search(said), said
            assert one.alt
            assert not BROKEN.search(one.alt), one.alt
            words = [cell for column in one.data.iter_columns() if column.dtype == str for cell in column]
            assert not any(BROKEN.search(cell) for cell in words if cell), area.code


def test_specifications_are_kept_and_hold_no_data() -> None:
    for made, picture in zip((flows_spec, why_spec), _pictures(TRAFFORD, 2018), strict=True):
        assert made() is made()
        assert picture.spec is made()
        assert '"values"' not in json.dumps(made())
        assert "258" not in json.dumps(made())


def test_started_and_ended_by_year() -> None:
    picture, _ = _pictures(TRAFFORD, 2018)
    row = {one["kind"]: one for one in picture.data.filter(year=2018).to_dicts()}
    assert (row["started"]["value"], row["ended"]["value"]) == (261, 257)
    assert row["started"]["upper"]
    assert not row["ended"]["upper"]
    assert "about 255 ended" in picture.alt
    assert "Plans ended in 2025" in picture.note


def test_what_is_hidden_is_short_in_words() -> None:
    picture, _ = _pictures(CITY_OF_LONDON, 2018)
    assert "2025: a hidden number (1 to 5) started, an unknown number ended" in picture.alt
    assert "a hidden number (1 to 5) started" in picture.data.filter(year=2014)["words"].to_list()
    assert "because" not in picture.alt
    gone, _ = _pictures(HACKNEY, 2023)
    assert "an unknown number started" in gone.alt


def test_what_does_not_agree_is_shown() -> None:
    picture, _ = _pictures(TRAFFORD, 2018)
    (told,) = picture.table.filter(pl.col("Year ending 31 March") == 2018).to_dicts()
    assert (told["Started less ended"], told["Change of plans open"], told["Not accounted for"]) == (4, 1, -3)
    assert told["Plans last on average, months"] == 11.9
    assert "In 9 of 12 years it is not, most of all in 2024, by 7" in picture.note


def test_parts_are_drawn_as_they_are() -> None:
    _, picture = _pictures(TRAFFORD, 2018)
    labels = ["Already under way", "Plans starting", "of them, first plans", "of them, re-plans", "How long plans last"]
    assert picture.data["label"].to_list() == [*labels, "Change in the year"]
    value = picture.data["value"].to_list()
    assert value[0] + value[1] + value[4] == pytest.approx(value[5])
    assert value[2] + value[3] == pytest.approx(value[1])
    assert picture.data["short"].to_list() == ["18 fewer", "2 fewer", "17 fewer", "15 more", "21 more", "1 more"]
    assert [low is None for low in picture.data["low"]] == [True, False, False, False, False, True]
    assert picture.table["More than chance"].to_list() == ["not tested", *["cannot tell"] * 4, "not tested"]
    assert "Hatched" not in picture.key


def test_hidden_figures_are_ranges_and_draw_no_part() -> None:
    first, second = _pictures(ISLES_OF_SCILLY, 2015)
    hidden = first.data.filter(year=2015, kind="started").to_dicts()[0]
    assert (hidden["value"], hidden["least"], hidden["most"]) == (None, 1, 5)
    assert "hatched" in first.note
    assert second.data.is_empty()
    assert second.table.is_empty()
    assert second.key == ""
    assert "cannot be worked out" in second.title


def test_hidden_re_plans_are_hatched() -> None:
    _, picture = _pictures("857", 2018)
    again = picture.data.filter(label="of them, re-plans").to_dicts()[0]
    assert again["value"] is None
    assert again["low"] < again["least"] < again["most"] < again["high"]
    assert picture.data.filter(label="Plans starting")["least"].to_list() == [None]
    assert picture.key.endswith("Hatched: what a hidden figure leaves open.")
    assert picture.table["Plans open"].null_count() == 2

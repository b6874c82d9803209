"""The pictures of why the number of open plans moved: nothing computed, nothing hidden shown, kept without data."""

import json

import polars as pl
import pytest

from explorer.charts.movement import balance, balance_spec, flows, flows_spec, signed
from explorer.charts.movement_parts import why, why_spec
from explorer.charts.picture import Picture
from explorer.models.movement import Movement, movement_of, movements
from tests.fixtures import BROKEN, ISLES_OF_SCILLY, TRAFFORD, shipped_world

SOURCE = "Source: DfE Characteristics of children in need"


def _of(area: str) -> tuple[Movement, ...]:
    world = shipped_world()
    return movements(world.table, world.history, area, world.config.benchmarks.uncertainty)


def _pictures(area: str, year: int) -> tuple[Picture, ...]:
    found, name = _of(area), shipped_world().areas.label(area)
    return (
        flows(found, year, name, SOURCE),
        balance(found, year, name, SOURCE),
        why(movement_of(found, year), name, SOURCE),
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
    for made, picture in zip((flows_spec, balance_spec, why_spec), _pictures(TRAFFORD, 2018), strict=True):
        assert made() is made()
        assert picture.spec is made()
        assert '"values"' not in json.dumps(made())
        assert "258" not in json.dumps(made())


def test_started_and_ended_by_year() -> None:
    picture, *_ = _pictures(TRAFFORD, 2018)
    row = {one["kind"]: one for one in picture.data.filter(year=2018).to_dicts()}
    assert (row["started"]["value"], row["ended"]["value"]) == (261, 257)
    assert row["started"]["upper"]
    assert not row["ended"]["upper"]
    assert "about 255 ended" in picture.alt
    assert "Plans ended in 2025" in picture.note


def test_what_is_left_beside_what_the_stock_did() -> None:
    _, picture, _ = _pictures(TRAFFORD, 2018)
    (row,) = picture.data.filter(year=2018).to_dicts()
    assert (row["net"], row["change"], row["gap_words"]) == (4, 1, "3")
    assert picture.title == "Trafford's counts agree in 3 of 12 years; they are furthest apart in 2024, by 7"
    told = picture.table.filter(pl.col("Year ending 31 March") == 2018)
    assert told["Not accounted for"].to_list() == [-3]


def test_parts_are_drawn_as_they_are() -> None:
    *_, picture = _pictures(TRAFFORD, 2018)
    split = movement_of(_of(TRAFFORD), 2018).split
    assert split
    assert picture.data["label"].to_list() == [
        "Plans coming and going",
        "of it, first plans",
        "of it, re-plans",
        "How long plans last",
        "Both together",
    ]
    assert picture.data["value"][0] + picture.data["value"][3] == pytest.approx(picture.data["value"][4])
    assert picture.data["short"].to_list() == ["33 fewer", "51 fewer", "19 more", "5 more", "28 fewer"]
    assert picture.table["Beyond chance"].to_list()[:4] == ["cannot tell"] * 4


def test_hidden_figures_are_ranges_and_draw_no_part() -> None:
    first, second, third = _pictures(ISLES_OF_SCILLY, 2015)
    hidden = first.data.filter(year=2015, kind="started").to_dicts()[0]
    assert (hidden["value"], hidden["least"], hidden["most"]) == (None, 1, 5)
    assert "hatched" in first.note
    assert second.data.filter(year=2015)["net"][0] is None
    assert third.data.is_empty()
    assert third.table.is_empty()
    assert "cannot be worked out" in third.title


@pytest.mark.parametrize(("value", "words"), [(4, "+4"), (-63, "−63"), (0, "0"), (-0.2, "0"), (None, "not known")])
def test_signs(value: float | None, words: str) -> None:
    assert signed(value) == words

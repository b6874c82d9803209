"""The funnel as a picture: its finding, its ranges, what is hidden, and its table."""

import re
from functools import lru_cache

import altair as alt
import polars as pl
import pytest

from explorer.benchmarks.standing import standing
from explorer.charts.funnel import ROOM, funnel, funnel_spec, funnel_top
from explorer.charts.picture import Picture
from explorer.schema import STATUS_WORDS
from tests.fixtures import CITY_OF_LONDON, GROUP, HACKNEY, OPEN_LONG, REPEAT, TRAFFORD, shipped_world
from tests.test_around import everybody

RUTLAND = "857"
RATE = "plans_open_per_10k"
VIEWS = [
    (area, indicator, year, group)
    for area, year in ((TRAFFORD, 2018), (TRAFFORD, 2025), (RUTLAND, 2018), (CITY_OF_LONDON, 2018), (HACKNEY, 2022))
    for indicator in (REPEAT, OPEN_LONG, RATE)
    for group in (GROUP, "england", "custom")
]


@lru_cache
def drawn(area: str, indicator: str, year: int, group: str = GROUP, top: tuple[float, float] | None = None) -> Picture:
    world = shipped_world()
    england, differ = everybody(area, indicator, year)
    found = standing(world.position(area, indicator, year, group), differ, None, None)
    picture = funnel(found, england, differ, world.config, world.areas, top)
    assert picture is not None
    return picture


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_it_is_told_in_words_and_holds_every_authority(view: tuple[str, str, int, str]) -> None:
    picture, world = drawn(*view), shipped_world()
    for words in (picture.title, picture.subtitle, picture.source, picture.alt, picture.key, picture.note or "none"):
        assert words.strip()
        assert not re.search(r"None|\bnan\b|[{}]|  |\.\.", words), words
    assert picture.title in picture.alt
    names = picture.table["Authority"].to_list()
    assert names == sorted(world.areas.label(one.code) for one in world.areas.authorities if one.existed(view[2]))


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_hidden_figure_is_a_range_and_nothing_else(view: tuple[str, str, int, str]) -> None:
    picture = drawn(*view)
    for row in picture.data.filter(pl.col("kind").is_in(["other", "member", "authority"])).iter_rows(named=True):
        without = row["label"].startswith("hidden") or row["label"] in STATUS_WORDS.values()
        assert (row["value"] is None) == without, row
        assert row["value"] is None or row["least"] is None, row
    for row in picture.table.iter_rows(named=True):
        value = row[shipped_world().config.indicators[view[1]].label]
        assert (value is not None) == (row["Status"] == "published"), row
        assert row["If hidden, least"] is None or row["Status"] == "suppressed"


@pytest.mark.parametrize(
    ("area", "indicator", "year", "group", "title"),
    [
        (TRAFFORD, REPEAT, 2018, GROUP, "Re-plans: Trafford lies within the range that is usual for its size"),
        (
            RUTLAND,
            REPEAT,
            2018,
            GROUP,
            "Re-plans: Rutland's figure is hidden; if the count is 1 to 5, it lies within the range that is usual for "
            "its size",
        ),
        (HACKNEY, REPEAT, 2022, GROUP, "Re-plans: no figure for Hackney"),
        (
            TRAFFORD,
            REPEAT,
            2018,
            "custom",
            "Re-plans: Trafford was 29.1%, and there is no other figure in the group to hold it against",
        ),
    ],
)
def test_the_title_is_the_finding(area: str, indicator: str, year: int, group: str, title: str) -> None:
    assert drawn(area, indicator, year, group).title == title


def test_without_counts_there_is_no_funnel() -> None:
    world, indicator = shipped_world(), "reviews_on_time_percent"
    england, differ = everybody(TRAFFORD, indicator, 2018)
    found = standing(world.position(TRAFFORD, indicator, 2018, GROUP), differ, None, None)
    assert funnel(found, england, differ, world.config, world.areas) is None


def test_the_table_marks_the_group_and_gives_ranges_at_each_size() -> None:
    table = drawn(TRAFFORD, REPEAT, 2018).table
    assert table.filter(Group="in the group").height == 10
    (own,) = table.filter(Group="this authority").iter_rows(named=True)
    assert (own["Authority"], own["Re-plans"], own["Out of"]) == ("Trafford", 29.1, 261)
    assert own["Usual range at its size, low"] == pytest.approx(12.18, abs=0.05)
    assert own["Wide range at its size, high"] == pytest.approx(39.56, abs=0.05)
    assert own["Where it lies"] == "in the usual range"


def test_two_pictures_with_one_top_have_the_same_axes() -> None:
    top = (3000.0, 60.0)
    for area in (TRAFFORD, RUTLAND):
        room = drawn(area, REPEAT, 2018, top=top).data.filter(kind="room")
        assert room["value"].to_list() == pytest.approx([0, ROOM * 60])
        assert room["size"].to_list()[-1] > 3000
    england, _ = everybody(TRAFFORD, REPEAT, 2018)
    assert funnel_top(england) == pytest.approx((1682, 30.6), abs=0.5)


def test_lines_stay_in_the_picture() -> None:
    data = drawn(RUTLAND, OPEN_LONG, 2018).data
    top = data.filter(kind="room")["value"].to_list()[-1]
    for column in ("value", "least", "most", "low", "high"):
        assert (data[column].drop_nulls() <= top).all(), column
    assert data.filter(kind="outer")["high"].null_count() > 0


def test_the_specification_is_valid_and_holds_no_data() -> None:
    picture = drawn(TRAFFORD, REPEAT, 2018)
    assert picture.spec is drawn(RUTLAND, REPEAT, 2018).spec
    assert "Trafford" not in str(picture.spec)
    fields = set(re.findall(r"'field': '(\w+)'", str(picture.spec))) | set(
        re.findall(r"datum\.(\w+)", str(picture.spec))
    )
    assert fields <= set(picture.data.columns)
    alt.LayerChart.from_dict({**funnel_spec("size", "percent"), "data": {"values": picture.data.to_dicts()}})

"""All measures at once: places and medians by hand, every hidden figure a range, every row in words."""

import re
from functools import lru_cache
from itertools import pairwise

import altair as alt
import polars as pl
import pytest

from explorer.app.choices import comparable_indicators
from explorer.benchmarks.change import change
from explorer.benchmarks.standing import standing
from explorer.benchmarks.summary import Place, Row, summary_rows
from explorer.charts.picture import Picture
from explorer.charts.summary import STEP, summary, summary_spec
from explorer.sentences.summary import cells
from tests.fixtures import CITY_OF_LONDON, GROUP, HACKNEY, OPEN_LONG, REPEAT, TRAFFORD, shipped_world
from tests.test_around import everybody

RUTLAND = "857"
VIEWS = [
    (TRAFFORD, 2018, GROUP),
    (TRAFFORD, 2025, GROUP),
    (RUTLAND, 2018, GROUP),
    (CITY_OF_LONDON, 2018, GROUP),
    (HACKNEY, 2022, GROUP),
    (TRAFFORD, 2018, "england"),
    (TRAFFORD, 2018, "custom"),
]


@lru_cache
def row(area: str, indicator: str, year: int, group: str = GROUP) -> Row:
    world = shipped_world()
    _, differ = everybody(area, indicator, year)
    course = [world.position(area, indicator, one, group) for one in world.years if world.has(indicator, one)]
    now, before = (next((one for one in course if one.year == at), None) for at in (year, year - 1))
    assert now is not None
    scale = world.config.indicators[indicator].scale
    moved = change(before.figure, now.figure, scale) if before else None
    (made,) = summary_rows([standing(now, differ, None, None)], {indicator: moved}, {indicator: course})
    return made


@lru_cache
def drawn(area: str, year: int, group: str) -> Picture:
    world = shipped_world()
    names = [name for name in comparable_indicators(world) if world.has(name, year)]
    return summary([row(area, name, year, group) for name in names], world.config, world.areas.label(area))


def test_rows_keep_the_order_and_what_is_not_known_is_empty() -> None:
    found = [row(TRAFFORD, name, 2018).standing for name in (OPEN_LONG, REPEAT)]
    first, second = summary_rows(found, {}, {})
    assert (first.indicator, second.indicator) == (OPEN_LONG, REPEAT)
    assert first.change is None
    assert (first.course, second.middles) == ((), ())


def test_a_place_allows_for_chance_where_there_are_counts() -> None:
    made = row(TRAFFORD, REPEAT, 2018)
    assert made.standing.ranks is not None
    assert made.place == Place(*made.standing.ranks, 11, chance=True)


def test_a_place_without_counts_is_that_of_the_figures() -> None:
    made = row(TRAFFORD, "reviews_on_time_percent", 2018)
    values = [one.value for one in made.standing.position.members if one.value is not None]
    higher = sum(value > 84.6 for value in values)
    assert made.place == Place(1 + higher, 1 + higher, len(values) + 1, chance=False)


def test_the_median_counts_hidden_members_and_is_the_grey_line() -> None:
    made = row(TRAFFORD, OPEN_LONG, 2018)
    assert made.median == made.standing.position.median_bounds
    assert made.median is not None
    assert made.middles[2018 - 2013] == pytest.approx(sum(made.median) / 2)
    assert row(TRAFFORD, REPEAT, 2018, "custom").median is None


def test_the_words_of_a_row() -> None:
    config = shipped_world().config
    said = cells(row(TRAFFORD, REPEAT, 2018), config)
    assert (said.measure, said.measure_more, said.figure, said.figure_more) == ("Re-plans", "", "29.1%", "76 of 261")
    assert (said.median, said.median_more, said.gap) == ("21.5%", "from 10 of 10", "20 more")
    assert (said.change, said.change_more) == ("up 9.8 points", "could be chance")
    assert (said.verdict_short, said.verdict_more) == ("≈ similar", "in usual range")
    hidden = cells(row(TRAFFORD, OPEN_LONG, 2025), config)
    assert (hidden.figure, hidden.figure_more) == ("0.6% to 3.2%", "hidden: 1 to 5 of 155")
    assert (hidden.figure_short, hidden.change, hidden.gap) == ("hidden", "not known", "–")
    assert hidden.median_more == "from 4, 6 hidden"
    rate = cells(row(TRAFFORD, "plans_open_per_10k", 2018), config)
    assert (rate.figure, rate.figure_more, rate.median) == ("47.5", "259 of 54,581", "41.5")


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_it_is_told_in_words_row_by_row(view: tuple[str, int, str]) -> None:
    picture, config = drawn(*view), shipped_world().config
    for words in (picture.title, picture.subtitle, picture.source, picture.alt, picture.key, picture.note or "none"):
        assert not re.search(r"None|\bnan\b|[{}]|  |\.\.|\b-0\b", words), words
    assert picture.title in picture.alt
    shown = picture.table["Measure"].to_list()
    assert shown == [entry.label for entry in config.indicators.values() if entry.label in shown]
    told = {
        label: verdict
        for label, verdict in picture.table.select("Measure", "Verdict").iter_rows()
        if re.search(rf"{re.escape(label)}: [^:]*(: [^:]*)?: {verdict} \(", picture.alt)
    }
    assert told
    different = {"higher", "lower"} & set(picture.table["Verdict"])
    assert not different or set(told.values()) & different  # a listener hears first of what differs


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_hidden_figure_is_in_no_cell_line_or_table(view: tuple[str, int, str]) -> None:
    picture = drawn(*view)
    labels = {entry.label: name for name, entry in shipped_world().config.indicators.items()}
    for told in picture.table.iter_rows(named=True):
        assert (told["Figure"] is None) == (told["Status"] != "published")
        assert told["If hidden, least"] is None or told["Status"] == "suppressed"
        own = picture.data.filter(kind="own", indicator=labels[told["Measure"]])
        here = own.filter(pl.col("chosen"))["high"].to_list()
        assert [one is None for one in here] == [told["Figure"] is None]


def test_little_lines_start_from_zero_and_stay_in_their_rows() -> None:
    data = drawn(TRAFFORD, 2018, GROUP).data
    names = data.filter(kind="own")["indicator"].unique(maintain_order=True).to_list()
    for place, name in enumerate(names, 1):
        for column in ("high", "low"):
            heights = data.filter(indicator=name)[column].drop_nulls().to_list()
            assert all(place < one < place + 1 for one in heights), name
    course = row(TRAFFORD, REPEAT, 2018).course
    top = max([one.figure.value or 0 for one in course] + [one or 0 for one in row(TRAFFORD, REPEAT, 2018).middles])
    here = data.filter(pl.col("kind") == "own", pl.col("indicator") == REPEAT, pl.col("chosen"))["high"].to_list()
    assert here == [pytest.approx(1.82 - 0.64 * 29.1 / top)]


def test_the_phone_keeps_only_what_fits() -> None:
    spec = summary_spec(3)
    short = [layer for layer in spec["layer"] if str(layer["encoding"].get("text", {}).get("field")).endswith("_short")]
    assert [layer["encoding"]["text"]["field"] for layer in short] == ["figure_short", "gap_short", "verdict_short"]
    starts = [float(layer["encoding"]["x"]["value"]["expr"].rsplit(" ")[-1]) for layer in short]
    assert all(later - earlier > 0.15 for earlier, later in pairwise(starts))


def test_measures_without_a_figure_in_the_year_are_named() -> None:
    assert "No figures for this year at all: " in drawn(TRAFFORD, 2013, GROUP).note
    assert "No figures" not in drawn(TRAFFORD, 2025, GROUP).note


def test_the_specification_is_valid_holds_no_data_and_has_one_ink_for_every_verdict() -> None:
    picture = drawn(TRAFFORD, 2018, GROUP)
    assert picture.spec is drawn(RUTLAND, 2018, GROUP).spec
    assert picture.spec["height"] == STEP * (picture.table.height + 1)
    text = str(picture.spec)
    fields = set(re.findall(r"'field': '(\w+)'", text)) | set(re.findall(r"datum\.(\w+)", text))
    assert fields <= set(picture.data.columns)
    inks = {layer["mark"]["color"] for layer in picture.spec["layer"] if layer["mark"]["type"] == "text"}
    assert inks == {"currentColor"}
    alt.LayerChart.from_dict({**picture.spec, "data": {"values": picture.data.to_dicts()}})


def test_no_rows_are_no_measures() -> None:
    picture = summary([], shipped_world().config, "Trafford")
    assert picture.title == "No measures of Trafford to compare"
    assert picture.table.is_empty()

"""Pictures: said in words, drawn from their table alone, readable on both pages, and silent about hidden figures."""

import copy
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert

from explorer.charts import theme
from explorer.charts.picture import Picture
from explorer.charts.ranked import position_table, ranked_bars
from explorer.charts.series import yearly_series
from explorer.charts.strip import strip
from explorer.schema import STATUS_WORDS
from explorer.wording import in_unit
from tests.fixtures import (
    CITY_OF_LONDON,
    ENDED_LONG,
    GROUP,
    HACKNEY,
    OPEN,
    OPEN_LONG,
    REPEAT,
    ROOT,
    TRAFFORD,
    shipped_world,
)

VIEWS = [(TRAFFORD, 2018), (TRAFFORD, 2025), (CITY_OF_LONDON, 2018), (HACKNEY, 2022), ("835", 2025)]
MEASURES = (REPEAT, OPEN_LONG, ENDED_LONG, OPEN, "plans_open_per_10k", "reviews_on_time_percent")


def ranked(area: str, indicator: str, year: int) -> Picture:
    world = shipped_world()
    return ranked_bars(world.position(area, indicator, year, GROUP), world.config, world.areas)


def dots(area: str, indicator: str, year: int) -> Picture:
    world = shipped_world()
    return strip(world.position(area, indicator, year, GROUP), world.config, world.areas)


def series(area: str, indicator: str, year: int) -> Picture:
    world = shipped_world()
    years = [one for one in world.years if not world.table.filter(indicator=indicator, period=one).is_empty()]
    positions = [world.position(area, indicator, one, GROUP) for one in years]
    return yearly_series(positions, year, world.config, world.areas)


def pictures(area: str, year: int) -> Iterator[Picture]:
    for indicator in MEASURES:
        for draw in (ranked, dots, series):
            yield draw(area, indicator, year)


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def drawn(request: pytest.FixtureRequest) -> list[Picture]:
    found = list(pictures(*request.param))
    assert len(found) >= 3 * len(MEASURES)
    return found


def test_every_picture_is_told_in_words(drawn: list[Picture]) -> None:
    for picture in drawn:
        for words in (picture.name, picture.title, picture.subtitle, picture.source, picture.alt):
            assert words.strip(), picture.name
            assert not re.search(r"None|\bnan\b|[{}]|c%|  ", words), (picture.name, words)
        assert picture.source.startswith("Source: ")
        assert picture.title in picture.alt


def test_every_picture_has_its_table(drawn: list[Picture]) -> None:
    for picture in drawn:
        assert picture.table.width >= 5 or picture.table.is_empty(), picture.name
        assert not picture.data.is_empty(), picture.name


def _walk(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _walk(inner)


def test_a_specification_holds_no_data(drawn: list[Picture]) -> None:
    for picture in drawn:
        assert not any({"data", "datasets"} & part.keys() for part in _walk(picture.spec)), picture.name
        assert "Trafford" not in str(picture.spec), picture.name


def test_a_specification_is_the_same_for_every_authority() -> None:
    for draw in (ranked, dots, series):
        assert draw(TRAFFORD, REPEAT, 2018).spec == draw(HACKNEY, REPEAT, 2022).spec


def test_a_specification_names_only_columns_of_its_table(drawn: list[Picture]) -> None:
    for picture in drawn:
        text = str(picture.spec)
        fields = {part["field"] for part in _walk(picture.spec) if isinstance(part.get("field"), str)}
        fields |= set(re.findall(r"datum\.(\w+)", text))
        assert fields, picture.name
        assert fields <= set(picture.data.columns), picture.name


def _with_data(picture: Picture) -> dict[str, Any]:
    return {**copy.deepcopy(picture.spec), "data": {"values": picture.data.to_dicts()}}


def test_every_kind_of_specification_keeps_the_rules_of_vega_lite() -> None:
    kinds = [draw(TRAFFORD, REPEAT, 2018) for draw in (ranked, dots, series)]
    for picture in kinds:
        alt.LayerChart.from_dict(_with_data(picture))  # raises where the schema is broken
    broken = {**_with_data(kinds[0]), "layer": [{"mark": "no such mark"}]}
    with pytest.raises(Exception, match="no such mark"):
        alt.LayerChart.from_dict(broken)


def test_a_specification_draws_with_its_data(drawn: list[Picture]) -> None:
    for picture in (picture for picture in drawn if picture.title.startswith(("Re-plans", "Open plans", "In the"))):
        vega = vl_convert.vegalite_to_vega(_with_data(picture))
        assert vega["marks"], picture.name


def test_bars_start_at_zero() -> None:
    bars = 0
    for layer in ranked(TRAFFORD, REPEAT, 2018).spec["layer"]:
        if layer["mark"] == "bar" or layer["mark"].get("type") == "bar":
            bars += 1
            assert layer["encoding"]["x"]["scale"]["zero"] is True
    assert bars == 1


def _figures(picture: Picture) -> Iterator[dict[str, Any]]:
    """The rows of a picture's table that are an authority's figures, with their status."""
    return (row for row in picture.table.iter_rows(named=True) if "Status" in row)


def test_a_hidden_figure_has_no_value_in_data_or_table(drawn: list[Picture]) -> None:
    labels = [entry.label for entry in shipped_world().config.indicators.values()]
    for picture in drawn:
        kinds = picture.data.get_column("kind").to_list() if "kind" in picture.data.columns else []
        for kind, row in zip(kinds, picture.data.iter_rows(named=True), strict=False):
            label = str(row["label"])
            if kind in ("bar", "member", "authority", "own"):
                hidden = label.startswith("hidden") or label in STATUS_WORDS.values()
                assert (row["value"] is None) == hidden, (picture.name, row)
                assert (row["least"] is None) == (row["most"] is None), (picture.name, row)
                assert row["value"] is None or row["least"] is None, (picture.name, row)
        for row in _figures(picture):
            value = row[next(label for label in labels if label in row)]
            assert value is None or row["Status"] == "published", (picture.name, row)
            assert row["If hidden, least"] is None or row["Status"] == "suppressed", (picture.name, row)


def test_trafford_is_drawn_as_published_and_its_hidden_figure_as_a_range() -> None:
    known = ranked(TRAFFORD, REPEAT, 2018).data.filter(role="authority").row(0, named=True)
    assert (known["value"], known["label"], known["short"]) == (29.1, "29.1% (76 of 261)", "29.1%")
    hidden = ranked(TRAFFORD, OPEN_LONG, 2025).data.filter(role="authority").row(0, named=True)
    assert (hidden["value"], hidden["label"], hidden["short"]) == (None, "hidden: 0.6% to 3.2%", "Hidden")
    assert (hidden["least"], hidden["most"]) == (pytest.approx(100 / 155), pytest.approx(500 / 155))


def test_ranked_bars_go_from_the_highest_down_with_those_without_a_figure_last() -> None:
    for area, year in VIEWS[:4]:
        bars = ranked(area, OPEN_LONG, year).data.filter(kind="bar").sort("order")
        ends = [row["value"] if row["value"] is not None else row["most"] for row in bars.iter_rows(named=True)]
        known = [end for end in ends if end is not None]
        assert bars["order"].to_list() == list(range(11))
        assert ends == known + [None] * (len(ends) - len(known))
        assert all(upper >= lower for upper, lower in pairwise(known))


def test_the_two_rules_are_the_median_and_england() -> None:
    rows = {row["kind"]: row["value"] for row in ranked(TRAFFORD, REPEAT, 2018).data.iter_rows(named=True)}
    assert rows["median"] == pytest.approx(21.5)
    assert rows["england"] == 20.2
    assert "england" not in set(ranked(TRAFFORD, OPEN, 2018).data["kind"])  # a national count dwarfs the rest
    assert re.search(r"Solid line: median of .*, 21\.5%\.", ranked(TRAFFORD, REPEAT, 2018).key)


def test_the_table_of_a_position_has_england_last_and_counts_beside_shares() -> None:
    world = shipped_world()
    found = world.position(TRAFFORD, REPEAT, 2018, GROUP)
    table = position_table(found, world.config.indicators[REPEAT], world.areas)
    assert table.height == 12
    assert table["Authority"].to_list()[-1] == "England"
    row = table.filter(Authority="Trafford").row(0, named=True)
    assert (row["Re-plans"], row["Count"], row["Out of"], row["Status"]) == (29.1, 76, 261, "published")


def test_the_series_marks_its_year_and_leaves_no_year_out() -> None:
    picture = series(TRAFFORD, REPEAT, 2018)
    own = picture.data.filter(kind="own")
    assert own["year"].to_list() == list(range(2013, 2026))
    assert own.filter(pl.col("chosen"))["year"].to_list() == [2018]
    assert picture.table["Median of the group"].null_count() == 0
    published = shipped_world().table.filter(indicator=REPEAT, area=TRAFFORD).sort("period")
    assert own["value"].to_list() == published["value"].to_list()


def test_the_title_of_a_series_is_its_least_and_most() -> None:
    entry = shipped_world().config.indicators[REPEAT]
    picture = series(TRAFFORD, REPEAT, 2018)
    values = [value for value in picture.data.filter(kind="own")["value"] if value is not None]
    assert in_unit(min(values), entry.unit) in picture.title
    assert in_unit(max(values), entry.unit) in picture.title


def test_years_without_a_figure_are_explained_under_the_series() -> None:
    note = series(HACKNEY, REPEAT, 2022).note
    assert "No figure for 2021 and 2022: not available." in note
    assert "range of a hidden figure" in series(TRAFFORD, OPEN_LONG, 2025).note


def test_the_years_before_an_authority_are_not_drawn() -> None:
    picture = series("940", REPEAT, 2025)
    assert picture.data.filter(kind="own")["year"].to_list() == [2022, 2023, 2024, 2025]
    assert series("835", REPEAT, 2025).data.filter(kind="own")["year"].max() == 2019


def test_hatching_is_explained_where_a_range_is_drawn() -> None:
    note = ranked(TRAFFORD, OPEN_LONG, 2025).note
    assert note.startswith("Hatched ranges are hidden figures.")
    assert "1 to 5" in note
    assert ranked(TRAFFORD, REPEAT, 2018).note == ""


def test_hatching_is_not_explained_where_none_is_drawn() -> None:
    world = shipped_world()
    found = world.position(TRAFFORD, "reviews_on_time_percent", 2018, "england")
    picture = ranked_bars(found, world.config, world.areas)
    bars = picture.data.filter(kind="bar")
    assert bars["least"].null_count() == bars.height
    assert "Hatched" not in picture.note


# --- Colour ------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAGES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
COLOURS = {
    name: value for name, value in vars(theme).items() if isinstance(value, str) and re.fullmatch("#[0-9a-f]{6}", value)
}


def test_contrast_is_worked_out_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("role", COLOURS)
def test_every_role_stands_out_from_both_pages(role: str, page: str) -> None:
    assert set(COLOURS) >= {"AUTHORITY", "NEIGHBOUR", "MEDIAN", "ENGLAND", "SCENARIO"}
    assert contrast(COLOURS[role], PAGES[page]["backgroundColor"]) >= 3


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("colour", ["textColor", "linkColor"])
def test_text_and_links_can_be_read(page: str, colour: str) -> None:
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(PAGES[page][colour], PAGES[page][ground]) >= 4.5


def test_no_picture_uses_a_colour_of_its_own(drawn: list[Picture]) -> None:
    allowed = {*COLOURS.values(), "#ffffff"}
    for picture in drawn:
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", str(picture.spec))) <= allowed, picture.name


def test_lines_are_told_apart_without_colour() -> None:
    assert len({tuple(theme.SOLID), tuple(theme.DOTTED)}) == 2
    dashes = [layer["mark"].get("strokeDash") for layer in ranked(TRAFFORD, REPEAT, 2018).spec["layer"]]
    assert theme.SOLID in dashes
    assert theme.DOTTED in dashes

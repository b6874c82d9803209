"""The map of England: a tile for every authority in every year, fifths by hand, words that hold for hidden figures."""

import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from math import hypot, sqrt
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from explorer.benchmarks.fifths import fifths, fifths_of
from explorer.benchmarks.position import Position
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY
from explorer.charts.tile_map import SHADES, tile_map, tile_map_spec
from explorer.errors import DataError
from explorer.sentences.map import FIFTHS, map_title
from explorer.sources.published import load_published
from tests.fixtures import (
    BROKEN,
    CITY_OF_LONDON,
    GROUP,
    HACKNEY,
    ISLES_OF_SCILLY,
    OPEN_LONG,
    REPEAT,
    STOCKPORT,
    TRAFFORD,
    Project,
    copied_project,
    faults,
    shipped_world,
)
from tests.test_charts import PAGES, contrast

Place = tuple[int, int]


@cache
def found(area: str, indicator: str, year: int) -> Position:
    return shipped_world().position(area, indicator, year, "england")


def drawn(area: str = TRAFFORD, indicator: str = REPEAT, year: int = 2018, group: str = GROUP) -> Picture:
    world = shipped_world()
    marked = world.comparators(area, year, group).members
    return tile_map(found(area, indicator, year), marked, world.config, world.areas, world.published.tiles)


def tiles(picture: Picture) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in picture.data.filter(kind="tile").iter_rows(named=True)}


# --- Where the tiles are -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def spots() -> dict[str, Place]:
    table = shipped_world().published.tiles
    return {area: (column, row) for area, column, row in table.select("area", "column", "row").iter_rows()}


def apart(one: Place, other: Place) -> float:
    """Widths of a tile from the middle of one to the middle of the other."""
    (x, y), (x2, y2) = ((column + 0.5 * (row % 2), row * sqrt(3) / 2) for column, row in (one, other))
    return hypot(x - x2, y - y2)


@pytest.mark.parametrize("year", range(2013, 2026))
def test_every_authority_has_a_tile_of_its_own_in_every_year(year: int) -> None:
    there = [area.code for area in shipped_world().areas.authorities if area.existed(year)]
    assert len(there) > 150
    assert set(there) <= set(spots())
    assert max(Counter(spots()[code] for code in there).values()) == 1


def test_every_tile_is_of_an_authority_and_its_letters_tell_it_from_the_others() -> None:
    world = shipped_world()
    assert set(spots()) == {area.code for area in world.areas.authorities}
    letters = dict(world.published.tiles.select("area", "short").iter_rows())
    assert all(2 <= len(short) <= 5 for short in letters.values())
    for year in world.years:
        there = [letters[area.code] for area in world.areas.authorities if area.existed(year)]
        assert len(there) == len(set(there))


@pytest.mark.parametrize("year", [2013, 2018, 2025])
def test_neighbours_in_a_region_are_near_each_other(year: int) -> None:
    """Four in five or more touch another of their region, and nobody is three tiles from the nearest."""
    regions: dict[str, list[str]] = {}
    for area in shipped_world().areas.authorities:
        if area.existed(year):
            regions.setdefault(str(area.region).removeprefix("Inner ").removeprefix("Outer "), []).append(area.code)
    assert len(regions) == 9
    for codes in regions.values():
        nearest = [min(apart(spots()[code], spots()[other]) for other in codes if other != code) for code in codes]
        assert max(nearest) < 3
        assert sum(distance < 1.01 for distance in nearest) >= 0.8 * len(codes)


def test_north_is_up_and_east_is_right() -> None:
    at = {area.name: spots()[area.code] for area in shipped_world().areas.authorities}
    rows = [at[name][1] for name in ("Northumberland", "Leeds", "Birmingham", "Camden", "Surrey", "Cornwall")]
    assert rows == sorted(rows, reverse=True)
    columns = [at[name][0] for name in ("Cornwall", "Bristol, City of", "Reading", "Camden", "Essex")]
    assert columns == sorted(columns)
    picture = tiles(drawn())
    assert picture["Northumberland"]["y"] < picture["Cornwall"]["y"]
    assert picture["Cornwall"]["x"] < picture["Essex"]["x"]


def test_authorities_that_followed_others_lie_where_those_did() -> None:
    for change in shipped_world().areas.changes:
        for old, new in change.pairs:
            assert apart(spots()[old], spots()[new]) <= 2.01, (old, new)


def test_odd_rows_are_shifted_by_half_a_tile() -> None:
    """Worked by hand: Trafford is at column 6 of row 11, Stockport at column 8 of row 10, of 18 rows."""
    picture = tiles(drawn())
    assert (picture["Trafford"]["x"], picture["Stockport"]["x"]) == (7.0, 8.5)
    assert picture["Stockport"]["y"] - picture["Trafford"]["y"] == pytest.approx(sqrt(3) / 2)
    assert picture["Trafford"]["y"] == pytest.approx(6 * sqrt(3) / 2 + 1 / sqrt(3))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


@pytest.mark.parametrize(
    ("start", "new", "said"),
    [
        ("358,", "358,7,11,Traf", "tiles.csv: 352 and 358 are on one tile (column 7, row 11) in the same year."),
        ("358,", "999,6,11,Traf", "tiles.csv row 55: 'area' is '999', which areas.csv does not have."),
        ("358,", "358,6,x,Traf", "'row' is 'x'; expected a whole number from 0 to 40."),
        ("358,", "357,6,11,Traf", "357"),
    ],
)
def test_a_wrong_tile_is_told_with_its_row(project: Project, start: str, new: str, said: str) -> None:
    project.replace_line("data/published/tiles.csv", start, new)
    told = faults(lambda: load_published(replace(shipped_world().config, root=project.folder)), DataError)
    assert any(said in fault for fault in told), told


def test_an_authority_without_a_tile_is_told(project: Project) -> None:
    lines = project.text("data/published/tiles.csv").splitlines()
    project.write("data/published/tiles.csv", "\n".join(line for line in lines if not line.startswith("358,")) + "\n")
    told = faults(lambda: load_published(replace(shipped_world().config, root=project.folder)), DataError)
    assert told == ("tiles.csv: there is no tile for Trafford (358).",)


def test_moving_a_tile_changes_no_figure_and_no_version(project: Project) -> None:
    config = replace(shipped_world().config, root=project.folder)
    before = load_published(config).version
    project.replace_line("data/published/tiles.csv", "358,", "358,0,17,Traf")
    assert load_published(config).version == before


# --- Fifths ------------------------------------------------------------------------------------------------------


def test_fifths_by_hand() -> None:
    """Of 1 to 11 the type-7 limits are 3, 5, 7 and 9; a figure on a limit is in the lower fifth."""
    parted = fifths_of([11.0, *map(float, range(1, 11))], 12)
    assert parted is not None
    assert parted.limits == (3.0, 5.0, 7.0, 9.0)
    assert [parted.of(value) for value in (1, 3, 3.1, 5, 6, 9, 9.5, 11)] == [1, 1, 2, 2, 3, 4, 5, 5]
    assert parted.spans == ((1, 3), (4, 5), (6, 7), (8, 9), (10, 11))
    assert (parted.sizes, parted.published, parted.existing) == ((3, 2, 2, 2, 2), 11, 12)


def test_fewer_than_five_figures_have_no_fifths() -> None:
    assert fifths_of([1.0, 2.0, 3.0, 4.0], 10) is None
    assert fifths_of([1.0, 2.0, 3.0, 4.0, 5.0], 10) is not None


def test_equal_figures_are_together_and_leave_others_empty() -> None:
    parted = fifths_of([0.0] * 3 + [100.0] * 7, 10)
    assert parted is not None
    assert parted.sizes == (3, 7, 0, 0, 0)
    assert parted.spans[2:] == (None, None, None)


@given(st.lists(st.integers(0, 1000).map(lambda tenths: tenths / 10), min_size=5, max_size=60))
def test_fifths_hold_all_figures_in_order(values: list[float]) -> None:
    parted = fifths_of(values, len(values))
    assert parted is not None
    assert parted.published == len(values)
    known = [span for span in parted.spans if span]
    assert [end for span in known for end in span] == sorted(end for span in known for end in span)
    assert (known[0][0], known[-1][1]) == (min(values), max(values))
    for value in values:
        low, high = parted.spans[parted.of(value) - 1] or (1, 0)
        assert low <= value <= high
        below = sum(other < value for other in values)
        assert 5 * below <= parted.of(value) * len(values)  # no more lie below than its fifth allows


# --- Words -------------------------------------------------------------------------------------------------------


def test_the_title_is_the_finding() -> None:
    assert drawn().title == "Re-plans: Trafford was among the highest fifth of England's published figures"
    hidden = drawn(indicator=OPEN_LONG, year=2025)
    assert hidden.title == "Open plans of two years or more: Trafford's figure is hidden"
    rate = drawn(indicator="plans_open_per_10k", year=2025)
    assert rate.title.endswith("Trafford was among the lowest fifth of England's published figures")


def test_where_all_have_a_figure_the_title_speaks_of_authorities() -> None:
    world, one = shipped_world(), found(TRAFFORD, REPEAT, 2018)
    whole = replace(one, members=tuple(member for member in one.members if member.value is not None))
    said = map_title(whole, fifths(whole), world.config, world.areas)
    assert said == "Re-plans: Trafford was among the highest fifth of authorities in England"


def test_a_figure_that_many_share_is_not_put_into_a_fifth_in_words() -> None:
    world, one = shipped_world(), found(TRAFFORD, REPEAT, 2018)
    members = tuple(replace(member, value=29.1 if number % 2 else 10.0) for number, member in enumerate(one.members))
    level = replace(one, members=members)
    said = map_title(level, fifths(level), world.config, world.areas)
    assert said == f"Re-plans: Trafford was 29.1%, as were {len(members) // 2} others"


def test_too_few_figures_are_said_to_be_too_few() -> None:
    world, one = shipped_world(), found(TRAFFORD, REPEAT, 2018)
    few = replace(one, members=one.members[:3])
    picture = tile_map(few, [], world.config, world.areas, world.published.tiles)
    assert picture.title == "Re-plans: Trafford was 29.1%; too few others have a figure"
    assert picture.note == "Fifths need 5 published figures or more."
    assert set(picture.data.filter(kind="tile")["mark"]) <= {"", "h"}


VIEWS = [
    (TRAFFORD, 2018),
    (TRAFFORD, 2025),
    (CITY_OF_LONDON, 2018),
    (ISLES_OF_SCILLY, 2025),
    (HACKNEY, 2022),
    ("835", 2025),
    ("941", 2025),
]
MEASURES = (REPEAT, OPEN_LONG, "plans_open", "plans_open_per_10k", "reviews_on_time_percent")


@lru_cache(maxsize=1)
def pictures() -> tuple[Picture, ...]:
    return tuple(drawn(area, indicator, year) for area, year in VIEWS for indicator in MEASURES)


def test_every_map_is_told_in_words() -> None:
    for picture in pictures():
        for words in (picture.title, picture.subtitle, picture.source, picture.key, picture.alt):
            assert words.strip()
            assert not BROKEN.search(words), words
        assert not BROKEN.search(picture.note), picture.note
        assert picture.title in picture.alt
        assert not re.search(r"\b(good|bad|better|worse|best|worst)\b", picture.alt + picture.key + picture.note)


def test_the_words_give_the_limits_and_where_the_compared_lie() -> None:
    picture = drawn()
    assert "5, highest fifth: 24.1% to 30.6%" in picture.key
    assert "Thick edge: Trafford. Thinner edge: those it is compared with." in picture.key
    assert "highest fifth: Surrey, Cambridgeshire, Gloucestershire and Solihull" in picture.alt
    assert picture.note.startswith("The fifths are those of the 148 published figures: 3 figures are hidden")


def test_the_table_has_every_authority_once_and_no_hidden_figure() -> None:
    for picture in pictures():
        label = picture.table.columns[3]
        assert picture.table["Authority"].is_unique().all()
        assert picture.table.height >= 150
        for row in picture.table.iter_rows(named=True):
            assert (row[label] is None) == (row["Status"] != "published")
            assert (row["Fifth"] in FIFTHS) == (row[label] is not None)
        values = picture.table[label].to_list()
        known = [value for value in values if value is not None]
        assert values == sorted(known, reverse=True) + [None] * (len(values) - len(known))


# --- The picture -------------------------------------------------------------------------------------------------


def test_shade_and_number_say_the_same_and_a_hidden_tile_says_neither() -> None:
    for picture in pictures():
        for row in tiles(picture).values():
            if row["fifth"] in FIFTHS:
                number = 1 + FIFTHS.index(row["fifth"])
                assert (row["mark"], row["shade"]) == (str(number), SHADES[number - 1])
            else:
                assert (row["mark"], row["shade"]) == ("h" if row["fifth"] == "hidden" else "", 0.0)


def test_one_tile_is_the_chosen_one_and_the_group_is_outlined() -> None:
    roles = Counter(row["role"] for row in tiles(drawn()).values())
    assert (roles["own"], roles["member"]) == (1, 10)
    assert tiles(drawn())["Trafford"]["role"] == "own"
    everybody = drawn(group="england")
    assert Counter(row["role"] for row in tiles(everybody).values())["member"] == 0
    assert "Thinner edge" not in everybody.key
    assert everybody.data.filter(kind="key member").is_empty()


def test_the_chosen_one_is_not_outlined_twice() -> None:
    world = shipped_world()
    one = found(TRAFFORD, REPEAT, 2018)
    picture = tile_map(one, [TRAFFORD, STOCKPORT], world.config, world.areas, world.published.tiles)
    assert Counter(row["role"] for row in tiles(picture).values())["member"] == 1


def test_an_authority_of_another_time_has_no_tile_beside_those_that_followed_it() -> None:
    picture = drawn("835", REPEAT, 2025)
    there = tiles(picture)
    assert len({(row["x"], row["y"]) for row in there.values()}) == len(there) == 153
    assert "Dorset (until 2019)" not in there
    assert "Thick edge" not in picture.key
    assert picture.data.filter(kind="key own").is_empty()


def test_lines_part_regions_and_nothing_else() -> None:
    """Each is one edge long and lies between the middles of two tiles of different regions."""
    picture, world = drawn(), shipped_world()
    regions = {area.label: area.region for area in world.areas.authorities}
    middles = [(row["x"], row["y"], regions[name]) for name, row in tiles(picture).items()]
    lines = picture.data.filter(kind="border")
    assert 100 < lines.height < 250
    for x, y, x2, y2 in lines.select("x", "y", "x2", "y2").iter_rows():
        assert hypot(x - x2, y - y2) == pytest.approx(1 / sqrt(3))
        across, down = (x + x2) / 2, (y + y2) / 2
        touching = [region for mx, my, region in middles if hypot(mx - across, my - down) == pytest.approx(0.5)]
        assert len(touching) == 2
        assert touching[0] != touching[1]


def _walk(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _walk(inner)


def _with_data(picture: Picture, width: int) -> dict[str, Any]:
    fit = {"autosize": {"type": "fit", "contains": "padding"}, "width": width}
    return {**copy.deepcopy(picture.spec), **fit, "data": {"values": picture.data.to_dicts()}}


def test_the_specification_is_shared_holds_no_data_and_names_only_columns_of_its_table() -> None:
    picture = drawn()
    assert picture.spec == drawn(HACKNEY, OPEN_LONG, 2022).spec
    assert tile_map_spec(17, 18) is tile_map_spec(17, 18)
    assert not any({"data", "datasets"} & part.keys() for part in _walk(picture.spec))
    fields = {part["field"] for part in _walk(picture.spec) if isinstance(part.get("field"), str)}
    fields |= set(re.findall(r"datum\.(\w+)", str(picture.spec)))
    assert fields <= set(picture.data.columns)
    alt.LayerChart.from_dict(_with_data(picture, 600))


@pytest.mark.parametrize("width", [320, 360, 699, 700, 1000, 1400])
def test_the_map_keeps_its_shape_and_stays_inside_at_any_width(width: int) -> None:
    """Tiles are drawn as far apart across as down, and nothing lies outside the picture."""
    svg = vl_convert.vegalite_to_svg(_with_data(drawn(), width))
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    assert float(size.group(1)) == pytest.approx(width, abs=1)
    assert float(size.group(2)) == pytest.approx(540, abs=1)
    marks = re.findall(r'<path[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*d="M0,-', svg)
    xs, ys = ([float(mark[axis]) for mark in marks] for axis in (0, 1))
    assert len(marks) > 160
    assert min(xs) > 0
    assert max(xs) < width
    assert min(ys) > 0
    assert max(ys) < 540
    there = tiles(drawn())
    wide = max(row["x"] for row in there.values()) - min(row["x"] for row in there.values())
    tall = max(row["y"] for row in there.values()) - min(row["y"] for row in there.values())
    first = [(x, y) for (x, y) in zip(xs, ys, strict=True)][: len(there)]
    drawn_wide = max(x for x, _ in first) - min(x for x, _ in first)
    drawn_tall = max(y for _, y in first) - min(y for _, y in first)
    assert drawn_wide / wide == pytest.approx(drawn_tall / tall, rel=0.02)


@pytest.mark.parametrize("width", [360, 1000])
def test_letters_stand_on_tiles_only_where_they_can_be_read(width: int) -> None:
    svg = vl_convert.vegalite_to_svg(_with_data(drawn(), width))
    letters = re.search(r"<text[^>]*>Traf</text>", svg)
    assert (letters is not None and 'opacity="0"' not in letters.group()) == (width == 1000)


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("shade", [0.0, *SHADES])
def test_what_is_written_on_a_tile_can_be_read(page: str, shade: float) -> None:
    ground, ink = PAGES[page]["backgroundColor"], PAGES[page]["textColor"]
    mixed = "#" + "".join(
        f"{round(shade * int(AUTHORITY[at : at + 2], 16) + (1 - shade) * int(ground[at : at + 2], 16)):02x}"
        for at in (1, 3, 5)
    )
    assert contrast(ink, mixed) >= 4.5


def test_the_shades_rise_and_can_be_told_apart() -> None:
    assert all(later - earlier > 0.15 for earlier, later in pairwise(SHADES))


def test_a_figure_of_nought_is_a_figure() -> None:
    table = drawn("420", OPEN_LONG, 2025).table
    label = table.columns[3]
    noughts = table.filter(pl.col(label) == 0)
    assert not noughts.is_empty()
    assert set(noughts["Fifth"]) == {"lowest fifth"}

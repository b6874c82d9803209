"""The Sweep page: figures as in the files, cannot-tell said and drawn, failures named, and the way to What if."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from explorer.app import cached
from explorer.app.sweep_choices import by_slug, slug
from explorer.app.sweep_view import nearest
from explorer.charts.picture import LONGEST_ALT, Picture
from explorer.charts.sweep_heat import MOST_COLUMNS, MOST_ROWS, SHADES, heat_map, shades
from explorer.charts.sweep_map import sweep_map
from explorer.charts.theme import AUTHORITY, SCENARIO
from explorer.errors import DataError
from explorer.models.scenario_code import read_code
from explorer.models.swept import Cell
from explorer.sentences.sweep import (
    SIGNS,
    cell_sentence,
    change_words,
    failed_words,
    heat_title,
    map_title,
    mark,
    other_settings,
    own_title,
    sure_words,
)
from explorer.sweep.cells import work_of
from explorer.sweep.finished import cells, gather, open_finished
from explorer.sweep.plan import Block, read_sweep, settings_digest
from tests.fixtures import BROKEN, CITY_OF_LONDON, GROUP, ISLES_OF_SCILLY, OPEN, REPEAT, ROOT, TRAFFORD, shipped_world
from tests.test_app import NEVER, text
from tests.test_charts import PAGES, contrast

RUTLAND = "857"
FOLDER = ROOT / "data/sweeps/ideas"
FASTER = "Closing faster, at a price"
WORLD = shipped_world()
ENTRIES = WORLD.config.indicators
FOUND = open_finished(FOLDER)


def told(indicator: str = OPEN, as_at: int = 2018, years: int = 3) -> tuple[Cell, ...]:
    return cells(FOUND, as_at, indicator, years, ENTRIES)


def rows() -> pl.DataFrame:
    """The shipped files as anybody would read them."""
    return pl.concat([pl.read_parquet(file) for file in sorted(FOLDER.glob("cells/*/*.parquet"))])


# --- The sweep that ships ----------------------------------------------------------------------------------------


def test_the_shipped_sweep_fits_data_settings_and_what_ifs() -> None:
    asked = read_sweep(ROOT / "data/sweeps/ideas.yaml", WORLD)
    held = FOUND.manifest
    assert held.rests_on["data"] == WORLD.version, "make data/sweeps/ideas again; see data/README.md"
    assert held.rests_on["settings"] == settings_digest(WORLD), "make data/sweeps/ideas again; see data/README.md"
    assert json.loads(json.dumps(asked.asked())) == held.asked
    assert WORLD.years[-1] in FOUND.as_ats
    assert held.cells["asked"] == held.cells["done"] + held.cells["failed"]
    kept = rows().select("as_at", "area", "scenario").unique().height
    assert kept == held.cells["done"]


def test_the_shipped_sweep_is_what_the_program_works_out_today() -> None:
    asked = read_sweep(ROOT / "data/sweeps/ideas.yaml", WORLD)
    block = Block(2018, TRAFFORD)
    keys = ["scenario", "indicator", "years"]
    now = work_of(asked, WORLD, [block])(block).rows.sort(keys)
    then = rows().filter(as_at=2018, area=TRAFFORD).sort(keys)
    assert now.select(keys).equals(then.select(keys))
    # Another processor may find one child more or fewer in one of a thousand runs (docs/sweeps.md): that moves a mean
    # and a chance by a thousandth, an end of a range by a child at most, and few figures at all.
    rounded, one_run = 0.0005 + 1e-9, 1 / asked.draws
    most = {"baseline_mean": one_run, "difference": one_run, "p_lower": one_run, "p10": 1, "p90": 1}
    for name, moved in most.items():
        apart = (now[name] - then[name]).abs().drop_nulls().to_numpy()
        assert apart.max() <= rounded + moved, name
        assert (apart > rounded).mean() <= 0.1, name


def test_gathered_results_are_those_of_the_blocks(tmp_path: Path) -> None:
    gather(FOUND, tmp_path)
    again = open_finished(tmp_path)
    assert again.manifest == FOUND.manifest
    assert cells(again, 2018, REPEAT, 1, ENTRIES) == told(REPEAT, 2018, 1)
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.parquet")) < 450_000


@pytest.mark.parametrize("content", [None, "{}", '{"form": 1}', "no"])
def test_what_is_no_finished_sweep_is_a_sentence(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="sweep"):
        open_finished(tmp_path)


def test_an_unfinished_or_damaged_sweep_is_a_sentence(tmp_path: Path) -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "finished": False}), encoding="utf-8")
    with pytest.raises(DataError, match="not finished"):
        open_finished(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        cells(open_finished(tmp_path), 2018, OPEN, 3, ENTRIES)


# --- Cells -------------------------------------------------------------------------------------------------------


def test_cells_are_the_rows_of_the_files() -> None:
    by_hand = {
        (row["area"], row["scenario"], row["indicator"]): row
        for row in rows().filter(as_at=2018, years=3).iter_rows(named=True)
    }
    found = told(REPEAT)
    assert len(found) == len(FOUND.areas(2018)) * len(FOUND.scenarios)
    for cell in found:
        row = by_hand.get((cell.area, cell.scenario, REPEAT))
        if row is None:
            assert cell.why, cell
            assert cell.verdict == "failed"
            continue
        assert (cell.before, cell.after, cell.change) == (row["baseline_mean"], row["scenario_mean"], row["difference"])
        assert (cell.low, cell.high) == (row["p10"], row["p90"])
        top, whole = (by_hand[cell.area, cell.scenario, part] for part in ("plans_started_repeat", "plans_started"))
        assert cell.counts == (
            top["baseline_mean"],
            whole["baseline_mean"],
            top["scenario_mean"],
            whole["scenario_mean"],
        )


@pytest.mark.parametrize(
    ("change", "low", "high", "verdict", "sign"),
    [
        (-3.0, -5.0, -1.0, "lower", "▼ 3"),
        (3.4, 1.0, 5.0, "higher", "▲ 3"),
        (-3.0, -5.0, 0.0, "cannot_tell", "? −3"),
        (2.0, -1.0, 5.0, "cannot_tell", "? +2"),
        (0.2, -1.0, 1.0, "cannot_tell", "? <1"),
        (-0.2, -1.0, -0.1, "lower", "▼ <1"),
        (0.0, 0.0, 0.0, "same", "="),
        (None, None, None, "failed", "×"),
    ],
)
def test_what_is_told_of_a_cell(
    change: float | None, low: float | None, high: float | None, verdict: str, sign: str
) -> None:
    cell = Cell("358", "It", 10.0, 7.0, change, low, high, 0.5, 0.5, why="" if change is not None else "Why.")
    assert cell.verdict == verdict
    assert mark(cell, "count") == sign


@given(
    some.floats(-50, 50),
    some.floats(0, 20),
    some.floats(0, 20),
    some.sampled_from(("count", "percent")),
    some.booleans(),
)
def test_a_sign_never_says_more_than_the_range(change: float, down: float, up: float, unit: str, counted: bool) -> None:
    counts = (10.4, 40.0, 12.2, 41.0) if counted else None
    cell = Cell("358", "It", 60.0, 60.0 + change, change, change - down, change + up, 0.5, 0.5, counts)
    entry = ENTRIES[OPEN if unit == "count" else REPEAT]
    said = mark(cell, unit)
    if change - down <= 0 <= change + up:
        assert said[0] in "?="
        assert not {SIGNS["lower"], SIGNS["higher"]} & set(said)
    words = cell_sentence(cell, entry, "Trafford")
    assert not BROKEN.search(words), words
    if counted:
        assert "10 of 40" in words


def test_where_most_often_nothing_differs_that_is_said_first() -> None:
    """In a small authority a reader would else take all futures that are not lower for higher."""
    small = Cell("857", "It", 4.3, 3.5, -0.8, -3.3, 0.2, 0.25, 0.22)
    assert sure_words(small, "percent") == (
        "the same in 53 in 100 possible futures, lower in 25 in 100, higher in 22 in 100"
    )
    assert sure_words(replace(small, p_lower=0.6, p_higher=0.3), "count") == "fewer in 60 in 100 possible futures"
    assert sure_words(replace(small, p_lower=None, p_higher=None), "count") == ""


def test_changes_in_words() -> None:
    assert change_words(-1.84, "percent") == "1.8 percentage points lower"
    assert change_words(1.0, "percent") == "1.0 percentage point higher"
    assert change_words(-12.0, "count") == "12 fewer"
    assert change_words(0.0, "percent") == "no change"


def test_titles_count_what_is_clear() -> None:
    entry, found = ENTRIES[OPEN], told()
    clear = [cell for cell in found if cell.scenario == FASTER and cell.verdict == "lower"]
    known = [cell for cell in found if cell.scenario == FASTER and not cell.why]
    one = [cell for cell in found if cell.scenario == FASTER]
    assert f"clearly fewer in {len(clear)} of {len(known)} authorities" in map_title(FASTER, one, entry, 2018, 3)
    own = [cell for cell in found if cell.area == TRAFFORD]
    first = max((cell for cell in own if cell.verdict in ("lower", "higher")), key=lambda cell: cell.size)
    assert f"“{first.scenario}”" in own_title(own, entry, "Trafford", 2018, 3)
    unsure = [replace(cell, low=-90.0, high=90.0) for cell in own]
    assert "none clearly moves Trafford" in own_title(unsure, entry, "Trafford", 2018, 3)
    assert "no what-if of 5 clearly moves any of 1 authority" in heat_title(unsure, entry, 2018, 3)
    failed = [Cell(TRAFFORD, "It", why="It is hidden.")]
    assert "could be worked out" in own_title(failed, entry, "Trafford", 2018, 3)
    assert failed_words(failed, WORLD.areas) == "No result for Trafford. It is hidden."


# --- Pictures ----------------------------------------------------------------------------------------------------


def heat(indicator: str = OPEN, area: str = TRAFFORD, number: int = 6) -> Picture:
    found = told(indicator)
    whom = list(dict.fromkeys([area, *(cell.area for cell in found)]))[:number]
    chosen = [cell for cell in found if cell.area in whom]
    return heat_map(chosen, whom, ENTRIES[indicator], WORLD.areas, "Finding", "Measure", "Source: it")


def drawn_map(area: str = TRAFFORD) -> Picture:
    found = [cell for cell in told() if cell.scenario == FASTER]
    members = WORLD.comparators(area, 2018, GROUP).members
    tiles = WORLD.published.tiles
    return sweep_map(found, area, members, ENTRIES[OPEN], WORLD.areas, tiles, "Finding", "Measure", "Source: it")


def test_every_cell_of_the_heat_map_is_drawn_with_its_sign() -> None:
    picture = heat()
    tiles = picture.data.filter(pl.col("kind") != "heading")
    assert tiles.height == 6 * len(FOUND.scenarios)
    signs = {"lower": SIGNS["lower"], "higher": SIGNS["higher"]}
    for row in tiles.iter_rows(named=True):
        assert row["mark"][0] == signs.get(row["kind"], row["mark"][0])
        assert row["kind"] in signs or (row["mark"][0] in "?=×" and row["shade"] == 0)
    assert tiles.row(0, named=True)["name"] == "Trafford"


def test_a_map_has_a_sign_on_every_tile_and_names_who_failed() -> None:
    picture = drawn_map()
    tiles = picture.data.filter(kind="tile")
    assert set("".join(tiles["mark"])) <= set(SIGNS.values())
    assert "Isles of Scilly" in picture.note
    assert tiles.filter(role="own")["name"].to_list() == ["Trafford"]
    counted = [int(row["label"].rpartition(": ")[2]) for row in picture.data.filter(kind="key").iter_rows(named=True)]
    assert sum(counted) == tiles.height


def test_too_many_rows_and_columns_are_left_to_the_table() -> None:
    many = [
        Cell(code, f"Idea {number}", 9.0, 8.0, -1.0, -2.0, -0.5, 0.9, 0.1)
        for code in FOUND.areas(2018)
        for number in range(12)
    ]
    whom = list(FOUND.areas(2018))
    picture = heat_map(many, whom, ENTRIES[OPEN], WORLD.areas, "Finding", "Measure", "Source: it")
    tiles = picture.data.filter(pl.col("kind") != "heading")
    assert tiles.height == MOST_ROWS * MOST_COLUMNS
    assert picture.table.height == len(many)
    assert f"{len(whom) - MOST_ROWS} more authorities and 4 more what-ifs" in picture.note


@pytest.mark.parametrize("picture", [heat(), heat(REPEAT, RUTLAND), drawn_map(), drawn_map(ISLES_OF_SCILLY)])
def test_pictures_are_told_in_words(picture: Picture) -> None:
    assert picture.title in picture.alt
    assert len(picture.alt) <= LONGEST_ALT
    for words in (picture.alt, picture.key, picture.note):
        assert not re.search(r"None|\bnan\b|[{}]", words)
    children = [name for name in picture.table.columns if name.startswith(("Count", "Out of"))]
    assert all(picture.table[name].dtype.is_integer() or picture.table[name].is_null().all() for name in children)


def test_text_on_a_coloured_tile_can_be_read() -> None:
    for page in (PAGES["light"], PAGES["dark"]):
        for colour in (AUTHORITY, SCENARIO):
            for shade in SHADES:
                assert contrast(page["textColor"], _mixed(colour, page["backgroundColor"], shade)) >= 4.5


def _mixed(colour: str, ground: str, cover: float) -> str:
    mixed = (
        round(cover * int(colour[at : at + 2], 16) + (1 - cover) * int(ground[at : at + 2], 16)) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{one:02x}" for one in mixed)


def test_the_stronger_colour_is_for_more_than_half_of_the_largest_change() -> None:
    found = [Cell("358", f"{size}", 9.0, 9.0, -size, -size - 1, -0.1) for size in (10.0, 5.1, 5.0, 1.0)]
    assert list(shades(found).values()) == [SHADES[1], SHADES[1], SHADES[0], SHADES[0]]


# --- The page ----------------------------------------------------------------------------------------------------


def opened(area: str = TRAFFORD, year: int = 2018, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for name, value in {"area": area, "year": str(year), "group": GROUP, **link}.items():
        app.query_params[name] = value
    app.switch_page("explorer/app/pages/sweep.py").run()
    assert not app.exception, app.exception
    for wrong in NEVER:
        assert wrong not in text(app)
    return app


def plain(said: object) -> str:
    return re.sub(r"\\(.)", r"\1", str(said))


def links(app: AppTest) -> list[Any]:
    return [one.proto for one in app.main if getattr(one, "type", "") == "page_link"]


def test_the_page_says_the_figures_of_the_files() -> None:
    app = opened(moved=OPEN)
    row = rows().filter(as_at=2018, area=TRAFFORD, scenario=FASTER, indicator=OPEN, years=3).row(0, named=True)
    said = plain(text(app))
    assert (
        f"{abs(row['difference']):.0f} fewer, {row['scenario_mean']:.0f} instead of {row['baseline_mean']:.0f}" in said
    )
    assert "what-ifs and no forecasts" in said
    percent = plain(text(opened(moved=REPEAT)))
    assert "Cannot tell: 80% range" in percent
    assert re.search(r"\(about \d+ of \d+ instead of \d+ of \d+\)", percent)


@pytest.mark.parametrize("area", [RUTLAND, ISLES_OF_SCILLY, CITY_OF_LONDON])
def test_small_authorities_have_a_page(area: str) -> None:
    for scenario in ("all", slug(FASTER)):
        said = plain(text(opened(area, 2025, scenario=scenario, moved=REPEAT)))
        if area != RUTLAND:
            assert "nothing could be worked out" in said
            assert "hidden or missing" in said


def test_a_link_that_the_sweep_does_not_have_is_told() -> None:
    app = opened(year=2021, moved="plans_ended", scenario="nothing", ahead="9", order="odd", sweep="none")
    told_of = [plain(one.value) for one in app.warning]
    assert len(told_of) == 5
    assert sum("is not in this sweep" in one for one in told_of) == 2
    assert any("from 31 March 2018 or 31 March 2025" in plain(one.value) for one in app.info)
    assert app.query_params["moved"] in (REPEAT, [REPEAT])


def test_plan_records_change_nothing_and_that_is_said() -> None:
    app = opened(data="sample")
    assert any("published figures" in plain(one.value) for one in app.info)
    assert "invented" not in plain(text(app)).lower()


def test_the_way_to_the_what_if_page() -> None:
    app = opened(moved=OPEN, scenario=slug(FASTER))
    found = [one for one in app.get("page_link") if FASTER in plain(one.proto.label)]
    assert found, [one.proto.label for one in app.get("page_link")]
    link = dict(part.split("=", 1) for part in found[0].proto.query_string.split("&"))
    assert (link["area"], link["year"], link["figure"], link["data"]) == (TRAFFORD, "2018", OPEN, "published")
    read = read_code(link["if"], WORLD.models.what_if)
    assert read.ignored == ()
    assert [change.intervention for change in read.scenario.changes] == ["smarter_plans"]
    others = [one.proto.label for one in app.get("page_link") if FASTER in plain(one.proto.label)]
    assert len(others) > 1


def test_where_no_sweep_is_named_there_is_no_page_and_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = cached.world()
    none = replace(shipped, config=replace(shipped.config, app=shipped.config.app.model_copy(update={"sweeps": {}})))
    monkeypatch.setattr(cached, "world", lambda: none)
    app = opened()
    assert any("No finished sweep is named" in one.value for one in app.info)
    assert "Sweep" not in [one.proto.label for one in app.get("page_link")]


def test_a_sweep_that_is_gone_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped = cached.world()
    gone = shipped.config.app.sweeps["ideas"].model_copy(update={"folder": str(tmp_path)})
    app_settings = shipped.config.app.model_copy(update={"sweeps": {"ideas": gone}})
    changed = replace(shipped, config=replace(shipped.config, app=app_settings))
    monkeypatch.setattr(cached, "world", lambda: changed)
    assert any("cannot be shown" in plain(one.value) for one in opened().error)


def test_the_newest_day_that_is_not_later_is_shown() -> None:
    assert [nearest((2018, 2025), year) for year in (2018, 2020, 2025)] == [2018, 2018, 2025]


def test_a_year_before_the_first_day_of_a_sweep_shows_nothing_later() -> None:
    page = opened(year=2014)
    assert any("uses nothing later than the day you choose" in plain(one.value) for one in page.info)
    assert not page.get("vega_lite_chart")
    assert not page.table


def test_what_ifs_of_the_same_letters_are_told_apart() -> None:
    assert by_slug(("A 0.8", "A 0,8", "all", "?")) == {
        "a-0-8": "A 0.8",
        "a-0-8-2": "A 0,8",
        "all-2": "all",
        "what-if": "?",
    }


@pytest.mark.parametrize("name", FOUND.scenarios)
def test_names_in_links_are_plain_and_differ(name: str) -> None:
    assert re.fullmatch("[a-z0-9-]+", slug(name))
    assert len({slug(one) for one in FOUND.scenarios}) == len(FOUND.scenarios)


def test_a_sweep_of_other_settings_is_told() -> None:
    assert other_settings("aa", "aa") == ""
    assert "Run it again" in other_settings("aa", "bb")

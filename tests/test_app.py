"""Every page, for every authority and year, without an exception and without a figure that is not one.

A sample is walked by default; ``EXPLORER_WALK=all`` walks every authority and year (about 20 minutes).
"""

import os
import random
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app.choices import VIEWS
from explorer.areas import Area
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
PAGES = ("briefing", "neighbours", "trends", "what_if", "did_it_work", "sweep", "data", "about")
NEVER = ("c%", "nan%", "None,", "None%", "inf%", "{", "Traceback", "not published plans", "a hidden number plans")
# small, hidden, missing, split, merged, with an apostrophe's worth of name, and the largest
ALWAYS = (
    *(("201", 2018), ("420", 2025), ("204", 2022), ("850", 2024), ("940", 2018), ("909", 2025), ("839", 2019)),
    *(("835", 2019), ("330", 2025), ("358", 2013), ("358", 2018), ("358", 2025), ("942", 2024), ("207", 2023)),
)
SAMPLE = 12


def walk() -> list[tuple[str, int]]:
    world = load_world()
    everything = [(area.code, year) for area in world.areas.authorities for year in world.years]
    if os.environ.get("EXPLORER_WALK") == "all":
        return everything
    return [*ALWAYS, *random.Random(2018).sample(everything, SAMPLE)]


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    if page != "briefing":
        app.switch_page(f"explorer/app/pages/{page}.py").run()
    return app


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.title, *app.header, *app.caption, *app.info, *app.warning, *app.error]
    tables = [table.value.to_csv() for table in app.table]
    return "\n".join([*(str(part.value) for part in parts), *(str(metric.value) for metric in app.metric), *tables])


@pytest.mark.parametrize(("area", "year"), walk())
def test_every_page_opens(area: str, year: int) -> None:
    app = opened("briefing", area=area, year=str(year), group="neighbours-2025")
    for page in PAGES:
        if page != "briefing":
            app.switch_page(f"explorer/app/pages/{page}.py").run()
        assert not app.exception, app.exception
        seen = text(app)
        assert app.title, f"{page} has no heading"
        for wrong in NEVER:
            assert wrong not in seen, f"{page} of {area} {year} shows '{wrong}'"


@pytest.mark.parametrize("group", ["neighbours-2021", "region", "england", "custom"])
@pytest.mark.parametrize("area", ["358", "943", "928"])
def test_every_group_opens(area: str, group: str) -> None:
    for page in ("briefing", "neighbours", "trends"):
        assert not opened(page, area=area, year="2025", group=group).exception


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("area", "year", "more"),
    [
        ("358", "2018", {}),
        ("358", "2025", {"visitor": "857", "indicator": "open_2y_plus_percent"}),
        ("420", "2025", {"indicator": "ended_2y_plus_percent"}),  # nearly nothing is published
        ("204", "2022", {"visitor": "358"}),  # has no figures
        ("201", "2018", {"group": "england", "indicator": "plans_open_per_10k"}),
        ("358", "2018", {"group": "custom", "areas": "356", "lines": "356", "without": "356"}),
        ("940", "2018", {"indicator": "reviews_on_time_percent"}),  # did not exist
        ("850", "2013", {"indicator": "conference_within_15_days_percent"}),  # the measure did not exist
    ],
)
def test_every_view_of_the_neighbours_opens(view: str, area: str, year: str, more: dict[str, str]) -> None:
    app = opened("neighbours", **{"area": area, "year": year, "group": "neighbours-2025", "view": view, **more})
    assert not app.exception, app.exception
    for wrong in NEVER:
        assert wrong not in text(app), wrong


def test_members_that_are_left_out_are_named_and_not_counted() -> None:
    seen = text(opened("neighbours", area="358", year="2018", group="neighbours-2025", without="334,931"))
    seen = seen.replace("\\", "")
    assert "Left out of the comparison by choice: Oxfordshire and Solihull." in seen
    assert "higher than all 8 neighbours" in seen


def test_two_authorities_side_by_side_are_compared() -> None:
    seen = text(opened("neighbours", area="358", year="2018", group="neighbours-2025", visitor="356"))
    seen = seen.replace("\\", "")
    assert "Neighbours: Trafford beside Stockport" in seen
    assert "Trafford's figure is 9.6 points above that of Stockport" in seen


def test_every_measure_opens_in_its_first_and_last_year() -> None:
    world: World = load_world()
    for name, entry in world.config.indicators.items():
        if entry.unit == "count" or entry.only_records:
            continue
        for year in ("2013", "2025"):
            app = opened("neighbours", area="358", year=year, group="neighbours-2025", indicator=name)
            assert not app.exception, (name, year)
            assert entry.label in text(app)


def test_the_headline_figures_are_on_the_briefing() -> None:
    seen = text(opened("briefing", area="358", year="2018", group="neighbours-2025"))
    for figure in ("76 of 261", "29.1%", "17 of 259", "6.6%", "26 of 257", "10.1%", "21.5%", "20.2%", "259"):
        assert figure in seen


def test_a_suppressed_figure_is_a_sentence_with_its_range() -> None:
    seen = text(opened("briefing", area="358", year="2025", group="neighbours-2025"))
    assert "Hidden" in seen
    assert "1 to 5 of 155" in seen
    assert "0.6% to 3.2%" in seen


def test_an_authority_that_was_split_is_explained() -> None:
    seen = text(opened("briefing", area="940", year="2018", group="neighbours-2025"))
    assert "North Northamptonshire has published figures from 2022 to 2025 and none for 2018" in seen
    assert "On 1 April 2021 Northamptonshire" in seen


def test_labels_of_areas_are_unique() -> None:
    areas: tuple[Area, ...] = load_world().areas.authorities
    assert len({area.label for area in areas}) == len(areas)


def test_broken_files_stop_the_app_with_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from explorer.app import cached  # noqa: PLC0415
    from explorer.errors import DataError  # noqa: PLC0415

    def broken() -> World:
        raise DataError("measures.csv row 7: 'value' is 'x'; expected a number of 0 or more.")

    monkeypatch.setattr(cached, "world", broken)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    assert not app.exception
    assert "cannot start" in app.error[0].value
    assert "row 7" in text(app)

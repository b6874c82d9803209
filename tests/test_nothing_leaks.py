"""Nothing hidden shows: two tiny files that differ only in what is hidden give the same bytes on every page.

Whatever a page, hover, alternative text, download, link or command says of a hidden count would tell the two files
apart. So it is enough to compare everything that leaves the program for one file with everything for the other.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.__main__ import main
from explorer.app.choices import EVERY, VIEWS
from explorer.app.evaluation_choices import LOOKS
from explorer.export import image_file
from explorer.inquiry import tried_and_expected
from explorer.models.scenarios import Change, Scenario
from explorer.models.series import kinds_of
from explorer.plan_indicators import PERCENTAGES
from explorer.records import check_plans, safe_records
from explorer.sources.plans import read_plans
from explorer.world import World
from tests.fixtures import STOCKPORT, TRAFFORD, shipped_world

ROOT = Path(__file__).parents[1]
PAGES = ("briefing", "neighbours", "trends", "what_if", "did_it_work", "data", "about")
YEARS = (2023, 2024, 2025)
PLANNED = Scenario("Planned", changes=(Change("restorative_conferences"), Change("smarter_plans")))
BEGAN = date(2024, 3, 1)  # two years of the file lie before it, and one after
CAME_BACK = {11: (0, 5, 10), 17: (15, 20, 25), 27: (30, 40, 45)}  # month: whose first plans have ended by then


def tiny(repeats: int, *, faults: bool = False) -> str:
    """A file of 108 plans over three years, three a month; in three months ``repeats`` of them are re-plans.

    All three of those months are of children with an earlier plan in the file, so the fewer are re-plans the more
    queries there are: what is said of faults must not tell the files apart either.
    """
    rows = ["child_id,start_date,end_date,previous_plans,initial_category,latest_category"]
    for number in range(108):
        month, place = divmod(number, 3)
        start = date(2022 + (month + 3) // 12, (month + 3) % 12 + 1, 4 + place)
        end = start + timedelta(days=(95, 200, 300, 420, 800)[number % 5])
        earlier = CAME_BACK.get(month)
        again = int(earlier is not None and place < repeats)
        child = f"c{number if earlier is None else earlier[place]}"
        until = end.isoformat() if end <= date(2025, 3, 31) else ""
        rows.append(f"{child},{start},{until},{again},NEG,NEG")
    if faults:
        rows.append("c900,2023-05-01,2023-04-01,0,NEG,NEG")
    return "\n".join(rows)


def large(repeats: tuple[int, int], more: int = 0) -> str:
    """A file of 30 plans a month of which 12 are re-plans, but for ``repeats`` of them in two months of one quarter.

    So only those two months are hidden, and all else that is asked whether something worked is shown.
    """
    rows = ["child_id,start_date,end_date,previous_plans,initial_category,latest_category"]
    few = dict(zip((9, 10), repeats, strict=True))
    for number in range(36 * 30):
        month, place = divmod(number, 30)
        start = date(2022 + (month + 3) // 12, (month + 3) % 12 + 1, 1 + place % 28)
        end = start + timedelta(days=(95, 200, 300, 420, 800)[number % 5])
        until = end.isoformat() if end <= date(2025, 3, 31) else ""
        rows.append(f"b{number},{start},{until},{int(place < few.get(month, 12))},NEG,NEG")
    return "\n".join([*rows, *(f"d{number},2024-01-09,2024-06-09,0,NEG,NEG" for number in range(more))])


def loaded(content: str) -> World:
    world = shipped_world()
    file = read_plans("tiny.csv", content.encode(), world.rules.limits)
    records = safe_records(check_plans(file, world.rules), world.rules, file.name, "upload", TRAFFORD)
    return world.with_records(records)


@lru_cache(maxsize=4)
def pair(*, faults: bool) -> tuple[World, World]:
    return loaded(tiny(1, faults=faults)), loaded(tiny(2, faults=faults))


@lru_cache(maxsize=1)
def large_pair() -> tuple[World, World]:
    return loaded(large((2, 4))), loaded(large((4, 2)))


@pytest.fixture(params=[False, True], ids=["no fault", "a row left out"])
def two(request: pytest.FixtureRequest) -> tuple[World, World]:
    return pair(faults=request.param)


def exact(world: World) -> pl.DataFrame:
    assert world.records is not None
    return world.records.checked.split.kept


def test_the_two_files_differ_in_what_is_hidden_and_only_there(two: tuple[World, World]) -> None:
    one, other = two
    assert exact(one)["previous_plans"].sum() == 3
    assert exact(other)["previous_plans"].sum() == 6
    assert one.records is not None
    assert other.records is not None
    assert one.records.figures.equals(other.records.figures)
    assert one.records.cohorts.equals(other.records.cohorts)
    assert one.records.version == other.records.version
    assert (one.records.figures["status"] == "published").any()
    queries = [(world.records.checked.findings["severity"] == "query").sum() for world in two if world.records]
    assert queries[0] != queries[1]


def test_the_large_files_differ_in_two_months_and_show_nearly_everything() -> None:
    one, other = large_pair()
    assert not exact(one).equals(exact(other))
    assert one.records is not None
    assert other.records is not None
    assert one.records.figures.equals(other.records.figures)
    assert one.records.cohorts.equals(other.records.cohorts)
    months = one.records.figures.filter(indicator="repeat_plan_percent", period_kind="month")
    assert months.filter(status="suppressed")["period_end"].to_list() == [date(2023, 1, 31), date(2023, 2, 28)]
    assert months.filter(status="published").height > 20
    assert (one.records.cohorts["status"] == "published").any()


def everything(app: AppTest) -> list[str]:
    """Every element that was sent to the browser, charts with their data, and the session's link."""
    sent = [str(node.proto) for node in _leaves(app._tree) if getattr(node, "proto", None) is not None]
    return [*sent, json.dumps(dict(app.query_params), default=str)]


def _leaves(node: Any) -> Iterator[Any]:
    children = getattr(node, "children", None)
    if not children:
        yield node
        return
    for child in children.values():
        yield from _leaves(child)


def test_a_row_left_out_changes_no_figure() -> None:
    """So what is said of the row is all that a page can say otherwise, and one year of each page is enough for it."""
    for one, other in zip(pair(faults=False), pair(faults=True), strict=True):
        assert one.records is not None
        assert other.records is not None
        assert one.records.figures.equals(other.records.figures)
        assert one.records.cohorts.equals(other.records.cohorts)


View = tuple[str, dict[str, Any]]


def pages(years: Iterable[int] = YEARS) -> list[View]:
    """Every page in every year, for the authority and one that has it as neighbour."""
    views: list[View] = []
    for area in (TRAFFORD, STOCKPORT):
        for year in years:
            for page in PAGES:
                choices: list[dict[str, Any]] = [{}]
                if page == "what_if":
                    choices = [
                        {},
                        {"if": PLANNED},
                        {"if": PLANNED, "figure": "open_2y_plus_percent", "closer": "matters"},
                    ]
                if page == "data":
                    each = PERCENTAGES if year == YEARS[-1] else ("repeat_plan_percent",)
                    choices = [{"measure": name, "kind": kind} for name in each for kind in ("month", "year")]
                for chosen in choices if area == TRAFFORD else choices[:1]:
                    views.append((page, {"area": area, "year": year, **chosen}))
    return views


def views_of_neighbours() -> list[View]:
    """Each view of the authority, and of one that it stands beside."""
    alone = [("neighbours", {"area": TRAFFORD, "year": 2024, "view": view}) for view in VIEWS]
    beside = {"area": STOCKPORT, "visitor": TRAFFORD, "year": 2025, "lines": [TRAFFORD]}
    return [*alone, *(("neighbours", {**beside, "view": view}) for view in VIEWS)]


def trends() -> list[View]:
    """Each kind of period of the headline measures and plans started, with and without what came next."""
    figures = pair(faults=False)[0].records
    assert figures is not None
    names = ["repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent", "plans_open", "plans_started"]
    return [
        ("trends", {"area": TRAFFORD, "year": year, "trend": name, "every": kind, "upto": day, "came": day is not None})
        for name in names
        for kind in dict.fromkeys(["year", *kinds_of(figures.figures, name)])
        for day, year in ((None, 2025), (date(2024, 6, 30), 2024))
    ]


def evaluations() -> list[View]:
    """Each part of Did it work, asked of a start in the midst of the file; each measure once."""
    asked = {"area": TRAFFORD, "year": 2025, "began": BEGAN}
    (tried,) = (one for one, moved in tried_and_expected(shipped_world()).items() if len(moved) > 1)
    others = [one for one in tried_and_expected(shipped_world())[tried] if one != "repeat_plan_percent"]
    parts = [{"look": look} for look in LOOKS]
    measures = [{"tried": tried, "outcome": outcome, "look": "ways"} for outcome in others]
    return [("did_it_work", {**asked, **one}) for one in (*parts, *measures)]


def sketched(asked: dict[str, Any]) -> dict[str, bytes]:
    """Pictures of one dot that hold what they would have been drawn from."""
    said = json.dumps(asked)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    png = head + chunk(b"tEXt", b"Comment\0" + said.encode()) + chunk(b"IDAT", zlib.compress(b"\0\0"))
    files = {"svg": f'<svg viewBox="0 0 1 1">{said}</svg>'.encode(), "png": png + chunk(b"IEND", b"")}
    return {form: files[form] for form in asked["forms"]}


def chunk(kind: bytes, body: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def walked(world: World, monkeypatch: pytest.MonkeyPatch, views: Iterable[View]) -> dict[str, list[str]]:
    """What each view sends and each of its downloads holds."""
    files: list[str] = []

    def download(label: str, data: Any, **_: Any) -> bool:
        files.append(f"{label}: {(data() if callable(data) else data)!r}")
        return False

    # the pictures in files are compared as what they are drawn from: drawing hundreds takes minutes
    monkeypatch.setattr(image_file, "_drawn", lambda asked: [sketched(one) for one in asked])
    monkeypatch.setattr(st, "download_button", download)
    monkeypatch.setattr(st.delta_generator.DeltaGenerator, "download_button", lambda _, *a, **k: download(*a, **k))
    seen = {}
    for page, chosen in views:
        files.clear()
        app = opened(world, page, chosen)
        assert not app.exception, app.exception
        seen[f"{page} {chosen}"] = [*everything(app), *files]
    return seen


def opened(world: World, page: str, choices: dict[str, Any]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["loaded plan records"] = world
    app.session_state["choices"] = {"data": "upload", "indicator": "repeat_plan_percent", **choices}
    if page != "briefing":
        app.switch_page(f"explorer/app/pages/{page}.py")
    return app.run()


def compare(two: tuple[World, World], monkeypatch: pytest.MonkeyPatch, views: list[View]) -> None:
    one, other = (walked(world, monkeypatch, views) for world in two)
    assert one.keys() == other.keys()
    assert len(one) == len(views)
    for view, sent in one.items():
        different = [(a, b) for a, b in zip(sent, other[view], strict=True) if a != b]
        assert not different, (view, different[0])


def test_no_page_tells_the_two_files_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    compare(pair(faults=False), monkeypatch, pages())


def test_no_page_tells_what_was_left_out_of_the_two_files_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    compare(pair(faults=True), monkeypatch, pages(YEARS[-1:]))


def test_no_part_of_an_evaluation_tells_the_two_files_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    compare(pair(faults=False), monkeypatch, evaluations())
    compare(large_pair(), monkeypatch, evaluations())


def test_no_view_of_the_neighbours_tells_the_two_files_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    compare(pair(faults=False), monkeypatch, views_of_neighbours())


def test_no_trend_tells_the_two_files_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    views = trends()
    assert {chosen["every"] for _, chosen in views} == set(EVERY)
    compare(pair(faults=False), monkeypatch, views)


def test_the_walk_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose shown figures differ is told apart in every kind of view, so the comparison can fail."""
    one = pair(faults=False)[0]
    more = loaded("\n".join([tiny(1), *(f"d{n},2024-01-09,2024-06-09,0,NEG,NEG" for n in range(9))]))
    started = {"area": TRAFFORD, "year": 2025, "trend": "plans_started"}
    kinds: list[View] = [("trends", {**started, "every": every}) for every in EVERY]
    silent = ("about", "did_it_work")  # of the second the tiny files show nothing: the test below has larger ones
    pages: list[View] = [(page, {"area": TRAFFORD, "year": 2024}) for page in PAGES if page not in silent]
    views = [*pages, *views_of_neighbours()[: len(VIEWS)], *kinds]
    here, there = (walked(world, monkeypatch, views) for world in (one, more))
    assert [view for view in here if here[view] == there[view]] == []


def test_the_walk_over_evaluations_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = large_pair()[0], loaded(large((2, 4), more=9))
    here, there = (walked(world, monkeypatch, evaluations()[: len(LOOKS)]) for world in worlds)
    assert [view for view in here if here[view] == there[view]] == []


@pytest.mark.parametrize("kind", ["month", "year_to_date", "rolling_12m", "year"])
@pytest.mark.parametrize("as_at", ["2023-03-31", "2024-03-31", "2024-06-30", "2024-05-17"])
def test_no_command_tells_the_two_files_apart(
    as_at: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for repeats in (1, 2):
        path = tmp_path / "tiny.csv"
        path.write_text(tiny(repeats), encoding="utf-8")
        assert main(["indicators", str(path), "--as-at", as_at, "--period", kind, "--json"]) == 0
        said.append(capsys.readouterr())
    assert said[0] == said[1]

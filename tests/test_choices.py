"""Every choice goes into a link and comes back; what is not understood is told, and what is empty is not written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as texts
from streamlit.testing.v1 import AppTest

from explorer.app.choice import NEIGHBOURS_PAGE, TRENDS_PAGE, Choice
from explorer.app.choices import (
    CHOICES,
    EVERY,
    LONGEST_REASON,
    MOST_LINES,
    VIEWS,
    Beside,
    Rebase,
    clean,
    trend_indicators,
)
from explorer.app.selection import link_to
from explorer.models.scenario_code import FromLink
from tests.fixtures import GROUP, HACKNEY, REPEAT, ROOT, STOCKPORT, TRAFFORD, shipped_world
from tests.test_app import text

WORLD = shipped_world()
LEFT_OUT_WHERE_EMPTY = ("visitor", "without", "lines", "upto", "rebase", "beside", "areas")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "view": tuple(VIEWS),
    "visitor": (STOCKPORT, HACKNEY),
    "without": ([STOCKPORT], [STOCKPORT, HACKNEY]),
    "lines": ([HACKNEY], [HACKNEY, TRAFFORD]),
    "trend": tuple(trend_indicators(WORLD, "358")),
    "every": tuple(EVERY),
    "upto": (date(2018, 9, 30), date(2025, 3, 31)),
    "came": (True, False),
    "rebase": (Rebase(REPEAT, TRAFFORD, date(2017, 3, 31), "New threshold document (2017), 1st"),),
    "area": (STOCKPORT,),
    "year": (2013, 2025),
    "group": tuple(WORLD.config.benchmarks.groups),
    "areas": ([STOCKPORT, HACKNEY],),
    "indicator": (REPEAT,),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in VALUES.items() for value in values])
def test_a_choice_comes_back_from_its_link(name: str, value: Any) -> None:
    choice = CHOICES[name]
    written = choice.write(value, WORLD)
    assert choice.read(written, WORLD) == value
    assert choice.write(choice.read(written, WORLD), WORLD) == written


@pytest.mark.parametrize("name", CHOICES)
def test_a_default_comes_back_from_its_link_or_is_not_written(name: str) -> None:
    choice = CHOICES[name]
    default = choice.default(WORLD)
    written = choice.write(default, WORLD)
    read = choice.read(written, WORLD)
    if isinstance(read, FromLink):
        read = read.scenario
    if written and name not in LEFT_OUT_WHERE_EMPTY:
        assert choice.write(read, WORLD) == written
    assert choice.show(default, WORLD)


BAD = ("zebra", "", " ", "~~~", "0", "-1", "None", "<script>alert(1)</script>", "\u0000", "\u0661\u0662", "9" * 10_000)


def told(choice: Choice) -> bool:
    return choice not in (CHOICES["if"], CHOICES["beside"])  # these read what they can, and say what is left


@pytest.mark.parametrize("name", [name for name in CHOICES if told(CHOICES[name])])
@pytest.mark.parametrize("bad", BAD)
def test_what_means_nothing_is_not_read(name: str, bad: str) -> None:
    assert CHOICES[name].read(bad, WORLD) is None


@given(texts.text(max_size=300))
def test_no_text_breaks_a_choice(text: str) -> None:
    for choice in CHOICES.values():
        found = choice.read(text, WORLD)
        if found is not None and not isinstance(found, FromLink | Beside):  # what-ifs have a test of their own
            assert choice.read(choice.write(found, WORLD), WORLD) == found


@given(texts.text(max_size=300))
def test_a_reason_is_one_short_line_and_comes_back(reason: str) -> None:
    kept = clean(reason)
    assert kept == clean(kept)
    assert kept.isprintable()
    assert "~" not in kept
    assert len(kept) <= LONGEST_REASON
    found = CHOICES["rebase"].read(f"{REPEAT}~{TRAFFORD}~2017-03-31~{reason}", WORLD)
    assert found is None if not kept else found.reason == kept
    assert found is None or CHOICES["rebase"].read(CHOICES["rebase"].write(found, WORLD), WORLD) == found


def test_a_list_keeps_who_is_known_once_and_up_to_the_limit() -> None:
    most = WORLD.config.app.custom_group_limit
    every = [area.code for area in WORLD.areas.authorities]
    for name, limit in (("areas", most), ("without", most), ("lines", MOST_LINES)):
        assert CHOICES[name].read(f"{STOCKPORT},zebra,{STOCKPORT},{HACKNEY}", WORLD) == [STOCKPORT, HACKNEY]
        assert CHOICES[name].read(",".join(every), WORLD) == every[:limit]


# What the link of a page holds


def of_page(monkeypatch: pytest.MonkeyPatch, page: str, **changed: Any) -> dict[str, str]:
    kept = {name: choice.default(WORLD) for name, choice in CHOICES.items()} | changed
    monkeypatch.setattr(st, "session_state", {"choices": kept})
    return link_to(WORLD, page)


def test_what_is_empty_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere = {"v", "data", "area", "year", "group"}
    assert of_page(monkeypatch, NEIGHBOURS_PAGE).keys() == everywhere | {"view", "indicator"}
    assert of_page(monkeypatch, TRENDS_PAGE).keys() == everywhere | {"trend", "every", "came"}
    assert of_page(monkeypatch, "").keys() == everywhere


def test_what_is_chosen_is_written_on_the_page_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {name: VALUES[name][-1] for name in ("view", "visitor", "without", "lines", "upto", "rebase", "every")}
    beside = of_page(monkeypatch, NEIGHBOURS_PAGE, **changed)
    assert (beside["view"], beside["visitor"], beside["without"], beside["lines"]) == (
        list(VIEWS)[-1],
        HACKNEY,
        f"{STOCKPORT}.{HACKNEY}",
        f"{HACKNEY}.{TRAFFORD}",
    )
    assert not {"upto", "rebase", "every", "trend"} & beside.keys()
    trends = of_page(monkeypatch, TRENDS_PAGE, **changed)
    assert trends["upto"] == "2025-03-31"
    assert trends["rebase"] == f"{REPEAT}~{TRAFFORD}~2017-03-31~New threshold document (2017), 1st"
    assert trends["without"] == beside["without"]
    assert not {"view", "visitor", "lines"} & trends.keys()


# The page opened from a link


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(f"explorer/app/pages/{page}.py")
    app.run()
    assert not app.exception, app.exception
    return app


def link_of(app: AppTest) -> dict[str, str]:
    return {name: str(found[0] if isinstance(found, list) else found) for name, found in app.query_params.items()}


OLD = {"v": "1", "area": TRAFFORD, "year": "2018", "group": GROUP}


@pytest.mark.parametrize(
    ("page", "old", "now"),
    [
        (NEIGHBOURS_PAGE, {"indicator": REPEAT}, {"indicator": REPEAT, "view": "bars"}),
        (TRENDS_PAGE, {}, {"trend": REPEAT, "every": "year", "came": "no"}),
    ],
)
def test_a_link_from_before_there_was_a_choice_opens_the_same_view(
    page: str, old: dict[str, str], now: dict[str, str]
) -> None:
    before, after = opened(page, **OLD, **old), opened(page, **OLD, data="published", **now)
    assert list(before.warning) == []
    assert text(before) == text(after)
    assert link_of(before) == link_of(after) == {**OLD, "data": "published", **now}


@pytest.mark.parametrize(
    ("page", "part", "said"),
    [
        (NEIGHBOURS_PAGE, {"view": "pie"}, "The view in the link (“pie”) is not known"),
        (NEIGHBOURS_PAGE, {"visitor": "999"}, "The second authority in the link (“999”) is not known"),
        (NEIGHBOURS_PAGE, {"without": "999"}, "The list of authorities left out in the link (“999”) is not known"),
        (NEIGHBOURS_PAGE, {"lines": "999"}, "The list of lines in the link (“999”) is not known"),
        (NEIGHBOURS_PAGE, {"lines": "356,999"}, "Some of the authorities in the link are not known"),
        (NEIGHBOURS_PAGE, {"without": "356,999"}, "Some of the authorities in the link are not known"),
        (TRENDS_PAGE, {"trend": "zebra"}, "The measure in the link (“zebra”) is not known"),
        (TRENDS_PAGE, {"every": "week"}, "The period in the link (“week”) is not known"),
        (TRENDS_PAGE, {"upto": "then"}, "The date in the link (“then”) is not known"),
        (TRENDS_PAGE, {"came": "maybe"}, "The choice of what came next in the link (“maybe”) is not known"),
        (TRENDS_PAGE, {"rebase": "~~~"}, "The new stretch of the chart in the link (unreadable) is not known"),
    ],
)
def test_a_part_that_is_not_known_is_told_once(page: str, part: dict[str, str], said: str) -> None:
    app = opened(page, **OLD, **part)
    (told,) = (str(one.value).replace("\\", "") for one in app.warning)
    assert told.startswith(said)
    assert not set(part.values()) & set(link_of(app).values())


def test_a_second_authority_that_is_the_first_is_nobody() -> None:
    app = opened(NEIGHBOURS_PAGE, **OLD, visitor=TRAFFORD)
    assert "visitor" not in link_of(app)
    assert " beside " not in str(app.title[0].value)


def test_the_back_button_takes_back_what_was_not_there_before() -> None:
    """An empty choice is in no link, so a link of ours without it says that it was empty then."""
    app = opened(NEIGHBOURS_PAGE, **OLD)
    before = link_of(app)
    app.selectbox(key="visitor").set_value(STOCKPORT).run()
    app.multiselect(key="without").set_value([STOCKPORT]).run()
    assert link_of(app) == {**before, "visitor": STOCKPORT, "without": STOCKPORT}
    for name in ("visitor", "without"):
        del app.query_params[name]
    app.run()
    assert link_of(app) == before
    assert "Neighbours: Trafford, year to March 2018" in text(app).replace("\\", "")


def test_what_a_page_does_not_show_is_kept_when_a_link_without_it_is_opened() -> None:
    app = opened(TRENDS_PAGE, **OLD, rebase=f"{REPEAT}~{TRAFFORD}~2016-03-31~Why")
    app.switch_page("explorer/app/pages/neighbours.py").run()
    app.query_params.update({**OLD, "view": "map"})
    app.run()
    assert "rebase" not in link_of(app)
    app.switch_page("explorer/app/pages/trends.py").run()
    assert "rebase" in link_of(app)

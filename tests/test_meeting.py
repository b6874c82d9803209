"""A meeting: its steps and mode, the way in by link and by code, and what a visitor sees."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app import joining, saved
from explorer.app.meeting import Step, step_of
from explorer.app.meeting_choices import BRIEFING, TITLES, name_of, path_of
from explorer.config import load_config
from explorer.errors import ConfigError
from explorer.sentences import meetings
from explorer.sharing_entries import PageName
from tests.fixtures import HACKNEY, ROOT, STOCKPORT, TRAFFORD, copied_project, faults, shipped_world
from tests.test_app import text

WORLD = shipped_world()
STEPS = WORLD.config.app.meeting.steps
VIEW = {"v": "1", "data": "published", "area": TRAFFORD, "year": "2018", "group": "region", "view": "map"}


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where codes are kept for one test."""
    file = tmp_path / "kept.db"
    monkeypatch.setenv(saved.ADDRESS, f"sqlite:///{file}")
    return file


def opened(page: str, state: dict[str, Any] | None = None, /, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    for name, value in (state or {}).items():
        app.session_state[name] = value
    app.switch_page(f"explorer/app/pages/{page}.py").run()
    assert not app.exception, app.exception
    return app


def shown(boxes: Iterable[Any]) -> str:
    return " ".join(str(one.value).replace("\\", "") for one in boxes)


def said(app: AppTest) -> str:
    return text(app).replace("\\", "")


@pytest.mark.parametrize("said", ["yes", "1", "true", "True"])
def test_the_meeting_view_is_taken_from_an_address_typed_by_hand(said: str) -> None:
    app = opened("about", **VIEW, meet=said)
    assert not app.warning
    assert link_of(app)["meet"] == "yes"


# The steps


def test_steps_lead_from_one_page_to_the_next() -> None:
    steps = ("briefing", "trends", "about")
    assert step_of("briefing", steps) == Step(1, None, "trends")
    assert step_of("trends", steps) == Step(2, "briefing", "about")
    assert step_of("about", steps) == Step(3, "trends", None)
    assert step_of("data", steps) == Step(None, None, "briefing")
    assert step_of("trends", ("trends",)) == Step(1, None, None)


def test_the_pages_that_config_may_name_are_those_that_there_are() -> None:
    assert set(get_args(PageName)) == set(TITLES)
    for name in TITLES:
        assert (ROOT / f"explorer/app/pages/{name}.py").exists()
        assert name_of(path_of(name)) == name
    assert path_of(BRIEFING) == ""
    frame = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
    assert all(f'pages/{name}.py", title="{title}"' in frame for name, title in TITLES.items())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("steps: [briefing, neighbours,", "steps: [briefing, briefing,", "'steps' names 'briefing' twice; keep one"),
        ("steps: [briefing, neighbours,", "steps: [welcome, neighbours,", "is 'welcome'; allowed: 'briefing'"),
        ("steps: [briefing, neighbours, trends, what_if, did_it_work]", "steps: []", "meeting.steps"),
        ("    value: 24\n", "    value: 0\n", "meeting.code_life.value"),
    ],
)
def test_a_fault_in_the_steps_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    project = copied_project(tmp_path)
    project.edit("config/app.yaml", old, new)
    (fault,) = faults(lambda: load_config(project.config), ConfigError)
    assert told in fault


@pytest.mark.parametrize("name", ["neighbours", "trends"])
def test_a_meeting_names_the_step_and_has_no_side_panel(name: str) -> None:
    app = opened(name, v="1", area=TRAFFORD, year="2018", meet="yes")
    assert f"**{STEPS.index(name) + 1} of {len(STEPS)}: {TITLES[name]}**" in [one.value for one in app.markdown]
    assert not app.sidebar.children
    assert app.query_params["meet"] in ("yes", ["yes"])


def test_a_meeting_is_left_by_its_button_and_is_not_in_the_link_then() -> None:
    app = opened("neighbours", **VIEW, meet="yes")
    next(one for one in app.button if one.label == "Leave").click().run()
    assert "meet" not in app.query_params
    assert app.sidebar.selectbox(key="area").value == TRAFFORD
    assert app.query_params["view"] in ("map", ["map"])


def test_a_page_that_is_no_step_can_be_shown_too() -> None:
    app = opened("about", v="1", meet="yes")
    assert "**About**" in [one.value for one in app.markdown]


# What a visitor sees


def test_a_visitor_sees_the_same_with_an_authority_of_their_own_beside_the_leaders() -> None:
    link = {**VIEW, "visitor": HACKNEY, "lines": HACKNEY, "meet": "yes", "to": "neighbours"}
    theirs = joining.for_visitor(link, STOCKPORT)
    assert theirs == {**VIEW, "lines": HACKNEY, "area": STOCKPORT, "visitor": TRAFFORD}
    assert joining.for_visitor(link, TRAFFORD) == {**VIEW, "lines": HACKNEY, "visitor": HACKNEY}


@pytest.mark.parametrize("name", [name for name in TITLES if name != "neighbours"])
def test_where_a_page_shows_one_authority_it_is_the_visitors(name: str) -> None:
    assert joining.for_visitor({**VIEW, "to": name}, STOCKPORT) == {**VIEW, "area": STOCKPORT}


def test_a_meetings_link_opens_with_a_sentence_and_asks_for_an_authority() -> None:
    app = opened("join", **VIEW, to="neighbours")
    assert "This meeting looks at Trafford, year to March 2018, on the page “Neighbours”." in said(app)
    assert app.selectbox(key="own").value is None
    app.selectbox(key="own").set_value(STOCKPORT).run()
    assert "You will see Stockport on the page “Neighbours”, with Trafford beside it." in said(app)
    assert "Open Neighbours for Stockport" in [getattr(one, "label", "") for one in app.get("page_link")]
    assert VIEW.items() <= link_of(app).items()  # until it is opened, the link is the meeting's own
    assert "visitor" not in link_of(app)


def test_a_meeting_about_a_day_names_it() -> None:
    app = opened("join", **VIEW | {"data": "sample"}, to="trends", every="month", trend="plans_open", upto="2018-09-30")
    assert "on the page “Trends”, as it stood on 30 September 2018." in said(app)


def test_a_meeting_on_a_loaded_file_is_joined_with_published_figures() -> None:
    app = opened("join", **VIEW | {"data": "upload"}, to="neighbours")
    (said_of_file,) = (str(one.value) for one in app.warning)  # true for who loaded it and for who was sent the link
    assert said_of_file.startswith("This view used a file of plan records that is not here, so you see published")
    assert "load it again on the Data page. If not, ask whoever sent you the link." in said_of_file
    loaded = replace(WORLD)  # stands for a world with a file in it
    leader = opened("invite", {"loaded plan records": loaded}, **VIEW | {"data": "upload"}, to="neighbours")
    assert meetings.OWNER_ALONE in shown(leader.info)


@pytest.mark.parametrize("bad", ["<img src=x>", "join", ""])
def test_a_page_that_there_is_not_is_told_and_the_code_is_asked_for(bad: str) -> None:
    app = opened("join", v="1", area=TRAFFORD, to=bad)
    (told,) = (str(one.value).replace("\\", "") for one in app.warning)
    assert told.startswith("The page of the meeting in the link (")
    assert "<" not in told
    assert [one.label for one in app.text_input] == ["Code of the meeting"]


# Codes


def test_a_code_made_by_the_leader_brings_a_visitor_to_the_same_view() -> None:
    leader = opened("invite", **VIEW, visitor=HACKNEY, to="neighbours", meet="yes")
    found = leader.session_state["codes of meetings"]
    ((code, until),) = found.values()
    leader.run()
    assert leader.session_state["codes of meetings"] == {**found}  # a view has one code
    assert timedelta(hours=23) < until - saved.now() <= timedelta(hours=24)

    again = opened("invite", **VIEW, visitor=HACKNEY, to="neighbours", meet="yes")  # by another session
    assert [one for one, _ in again.session_state["codes of meetings"].values()] == [code]

    visitor = opened("join")
    assert [one.label for one in visitor.text_input] == ["Code of the meeting"]
    typed(visitor, "AAAAAA")
    assert "No meeting has this code." in str(visitor.warning[0].value)
    typed(visitor, f" {code.lower().replace('-', '')} ")
    assert list(visitor.warning) == []
    assert "This meeting looks at Trafford, year to March 2018, on the page “Neighbours”." in said(visitor)
    assert "meet" not in visitor.query_params
    assert {**VIEW, "visitor": HACKNEY, "to": "neighbours"}.items() <= link_of(visitor).items()


def link_of(app: AppTest) -> dict[str, str]:
    return {name: str(found[0] if isinstance(found, list) else found) for name, found in app.query_params.items()}


def typed(app: AppTest, code: str) -> None:
    app.text_input[0].set_value(code)
    next(one for one in app.button if one.label == "Find the meeting").click().run()
    assert not app.exception


def test_a_code_that_is_over_is_told_with_what_to_do() -> None:
    day_before = saved.now() - timedelta(hours=24, seconds=1)
    code = saved.store(WORLD).start_meeting("neighbours", VIEW, day_before)
    visitor = opened("join")
    typed(visitor, code)
    assert str(visitor.warning[0].value).startswith("No meeting has this code.")
    assert "24 hours after it was made. Ask the person who leads the meeting" in str(visitor.warning[0].value)


def test_an_old_meeting_is_read_as_any_link_is() -> None:
    code = saved.store(WORLD).start_meeting("neighbours", {**VIEW, "view": "pie", "zebra": "1"}, saved.now())
    visitor = opened("join")
    typed(visitor, code)
    told = " ".join(str(one.value) for one in visitor.warning)
    assert "The view in the link (“pie”) is not known" in told
    assert "a part that is not known here (“zebra”)" in told


def test_where_nothing_can_be_kept_the_square_code_still_works(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)
    leader = opened("invite", **VIEW, to="neighbours")
    assert meetings.NO_SHORT_CODE in shown(leader.info)
    assert leader.get("image")
    visitor = opened("join")
    typed(visitor, "KT72MP")
    assert str(visitor.warning[0].value).startswith("Codes cannot be looked up at the moment.")

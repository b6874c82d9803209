"""The day of the Briefing: a link's day that there is not is told once, and the address says what is shown."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app import cached_briefing
from tests.fixtures import HACKNEY, STOCKPORT, TRAFFORD
from tests.test_choices import link_of, opened

LINK = {"v": "1", "area": TRAFFORD, "year": "2018"}
SAMPLE = {**LINK, "data": "sample"}


def warned(app: AppTest) -> list[str]:
    return [str(one.value).replace("\\", "") for one in app.warning]


def told(asked: str, shown: str) -> list[str]:
    return [
        f"The day of the briefing in the link ({asked}) cannot be shown with these data, so it was ignored. "
        f"You see {shown} instead."
    ]


@pytest.mark.parametrize(
    ("link", "asked", "shown", "kept"),
    [
        (LINK | {"on": "2018-09-30"}, "30 September 2018", "31 March 2018", None),
        (SAMPLE | {"on": "2024-09-30"}, "30 September 2024", "31 March 2018", None),
        (SAMPLE | {"on": "2018-09-15"}, "15 September 2018", "31 August 2018", "2018-08-31"),
        (SAMPLE | {"area": STOCKPORT, "on": "2018-09-30"}, "30 September 2018", "31 March 2018", None),
    ],
)
def test_a_day_that_there_is_not_is_told_and_is_not_in_the_address(
    link: dict[str, str], asked: str, shown: str, kept: str | None
) -> None:
    app = opened("briefing", **link)
    assert warned(app) == told(asked, shown)
    assert link_of(app).get("on") == kept
    app.run()
    assert warned(app) == told(asked, shown)  # once, until the reader chooses something
    assert shown in str(app.title[0].value)
    app.sidebar.selectbox(key="area").set_value(HACKNEY).run()
    assert warned(app) == []


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (SAMPLE | {"on": "2018-09-30"}, "2018-09-30"),
        (SAMPLE | {"on": "2018-03-31"}, None),
        (LINK | {"on": "2018-03-31"}, None),
        (LINK, None),
    ],
)
def test_a_day_that_there_is_needs_no_word(link: dict[str, str], kept: str | None) -> None:
    app = opened("briefing", **link)
    assert warned(app) == []
    assert link_of(app).get("on") == kept


def test_a_reader_who_moves_a_control_is_told_nothing() -> None:
    for key, value in (("year", 2017), ("area", STOCKPORT)):
        app = opened("briefing", **SAMPLE, on="2018-09-30")
        app.sidebar.selectbox(key=key).set_value(value).run()
        assert warned(app) == []
        assert "on" not in link_of(app)


def test_a_link_within_the_app_is_the_readers_own_choice() -> None:
    """Another page changes the year; its link to the Briefing still has the day that was chosen there."""
    app = opened("briefing", **SAMPLE, on="2018-08-31")
    app.selectbox(key="on").set_value(date(2018, 9, 30)).run()
    app.query_params["year"] = "2017"
    app.run()
    assert warned(app) == []
    assert "on" not in link_of(app)


def test_a_visitor_whose_authority_has_no_such_day_is_told() -> None:
    """The join page brings the meeting's day, and its link to the Briefing has another authority."""
    app = opened("join", **SAMPLE, on="2018-09-30", to="briefing")
    app.switch_page("explorer/app/pages/briefing.py")
    for name, value in (SAMPLE | {"area": STOCKPORT, "on": "2018-09-30"}).items():
        app.query_params[name] = value
    app.run()
    assert warned(app) == told("30 September 2018", "31 March 2018")


def test_the_briefings_that_are_kept_take_little() -> None:
    measured = 0.24  # MB, of the largest
    assert cached_briefing._MOST_KEPT * measured < 20

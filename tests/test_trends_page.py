"""The Trends page as a reader meets it: every measure and kind of period, new limits by hand, and hostile links."""

import re
from datetime import date
from functools import lru_cache
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app import cached, cached_trends
from explorer.app.choices import EVERY, LONGEST_REASON, Rebase, trend_indicators
from explorer.models.series import Kind, kinds_of
from explorer.records.shipped import load_sample
from explorer.world import World
from tests.fixtures import (
    CITY_OF_LONDON,
    GROUP,
    HACKNEY,
    ISLES_OF_SCILLY,
    OPEN,
    OPEN_LONG,
    REPEAT,
    ROOT,
    TRAFFORD,
    shipped_world,
)
from tests.test_app import NEVER, text

RUTLAND, NORTH_NORTHAMPTONSHIRE = "857", "940"
STARTED, ENDED_LONG, ON_TIME = "plans_started", "ended_2y_plus_percent", "reviews_on_time_percent"
REASON = "New threshold document"
BEGUN = f"{REPEAT}~{TRAFFORD}~2016-03-31~"


def opened(area: str = TRAFFORD, year: object = 2018, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for name, value in {"area": area, "year": str(year), "group": GROUP, **link}.items():
        app.query_params[name] = value
    app.switch_page("explorer/app/pages/trends.py")
    return read(app.run())


def read(app: AppTest) -> AppTest:
    """The page, when it has come without an exception and without a figure that is not one."""
    assert not app.exception, app.exception
    seen = text(app)
    for wrong in NEVER:
        assert wrong not in seen, f"the page shows '{wrong}'"
    return app


def seen(app: AppTest) -> str:
    return re.sub(r"\\(.)", r"\1", text(app))


def warnings(app: AppTest) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", str(one.value)) for one in app.warning]


def linked(app: AppTest, name: str) -> str:
    found = app.query_params[name]
    return str(found[0] if isinstance(found, list) else found)


def chart_sentences(app: AppTest) -> list[str]:
    """What is said of the chart itself."""
    return [line for line in seen(app).splitlines() if "begin anew" in line or "begun by hand" in line]


# Every measure and kind of period


@pytest.mark.parametrize("year", [2018, 2025])
def test_every_measure_opens(year: int) -> None:
    app = opened(year=year)
    names = trend_indicators(shipped_world(), "358")
    assert app.selectbox(key="trend").options == [shipped_world().config.indicators[name].label for name in names]
    for name in names:
        read(app.selectbox(key="trend").set_value(name).run())
        assert shipped_world().config.indicators[name].label in seen(app)
        assert linked(app, "trend") == name


@pytest.mark.parametrize(
    ("area", "year"),
    [
        (RUTLAND, 2018),
        (ISLES_OF_SCILLY, 2025),
        (CITY_OF_LONDON, 2018),
        (HACKNEY, 2022),
        (NORTH_NORTHAMPTONSHIRE, 2018),
        ("850", 2024),
        ("330", 2025),
    ],
)
def test_small_missing_and_split_authorities_open(area: str, year: int) -> None:
    app = opened(area, year)
    for name in (REPEAT, OPEN_LONG, OPEN, STARTED, ON_TIME):
        read(app.selectbox(key="trend").set_value(name).run())
    if area == NORTH_NORTHAMPTONSHIRE:
        assert "North Northamptonshire has published figures from 2022 to 2025 and none for 2018" in seen(app)
        assert "has no figure of this measure" in seen(app)


@lru_cache(maxsize=1)
def sample() -> World:
    world = shipped_world()
    return world.with_records(load_sample(world.config, world.rules))


def kinds(name: str) -> list[str]:
    """The periods that the page has of a measure of the sample."""
    records = sample().records
    assert records is not None
    return list(dict.fromkeys(["year", *kinds_of(records.figures, name)]))


@pytest.mark.parametrize("name", [REPEAT, OPEN_LONG, ENDED_LONG, OPEN, STARTED, "plans_ended"])
@pytest.mark.parametrize("upto", ["", "2018-09-30"])
def test_every_kind_of_period_of_the_sample_opens(name: str, upto: str) -> None:
    link = {"upto": upto} if upto else {}
    for kind in kinds(name):
        app = opened(data="sample", every=kind, trend=name, **link)
        assert (linked(app, "trend"), linked(app, "every")) == (name, kind)
        assert "Invented plan records for Trafford" in seen(app)
        assert warnings(app) == []
        if kind != "year":
            assert app.selectbox(key="upto").value == (date(2018, 9, 30) if upto else date(2018, 3, 31))


def test_the_last_year_opens_on_the_newest_month() -> None:
    app = opened(year=2025, data="sample", every="month", trend=STARTED)
    assert app.selectbox(key="upto").value == date(2025, 3, 31)


def test_every_kind_of_period_is_there_for_some_measure() -> None:
    """Or the walk above would miss one."""
    assert set(kinds(STARTED)) | set(kinds(OPEN)) == set(EVERY)
    assert "month" not in kinds(REPEAT)  # too many months hide a small number


@pytest.mark.parametrize("kind", ["month", "quarter"])
def test_no_figure_after_the_day_is_shown_unless_asked_for(kind: str) -> None:
    app = opened(data="sample", every=kind, trend=STARTED, upto="2018-09-30")
    (table,) = (one.value for one in app.table if "What" in one.value and "Period" in one.value)
    assert set(table["What"]) <= {"Known", "Forecast"}
    read(app.toggle(key="came").set_value(True).run())
    (table,) = (one.value for one in app.table if "What" in one.value and "Period" in one.value)
    assert "Came later" in set(table["What"])


# What is said


def test_the_published_re_plans_of_trafford() -> None:
    app = opened()
    assert "Trafford's re-plans, in the year to March 2018: 29.1% (76 of 261); a year before 19.3%." in seen(app)
    assert "Trafford had 1 more plan open at 31 March 2018 than a year before (259, up from 258)" in seen(app)


def test_what_the_committee_was_told_of_the_plans_open() -> None:
    app = opened(data="sample", trend=OPEN, every="month", upto="2018-09-30")
    assert "Trafford's plans open, at 30 September 2018: 248; a year before 247." in seen(app)
    assert "lay between 240 and 260 (250 plans, give or take 4%); the newest does." in seen(app)
    assert "There is no control chart" in seen(app)
    assert not [one for one in app.button if one.label == "Begin anew"]


def test_re_plans_by_quarter_have_a_control_chart() -> None:
    app = opened(data="sample", trend=REPEAT, every="quarter", upto="2018-09-30")
    assert "a single quarter usually lies between the limits" in seen(app)
    assert "in the quarter to September 2018" in seen(app)
    assert [one.label for one in app.button if one.label == "Begin anew"]


def test_overlapping_periods_have_no_control_chart() -> None:
    assert "There is no control chart of these periods" in seen(
        opened(data="sample", trend=REPEAT, every="rolling_12m", upto="2018-09-30")
    )


def test_hidden_figures_are_told_and_not_drawn_as_nought() -> None:
    said = seen(opened(year=2025, trend=OPEN_LONG))
    assert "31 March 2025: hidden" in said
    assert not re.search(r"\b0(\.0)?% \(0 of", said)


# The day of the view


@pytest.mark.parametrize(("asked", "kind", "day"), [
    ("2018-09-15", "month", "2018-08-31"),
    ("2018-08-31", "quarter", "2018-06-30"),
    ("2099-01-01", "month", "2025-03-31"),
    ("2001-01-01", "month", "2015-04-30"),
])  # fmt: skip
def test_a_day_without_a_figure_gives_way_to_the_one_before(asked: str, kind: str, day: str) -> None:
    """Never to a later one: that would show what came next."""
    app = opened(data="sample", trend=STARTED, every=kind, upto=asked)
    assert linked(app, "upto") == day


def test_a_period_that_published_figures_do_not_have_gives_way_to_years() -> None:
    app = opened(trend=STARTED, every="month", upto="2018-09-30")
    assert linked(app, "every") == "year"
    assert "in the year to March 2018: 261" in seen(app)


# New limits by hand


def test_new_limits_show_their_reason_on_that_measure_alone() -> None:
    app = opened(rebase=f"{REPEAT}~{TRAFFORD}~2017-03-31~{REASON}")
    said = f"Average and limits begin anew with the figure in the year to March 2017. That was done by hand: {REASON}."
    assert said in seen(app)
    read(app.selectbox(key="trend").set_value(STARTED).run())
    assert REASON not in seen(app)
    read(app.selectbox(key="trend").set_value(REPEAT).run())
    assert said in seen(app)
    read(app.selectbox(key="area").set_value("356").run())
    assert REASON not in seen(app)


def test_new_limits_that_leave_too_few_figures_can_be_taken_back() -> None:
    app = opened(rebase=f"{REPEAT}~{TRAFFORD}~2018-03-31~{REASON}")
    assert "too few figures" in seen(app)
    (back,) = (one for one in app.button if one.label == "Take the new limits back")
    read(back.click().run())
    assert "rebase" not in app.query_params
    assert "a single year usually lies between the limits" in seen(app)


@pytest.mark.parametrize(
    ("end", "more"),
    [
        ("2030-01-01", {}),
        ("1999-01-01", {}),
        ("2017-03-31", {"trend": OPEN}),
        ("2017-03-31", {"trend": REPEAT, "data": "sample", "every": "rolling_12m"}),
    ],
)
def test_new_limits_that_change_nothing_are_said_to(end: str, more: dict[str, str]) -> None:
    indicator = more.get("trend", REPEAT)
    app = opened(rebase=f"{indicator}~{TRAFFORD}~{end}~{REASON}", **more)
    (said,) = chart_sentences(app)
    assert f"begun by hand ({REASON}), change nothing in what is shown here." in said


def test_new_limits_go_in_and_out_by_the_form() -> None:
    app = opened(year=2025)
    before = seen(app)
    (begin,) = (one for one in app.button if one.label == "Begin anew")
    (start,) = (one for one in app.selectbox if one.label == "The first period of the new stretch")
    read(start.set_value(date(2019, 3, 31)).run())
    (begin,) = (one for one in app.button if one.label == "Begin anew")
    read(begin.click().run())
    assert any("Choose the period and say the reason" in said for said in warnings(app))
    assert "rebase" not in app.query_params

    (box,) = (one for one in app.text_input if one.label.startswith("The reason"))
    box.set_value(f"  {REASON} ~ 2018  ")
    (start,) = (one for one in app.selectbox if one.label == "The first period of the new stretch")
    start.set_value(date(2019, 3, 31))
    (begin,) = (one for one in app.button if one.label == "Begin anew")
    read(begin.click().run())
    assert linked(app, "rebase") == f"{REPEAT}~{TRAFFORD}~2019-03-31~{REASON} 2018"
    assert f"in the year to March 2019. That was done by hand: {REASON} 2018." in seen(app)
    again = opened(year=2025, rebase=linked(app, "rebase"))
    assert chart_sentences(again) == chart_sentences(app)

    (back,) = (one for one in app.button if one.label == "Take the new limits back")
    read(back.click().run())
    assert "rebase" not in app.query_params
    assert chart_sentences(app) == []
    assert "since the year to March 2013" in before
    assert "since the year to March 2013" in seen(app)


# Hostile links


@pytest.mark.parametrize(
    "link",
    [
        "~~~",
        "<script>alert(1)</script>",
        "x" * 10_000,
        f"{REPEAT}~{TRAFFORD}~2017-02-30~Why",
        f"{REPEAT}~{TRAFFORD}~2017-03-31~",
        f"{REPEAT}~{TRAFFORD}~2017-03-31~ ~ \t\n",
        f"{REPEAT}~999~2017-03-31~Why",
        f"zebra~{TRAFFORD}~2017-03-31~Why",
        f"{REPEAT}~{TRAFFORD}~99999-03-31~Why",
    ],
)
def test_new_limits_that_cannot_be_read_are_told(link: str) -> None:
    app = opened(rebase=link)
    (said,) = warnings(app)
    assert said.startswith("The new stretch of the chart in the link (")
    assert said.endswith("is not known, so it was ignored. You see none instead.")
    assert len(said) < 150
    assert "<script" not in said
    assert "rebase" not in app.query_params


@pytest.mark.parametrize(
    "reason",
    [
        "<script>alert(1)</script>",
        "a_b*c*[x](http://e.org) `c` $x$ # :red[hi]",
        "y" * 10_000,
        "a~b~~c",
        "\u202ee\u0007",
    ],
)
def test_a_reason_is_a_strangers_text(reason: str) -> None:
    app = opened(rebase=BEGUN + reason)
    assert warnings(app) == []
    (shown,) = (line for line in text(app).splitlines() if "begin anew" in line)
    told = shown.partition("done by hand")[2]
    assert len(re.sub(r"\\(.)", r"\1", told)) <= LONGEST_REASON + 10
    assert not re.search(r"(?<!\\)[<>`*\[\]$#~]", told), told
    assert told.isprintable()
    assert linked(app, "rebase").count("~") == 3


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("trend", "zebra", "The measure in the link (“zebra”) is not known, so it was ignored. You see Re-plans"),
        ("every", "week", "The period in the link (“week”) is not known, so it was ignored. You see years instead."),
        ("upto", "2018-13-40", "The date in the link (“2018-13-40”) is not known"),
        ("upto", "<script>", "The date in the link (“script”) is not known"),
    ],
)
def test_what_cannot_be_read_is_told_and_left_at_its_default(part: str, value: str, said: str) -> None:
    app = opened(**{part: value})
    (told,) = warnings(app)
    assert told.startswith(said)
    assert "29.1% (76 of 261)" in seen(app)


def test_a_rebase_is_one_line_of_the_link() -> None:
    """The object and the text of the link say the same."""
    app = opened(rebase=f"{BEGUN}{REASON}")
    assert app.session_state["choices"]["rebase"] == Rebase(REPEAT, TRAFFORD, date(2016, 3, 31), REASON)


@pytest.mark.parametrize("name", ["plans_started_repeat_within_2y", "repeat_within_2y_percent"])
def test_one_authoritys_records_are_never_shown_as_anothers(name: str) -> None:
    """Only plan records hold these measures, and those of the sample are Trafford's."""
    world = cached.sample()
    for area in ("356", "857"):
        assert name not in trend_indicators(world, area)
        for kind in EVERY:
            kind_of = cast(Kind, kind)
            assert cached_trends.series(world, area, name, kind_of, "Invented plan records").points == ()
    assert name in trend_indicators(world, "358")

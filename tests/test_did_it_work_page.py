"""The page Did it work? as a reader meets it: the expected path first, every part of it, and hostile links."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app.evaluation_choices import LOOKS, PATHS
from explorer.inquiry import tried_and_expected
from tests.fixtures import (
    CITY_OF_LONDON,
    ENDED_LONG,
    GROUP,
    HACKNEY,
    ISLES_OF_SCILLY,
    OPEN_LONG,
    REPEAT,
    ROOT,
    STOCKPORT,
    TRAFFORD,
    shipped_world,
)
from tests.test_app import NEVER, text

RUTLAND, NORTH_NORTHAMPTONSHIRE = "857", "940"
FINDING = "A finding from published figures."
DEMONSTRATION = "The records are invented. So this verdict shows the method and is not a finding about Trafford."
EXPECTED, FOUND, CLOSER, HOW = "What was expected", "What was found", "Look closer", "How this was worked out"


def opened(area: str = TRAFFORD, year: object = 2025, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for name, value in {"area": area, "year": str(year), "group": GROUP, **link}.items():
        app.query_params[name] = value
    app.switch_page("explorer/app/pages/did_it_work.py")
    return read(app.run())


def read(app: AppTest) -> AppTest:
    """The page, when it has come without an exception and without a figure that is not one."""
    assert not app.exception, app.exception
    said = text(app)
    for wrong in NEVER:
        assert wrong not in said, f"the page shows '{wrong}'"
    return app


def seen(app: AppTest) -> str:
    return plain(text(app))


def plain(said: object) -> str:
    return re.sub(r"\\(.)", r"\1", str(said))


def warnings(app: AppTest) -> list[str]:
    return [plain(one.value) for one in app.warning]


def infos(app: AppTest) -> list[str]:
    return [plain(one.value) for one in app.info]


def linked(app: AppTest, name: str) -> str:
    found = app.query_params[name]
    return str(found[0] if isinstance(found, list) else found)


def elements(app: AppTest) -> list[Any]:
    """Everything in the order of the page."""
    return list(_leaves(app.main))


def _leaves(node: Any) -> Iterator[Any]:
    children = getattr(node, "children", None)
    if not children:
        yield node
        return
    for child in children.values():
        yield from _leaves(child)


def charts(app: AppTest) -> int:
    return sum("vega_lite" in one.type for one in elements(app))


def headings(app: AppTest) -> list[str]:
    return [plain(one.value) for one in app.header if one.proto.tag == "h2"]


def first_line(app: AppTest) -> str:
    """What stands below the heading, before any control."""
    every = elements(app)
    (title,) = (number for number, one in enumerate(every) if one.type == "title")
    return plain(every[title + 1].value).strip("*")


# What is said first


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("data", "line"), [("published", FINDING), ("sample", DEMONSTRATION)], ids=["published", "sample"]
)
def test_every_part_opens(look: str, data: str, line: str) -> None:
    app = opened(data=data, look=look)
    assert app.title[0].value == "Did it work? Restorative conferences, Trafford"
    assert first_line(app) == line
    assert linked(app, "look") == look
    assert warnings(app) == []
    assert charts(app) >= 2  # the path and what was found; more where the part has its own


@pytest.mark.parametrize("data", ["published", "sample"])
def test_what_was_expected_stands_before_what_was_found(data: str) -> None:
    every = elements(opened(data=data))
    words = [plain(getattr(one, "value", "")) for one in every]

    def place(start: str) -> int:
        return next(number for number, said in enumerate(words) if said.startswith(start))

    drawn = [number for number, one in enumerate(every) if "vega_lite" in one.type]
    answer = next(number for number, said in enumerate(words) if said.startswith("**") and number > place(FOUND))
    assert place(EXPECTED) < drawn[0] < place(FOUND) < answer < drawn[1] < place(CLOSER) < place(HOW)
    found = re.compile(r"(cannot be told|[Cc]onsistent with|no sign|points? (lower|higher))")
    for number in range(place(EXPECTED)):
        assert not found.search(words[number]), words[number]
    for number in range(place(EXPECTED), place(FOUND)):
        assert not re.search(r"cannot be told|[Cc]onsistent with|than expected", words[number]), words[number]


def test_the_answer_is_the_same_in_heading_sentence_and_table() -> None:
    app = opened()
    (heading,) = (said for said in headings(app) if said.startswith(FOUND))
    (table,) = (one.value for one in app.table if list(one.value.columns) == ["What", "Found"])
    said = dict(zip(table["What"], table["Found"], strict=True))
    assert heading == f"{FOUND}: {said['Answer'].lower()}"
    assert "It cannot be told. The change" in seen(app)
    assert 'Even "consistent with an effect" is not proof.' in seen(app)


def test_every_check_is_named_and_tallied() -> None:
    app = opened()
    (table,) = (one.value for one in app.table if "What it means" in one.value.columns)
    (label,) = (one.label for one in app.expander if one.label.startswith("The checks, one by one"))
    words = list(table.iloc[:, 1])
    passed, failed = (sum(str(one).lower() == word for one in words) for word in ("passed", "failed"))
    assert plain(label).endswith(
        f": {passed} passed, {failed} failed, {len(words) - passed - failed} could not be tried"
    )


def test_regression_to_the_mean_stands_beside_before_and_after() -> None:
    for look, data in (("before", "published"), ("children", "sample")):
        assert re.search(r"by itself|by themselves", seen(opened(look=look, data=data))), look


def test_the_date_for_an_answer_and_the_plan_for_the_committee() -> None:
    app = opened(look="when")
    assert "A plan for looking again" in [one.value for one in app.subheader]
    assert any(one.proto.label == "Download the plan (HTML page)" for one in app.get("download_button"))


# Every idea, measure, start and path


def test_every_idea_and_measure_opens_from_its_controls() -> None:
    world = shipped_world()
    app = opened()
    ideas = world.models.what_if.interventions
    expected = tried_and_expected(world)
    assert app.selectbox(key="tried").options == [ideas[name].label for name in expected]
    for tried, outcomes in expected.items():
        read(app.selectbox(key="tried").set_value(tried).run())
        assert linked(app, "tried") == ideas[tried].code
        assert app.selectbox(key="outcome").options == [world.config.indicators[one].label for one in outcomes]
        for outcome in outcomes:
            read(app.selectbox(key="outcome").set_value(outcome).run())
            assert linked(app, "outcome") == outcome
            assert app.title[0].value == f"Did it work? {ideas[tried].label}, Trafford"
            assert len([one for one in headings(app) if one.startswith(FOUND)]) == 1


@pytest.mark.parametrize("path", PATHS)
def test_every_path_opens_and_all_at_once_is_refused_with_its_reason(path: str) -> None:
    app = opened(path=path)
    assert linked(app, "path") == path
    said = [one for one in warnings(app) if "at once" in one]
    assert bool(said) is (path == "step")
    assert app.selectbox(key="path").options[0] == PATHS["plan"]


@pytest.mark.parametrize(
    ("area", "tried", "began", "said"),
    [
        (TRAFFORD, "rc", "2018-09", None),
        (TRAFFORD, "rc", "2019-04", "In Trafford this began in September 2018. The page asks as if"),
        (TRAFFORD, "pl", "2018-09", "When this began in Trafford is not known here, or whether it did."),
        (STOCKPORT, "rc", "2018-09", "When this began in Stockport is not known here, or whether it did."),
    ],
)
def test_a_start_that_is_not_known_is_said_to_be_supposed(area: str, tried: str, began: str, said: str | None) -> None:
    found = [one for one in infos(opened(area, tried=tried, began=began)) if "began in" in one]
    assert (found == []) if said is None else (len(found) == 1 and found[0].startswith(said))


@pytest.mark.parametrize("data", ["published", "sample"])
@pytest.mark.parametrize("look", LOOKS)
def test_a_year_before_the_start_asks_nothing(look: str, data: str) -> None:
    app = opened(year=2018, look=look, data=data)
    assert f"{FOUND}: not asked" in headings(app)
    every = elements(app)
    closer = next(number for number, one in enumerate(every) if plain(getattr(one, "value", "")) == CLOSER)
    assert sum("vega_lite" in one.type for one in every[:closer]) == 1  # the path and nothing that was found
    if look in ("before", "beside"):
        assert "There is no year after the start up to March 2018." in infos(app)


def test_seven_months_after_the_start_it_cannot_be_told() -> None:
    """A conference in September 2018 cannot bring back fewer of those who left before it."""
    assert f"{FOUND}: cannot tell" in headings(opened(year=2019))


@pytest.mark.parametrize("began", ["2012-04", "2016-03", "2025-04", "2099-01", "1066-01"])
def test_a_start_that_cannot_be_asked_about_gives_way_to_the_known_one(began: str) -> None:
    """Before the fourth year of figures nothing tells whether others moved alike, and after the last nothing came."""
    app = opened(began=began)
    assert app.selectbox(key="began").options[0] == "March 2025"
    assert app.selectbox(key="began").options[-1] == "April 2016"
    assert linked(app, "began") == "2018-09"


@pytest.mark.parametrize("began", ["2016-04", "2025-03"])
def test_the_first_and_the_last_start_open(began: str) -> None:
    for look in LOOKS:
        assert linked(opened(began=began, look=look), "began") == began


# Hidden, missing and small


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("area", "year", "link"),
    [
        (CITY_OF_LONDON, 2025, {"tried": "sp", "outcome": OPEN_LONG}),  # hidden in most years
        (RUTLAND, 2021, {"tried": "sp", "outcome": ENDED_LONG}),
        (ISLES_OF_SCILLY, 2025, {}),  # nearly nothing is published
        (NORTH_NORTHAMPTONSHIRE, 2025, {}),  # did not exist at the start
        (HACKNEY, 2022, {}),  # gave no figures
    ],
)
def test_small_hidden_and_missing_authorities_open(area: str, year: int, link: dict[str, str], look: str) -> None:
    app = opened(area, year, look=look, **link)
    assert len([one for one in headings(app) if one.startswith(FOUND)]) == 1
    assert first_line(app) == FINDING


def test_a_hidden_figure_is_told_as_hidden_and_not_as_nought() -> None:
    app = opened(look="before", tried="sp", outcome=OPEN_LONG)
    assert "1 to 5 of 155" in seen(app)
    assert not re.search(r"\b0(\.0)?% \(0 of", seen(app))


@pytest.mark.parametrize("outcome", [OPEN_LONG, ENDED_LONG])
def test_hidden_figures_of_the_sample_are_a_reason_and_no_figure(outcome: str) -> None:
    for look in ("ways", "others", "children", "before"):
        app = opened(data="sample", tried="sp", outcome=outcome, look=look)
        assert first_line(app) == DEMONSTRATION
        assert f"{FOUND}: cannot tell" in headings(app)


# Hostile links


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("tried", "zz", "The thing that was tried in the link (“zz”) is not known, so it was ignored."),
        ("tried", "<script>", "The thing that was tried in the link (“script”) is not known"),
        ("outcome", "zebra", "The measure in the link (“zebra”) is not known, so it was ignored."),
        ("outcome", "plans_open", "The measure in the link (“plansopen”) is not known"),
        ("began", "1066-13", "The start in the link (“1066-13”) is not known, so it was ignored."),
        ("began", "2018-09-01", "The start in the link (“2018-09-01”) is not known"),
        ("path", "?", "The way the change should arrive in the link (unreadable) is not known"),
        ("look", "?", "The part of the page in the link (unreadable) is not known, so it was ignored."),
        ("look", "x" * 10_000, "The part of the page in the link (“xxxx"),
    ],
)
def test_what_cannot_be_read_is_told_and_left_at_its_default(part: str, value: str, said: str) -> None:
    app = opened(**{part: value})
    (told,) = warnings(app)
    assert told.startswith(said)
    assert len(told) < 250
    assert first_line(app) == told or FINDING in seen(app)
    assert f"{FOUND}: cannot tell" in headings(app)
    assert value not in app.query_params.get(part, "")
    assert app.title[0].value == "Did it work? Restorative conferences, Trafford"


def test_a_measure_that_the_idea_should_not_move_gives_way_to_one_that_it_should() -> None:
    app = opened(tried="rc", outcome=OPEN_LONG)
    assert linked(app, "outcome") == REPEAT
    assert len([one for one in headings(app) if one.startswith(FOUND)]) == 1
